"""What makes the rows of a file doubtful beside the file itself: what is stored, what they credit, and when they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.crediting import UNNAMED_CREDIT
from trede.activity.dating import before_source, far_from_rest
from trede.activity.likeness import look_alikes
from trede.activity.records import addresses
from trede.activity.stored import Stored
from trede.kernel.addresses import Address
from trede.kernel.issues import Issue, Location, Param

HELD_HERE = (
    "duplicate_of_stored", "document_already_in", "duplicate_across_sources", "credit_without_original",
    UNNAMED_CREDIT, "starts_in_future", "starts_before_source", "far_from_rest",
)  # fmt: skip
"""Codes of rows that are held because of what other records say, or of the days on which they are."""


@dataclass(frozen=True)
class Setting:
    """What a file's rows are looked at by.

    `today` is the day of import, and `from_year` the first year in which the source is expected (None: not known).
    With `unique_documents` a document number occurs once in the source; `memo` are the activity types that post nothing.
    """

    source: str
    file_name: str
    today: date
    from_year: int | None = None
    unique_documents: bool = False
    memo: Collection[str] = ()


def doubts(records: pa.Table, repeats: Mapping[Address, str], stored: Stored, setting: Setting) -> dict[Address, Issue]:
    """Return why rows are held, one issue each: what is most likely wrong goes first.

    Args:
        records: the accepted rows of a file, schema `activity.records.RECORD`.
        repeats: of the rows that equal a stored record, that record's id.
    """
    issues: dict[Address, Issue] = {}

    def hold(at: Address, code: str, told: Mapping[str, Param]) -> None:
        issues.setdefault(at, Issue.warning(code, Location(setting.file_name, at.row, place=at.place), **told))

    _credits(records, stored, setting, hold)
    known = stored.record_ids.places(repeats.values())
    for at, ident in repeats.items():
        file, first = known[ident]
        hold(at, "duplicate_of_stored", {"first_file": file, "first_row": first.told})
    if setting.unique_documents:
        there = records.filter(pc.is_in(records["document"], value_set=stored.documents.values))
        known = stored.documents.places(there["document"].to_pylist())
        for at, (document,) in each(there, "document"):
            file, first = known[document]
            hold(at, "document_already_in", {"document": document, "first_file": file, "first_row": first.told})
    for at, like in look_alikes(records, stored.others, setting.memo).items():
        told = {"first_file": like.file, "first_row": like.at.told, "first_source": like.source}
        hold(at, "duplicate_across_sources", told)
    _days(records, setting, hold)
    return issues


Hold = Callable[[Address, str, Mapping[str, Param]], None]


def _credits(records: pa.Table, stored: Stored, setting: Setting, hold: Hold) -> None:
    """Hold the credits of a document (or record) that is not there."""
    credits = records.filter(pc.is_valid(records["credit_of"]))
    if credits.num_rows:
        here = {*records["document"].to_pylist(), *records["record_id"].to_pylist()}
        there = stored.holds({of for of in credits["credit_of"].to_pylist() if of not in here})
        for at, (of, document) in each(credits, "credit_of", "document"):
            own = document is not None and document == of
            if own or (of not in here and of not in there):
                hold(at, "credit_without_original", {"document": of})


def _days(records: pa.Table, setting: Setting, hold: Hold) -> None:
    late = records.filter(pc.greater(records["start"], pa.scalar(setting.today)))
    for at, (start,) in each(late, "start"):
        hold(at, "starts_in_future", {"start": start.isoformat(), "today": setting.today.isoformat()})
    early = before_source(records, setting.from_year) if setting.from_year is not None else []
    far, rest = far_from_rest(records)
    days = dict(each(records, "start", "end")) if early or far else {}
    for at in early:
        told = {"start": days[at][0].isoformat(), "source": setting.source, "year": setting.from_year}
        hold(at, "starts_before_source", told)
    for at in far:
        hold(at, "far_from_rest", {"start": days[at][0].isoformat(), **rest})


def each(records: pa.Table, *names: str) -> Iterator[tuple[Address, tuple[Any, ...]]]:
    """Yield the address and some values of each record."""
    values = zip(*(records[name].to_pylist() for name in names), strict=True)
    yield from zip(addresses(records), values, strict=True)
