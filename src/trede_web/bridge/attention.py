"""What asks attention in a year: each point with what is at stake, the most tonnes first, then rows, then months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trede.inventory.days import days_within
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede_web.bridge.answers import NotReadyError
from trede_web.bridge.doubles import doubles
from trede_web.bridge.overview import Overview
from trede_web.bridge.speaking import Voice

LOOKED_AT = 20
"""Findings of double counts that are ranked; the page of them has all."""
SHOWN = 6
Kind = Literal["double", "unmatched", "rows", "source", "months"]


@dataclass(frozen=True)
class Point:
    """One thing to look at. `amount` is what is at stake, in words, of the kind that the point has."""

    kind: Kind
    name: str
    """The file or the source; of a double count what is said of it."""
    hint: str
    amount: str
    batch: str = ""


@dataclass(frozen=True)
class Attention:
    """The first points, and how many more there are."""

    points: list[Point]
    more: int


def attention(workspace: Workspace, page: Overview, voice: Voice) -> Attention:
    """Return what asks attention in the year of an overview: from what is kept, and the counts of its files."""
    period = Period.year(page.year)
    found = [*_doubles(workspace, page, period, voice), *_rows(workspace, page, period, voice), *_months(page, voice)]
    unseen = max(0, (page.doubles or 0) - LOOKED_AT)
    return Attention(found[:SHOWN], max(0, len(found) - SHOWN) + unseen)


def _doubles(workspace: Workspace, page: Overview, period: Period, voice: Voice) -> list[Point]:
    if not page.doubles:
        return []
    try:
        found = doubles(workspace, period, voice, 0, LOOKED_AT)
    except NotReadyError:
        return []
    return [
        Point("double", each.text, "", f"{voice.tonnes(each.mg)} t")
        for each in sorted(found, key=lambda each: -each.mg)
    ]  # fmt: skip


def _rows(workspace: Workspace, page: Overview, period: Period, voice: Voice) -> list[Point]:
    """Return the files with rows that wait or were rejected, and the records without a factor, the most first."""
    waiting = [
        (batch.counts["held"] + batch.counts["rejected"], batch)
        for batch in workspace.active_batches()
        if (batch.counts["held"] or batch.counts["rejected"]) and days_within([batch.records_path], period).num_rows
    ]
    points = [
        (
            count,
            Point(
                "rows", batch.origin,
                voice.word("attention.held", held=batch.counts["held"], rejected=batch.counts["rejected"]),
                voice.word("attention.count_rows", count=count), batch.id,
            ),
        )
        for count, batch in waiting
    ]  # fmt: skip
    if page.unmatched:
        said = voice.word("attention.count_records", count=page.unmatched)
        points.append((page.unmatched, Point("unmatched", "", "", said)))
    return [point for _, point in sorted(points, key=lambda each: -each[0])]


def _months(page: Overview, voice: Voice) -> list[Point]:
    whole = [Point("source", each.name, "", voice.word("attention.year")) for each in page.sources if each.is_missing]
    return whole + [
        Point(
            "months", each.name, "; ".join(each.missing),
            voice.word("attention.count_months", count=sum(len(gap.split(", ")) for gap in each.missing)),
        )
        for each in page.sources
        if each.missing
    ]  # fmt: skip
