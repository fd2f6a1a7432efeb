"""The last rung: one record, with the formula and its numbers, the factor and why, and the row and cells of the file."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.batches import Batch
from trede.engine.gases import GasPart, read_parts
from trede.engine.plan import VIA
from trede.engine.runs import Run
from trede.kernel.addresses import letter
from trede.kernel.amounts import milligrams_exact
from trede.kernel.errors import TredeError
from trede.kernel.quantities import QUANTUM
from trede.methods.evaluate import evaluate
from trede.methods.formula import Binary, Call, Name, Node, Number, parse
from trede.methods.known import Known, shipped
from trede.methods.model import CALENDAR, Methods


@dataclass(frozen=True)
class Amount:
    """An amount of money on its way to its factor; `exchanged` is what the rate of its days made of `recorded`.

    `rate` and `day` are None where there is no such step, `day` also when the rate is an average over days.
    """

    recorded: Decimal
    exchanged: Decimal
    rate: Decimal | None
    day: date | None
    told: dict[str, Any]
    """The steps as the plan has them (`engine.money.steps`)."""


@dataclass(frozen=True)
class Posting:
    """One ledger row of a record, recomputed exactly from the stored plan.

    `exact_mg` is what exact arithmetic gives; the stored row may differ by one milligram at most (accounting rules,
    section 6).
    """

    row: dict[str, Any]
    plan: dict[str, Any]
    values: dict[str, Decimal | None]
    formulas: list[Node]
    """The flow's own formula, then those that are taken off."""
    gases: list[GasPart]
    """The gases of an amount that is split; none when it stands in one column as a whole."""
    amount: Amount | None = None
    """Of money: the amount as recorded, and the steps to the factor's currency and year."""

    @property
    def exact_kg(self) -> Decimal:
        """The amount in kilograms, before rounding."""
        return sum((self._kg(values) for values in self._values), Decimal(0))

    @property
    def exact_mg(self) -> int:
        """The amount in milligrams: each formula rounded, then taken off; gas by gas when it is split."""
        return sum(self._mg(values) for values in self._values)

    @property
    def by_gas(self) -> list[tuple[GasPart, Decimal]]:
        """The gases of a split amount with their kilograms CO2e, before rounding."""
        return [(part, self._kg(values)) for part, values in zip(self.gases, self._values, strict=False)]

    @property
    def _values(self) -> list[Mapping[str, Decimal | None]]:
        """What the formulas are calculated with: once, or once for each gas."""
        if not self.gases:
            return [self.values]
        symbols = dict.fromkeys(symbol for part in self.gases for symbol in part.amounts)
        return [{**self.values, **{symbol: part.co2e(symbol) for symbol in symbols}} for part in self.gases]

    def _kg(self, values: Mapping[str, Decimal | None]) -> Decimal:
        first, *rest = (_exact(tree, values) for tree in self.formulas)
        return first - sum(rest)

    def _mg(self, values: Mapping[str, Decimal | None]) -> int:
        first, *rest = (milligrams_exact(_exact(tree, values)) for tree in self.formulas)
        return first - sum(rest)

    def working(self, number: Callable[[Decimal], str]) -> str:
        """Write the formulas with their numbers: `48.32 l × 2.139 kg/l`."""
        return " − ".join(write(tree, self.values, self.plan["unit"], number) for tree in self.formulas)

    @property
    def reason(self) -> dict[str, Any]:
        """Why this factor, and the runners-up."""
        found: dict[str, Any] = json.loads(self.plan["reason"])
        return found


@dataclass(frozen=True)
class Derivation:
    """A quantity that a method made of the record and its inputs, as the run stored it; `origins` tells what stood in."""

    row: dict[str, Any]
    values: dict[str, Decimal | None]
    origins: dict[str, str]
    units: dict[str, str]
    """The unit of each figure, as the method counts it; of a method that is no longer here, none."""

    def working(self, number: Callable[[Decimal], str]) -> str:
        """Write the formula with its numbers: `2.4 t × 185 km`."""
        return write(parse(self.row["formula"]), self.values, self.units.get("quantity", ""), number, self.units)


@dataclass(frozen=True)
class Cell:
    """One field of the record and the cell that it came from (None: a constant of the profile)."""

    field: str
    heading: str | None
    letter: str | None
    text: str | None


@dataclass(frozen=True)
class RecordTrail:
    """Everything about one record in a run."""

    record: dict[str, Any]
    batch: Batch
    postings: list[Posting]
    cells: list[Cell]
    derivations: list[Derivation] = dataclasses.field(default_factory=list)
    replaced_by: list[str] = dataclasses.field(default_factory=list)
    """Of spend: the records that are a better figure of the same purchase."""
    known: Known = dataclasses.field(default_factory=shipped)
    """The types and methods that the run calculated by."""


def explain_record(run: Run, record_id: str, batches: dict[str, Batch], known: Known | None = None) -> RecordTrail:
    """Explain a record from the run's ledger and plan and from its batch.

    Args:
        record_id: the id, or a beginning of it that is unique in the run.
        batches: the run's batches by id.
        known: the types and methods that the run calculated by; those that ship, unless said.

    Raises:
        TredeError: `record_unknown` or `record_ambiguous`.
    """
    known = known or shipped()
    full = _full_id(run, record_id, batches)
    ledger = pq.read_table(run.folder / "ledger.parquet", filters=pc.field("record_id") == full).to_pylist()
    plan = {(p["plan_key"], p["flow"]): p for p in run.table("plan").to_pylist()}
    batch = next(b for b in batches.values() if _has(b, full))
    record = pq.read_table(batch.records_path, filters=pc.field("record_id") == full).to_pylist()[0]
    derived = pq.read_table(run.folder / "derived.parquet", filters=pc.field("record_id") == full).to_pylist() if (
        "derived_content" in run.result
    ) else []  # fmt: skip
    quantities = {
        via: {part.number: part.quantity for part in run.cutting.parts(row, run.period)}
        for via, row in ({_via(row["attributes"]): row for row in derived} or {None: record}).items()
    }
    postings = []
    amounts = _Amounts(run)
    for row in ledger:
        planned = plan[row["plan_key"], row["flow"]]
        if planned.get("money"):
            postings.append(_of_money(row, planned, record, quantities.get(_via(planned["attributes"]), {}), amounts))
            continue
        postings.append(_posting(row, planned, _quantity(row, planned, quantities[_via(planned["attributes"])])))
    better = [] if postings else _better(record, batches)
    derivations = [_derivation(row, known.methods) for row in derived]
    return RecordTrail(record, batch, postings, _cells(batch, record), derivations, better, known)


def _better(record: Mapping[str, Any], batches: Mapping[str, Batch]) -> list[str]:
    """Return the ids of the records that name this one as the spend that they replace."""
    names = pa.array([n for n in (record["document"], record["credit_of"], record["record_id"]) if n], pa.string())
    found = []
    for batch in batches.values():
        if "replaces" in pq.read_schema(batch.records_path).names:
            where = pc.field("replaces").isin(names)
            found += pq.read_table(batch.records_path, columns=["record_id"], filters=where)["record_id"].to_pylist()
    return sorted(found)


class _Amounts:
    """The exchange rates of a run, by currencies and days."""

    def __init__(self, run: Run) -> None:
        self.rates = {
            (row["currency"], row["target"], row["start"], row["end"]): row for row in run.table("rates").to_pylist()
        }

    def of(self, recorded: Decimal, row: Mapping[str, Any], plan: Mapping[str, Any]) -> Amount:
        """Return an amount with its steps; the engine rounds what a rate gives at a millionth."""
        told: dict[str, Any] = json.loads(plan["money"])
        found = (
            self.rates.get((plan["recorded_unit"], told["into"], row["start"], row["end"]))
            if told.get("daily")
            else None
        )
        if found is None:
            return Amount(recorded, recorded, None, None, told)
        rate = Decimal(found["rate"])
        return Amount(recorded, (recorded * rate).quantize(QUANTUM, ROUND_HALF_UP), rate, found["day"], told)


def _of_money(
    row: dict[str, Any],
    plan: dict[str, Any],
    record: Mapping[str, Any],
    parts: Mapping[int, Decimal],
    amounts: _Amounts,
) -> Posting:
    """Return a row of spend; one that no border cut has the whole amount, also when it counts on other days than its own."""
    whole = record["quantity"] if not row["part"] and _via(plan["attributes"]) is None else Decimal(0)
    recorded = parts.get(row["part"], whole)
    amount = amounts.of(recorded, row, plan)
    return replace(_posting(row, plan, amount.exchanged * Decimal(plan["multiplier"])), amount=amount)


def _via(attributes: str) -> str | None:
    """Return the type and leg that an activity was derived by, or None."""
    found: str | None = json.loads(attributes).get(VIA)
    return found


def _derivation(row: dict[str, Any], methods: Methods) -> Derivation:
    values: dict[str, Decimal | None] = {s: Decimal(v) for s, v in json.loads(row["values"]).items()}
    method = methods.methods.get(row["method"].partition("@")[0])
    units = {"quantity": method.quantity, **CALENDAR, **method.inputs} if method and method.ref == row["method"] else {}
    return Derivation(row, values, json.loads(row["origins"]), units)


def _full_id(run: Run, beginning: str, batches: dict[str, Batch]) -> str:
    found = set()
    for name in ("ledger", "unmatched"):
        where = pc.starts_with(pc.field("record_id"), beginning)
        columns = pq.read_table(run.folder / f"{name}.parquet", columns=["record_id"], filters=where)
        found |= set(columns["record_id"].to_pylist())
    if not found:  # a record that posts nothing by its method, such as feed-in
        where = pc.starts_with(pc.field("record_id"), beginning)
        for batch in batches.values():
            table = pq.read_table(batch.records_path, columns=["record_id"], filters=where)
            found |= set(table["record_id"].to_pylist())
    if not found or not beginning:
        raise TredeError.of("record_unknown", record=beginning, run=run.id)
    if len(found) > 1:
        raise TredeError.of("record_ambiguous", record=beginning, found=sorted(found)[:5])
    return str(found.pop())


def _has(batch: Batch, record_id: str) -> bool:
    found = pq.read_table(batch.records_path, columns=["row"], filters=pc.field("record_id") == record_id)
    return bool(found.num_rows)


def _posting(row: dict[str, Any], plan: dict[str, Any], quantity: Decimal) -> Posting:
    values: dict[str, Decimal | None] = {s: Decimal(v) for s, v in json.loads(plan["values"]).items()}
    values["quantity"] = quantity
    formulas = [parse(plan["formula"]), *(parse(text) for text in json.loads(plan["minus"]))]
    return Posting(row, plan, values, formulas, read_parts(plan.get("gases")))


def _quantity(row: dict[str, Any], plan: dict[str, Any], quantities: Mapping[int, Decimal]) -> Decimal:
    """Return the quantity as it was multiplied: a converted one is rounded in the ledger's column, not in the product.

    What certificates cover, and what they leave, is no part of a period; there the column is exact.
    """
    found = quantities.get(row["part"], Decimal(0)) * Decimal(plan["multiplier"])
    rounded: Decimal = row["quantity"]
    return found if found.quantize(QUANTUM, ROUND_HALF_UP) == rounded else rounded


def _exact(tree: Node, values: Mapping[str, Decimal | None]) -> Decimal:
    found = evaluate(tree, values)
    assert found is not None
    return found


def write(
    node: Node, values: Mapping[str, Decimal | None], unit: str, number: Callable[[Decimal], str],
    units: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Write a formula with its numbers and units; `number` writes a number as the reader's language does.

    Args:
        unit: that of the quantity; a factor's values are kilograms per such a unit.
        units: the unit of each name, when the names are inputs.
    """
    match node:
        case Number(value, own):
            return f"{number(value)} {own.replace('Q', unit)}".strip()
        case Name(name):
            found = values[name]
            text = "?" if found is None else number(found)
            if units is not None:
                return f"{text} {units.get(name, '')}".rstrip()
            return f"{text} {unit}" if name == "quantity" else f"{text} kg/{unit}"
        case Binary(op, left, right):
            sign = {"*": "×", "/": "÷", "-": "−"}.get(op, op)
            a, b = (write(part, values, unit, number, units) for part in (left, right))
            return f"{_bracketed(left, op, a)} {sign} {_bracketed(right, op, b, right=True)}"
        case Call(function, args):
            return f"{function}({'; '.join(write(arg, values, unit, number, units) for arg in args)})"


def _bracketed(part: Node, op: str, text: str, *, right: bool = False) -> str:
    """Put an operand between brackets where it would be read otherwise without them."""
    if not isinstance(part, Binary):
        return text
    strength = {"*": 2, "/": 2, "+": 1, "-": 1}
    own, outer = strength.get(part.op, 0), strength.get(op, 0)
    return (
        f"({text})"
        if own < outer or (right and own == outer and op in "-/") or (right and own == outer and part.op in "-/")
        else text
    )


def _cells(batch: Batch, record: dict[str, Any]) -> list[Cell]:
    header = batch.headings()
    cells = batch.row_cells(record["row"])
    places = {heading.strip().casefold(): at for at, heading in enumerate(header)}
    found = []
    if record["column_number"] is not None:
        index = record["column_number"] - 1
        found.append(Cell("quantity", header[index], letter(index), cells[index]))
    for field, heading in batch.columns.items():
        at = places.get(heading.strip().casefold())
        text = cells[at] if at is not None and at < len(cells) else None
        found.append(Cell(field, heading, None if at is None else letter(at), text))
    return found
