"""Any activity that the vocabulary allows: the engine against the plain interpreters, and every total against its rows."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from engine_samples import EVERY, Outcome, activity, run
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.engine.execute import MAX_JOULES, MAX_QUANTITY
from trede.inventory.footprint import footprint
from trede.kernel.amounts import MAX_ROW_KG, milligrams, milligrams_exact
from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.schema import AMOUNTS, TOTAL_KEYS
from trede.methods.evaluate import evaluate, evaluate_float
from trede.methods.formula import Node, parse
from trede.methods.model import shipped_methods

QUANTITIES = (
    st.decimals(-1_000, 1_000, places=3)
    | st.decimals(-1_000_000, 1_000_000, places=6)
    | st.integers(-100_000_000, 100_000_000).map(Decimal)
)
ACTIVITIES = st.builds(
    lambda what, quantity, day, site: activity(what[0], quantity, what[1], when=day, site=site, **what[2]),
    st.sampled_from(EVERY),
    QUANTITIES,
    st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)),
    st.sampled_from([None, "north", "south"]),
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("oracle") for _ in itertools.count())


def check_rows(found: Outcome) -> None:
    """Hold every ledger row against both interpreters, from the plan's formulas and the record's own quantity."""
    plan = {(row["plan_key"], row["flow"]): row for row in found.table("plan").to_pylist()}
    records = {row["record_id"]: row for row in found.records.to_pylist()}
    for row in found.ledger:
        planned, record = plan[row["plan_key"], row["flow"]], records[row["record_id"]]
        multiplier = Decimal(planned["multiplier"])
        exact: dict[str, Decimal | None] = {s: Decimal(v) for s, v in json.loads(planned["values"]).items()}
        floats: dict[str, float | None] = {s: float(v) for s, v in exact.items() if v is not None}
        exact["quantity"] = record["quantity"] * multiplier
        floats["quantity"] = float(record["quantity"]) * float(multiplier)
        trees = [parse(planned["formula"]), *(parse(text) for text in json.loads(planned["minus"]))]
        for column, parts in by_column(planned, exact).items():
            kilograms = exact | parts
            twins = floats | {symbol: float(value) for symbol, value in parts.items()}
            in_decimals = _less(milligrams_exact(_known(evaluate(tree, kilograms))) for tree in trees)
            assert row[column] == _less(milligrams(_known(evaluate_float(tree, twins))) for tree in trees), row
            assert abs(row[column] - in_decimals) <= len(trees), row
            if bounded(record["quantity"], multiplier, trees, kilograms):
                assert row[column] == in_decimals, row
        assert row["co2e"] == sum(row[gas] for gas in GAS_COLUMNS), row
        biogenic = evaluate_float(parse(planned["biogenic"]), floats) if planned["biogenic"] else 0.0
        assert row["biogenic_co2"] == milligrams(_known(biogenic)), row
        energy = evaluate_float(parse(planned["energy"]), floats) if planned["energy"] else 0.0
        assert row["energy_j"] == joules(_known(energy)), row
        counted = record["quantity"] * multiplier.quantize(Decimal("1e-12"))
        assert row["quantity"] == counted.quantize(Decimal("1e-6"), "ROUND_HALF_UP"), row


def by_column(planned: dict[str, Any], values: dict[str, Decimal | None]) -> dict[str, dict[str, Decimal]]:
    """Return the ledger's columns of a flow with the factor values that they are calculated with."""
    if planned["gases"] is None:
        return {planned["gas"]: {}}
    found: dict[str, dict[str, Decimal]] = {}
    for part in json.loads(planned["gases"]):
        potential = Decimal(part["potential"] or 1)
        amounts = {symbol: Decimal(amount) * potential for symbol, amount in part["amounts"].items()}
        named = [symbol for symbol in values if symbol.endswith((".direct", ".upstream", ".total"))]
        found[part["column"]] = {symbol: amounts.get(symbol, Decimal(0)).quantize(Decimal("1e-9")) for symbol in named}
    return found


def joules(megajoules: float) -> int:
    whole = math.floor(abs(megajoules * 1e6) + 0.5)
    return -whole if megajoules < 0 else whole


def bounded(quantity: Decimal, multiplier: Decimal, trees: list[Node], values: dict[str, Decimal | None]) -> bool:
    """Whether the rules promise no difference at all: quantities to 3 decimals, factors to 5, under 100 tonnes."""
    plain = multiplier == 1 and quantity == quantity.quantize(Decimal("0.001"))
    return plain and all(abs(_known(evaluate(tree, values))) < 100_000 for tree in trees)


def _known(value: Any) -> Any:
    assert value is not None
    return value


def _less(amounts: Iterator[int]) -> int:
    first, *rest = amounts
    return first - sum(rest)


def check_records(found: Outcome) -> None:
    """Every record posts to the group that its type says, once per flow, or is out of range as a whole.

    A type whose method has no flow is for the record only and posts nothing.
    """
    largest = limits(found)
    posted = defaultdict(set)
    for row in found.ledger:
        posted[row["record_id"]].add(chart()[row["account"]].group)
    for record in found.records.to_pylist():
        key = record["activity_type"], record["attributes"], record["unit"]
        if abs(record["quantity"]) > largest[key]:
            assert found.unmatched[record["record_id"]] == "amount_out_of_range"
            assert record["record_id"] not in posted
            continue
        assert record["record_id"] not in found.unmatched
        kind, attributes = vocabulary()[record["activity_type"]], json.loads(record["attributes"])
        for rule in kind.substitute:
            if all(attributes[name] in allowed for name, allowed in rule.when.items()):
                attributes |= rule.set
        group = {kind.account_group(attributes)} if shipped_methods()[kind.method].flow else set()
        if kind.release is None:
            assert posted[record["record_id"]] == group
        else:
            assert set() < posted[record["record_id"]] <= group | {kind.release.outside}
    keys = [(row["record_id"], row["part"], row["flow"]) for row in found.ledger]
    assert len(keys) == len(set(keys))


def limits(found: Outcome) -> dict[tuple[str, str, str], Decimal]:
    """Return plan key → the largest quantity of which every flow is in range."""
    largest: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: Decimal(MAX_QUANTITY))
    for row in found.table("plan").to_pylist():
        key = row["activity_type"], row["attributes"], row["recorded_unit"]
        one = {s: Decimal(v) for s, v in json.loads(row["values"]).items()} | {"quantity": Decimal(row["multiplier"])}
        kilograms = [row["formula"], *json.loads(row["minus"]), row["biogenic"]]
        products = [(text, MAX_ROW_KG) for text in kilograms if text] + [(row["energy"], MAX_JOULES / 1e6)]
        for text, limit in products:
            of_one = abs(_known(evaluate(parse(text), one))) if text else 0
            if of_one:
                largest[key] = min(largest[key], Decimal(limit) / of_one)
    return largest


def check_totals(found: Outcome) -> None:
    """Totals are the exact sums of their rows, whatever they are grouped by."""
    sums: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in found.ledger:
        month = row["start"].strftime("%Y-%m")
        key = tuple(month if name == "month" else row[name] for name in TOTAL_KEYS)
        for name in (*AMOUNTS, "quantity"):
            sums[key][name] += row[name]
        sums[key]["rows"] += 1
    totals = found.table("totals").to_pylist()
    assert len(totals) == len(sums)
    for total in totals:
        assert {name: total[name] for name in (*AMOUNTS, "quantity", "rows")} == sums[
            tuple(total[k] for k in TOTAL_KEYS)
        ]
    for one in TOTAL_KEYS:
        groups: dict[Any, int] = defaultdict(int)
        for total in totals:
            groups[total[one]] += total["co2e"]
        assert sum(groups.values()) == sum(row["co2e"] for row in found.ledger)


def check_standard(ledger: pa.Table | list[dict[str, Any]], totals: pa.Table, standard: Standard) -> None:
    """Headings and what is not covered are the ledger, on each basis."""
    rows = ledger.to_pylist() if isinstance(ledger, pa.Table) else ledger
    for basis in ("location", "market"):
        view = footprint(totals, standard, basis)
        own = [row for row in rows if row["basis"] in ("none", basis)]
        assert view.ledger == sum(row["co2e"] for row in own)
        assert view.total + sum(view.not_covered.values()) == view.ledger
        assert sum(sum(line.accounts.values()) for line in view.lines) == view.total
        for line in view.lines:
            under = set(standard.accounts_under(line.heading.id))
            assert line.mg == sum(row["co2e"] for row in own if row["account"] in under)
        covered = [row for row in own if row["account"] in standard.heading_of]
        assert view.biogenic == sum(row["biogenic_co2"] for row in covered)
        assert sum(view.by_quality.values()) == sum(view.by_gwp.values()) == view.total


def check(found: Outcome) -> None:
    check_rows(found)
    check_records(found)
    check_totals(found)
    for standard in standards().values():
        check_standard(found.ledger, found.table("totals"), standard)


def test_every_type_unit_and_attribute(folders) -> None:
    """No combination that the vocabulary allows is without an account, a method or a factor in the list of 2026."""
    rows = [activity(kind, "61.333", unit, **attributes) for kind, unit, attributes in EVERY]
    check(run(next(folders), rows))


@settings(max_examples=25, phases=set(Phase) - {Phase.shrink})
@given(rows=st.lists(ACTIVITIES, min_size=1, max_size=40))
def test_any_activities(folders, rows: list[dict[str, Any]]) -> None:
    check(run(next(folders), rows))


@pytest.fixture(scope="module")
def large(folders) -> Outcome:
    """Every combination once, with quantities that differ, on two sites."""
    rows = [
        activity(
            kind, Decimal(n * 7919 % 100_003) / 1000 * (-1) ** n, unit, site=("north", "south")[n % 2], **attributes
        )
        for n, (kind, unit, attributes) in enumerate(EVERY)
    ]
    return run(next(folders), rows)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), part=st.floats(0, 1))
def test_headings_of_any_part_of_a_ledger(large: Outcome, seed: int, part: float) -> None:
    chance = random.Random(seed)  # noqa: S311
    rows = [row for row in large.ledger if chance.random() < part]
    chance.shuffle(rows)
    table = pa.Table.from_pylist(rows, schema=large.table("ledger").schema)
    for standard in standards().values():
        check_standard(rows, table, standard)


def test_reversed_quantities_reverse_every_row(folders) -> None:
    rows = [activity(kind, Decimal(n) / 997, unit, **attributes) for n, (kind, unit, attributes) in enumerate(EVERY)]
    rows = [
        {**row, "quantity": row["quantity"].quantize(Decimal("1e-6")), "note": str(n)} for n, row in enumerate(rows)
    ]
    there = run(next(folders), rows)
    back = run(next(folders), [{**row, "quantity": -row["quantity"]} for row in rows])

    def amounts(found: Outcome, sign: int) -> dict[tuple[str, str], list[Any]]:
        notes = {record["record_id"]: record["note"] for record in found.records.to_pylist()}
        return {
            (notes[row["record_id"]], row["flow"]): [sign * row[name] for name in (*AMOUNTS, "quantity")]
            for row in found.ledger
        }

    assert amounts(there, 1) == amounts(back, -1)
