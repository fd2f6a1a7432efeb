"""What the organisation chose about factors: what a year counts with and why, its decisions, its lists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trede.catalogue.bindings import bindings
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import (
    Allocate,
    ExcludeUnmatched,
    Override,
    Pin,
    Revoke,
    SectorMap,
    TakeIn,
    WithdrawModel,
)
from trede.organisation.materiality import CategoryState
from trede.trace.usage import Chosen, choices, factors_of
from trede.workspace import Workspace
from trede.workspace.libraries import PUBLISHERS
from trede.workspace.queue import waiting_of
from trede.workspace.shelf import Shelf, shelf_of
from trede_web.bridge.books import years
from trede_web.bridge.factors.shelf import headline, spans
from trede_web.bridge.factors.using import uses_in
from trede_web.bridge.figures import Figure
from trede_web.bridge.ledger.attributes import called, called_in
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import joined, named

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede.organisation.decisions import Meaning

ABOUT_FACTORS = (Pin, Override, TakeIn, SectorMap, ExcludeUnmatched)
"""Decisions that a year counts with."""
REVOCABLE = (*ABOUT_FACTORS, Allocate, CategoryState, WithdrawModel)
"""Decisions that can be taken back."""
FILES = [publisher for publisher in PUBLISHERS if publisher != "own"]
"""Publishers whose files can be brought in."""
SHOWN = 3


@dataclass(frozen=True)
class Decided:
    """A decision about factors."""

    id: str
    kind: str
    what: str
    years: str
    person: str
    day: str
    reason: str
    in_force: bool


@dataclass(frozen=True)
class ChoiceLine:
    """What a year counts one type of activity with, on one basis. `decided` is empty where nobody chose: the default."""

    name: str
    attributes: str
    basis: str
    library: str
    factor: str
    factor_name: str
    value: str
    list: str
    figure: Figure | None
    asked: str
    decided: Decided | None


@dataclass(frozen=True)
class ChoicesPage:
    """Everything on the page of a year."""

    lines: list[ChoiceLine]
    decisions: list[Decided]
    waiting: int
    calculated: bool


@dataclass(frozen=True)
class ListLine:
    """A factor list at hand."""

    id: str
    title: str
    publisher: str
    kind: str
    years: str
    factors: int
    licence: str
    used: str
    years_used: list[int]
    pins: list[Decided]
    newer: str
    """The list of a later edition for what this one is used for; empty when there is none."""


@dataclass(frozen=True)
class Option:
    """Records that a factor can be named for: a type of activity, with or without attributes, on a basis."""

    key: str
    text: str


def choices_page(workspace: Workspace, year: int, voice: Voice) -> ChoicesPage:
    """Return what a year counts with, the largest amounts first, and what was decided about it."""
    run = workspace.run_of(str(year))
    decisions = _decisions(workspace, year, voice)
    if run is None:
        return ChoicesPage([], decisions, 0, calculated=False)
    return ChoicesPage(
        _lines(workspace, run, decisions, voice), decisions, len(waiting_of(workspace, run)), calculated=True
    )


def _lines(workspace: Workspace, run: Run, decisions: Sequence[Decided], voice: Voice) -> list[ChoiceLine]:
    words, shelf = workspace.known_of(run.spec).vocabulary, shelf_of(workspace)
    by_id = {each.id: each for each in decisions}
    grouped: dict[tuple[str, str, str], list[Chosen]] = {}
    for each in choices(run):
        grouped.setdefault((each.activity_type, each.basis, each.factor), []).append(each)
    amounts = {(use.activity_type, use.basis, ref): use.mg for ref, found in uses_in(run).items() for use in found}
    lines = []
    for (kind, basis, ref), chosen in grouped.items():
        library, _, ident = ref.partition("#")
        item = shelf.get(library, ident)
        made = run.decisions.get(chosen[0].decision, {})
        known = words[kind].attributes
        usual = {name: attribute.default for name, attribute in known.items()}
        told = sorted(
            {
                joined(
                    (
                        called_in(each.attributes, n, voice)
                        for n, v in each.attributes.items()
                        if n in known and v != usual[n]
                    ),
                    ", ",
                )
                for each in chosen
            }
            - {""}
        )
        more = voice.word("choices.more", count=len(told) - SHOWN) if len(told) > SHOWN else ""
        mg = amounts.get((kind, basis, ref))
        value = headline(item.factor)[1]
        lines.append(
            ChoiceLine(
                words[kind].name.get(voice.language), joined([*told[:SHOWN], *([more] if more else [])], "; "),
                "" if basis == "none" else voice.say(f"basis_of.{basis}"), library, ident,
                named(item.factor.name, item.library.papers, voice),
                "–" if value is None else f"{voice.number(value)} kg/{item.factor.publisher_unit}",
                item.library.papers.title, None if mg is None else Figure(mg, f"{run.id}#{ref}/{kind}/{basis}"),
                f"{run.period.start.year}:{kind}:{basis}:{ref}",
                by_id.get(str(made.get("recorded", ""))) or _told(made, voice) if made else None,
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: -abs(line.figure.mg if line.figure else 0))


def _told(made: Mapping[str, object], voice: Voice) -> Decided:
    """Return a decision that the run rests on and that is no longer in force."""
    day = str(made.get("made_at", ""))[:10]
    kind = str(made["kind"])
    return Decided(
        "",
        voice.word(f"decision.{kind}"),
        "",
        "",
        str(made.get("person", "")),
        day,
        str(made.get("reason", "")),
        in_force=False,
    )


def _decisions(workspace: Workspace, year: int | None, voice: Voice) -> list[Decided]:
    """Return the decisions about factors, the last first; of a year those that speak of it or of no year."""
    in_force = {recorded.id for recorded in workspace.decisions.in_force()}
    found = []
    for recorded in workspace.decisions.all():
        of = getattr(recorded.decision, "years", ())
        if isinstance(recorded.decision, ABOUT_FACTORS) and (year is None or not of or year in of):
            found.append(_decided(recorded, voice, in_force=recorded.id in in_force))
    return found[::-1]


def _decided(recorded: Recorded, voice: Voice, *, in_force: bool) -> Decided:
    decision = recorded.decision
    assert not isinstance(decision, Revoke)
    match decision:
        case Pin():
            kinds = f" ({', '.join(decision.activity_types)})" if decision.activity_types else ""
            what = f"{decision.library}{kinds}"
        case Override():
            said = "; ".join(f"{name}={value}" for name, value in decision.attributes.items())
            what = f"{decision.activity_type}{f' ({said})' if said else ''}: {decision.library}#{decision.factor}"
        case TakeIn():
            what = f"{decision.library}#{decision.factor}"
        case SectorMap():
            first = decision.entries[0]
            what = _meaning(first, voice)
            if len(decision.entries) > 1:
                what = voice.word("choices.codes", name=decision.name, count=len(decision.entries))
        case ExcludeUnmatched():
            said = "; ".join(f"{name}={value}" for name, value in decision.attributes.items())
            what = f"{decision.activity_type} {said}".strip()
        case _:
            what = ""
    return Decided(
        recorded.id, voice.word(f"decision.{decision.kind}"), what, ", ".join(map(str, getattr(decision, "years", ()))),
        decision.person, str(decision.made_at.date()), decision.reason, in_force,
    )  # fmt: skip


def _meaning(entry: Meaning, voice: Voice) -> str:
    """Say what a code of the organisation's own means."""
    of = called("classification", entry.classification, voice)
    to = called_in({"classification": entry.to_classification or "", "code": entry.to_code or ""}, "code", voice)
    return f"{of} {entry.code}: {entry.exclude or to}"


def revocable(workspace: Workspace) -> set[str]:
    """Return the ids of the decisions in force that can be taken back."""
    return {each.id for each in workspace.decisions.in_force() if isinstance(each.decision, REVOCABLE)}


def lists_page(workspace: Workspace, voice: Voice) -> list[ListLine]:
    """Return all lists at hand: own ones first, then those that are used, then the others."""
    shelf = shelf_of(workspace)
    first = {item.library.id: item.library for item in shelf.items}
    used: dict[str, list[int]] = {}
    for year in years(workspace):
        run = workspace.run_of(str(year))
        for library in {ref.partition("#")[0] for ref in (factors_of(run) if run else ())}:
            used.setdefault(library, []).append(year)
    pins: dict[str, list[Decided]] = {}
    for recorded in workspace.decisions.in_force():
        if isinstance(recorded.decision, Pin):
            pins.setdefault(recorded.decision.library, []).append(_decided(recorded, voice, in_force=True))
    lines = [
        ListLine(
            library.id, library.papers.title, library.papers.publisher_name, voice.say(f"library.{library.papers.kind}"),
            spans([library.papers.valid_from.year, library.papers.valid_to.year]), len(library.factors),
            library.papers.licence, ", ".join(map(str, sorted(used.get(library.id, ())))),
            sorted(used.get(library.id, ())), pins.get(library.id, []),
            _newer(shelf, library.id, sorted(used.get(library.id, ()))),
        )
        for library in first.values()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (not line.id.startswith("own-"), not line.used, not line.newer))


@dataclass(frozen=True)
class NewerList:
    """A list that is better for a year than one that the year counts with."""

    library: str
    title: str
    used: str
    """The title of the one that is used."""


def newer_lists(workspace: Workspace, year: int) -> list[NewerList]:
    """Return the lists that are better for a year than those that its calculation uses, of each publisher."""
    run, shelf = workspace.run_of(str(year)), shelf_of(workspace)
    titles = {item.library.id: item.library.papers.title for item in shelf.items}
    used = sorted({ref.partition("#")[0] for ref in (factors_of(run) if run else ())} & titles.keys())
    found = {
        newer: NewerList(newer, titles[newer], titles[each]) for each in used if (newer := _newer(shelf, each, [year]))
    }
    return [each for each in found.values() if each.library not in used]


def _newer(shelf: Shelf, used: str, of: Sequence[int]) -> str:
    """Return the list that is better for a year than the one that is used: of that year itself, or a later edition."""
    if not of:
        return ""
    libraries = {item.library.id: item.library for item in shelf.items}
    papers = libraries[used].papers
    others = [
        other for other in libraries.values()
        if other.papers.publisher == papers.publisher and other.id != used and other.papers.kind == "official"
    ]  # fmt: skip
    own_year = [
        other for other in others
        if any(other.papers.valid_from.year <= year <= other.papers.valid_to.year for year in of)
        and (other.papers.edition > papers.edition or not papers.valid_from.year <= max(of) <= papers.valid_to.year)
    ]  # fmt: skip
    later = [other for other in others if other.papers.valid_from.year > max(papers.valid_to.year, *of)]
    found = own_year or later
    return max(found, key=lambda other: other.papers.edition).id if found else ""


def override_options(workspace: Workspace, library: str, factor: str, voice: Voice) -> list[Option]:
    """Return the records of this organisation that a factor could count: those of its kind of quantity.

    Raises:
        TredeError: `library_unknown` or `factor_unknown`.
    """
    item = shelf_of(workspace).get(library, factor)
    if item.factor.status != "active":
        return []
    known: dict[tuple[str, str], str] = {}
    for year in years(workspace):
        run = workspace.run_of(str(year))
        if run is None:
            continue
        words = workspace.known_of(run.spec).vocabulary
        groups = [(each.activity_type, each.attributes, each.geography) for each in choices(run)]
        groups += [(each.activity_type, each.attributes, each.geography) for each in waiting_of(workspace, run)]
        for kind, attributes, place in groups:
            activity = words[kind]
            if activity.kind != item.factor.kind or activity.by_sector or kind not in workspace.words.types:
                continue
            said = {name: value for name, value in attributes.items() if name in activity.attributes}
            slots = [slot for slot in ("location", "market") if bindings(kind, said, slot, place or "NL")] or ["main"]
            for slot in slots:
                basis = "" if slot == "main" else f" · {voice.say(f'basis_of.{slot}')}"
                for chosen in ({}, said):
                    told = ", ".join(called_in(chosen, name, voice) for name in chosen) or voice.word("override.all")
                    key = json.dumps([kind, chosen, slot], sort_keys=True)
                    known[kind, key] = f"{activity.name.get(voice.language)}: {told}{basis}"
    return [Option(key, text) for (_, key), text in sorted(known.items(), key=lambda pair: pair[1])]


def read_option(key: str) -> tuple[str, dict[str, str], str]:
    """Return type of activity, attributes and slot of an option."""
    kind, attributes, slot = json.loads(key)
    return str(kind), dict(attributes), str(slot)
