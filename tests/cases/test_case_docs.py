"""The page about cases does what it says, and names every key."""

import re
from pathlib import Path

import pytest

from trede.cases.checking import NEEDS
from trede.cases.folder import run_path
from trede.cases.model import Case, CaseActivity, CaseSource, Expect, OwnFactor, Settings
from trede.cases.units import UNITS
from trede.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "cases.md").read_text("utf-8")
FILES = re.findall(r"<!-- file: (\S+) -->\n```toml\n(.*?)```", PAGE, re.S)
TABLES = {
    "settings": Settings, "source": CaseSource, "[factor]": OwnFactor, "[activity]": CaseActivity, "[expect]": Expect,
}  # fmt: skip


def section(title: str) -> str:
    return PAGE.partition(f"### {title}\n")[2].partition("\n##")[0]


def keys(text: str) -> set[str]:
    rows = [
        line.split("|")[1] for line in text.partition("| `what` | its keys |")[0].splitlines() if line.startswith("| `")
    ]
    return {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}


@pytest.mark.parametrize("name", TABLES)
def test_every_key_of_a_table_is_documented(name: str) -> None:
    assert keys(section(f"[{name}]")) == set(TABLES[name].model_fields)


def test_every_key_at_the_top_is_documented() -> None:
    assert keys(section("At the top")) | {"source", "settings", "factor", "activity", "expect"} == set(
        Case.model_fields
    )


def test_every_kind_of_figure_and_unit_is_documented() -> None:
    text = section("[[expect]]")
    assert [what for what in NEEDS if f"\n| `{what}` | " not in text.partition("its keys")[2]] == []
    assert [unit for units in UNITS.values() for unit in units if f"`{unit}`" not in text] == []


def test_the_example_prints_what_the_page_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((name, text),) = FILES
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert [outcome.holds for outcome in run_path(path)] == [True]
    assert main(["--lang", "en", "check", str(path)]) == 0
    shown = PAGE.partition("<!-- output: two-fills -->\n```text\n")[2].partition("```")[0]
    assert [line.rstrip() for line in capsys.readouterr().out.strip("\n").splitlines()] == shown.splitlines()
