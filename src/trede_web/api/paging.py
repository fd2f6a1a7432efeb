"""Pages of a list that can change between them: a cursor knows the list that it is of, so nothing is skipped or repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, TypeVar

from ninja import Query

from trede_web.api.problems import ProblemError

T = TypeVar("T")
Cursor = Annotated[str, Query(pattern="^([0-9a-f]{1,64}-[0-9]{1,9})?$")]
"""A list and a place in it; empty: from the beginning."""


def page_of(found: Sequence[T], ids: Sequence[str], cursor: str, limit: int) -> tuple[Sequence[T], str | None]:
    """Return the part of a list behind a cursor, and the cursor of what follows it; None when nothing does.

    Args:
        found: the whole list.
        ids: what its entries are, in their order.

    Raises:
        ProblemError: `list_changed` when the cursor is of another list.
    """
    state = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    of, _, place = cursor.partition("-")
    if of not in ("", state):
        raise ProblemError("list_changed")
    begin = int(place or 0)
    end = begin + limit
    return found[begin:end], f"{state}-{end}" if end < len(found) else None
