"""What `trede status` prints of the months: gaps by source and site, and periods of one meter that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trede.cli.context import Context
from trede.cli.tables import RULE, Row, table
from trede.inventory.coverage import Coverage, coverage
from trede.kernel.periods import Period

SHOWN = 8
"""Lines of gaps that stand without `--all`."""


def print_coverage(context: Context, period: Period, *, everything: bool) -> None:
    """Print the gaps in short, or with `everything` each source and site; overlaps in any case."""
    say = context.speaker.say
    found = coverage(context.workspace.organisation, context.workspace.active_batches(), period)
    delivered = {each.source for each in found if each.present}  # a source that is missing as a whole is said above
    open_ones = [each for each in found if each.gaps and each.source in delivered]
    shown = found if everything else open_ones[:SHOWN]
    if shown:
        rows: list[Row] = [[say("head.source"), say("head.site"), say("head.months"), say("head.gaps")], RULE]
        rows += [_row(each) for each in shown]
        context.line(table(rows, right=(2,)))
        if len(open_ones) > len(shown):
            context.line("  " + say("coverage.more", count=len(open_ones) - len(shown)))
        context.line()
    for each in found:
        for overlap in each.overlaps:
            context.line("  " + say(
                "coverage.overlap", meter=overlap.meter, source=each.name,
                first=_days(context, overlap.first), second=_days(context, overlap.second),
            ))  # fmt: skip


def _row(each: Coverage) -> Row:
    count = len(each.present.intersection(each.expected))
    return [each.name, each.site or "–", f"{count}/{len(each.expected)}", ", ".join(_spans(each.gaps)) or "–"]


def _spans(months: Sequence[date]) -> list[str]:
    """Write months that follow each other as one span."""
    spans: list[list[date]] = []
    for month in months:
        if spans and Period.month(spans[-1][-1].year, spans[-1][-1].month).next_day() == month:
            spans[-1].append(month)
        else:
            spans.append([month])
    return [f"{s[0]:%Y-%m}" if len(s) == 1 else f"{s[0]:%Y-%m}..{s[-1]:%Y-%m}" for s in spans]


def _days(context: Context, period: Period) -> str:
    return f"{context.speaker.day(period.start)} – {context.speaker.day(period.end)}"
