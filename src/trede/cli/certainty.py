"""The command that says how certain a total is, and what decides that: uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from trede.analysis.contributions import Contributions, Source, contributions
from trede.analysis.simulation import Simulated, check_draws, simulate
from trede.analysis.uncertainty import under
from trede.catalogue.standards import Standard, find_standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.cli.uncertainty import interval as shown_interval
from trede.cli.uncertainty import whole_percent
from trede.report.writing import NO_BREAK
from trede.workspace import Workspace

SHOWN = 10
"""Sources of error that are listed when nobody asks for another number."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = commands.add_parser("uncertainty", help=say("help.uncertainty"), description=say("help.uncertainty"))
    parser.add_argument("name", help=say("help.run_name"))
    parser.add_argument("--standard", nargs="*", default=[], help=say("help.compare.standard"))
    parser.add_argument("--top", type=int, default=SHOWN, metavar="N", help=say("help.uncertainty.top"))
    parser.add_argument("--draws", type=int, metavar="N", help=say("help.uncertainty.draws"))
    parser.add_argument("--seed", type=int, default=1, metavar="N", help=say("help.uncertainty.seed"))
    parser.set_defaults(run=run_uncertainty)


def run_uncertainty(context: Context) -> int:
    """Print the interval of each wanted total, what decides it, and on request what drawing gives."""
    args = context.args
    if args.draws is not None:
        check_draws(args.draws, args.seed)
    run = context.workspace.find_run(args.name)
    wanted = [find_standard(name) for name in args.standard] or list(standards().values())[:1]
    totals = [(standard, basis) for standard in wanted for basis in standard.bases]
    selections = [under(*total) for total in totals]
    found = contributions(run, selections, max(args.top, 0))
    drawn: Sequence[Simulated | None] = [None] * len(totals)
    if args.draws is not None:
        drawn = simulate(run, selections, args.draws, args.seed)
    for (standard, basis), each, simulated in zip(totals, found, drawn, strict=True):
        _print_total(context, standard, basis, each, simulated)
    context.line()
    context.say("show.run", period=run.period.name, run=run.id)
    return 0


def _print_total(
    context: Context, standard: Standard, basis: str, found: Contributions, simulated: Simulated | None
) -> None:
    speaker, say, interval = context.speaker, context.speaker.say, found.interval
    mark = "" if standard.verified else f" ({say('standard.unverified')})"
    context.line()
    context.line(f"{standard.name.get(speaker.language)}, {say(f'basis_of.{basis}')}{mark}")
    rows: list[Row] = [
        [say("uncertainty.total"), speaker.tonnes(interval.mg), ""],
        [say("uncertainty.share"), whole_percent(speaker, interval.share), speaker.tonnes(interval.covered)],
    ]
    if interval.known:
        rows.append(
            [say("uncertainty.interval"), shown_interval(speaker, interval), _bounds(speaker, *interval.bounds)]
        )
    if simulated is not None:
        low, high = (_away(speaker, bound, interval.covered) for bound in (simulated.low, simulated.high))
        drawn = say("uncertainty.drawn", draws=speaker.number(context.args.draws), seed=context.args.seed)
        rows.append([drawn, f"{low}, {high}", _bounds(speaker, simulated.low, simulated.high)])
    context.line(table(rows, right=(1, 2)))
    if not interval.known:
        context.line("  " + say("uncertainty.nothing_known"))
    if simulated is not None and simulated.merged:
        context.line("  " + say("uncertainty.merged", drawn=simulated.drawn, merged=speaker.number(simulated.merged)))
    if found.largest:
        context.line()
        context.line("  " + say("uncertainty.deciding", count=speaker.number(found.sources)))
        context.line(_deciding(context.workspace, speaker, found.largest))


def _bounds(speaker: Speaker, low: int, high: int) -> str:
    return speaker.say("uncertainty.bounds", low=speaker.tonnes(low), high=speaker.tonnes(high))


def _away(speaker: Speaker, bound: int, covered: int) -> str:
    if not covered:
        return "–"
    away = Decimal(bound - covered) / abs(covered)
    return f"{'−' if away < 0 else '+'}{whole_percent(speaker, abs(away))}"


def _deciding(workspace: Workspace, speaker: Speaker, sources: Sequence[Source]) -> str:
    rows: list[Row] = [
        ["", *(speaker.say(f"uncertainty.head.{name}") for name in ("what", "share", "tonnes", "own"))],
        RULE,
    ]
    for number, source in enumerate(sources, start=1):
        own = source.relative
        rows.append(
            [
                str(number), name_source(workspace, speaker, source), whole_percent(speaker, source.share),
                speaker.tonnes(source.mg), "–" if own is None else f"±{NO_BREAK}{speaker.percent(own, 1)}",
            ]
        )  # fmt: skip
    return table(rows, right=(0, 2, 3, 4))


def name_source(workspace: Workspace, speaker: Speaker, source: Source) -> str:
    """Name a source of error: the factor with its list, or what was recorded with where."""
    if source.what == "factor":
        library, _, ident = source.name.partition("#")
        known = workspace.libraries.get(library)
        factor = known.factors.get(ident) if known else None
        name = f"{factor.name}, {factor.publisher_unit}" if factor else ident
        return speaker.say("uncertainty.source.factor", name=name, list=library)
    kind = source.activity_type or ""
    told = [vocabulary()[kind].name.get(speaker.language) if kind in vocabulary() else kind, source.site]
    return speaker.say(f"uncertainty.source.{source.what}", ident=source.ident, told=[part for part in told if part])
