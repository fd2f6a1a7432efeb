"""Departments from the file to the page: named, translated, taken over from a project, added up, and told when unknown."""

from __future__ import annotations

import pytest

from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.footprint import footprint_of
from trede.inventory.grouping import BELONGINGS, total_by
from trede.kernel.errors import StoreError
from trede.workspace import Workspace
from trede.workspace.importing import import_file, names_hash
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, SAMPLES, Copy, run

DEPARTMENTS = """
[[unit]]
id = "care"
name = "Zorg"
aliases = ["KP 210"]

[[unit]]
id = "office"
name = "Kantoren"

[[project]]
id = "P-1"
name = "Noord"
unit = "care"
"""
HEAD = "Vestiging;Van;Tot en met;Gas (m3);Herkomst;Afdeling;Project;Onzekerheid\r\n"
COLUMNS = """
[columns.department]
header = "Afdeling"
optional = true

[columns.project]
header = "Project"
optional = true

[columns.uncertainty]
header = "Onzekerheid"
optional = true

[constants]"""


def lines(*ends: str) -> bytes:
    rows = [f"HK;2024-01-{n:02};2024-01-{n:02};{100 + n};factuur;{end}\r\n" for n, end in enumerate(ends, start=1)]
    return (HEAD + "".join(rows)).encode()


@pytest.fixture
def described(small: Workspace, copy: Copy) -> Workspace:
    """The small workspace with two departments and a project of one of them."""
    workspace = copy(small)
    text = (EXAMPLE / "organisation.toml").read_text("utf-8")
    workspace.describe((text + DEPARTMENTS).encode(), "organisation.toml")
    return workspace


def taken_in(workspace: Workspace, data: bytes):
    text = (SAMPLES / "gas.toml").read_text("utf-8").replace("[constants]", COLUMNS)
    return import_file(workspace, data, "gas-afdelingen.csv", workspace.save_profile(text.encode(), "gas.toml"))


def test_from_the_file_to_the_page(described: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    batch = taken_in(described, lines("kp 210;;", "Kantoren;Noord;", ";Noord;", ";;5 %")).batch
    records = batch.records()
    assert records["department"].to_pylist() == ["care", "office", "care", None]
    assert records["project"].to_pylist() == [None, "P-1", "P-1", None]
    assert records["uncertainty"].to_pylist() == [None, None, None, 500]
    made = run(described, 2024)
    ladder = find_standard("ladder")
    for what in BELONGINGS:
        found = total_by(made.table("totals").to_pylist(), ladder, "market", what)
        assert sum(found.values()) == footprint_of(made, ladder, "market").total
    found = total_by(made.table("totals").to_pylist(), ladder, "market", "department")
    assert found["care"] == (101 + 103) * 2_134_000
    assert found["office"] == 102 * 2_134_000
    assert verify(described).good

    root = str(described.layout.root)
    assert main(["--lang", "en", "-w", root, "show", "2024", "--standard", "ladder", "--by", "department"]) == 0
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["Zorg", "(care)", "0.44"] in words
    care, *_, last = records["record_id"].to_pylist()
    assert main(["--lang", "en", "-w", root, "explain", f"2024/{care}"]) == 0
    assert "department: Zorg (care)" in capsys.readouterr().out
    assert main(["--lang", "en", "-w", root, "explain", f"2024/{last}"]) == 0
    out = capsys.readouterr().out
    assert "as the file states it of this record" in out


def test_what_is_wrong_is_told_with_its_row(described: Workspace) -> None:
    imported = taken_in(described, lines("care;;", "Zorgg;;", ";;0", ";;-3", ";;veel", ";;1001", ";;0,125"))
    assert [(issue.code, issue.location.row) for issue in imported.issues if issue.location.row] == [
        ("department_unknown", 3),
        ("uncertainty_out_of_range", 4),
        ("uncertainty_out_of_range", 5),
        ("number_unreadable", 6),
        ("uncertainty_out_of_range", 7),
        ("uncertainty_out_of_range", 8),
    ]
    assert imported.batch.counts["accepted"] == 1


def test_a_department_in_use_stays_in_the_description(described: Workspace) -> None:
    taken_in(described, lines(";P-1;"))
    text = (EXAMPLE / "organisation.toml").read_text("utf-8")
    with pytest.raises(StoreError) as caught:
        described.describe(text.encode(), "organisation.toml")
    assert [issue.code for issue in caught.value.issues] == ["department_in_use"]


def test_a_description_without_departments_keeps_its_hash(small: Workspace, described: Workspace) -> None:
    assert names_hash(small.organisation) == names_hash(small.organisation, departments=False)
    assert names_hash(described.organisation) != names_hash(described.organisation, departments=False)
