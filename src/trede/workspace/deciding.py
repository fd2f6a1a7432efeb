"""Deciding about the rows of a batch that are held or rejected: which rows are meant, one decision about all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from trede.activity.batches import Batch
from trede.activity.crediting import UNNAMED_CREDIT
from trede.activity.stored import stored_of
from trede.kernel.addresses import Address, read_address
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue, Location
from trede.organisation.decisions import HeldRow, RejectedRow
from trede.workspace.importing import require_original
from trede.workspace.workspace import Workspace

ALL = "all"
"""The word for all rows that wait with one issue code."""

Choice = Literal["accept", "drop", "set-aside"]

_RANGE = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")


def decision_about(
    workspace: Workspace,
    batch: Batch,
    choice: Choice,
    words: Sequence[str],
    why: Callable[[], dict[str, Any]],
    *,
    code: str | None = None,
    credit_of: str | None = None,
) -> HeldRow | RejectedRow:
    """Return the decision about rows of a batch; nothing is recorded.

    Args:
        words: rows (`7`), cells of a cross-tab (`7:C`), ranges (`5-40`: those in it that wait), or `all`.
        why: gives reason, person and time; asked when the rows are known to be right.
        code: only the rows that wait for this reason; `all` asks for it.
        credit_of: of one negative row that is accepted: the document, or the id of the record, that it credits.

    Raises:
        TredeError: `batch_not_active`, `original_removed`; `row_not_held` or `row_not_rejected`, `rows_none_in_range`,
            `rows_all_of_what`, `issue_of_no_row`; `credit_not_named`, `credit_of_one_row`, `credit_record_unknown`.
    """
    active = workspace.active_batches()
    if (batch.file_sha256, batch.sheet, batch.source) not in {(b.file_sha256, b.sheet, b.source) for b in active}:
        raise TredeError.of("batch_not_active", Location(file=batch.file_name), batch=batch.id)
    require_original(workspace, batch)
    aside = choice == "set-aside"
    waiting = {issue.location.address: issue for issue in batch.problems("rejected" if aside else "held")}
    chosen = _chosen(waiting, words, code, aside=aside)
    unnamed = [at for at in chosen if choice == "accept" and waiting[at].code == UNNAMED_CREDIT]
    if credit_of is not None:
        _require_record(workspace, batch, credit_of, chosen, unnamed)
    elif unnamed:
        rows, first = [str(at) for at in unnamed], waiting[unnamed[0]].values
        raise TredeError.of(
            "credit_not_named", Location(file=batch.file_name), rows=rows, candidates=first["candidates"]
        )
    first_row, *others = chosen
    about: dict[str, Any] = {"file_sha256": batch.file_sha256, "sheet": batch.sheet, "source": batch.source, **why()}
    about |= {"row": first_row.row, "place": first_row.place, "others": tuple(map(str, others))}
    return RejectedRow(**about) if aside else HeldRow(**about, choice=choice, credit_of=credit_of)


def _chosen(waiting: dict[Address, Issue], words: Sequence[str], code: str | None, *, aside: bool) -> list[Address]:
    possible = sorted((at for at, issue in waiting.items() if code in (None, issue.code)), key=lambda at: at.order)
    if code is not None and not possible:
        codes = sorted({issue.code for issue in waiting.values()})
        raise TredeError.of("issue_of_no_row", issue=code, codes=codes)
    chosen: dict[Address, None] = {}
    known, unknown = set(possible), []
    for word in words:
        if word == ALL:
            if code is None:
                raise TredeError.of("rows_all_of_what", codes=sorted({issue.code for issue in waiting.values()}))
            chosen |= dict.fromkeys(possible)
        elif found := _RANGE.fullmatch(word):
            within = [at for at in possible if int(found[1]) <= at.row <= int(found[2])]
            if not within:
                raise TredeError.of("rows_none_in_range", range=word, waiting=[str(at) for at in possible])
            chosen |= dict.fromkeys(within)
        elif (at := read_address(word)) is not None and at in known:
            chosen[at] = None
        else:
            unknown.append(word)
    named = [str(at) for at in possible]
    if unknown and aside:
        raise TredeError.of("row_not_rejected", rows=unknown, rejected=named)
    if unknown:
        raise TredeError.of("row_not_held", rows=unknown, held=named)
    return sorted(chosen, key=lambda at: at.order)


def _require_record(
    workspace: Workspace, batch: Batch, credit_of: str, chosen: Sequence[Address], unnamed: Sequence[Address]
) -> None:
    where = Location(file=batch.file_name)
    if len(chosen) != 1 or not unnamed:
        raise TredeError.of("credit_of_one_row", where, rows=[str(at) for at in chosen])
    if not stored_of(workspace.active_batches(), batch.source, ()).holds([credit_of]):
        raise TredeError.of("credit_record_unknown", where, credit_of=credit_of, source=batch.source)
