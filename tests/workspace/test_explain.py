"""From the scope 1 total to the cell of a fuel card in four steps, each adding up exactly to the figure before it."""

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from trede.catalogue.standards import Standard, find_standard, standards
from trede.engine.runs import Run
from trede.inventory.footprint import footprint
from trede.kernel.addresses import letter
from trede.kernel.errors import TredeError
from trede.trace.breakdown import LIST, Rung, explain_account, explain_heading, explain_period, explain_total
from trede.trace.record import RecordTrail, explain_record
from trede.workspace import Workspace
from workspaces import EXAMPLE, Copy, held_rows, read_example, run

PETROL = "mobile-combustion.petrol.direct"


@pytest.fixture(scope="module")
def year(example: Workspace) -> Run:
    return example.find_run("2024")


@pytest.fixture(scope="module")
def ghg() -> Standard:
    return find_standard("ghg")


def trail(workspace: Workspace, found: Run, ident: str) -> RecordTrail:
    batches = {b["id"]: workspace.batch_store.get(b["id"]) for b in found.spec["batches"]}
    return explain_record(found, ident, batches)


def check(rung: Rung, figure: int) -> None:
    """A rung is the figure before it, and its parts add up to it."""
    assert rung.mg == figure
    assert sum(part.mg for part in rung.parts) == figure


def original(name: str, encoding: str, delimiter: str) -> list[list[str]]:
    """Return the cells of an example file, read by nothing but Python's own csv module."""
    return list(csv.reader(io.StringIO(read_example(name).decode(encoding), newline=""), delimiter=delimiter))


def test_four_steps_from_scope_1_to_the_cell(example: Workspace, year: Run, ghg: Standard) -> None:
    total = explain_total(year, "2024", ghg, "location")
    check(total, footprint(year.table("totals"), ghg, "location").total)
    scope_1 = next(part for part in total.parts if part.name == "scope-1")

    heading = explain_heading(year, "2024", ghg, "location", scope_1.name)
    check(heading, scope_1.mg)
    account = next(part for part in heading.parts if part.name == PETROL)

    months = explain_account(year, "2024", ghg, "location", "scope-1", account.name)
    check(months, account.mg)
    assert sum(part.rows for part in months.parts) == account.rows
    month = next(part for part in months.parts if part.name == "2024-03")

    records = explain_period(year, "2024", ghg, "location", "scope-1", PETROL, month.name)
    check(records, month.mg)
    assert sum(part.rows for part in records.parts) == month.rows
    first = records.parts[0]

    assert [part.address for part in (scope_1, account, month, first)] == [
        "2024/ghg:location/scope-1",
        f"2024/ghg:location/scope-1/{PETROL}",
        f"2024/ghg:location/scope-1/{PETROL}/2024-03",
        f"2024/{first.name}",
    ]
    last = trail(example, year, first.name)
    posting = next(p for p in last.postings if p.row["account"] == PETROL)
    assert posting.row["co2e"] == first.mg

    cells = original("tankpas-2024-verbeterd.csv", "cp1252", ";")
    header, row = cells[0], cells[last.record["row"] - 1]
    assert last.batch.file_name == "tankpas-2024-verbeterd.csv"
    places = {cell.field: header.index(cell.heading or "") for cell in last.cells}
    personal = {"vehicle", "person", "custom.card"}
    for cell in last.cells:
        assert cell.letter == letter(places[cell.field])
        if cell.field in personal:
            assert cell.text != row[places[cell.field]]
        else:
            assert cell.text == row[places[cell.field]], cell.field
    litres = next(cell for cell in last.cells if cell.field == "quantity")
    assert (litres.heading, litres.letter) == ("Liters", "I")
    assert Decimal((litres.text or "").replace(",", ".")) == last.record["quantity"]


def test_every_formula_recomputes_to_what_was_posted(example: Workspace, year: Run) -> None:
    """One record of every account, worked out again from the stored numbers; shown figures are the ones calculated."""
    rows = {row["account"]: row for row in year.table("ledger").to_pylist()}
    assert len(rows) > 15
    for account, row in rows.items():
        found = trail(example, year, row["record_id"])
        assert {p.row["co2e"] - p.exact_mg for p in found.postings} <= {-1, 0, 1}
        posting = next(p for p in found.postings if p.row["account"] == account and p.row["basis"] == row["basis"])
        assert posting.row["co2e"] == posting.exact_mg
        shown = posting.working(lambda value: format(value, "f"))
        assert format(row["quantity"], "f") in shown
        assert arithmetic(shown) == posting.exact_kg
        assert posting.plan["plan_key"] == row["plan_key"]
        assert posting.reason["why"] == ("pin" if row["factor"] else "by-definition")


def arithmetic(shown: str) -> Decimal:
    """Work a shown formula out with products before differences: `2 l × 3 kg/l − 2 l × 1 kg/l`."""
    result, sign = Decimal(0), 1
    for term in shown.replace("−", "\n−\n").split("\n"):
        if term.strip() == "−":
            sign = -1
            continue
        product = Decimal(1)
        for factor in term.split("×"):
            product *= Decimal(factor.split()[0])
        result += sign * product
    return result


@pytest.mark.parametrize("name", list(standards()))
def test_every_path_of_every_standard_adds_up(year: Run, name: str) -> None:
    standard = find_standard(name)
    for basis in standard.bases:
        total = explain_total(year, "2024", standard, basis)
        check(total, footprint(year.table("totals"), standard, basis).total)
        for heading in total.parts:
            second = explain_heading(year, "2024", standard, basis, heading.name)
            check(second, heading.mg)
            assert sum(part.rows for part in second.parts) == heading.rows
            for account in second.parts:
                third = explain_account(year, "2024", standard, basis, heading.name, account.name)
                check(third, account.mg)
                for month in third.parts:
                    fourth = explain_period(year, "2024", standard, basis, heading.name, account.name, month.name)
                    check(fourth, month.mg)
                    assert sum(part.rows for part in fourth.parts) == month.rows == third_rows(third, month.name)


def third_rows(rung: Rung, name: str) -> int:
    return next(part.rows for part in rung.parts if part.name == name)


def test_small_records_stand_as_one_line(year: Run, ghg: Standard) -> None:
    records = explain_period(year, "2024", ghg, "location", "scope-1", PETROL, "2024-03")
    rest = records.parts[-1]
    assert len(records.parts) == LIST + 1
    assert (rest.kind, rest.address) == ("rest", f"{records.address} --all")
    named = records.parts[:-1]
    assert [abs(part.mg) for part in named] == sorted((abs(part.mg) for part in named), reverse=True)
    rows = [
        row["co2e"]
        for row in year.table("ledger").to_pylist()
        if row["account"] == PETROL and (row["start"].year, row["start"].month) == (2024, 3)
    ]
    assert rest.rows == len(rows) - LIST
    assert rest.mg == sum(sorted(rows)[: rest.rows])


def test_a_year_stands_by_its_own_period(example: Workspace, year: Run, ghg: Standard) -> None:
    account = "purchased-electricity.buildings.direct"
    rung = explain_account(year, "2024", ghg, "location", "scope-2", account)
    whole = next(part for part in rung.parts if part.name == "2024-01-01..2024-12-31")
    records = explain_period(year, "2024", ghg, "location", "scope-2", account, whole.name)
    check(records, whole.mg)
    cells = original("verhuurder-elektriciteit.csv", "cp1252", ";")
    for part in records.parts:
        found = trail(example, year, part.name)
        quantity = next(cell for cell in found.cells if cell.field == "quantity")
        assert quantity.text == cells[found.record["row"] - 1][4]


def test_a_cell_of_the_workbook_is_named_by_its_row_and_column(example: Workspace, year: Run) -> None:
    rows = year.table("ledger").to_pylist()
    ident = next(row["record_id"] for row in rows if row["activity_type"] == "natural-gas" and row["row"] == 7)
    found = trail(example, year, ident)
    book = openpyxl.load_workbook(EXAMPLE / "files" / "aardgas-per-maand.xlsx", data_only=True)
    quantity = next(cell for cell in found.cells if cell.field == "quantity")
    assert quantity.text == str(book["Gas per maand"][f"{quantity.letter}{found.record['row']}"].value)


def test_a_part_of_a_split_record_is_explained_with_its_own_quantity(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    found = run(workspace, 2024)
    gas = next(row for row in found.table("ledger").to_pylist() if row["activity_type"] == "natural-gas")
    told = trail(workspace, found, gas["record_id"])
    assert told.record["quantity"] == 1550
    assert {p.row["quantity"] for p in told.postings} == {Decimal("770.765027")}
    assert all(p.row["co2e"] == p.exact_mg for p in told.postings)


def test_a_beginning_of_an_id_will_do(example: Workspace, year: Run) -> None:
    full = year.table("ledger")["record_id"][0].as_py()
    assert trail(example, year, full[:12]).record["record_id"] == full


def test_a_record_without_factor_is_explained_too(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    found = run(workspace, 2024, lists="own-year")
    ident = found.table("unmatched")["record_id"][0].as_py()
    told = trail(workspace, found, ident)
    assert told.postings == []
    assert told.cells


def test_what_is_not_there_is_said(example: Workspace, year: Run, ghg: Standard) -> None:
    def code(action: Any, *args: Any) -> tuple[str, dict[str, Any]]:
        with pytest.raises(TredeError) as error:
            action(*args)
        (issue,) = error.value.issues
        return issue.code, issue.values

    assert code(trail, example, year, "ffff") == ("record_unknown", {"record": "ffff", "run": year.id})
    assert code(trail, example, year, "")[0] == "record_unknown"
    many, values = code(trail, example, year, year.table("ledger")["record_id"][0].as_py()[0])
    assert many == "record_ambiguous"
    assert len(values["found"]) == 5
    assert code(explain_heading, year, "2024", ghg, "location", "scope-9")[0] == "heading_unknown"
    for wrong in ("mobile-combustion.petrol.upstream", "nonsense"):
        assert code(explain_account, year, "2024", ghg, "location", "scope-1", wrong) == (
            "account_not_under_heading",
            {"account": wrong, "heading": "scope-1"},
        )
        assert code(explain_period, year, "2024", ghg, "location", "scope-1", wrong, "2024-01")[0] == (
            "account_not_under_heading"
        )
    unknown, values = code(explain_period, year, "2024", ghg, "location", "scope-1", PETROL, "2025-01")
    assert unknown == "span_unknown"
    assert len(values["known"]) == 12
    assert code(find_standard, "iso-1")[0] == "standard_unknown"
    assert code(example.find_run, "2031")[0] == "run_unknown"


def test_held_rows_are_no_records(example: Workspace, year: Run) -> None:
    assert all(not held_rows(batch) for batch in example.active_batches())
    assert year.table("unmatched").num_rows == 0


@pytest.mark.parametrize(("index", "expected"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (702, "AAA")])
def test_letters_are_those_of_a_spreadsheet(index: int, expected: str) -> None:
    assert letter(index) == expected
