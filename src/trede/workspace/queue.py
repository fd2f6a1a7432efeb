"""The queue of what still needs a factor: groups of records that post nothing, the largest stake first.

Settling a group is recording the decision that its answer takes; it holds for later calculations and files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import duckdb

from trede.catalogue.bindings import HOME
from trede.catalogue.exchange import EURO
from trede.catalogue.vocabulary import Vocabulary
from trede.engine.activities import COVERED_BY_OTHERS
from trede.engine.duck import quote
from trede.engine.runs import Run
from trede.factors.spending import BY_CODE, NOT_BY_SPEND
from trede.inventory.unmatched import ERRORS
from trede.kernel.errors import TredeError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Decision, ExcludeUnmatched, Meaning, Override, Pin, SectorMap, TakeIn
from trede.workspace.doubts import doubtful_accounts, with_categories_asked
from trede.workspace.proposing import CATEGORY_UNKNOWN, DOUBTFUL, Proposal, Waiting, propose
from trede.workspace.shelf import shelf_of
from trede.workspace.workspace import Workspace

SLOTS = ("main", "location", "market")
EXAMPLES = 5


@dataclass(frozen=True)
class Open:
    """A group with what is at stake, and the decision that settled it since the run; None while it is open.

    `stake` is about how many milligrams the best proposal would come to; None when no value is known, and for spend.
    """

    waiting: Waiting
    stake: int | None
    settled: Recorded | None


KINDS = ("match", "doubt", "category")
"""What a group asks: a factor, whether the sector of an account is right, a category of scope 3."""


def kind_of(waiting: Waiting) -> str:
    """Return what a group asks, one of `KINDS`."""
    return {DOUBTFUL: "doubt", CATEGORY_UNKNOWN: "category"}.get(waiting.code, "match")


def open_matches(workspace: Workspace, run: Run) -> list[Open]:
    """Return what a run asks of a person: by kind, what is settled last.

    Without a factor: quantities by tonnes, then spend by euros. Doubtful accounts and categories: by tonnes, then by euros.
    """
    shelf, words = shelf_of(workspace), workspace.known_of(run.spec).vocabulary
    counted = run.spec["decisions"]  # what the run knew already did not settle what it left
    decisions = [r for r in workspace.decisions.in_force() if not any(r.is_named(entry) for entry in counted)]
    found = []
    for each in _asked(workspace, run):
        by_money = words[each.activity_type].by_sector and kind_of(each) == "match"
        proposals = [] if by_money else propose(shelf, words, each)
        stake = next((proposal.mg for proposal in proposals if proposal.mg is not None), None)
        found.append(Open(each, stake, settling(each, proposals, decisions)))
    return sorted(found, key=_rank)


def waiting_of(workspace: Workspace, run: Run) -> list[Waiting]:
    """Return the groups of a run that post nothing and are no settled matter."""
    paths = tuple(workspace.batch_store.get(batch["id"]).records_path for batch in run.spec["batches"])
    aside = (COVERED_BY_OTHERS, *NOT_BY_SPEND, *ERRORS)
    return [each for each in _waiting(run.folder, paths) if each.code not in aside]


def _asked(workspace: Workspace, run: Run) -> list[Waiting]:
    """Return all that a run asks: what posts nothing, and accounts that count by a sector of low confidence."""
    waiting = with_categories_asked(waiting_of(workspace, run), workspace.decisions.in_force())
    return waiting + doubtful_accounts(workspace, run)


def find_waiting(workspace: Workspace, year: int, ident: str) -> tuple[Run, Waiting]:
    """Return a group of the run that stands for a year.

    Raises:
        TredeError: `match_gone` when there is no such group, or no run.
    """
    run = workspace.calculated_run(str(year))
    found = [each for each in _asked(workspace, run) if each.id == ident] if run else []
    if run is None or not found:
        raise TredeError.of("match_gone", item=ident, year=year)
    return run, found[0]


def _rank(each: Open) -> tuple[int, bool, bool, int, Decimal, int, str]:
    waiting, kind = each.waiting, KINDS.index(kind_of(each.waiting))
    spend = waiting.euros is not None and kind == 0
    return (
        kind, each.settled is not None, spend, -abs(each.stake or 0), -abs(waiting.euros or Decimal(0)), -waiting.records,
        waiting.id,
    )  # fmt: skip


def decisions_of(
    words: Vocabulary, waiting: Waiting, chosen: Proposal | None, category: str, made: Mapping[str, Any]
) -> list[Decision]:
    """Return the decisions that settle a group.

    Args:
        chosen: None: nothing answers it; its records stay out, visibly and with the reason.
        category: of scope 3, for spend that leaves it to its code and an answer that does not say it; empty: the proposed one.
        made: reason, person and time.
    """
    activity = words[waiting.activity_type]
    known = {name: value for name, value in waiting.attributes.items() if name in activity.attributes}
    if activity.by_sector and (chosen is None or chosen.way == "sector"):
        meaning = {"exclude": made["reason"]} if chosen is None else {
            "to_classification": chosen.scheme, "to_code": chosen.code,
            "category": chosen.category or category or waiting.category,
        }  # fmt: skip
        entry = Meaning(classification=known["classification"], code=known["code"], **meaning)
        return [SectorMap(name=known["code"], entries=(entry,), **made)]
    if chosen is None:
        return [ExcludeUnmatched(activity_type=activity.id, attributes=known, years=(waiting.year,), **made)]
    if chosen.way == "pin":
        return [Pin(library=chosen.library, years=(waiting.year,), activity_types=(activity.id,), **made)]
    if chosen.way == "take-in":
        return [TakeIn(library=chosen.library, factor=chosen.factor, **made)]
    named: dict[Literal["main", "location", "market"], str]
    named = {"market": chosen.factor, "location": chosen.other} if chosen.other else {"main": chosen.factor}
    return [
        Override(
            activity_type=activity.id, attributes=known, years=(waiting.year,), library=chosen.library, factor=factor,
            slot=slot, geography=waiting.geography, **made,
        )
        for slot, factor in named.items()
    ]  # fmt: skip


def settling(waiting: Waiting, proposals: Sequence[Proposal], decisions: Iterable[Recorded]) -> Recorded | None:
    """Return the last decision that is about a group, or None."""
    taken = {(each.library, each.factor) for each in proposals if each.way == "take-in"}
    found = [recorded for recorded in decisions if _about(recorded.decision, waiting, taken)]
    return found[-1] if found else None


def _about(decision: Decision, waiting: Waiting, taken: Collection[tuple[str, str]]) -> bool:
    attributes, year, kind = dict(waiting.attributes), waiting.year, waiting.activity_type
    match decision:
        case Pin():
            return decision.covers(year, kind)
        case Override():
            return any(decision.covers(year, kind, attributes, slot, waiting.geography) for slot in SLOTS)
        case ExcludeUnmatched():
            return decision.covers(year, kind, attributes)
        case TakeIn():
            return (decision.library, decision.factor) in taken
        case SectorMap():
            code = attributes.get("classification"), attributes.get("code", "").casefold()
            return any((entry.classification, entry.code.casefold()) == code for entry in decision.entries)
        case _:
            return False


def needs_category(waiting: Waiting) -> bool:
    """Whether the record leaves the category of scope 3 to what its code means, and none of the answers says it."""
    return waiting.attributes.get("category") == BY_CODE and waiting.code != CATEGORY_UNKNOWN


@lru_cache(maxsize=64)
def _waiting(folder: Path, paths: tuple[Path, ...]) -> tuple[Waiting, ...]:
    """Gather what a run did not match; a run never changes."""
    unmatched = quote(folder / "unmatched.parquet")
    files = ", ".join(f"'{quote(path)}'" for path in paths)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        if not paths or not con.execute(f"SELECT count(*) FROM '{unmatched}'").fetchone()[0]:  # type: ignore[index]
            return ()
        known = {
            row[0]
            for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet([{files}], union_by_name=true)").fetchall()
        }
        texts = [f"r.{name}" for name in ("supplier", "note") if name in known]
        place = "coalesce(any_value(r.geography), '')" if "geography" in known else "''"
        said = ", ".join([*texts, "NULL"])
        rows = con.execute(
            f"""
            SELECT u.activity_type, u.attributes, u.unit, {place}, year(u.start), u.code, count(*), sum(u.quantity),
                   sum(u.quantity) FILTER (u.unit = '{EURO}'), min_by((u.batch, u."row"), u."row", {EXAMPLES}),
                   list_distinct(list(DISTINCT coalesce({said})))[1:{EXAMPLES}]
            FROM '{unmatched}' u LEFT JOIN read_parquet([{files}], union_by_name=true) r USING (record_id)
            GROUP BY u.activity_type, u.attributes, u.unit, u.code, year(u.start){", r.geography" if "geography" in known else ""}
            """
        ).fetchall()
    return tuple(_group(row) for row in rows)


def _group(row: tuple[Any, ...]) -> Waiting:
    kind, text, unit, place, year, code, records, quantity, euros, examples, said = row
    attributes = json.loads(text)
    ident = sha256(canonical_json([kind, attributes, unit, place, year, code]))[:SHORT]
    texts = [*([attributes["code"]] if "code" in attributes else []), *(said or [])]
    batches = tuple(
        (batch, line) for batch, line in (tuple(each.values()) if isinstance(each, dict) else each for each in examples)
    )
    return Waiting(
        ident, kind, attributes, unit, place or HOME, year, code, records, quantity, euros, batches,
        tuple(dict.fromkeys(filter(None, texts))),
    )  # fmt: skip
