"""What `trede status` and `trede publish` print of the sources: records and months, gaps by site, periods that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trede.cli.context import Context
from trede.cli.tables import RULE, Row, table
from trede.inventory.completeness import SourceStatus
from trede.inventory.coverage import Coverage, coverage, with_gaps
from trede.kernel.periods import Period

SHOWN = 8
"""Lines of gaps that stand without `--all`."""


def print_sources(context: Context, period: Period, sources: Sequence[SourceStatus]) -> None:
    """Print what each source delivered in a period: its records, and the months that they touch."""
    speaker, say = context.speaker, context.speaker.say
    rows: list[Row] = [
        [period.name, *(say(f"head.{n}") for n in ("state", "records", "months", "held", "rejected"))],
        RULE,
    ]
    for found in sources:
        state, months = say(f"source.{found.status}"), f"{found.months}/{len(period.by_month())}"
        rows.append([found.name, state, speaker.number(found.records), months, str(found.held), str(found.rejected)])
    context.line(table(rows, right=(2, 3, 4, 5)))


def print_coverage(context: Context, period: Period, *, everything: bool) -> None:
    """Print the gaps in short, or with `everything` each source and site; overlaps in any case."""
    say = context.speaker.say
    found = coverage(context.workspace.organisation, context.workspace.active_batches(), period)
    open_ones = with_gaps(found)
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
