"""Charts: the same bytes twice, no style and no words of Vega's own, lengths that are the amounts, words from the same data."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from itertools import pairwise

import pytest

from trede.analysis.uncertainty import Interval
from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint_of
from trede.inventory.grouping import sums_by
from trede.kernel.amounts import MG_PER_TONNE
from trede.report.charts.bars import Bar, bars
from trede.report.charts.columns import Column, Piece, columns
from trede.report.charts.drawing import sheet, to_png, to_svg
from trede.report.charts.look import FAINT, NARROW, OTHER, PALETTE, PRINT, SCREEN, WHOLE, text_width, wrapped
from trede.report.charts.over_time import months, trend
from trede.report.charts.parts_of_total import sites, sources, steps
from trede.report.document import Chart, Figure
from trede.report.wording import Wording
from trede.workspace import Workspace

LADDER = next(iter(standards().values()))
T = MG_PER_TONNE


def drawn(chart: Chart | None) -> list[Chart]:
    assert chart is not None
    return [chart]


@pytest.fixture(scope="module", params=[SCREEN, NARROW, PRINT])
def of_the_example(request: pytest.FixtureRequest, example: Workspace) -> list[Chart]:
    """Every kind of chart of the example, in one width."""
    words, width = Wording("nl"), request.param
    runs = [example.find_run(year) for year in ("2022", "2023", "2024")]
    views = [footprint_of(run, LADDER, "market") for run in runs]
    years = [(run.period.name, view, Interval(view.total, view.total * 9 // 10, view.total // 20, Decimal("0.9")))
             for run, view in zip(runs, views, strict=True)]  # fmt: skip
    totals = runs[-1].table("totals")
    by_month = sums_by(totals, LADDER, "market", ("month", "account", "quality"))
    return [
        *drawn(sources(words, views[-1], "2024", "ladder", width)),
        *drawn(months(words, by_month, LADDER, runs[-1].period, "ladder", width)),
        *drawn(sites(words, [("Noord", 7 * T, 1), ("Zuid", 3 * T, 1)], "2024", "ladder", width)),
        *drawn(trend(words, years, "ladder", width)),
        steps(words, ("2022", 10 * T), [("meer", 3 * T), ("minder", -5 * T)], ("2024", 8 * T), "ladder", width),
    ]


def test_a_drawing_is_plain_and_the_same_twice(of_the_example: list[Chart]) -> None:
    for chart in of_the_example:
        svg = to_svg(chart.spec, "nl")
        assert svg == to_svg(json.loads(json.dumps(chart.spec)), "nl")
        assert "style=" not in svg
        assert "<style" not in svg
        assert "aria-label" not in svg
        assert "scale with" not in svg
        root = ET.fromstring(svg)  # noqa: S314 - our own drawing
        assert float(root.attrib["width"]) in (SCREEN, NARROW, PRINT)


def test_nothing_sticks_out(of_the_example: list[Chart]) -> None:
    """Each text, as wide as its letters are thought to be, lies within the drawing."""
    for chart in of_the_example:
        left = chart.spec["padding"]["left"]
        wide = chart.spec["width"] + left + chart.spec["padding"]["right"]
        svg = to_svg(chart.spec, "nl")
        for anchor, x, text in re.findall(r'text-anchor="(\w+)" transform="translate\(([-\d.]+),[^>]*>([^<]+)<', svg):
            length = text_width(text)
            start = left + float(x) - {"start": 0.0, "middle": length / 2, "end": length}[anchor]
            assert start > -6, (chart.title.template, text)
            assert start + length < wide + 6, (chart.title.template, text)


def test_the_words_and_the_table_have_the_same_figures(of_the_example: list[Chart]) -> None:
    words = Wording("nl")
    for chart in of_the_example:
        standing = {cell for row in chart.table.rows for cell in row.cells if isinstance(cell, Figure)}
        assert {f for f in chart.title.figures if f not in standing and f.turned not in standing} == set()
        told = chart.alt.show(words)
        for row in chart.table.rows:
            assert row.role == "total" or row.cells[0] == "Meer dan één maand" or f"{row.cells[0]} " in told


def test_lengths_are_the_amounts_and_begin_at_zero() -> None:
    spec = bars([Bar("a", "2", 2 * T), Bar("b", "−1", -T, 4), Bar("c", "3", 3 * T, 1, 0, (2 * T, 5 * T))], SCREEN)
    assert [(row["solid_from"], row["solid_to"], row["end"]) for row in spec["data"]["values"]] == [
        (0, 2, 2), (0, -1, -1), (0, 2, 3)
    ]  # fmt: skip
    assert spec["data"]["values"][2]["high"] == 5
    assert spec["data"]["values"][1]["colour"] == PALETTE[4]


def test_a_step_begins_where_the_last_one_ended(of_the_example: list[Chart]) -> None:
    rows = of_the_example[-1].spec["data"]["values"]
    assert [row["end"] for row in rows] == [10, 13, 8, 8]
    assert all(after["solid_from"] == before["end"] for before, after in pairwise(rows[:-1]))


def test_the_interval_of_a_year_lies_around_its_column(of_the_example: list[Chart]) -> None:
    """Also when a tenth of the total has no interval: beside its column the line would say that the total cannot be."""
    (years,) = (
        chart for chart in of_the_example if len(chart.table.columns) == 5 and chart.table.rows[0].cells[0] == "2022"
    )
    for row in years.table.rows:
        total, low, high = (int(cell.exact) for cell in row.cells[1:4] if isinstance(cell, Figure))
        assert low < total < high
        assert high - total == total - low


def test_an_estimate_is_drawn_faint_and_what_is_missing_says_so() -> None:
    spec = columns(
        [Column("jan", "3", [Piece(1, 1), Piece(2, 1, True), Piece(-1, 2)]), Column("feb", "–", missing=True)], SCREEN
    )
    pieces = spec["layer"][0]["data"]["values"]
    assert [(piece["from"], piece["to"], piece["strength"]) for piece in pieces] == [
        (0, 1, 1),
        (1, 3, FAINT),
        (0, -1, 1),
    ]
    assert [row["short"] for row in spec["data"]["values"]] == ["", "–"]


def test_what_spans_more_than_a_month_is_in_the_table_alone(example: Workspace) -> None:
    run, words = example.find_run("2024"), Wording("nl")
    amounts = {("2024-01", "mobile-combustion.petrol.direct", "measured"): 3 * T,
               (None, "mobile-combustion.petrol.direct", "estimated"): T}  # fmt: skip
    [chart] = drawn(months(words, amounts, LADDER, run.period, "ladder"))
    assert "meer dan één maand" in chart.subtitle
    assert [str(row.cells[0]) for row in chart.table.rows][-2:] == ["Meer dan één maand", "Totaal"]
    assert chart.title.show(words) == "Januari was de maand met de meeste uitstoot: 75 % van 2024".replace(
        " %", "\u00a0%"
    )


def test_the_rest_is_one_bar(example: Workspace) -> None:
    [chart] = drawn(sites(Wording("en"), [(f"site {at:02}", (at + 1) * T, 1) for at in range(15)], "2024", "ladder"))
    rows = chart.spec["data"]["values"]
    assert len(rows) == 11
    assert (rows[0]["name"], rows[-1]["name"], rows[-1]["end"]) == ("site 14", "Others (5)", 15)
    assert len(chart.table.rows) == 16
    standing = {cell for row in chart.table.rows for cell in row.cells if isinstance(cell, Figure)}
    assert len(chart.alt.figures) == 10
    assert set(chart.alt.figures) <= standing, "a sentence names what its table has not"


def test_there_is_no_chart_of_nothing() -> None:
    assert sites(Wording("nl"), [("Noord", 7 * T, 1)], "2024", "ladder") is None
    assert sites(Wording("nl"), [("Noord", 0, 1), ("Zuid", -T, 1), ("West", -T, 1)], "2024", "ladder") is None


def test_what_has_no_site_is_no_site_that_leads() -> None:
    [chart] = drawn(sites(Wording("nl"), [("Noord", T, WHOLE), ("geen vestiging", 3 * T, OTHER)], "2024", "ladder"))
    assert chart.title.show(Wording("nl")) == "75\u00a0% van de uitstoot van 2024 hoort niet bij een vestiging"


def test_long_names_are_broken_and_cut() -> None:
    assert wrapped("kort", 200) == ["kort"]
    lines = wrapped("een heel lange naam van een bron die nergens ophoudt en dus wordt afgebroken", 120)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(text_width(line) <= 120 for line in lines)
    assert wrapped("", 100) == [""]


def test_a_sheet_stands_by_itself(of_the_example: list[Chart]) -> None:
    chart = of_the_example[0]
    whole = sheet(to_svg(chart.spec, "nl"), SCREEN, "Benzine & <diesel>", chart.subtitle, "berekening 123")
    texts = " ".join(ET.fromstring(whole).itertext())  # noqa: S314 - our own drawing
    assert "Benzine & <diesel>" in texts
    assert "berekening 123" in texts
    assert to_png(whole).startswith(b"\x89PNG")
