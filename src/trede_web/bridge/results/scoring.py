"""Materiality: what the organisation does, and for whom, scored on criteria of its own; shown, filled in and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trede.kernel.errors import TredeError
from trede.organisation.decided import SHORTEST_REASON
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import CATEGORIES, Materiality, ranked
from trede.workspace import Workspace
from trede.workspace.materiality import check_table, materiality
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.speaking import Told, Voice

NAME = "materiality"
"""What issues and the decision call a table that was filled in on screen."""
MOST_CRITERIA, MOST_COMBINATIONS = 8, 40
MOST_WEIGHT = 1000


@dataclass(frozen=True)
class Scored:
    """A combination of product and market in its place, with score and reason by criterion."""

    rank: int
    activity: str
    market: str
    categories: str
    scores: list[tuple[str, str, str]]
    total: str


@dataclass(frozen=True)
class ScoringPage:
    """The scored combinations in force; `lines` is empty when nobody scored any."""

    id: str
    lowest: str
    highest: str
    rule: str
    criteria: list[tuple[str, str]]
    """Name and weight."""
    lines: list[Scored]
    person: str
    day: str
    reason: str
    earlier: list[tuple[str, str, str]]
    """Of earlier tables: day, person and reason, the last one first."""


@dataclass(frozen=True)
class Criterion:
    """A criterion as somebody typed it."""

    name: str = ""
    weight: str = ""


@dataclass(frozen=True)
class Score:
    """A score as somebody typed it."""

    score: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Combination:
    """A combination as somebody typed it, with a score for each criterion of the form."""

    activity: str = ""
    market: str = ""
    categories: str = ""
    scores: tuple[Score, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it was filled in."""
        return not (self.activity or self.market or self.categories or any(s.score or s.reason for s in self.scores))


@dataclass(frozen=True)
class Draft:
    """A table as somebody typed it. `base` is the decision that it takes the place of."""

    lowest: str = "1"
    highest: str = "5"
    rule: str = ""
    criteria: tuple[Criterion, ...] = (Criterion(), Criterion())
    combinations: tuple[Combination, ...] = field(default_factory=tuple)
    base: str = ""

    def filled(self, criteria: int = 0, combinations: int = 0) -> Draft:
        """Return it with so many empty criteria and combinations more, so that there is one of each, and all scores."""
        every = (*self.criteria, *[Criterion()] * (criteria or not self.criteria))[:MOST_CRITERIA]
        rows = (*self.combinations, *[Combination()] * (combinations or not self.combinations))[:MOST_COMBINATIONS]
        even = tuple(
            Combination(row.activity, row.market, row.categories,
                        (*row.scores, *[Score()] * len(every))[: len(every)]) for row in rows
        )  # fmt: skip
        return Draft(self.lowest, self.highest, self.rule, every, even, self.base)


def scoring_page(workspace: Workspace, voice: Voice) -> ScoringPage | None:
    """Return the table in force; None when there is none."""
    recorded = materiality(workspace)
    if recorded is None:
        return None
    decision = _decision(recorded)
    table = decision.table
    lines = [
        Scored(
            each.rank, each.combination.activity, each.combination.market, ", ".join(each.combination.categories),
            [
                (criterion.name, _plain(each.combination.scores[criterion.id].score, voice),
                 each.combination.scores[criterion.id].reason)
                for criterion in table.criterion
            ],
            _plain(each.total, voice),
        )
        for each in ranked(table)
    ]  # fmt: skip
    earlier = [
        (found.made_at.date().isoformat(), found.person, found.reason)
        for each in workspace.decisions.all()
        if isinstance(found := each.decision, Materiality) and each.id != recorded.id
    ]
    return ScoringPage(
        recorded.id, _plain(table.lowest, voice), _plain(table.highest, voice), table.rule,
        [(each.name, _plain(each.weight, voice)) for each in table.criterion], lines, decision.person,
        decision.made_at.date().isoformat(), decision.reason, earlier[::-1],
    )  # fmt: skip


def draft_now(workspace: Workspace, voice: Voice) -> Draft:
    """Return the table in force as a form has it; without one an empty form."""
    recorded = materiality(workspace)
    if recorded is None:
        return Draft().filled(combinations=2)
    table = _decision(recorded).table
    combinations = tuple(
        Combination(
            each.activity, each.market, ", ".join(each.categories),
            tuple(Score(_plain(each.scores[c.id].score, voice), each.scores[c.id].reason) for c in table.criterion),
        )
        for each in table.combination
    )  # fmt: skip
    criteria = tuple(Criterion(each.name, _plain(each.weight, voice)) for each in table.criterion)
    lowest, highest = _plain(table.lowest, voice), _plain(table.highest, voice)
    return Draft(lowest, highest, table.rule, criteria, combinations, recorded.id)


def draft_sent(given: Mapping[str, str]) -> Draft:
    """Read a form that was sent."""

    def said(name: str) -> str:
        return given.get(name, "").strip()[:500]

    criteria = [i for i in range(MOST_CRITERIA) if f"criterion-{i}-name" in given]
    rows = [i for i in range(MOST_COMBINATIONS) if f"row-{i}-activity" in given]
    return Draft(
        said("lowest"), said("highest"), said("rule"),
        tuple(Criterion(said(f"criterion-{i}-name"), said(f"criterion-{i}-weight")) for i in criteria),
        tuple(
            Combination(
                said(f"row-{i}-activity"), said(f"row-{i}-market"), said(f"row-{i}-categories"),
                tuple(Score(said(f"row-{i}-score-{j}"), said(f"row-{i}-reason-{j}")) for j in criteria),
            )
            for i in rows
        ),
        said("base"),
    )  # fmt: skip


def table_of(draft: Draft, voice: Voice) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a form says as plain values of a table, and what is wrong by field; what was left empty is passed over."""
    reading = _Reading(draft, voice)
    return reading.table(), reading.wrong


class _Reading:
    """Reads a form; `wrong` has what is wrong, by field."""

    def __init__(self, draft: Draft, voice: Voice) -> None:
        self.draft, self.voice, self.word = draft, voice, voice.word
        self.wrong: dict[str, str] = {}
        self.low, self.high = self.number("lowest", draft.lowest), self.number("highest", draft.highest)
        if not self.wrong and self.low >= self.high:
            self.fault("highest", self.word("materiality.scale"))

    def fault(self, name: str, text: str) -> None:
        self.wrong.setdefault(name, text)

    def number(self, name: str, text: str) -> Decimal:
        found = read_amount(text, self.voice)
        if found is None:
            self.fault(name, self.word("materiality.no_number"))
        return Decimal(0) if found is None else found

    def text(self, name: str, text: str) -> str:
        if not text:
            self.fault(name, self.word("materiality.no_name"))
        return text

    def table(self) -> dict[str, Any]:
        draft = self.draft
        kept = [(i, each) for i, each in enumerate(draft.criteria) if each.name or each.weight]
        rows = [(i, each) for i, each in enumerate(draft.combinations) if not each.is_empty]
        if not kept:
            self.fault("criterion-0-name", self.word("materiality.no_criterion"))
        if not rows:
            self.fault("row-0-activity", self.word("materiality.no_combination"))
        criteria = [self._criterion(i, each) for i, each in kept]
        combinations = [self._combination(i, each, [j for j, _ in kept]) for i, each in rows]
        named = [(each["activity"], each["market"]) for each in combinations]
        for (i, _), pair in zip(rows, named, strict=True):
            if all(pair) and named.count(pair) > 1:
                self.fault(f"row-{i}-activity", self.word("materiality.twice"))
        return {
            "lowest": f"{self.low:f}", "highest": f"{self.high:f}", "rule": draft.rule, "criterion": criteria,
            "combination": combinations,
        }  # fmt: skip

    def _criterion(self, i: int, each: Criterion) -> dict[str, str]:
        name = f"criterion-{i}-weight"
        weight = self.number(name, each.weight or "1")
        if not 0 < weight <= MOST_WEIGHT:
            self.fault(name, self.word("materiality.no_weight"))
        return {"id": f"c{i}", "name": self.text(f"criterion-{i}-name", each.name), "weight": f"{weight:f}"}

    def _combination(self, i: int, row: Combination, kept: Sequence[int]) -> dict[str, Any]:
        categories = row.categories.replace(",", " ").replace(";", " ").split()
        if not set(categories) <= set(CATEGORIES):
            self.fault(f"row-{i}-categories", self.word("materiality.no_category"))
        return {
            "activity": self.text(f"row-{i}-activity", row.activity), "market": self.text(f"row-{i}-market", row.market),
            "categories": list(dict.fromkeys(categories)),
            "scores": {f"c{j}": self._score(i, j, row.scores[j]) for j in kept},
        }  # fmt: skip

    def _score(self, i: int, j: int, each: Score) -> dict[str, str]:
        name = f"row-{i}-score-{j}"
        score = self.number(name, each.score)
        known = not {"lowest", "highest", name} & self.wrong.keys()
        if known and not self.low <= score <= self.high:
            self.fault(name, self.word("materiality.outside", low=self.draft.lowest, high=self.draft.highest))
        if len(each.reason) < SHORTEST_REASON:
            self.fault(f"row-{i}-reason-{j}", self.word("form.reason_needed"))
        return {"score": f"{score:f}", "reason": each.reason}


def faults(table: Mapping[str, Any], voice: Voice) -> list[Told]:
    """Return what is wrong in a table of plain values, as the library says it; nothing when it can be recorded."""
    try:
        check_table(dict(table), NAME)
    except TredeError as error:
        return voice.told_all(error.issues)
    return []


def scored(table: Mapping[str, Any], why: Mapping[str, Any]) -> Materiality:
    """Return the decision that a job asks for.

    Raises:
        TredeError: what `check_table` raises.
    """
    return Materiality(name=NAME, table=check_table(dict(table), NAME), **why)


def _decision(recorded: Recorded) -> Materiality:
    assert isinstance(recorded.decision, Materiality)
    return recorded.decision


def _plain(value: Decimal, voice: Voice) -> str:
    return voice.number(value.normalize() if value else Decimal(0))


def in_force(workspace: Workspace) -> str:
    """Return the id of the table in force; empty when there is none."""
    recorded = materiality(workspace)
    return recorded.id if recorded else ""


def headings(draft: Draft, voice: Voice) -> Sequence[str]:
    """Return the names of the criteria of a form, as the fields of a combination are called."""
    numbered = enumerate(draft.criteria, 1)
    return [each.name or voice.word("materiality.criterion", number=number) for number, each in numbered]
