"""The document model: one figure, one way to write it, and no sentence beside its tables."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import teller

from trede.analysis.uncertainty import intervals, under
from trede.catalogue.standards import standards
from trede.cli.language import Speaker
from trede.inventory.footprint import footprint
from trede.report.document import Column, Document, Row, Statement, Table, count, milligrams, number, percent, tonnes
from trede.report.writing import Writer
from trede.workspace import Workspace
from trede.workspace.reporting import make_report
from workspaces import Copy, fuel_card, pin, run, take_in


@given(st.integers(-(10**15), 10**15))
def test_a_figure_prints_as_the_commands_print_it(mg: int) -> None:
    for language in ("nl", "en"):
        assert tonnes(mg).show(Writer(language)) == Speaker(language).tonnes(mg)


def test_figures_in_dutch() -> None:
    dutch = Writer("nl")
    assert tonnes(1_234_567_890_000).show(dutch) == "1.234,57"
    assert tonnes(-5_000_000, signed=True).show(dutch) == "−0,01"
    assert tonnes(5_000_000, signed=True).show(dutch) == "+0,01"
    assert tonnes(4_000_000, signed=True).show(dutch) == "0,00"
    assert milligrams(1_234_567).show(dutch) == "1.234.567"
    assert number(Decimal("0.1760")).show(dutch) == "0,176"
    assert count(1122).show(dutch) == "1.122"
    share = percent(1, 3)
    assert share is not None
    assert share.show(dutch) == "33,3\u00a0%"
    assert percent(1, 0) is None


def small_table(*amounts: int, total: int) -> Table:
    rows = tuple(Row(("part", tonnes(mg))) for mg in amounts)
    return Table("t", (Column("a"), Column("b", figure=True)), (*rows, Row(("sum", tonnes(total)), 0, "total")))


def test_a_table_knows_when_its_shown_parts_do_not_add_up() -> None:
    assert small_table(10_000_000, 20_000_000, total=30_000_000).adds_up_as_shown()
    assert not small_table(4_000_000, 4_000_000, total=8_000_000).adds_up_as_shown()


def test_nested_rows_are_held_against_the_row_above() -> None:
    columns = (Column("a"), Column("b", figure=True))
    rows = (
        Row(("heading", tonnes(8_000_000)), 0, "group"), Row(("one", tonnes(4_000_000)), 1), Row(("two", tonnes(4_000_000)), 1),
        Row(("sum", tonnes(8_000_000)), 0, "total"),
    )  # fmt: skip
    assert not Table("t", columns, rows).adds_up_as_shown()
    mended = (rows[0], Row(("one", tonnes(8_000_000)), 1), Row(("two", tonnes(0)), 1), rows[-1])
    assert Table("t", columns, mended).adds_up_as_shown()


def test_a_sentence_with_a_figure_that_stands_in_no_table_is_refused(dutch: Document) -> None:
    loose = Statement("{amount} ton", {"amount": tonnes(123_456_789_012)})
    with pytest.raises(AssertionError):
        replace(dutch, lead=(*dutch.lead, loose))


def test_totals_are_those_of_the_footprint(dutch: Document, example: Workspace) -> None:
    table = next(part for part in dutch.sections[0].parts if isinstance(part, Table))
    wanted = [
        tonnes(footprint(example.find_run(str(year)).table("totals"), standard, basis).total)
        for standard in standards().values()
        for basis in standard.bases
        for year in (2022, 2023, 2024)
    ]
    assert [row.cells[at] for row in table.rows for at in (1, 3, 5)] == wanted


def test_years_stand_in_order_whatever_was_asked(dutch: Document) -> None:
    assert [row.cells[0] for row in dutch.cover.table.rows] == ["2022", "2023", "2024"]


def test_every_heading_is_broken_down_exactly(dutch: Document) -> None:
    """The milligrams of the sources add up to those of their heading, and headings to the total, in every standard."""
    seen = 0
    for section in dutch.sections:
        for table in (part for part in section.parts if isinstance(part, Table)):
            places = [at for at, column in enumerate(table.columns) if column.on == "workbook" and column.figure]
            total = [row for row in table.rows if row.role == "total"]
            for at in places if total else ():
                parts = [row.cells[at].exact for row in table.rows if row.level == 0 and row.role in ("body", "group")]
                assert sum(parts) == total[0].cells[at].exact, (table.title, at)
                seen += 1
    assert seen > 20


def test_what_is_open_is_named(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    pin(workspace)
    run(workspace, 2024)
    told = " ".join(s.show(Writer("en")) for s in make_report(workspace, ["2024"], "en", teller("en")).statements())
    assert "2024: Laadpassen van de elektrische leaseauto's is missing." in told
    assert "calculated with other files" not in told
    take_in(workspace, "tankpas-more.csv", fuel_card().replace(b"HVO100", b"Kerosine").replace(b"B4", b"C4"))
    report = make_report(workspace, ["2024"], "en", teller("en"))
    told = " ".join(s.show(Writer("en")) for s in report.statements())
    assert "2024: calculated with other files, lists or decisions than there are now." in told
    run(workspace, 2024)
    report = make_report(workspace, ["2024"], "en", teller("en"))
    told = " ".join(s.show(Writer("en")) for s in report.statements())
    assert "tankpas-more.csv: 1 row is rejected and does not count." in told
    assert "Kerosine" in told


def test_the_interval_is_that_of_the_analysis(dutch: Document, example: Workspace) -> None:
    wanted = [(standard, basis) for standard in standards().values() for basis in standard.bases]
    found = intervals(example.find_run("2024"), [under(*each) for each in wanted])
    [table] = [p for p in dutch.parts() if isinstance(p, Table) and p.title.startswith("Interval")]
    for row, interval in zip(table.rows, found, strict=True):
        low, high = interval.bounds
        assert row.cells[1:5] == (tonnes(interval.mg), tonnes(interval.covered), tonnes(low), tonnes(high))
        assert row.cells[6] == percent(interval.share, 1)
