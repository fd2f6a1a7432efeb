"""Commands about double counts: findings, cover, keep."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trede.analysis.findings import Finding
from trede.analysis.twice import STANDARD
from trede.catalogue.standards import standards
from trede.cli.context import Context
from trede.cli.deciding import add_decision, why
from trede.cli.language import Speaker
from trede.engine.runs import Run
from trede.kernel.periods import Period
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import CoveredBy
from trede.workspace.findings import (
    Credits,
    Stake,
    at_stake,
    cover_records,
    covered_amounts,
    credits_of,
    find_finding,
    find_record,
    keep_both,
    open_findings,
    with_credits,
)
from trede.workspace.workspace import Workspace


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    findings = commands.add_parser("findings", help=say("help.findings"), description=say("help.findings"))
    findings.add_argument("period", nargs="*", help=say("help.period"))
    findings.set_defaults(run=run_findings)
    cover = add_decision(commands, speaker, "cover", run_cover)
    cover.add_argument("what", nargs="+", help=say("help.cover.what"))
    cover.add_argument("--with", nargs="+", dest="beside", default=[], metavar="RECORD", help=say("help.cover.with"))
    keep = add_decision(commands, speaker, "keep", run_keep)
    keep.add_argument("finding", nargs="+", help=say("help.keep.finding"))


def run_findings(context: Context) -> int:
    """List the probable double counts, with the tonnes at stake where the year was calculated."""
    periods = [Period.parse(text) for text in context.args.period]
    found = open_findings(context.workspace)
    if periods:
        found = [finding for finding in found if any(finding.period.overlap(period) for period in periods)]
    credits = credits_of(context.workspace)
    for finding in found:
        _print(context, finding, credits)
    context.line()
    context.say("findings.next" if found else "findings.none")
    return 0


def _print(context: Context, finding: Finding, credits: Credits) -> None:
    speaker = context.speaker
    context.line()
    context.line(f"{finding.id}  {sentence(context, finding)}")
    for run in _runs(context, finding):
        context.line("  " + speaker.say("findings.stake", period=run.spec["period"], parts=shown_stake(
            speaker, at_stake(run, with_credits(finding.records, credits, finding.beside))
        )))  # fmt: skip


def sentence(context: Context, finding: Finding) -> str:
    """Say what a finding is about."""
    return told(
        context.speaker, context.workspace, finding.code, finding.facts, finding.quantity, finding.unit, finding.period,
        len(finding.records), len(finding.beside),
    )  # fmt: skip


def told(
    speaker: Speaker, workspace: Workspace, code: str, told_apart: Mapping[str, str], amount: Decimal | None,
    unit: str | None, period: Period, records: int, beside: int,
) -> str:  # fmt: skip
    """Say what a finding with these facts is about."""
    facts = dict(told_apart)
    names = {site.id: site.name for site in workspace.organisation.site}
    site = facts.pop("site", None)
    if kind := facts.pop("type", None):
        known = workspace.known().vocabulary.types.get(kind)
        facts["type"] = known.name.get(speaker.language) if known else kind
    if heading := facts.pop("category", None):
        facts["category"] = standards()[STANDARD].heading(heading).name.get(speaker.language)
    facts.setdefault("supplier", speaker.say("findings.no_supplier"))
    quantity = "–" if amount is None else f"{speaker.number(amount)} {unit}"
    return speaker.say(
        f"finding.{code}",
        **facts,
        site=speaker.say("findings.no_site") if site is None else names.get(site, site),
        count=speaker.number(records),
        beside=speaker.number(beside),
        quantity=quantity,
        start=speaker.day(period.start),
        end=speaker.day(period.end),
    )


def _runs(context: Context, finding: Finding) -> list[Run]:
    """Return the run that answers for each year of a finding, of those that were calculated."""
    years = range(finding.period.start.year, finding.period.end.year + 1)
    runs = [context.workspace.run_of(str(year)) for year in years]
    return [run for run in runs if run is not None]


def shown_stake(speaker: Speaker, stake: Stake) -> str:
    """Write amounts by standard and basis."""
    return "; ".join(
        f"{speaker.tonnes(mg)} t {standards()[standard].name.get(speaker.language)} ({speaker.say(f'basis_of.{basis}')})"
        for (standard, basis), mg in stake.items()
    )


def run_cover(context: Context) -> int:
    """Let the records of findings, or named records, post nothing because others cover them."""
    args, workspace = context.args, context.workspace
    reasons = why(context)
    if args.beside:
        records = [find_record(workspace, name) for name in args.what]
        beside = [find_record(workspace, name) for name in args.beside]
        recorded = cover_records(workspace, records, beside, reasons["reason"], reasons["person"])
        _say_covered(context, recorded)
        return 0
    for finding in [find_finding(workspace, name) for name in args.what]:
        recorded = cover_records(
            workspace, finding.records, finding.beside, reasons["reason"], reasons["person"], finding.code
        )
        _say_covered(context, recorded)
    return 0


def _say_covered(context: Context, recorded: Recorded) -> None:
    assert isinstance(recorded.decision, CoveredBy)
    context.say("cover.done", id=recorded.id, count=context.speaker.number(len(recorded.decision.records)))


def run_keep(context: Context) -> int:
    """Say that findings are no double counts."""
    reasons = why(context)
    for finding in [find_finding(context.workspace, name) for name in context.args.finding]:
        recorded = keep_both(context.workspace, finding, reasons["reason"], reasons["person"])
        context.say("keep.done", id=recorded.id, finding=finding.id)
    return 0


def print_covered(context: Context, run: Run) -> None:
    """Say what a run's covered records would have posted."""
    speaker = context.speaker
    covered = run.table("covered")
    if covered.num_rows:
        count = len(set(covered["record_id"].to_pylist()))
        parts = shown_stake(speaker, covered_amounts(run))
        context.line("  " + speaker.say("show.covered", count=speaker.number(count), parts=parts))


def print_open_findings(context: Context, period: Period) -> None:
    """Say how many findings of a period are open."""
    found = open_findings(context.workspace, period)
    if found:
        count = context.speaker.number(len(found))
        context.line("  " + context.speaker.say("show.findings", count=count, period=str(period)))
