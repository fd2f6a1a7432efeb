"""A total taken apart: by source, by site, and as the steps of a bridge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard
from trede.inventory.footprint import Footprint
from trede.report.charts.bars import Bar, bars
from trede.report.charts.look import FALL, OTHER, PALETTE, RISE, SCREEN, WHOLE
from trede.report.document import Cell, Chart, Column, Figure, Row, Statement, Table, percent, tonnes
from trede.report.wording import Wording

BARS = 10
"""Bars of one chart, the largest first; what is left is one more."""

HALF_PERCENT = Decimal("0.005")

Amount = tuple[str, int, int]
"""Name, milligrams CO2e, and tone."""


def tones(standard: Standard) -> dict[str, int]:
    """Give each heading the place of its top heading in the palette; beyond the palette the tone of all others."""
    found: dict[str, int] = {}
    for heading in standard.headings:
        top = len([h for h in standard.headings if h.parent is None and h.id in found]) + 1
        own = top if top < len(PALETTE) else OTHER
        found[heading.id] = own if heading.parent is None else found[heading.parent]
    return found


def by_group(accounts: Mapping[str, int]) -> dict[str, int]:
    """Add accounts up by their group."""
    sums: dict[str, int] = defaultdict(int)
    for account, mg in accounts.items():
        sums[chart()[account].group] += mg
    return sums


def sources(words: Wording, view: Footprint, period: str, about: str, width: int = SCREEN) -> Chart | None:
    """Bars by group of accounts under its heading, the largest first; None when nothing was emitted.

    Args:
        about: the standard and basis, as they are named.
    """
    language, tone = words.language, tones(view.standard)
    found = [
        (chart().groups[group].get(language), mg, tone[line.heading.id])
        for line in view.lines
        for group, mg in by_group(line.accounts).items()
        if mg
    ]
    used = {number for _, _, number in found}
    names = [
        (heading.name.get(language), tone[heading.id])
        for heading in view.standard.headings
        if heading.parent is None and tone[heading.id] in used
    ]
    codes = ("chart.sources", "chart.column_sources")
    return _parts(words, codes, found, view.total, period, about, names, width)


def sites(words: Wording, amounts: Sequence[Amount], period: str, about: str, width: int = SCREEN) -> Chart | None:
    """Bars by site, the largest first; None when there are fewer than two to compare. What has no site has the tone `OTHER`."""
    if len([mg for _, mg, _ in amounts if mg]) < 2:
        return None
    nowhere = max(amounts, key=lambda amount: amount[1])[2] == OTHER
    codes = ("chart.no_site" if nowhere else "chart.sites", "chart.column_sites")
    return _parts(words, codes, amounts, sum(mg for _, mg, _ in amounts), period, about, (), width)


def totals(words: Wording, amounts: Sequence[Amount], about: str, width: int = SCREEN) -> Chart:
    """Bars of whole totals or of top headings, in the order given."""
    title = words.statement("chart.totals")
    figures = [(name, tonnes(mg)) for name, mg, _ in amounts]
    return Chart(
        title, f"{title.show(words)}, {about}", words.enumeration("chart.bars", [*figures]),
        _table(words, title, "head.period", [Row(pair) for pair in figures]),
        bars([Bar(name, tonnes(mg).show(words), mg, tone) for name, mg, tone in amounts], width),
    )  # fmt: skip


def steps(
    words: Wording, before: tuple[str, int], causes: Sequence[tuple[str, int]], after: tuple[str, int], about: str,
    width: int = SCREEN,
) -> Chart:  # fmt: skip
    """A bridge: the first total, what each cause adds or takes away, the last total."""
    every: list[tuple[str, Figure, Bar]] = []
    at = before[1]
    every.append(_whole(words, *before))
    for name, mg in causes:
        figure = tonnes(mg, signed=True)
        bar = Bar(name, figure.show(words), mg, RISE if mg > 0 else FALL, start=at)
        every.append((name, figure, bar))
        at += mg
    every.append(_whole(words, *after))
    title = words.statement("chart.steps", before=before[0], after=after[0])
    return Chart(
        title, f"{words.word('unit.tonnes')}, {about}",
        words.enumeration("chart.bridge", [(name, figure) for name, figure, _ in every]),
        _table(words, title, "head.cause", [Row((name, figure)) for name, figure, _ in every]),
        bars([bar for _, _, bar in every], width, steps=True),
    )  # fmt: skip


def _whole(words: Wording, name: str, mg: int) -> tuple[str, Figure, Bar]:
    return name, tonnes(mg), Bar(name, tonnes(mg).show(words), mg, WHOLE, bold=True)


def _parts(
    words: Wording, codes: tuple[str, str], amounts: Sequence[Amount], total: int, period: str, about: str,
    names: Sequence[tuple[str, int]], width: int,
) -> Chart | None:  # fmt: skip
    """Bars by size; the title names the largest and its share. `codes` are those of the title and of the first column."""
    ordered = sorted((amount for amount in amounts if amount[1]), key=lambda amount: (-amount[1], amount[0]))
    if not ordered or ordered[0][1] <= 0:
        return None
    named, rest = (ordered[:BARS], ordered[BARS:]) if len(ordered) > BARS + 1 else (ordered, [])
    shown = list(named)
    if rest:  # a bar for the eye alone: the text names what stands in the table, which has each of them
        shown = [*shown, (words.word("chart.others", count=str(len(rest))), sum(mg for _, mg, _ in rest), OTHER)]
    largest, mg, _ = ordered[0]
    title = words.statement(codes[0], name=largest, share=share_of(mg, total), period=period)
    rows = [Row((name, tonnes(mg), share_of(mg, total))) for name, mg, _ in ordered]
    rows.append(Row((words.word("row.total"), tonnes(total), None), 0, "total"))
    return Chart(
        title, f"{words.word('unit.tonnes')}, {period}, {about}",
        words.enumeration("chart.bars", [(name, tonnes(mg)) for name, mg, _ in named]),
        _table(words, title, codes[1], rows, share=True),
        bars([Bar(name, _told(words, mg, total), mg, tone) for name, mg, tone in shown], width, names),
    )  # fmt: skip


def share_of(mg: int, total: int) -> Cell:
    """Return a part of a total in whole percents; nothing when there is no total."""
    found = percent(mg, total)
    return None if found is None else Figure("percent", found.exact, 0)


def _told(words: Wording, mg: int, total: int) -> str:
    """Write an amount with its part of the total beside it; of less than a half percent nothing is said."""
    share = share_of(mg, total)
    amount = f"{tonnes(mg).show(words)} t"
    return f"{amount} · {share.show(words)}" if isinstance(share, Figure) and share.exact >= HALF_PERCENT else amount


def _table(words: Wording, title: Statement, first: str, rows: list[Row], *, share: bool = False) -> Table:
    columns = [
        Column(words.word(first), width=1),
        Column(words.word("head.total"), words.word("unit.tonnes"), figure=True),
    ]
    if share:
        columns.append(Column(words.word("chart.share"), words.word("unit.percent"), figure=True))
    return Table(title.show(words), tuple(columns), tuple(rows))
