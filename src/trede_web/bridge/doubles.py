"""What probably counts twice, with the tonnes at stake; how it is settled is a job."""

from __future__ import annotations

from dataclasses import dataclass

from trede.analysis.findings import Finding
from trede.cli.findings import shown_stake
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.findings import at_stake, credits_of, open_findings, with_credits
from trede_web.bridge.speaking import Voice

EXAMPLES = 3


@dataclass(frozen=True)
class Double:
    """One finding in words."""

    id: str
    code: str
    text: str
    records: int
    beside: int
    stake: str
    examples: list[str]
    """Addresses of some of the records, in the run that the amounts are of."""


def doubles(workspace: Workspace, period: Period, voice: Voice) -> list[Double]:
    """Return the open findings that touch a period."""
    credits, run = credits_of(workspace), workspace.run_of(str(period))
    return [
        Double(
            finding.id, finding.code, _sentence(workspace, finding, voice), len(finding.records), len(finding.beside),
            "" if run is None else shown_stake(voice, at_stake(run, with_credits(finding.records, credits))),
            [] if run is None else [f"{run.id}/{record}" for record in finding.records[:EXAMPLES]],
        )
        for finding in open_findings(workspace, period)
    ]  # fmt: skip


def count_doubles(workspace: Workspace, period: Period) -> int:
    """Return how many findings of a period are open."""
    return len(open_findings(workspace, period))


def _sentence(workspace: Workspace, finding: Finding, voice: Voice) -> str:
    facts = dict(finding.facts)
    names = {site.id: site.name for site in workspace.organisation.site}
    site = facts.pop("site", None)
    return voice.say(
        f"finding.{finding.code}", **facts, site=voice.say("findings.no_site") if site is None else names.get(site, site),
        count=voice.number(len(finding.records)), beside=voice.number(len(finding.beside)),
        quantity="–" if finding.quantity is None else f"{voice.number(finding.quantity)} {finding.unit}",
        start=voice.day(finding.period.start), end=voice.day(finding.period.end),
    )  # fmt: skip
