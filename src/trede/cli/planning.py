"""The command that looks ahead: what a new calculation would change."""

from __future__ import annotations

from typing import Any

from trede.cli.comparing import choose_rows, print_bridge
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin
from trede.workspace.planning import Planned, plan_run

PROPOSED = "proposal"
"""The reason of a pin that nobody made: it goes with the plan."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = commands.add_parser("plan", help=say("help.plan"), description=say("help.plan"))
    parser.add_argument("period", help=say("help.period"))
    parser.add_argument("--list", dest="library", help=say("help.plan.list"))
    choose_rows(parser, speaker)
    parser.set_defaults(run=run_plan)


def run_plan(context: Context) -> int:
    """Calculate a period without storing it, and print what differs from the last calculation."""
    args, workspace = context.args, context.workspace
    period, pin = Period.parse(args.period), None
    if args.library:
        if args.library not in workspace.libraries:
            raise TredeError.of("library_unknown", library=args.library, known=sorted(workspace.libraries))
        years = tuple(part.start.year for part in period.by_year())
        pin = Pin(library=args.library, years=years, reason=PROPOSED, person=PROPOSED, made_at=workspace.clock())
    with plan_run(workspace, period, pin) as planned:
        _print_news(context, planned)
        if planned.bridge is not None:
            args.before = args.after = args.period
            print_bridge(context, planned.bridge)
        context.line()
        context.say("plan.kept_nowhere", run=planned.run.id)
    return 0


def _print_news(context: Context, planned: Planned) -> None:
    """Print what came and went between the last calculation and this one."""
    if planned.last is None:
        context.say("plan.first", period=planned.run.period.name)
    elif planned.bridge is None:
        context.say("plan.same", run=planned.last.id)
    if names := list(planned.batches.came):
        context.say("plan.batches_came", count=len(names), names=names)
    if names := list(planned.batches.went):
        context.say("plan.batches_went", count=len(names), names=names)
    if names := list(planned.libraries.came):
        context.say("plan.libraries_came", count=len(names), names=names)
    if names := list(planned.libraries.went):
        context.say("plan.libraries_went", count=len(names), names=names)
    if names := list(planned.decisions.came):
        context.say("plan.decisions_came", count=len(names), names=names)
    if names := list(planned.decisions.went):
        context.say("plan.decisions_went", count=len(names), names=names)
    if planned.other:
        context.say("plan.other", names=list(planned.other))
