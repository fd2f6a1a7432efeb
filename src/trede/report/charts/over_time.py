"""A total through time: by month, by year with its interval, and per unit of what it is divided by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from trede.analysis.uncertainty import Interval
from trede.catalogue.standards import Standard
from trede.inventory.footprint import Footprint
from trede.inventory.intensity import Intensity
from trede.kernel.amounts import MG_PER_TONNE
from trede.kernel.periods import Period
from trede.organisation.parts import Denominator
from trede.report.charts.columns import Column as Upright
from trede.report.charts.columns import Piece, columns
from trede.report.charts.look import SCREEN, WHOLE
from trede.report.charts.parts_of_total import share_of, tones
from trede.report.document import Cell, Chart, Column, Figure, Row, Table, number, percent, tonnes
from trede.report.wording import Wording

ESTIMATED = frozenset({"estimated", "extrapolated", "default"})
"""Qualities that were not measured, nor calculated from what was."""
MOST_MONTHS = 24

ByMonth = Mapping[tuple[str | None, ...], int]
"""Milligrams CO2e by month (`2024-03`; None: of a record that spans more than one), account and quality."""


def months(
    words: Wording, amounts: ByMonth, standard: Standard, period: Period, about: str, width: int = SCREEN
) -> Chart | None:
    """Columns by month, stacked by top heading; estimates are drawn faint. None when no month has an amount of its own.

    What belongs to no month is in the table, and the subtitle says that it is not drawn.
    """
    spans = [span for span in _months(period) if len(_months(period)) <= MOST_MONTHS]
    sums: dict[tuple[str, int, bool], int] = defaultdict(int)
    totals: dict[str | None, int] = defaultdict(int)
    tone = tones(standard)
    for (month, account, quality), mg in amounts.items():
        totals[month] += mg
        if month is not None:
            sums[month, tone[standard.heading_of[account or ""]], quality in ESTIMATED] += mg
    own = {month: totals[month] for month in spans}
    if not any(mg > 0 for mg in own.values()):
        return None
    highest = max(own, key=lambda month: own[month])
    yearly = len({span[:4] for span in spans}) == 1

    def name(month: str, *, short: bool) -> str:
        text = words.month(int(month[5:]))
        text = words.word("chart.months").split(" ")[int(month[5:]) - 1] if short else text
        return text if yearly else f"{text} {month[:4]}"

    kinds = sorted({(t, faint) for (_, t, faint), mg in sums.items() if mg})
    items = [
        Upright(
            name(month, short=True), tonnes(mg).show(words),
            [Piece(sums[month, t, faint] / MG_PER_TONNE, t, faint) for t, faint in kinds if sums[month, t, faint]],
        )
        for month, mg in own.items()
    ]  # fmt: skip
    whole = sum(totals.values())
    title = words.statement(
        "chart.monthly",
        month=_capital(name(highest, short=False)),
        share=share_of(own[highest], whole),
        period=period.name,
    )
    rows = [Row((name(month, short=False), tonnes(mg), share_of(mg, whole))) for month, mg in own.items()]
    subtitle = f"{words.word('unit.tonnes')}, {period.name}, {about}"
    beyond = sum(mg for month, mg in totals.items() if month not in own)
    if beyond:
        rows.append(Row((words.word("row.more_months"), tonnes(beyond), share_of(beyond, whole))))
        subtitle = f"{subtitle}. {words.word('chart.without')}"
    rows.append(Row((words.word("row.total"), tonnes(whole), None), 0, "total"))
    named = (
        Column(words.word("head.month"), width=1),
        Column(words.word("head.total"), words.word("unit.tonnes"), figure=True),
        Column(words.word("chart.share"), words.word("unit.percent"), figure=True),
    )
    return Chart(
        title, subtitle,
        words.enumeration("chart.columns", [(name(month, short=False), tonnes(mg)) for month, mg in own.items()]),
        Table(title.show(words), named, tuple(rows)),
        columns(items, width, _names(words, standard, kinds)),
    )  # fmt: skip


def trend(
    words: Wording, years: Sequence[tuple[str, Footprint, Interval]], about: str, width: int = SCREEN
) -> Chart | None:
    """Columns by year, stacked by top heading, with the 95 % interval where it is known; None for less than two years."""
    if len(years) < 2:
        return None
    standard = years[0][1].standard
    tone = tones(standard)
    items: list[Upright] = []
    rows: list[Row] = []
    told: list[tuple[str, Cell]] = []
    for name, view, interval in years:
        pieces = [
            Piece(line.mg / MG_PER_TONNE, tone[line.heading.id]) for line in view.lines if line.depth == 0 and line.mg
        ]
        low, high = interval.around if interval.known else (None, None)  # a line beside its column would mislead
        bounds = None if low is None or high is None else (low / MG_PER_TONNE, high / MG_PER_TONNE)
        items.append(Upright(name, tonnes(view.total).show(words), pieces, bounds))
        limits: tuple[Cell, ...] = (None, None) if low is None or high is None else (tonnes(low), tonnes(high))
        rows.append(Row((name, tonnes(view.total), *limits, _change(view.total, years[0][1].total, first=not rows))))
        told.append((name, tonnes(view.total)))
    (first, before, _), (last, after, _) = years[0], years[-1]
    code = _way(after.total - before.total, "chart.years_higher", "chart.years_lower", "chart.years_same")
    share = percent(abs(after.total - before.total), abs(before.total))
    title = (
        words.statement("chart.years", last=last, first=first)
        if share is None
        else words.statement(code, last=last, first=first, share=share)
    )
    named = [Column(words.word("head.period"), width=1)]
    tonne = words.word("unit.tonnes")
    named += [Column(words.word(head), tonne, figure=True) for head in ("head.total", "head.low", "head.high")]
    named.append(Column(words.word("chart.change", first=first), words.word("unit.percent"), figure=True))
    used = {tone[line.heading.id] for _, view, _ in years for line in view.lines if line.depth == 0 and line.mg}
    return Chart(
        title, f"{words.word('unit.tonnes')}, {about}. {words.word('chart.whiskers')}",
        words.enumeration("chart.columns", told), Table(title.show(words), tuple(named), tuple(rows)),
        columns(items, width, _names(words, standard, sorted((t, False) for t in used))),
    )  # fmt: skip


def intensities(
    words: Wording, denominator: Denominator, years: Sequence[tuple[str, Intensity]], about: str, width: int = SCREEN
) -> Chart | None:
    """Columns by year of tonnes per unit of a denominator; a year without its figure is marked. None for less than two."""
    known = [(name, each) for name, each in years if each.mg_per_unit is not None]
    if len(known) < 2:
        return None
    items: list[Upright] = []
    rows: list[Row] = []
    told: list[tuple[str, Cell]] = []
    for name, each in years:
        per_unit = each.mg_per_unit
        figure = None if per_unit is None else _three_digits(per_unit / MG_PER_TONNE)
        shown = "–" if figure is None else figure.show(words)
        pieces = [] if per_unit is None else [Piece(float(per_unit / MG_PER_TONNE), WHOLE)]
        items.append(Upright(name, shown, pieces, missing=per_unit is None))
        divisor = (
            None if each.figure is None else number(Decimal(each.figure.value).quantize(Decimal("0.001")).normalize())
        )
        change = None if per_unit is None else _change(per_unit, known[0][1].mg_per_unit, first=name == known[0][0])
        rows.append(Row((name, figure, change, tonnes(each.mg), divisor)))
        told.append((name, figure or "–"))
    (first, before), (last, after) = known[0], known[-1]
    old, new = before.mg_per_unit or Decimal(0), after.mg_per_unit or Decimal(0)
    share = percent(abs(new - old), abs(old))
    code = _way(new - old, "chart.per_unit_higher", "chart.per_unit_lower", "chart.per_unit_same")
    title = (
        words.statement("chart.per_unit", name=denominator.name)
        if share is None
        else words.statement(code, name=denominator.name, last=last, first=first, share=share)
    )
    unit = f"{words.word('unit.tonnes')} / {denominator.unit}"
    named = (
        Column(words.word("head.period"), width=1), Column(words.word("chart.intensity"), unit, figure=True),
        Column(words.word("chart.change", first=first), words.word("unit.percent"), figure=True),
        Column(words.word("head.total"), words.word("unit.tonnes"), figure=True),
        Column(words.word("row.divided_by"), denominator.unit, figure=True),
    )  # fmt: skip
    return Chart(
        title, f"{unit}, {about}", words.enumeration("chart.columns_per_unit", told),
        Table(title.show(words), named, tuple(rows)), columns(items, width),
    )  # fmt: skip


def _change(value: int | Decimal, before: int | Decimal | None, *, first: bool) -> Figure | None:
    """Return how much more a value is than the first one."""
    return None if first or not before else percent(Decimal(value) - Decimal(before), abs(Decimal(before)), signed=True)


def _three_digits(value: Decimal) -> Figure:
    """Show at least three digits that count."""
    return number(value, max(0, 2 - value.adjusted()) if value else 0)


def _way(change: int | Decimal, higher: str, lower: str, same: str) -> str:
    """Choose the code for the way that a change goes."""
    return higher if change > 0 else lower if change < 0 else same


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _months(period: Period) -> list[str]:
    first, last = period.start, period.end
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02}" for n in range(count)]


def _names(words: Wording, standard: Standard, kinds: Sequence[tuple[int, bool]]) -> list[tuple[str, int, bool]]:
    """Name each tone by the headings that have it."""
    tone = tones(standard)
    named: dict[int, list[str]] = defaultdict(list)
    for heading in standard.headings:
        if heading.parent is None:
            named[tone[heading.id]].append(heading.name.get(words.language))
    found = []
    for number_, faint in kinds:
        name = ", ".join(named[number_])
        found.append((words.word("chart.estimated", name=name) if faint else name, number_, faint))
    return found
