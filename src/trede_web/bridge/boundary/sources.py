"""The source register of a year, and a source's own page: its months, files, meters and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trede.inventory.completeness import source_status
from trede.inventory.days import days_of
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.organisation.decisions import Attach, SourceState
from trede.organisation.parts import Source
from trede.workspace import Workspace
from trede_web.bridge.boundary.organisation import between
from trede_web.bridge.intake.batches import BatchLine, batch_lines
from trede_web.bridge.results.completeness import Asked, Row, completeness_page
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class SourceLine:
    """A source in the register. `state` is delivered, none, excluded, contradicted, missing, not-registered or not-expected."""

    id: str
    name: str
    owner: str
    frequency: str
    years: str
    sites: str
    state: str
    records: int
    months: int
    said: str


@dataclass(frozen=True)
class Register:
    """The sources of a year, and how many of them are missing."""

    lines: list[SourceLine]
    missing: int


@dataclass(frozen=True)
class Meter:
    """A meter that records name: at which site, from when to when, with how many records."""

    name: str
    site: str
    days: str
    records: int


@dataclass(frozen=True)
class Said:
    """A decision about a source."""

    kind: str
    year: int | None
    what: str
    person: str
    day: str
    reason: str


@dataclass(frozen=True)
class SourcePage:
    """Everything on the page of a source in a year."""

    line: SourceLine
    registered: bool
    months: list[str]
    rows: list[Row]
    batches: list[BatchLine]
    meters: list[Meter]
    said: list[Said]
    asked: Asked | None


def register(workspace: Workspace, year: int, voice: Voice) -> Register:
    """Return the sources of a year: those of the description, and those that delivered without being in it."""
    period = Period.year(year)
    status = {
        each.source: each
        for each in source_status(
            workspace.organisation, workspace.active_batches(), period, workspace.decisions.in_force()
        )
    }
    known = {source.id: source for source in workspace.organisation.source}
    sites = {site.id: site.name for site in workspace.organisation.site}
    lines = []
    for ident in dict.fromkeys([*known, *status]):
        own, found = known.get(ident), status.get(ident)
        said = (
            "" if found is None or found.said is None else f"{found.said.decision.person}: {found.said.decision.reason}"
        )
        state = found.status if found else "not-expected"
        if own is not None and found is not None and not own.expected(year):
            state = "not-registered"
        lines.append(
            SourceLine(
                ident, own.name if own else ident, (own and own.owner) or "", (own and own.frequency) or "",
                _years(own, voice), ", ".join(sites.get(s, s) for s in own.sites) if own else "", state,
                found.records if found else 0, found.months if found else 0, said,
            )
        )  # fmt: skip
    return Register(lines, sum(line.state == "missing" for line in lines))


def source_page(
    workspace: Workspace, ident: str, year: int, today: date, voice: Voice, asked: tuple[str, str] = ("", "")
) -> SourcePage:
    """Return a source in a year.

    Args:
        asked: site and month of the cell to look into.

    Raises:
        TredeError: `source_unknown` when neither the description nor a file knows it.
    """
    batches = [line for line in batch_lines(workspace) if line.source == ident]
    known = {source.id: source for source in workspace.organisation.source}
    if ident not in known and not batches:
        raise TredeError.of("source_unknown", source=ident, known=sorted(known))
    line = next((line for line in register(workspace, year, voice).lines if line.id == ident), None)
    line = line or SourceLine(ident, ident, "", "", "", "", "not-expected", 0, 0, "")
    matrix = completeness_page(workspace, year, today, voice, (ident, *asked))
    return SourcePage(
        line, ident in known, matrix.months, [row for row in matrix.rows if row.source == ident], batches,
        _meters(workspace, ident, voice), _said(workspace, ident, voice), matrix.asked,
    )  # fmt: skip


def _years(own: Source | None, voice: Voice) -> str:
    if own is None:
        return ""
    return (
        f"{own.from_year}–{own.to_year}" if own.to_year else voice.word("organisation.since", first=str(own.from_year))
    )


def _meters(workspace: Workspace, ident: str, voice: Voice) -> list[Meter]:
    sites = {site.id: site.name for site in workspace.organisation.site}
    spans: dict[tuple[str, str], tuple[date, date, int]] = {}
    for batch in workspace.active_batches():
        if batch.source == ident:
            for meter, site, first, last, count in _metered(batch.records_path):
                before = spans.get((meter, site), (first, last, 0))
                spans[meter, site] = (min(first, before[0]), max(last, before[1]), count + before[2])
    return [
        Meter(meter, sites.get(site, site), between(first, last, voice), count)
        for (meter, site), (first, last, count) in sorted(spans.items())
    ]


def _metered(path: Path) -> list[tuple[str, str, date, date, int]]:
    """Return the meters of a batch with site, first and last day and the number of records."""
    days = days_of(path)
    rows = days.filter(days["meter"].is_valid()).group_by(["meter", "site"])
    found = rows.aggregate([("start", "min"), ("end", "max"), ("records", "sum")]).to_pylist()
    return [(row["meter"], row["site"] or "", row["start_min"], row["end_max"], row["records_sum"]) for row in found]


def _said(workspace: Workspace, ident: str, voice: Voice) -> list[Said]:
    found = []
    for recorded in workspace.decisions.in_force():
        made = recorded.decision
        if isinstance(made, SourceState) and made.source == ident:
            what, year = voice.say(f"source.{made.status}"), made.year
        elif isinstance(made, Attach) and made.to == "source" and made.target == ident:
            what, year = made.name, None
        else:
            continue
        found.append(Said(made.kind, year, what, made.person, voice.day(made.made_at.date()), made.reason))
    return found[::-1]
