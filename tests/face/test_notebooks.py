"""The face for notebooks: what it promises, the documentation's examples, and that importing it is light."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import trede
from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint
from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from workspaces import EXAMPLE, Copy, Fill, fuel_card, take_in

PAGE = Path(__file__).parents[2] / "docs" / "notebooks.md"
TEXT = PAGE.read_text("utf-8")


def test_the_face_is_what_it_says() -> None:
    assert trede.__all__ == ["Books", "Calculation", "TredeError", "__version__", "create_books", "open_books"]
    for name in trede.__all__:
        assert getattr(trede, name) is not None
    assert dir(trede) == sorted(trede.__all__)
    with pytest.raises(AttributeError):
        _ = trede.no_such_name


@pytest.mark.parametrize("owner", [trede.Books, trede.Calculation])
def test_every_public_name_is_documented(owner: type) -> None:
    names = [name for name in (*vars(owner), *owner.__annotations__) if not name.startswith("_")]
    assert names
    row = next(line for line in TEXT.splitlines() if line.startswith(f"| `trede.{owner.__name__}`"))
    assert [name for name in names if f"`{name}`" not in row and name != "run"] == []
    assert [name for name in vars(owner) if not name.startswith("_") and not inspect.getdoc(getattr(owner, name))] == []


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = {"example": EXAMPLE}
    blocks = re.findall(r"^```python\n(.*?)^```$", TEXT, re.M | re.S)
    assert len(blocks) >= 8
    for block in blocks:
        exec(compile(block, PAGE.name, "exec"), known)  # noqa: S102
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "report.xlsx").read_bytes().startswith(b"PK")


def test_importing_is_light() -> None:
    script = "import sys, trede; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "trede" in loaded
    assert {"duckdb", "typst", "pyarrow", "pydantic", "xlsxwriter", "numpy"}.isdisjoint(loaded)


def test_the_commands_do_not_load_the_renderers() -> None:
    script = (
        "import sys; from trede.cli.main import build_parser; from trede.cli.language import Speaker; "
        "build_parser(Speaker('en')); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "trede.cli.reporting" in loaded
    assert {"typst", "trede.report.pdf", "trede.report.workbook"}.isdisjoint(loaded)


def test_a_footprint_is_the_footprint(example: Workspace) -> None:
    books = trede.open_books(example.layout.root)
    year = books.calculation(2024)
    for name in ("ladder", "ghg", "iso"):
        standard = find_standard(name)
        for basis in standard.bases:
            view = footprint(example.find_run("2024").table("totals"), standard, basis)
            table = year.footprint(name, basis, language="nl").to_pylist()
            assert [(row["heading"], row["mg"]) for row in table[:-1]] == [
                (line.heading.id, line.mg) for line in view.lines
            ]
            assert table[-1]["mg"] == view.total
            assert table[-1]["name"] == "Totaal"
            assert all(row["tonnes"] * 10**9 == row["mg"] for row in table)
    assert year.footprint().to_pylist()[-1]["tonnes"] == Decimal("167.986353000")


def test_a_basis_that_a_standard_does_not_read_is_refused(example: Workspace) -> None:
    year = trede.open_books(example.layout.root).calculation(2024)
    with pytest.raises(TredeError) as caught:
        year.footprint("ladder", "location")
    assert caught.value.issues[0].code == "basis_unknown"


def test_issues_become_sentences_in_both_languages(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    take_in(workspace, "tankpas-2025.csv", fuel_card([Fill("Z1", date(2025, 3, 1), "40,00")]))
    books = trede.Books(workspace)
    year = books.calculate("2025-Q1")
    assert year.period == "2025-01-01..2025-03-31"
    assert year.unmatched().num_rows == 1
    assert [issue.code for issue in year.issues] == ["factor_year_missing"]
    assert books.tell(year.issues, "nl") != books.tell(year.issues, "en")
    assert books.calculation(year.id).ledger().equals(year.ledger())
