"""One litre, one digit or one pin: exactly the rows and totals change that should, and nothing else; a run is a function."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trede.catalogue.factor import Factor
from trede.catalogue.library import build_library
from trede.catalogue.shelves import shipped_libraries
from trede.engine.runs import Run
from trede.kernel.content import content_hash
from trede.kernel.issues import Location
from trede.ledger.schema import AMOUNTS, TOTAL_KEYS
from trede.organisation.decisions import Override, Pin, Revoke
from trede.workspace import Workspace
from trede.workspace.libraries import store_library
from workspaces import (
    BY,
    LIST_2026,
    YEARS,
    Copy,
    build_example,
    create,
    decide_held,
    pin,
    read_example,
    run,
    take_in,
)

Row = dict[str, Any]
Key = tuple[str, int, str, str]
OWN_LIST = "co2emissiefactoren-2026-09-01"
PETROL, DIESEL = "Benzine E10", "Diesel B7"


def ledger(found: Run, *without: str) -> dict[Key, Row]:
    """Return the rows of a ledger by what makes each unique, some columns left out."""
    rows = found.table("ledger").drop_columns(list(without)).to_pylist()
    result = {(row["record_id"], row["part"], row["flow"], row["basis"]): row for row in rows}
    assert len(result) == len(rows)
    return result


def changed(old: dict[Key, Row], new: dict[Key, Row]) -> dict[Key, set[str]]:
    """Return the columns that differ, by row; a row that is on one side only differs in `*`."""
    result = {}
    for key in old.keys() | new.keys():
        if key not in old or key not in new:
            result[key] = {"*"}
        elif old[key] != new[key]:
            result[key] = {name for name in old[key] if old[key][name] != new[key][name]}
    return result


def totals(found: Run) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """Return the stored totals by their keys."""
    names = ("rows", "quantity", *AMOUNTS)
    rows = found.table("totals").to_pylist()
    return {tuple(row[key] for key in TOTAL_KEYS): {name: Decimal(row[name]) for name in names} for row in rows}


def added_up(rows: Iterable[Row]) -> dict[tuple[Any, ...], dict[str, Decimal]]:
    """Add ledger rows up to totals in plain Python: the oracle of the stored ones."""
    result: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        same = (row["start"].year, row["start"].month) == (row["end"].year, row["end"].month)
        told = {**row, "month": f"{row['start']:%Y-%m}" if same else None}
        entry = result[tuple(told[key] for key in TOTAL_KEYS)]
        entry["rows"] += 1
        for name in ("quantity", *AMOUNTS):
            entry[name] += row[name]
    return {key: dict(entry) for key, entry in result.items()}


def check_totals(found: Run) -> None:
    assert totals(found) == added_up(ledger(found).values())


def without_plan(found: Run) -> dict[str, Any]:
    """Return the hashes and counts of a run, but the plan's."""
    return {name: value for name, value in found.result.items() if name != "plan_content"}


# -- one litre


def with_one_litre_more(row: int) -> bytes:
    """Return the mended fuel card of 2024 with one litre more in a row, its amount and the total row mended too."""
    lines = read_example("tankpas-2024-verbeterd.csv").decode("cp1252").split("\r\n")
    cells = lines[row - 1].split(";")
    litres = Decimal(cells[8].replace(",", ".")) + 1
    price = Decimal(cells[9].replace(",", "."))
    cells[8], cells[10] = (f"{value:.2f}".replace(".", ",") for value in (litres, litres * price))
    lines[row - 1] = ";".join(cells)
    end = next(n for n, line in enumerate(lines) if line.startswith("Totaal"))
    lines[end] = lines[end].replace("46.925,28", "46.926,28")
    return "\r\n".join(lines).encode("cp1252")


def test_one_litre_changes_one_record_and_its_months_totals(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    row = 500
    sent = next(b for b in workspace.active_batches() if b.file_name == "tankpas-2024-verbeterd.csv")
    old_record = next(r for r in sent.records().to_pylist() if r["row"] == row)
    before = {year: workspace.find_run(str(year)) for year in YEARS}
    mended = take_in(workspace, "tankpas-2024.csv", with_one_litre_more(row), replaces=sent.id).batch
    mended = decide_held(workspace, mended, "drop")
    new_record = next(r for r in mended.records().to_pylist() if r["row"] == row)
    assert {n for n in new_record if new_record[n] != old_record[n]} == {"record_id", "quantity"}
    assert new_record["quantity"] - old_record["quantity"] == 1
    after = {year: run(workspace, year) for year in YEARS}

    for year in (2022, 2023):
        assert after[year].result == before[year].result, "untouched years come out the same, to the hash"
        assert after[year].id != before[year].id, "and their runs say that other files were at hand"

    # The batch is another one, so its id differs in every row of this file; nothing else does.
    old, new = ledger(before[2024], "batch"), ledger(after[2024], "batch")
    found = changed(old, new)
    assert all(columns == {"*"} for columns in found.values())
    assert {key[0] for key in found} == {old_record["record_id"], new_record["record_id"]}
    gone = {key[2]: old[key] for key in found if key in old}
    come = {key[2]: new[key] for key in found if key in new}
    assert gone.keys() == come.keys()
    for flow, row_before in gone.items():
        differing = {name for name in row_before if row_before[name] != come[flow][name]}
        beside = {"energy_j", "biogenic_co2"} if flow == "direct" else set()
        assert differing == {"record_id", "quantity", "unsplit", "co2e"} | beside
    assert sum(r["co2e"] for r in come.values()) - sum(r["co2e"] for r in gone.values()) == 2_794_000
    assert {r["batch"] for r in ledger(after[2024]).values()} - {r["batch"] for r in ledger(before[2024]).values()} == {
        mended.id
    }

    was, now = totals(before[2024]), totals(after[2024])
    assert was.keys() == now.keys()
    touched = {key for key in was if was[key] != now[key]}
    month = f"{new_record['start']:%Y-%m}"
    assert {(key[0], key[TOTAL_KEYS.index("month")]) for key in touched} == {
        ("mobile-combustion.petrol.direct", month),
        ("mobile-combustion.petrol.upstream", month),
    }
    check_totals(after[2024])


# -- one digit of a factor


def with_own_list(workspace: Workspace, change: tuple[str, str, str] | None = None) -> Workspace:
    """Keep a copy of the 2026 list under a next edition's name, with at most one value changed, and pin it."""
    shipped = shipped_libraries()[LIST_2026]
    papers = shipped.papers.model_copy(update={"id": OWN_LIST})
    factors = list(shipped.factors.values())
    if change is not None:
        name, field, value = change
        (at,) = (n for n, factor in enumerate(factors) if factor.name == name)
        factors[at] = Factor.model_validate({**factors[at].model_dump(), field: Decimal(value)})
    store_library(workspace, build_library(papers, [(Location(), factor) for factor in factors]))
    pin(workspace, library=OWN_LIST)
    return workspace


def test_the_same_list_under_another_name_changes_names_only(example: Workspace, copy: Copy) -> None:
    found = run(with_own_list(copy(example)), 2024)
    old, new = ledger(example.find_run("2024")), ledger(found)
    columns = changed(old, new)
    assert all(names == {"factor", "decision"} for names in columns.values())
    by_definition = {key for key, row in old.items() if row["factor"] is None}
    assert columns.keys() == old.keys() - by_definition
    assert by_definition


@pytest.mark.parametrize(
    ("change", "flows", "column"),
    [
        ((PETROL, "direct", "2.138"), {"direct", "rounding"}, "co2e"),
        ((DIESEL, "upstream", "0.789"), {"upstream", "rounding"}, "co2e"),
        ((PETROL, "biogenic", "0.148"), {"direct"}, "biogenic_co2"),
        ((DIESEL, "energy_mj", "35.8"), {"direct"}, "energy_j"),
    ],
)
def test_one_digit_of_a_factor_changes_its_rows_only(
    example: Workspace, copy: Copy, change: tuple[str, str, str], flows: set[str], column: str
) -> None:
    # Both sides pin a list of the same name, so that names and decisions are equal and every column can be compared.
    before, after = (run(with_own_list(copy(example), value), 2024) for value in (None, change))
    old, new = ledger(before), ledger(after)
    fuel = {PETROL: "petrol-e10", DIESEL: "diesel-b7"}[change[0]]
    batches = {b.id: b for b in example.active_batches()}
    records = {
        record["record_id"]
        for batch in batches.values()
        for record in batch.records().to_pylist()
        if f'"fuel":"{fuel}"' in record["attributes"].replace(" ", "") and record["start"].year == 2024
    }
    found = changed(old, new)
    assert {key[0] for key in found} == records
    assert {key[2] for key in found} == flows
    assert len(found) == len(records) * len(flows)
    amounts = {"co2e": {"co2e", "unsplit"}}.get(column, {column})
    assert all(columns in ({"*"}, amounts) for columns in found.values())
    was, now = totals(before), totals(after)
    accounts = {key[0] for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    assert accounts == {(old.get(key) or new[key])["account"] for key in found}
    check_totals(after)
    unlike = {key for key in before.result if before.result[key] != after.result[key]}
    assert unlike <= {"rows", "plan_content", "ledger_content", "totals_content"}


# -- one pin


def test_a_pin_for_one_year_leaves_the_others_as_they_are(example: Workspace, copy: Copy) -> None:
    workspace = with_own_list_unpinned(copy(example))
    before = {year: workspace.find_run(str(year)) for year in YEARS}
    pin(workspace, (2024,), OWN_LIST)
    after = {year: run(workspace, year) for year in YEARS}
    for year in (2022, 2023):
        # The plan alone differs: it names the new list among the candidates that were not chosen.
        assert without_plan(after[year]) == without_plan(before[year])
    columns = changed(ledger(before[2024]), ledger(after[2024]))
    assert {name for names in columns.values() for name in names} == {"factor", "decision"}


def with_own_list_unpinned(workspace: Workspace) -> Workspace:
    """Keep the copied list and leave the pins as they are."""
    shipped = shipped_libraries()[LIST_2026]
    papers = shipped.papers.model_copy(update={"id": OWN_LIST})
    store_library(workspace, build_library(papers, [(Location(), f) for f in shipped.factors.values()]))
    return workspace


def test_a_pin_for_one_type_touches_that_type_only(example: Workspace, copy: Copy) -> None:
    workspace = with_own_list_unpinned(copy(example))
    workspace.decide(Pin(library=OWN_LIST, years=(2024,), activity_types=("travel-rail",), **BY))
    old, new = ledger(example.find_run("2024")), ledger(run(workspace, 2024))
    columns = changed(old, new)
    assert columns.keys() == {key for key, row in old.items() if row["activity_type"] == "travel-rail"}
    assert {name for names in columns.values() for name in names} == {"factor", "decision"}


def test_without_its_pin_a_year_posts_nothing_that_needs_a_factor(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    before = workspace.find_run("2024")
    (recorded,) = (r for r in workspace.decisions.in_force() if isinstance(r.decision, Pin))
    workspace.decide(Revoke(decision=recorded.id, **BY))
    after = run(workspace, 2024)
    old, new = ledger(before, "plan_key"), ledger(after, "plan_key")
    assert new == {key: row for key, row in old.items() if row["factor"] is None}
    unmatched = after.table("unmatched").to_pylist()
    assert {row["code"] for row in unmatched} == {"factor_year_missing"}
    assert {row["record_id"] for row in unmatched} == {key[0] for key, row in old.items() if row["factor"]}
    # Leaving the pins aside for one run says the same of the ledger.
    aside = run(copy(example), 2024, lists="own-year")
    assert aside.result["ledger_content"] == after.result["ledger_content"]


def test_an_override_touches_what_it_names_only(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    diesel = next(f.id for f in shipped_libraries()[LIST_2026].factors.values() if f.name == DIESEL)
    chosen = Override(
        activity_type="fuel-vehicle",
        attributes={"fuel": "hvo100"},
        years=(2024,),
        library=LIST_2026,
        factor=diesel,
        **BY,
    )
    recorded = workspace.decide(chosen)
    before = example.find_run("2024")
    old, new = ledger(before, "plan_key"), ledger(run(workspace, 2024), "plan_key")
    columns = changed(old, new)
    assert {(old.get(key) or new[key])["account"].rpartition(".")[0] for key in columns} == {
        "mobile-combustion.biodiesel"
    }
    assert {new[key]["decision"] for key in columns if key in new} == {recorded.content}


# -- a run is a function


def test_two_workspaces_with_equal_inputs_give_equal_runs(example: Workspace, tmp_path: Path) -> None:
    other = build_example(tmp_path / "other")
    assert [r.id for r in other.runs()] == [r.id for r in example.runs()]
    for one, two in zip(example.runs(), other.runs(), strict=True):
        assert one.result == two.result
        assert content_hash(one.table("ledger")) == content_hash(two.table("ledger")) == one.result["ledger_content"]


def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    files = {
        "tankpas-2023.csv": read_example("tankpas-2023.csv"),
        "laadpas.csv": read_example("laadpas.csv"),
        "gas-per-vestiging.csv": read_example("gas-per-vestiging.csv"),
    }
    found = []
    for name, order in (("one", list(files)), ("two", list(reversed(files)))):
        workspace = create(tmp_path / name)
        for file in order:
            take_in(workspace, file, files[file])
        pin(workspace)
        found.append(run(workspace, 2023))
    assert found[0].id == found[1].id
    assert found[0].result == found[1].result
    assert found[0].result["rows"] > 4000


def test_an_equal_run_is_not_stored_twice(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    assert run(workspace, 2024).made == first.made
    assert len(workspace.runs()) == 1


def test_a_record_over_new_year_is_split_without_loss(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    years = [run(workspace, year).table("ledger").to_pylist() for year in (2023, 2024)]
    gas = [row for rows in years for row in rows if row["activity_type"] == "natural-gas" and row["stage"] == "direct"]
    assert [row["part"] for row in gas] == [1, 2]
    assert sum(row["quantity"] for row in gas) == 1550
    assert [row["quantity"] for row in gas] == [Decimal("779.234973"), Decimal("770.765027")]
    assert [(str(row["start"]), str(row["end"])) for row in gas] == [
        ("2023-07-01", "2023-12-31"),
        ("2024-01-01", "2024-06-30"),
    ]
