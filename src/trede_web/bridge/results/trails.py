"""From a figure down: rungs that each add up to the figure before it, and at the end one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from trede.catalogue.accounts import chart
from trede.cli.uncertainty import whole_percent
from trede.inventory.footprint import share
from trede.trace.breakdown import Part, Rung
from trede.trace.record import RecordTrail
from trede.trace.slices import Slice
from trede.workspace import Workspace
from trede.workspace.explaining import explain
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.ledger.record import RecordPage, record_page
from trede_web.bridge.results.footprint import FootprintPage, account_name, footprint_page
from trede_web.bridge.speaking import Voice

SHOWN = 50
"""Records of a month that are listed at first."""


@dataclass(frozen=True)
class Entry:
    """One part of a rung. `facts` say of a record what it is."""

    name: str
    figure: Figure
    rows: int
    share: str
    facts: str
    chosen: bool
    more: bool
    """Whether it stands for the parts that are not listed."""


@dataclass(frozen=True)
class Step:
    """A rung as it is shown."""

    number: int
    kind: str
    name: str
    figure: Figure
    entries: list[Entry]


@dataclass(frozen=True)
class TrailPage:
    """A heading, account or month, with the steps above it."""

    run: str
    period: str
    view: str
    standard: str
    basis: str
    steps: list[Step]
    in_kilograms: bool
    more: int
    """How many records to ask for to see more; 0 when all are listed."""

    @property
    def whole(self) -> str:
        """The address of the total that it is a part of."""
        return f"{self.run}/{self.view}"

    @property
    def last(self) -> Step:
        """The step that the page is about."""
        return self.steps[-1]


def follow(
    workspace: Workspace, address: str, voice: Voice, shown: int = SHOWN
) -> FootprintPage | TrailPage | RecordPage:
    """Follow a figure.

    Args:
        address: as the library has it: `RUN/STANDARD:BASIS[/HEADING[/ACCOUNT[/MONTH]]]` or `RUN/RECORD`.
        shown: how many records of a month are listed.

    Raises:
        TredeError: what the library says of an address that leads nowhere.
    """
    run, found = explain(workspace, address, shown)
    if isinstance(found, RecordTrail):
        return record_page(workspace, run, found, voice)
    [last, *others] = found
    view = View(last.standard, last.basis)
    if others or last.kind == "total":
        return footprint_page(workspace, run, view, voice)
    parts = address.strip("/").split("/")
    # A slice lists accounts, so no heading stands between; the total is not its sum.
    depths = [3, *range(5, len(parts))] if Slice.read(parts[2]) else range(2, len(parts))
    above = [explain(workspace, "/".join(parts[:depth]))[1] for depth in depths if depth < len(parts)]
    chain = [*(rung for rungs in above if isinstance(rungs, list) for rung in rungs), last]
    sites = {site.id: site.name for site in workspace.organisation.site}
    steps = [_step(number, rung, chain, run.id, voice, sites) for number, rung in enumerate(chain, 1)]
    hidden = any(entry.more for entry in steps[-1].entries)
    return TrailPage(
        run=run.id, period=run.period.name, view=view.name, standard=view.standard.name.get(voice.language),
        basis=voice.say(f"basis_of.{view.basis}"), steps=steps, in_kilograms=last.kind in ("account", "period"),
        more=shown * 10 if hidden else 0,
    )  # fmt: skip


def _step(number: int, rung: Rung, chain: list[Rung], run: str, voice: Voice, sites: Mapping[str, str]) -> Step:
    below = chain[number] if number < len(chain) else None
    entries = [_entry(part, rung, below, run, voice, sites) for part in rung.parts if part.mg or part.rows]
    return Step(
        number,
        rung.kind,
        _slice_name(rung.name, voice, sites) if rung.kind == "slice" else _name(rung.kind, rung.name, rung, voice),
        Figure(rung.mg, _pinned(rung.address, run)),
        entries,
    )


def _entry(part: Part, rung: Rung, below: Rung | None, run: str, voice: Voice, sites: Mapping[str, str]) -> Entry:
    more = part.kind == "rest"
    query = _pinned(rung.address if more else part.address, run)
    return Entry(
        name=voice.word("trace.rest", count=part.rows) if more else _part_name(part, rung, voice),
        figure=Figure(part.mg, f"{query}#rest" if more else query), rows=part.rows,
        share=whole_percent(voice, share(part.mg, rung.mg)) if part.mg >= 0 else voice.percent(share(part.mg, rung.mg)),
        facts=_facts(part, voice, sites), chosen=below is not None and below.name == part.name, more=more,
    )  # fmt: skip


def _pinned(address: str, run: str) -> str:
    """Name the run by its id: a link says the same after a later calculation of the year."""
    return "/".join([run, *address.split("/")[1:]])


def _part_name(part: Part, rung: Rung, voice: Voice) -> str:
    if part.kind == "record":
        return voice.day(part.facts["start"])
    return _name(part.kind, part.name, rung, voice)


def _name(kind: str, name: str, rung: Rung, voice: Voice) -> str:
    match kind:
        case "total":
            return voice.word("trace.total")
        case "heading":
            return rung.standard.heading(name).name.get(voice.language)
        case "account":
            return account_name(name, voice)
        case "group":
            return chart().groups[name].get(voice.language)
        case _:
            return month_name(name, voice)


def _slice_name(text: str, voice: Voice, sites: Mapping[str, str]) -> str:
    what, _, name = text.partition(":")
    if what == "site":
        return sites.get(name, name) or voice.say("compare.no_site")
    return month_name(name, voice) if name else voice.word("trace.more_months")


def month_name(span: str, voice: Voice) -> str:
    """Write `2024-03` as a month; another span by its days."""
    year, _, month = span.partition("-")
    if len(span) == len("2024-03") and month.isdecimal():
        return f"{voice.word('months').split(' ')[int(month) - 1]} {year}"
    return span.replace("..", " – ")


def _facts(part: Part, voice: Voice, sites: Mapping[str, str]) -> str:
    if part.kind != "record":
        return ""
    facts = part.facts
    quantity = f"{voice.number(Decimal(facts['quantity']))} {facts['unit']}"
    site = f" · {sites.get(facts['site'], facts['site'])}" if facts["site"] else ""
    return f"{quantity}{site} · {voice.say('at_row', row=facts['row'])}"
