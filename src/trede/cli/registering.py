"""Commands that say what is not in the footprint and what it is held against: source, exclude, base-year."""

from __future__ import annotations

from typing import Any

from trede.catalogue.standards import find_standard, standards
from trede.cli.context import Context
from trede.cli.deciding import add_decision, read_attributes, record, require_types, why
from trede.cli.intake import read_number
from trede.cli.language import Speaker
from trede.cli.publishing import excluded_line, said_line
from trede.cli.tables import RULE, Row, table
from trede.inventory.completeness import SourceStatus
from trede.inventory.publication import Said
from trede.inventory.unmatched import Unmatched
from trede.kernel.errors import TredeError
from trede.organisation.decisions import TRIGGERS, BaseYear, ExcludeUnmatched, SourceState
from trede.workspace.base_year import BaseYearState, base_year_state
from trede.workspace.publishing import require_undelivered


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    source = add_decision(commands, speaker, "source", run_source)
    source.add_argument("source", help=say("help.source.id"))
    source.add_argument("year", type=int, help=say("help.source.year"))
    status = source.add_mutually_exclusive_group(required=True)
    for name, text in (("none", say("help.source.none")), ("excluded", say("help.source.excluded"))):
        status.add_argument(f"--{name}", action="store_const", const=name, dest="status", help=text)
    exclude = add_decision(commands, speaker, "exclude", run_exclude)
    exclude.add_argument("activity_type", help=say("help.type"))
    exclude.add_argument("--attributes", nargs="*", default=[], metavar="K=V", help=say("help.attributes"))
    exclude.add_argument("--years", type=int, nargs="+", required=True, help=say("help.years"))
    for parser in (source, exclude):
        parser.add_argument("--estimate", help=say("help.estimate"))
        parser.add_argument("--basis", default="", help=say("help.estimate.basis"))
    base = commands.add_parser("base-year", help=say("help.base-year"), description=say("help.base-year"))
    base.add_argument("year", type=int, nargs="?", help=say("help.base-year.year"))
    base.add_argument("--threshold", help=say("help.base-year.threshold"))
    base.add_argument(
        "--triggers", nargs="+", choices=TRIGGERS, default=list(TRIGGERS), help=say("help.base-year.triggers")
    )
    base.add_argument("--rule", default="", help=say("help.rule"))
    base.add_argument("--standard", nargs="*", default=[], help=say("help.standard"))
    base.add_argument("--reason", help=say("help.reason"))
    base.add_argument("--by", help=say("help.by"))
    base.set_defaults(run=run_base_year)


def run_source(context: Context) -> int:
    """Say that a source delivers nothing for a year."""
    args = context.args
    decision = SourceState(source=args.source, year=args.year, status=args.status, **read_size(context), **why(context))
    require_undelivered(context.workspace, decision)
    record(context, decision)
    return 0


def run_exclude(context: Context) -> int:
    """Leave records out that no factor was found for."""
    args = context.args
    words = context.workspace.known().vocabulary
    require_types([args.activity_type], words)
    attributes = read_attributes(args.activity_type, args.attributes, words)
    record(context, ExcludeUnmatched(
        activity_type=args.activity_type, attributes=attributes, years=tuple(args.years), **read_size(context),
        **why(context),
    ))  # fmt: skip
    return 0


def read_size(context: Context) -> dict[str, Any]:
    """Read the estimated size of what is left out, and what the estimate rests on: both or none."""
    args = context.args
    if (args.estimate is None) != (not args.basis.strip()):
        raise TredeError.of("estimate_without_basis")
    if args.estimate is None:
        return {}
    estimate = read_number(args.estimate)
    if estimate < 0:
        raise TredeError.of("estimate_negative", estimate=args.estimate)
    return {"estimate": estimate, "basis": args.basis.strip()}


def print_said(context: Context, found: SourceStatus) -> None:
    """Print who said that a source delivers nothing, and why."""
    if found.said is not None:
        state = context.speaker.say(f"source.{found.status}")
        context.line(
            "  " + said_line(context.speaker, f"{found.name} {found.period.name}: {state}", Said.of(found.said))
        )


def print_excluded(context: Context, unmatched: Unmatched) -> None:
    """Print which records without a factor were left out, by whom and why."""
    for each in unmatched.excluded:
        what = each.decision
        said = Said.of(each.recorded)
        context.line("  " + excluded_line(context.speaker, what.activity_type, what.attributes, each.records, said))


def run_base_year(context: Context) -> int:
    """Record the policy on the base year, or show how the base year stands under it."""
    args = context.args
    if args.year is not None:
        if args.threshold is None or args.reason is None:
            raise TredeError.of("base_year_incomplete", year=args.year)
        threshold = read_number(args.threshold)
        if not 0 < threshold <= 100:
            raise TredeError.of("threshold_out_of_range", threshold=args.threshold)
        triggers = tuple(trigger for trigger in TRIGGERS if trigger in args.triggers)
        record(context, BaseYear(
            year=args.year, threshold=threshold, triggers=triggers, source_rule=args.rule, **why(context)
        ))  # fmt: skip
    state = base_year_state(context.workspace)
    if state is None:
        context.say("base_year.none")
        return 0
    _print_policy(context, state)
    return 0


def _print_policy(context: Context, state: BaseYearState) -> None:
    speaker, policy = context.speaker, state.policy
    name_base_year(context)
    context.line("  " + speaker.say("base_year.why", reason=policy.reason, rule=policy.source_rule or None))
    named = [speaker.say(f"trigger.{trigger}") for trigger in policy.triggers]
    context.line("  " + speaker.say("base_year.triggers", triggers=named))
    if state.published is None:
        context.say("base_year.not_published", year=policy.year)
        return
    publication = state.published.publication
    context.say(
        "base_year.published", year=policy.year, person=publication.person, version=publication.version,
        day=speaker.day(publication.made_at.date()), run=publication.run,
    )  # fmt: skip
    if state.later is None:
        context.say("base_year.same")
        return
    _print_assessments(context, state)
    context.line()
    if state.recalculation_needed:
        context.say("base_year.needed", year=policy.year, published=publication.run, later=state.later.id)
    else:
        context.say("base_year.not_needed", published=publication.run, later=state.later.id)


def _print_assessments(context: Context, state: BaseYearState) -> None:
    speaker = context.speaker
    say, tonnes = speaker.say, speaker.tonnes
    wanted = [find_standard(name) for name in context.args.standard] or list(standards().values())
    for found in state.assessments:
        if found.standard not in wanted:
            continue
        mark = "" if found.standard.verified else f" ({say('standard.unverified')})"
        context.line()
        context.line(f"{found.standard.name.get(speaker.language)}, {say('basis_of.' + found.basis)}{mark}")
        rows: list[Row] = [[say("base_year.before"), tonnes(found.published), ""], RULE]
        for trigger, mg in found.effects.items():
            note = "" if trigger in state.policy.triggers else say("base_year.left_out")
            rows.append([say(f"trigger.{trigger}"), tonnes(mg), note])
        rows.append([say("base_year.organic"), tonnes(found.organic), say("base_year.never")])
        rows += [RULE, [say("base_year.now"), tonnes(found.now), ""]]
        context.line(table(rows, right=(1,)))
        percent = speaker.number(found.percent, 2) if found.percent is not None else None
        verdict = say("base_year.significant" if found.significant else "base_year.small")
        context.line("  " + say(
            "base_year.counted", tonnes=tonnes(found.counted), percent=percent,
            threshold=speaker.number(state.policy.threshold), verdict=verdict,
        ))  # fmt: skip


def name_base_year(context: Context) -> None:
    """Name the base year and its threshold, where somebody recorded one."""
    found = context.workspace.base_year
    if found is not None:
        recorded, policy = found
        context.say(
            "base_year.is", year=policy.year, threshold=context.speaker.number(policy.threshold),
            person=policy.person, id=recorded.id,
        )  # fmt: skip
