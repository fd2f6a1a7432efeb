"""The base year: its policy, what is published of it, whether a recalculation is due, and a change of the policy to check."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from trede.analysis.base_year import Assessment
from trede.kernel.periods import FIRST_YEAR, LAST_YEAR
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import TRIGGERS, BaseYear, Trigger
from trede.report.writing import NO_BREAK
from trede.workspace import Workspace
from trede.workspace.base_year import BaseYearState, base_year_begun
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.causes import Change, signed
from trede_web.bridge.results.compared import compared
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.speaking import Voice

STATES = ("none", "unpublished", "same", "waiting", "small", "needed")
"""How a base year stands: there is no policy; nothing is published; nothing differs; what differs is not calculated yet; it
stays below the threshold; it does not."""
LONGEST = 500
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Policy:
    """A policy, written; `id` is that of the decision."""

    id: str
    year: int
    threshold: str
    triggers: list[tuple[str, bool]]
    """Each trigger with whether it counts."""
    rule: str
    reason: str
    person: str
    day: str


@dataclass(frozen=True)
class Effect:
    """What one trigger does to a total."""

    name: str
    change: Change
    counts: bool


@dataclass(frozen=True)
class Held:
    """A total under a standard and basis, held against the threshold."""

    name: str
    published: Figure
    effects: list[Effect]
    organic: Change
    now: Figure
    counted: Change
    percent: str
    significant: bool


@dataclass(frozen=True)
class BaseYearPage:
    """Everything on the page."""

    state: str
    policy: Policy | None
    version: int
    day: str
    person: str
    lines: list[Held]
    earlier: list[Policy]


@dataclass(frozen=True)
class Draft:
    """A policy as a form has it: in the reader's own words."""

    year: str
    threshold: str
    triggers: list[str]
    rule: str
    base: str
    """The decision that was in force when the form was opened; empty for none."""


@dataclass(frozen=True)
class Check:
    """A policy to check before it is recorded: field, before, after; `values` is what the job is asked."""

    lines: list[tuple[str, str, str]]
    values: dict[str, Any]
    published: bool
    base: str
    """The decision that is in force now."""
    overtaken: bool
    """Whether somebody else changed the policy since the form was opened."""


def base_year_page(workspace: Workspace, voice: Voice) -> BaseYearPage:
    """Return how the base year stands."""
    found = base_year_begun(workspace)
    if found is None:
        return BaseYearPage("none", None, 0, "", "", [], [])
    state, lines = _stands(workspace, found, voice)
    publication = found.published.publication if found.published else None
    return BaseYearPage(
        state=state, policy=_policy(found.recorded, found.policy, voice), version=publication.version if publication else 0,
        day=voice.day(publication.made_at.date()) if publication else "", person=publication.person if publication else "",
        lines=lines, earlier=[_policy(*each, voice) for each in _said(workspace) if each[0].id != found.recorded.id],
    )  # fmt: skip


def _stands(workspace: Workspace, found: BaseYearState, voice: Voice) -> tuple[str, list[Held]]:
    if found.published is None:
        return "unpublished", []
    if found.later is None:
        return "same", []
    published, later = found.published.publication.run, found.later.id
    bridge = compared(workspace, published, later)
    if bridge is None:
        return "waiting", []
    held = found.held_against(bridge.bridge)
    lines = [_held(each, held.policy, (published, later), voice) for each in held.assessments]
    return "needed" if held.recalculation_needed else "small", lines


def _held(each: Assessment, policy: BaseYear, runs: tuple[str, str], voice: Voice) -> Held:
    view, (published, later) = View(each.standard, each.basis), runs

    def change(mg: int, of: str, *, plus: bool = True) -> Change:
        text = voice.tonnes(mg)
        return Change(mg, f"{published}..{later}/{view.name}#{of}", signed(text, mg) if plus else text, "")

    percent = "–" if each.percent is None else f"{voice.number(each.percent, 2)}{NO_BREAK}%"
    mark = "" if each.standard.verified else f" ({voice.say('standard.unverified')})"
    return Held(
        f"{titled(view, voice)}{mark}", Figure(each.published, f"{published}/{view.name}"),
        [
            Effect(voice.say(f"trigger.{name}"), change(each.effects[name], name), name in policy.triggers)
            for name in TRIGGERS
        ],
        change(each.organic, "activity"), Figure(each.now, f"{later}/{view.name}"),
        change(each.counted, "counted", plus=False), percent, each.significant,
    )  # fmt: skip


def _said(workspace: Workspace) -> list[tuple[Recorded, BaseYear]]:
    """Return every policy that was recorded, the last first."""
    found = [(each, each.decision) for each in workspace.decisions.all() if isinstance(each.decision, BaseYear)]
    return found[::-1]


def _policy(recorded: Recorded, policy: BaseYear, voice: Voice) -> Policy:
    return Policy(
        recorded.id, policy.year, _percent(policy.threshold, voice),
        [(voice.say(f"trigger.{name}"), name in policy.triggers) for name in TRIGGERS], policy.source_rule, policy.reason,
        policy.person, voice.day(policy.made_at.date()),
    )  # fmt: skip


def _percent(threshold: Decimal, voice: Voice) -> str:
    return f"{voice.number(threshold)}{NO_BREAK}%"


def trigger_choices(voice: Voice) -> list[tuple[str, str]]:
    """Return the triggers by name, with their words."""
    return [(name, voice.say(f"trigger.{name}")) for name in TRIGGERS]


def draft_now(workspace: Workspace, voice: Voice) -> Draft:
    """Return the policy in force as a form begins with it; without one an empty form, in which everything counts."""
    found = workspace.base_year
    if found is None:
        return Draft("", "", list(TRIGGERS), "", "")
    recorded, policy = found
    threshold = voice.number(policy.threshold)
    return Draft(str(policy.year), threshold, list(policy.triggers), policy.source_rule, recorded.id)


def draft_sent(sent: Sent) -> Draft:
    """Return what somebody sent."""

    def first(name: str) -> str:
        return (sent.get(name) or [""])[0].strip()[:LONGEST]

    return Draft(first("year"), first("threshold"), list(sent.get("triggers") or []), first("rule"), first("base"))


def check_draft(workspace: Workspace, draft: Draft, voice: Voice) -> tuple[Check | None, dict[str, str]]:
    """Return what a draft changes; when it cannot be read None, and what is wrong by field."""
    errors: dict[str, str] = {}
    if not re.fullmatch(r"\d{4}", draft.year) or not FIRST_YEAR <= int(draft.year) <= LAST_YEAR:
        errors["year"] = voice.word("base_year.no_year")
    threshold = read_amount(draft.threshold.removesuffix("%"), voice)
    if threshold is None or not 0 < threshold <= 100:
        errors["threshold"] = voice.word("base_year.no_threshold")
    triggers: tuple[Trigger, ...] = tuple(name for name in TRIGGERS if name in draft.triggers)
    if not triggers:
        errors["triggers"] = voice.word("base_year.no_triggers")
    if errors or threshold is None:
        return None, errors
    now = workspace.base_year
    before = _written(now[1].year, now[1].threshold, now[1].triggers, now[1].source_rule, voice) if now else [""] * 4
    after = _written(int(draft.year), threshold, triggers, draft.rule, voice)
    labels = [voice.word(f"base_year_field.{name}") for name in ("year", "threshold", "triggers", "rule")]
    lines = [line for line in zip(labels, before, after, strict=True) if line[1] != line[2]]
    values = {"year": int(draft.year), "threshold": str(threshold), "triggers": list(triggers), "rule": draft.rule}
    published = bool(workspace.publications_of(draft.year))
    base = now[0].id if now else ""
    return Check(lines, values, published, base, base != draft.base), {}


def _written(year: int, threshold: Decimal, triggers: Sequence[Trigger], rule: str, voice: Voice) -> list[str]:
    return [
        str(year), _percent(threshold, voice), "; ".join(voice.say(f"trigger.{name}") for name in triggers), rule,
    ]  # fmt: skip
