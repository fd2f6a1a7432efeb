"""Intervals of a run's totals, headings and accounts: calculated once by the library, and then kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trede.analysis.uncertainty import UNKNOWN, Interval, Posting, intervals, under
from trede.catalogue.standards import Standard
from trede.cli.uncertainty import interval, whole_percent
from trede_web.bridge.books import View, views
from trede_web.bridge.jobs.answers import NotReadyError, are_many, is_kept, keep, kept
from trede_web.bridge.results.compared import as_json, from_json

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede_web.bridge.speaking import Voice

INTERVALS = "margins"
"""The kind of answer."""


@dataclass(frozen=True)
class Margin:
    """The interval of a total in words, and its bounds."""

    text: str
    share: str
    low: int
    high: int
    known: bool
    around: tuple[int, int]
    """The bounds around the whole total: what has no interval stands in both as it is."""


def margin(run: Run, view: View, voice: Voice) -> Margin:
    """Return the interval of a total."""
    return margin_of(interval_of(run, view), voice)


def margin_of(found: Interval, voice: Voice) -> Margin:
    """Return an interval in words, and its bounds."""
    low, high = found.bounds
    return Margin(interval(voice, found), whole_percent(voice, found.share), low, high, found.known, found.around)


def interval_text(found: Interval, voice: Voice) -> str:
    """Write an interval, with the part of the figure that it is about when that is not all of it; empty when unknown."""
    if not found.known or not found.covered:
        return ""
    text = interval(voice, found)
    return (
        text
        if found.share == 1
        else voice.word("footprint.margin_of", margin=text, share=whole_percent(voice, found.share))
    )


def interval_of(run: Run, view: View, part: str = "") -> Interval:
    """Return the interval of a run's total, or of a heading or an account of it.

    Args:
        part: the id of a heading of the standard, or an account; empty for the total. One without an amount has no interval.

    Raises:
        NotReadyError: the worker has to calculate it first.
    """
    if are_many(int(run.result["records"])) and not has_intervals(run):
        raise NotReadyError
    stored = intervals_of(run).get(_named(view, part))
    return UNKNOWN if stored is None else from_json(stored)


def has_intervals(run: Run) -> bool:
    """Whether the intervals of a run are kept."""
    return is_kept(run.folder.parents[1], INTERVALS, run.id)


def intervals_of(run: Run) -> Any:
    """Return the stored intervals of a run by what they are of; they are kept when they were not yet."""
    root = run.folder.parents[1]
    stored = kept(root, INTERVALS, run.id)
    if stored is None:
        wanted = _wanted(set(run.table("totals")["account"].unique().to_pylist()))
        found = intervals(run, list(wanted.values()))
        stored = {name: as_json(each) for name, each in zip(wanted, found, strict=True)}
        keep(root, stored, INTERVALS, run.id)
    return stored


def _named(view: View, part: str) -> str:
    """Name what an interval is of; an account is the same under each standard."""
    if not part:
        return view.name
    return f"{view.basis}/{part}" if part in view.standard.heading_of else f"{view.name}/{part}"


def _wanted(accounts: set[str]) -> dict[str, frozenset[Posting]]:
    """Return the totals, headings and accounts that have an amount, with the postings that each consists of."""
    wanted: dict[str, frozenset[Posting]] = {}
    for view in views():
        wanted[view.name] = under(view.standard, view.basis)
        below: dict[str, set[str]] = {}
        for account in sorted(accounts & view.standard.heading_of.keys()):
            wanted[_named(view, account)] = _postings({account}, view.basis)
            for heading in lineage(view.standard, view.standard.heading_of[account]):
                below.setdefault(heading, set()).add(account)
        for heading, held in below.items():
            wanted[_named(view, heading)] = _postings(held, view.basis)
    return wanted


def _postings(accounts: set[str], basis: str) -> frozenset[Posting]:
    return frozenset((account, of) for account in accounts for of in ("none", basis))


def lineage(standard: Standard, heading: str) -> list[str]:
    """Return a heading and those above it."""
    found, at = [], standard.heading(heading)
    while True:
        found.append(at.id)
        if at.parent is None:
            return found
        at = standard.heading(at.parent)
