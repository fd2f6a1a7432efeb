"""Completeness by site and month: what is a gap, what is none, and periods of one meter that overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trede.activity.records import RECORD
from trede.cli.main import main
from trede.inventory.completeness import source_status
from trede.inventory.coverage import Coverage, coverage
from trede.kernel.periods import Period
from trede.organisation.model import Organisation
from trede.organisation.reading import load_organisation
from trede.workspace import Workspace
from workspaces import Copy

DESCRIPTION = """
name = "Firm"
[[entity]]
id = "firm"
name = "Firm"
[[site]]
id = "north"
name = "North"
entity = "firm"
[[site]]
id = "south"
name = "South"
entity = "firm"
opened = 2024-03-15
closed = 2024-09-30
[[source]]
id = "gas"
name = "Gas"
from_year = 2024
"""


FOLDER = Path(mkdtemp(prefix="trede-coverage-"))


@dataclass(frozen=True)
class FakeBatch:
    """What completeness asks of a batch."""

    rows: tuple[dict[str, Any], ...]
    source: str = "gas"

    @property
    def records_path(self) -> Path:
        path = FOLDER / f"{uuid4()}.parquet"
        rows = [dict.fromkeys(RECORD.names) | row for row in self.rows]
        pq.write_table(pa.Table.from_pylist(rows, schema=RECORD), path)
        return path


def row(span: str, site: str | None = None, meter: str | None = None, quantity: int = 1) -> dict[str, Any]:
    days = Period.parse(span)
    return {"start": days.start, "end": days.end, "site": site, "meter": meter, "quantity": Decimal(quantity)}


def described(*sites: str) -> Organisation:
    listed = f"sites = {list(sites)}\n" if sites else ""
    return load_organisation((DESCRIPTION + listed).encode(), "o")


def look(*rows: dict[str, Any], sites: tuple[str, ...] = (), period: str = "2024") -> dict[str | None, Coverage]:
    found = coverage(described(*sites), [FakeBatch(rows)], Period.parse(period))  # type: ignore[list-item]
    return {each.site: each for each in found}


def months(each: Coverage) -> list[str]:
    return [f"{month:%Y-%m}" for month in each.gaps]


def test_months_that_no_record_touches_are_gaps() -> None:
    found = look(row("2024-01..2024-05", "north"), row("2024-05-31..2024-07-01", "north"), row("2024-09", "north"))
    assert months(found["north"]) == ["2024-08", "2024-10", "2024-11", "2024-12"]
    assert list(found) == ["north"]


def test_months_before_opening_and_after_closing_are_no_gaps() -> None:
    found = look(row("2024-04..2024-08", "south"))
    assert len(found["south"].expected) == 7
    assert months(found["south"]) == ["2024-03", "2024-09"]


def test_an_expected_site_without_any_record_is_one_gap() -> None:
    found = look(row("2024", "north"), sites=("north", "south"))
    assert found["north"].gaps == []
    assert months(found["south"]) == [f"2024-{month:02}" for month in range(3, 10)]


def test_a_site_that_was_closed_all_the_time_is_left_out() -> None:
    assert list(look(row("2025", "north"), sites=("north", "south"), period="2025")) == ["north"]


def test_a_source_without_sites_is_looked_at_as_a_whole() -> None:
    found = look(row("2024-Q1"), row("2024-Q3"))
    assert months(found[None]) == ["2024-04", "2024-05", "2024-06", "2024-10", "2024-11", "2024-12"]
    assert len(look()[None].gaps) == 12


def test_only_years_in_which_the_source_is_expected() -> None:
    found = look(row("2024-01", "north"), period="2023-11..2024-02")
    assert months(found["north"]) == ["2024-02"]


@pytest.mark.parametrize("period", ["2024-03", "2024-Q1", "2024-H1", "2023-07..2024-06", "2024-02-10..2024-03-20"])
def test_any_period(period: str) -> None:
    found = look(row("2024-03", "north"), period=period)["north"]
    assert date(2024, 3, 1) in found.present
    assert set(found.gaps) == {m.start for m in Period.parse(period).by_month() if m.start >= date(2024, 1, 1)} - {
        date(2024, 3, 1)
    }


SOLD = DESCRIPTION.replace(
    'id = "firm"\nname = "Firm"\n',
    """id = "firm"
name = "Firm"
[[entity]]
id = "sold"
name = "Sold"
[[entity.ownership]]
to = 2024-04-15
controlled = true
share = 1
[[entity.ownership]]
from = 2024-04-16
controlled = false
share = 0
""",
).replace('name = "North"\nentity = "firm"', 'name = "North"\nentity = "sold"')


def test_months_of_a_sold_entity_are_no_gaps() -> None:
    def found(text: str, *rows: dict[str, Any], period: str = "2024") -> Coverage:
        batches: Any = [FakeBatch(rows)]
        sold = load_organisation((text + 'sites = ["north"]\n').encode(), "o")
        [each] = coverage(sold, batches, Period.parse(period))
        return each

    assert months(found(SOLD, row("2024-01..2024-02", "north"))) == ["2024-03", "2024-04"]
    assert len(found(SOLD, row("2024-06", "north")).present) == 1, "what came nevertheless is shown"
    beside = SOLD.replace("controlled = false\nshare = 0", "controlled = false\nshare = 0.2")
    assert months(found(beside, row("2024-01..2024-04", "north"))) == []
    for text in ('associates = "category-15"\n', 'approach = "equity-share"\n'):
        assert len(found(text + beside, row("2024-01..2024-04", "north")).gaps) == 8, "its part still counts"


def test_a_source_without_a_site_that_counts_is_not_missed() -> None:
    def status(sites: str, year: str) -> list[str]:
        found = load_organisation((SOLD + sites).encode(), "o")
        return [each.status for each in source_status(found, [], Period.parse(year))]

    assert status('sites = ["north"]\n', "2024") == ["missing"]
    assert status('sites = ["north"]\n', "2025") == []
    assert status('sites = ["south"]\n', "2025") == [], "it is closed"
    assert status("", "2025") == ["missing"]
    assert status('sites = ["north"]\n', "2024-H2") == []


def test_a_credit_is_no_delivery() -> None:
    found = look(row("2024-01", "north"), row("2024-02", "north", quantity=-1), period="2024-Q1")
    assert months(found["north"]) == ["2024-02", "2024-03"]


@pytest.mark.parametrize(("second", "overlaps"), [
    ("2024-02", False), ("2024-01-31..2024-02-29", False), ("2024-01-30..2024-02-29", True), ("2024-01", False),
])  # fmt: skip
def test_periods_of_one_meter_that_overlap(second: str, overlaps: bool) -> None:
    """One shared day is a reading; equal periods are two tariffs."""
    found = look(row("2024-01", "north", "m1"), row(second, "north", "m1", 2))["north"]
    assert [o.meter for o in found.overlaps] == (["m1"] if overlaps else [])
    other = look(row("2024-01", "north", "m1"), row(second, "north", "m2"))["north"]
    assert other.overlaps == ()


def test_a_long_period_over_several_short_ones() -> None:
    found = look(row("2024", "north", "m1"), row("2024-02", "north", "m1"), row("2024-05", "north", "m1"))["north"]
    assert [o.second for o in found.overlaps] == [Period.parse("2024-02"), Period.parse("2024-05")]


def test_what_status_prints(small: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """Gas of one site over a year; the other sites that the example expects have none. Fuel of single months."""
    root = str(copy(small).layout.root)
    assert main(["--lang", "en", "-w", root, "status", "2024-H1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    gaps = {tuple(line.split()[-3:]) for line in lines if ".." in line}
    assert ("oost", "0/6", "2024-01..2024-06") in gaps
    assert ("hoofdkantoor", "3/6", "2024-04..2024-06") in gaps
    assert not any(place in ("zuid",) for place, _, _ in gaps)
    assert main(["--lang", "en", "-w", root, "status", "2024-H1", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > len(lines)
