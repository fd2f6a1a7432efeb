"""Own estimates: dated figures that stand in for one that nobody gave, before those that ship; added by a form, withdrawn with a
reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from trede.catalogue.estimates import ANYWHERE, OwnEstimate, WithdrawnEstimate, shipped_estimates
from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.estimates import add_estimate, key_of, own_list, try_estimate, withdraw_estimate
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.recording import why_of
from trede_web.bridge.ledger.attributes import called
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.catalogue.estimates import Estimate
    from trede_web.work.models import Job

NEW = "new"
"""The choice of a figure that no input asks for yet: for a calculation model that is still to be made."""
IDENT = re.compile("[a-z][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Gone:
    """Why an estimate answers no more, who said so and when."""

    reason: str
    person: str
    day: str


@dataclass(frozen=True)
class EstimateLine:
    """An estimate. `key` tells an own one from every other; `holds` says for which records."""

    key: str
    id: str
    name: str
    value: str
    unit: str
    range: str
    holds: str
    days: str
    source: str
    url: str
    by: str
    gone: Gone | None = None


@dataclass(frozen=True)
class Kind:
    """A figure that can be estimated: its id, its unit, and what asks for it."""

    id: str
    name: str
    unit: str
    asked_by: list[str]


@dataclass(frozen=True)
class EstimatesPage:
    """The own estimates, those that were withdrawn, those that ship, and what can be estimated."""

    own: list[EstimateLine]
    withdrawn: list[EstimateLine]
    shipped: list[EstimateLine]
    kinds: list[Kind]


def estimates_page(workspace: Workspace, voice: Voice) -> EstimatesPage:
    """Return all estimates."""
    found = own_list(workspace)
    shipped = [each for entries in shipped_estimates().entries.values() for each in entries]
    return EstimatesPage(
        [_line(each, voice) for each in found.estimate], [_line(each, voice) for each in found.withdrawn[::-1]],
        [_line(each, voice) for each in shipped], kinds(workspace, voice),
    )  # fmt: skip


def kinds(workspace: Workspace, voice: Voice) -> list[Kind]:
    """Return the figures that inputs of activity types ask an estimate for, and those of own estimates."""
    asked: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    names: dict[str, str] = {}
    for kind in workspace.known().vocabulary.types.values():
        for declared in kind.inputs.values():
            if declared.estimate:
                asked.setdefault(declared.estimate, []).append(kind.name.get(voice.language))
                units[declared.estimate] = declared.unit
                names.setdefault(declared.estimate, declared.name.get(voice.language))
    shipped = [each for entries in shipped_estimates().entries.values() for each in entries]
    for each in (*own_list(workspace).estimate, *shipped):
        asked.setdefault(each.id, [])
        units.setdefault(each.id, each.unit)
        names[each.id] = each.name.get(voice.language)
    return [Kind(ident, names[ident], units[ident], sorted(set(types))) for ident, types in sorted(asked.items())]


def read_estimate(
    workspace: Workspace, given: Mapping[str, str], voice: Voice
) -> tuple[dict[str, Any], dict[str, str], list[Told]]:
    """Read an estimate from a form; return it in plain values, what is wrong by field, and what the library says of it."""
    reading = _Reading(workspace, given, voice)
    estimate = reading.estimate()
    if reading.wrong:
        return estimate, reading.wrong, []
    try:
        try_estimate(workspace, estimate)
    except TredeError as error:
        return estimate, {}, voice.told_all(error.issues)
    return estimate, {}, []


def in_force(workspace: Workspace) -> dict[str, str]:
    """Return the ids of the own estimates in force, by key."""
    return {key_of(each): each.id for each in own_list(workspace).estimate}


def store_estimate(workspace: Workspace, job: Job) -> Outcome:
    """Add an own estimate."""
    estimate = job.asked["estimate"]
    add_estimate(workspace, estimate)
    said = {"estimate": estimate["id"], "value": estimate["value"], "unit": estimate["unit"]}
    return Outcome({}, said=said)


def end_estimate(workspace: Workspace, job: Job) -> Outcome:
    """Withdraw an own estimate."""
    why = why_of(workspace, job)
    said = {"estimate": job.title, "reason": why["reason"]}
    try:
        withdraw_estimate(workspace, job.asked["key"], why["reason"], why["person"])
    except TredeError as error:
        if not (job.attempts > 1 and error.issues[0].code == "estimate_unknown"):  # an earlier attempt withdrew it
            raise
    return Outcome({}, said=said)


class _Reading:
    """Reads a form; `wrong` has what is wrong, by field."""

    def __init__(self, workspace: Workspace, given: Mapping[str, str], voice: Voice) -> None:
        self.given = {name: str(value).strip() for name, value in given.items()}
        self.known = {each.id: each for each in kinds(workspace, voice)}
        self.wrong: dict[str, str] = {}
        self.voice, self.word = voice, voice.word

    def estimate(self) -> dict[str, Any]:
        given = self.given
        ident, name, unit = self._what()
        facts = {
            "id": ident, "name": {"nl": name, "en": name}, "value": self._number("value"), "unit": unit,
            "geography": self._country(), "valid_from": self._day("first"), "valid_to": self._day("last"),
            "source": given.get("source", "")[:500], "url": given.get("url", "")[:500], "low": self._number("low", needed=False),
            "high": self._number("high", needed=False), "by": given.get("by", "")[:200],
        }  # fmt: skip
        if len(facts["source"]) < 3:
            self.wrong["source"] = self.word("estimates.no_source")
        if (given.get("low") == "") != (given.get("high") == ""):
            self.wrong["high"] = self.word("estimates.both")
        if not {"first", "last"} & self.wrong.keys() and str(facts["valid_to"]) < str(facts["valid_from"]):
            self.wrong["last"] = self.word("estimates.end_first")
        return {key: value for key, value in facts.items() if value}

    def _what(self) -> tuple[str, str, str]:
        """Return id, name and unit: those of a known figure, or of a new one."""
        chosen = self.given.get("what", "")
        if chosen in self.known:
            found = self.known[chosen]
            return found.id, self.given.get("name", "")[:200] or found.name, found.unit
        if chosen != NEW:
            self.wrong["what"] = self.word("estimates.no_what")
            return "", "", ""
        ident, name, unit = (self.given.get(field, "")[:200] for field in ("ident", "name", "unit"))
        if not IDENT.fullmatch(ident):
            self.wrong["ident"] = self.word("estimates.no_ident")
        for field, text in (("name", name), ("unit", unit)):
            if not text:
                self.wrong[field] = self.word("materiality.no_name")
        return ident, name, unit

    def _number(self, name: str, *, needed: bool = True) -> str:
        text = self.given.get(name, "")
        found = read_amount(text, self.voice) if text else None
        if found is None and (text or needed):
            self.wrong[name] = self.word("estimates.no_number")
        return "" if found is None else f"{found:f}"

    def _day(self, name: str) -> str:
        try:
            return date.fromisoformat(self.given.get(name, "")).isoformat()
        except ValueError:
            self.wrong[name] = self.word("model.no_day")
            return ""

    def _country(self) -> str:
        text = self.given.get("country", "").upper()
        if text and not re.fullmatch("[A-Z]{2}", text):
            self.wrong["country"] = self.word("estimates.no_country")
        return text or ANYWHERE


def _line(each: Estimate, voice: Voice) -> EstimateLine:
    own = each if isinstance(each, OwnEstimate) else None
    gone = None
    if isinstance(each, WithdrawnEstimate):
        gone = Gone(each.reason, each.withdrawn_by, each.withdrawn_on.isoformat())
    stated = ""
    if own is not None and own.low is not None and own.high is not None:
        stated = f"{voice.number(own.low)} – {voice.number(own.high)}"
    return EstimateLine(
        key_of(own) if own else "", each.id, each.name.get(voice.language), voice.number(each.value), each.unit, stated,
        ", ".join(_holds(each, voice)), f"{voice.day(each.valid_from)} – {voice.day(each.valid_to)}", each.source, each.url,
        own.by if own else "", gone,
    )  # fmt: skip


def _holds(each: Estimate, voice: Voice) -> Iterator[str]:
    """Yield for which records an estimate holds, where that is not all."""
    if each.geography != ANYWHERE:
        yield each.geography
    for name, value in sorted(each.attributes.items()):
        yield f"{name}: {called(name, value, voice)}"
