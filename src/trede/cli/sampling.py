"""The command that extrapolates a sample: sample."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.analysis.sampling import together
from trede.cli.context import Context, read_file
from trede.cli.intake import print_issues
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.report.writing import NO_BREAK
from trede.workspace.sampling import Measure, WorkedOut, extrapolate, work_out

DECIMALS = 2
HEADS = ("stratum", "type", "sample", "rest", "total", "unit", "interval")
"""Columns of the table of what a design comes to."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    sample = commands.add_parser("sample", help=say("help.sample"), description=say("help.sample"))
    sample.add_argument("design", type=Path, help=say("help.sample.design"))
    sample.add_argument("--show", action="store_true", help=say("help.sample.show"))
    sample.add_argument("--by", help=say("help.by"))
    sample.set_defaults(run=run_sample)


def run_sample(context: Context) -> int:
    """Work a design out, show what it comes to, and take the rest in."""
    path: Path = context.args.design
    data = read_file(path)
    if context.args.show:
        _print(context, work_out(context.workspace, data, path.name))
        context.say("sample.shown")
        return 0
    found, imported = extrapolate(context.workspace, data, path.name, context.person)
    _print(context, found)
    count = context.speaker.number(len(found.rows))
    code = "sample.again" if imported.again else "sample.done"
    context.say(code, count=count, source=found.source, batch=imported.batch.id)
    print_issues(context, imported.issues)
    return 0


def _print(context: Context, found: WorkedOut) -> None:
    speaker, design = context.speaker, found.design
    days = {"start": speaker.day(design.start), "end": speaker.day(design.end)}
    context.say("sample.head", title=design.title, id=design.id, **days)
    context.line(f"  {design.how}")
    for stratum in design.stratum:
        part = design.sample(stratum) / design.population(stratum)
        told = {"id": stratum.id, "n": speaker.number(stratum.n), "size": speaker.number(stratum.size)}
        code = "sample.stratum" if design.auxiliary else "sample.stratum_alike"
        drawn = speaker.say(f"sample.drawn.{stratum.drawn}")
        context.line("  " + speaker.say(
            code, **told, drawn=drawn, part=speaker.percent(part, 1), auxiliary=str(design.auxiliary)
        ))  # fmt: skip
    context.line()
    rows: list[Row] = [[speaker.say(f"head.sample.{name}") for name in HEADS], RULE]
    rows += [_row(speaker, measure) for measure in found.measures]
    rows += _sums(speaker, found.measures)
    context.line(table(rows, right=(2, 3, 4)))
    for stratum in design.stratum:
        if stratum.range:
            context.line("  " + speaker.say("sample.basis", stratum=stratum.id, basis=stratum.range.basis))
    if design.asserted:
        said = design.asserted
        context.line("  " + speaker.say(
            "sample.asserted", percent=speaker.number(said.percent), by=said.by, basis=said.basis
        ))  # fmt: skip
    context.line()
    print_issues(context, found.issues)


def _row(speaker: Speaker, measure: Measure) -> Row:
    figures = [speaker.number(n, DECIMALS) for n in (measure.sample, measure.rest, measure.total)]
    return [measure.stratum.id, measure.activity_type, *figures, measure.unit, shown_interval(speaker, [measure])]


def _sums(speaker: Speaker, measures: Sequence[Measure]) -> list[Row]:
    """Return a row for each type that stands in several strata."""
    found: dict[tuple[str, str], list[Measure]] = defaultdict(list)
    for measure in measures:
        found[measure.activity_type, measure.unit].append(measure)
    rows = []
    for (kind, unit), each in found.items():
        if len(each) > 1:
            sums = (
                sum(column, Decimal(0)) for column in zip(*((m.sample, m.rest, m.total) for m in each), strict=True)
            )
            figures = [speaker.number(n, DECIMALS) for n in sums]
            rows.append([speaker.say("sample.together"), kind, *figures, unit, shown_interval(speaker, each)])
    return [RULE, *rows] if rows else []


def shown_interval(speaker: Speaker, measures: Sequence[Measure]) -> str:
    """Write what is known of the error of some strata together: an interval, an assumed range, or nothing."""
    total = sum((m.total for m in measures), Decimal(0))
    estimates = [m.estimate for m in measures if m.estimate is not None]
    if len(estimates) == len(measures):
        half = together(estimates).half
        if half is None:
            return speaker.say("sample.unknown")
        if not half:
            return speaker.say("sample.whole")
        if not total:
            return speaker.say("sample.unknown")
        return f"±{NO_BREAK}{speaker.percent(half / abs(total), 1)}"
    if all(m.low is not None or m.stratum.drawn == "all" for m in measures):
        bounds = [sum((_bound(m, side) for m in measures), Decimal(0)) for side in ("low", "high")]
        return speaker.say(
            "sample.range", low=speaker.number(bounds[0], DECIMALS), high=speaker.number(bounds[1], DECIMALS)
        )
    return speaker.say("sample.unknown")


def _bound(measure: Measure, side: str) -> Decimal:
    found = measure.low if side == "low" else measure.high
    return measure.total if found is None else found
