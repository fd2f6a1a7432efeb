"""The command that says how complete periods are and what to do next: status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from trede.cli.attaching import print_attached
from trede.cli.context import Context
from trede.cli.coverage import print_coverage, print_sources
from trede.cli.language import Speaker
from trede.cli.registering import print_excluded, print_said
from trede.inventory.completeness import SourceStatus, source_status
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.periods import Period
from trede.workspace.findings import open_findings
from trede.workspace.publishing import contradictions, proposal
from trede.workspace.running import freshness
from trede.workspace.sampling import outdated_samples


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    status = commands.add_parser("status", help=say("help.status"), description=say("help.status"))
    status.add_argument("period", nargs="+", help=say("help.period"))
    status.add_argument("--all", action="store_true", help=say("help.status.all"))
    status.set_defaults(run=run_status)


def run_status(context: Context) -> int:
    """Say how complete periods are and what to do next."""
    workspace, say = context.workspace, context.speaker.say
    active, decisions = workspace.active_batches(), workspace.decisions.in_force()
    todo: list[str] = []
    periods = [Period.parse(text) for text in context.args.period]
    for period in periods:
        sources = source_status(workspace.organisation, active, period, decisions)
        _print_period(context, period, sources)
        context.line()
        print_coverage(context, period, everything=context.args.all)
        todo += [say("todo.source", source=s.name, year=period.name) for s in sources if s.status == "missing"]
        todo += [context.speaker.tell(issue) for issue in contradictions(sources)]
    for batch in active:
        if batch.counts["held"]:
            todo.append(say("todo.held", count=batch.counts["held"], file=batch.file_name, batch=batch.id))
        if batch.counts["rejected"]:
            todo.append(say("todo.rejected", count=batch.counts["rejected"], file=batch.file_name, batch=batch.id))
    todo += [context.speaker.tell(issue) for issue in outdated_samples(workspace)]
    for period in periods:
        todo += _about_the_run(context, period)
        if doubles := open_findings(workspace, period):
            todo.append(say("show.findings", count=context.speaker.number(len(doubles)), period=period.name))
    context.line(say("todo.head") if todo else say("todo.nothing"))
    for entry in todo:
        context.line(f"  – {entry}")
    for period in () if todo else periods:
        if not workspace.publications_of(str(period)):
            context.say("todo.publish", year=period.name)
    print_attached(context, active)
    return 0


def _print_period(context: Context, period: Period, sources: Sequence[SourceStatus]) -> None:
    """Print the sources of a period, what stays out of its footprint and why, and whether it was published."""
    workspace, speaker = context.workspace, context.speaker
    say = speaker.say
    print_sources(context, period, sources)
    for found in sources:
        print_said(context, found)
    run = workspace.calculated_run(str(period))
    if run is not None:
        print_excluded(context, sort_unmatched(run.table("unmatched"), workspace.decisions.in_force()))
    for published in workspace.publications_of(str(period))[-1:]:
        last = published.publication
        context.line("  " + say(
            "status.published", year=period.name, version=last.version, person=last.person,
            day=speaker.day(last.made_at.date()), run=last.run,
        ))  # fmt: skip


def _about_the_run(context: Context, period: Period) -> Iterator[str]:
    """Yield what is to be done about the calculation of a period."""
    workspace, say, year = context.workspace, context.speaker.say, period.name
    run = workspace.calculated_run(str(period))
    if run is None:
        yield say("todo.run", year=year)
    elif (fresh := freshness(workspace, run)) != "current":
        yield say("todo.rerun" if fresh == "stale" else "todo.older_version", year=year)
    elif left := sort_unmatched(run.table("unmatched"), workspace.decisions.in_force()).count:
        yield say("todo.unmatched", year=year, count=left)
    elif later := proposal(workspace, str(period)):
        yield say("todo.proposal", year=year, published=later.published.publication.run, later=later.run.id)
