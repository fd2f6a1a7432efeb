"""The consolidation approaches: what counts, in which account, and that all three add up to the whole ledger."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from engine_samples import Outcome, activity, petrol, run
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from trede.engine.cutting import Cutting
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.ledger.consolidating import SHARE, consolidated, counted_row, shared_sql
from trede.ledger.schema import AMOUNTS
from trede.organisation.reading import load_organisation

APPROACHES = ("operational-control", "financial-control", "equity-share")

ASSOCIATE = "{ share = 0.4, controlled = false, financial = false }"
LEASED_CAR = """
[[lease]]
id = "cars"
name = "Cars"
asset = "vehicles"
kind = "operating"
entity = "firm"
"""


def cutting(approach: str, ownership: str = "", more: str = "", head: str = "") -> Cutting:
    """Return the settings of a firm with a part `other` that is owned as said."""
    text = f"""
        name = "Firm"
        approach = "{approach}"
        {head}
        [[entity]]
        id = "firm"
        name = "Firm"
        [[entity]]
        id = "other"
        name = "Other"
        ownership = [{ownership}]
        [[site]]
        id = "hall"
        name = "Hall"
        entity = "firm"
        {more}
    """
    return Cutting.of(load_organisation(text.encode(), "organisation.toml"))


def amounts(found: Outcome, table: str, name: str = "co2e") -> dict[str, int]:
    """Return the milligrams of a table of totals by account, on the market basis."""
    sums: dict[str, int] = defaultdict(int)
    for row in found.table(table).to_pylist():
        if row["basis"] != "location":
            sums[row["account"]] += int(row[name])
    return {account: mg for account, mg in sums.items() if mg}


def gas(quantity: str | Decimal, first: date, last: date, **given_fields: Any) -> dict[str, Any]:
    return activity("natural-gas", quantity, when=(first, last), reading="billed", **given_fields)


def test_the_published_row_of_a_part_of_forty_percent(calculate) -> None:
    """48.32 l of petrol in an entity of which 40 % is owned: the ledger is that of the whole, 40 % counts."""
    found = calculate([petrol("48.32", entity="other")], cutting=cutting("equity-share", ASSOCIATE))
    assert found.accounts() == {
        ("mobile-combustion.petrol.direct", "none"): 103_356_480,
        ("mobile-combustion.petrol.upstream", "none"): 31_649_600,
    }
    inside, outside = amounts(found, "totals"), amounts(found, "outside")
    assert inside == {"mobile-combustion.petrol.direct": 41_342_592, "mobile-combustion.petrol.upstream": 12_659_840}
    assert {account: inside[account] + outside[account] for account in inside} == {
        "mobile-combustion.petrol.direct": 103_356_480, "mobile-combustion.petrol.upstream": 31_649_600,
    }  # fmt: skip
    assert found.headings("ghg") == {
        "scope-1": 41_342_592, "scope-1.mobile": 41_342_592, "scope-3": 12_659_840, "scope-3.3": 12_659_840,
    }  # fmt: skip


@pytest.mark.parametrize(("approach", "financial", "counted"), [
    ("equity-share", "false", "0.4"), ("operational-control", "false", "0"), ("financial-control", "false", "0"),
    ("financial-control", "true", "1"), ("financial-control", '"joint"', "0.4"),
])  # fmt: skip
def test_what_counts_of_an_associate(calculate, approach: str, financial: str, counted: str) -> None:
    owned = ASSOCIATE.replace("financial = false", f"financial = {financial}")
    found = calculate([petrol("10", entity="other")], cutting=cutting(approach, owned))
    assert {row["share"] for row in found.ledger} == {Decimal(counted)}
    view = found.under("ghg", "market")
    assert view.total == 27_940_000 * Decimal(counted)
    assert view.total + view.outside == 27_940_000
    assert ("outside_boundary" in found.codes) == (counted == "0")


def test_an_associate_in_category_15_by_setting(calculate) -> None:
    """Its scopes 1 and 2 for the part that is owned; its travel is its own scope 3 and stays outside."""
    settings_of = cutting("operational-control", ASSOCIATE, head='associates = "category-15"')
    cycling = activity("travel-human-powered", "5", entity="other", purpose="business", mode="bicycle")
    found = calculate([petrol("10", entity="other"), cycling], cutting=settings_of)
    assert amounts(found, "totals") == {
        "investments.other.direct": 8_556_000, "investments.other.upstream": 2_620_000,
    }  # fmt: skip
    assert found.headings("ghg") == {"scope-3": 11_176_000, "scope-3.15": 11_176_000}
    assert {row["share"] for row in found.ledger if row["activity_type"] != "fuel-vehicle"} == {0}
    assert found.under("ghg", "market").outside == 27_940_000 - 11_176_000


@pytest.mark.parametrize(("approach", "kind", "role", "heading"), [
    ("operational-control", "operating", "lessee", "scope-1"),
    ("operational-control", "finance", "lessee", "scope-1"),
    ("financial-control", "operating", "lessee", "scope-3.8"),
    ("financial-control", "finance", "lessee", "scope-1"),
    ("equity-share", "operating", "lessee", "scope-3.8"),
    ("equity-share", "finance", "lessee", "scope-1"),
    ("operational-control", "operating", "lessor", "scope-3.13"),
    ("operational-control", "finance", "lessor", "scope-3.13"),
    ("financial-control", "operating", "lessor", "scope-1"),
    ("financial-control", "finance", "lessor", "scope-3.13"),
    ("equity-share", "operating", "lessor", "scope-1"),
])  # fmt: skip
def test_a_leased_car_stands_where_the_approach_puts_it(calculate, approach, kind, role, heading) -> None:
    lease = LEASED_CAR.replace('"operating"', f'"{kind}"') + f'role = "{role}"\n'
    found = calculate([petrol("10")], cutting=cutting(approach, ASSOCIATE, lease))
    headings = found.headings("ghg")
    own = heading == "scope-1"
    assert headings[heading] == (21_390_000 if own else 27_940_000)
    assert ("scope-1" in headings) == own
    assert found.under("ghg", "market").total == 27_940_000
    assert found.under("iso", "market").total == 27_940_000


def test_a_lessee_that_does_not_operate_the_asset(calculate) -> None:
    found = calculate(
        [petrol("10")], cutting=cutting("operational-control", ASSOCIATE, LEASED_CAR + "operated = false\n")
    )
    assert "scope-1" not in found.headings("ghg")


def test_a_lease_is_about_its_own_asset_only(calculate) -> None:
    """A leased hall: its power, gas and coolant; not what other sites use, not the cars, not the waste of the same hall."""
    lease = '[[lease]]\nid = "h"\nname = "Hall"\nasset = "building"\nkind = "operating"\nsite = "hall"\n'
    rows = [
        activity("electricity", "1000", site="hall"),
        activity("electricity", "1000", site="south"),
        gas("100", date(2026, 3, 1), date(2026, 3, 31), site="hall"),
        activity("refrigerant", "1", site="hall", species="hfc-134a"),
        petrol("10", site="hall"),
    ]
    found = calculate(rows, cutting=cutting("financial-control", ASSOCIATE, lease))
    groups = {row["account"].rpartition(".")[0] for row in found.ledger if row["site"] == "hall"}
    assert groups == {
        "upstream-leased.power", "upstream-leased.fuel", "upstream-leased.gases", "mobile-combustion.petrol",
    }  # fmt: skip
    assert {row["account"].rpartition(".")[0] for row in found.ledger if row["site"] == "south"} == {
        "purchased-electricity.buildings"
    }
    plan = found.table("plan").to_pylist()
    assert all(row["attributes"] == canonical_json(json.loads(row["attributes"])).decode() for row in plan)


def test_one_leased_car_of_two(calculate) -> None:
    rows = [petrol("10", vehicle="v-1"), petrol("20", vehicle="v-2"), petrol("40")]
    found = calculate(rows, cutting=cutting("equity-share", ASSOCIATE, LEASED_CAR + 'vehicles = ["v-2"]\n'))
    assert amounts(found, "totals")["upstream-leased.fuel.direct"] == 20 * 2_139_000
    assert amounts(found, "totals")["mobile-combustion.petrol.direct"] == 50 * 2_139_000


def test_a_lease_of_part_of_the_year_cuts_on_its_days(calculate) -> None:
    lease = '[[lease]]\nid = "h"\nname = "Hall"\nasset = "building"\nkind = "operating"\nsite = "hall"\n'
    lease += "from = 2026-03-11\nto = 2026-03-20\n"
    found = calculate(
        [gas("310", date(2026, 3, 1), date(2026, 3, 31), site="hall")],
        cutting=cutting("equity-share", ASSOCIATE, lease),
    )
    cut = {(row["part"], row["account"].partition(".")[0], row["quantity"]) for row in found.ledger}
    assert cut == {
        (1, "stationary-combustion", Decimal(100)), (2, "upstream-leased", Decimal(100)),
        (3, "stationary-combustion", Decimal(110)),
    }  # fmt: skip


def test_certificates_cover_leased_power_too(calculate) -> None:
    lease = '[[lease]]\nid = "h"\nname = "Hall"\nasset = "building"\nkind = "operating"\nsite = "hall"\n'
    rows = [
        activity("electricity", "1000", site="hall"),
        activity("certificates", "1000", technology="wind", proof="cancelled"),
    ]
    found = calculate(rows, cutting=cutting("equity-share", ASSOCIATE, lease))
    assert found.headings("ghg", "market") == {}
    assert found.headings("ghg", "location")["scope-3.8"] == 244_000_000


SOLD = """
  { to = 2026-03-14, share = 0.75, controlled = true, financial = true },
  { from = 2026-03-15, share = 0.4, controlled = false, financial = false },
"""


@pytest.mark.parametrize(("approach", "shares"), [
    ("operational-control", [Decimal(1), Decimal(0)]), ("financial-control", [Decimal(1), Decimal(0)]),
    ("equity-share", [Decimal("0.75"), Decimal("0.4")]),
])  # fmt: skip
def test_a_sale_within_the_month_cuts_on_the_day(calculate, approach: str, shares: list[Decimal]) -> None:
    bill = gas("310", date(2026, 3, 1), date(2026, 3, 31), entity="other")
    found = calculate([bill], cutting=cutting(approach, SOLD))
    direct = sorted((r for r in found.ledger if r["stage"] == "direct"), key=lambda r: r["part"])
    assert [(row["quantity"], row["share"]) for row in direct] == [(Decimal(140), shares[0]), (Decimal(170), shares[1])]
    view = found.under("ghg", "market")
    assert view.total == 2_134_000 * (140 * shares[0] + 170 * shares[1])
    assert view.total + view.outside == 310 * 2_134_000


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["firm", "other", None]), st.sampled_from(["gas", "petrol", "power", "coolant"]),
            st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 60), st.integers(-(10**9), 10**9),
        ),
        min_size=1, max_size=12,
    ),
    st.dates(date(2026, 1, 2), date(2026, 12, 31)),
    st.decimals(0, 1, places=6), st.decimals(0, 1, places=6), st.booleans(),
)  # fmt: skip
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_the_three_approaches_add_up_to_the_whole(tmp_path_factory, records, day, before, after, category_15) -> None:
    """Per record and amount: what counts and what is outside are the ledger, and the 100 % are the same under each approach."""
    rows = []
    for number, (entity, what, first, length, quantity) in enumerate(records):
        of = {"entity": entity, "note": str(number), "quantity": Decimal(quantity).scaleb(-6)}
        last = min(first + timedelta(days=length), date(2026, 12, 31))
        rows.append(_row(what, of, first, last))
    owned = f"""
        {{ to = {day - timedelta(days=1)}, share = {before:f}, controlled = true, financial = "joint" }},
        {{ from = {day}, share = {after:f}, controlled = false, financial = false }},
    """
    head = 'associates = "category-15"' if category_15 else ""
    whole: dict[str, dict[str, Decimal]] = {}
    for approach in APPROACHES:
        found = run(
            tmp_path_factory.mktemp("whole"),
            rows,
            cutting=cutting(approach, owned, LEASED_CAR + f"from = {day}\n", head),
        )
        inside, outside = (
            {n: sum(int(row[n]) for row in found.table(table).to_pylist()) for n in AMOUNTS}
            for table in ("totals", "outside")
        )
        counted = consolidated(found.table("ledger"))
        for name in AMOUNTS:
            assert inside[name] + outside[name] == sum(row[name] for row in found.ledger)
            assert inside[name] == sum(counted[name].to_pylist())
        assert inside["co2e"] == sum(inside[gas_column] for gas_column in GAS_COLUMNS)
        assert inside["co2e"] == sum(counted_row(row) for row in found.ledger)
        for basis in ("location", "market"):
            for standard in ("ghg", "iso", "ladder"):
                if standard == "ladder" and basis == "location":
                    continue
                view = found.under(standard, basis)
                posted = sum(row["co2e"] for row in found.ledger if row["basis"] in ("none", basis))
                assert view.total + sum(view.not_covered.values()) + view.outside == posted
        records_of: dict[str, Decimal] = defaultdict(Decimal)
        for row in found.ledger:
            if row["stage"] == "direct" and row["basis"] != "location":
                records_of[row["record_id"]] += row["quantity"]
        whole[approach] = dict(records_of)
    assert whole["operational-control"] == whole["financial-control"] == whole["equity-share"]


def _row(what: str, of: dict[str, Any], first: date, last: date) -> dict[str, Any]:
    quantity = of.pop("quantity")
    if what == "gas":
        return gas(quantity, first, last, **of)
    if what == "petrol":
        return petrol(quantity, when=first, **of)
    if what == "power":
        return activity("electricity", quantity, when=(first, last), **of)
    return activity("refrigerant", quantity, when=first, species="r-410a", **of)


@given(st.lists(st.tuples(st.integers(-(10**16), 10**16), st.decimals(0, 1, places=6)), min_size=1))
def test_sql_arrow_and_decimal_round_alike(rows: list[tuple[int, Decimal]]) -> None:
    columns = {name: pa.array([mg if name == "unsplit" else 0 for mg, _ in rows], pa.int64()) for name in GAS_COLUMNS}
    table = pa.table({**columns, "co2e": columns["unsplit"], "share": pa.array([s for _, s in rows], SHARE)})
    with duckdb.connect() as con:
        con.register("ledger", table)
        by_sql = [mg for (mg,) in con.sql(f"SELECT {shared_sql('co2e')} FROM ledger WHERE share > 0").fetchall()]
    assert by_sql == consolidated(table)["co2e"].to_pylist()
    assert by_sql == [counted_row(row) for row in table.to_pylist() if row["share"]]
    negative = table.set_column(
        table.column_names.index("unsplit"), "unsplit", pa.array([-mg for mg, _ in rows], pa.int64())
    )
    assert consolidated(negative)["co2e"].to_pylist() == [-mg for mg in by_sql]


def test_settings_are_read_back() -> None:
    for approach in APPROACHES:
        found = cutting(approach, SOLD, LEASED_CAR, 'associates = "category-15"')
        assert Cutting.from_json(found.to_json()) == found
    assert cutting("equity-share", SOLD).stakes["other"][0].days.end == date(2026, 3, 14)
    assert Period(date(2026, 3, 15), date.max) == cutting("equity-share", SOLD).stakes["other"][1].days
