"""Uncertainty as people read it: the interval of a figure, the share that has one, and the two figures behind a row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from trede.analysis.uncertainty import Interval
from trede.catalogue.ratings import Ratings
from trede.catalogue.uncertainties import NO_FACTOR, PARTS, uncertainties
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.cli.tables import Row, table
from trede.report.writing import NO_BREAK


def interval(speaker: Speaker, found: Interval) -> str:
    """Write `± 7 %` of the part that is covered, or both sides of an interval that is not symmetric."""
    if not found.known or not found.covered:
        return speaker.say("uncertainty.unknown")
    low, high = (Decimal(bound - found.covered) / abs(found.covered) for bound in found.bounds)
    if -low == high or found.relative is None or found.bounds[1] - found.covered == found.half:
        return f"±{NO_BREAK}{whole_percent(speaker, high)}"
    return f"−{whole_percent(speaker, -low)}, +{whole_percent(speaker, high)}"


def whole_percent(speaker: Speaker, part: Decimal) -> str:
    """Write a whole percentage: an uncertainty in decimals would be precise where it is not."""
    if 0 < part < Decimal("0.005"):
        return f"<{NO_BREAK}1{NO_BREAK}%"
    if Decimal("0.995") <= part < 1:
        return f">{NO_BREAK}99{NO_BREAK}%"
    return speaker.percent(part)


def tonnes(speaker: Speaker, found: Interval) -> str:
    """Write half a symmetric interval in tonnes."""
    return f"±{NO_BREAK}{speaker.tonnes(found.half)}"


def rows(speaker: Speaker, found: Sequence[Interval]) -> list[Row]:
    """Return the two rows below a table of totals: the interval of each, and how much of each it is about."""
    return [
        [speaker.say("uncertainty.interval"), *(interval(speaker, one) for one in found)],
        ["  " + speaker.say("uncertainty.share"), *(whole_percent(speaker, one.share) for one in found)],
    ]


OWN = "own"
"""Stands in the place of an entry of a set when the record states its own uncertainty."""


def of_record(
    speaker: Speaker, record: Mapping[str, Any], row: Mapping[str, Any], plan: Mapping[str, Any],
    ratings: Ratings | None = None,
) -> list[str]:  # fmt: skip
    """Return the lines about one ledger row: both uncertainties with their sources, and what shares the error.

    Args:
        ratings: the set by which the run counted ratings of data.
    """
    if "uncertainty_activity" not in row:
        return []
    said = json.loads(plan["uncertainty"] or "{}")
    by_quality = said.get("activity", {}).get(row["quality"])
    stated = record.get("uncertainty")
    by_quality = None if record.get("sample") else by_quality
    own = None if stated is None or row["uncertainty_activity"] != stated else (int(stated), OWN)
    rating, source = record.get("rating"), None
    if own is None and stated is None and rating and ratings and not record.get("sample"):
        margin = ratings.margin(rating, vocabulary()[row["activity_type"]].kind)
        if margin == row["uncertainty_activity"]:
            own = (margin, OWN)
            title, name = ratings.source[0].title, ratings.name.get(speaker.language)
            source = speaker.say("uncertainty.rated", rating=rating, name=name, source=title)
    found = [
        (speaker.say("uncertainty.activity"), own or by_quality),
        (speaker.say("uncertainty.factor"), said.get("factor")),
    ]
    lines = [[f"  {name}", _figure(speaker, entry), _source(speaker, entry, row["factor"])] for name, entry in found]
    if source is not None:
        lines[0][2] = source
    text = f"  {speaker.say('uncertainty.record')}\n{table(lines, right=(1,))}"
    shared = speaker.say("uncertainty.together", group=row["error_group"]) if row["error_group"] else None
    return [text, *([f"    {shared}"] if shared else [])]


def _figure(speaker: Speaker, entry: tuple[int, str] | None) -> str:
    if entry is None:
        return speaker.say("uncertainty.unknown")
    return f"±{NO_BREAK}{speaker.number(Decimal(entry[0] * 100) / PARTS)}{NO_BREAK}%"


def _source(speaker: Speaker, entry: tuple[int, str] | None, factor: str | None) -> str:
    if entry is None:
        return speaker.say("uncertainty.no_source")
    if entry[1] in (OWN, NO_FACTOR):
        return speaker.say("uncertainty.own" if entry[1] == OWN else "uncertainty.no_factor")
    if entry[1] == factor:
        return speaker.say("uncertainty.published")
    known = uncertainties()
    found = known.find(entry[1])
    if found is None:
        return speaker.say("uncertainty.other_set", ref=entry[1])
    title = known.sources[found.source].title
    return speaker.say("uncertainty.named", name=found.name.get(speaker.language), source=title, place=found.place)
