"""Activities made by hand, and the run that they give: the same road as a user's file, from mapped rows on."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trede.activity.records import identify
from trede.catalogue.bindings import bindings
from trede.catalogue.gwp import DEFAULT_GWP, gwp_set
from trede.catalogue.library import Library
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.standards import find_standard
from trede.catalogue.substances import substances
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary, vocabulary
from trede.engine.activities import Input
from trede.engine.compute import Result, compute
from trede.engine.cutting import Cutting
from trede.engine.instruments import CLAIM
from trede.engine.money import MoneySettings
from trede.factors.matching import Shelf
from trede.intake.fields import MAPPED
from trede.inventory.footprint import Footprint, footprint
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Decision, Override, Pin, TakeIn

LIST = "co2emissiefactoren-2026-08-20"
SECOND_HAND = "co2emissiefactoren-secondhand"
YEAR = Period.year(2026)
"""The year of the list: nothing has to be pinned."""

_PAPERS: dict[str, Any] = {"reason": "for a test", "person": "a tester", "made_at": datetime(2026, 12, 1, tzinfo=UTC)}


def activity(activity_type: str, quantity: str | Decimal, unit: str = "", **given: Any) -> dict[str, Any]:
    """Make one mapped row; what is no field of a record is an attribute, and `when` is one day or (first, last)."""
    kind = vocabulary()[activity_type]
    fields = {name: given.pop(name) for name in list(given) if name in MAPPED.names}
    start, end = _days(given.pop("when", date(2026, 3, 14)))
    defaults = {name: a.default for name, a in kind.attributes.items() if a.default is not None}
    return {
        "activity_type": activity_type,
        "attributes": canonical_json({**defaults, **given}).decode(),
        "quantity": Decimal(quantity),
        "unit": unit or unit_registry().kinds[kind.kind].unit,
        "start": start,
        "end": end,
        "entity": "firm",
        "geography": "NL",
        "quality": "measured",
        **fields,
    }


def _days(when: date | tuple[date, date]) -> tuple[date, date]:
    return when if isinstance(when, tuple) else (when, when)


def combinations(kind: ActivityType) -> Iterator[dict[str, str]]:
    """Yield every choice of values for the attributes of a type."""
    for values in itertools.product(*(attribute.values for attribute in kind.attributes.values())):
        yield dict(zip(kind.attributes, values, strict=True))


def _counted(kind: ActivityType) -> bool:
    slots = shipped_methods()[kind.method].slots
    first = next(combinations(kind))
    return not slots or kind.release is not None or any(_of_the_list(kind, first, slot) for slot in slots)


def _of_the_list(kind: ActivityType, attributes: dict[str, str], slot: str) -> bool:
    rows = bindings(kind.id, attributes, slot)
    return bool(rows) and LIST.startswith(rows[0].publisher)


def known_gas(kind: ActivityType, attributes: dict[str, str]) -> bool:
    """Whether each species of a gas that is let go has a potential; any other activity has no gas to know."""
    if kind.release is None:
        return True
    return set(substances()[attributes[kind.release.attribute]].species) <= set(gwp_set(DEFAULT_GWP).values)


EVERY = [
    (kind.id, unit, attributes)
    for kind in vocabulary().types.values()
    if kind.id != CLAIM and not kind.refused and not kind.posts and _counted(kind)
    for unit in unit_registry().names(kind.kind)
    for attributes in combinations(kind)
    if not kind.needs_direct or attributes["fuel"] not in ("electric", "hydrogen")
    if known_gas(kind, attributes)
]
"""Every activity type with every unit and every value of its attributes.

Certificates are no activity of their own, some types are not in the Dutch list, the kilometres of electric cars under
control are refused, types with inputs are derived first (`test_deriving`), and a blend with a component that the usual GWP
set has no potential for takes an override.
"""


def petrol(quantity: str | Decimal, unit: str = "l", **given: Any) -> dict[str, Any]:
    """Return litres of E10 on a fuel card, unless said otherwise."""
    return activity("fuel-vehicle", quantity, unit, **{"fuel": "petrol-e10", "control": "controlled", **given})


def mapped(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Number the rows as those of one file."""
    filled = [{name: row.get(name) for name in MAPPED.names} | {"row": n} for n, row in enumerate(rows, start=2)]
    return pa.Table.from_pylist(filled, schema=MAPPED)


def recorded(*decisions: Decision) -> list[Recorded]:
    """Give decisions the ids `d1`, `d2`, ..."""
    return [Recorded(f"d{n}", n, decision) for n, decision in enumerate(decisions, start=1)]


def pin(*years: int, library: str = LIST, **given: Any) -> Pin:
    """Pin the Dutch list for years."""
    return Pin(**_PAPERS, library=library, years=years, **given)


def override(activity_type: str, factor: str, *years: int, library: str = LIST, **given: Any) -> Override:
    """Override the factor of an activity type."""
    return Override(**_PAPERS, activity_type=activity_type, library=library, factor=factor, years=years, **given)


def take_in(factor: str) -> TakeIn:
    """Take in a second-hand value."""
    return TakeIn(**_PAPERS, library=SECOND_HAND, factor=factor)


def shelf(*decisions: Decision, libraries: Sequence[Library] | None = None, use_pins: bool = True) -> Shelf:
    """Return the shipped libraries with decisions about them."""
    return Shelf(list(libraries or shipped_libraries().values()), recorded(*decisions), use_pins=use_pins)


@dataclass(frozen=True)
class Outcome:
    """A finished run, read back from its files."""

    result: Result
    folder: Path
    records: pa.Table
    _tables: dict[str, pa.Table] = field(default_factory=dict)

    def table(self, name: str) -> pa.Table:
        """Return `ledger`, `plan`, `totals`, `unmatched` or `index`."""
        if name not in self._tables:
            self._tables[name] = pq.read_table(self.folder / f"{name}.parquet")
        return self._tables[name]

    @cached_property
    def ledger(self) -> list[dict[str, Any]]:
        """The ledger's rows."""
        return self.table("ledger").to_pylist()

    @property
    def unmatched(self) -> dict[str, str]:
        """Record id → code of the reason why it posted nothing."""
        return {row["record_id"]: row["code"] for row in self.table("unmatched").to_pylist()}

    @property
    def codes(self) -> list[str]:
        """The codes of the run's issues."""
        return [issue.code for issue in self.result.issues]

    def issue(self, code: str) -> dict[str, Any]:
        """Return the parameters of the only issue with a code."""
        (found,) = (issue for issue in self.result.issues if issue.code == code)
        return found.values

    def accounts(self, column: str = "co2e") -> dict[tuple[str, str], int]:
        """Return milligrams by (account, basis); accounts without any are left out."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.ledger:
            found[row["account"], row["basis"]] += row[column]
        return {key: mg for key, mg in found.items() if mg}

    def under(self, standard: str, basis: str) -> Footprint:
        """Return the footprint under a standard."""
        return footprint(self.table("totals"), find_standard(standard), basis, self.table("outside"))

    def headings(self, standard: str, basis: str = "market") -> dict[str, int]:
        """Return milligrams by the standard's headings that stand alone or under another; empty ones left out."""
        return {line.heading.id: line.mg for line in self.under(standard, basis).lines if line.mg}


def run(
    folder: Path,
    rows: Iterable[dict[str, Any]],
    period: Period = YEAR,
    on: Shelf | None = None,
    known: Vocabulary | None = None,
    cutting: Cutting | None = None,
    gwp: str = DEFAULT_GWP,
    money: MoneySettings | None = None,
) -> Outcome:
    """Record the rows as one batch and calculate them."""
    folder.mkdir(parents=True, exist_ok=True)
    records = identify(mapped(rows), "test")
    path = folder / "records.parquet"
    pq.write_table(records, path)
    words, methods = known or vocabulary(), shipped_methods()
    inputs = [Input("batch", path)]
    result = compute(inputs, period, words, methods, on or shelf(), folder, cutting=cutting, gwp=gwp, money=money)
    return Outcome(result, folder, records)
