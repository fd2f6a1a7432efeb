"""Every worked number in the documentation comes out of the code."""

import json
import re
from decimal import Decimal

import pytest
from docs_reading import DOCS, sections, tables

from trede.catalogue.gwp import gwp_set
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.engine.plan import Key, make_plan
from trede.factors.matching import Shelf
from trede.kernel.amounts import MAX_ROW_KG, milligrams, milligrams_exact, shown
from trede.kernel.identity import canonical_json
from trede.methods.evaluate import evaluate
from trede.methods.formula import parse
from trede.methods.model import shipped_methods
from trede.trace.record import write

_EXAMPLE = re.compile(
    r"^Example: (?P<facts>(?:`[^`]+`, )+)(?P<quantity>[\d.]+) (?P<unit>\w+)(?:, in (?P<year>\d+))?\.", re.M
)
EXAMPLES = [
    (ident, *found.group("facts", "quantity", "unit"), int(found["year"] or 2026), tables(text[found.end() :])[0])
    for ident, text in sections(DOCS / "methods.md").items()
    for found in _EXAMPLE.finditer(text)
]


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def worked(facts: str, quantity: str, unit: str, year: int) -> list[dict[str, str]]:
    """Calculate an example by the plan and the interpreter, as rows of its table; a rounding of zero makes no row."""
    activity, *pairs = re.findall(r"`([^`]+)`", facts)
    attributes = canonical_json(dict(pair.split("=") for pair in pairs)).decode()
    key = Key(activity, attributes, unit, "NL", year)
    plan = make_plan([key], vocabulary(), shipped_methods(), Shelf(list(shipped_libraries().values())))
    rows = []
    for flow in plan.flows.to_pylist():
        values = {name: Decimal(value) for name, value in json.loads(flow["values"]).items()}
        values["quantity"] = Decimal(quantity)
        trees = [parse(flow["formula"]), *map(parse, json.loads(flow["minus"]))]
        first, *rest = (milligrams_exact(evaluate(tree, values)) for tree in trees)
        beside = {
            name: evaluate(parse(flow[name]), values) if flow[name] else Decimal(0) for name in ("biogenic", "energy")
        }
        if flow["stage"] == "rounding" and first == sum(rest):
            continue
        rows.append(
            {
                "method": flow["method"].partition("@")[0],
                "flow": flow["flow"],
                "numbers": " − ".join(write(tree, values, flow["unit"], str) for tree in trees),
                "mg CO2e": f"{first - sum(rest):,}",
                "mg biogenic CO2": f"{milligrams_exact(beside['biogenic']):,}",
                "J": f"{int(beside['energy'] * 10**6):,}",
            }
        )
    return rows


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e[0]} {e[1]}{e[2]}")
def test_worked_example(example: tuple[str, str, str, str, int, list[dict[str, str]]]) -> None:
    ident, facts, quantity, unit, year, rows = example
    assert [{"method": ident, **row} for row in rows] == worked(facts, quantity, unit, year)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e[0]} {e[1]}{e[2]}")
def test_worked_example_by_plain_arithmetic(example: tuple[str, str, str, str, int, list[dict[str, str]]]) -> None:
    for row in example[5]:
        products = [re.findall(r"([\d.]+) \S+ × ([\d.]+)", part)[0] for part in row["numbers"].split(" − ")]
        first, *rest = (round(Decimal(a) * Decimal(b) * 10**6) for a, b in products)
        assert number(row["mg CO2e"]) == first - sum(rest)


def test_every_method_has_a_worked_example() -> None:
    assert {example[0] for example in EXAMPLES} == {m.id for m in shipped_methods().methods.values() if m.flow}


def test_total_of_the_first_example() -> None:
    text = sections(DOCS / "methods.md")["fuel-combustion"]
    total = re.search(r"add up to ([\d,]+) mg, which is ([\d.]+) l × the published ([\d.]+)\.", text)
    assert total is not None
    assert number(total[1]) == sum(number(row["mg CO2e"]) for row in EXAMPLES[0][5])
    assert number(total[1]) == Decimal(total[2]) * Decimal(total[3]) * 10**6


ROUNDING = sections(DOCS / "rounding.md")


@pytest.mark.parametrize("row", tables(ROUNDING["The formula"])[0], ids=lambda row: row["x in kg"])
def test_rounding_formula(row: dict[str, str]) -> None:
    assert milligrams(float(row["x in kg"])) == int(row["mg"])
    assert milligrams_exact(Decimal(row["x in kg"])) == int(row["mg"])


@pytest.mark.parametrize("row", tables(ROUNDING["The publisher's rounding"])[0], ids=lambda row: row["quantity"])
def test_publishers_rounding(row: dict[str, str]) -> None:
    mg = {name: milligrams(float(row["quantity"]) * float(row[name])) for name in ("total", "direct", "upstream")}
    assert {name: int(row[f"mg {name}"]) for name in mg} == mg
    assert int(row["mg rounding"]) == mg["total"] - mg["direct"] - mg["upstream"]


def test_amounts_by_gas() -> None:
    factor = shipped_libraries()["desnz-2024"].factors["passenger-vehicles/cars-by-size/average-car-petrol/km"]
    rows = tables(ROUNDING["Amounts by gas"])[0]
    per_km = factor.by_gas("direct", gwp_set("AR6"))
    assert {row["gas"].strip("`"): Decimal(row["kg CO2e/km"]) for row in rows} == per_km
    assert {row["gas"].strip("`"): Decimal(row["kg gas/km"]) for row in rows} == factor.gases["direct"]
    assert [int(row["mg"]) for row in rows] == [milligrams(1234.5 * float(value)) for value in per_km.values()]
    assert f"Together {sum(int(row['mg']) for row in rows)} mg." in ROUNDING["Amounts by gas"]


@pytest.mark.parametrize("row", tables(ROUNDING["Shown figures"])[0], ids=lambda row: row["mg"])
def test_shown_figures(row: dict[str, str]) -> None:
    figure = row["shown, t, two decimals"]
    assert shown(int(row["mg"]), decimals=2) == Decimal(figure)
    assert Speaker("en").tonnes(int(row["mg"])).replace("−", "-") == figure


def test_limits_of_a_row() -> None:
    text = ROUNDING["The formula"].replace("\n", " ")
    assert f"{MAX_ROW_KG:,.0f} kg" in text
