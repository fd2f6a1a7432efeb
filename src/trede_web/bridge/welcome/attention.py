"""What asks attention in a year: each point with what is at stake, the most tonnes first, then rows, lists and months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trede.inventory.days import days_within
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.worth import held_worth
from trede_web.bridge.factors.asked import Group, asked_of
from trede_web.bridge.factors.choices import newer_lists
from trede_web.bridge.figures import exact_tonnes
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.ledger.doubles import doubles
from trede_web.bridge.speaking import Voice
from trede_web.bridge.welcome.overview import Overview

LOOKED_AT = 20
"""Findings of double counts that are ranked; the page of them has all."""
SHOWN = 6
Kind = Literal["double", "value", "unmatched", "doubt", "category", "rows", "list", "source", "months"]
_TURN: dict[Kind, int] = {"list": 1, "source": 2, "months": 3}
"""Where nothing is known in tonnes: rows first."""


@dataclass(frozen=True)
class Point:
    """One thing to look at."""

    kind: Kind
    name: str
    """The file, the list or the source, or the text that stands for others; of a double count what is said of it."""
    hint: str
    amount: str
    """What is at stake, in words, of the kind that the point has."""
    mg: int | None = None
    """What is at stake in milligrams CO2e, where that is known; it ranks."""
    count: int = 0
    """Rows, records, groups or months."""
    batch: str = ""
    item: str = ""
    """The first group of the queue that it is about."""
    library: str = ""
    """The newer list."""

    @property
    def tonnes(self) -> str | None:
        """What is at stake in tonnes, exact; None where it is not known."""
        return None if self.mg is None else exact_tonnes(self.mg)


@dataclass(frozen=True)
class Attention:
    """The first points, and how many more there are."""

    points: list[Point]
    more: int


def attention(workspace: Workspace, page: Overview, voice: Voice) -> Attention:
    """Return what asks attention in the year of an overview: from what is kept, and the counts of its files."""
    period = Period.year(page.year)
    found = sorted(
        [
            *_doubles(workspace, page, period, voice), *_queue(workspace, page, voice), *_rows(workspace, period, voice),
            *_lists(workspace, page, voice), *_months(page, voice),
        ],
        key=_rank,
    )  # fmt: skip
    unseen = max(0, (page.doubles or 0) - LOOKED_AT)
    return Attention(found[:SHOWN], max(0, len(found) - SHOWN) + unseen)


def _rank(point: Point) -> tuple[bool, int, int, int]:
    turn = _TURN.get(point.kind, 0)
    return point.mg is None, turn, -abs(point.mg or 0), 0 if turn > 1 else -point.count


def _doubles(workspace: Workspace, page: Overview, period: Period, voice: Voice) -> list[Point]:
    if not page.doubles:
        return []
    try:
        found = doubles(workspace, period, voice, 0, LOOKED_AT)
    except NotReadyError:
        return []
    return [Point("double", each.text, "", _tonnes(each.mg, voice), each.mg) for each in found]


def _queue(workspace: Workspace, page: Overview, voice: Voice) -> list[Point]:
    """Return what the queue asks, a point for each kind of question; nothing of a published year but the meaning of texts."""
    found = asked_of(workspace, page.year, voice, calculated=page.result is not None and not page.result.published)
    return [_asked(group, page, voice) for group in found]


def _asked(group: Group, page: Overview, voice: Voice) -> Point:
    count = page.unmatched if group.kind == "unmatched" else group.rows
    word = voice.word
    counted = (
        word("attention.count_rows", count=count) if group.kind == "value"
        else word("attention.count_records", count=count)
    )  # fmt: skip
    hint = voice.word("attention.questions", count=group.questions)
    known = group.mg is not None
    return Point(
        group.kind, group.name, f"{hint} {counted}." if known else hint,
        _tonnes(group.mg, voice) if group.mg is not None else counted, group.mg, count, item=group.first,
    )  # fmt: skip


def _rows(workspace: Workspace, period: Period, voice: Voice) -> list[Point]:
    """Return the files with rows that wait or were rejected; of those that wait it is known what they would come to."""
    points = []
    for batch in workspace.active_batches():
        held, rejected = batch.counts["held"], batch.counts["rejected"]
        if not (held or rejected) or not days_within([batch.records_path], period).num_rows:
            continue
        mg, count = held_worth(workspace, batch.id).mg if held else None, held + rejected
        said = voice.word("attention.count_rows", count=count) if mg is None else _tonnes(mg, voice)
        hint = voice.word("attention.held", held=held, rejected=rejected)
        points.append(Point("rows", batch.origin, hint, said, mg, count, batch=batch.id))
    return points


def _lists(workspace: Workspace, page: Overview, voice: Voice) -> list[Point]:
    """Return the newer factor lists: proposals, of which a plan says what they would change."""
    if page.result is None or page.result.published:
        return []
    return [
        Point(
            "list", each.title, voice.word("attention.counts_with", list=each.used), voice.word("attention.proposal"),
            library=each.library,
        )
        for each in newer_lists(workspace, page.year)
    ]  # fmt: skip


def _months(page: Overview, voice: Voice) -> list[Point]:
    whole = [
        Point("source", each.name, "", voice.word("attention.year"), count=12) for each in page.sources if each.is_missing
    ]  # fmt: skip
    return whole + [
        Point(
            "months", each.name, "; ".join(each.missing), voice.word("attention.count_months", count=count), count=count
        )
        for each in page.sources
        if (count := sum(len(gap.months) for gap in each.gaps))
    ]


def _tonnes(mg: int, voice: Voice) -> str:
    return f"{voice.tonnes(mg)} t"
