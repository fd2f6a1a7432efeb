"""The demonstration's script names what is there, and its story holds: the double count is settled, 2024 published."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from trede.catalogue.standards import find_standard
from trede.cli.language import Speaker
from trede.cli.main import build_parser
from trede.inventory.footprint import footprint
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.findings import at_stake, cover_records, open_findings
from trede.workspace.publishing import publish
from workspaces import EXAMPLE, YEARS, Copy, profile_path, run

ROOT = Path(__file__).parents[2]
DEMO = (ROOT / "tools" / "demo.sh").read_text("utf-8").replace("\\\n", " ")


def test_every_file_of_the_example_is_in_the_demo_with_its_profile() -> None:
    taken = dict(line.split()[1:3] for line in re.findall(r"^ *(take .+)$", DEMO, re.M))
    by_year = taken.pop('"tankpas-$year.csv"')
    taken |= {f"tankpas-{year}.csv": by_year for year in YEARS}
    taken |= {
        Path(name).name: profile for name, profile in re.findall(r'import "\$example/(\S+)" --profile (\w+) --r', DEMO)
    }
    named = {*taken, *re.findall(r"attach \"\$example/files/(\S+)\"", DEMO)}
    assert named == {path.name for path in (EXAMPLE / "files").iterdir()}
    assert {name: profile_path(name).stem for name in taken} == taken


@pytest.mark.parametrize("line", re.findall(r"^run (.+?)(?: \|\| true)?$", DEMO, re.M))
def test_every_command_of_the_demo_can_be_read(line: str) -> None:
    words = [word for word in shlex.split(line) if word != "$held"]
    parser: argparse.ArgumentParser = build_parser(Speaker("en"))
    assert parser.parse_args([*words, "7"] if words[0] == "decide" else words).command == words[0]


def test_the_office_meter_counts_the_chargers_and_the_decision_takes_away_exactly_what_was_at_stake(
    example: Workspace, copy: Copy
) -> None:
    workspace, ladder = copy(example), find_standard("ladder")
    before = {year: footprint(workspace.find_run(str(year)).table("totals"), ladder, "market").total for year in YEARS}
    stakes = {}
    for finding in open_findings(workspace):
        assert finding.code == "charging_beside_meter"
        year = finding.period.start.year
        stakes[year] = at_stake(workspace.find_run(str(year)), finding.records)[ladder.id, "market"]
        cover_records(workspace, finding.records, finding.beside, "behind the meter", "Quality officer", finding.code)
    assert set(stakes) == set(YEARS)
    assert not open_findings(workspace)
    for year in YEARS:
        after = footprint(run(workspace, year).table("totals"), ladder, "market").total
        assert before[year] - after == stakes[year] > 0
    # Nothing stands in the way of making it public.
    assert publish(workspace, Period.year(2024), "annual report 2024", "Quality officer").number == 1
    assert f"becomes {after / 1e9:.2f} tonnes" in (ROOT / "README.md").read_text("utf-8").replace("\n", " ")
