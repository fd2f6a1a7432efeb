"""Every fault of a case file is named with its file, table and key, and has a sentence in both languages."""

import ast
from pathlib import Path

import pytest
from case_samples import FILE, SMALL, changed, expecting, faults

import trede.cases
from trede.cases.folder import run_path
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue

TAIL = 'value = 81.0\nunit = "kg"'
OWN = SMALL[SMALL.index("[[factor]]") : SMALL.index("[[activity]]")]


def recording(kind: str, unit: str, inputs: str) -> str:
    """Return the case with a record of a type, with its sample's attributes, in the place of its first one."""
    sample = vocabulary()[kind].sample
    attributes = ", ".join(f'{name} = "{value}"' for name, value in (sample.attributes if sample else {}).items())
    what = f'type = "{kind}"\nattributes = {{ {attributes} }}\nquantity = 2\nunit = "{unit}"\ninputs = {{ {inputs} }}'
    first = SMALL[SMALL.index("[[activity]]") : SMALL.index("[[activity]]", SMALL.index("[[activity]]") + 1)]
    return SMALL.replace(first, f"[[activity]]\n{what}\n", 1)


def shipping(line: str) -> str:
    """Return the case with a shipment in the place of its first record."""
    first = SMALL[SMALL.index("[[activity]]") : SMALL.index("[[activity]]", SMALL.index("[[activity]]") + 1)]
    what = 'type = "freight-shipment"\nattributes = { mode = "truck-articulated" }\nquantity = 2\nunit = "t"'
    record = f"[[activity]]\n{what}\n{line}\n"
    return SMALL.replace(first, record, 1)


FUEL = 'activity = "fuel-vehicle"\nattributes = { fuel = "petrol-e10" }'
ERRORS: list[tuple[str, str, str]] = [
    ("toml_unreadable", "", changed(("years = [2026]", "years = 2026]"))),
    ("case_key_unknown", "sorce", SMALL.replace("[source]", "[sorce]\nx = 1\n[source]")),
    ("case_key_unknown", "activity[2].quantty", changed(("quantity = 20", "quantity = 20\nquantty = 20"))),
    ("case_key_unknown", "title.de", changed(('"Two fills"', '{ nl = "a", en = "b", de = "c" }'))),
    ("case_key_missing", "source.address", changed(('address = "https://example.org/"\n', ""))),
    ("case_key_missing", "expect", SMALL.partition("[[expect]]")[0]),
    ("case_key_missing", "factor[1].source", changed(('source = "by hand"\n', ""))),
    ("case_key_missing", "title.en", changed(('"Two fills"', '{ nl = "a" }'))),
    ("case_value_empty", "settings.years", changed(("years = [2026]", "years = []"))),
    ("case_value_empty", "source.publication", changed(('"by hand"', '" "'))),
    ("case_value_not_allowed", "expect[1].what", changed(('what = "heading"', 'what = "scope"'))),
    ("case_value_not_allowed", "activity[1].quality", changed(("quantity = 10", 'quantity = 10\nquality = "good"'))),
    ("case_number_wrong", "activity[1].quantity", changed(("quantity = 10", 'quantity = "1.000,5"'))),
    ("case_number_wrong", "activity[1].quantity", changed(("quantity = 10", "quantity = true"))),
    ("case_number_wrong", "factor[1].direct", changed(("direct = 2.10", "direct = nan"))),
    ("case_number_wrong", "factor[1].direct", changed(("direct = 2.10", "direct = 1e400"))),
    ("case_number_wrong", "expect[1].value", changed(("value = 81.0", "value = 1e400"))),
    ("case_number_wrong", "expect[1].value", changed(("value = 81.0", "value = 81.00000000001"))),
    ("case_number_wrong", "settings.years[1]", changed(("years = [2026]", "years = [26]"))),
    ("case_number_wrong", "expect[1].tolerance", changed((TAIL, f"{TAIL}\ntolerance = -1"))),
    ("case_date_wrong", "activity[1].date", changed(("date = 2026-03-14", 'date = "14 maart"'))),
    ("case_value_wrong", "id", changed(('id = "small"', 'id = "Klein geval"'))),
    ("case_value_wrong", "title", changed(('"Two fills"', "3"))),
    ("library_unknown", "settings.pins", changed(("years = [2026]", 'years = [2026]\npins = ["list-2026"]'))),
    ("activity_type_unknown", "activity[1].type", changed(('type = "fuel-vehicle"', 'type = "petrol"'))),
    ("activity_type_unknown", "factor[1].activity", changed(('activity = "fuel-vehicle"', 'activity = "petrol"'))),
    ("case_attribute_unknown", "activity[1].attributes", changed((', control', ', colour = "red", control'))),
    ("case_attribute_unknown", "factor[1].attributes", changed(('{ fuel =', '{ fule =')),),
    ("attribute_value_unknown", "activity[1].attributes", changed(('control = "controlled"', 'control = "mine"'))),
    ("case_attribute_missing", "activity[1].attributes", changed((', control = "controlled"', ""))),
    ("unit_not_of_type", "activity[1].unit", changed(('quantity = 10\nunit = "l"', 'quantity = 10\nunit = "kWh"'))),
    ("unit_not_of_type", "factor[1].unit", changed(('unit = "l"', 'unit = "kWh"'))),
    ("case_input_unknown", "activity[1].inputs", changed(('quantity = 10\n', 'quantity = 10\ninputs = { weight = 3 }\n'))),
    ("input_out_of_range", "activity[1].inputs", shipping("inputs = { distance = -1 }")),
    ("input_missing", "activity[1].inputs", shipping("")),
    ("part_above_whole", "activity[1].inputs", recording("freight-reported", "kgCO2e", "own_load = 3, total_load = 2")),
    ("shares_not_whole", "activity[1].inputs", recording("waste-average", "t", "share_landfilled = 0.4")),
    ("case_factor_of_legs", "factor[1].activity",
     changed((FUEL, 'activity = "freight-shipment"'))),
    ("case_slot_unknown", "factor[1].slot", changed(('unit = "l"', 'unit = "l"\nslot = "market"'))),
    ("case_quantity_unfit", "activity[1].quantity", changed(("quantity = 10", "quantity = 0.0000001"))),
    ("case_quantity_unfit", "activity[1].quantity", changed(("quantity = 10", "quantity = 1e400"))),
    ("case_negative", "activity[2].quantity", changed(("quantity = 20", "quantity = -20"))),
    ("case_credit_unknown", "activity[2].credit_of", changed(("quantity = 20", 'quantity = -20\ncredit_of = "B2"'))),
    ("case_dates", "activity[1].date", changed(("date = 2026-03-14", "date = 2026-03-14\nyear = 2026"))),
    ("case_dates", "activity[1].date", changed(("date = 2026-03-14", "start = 2026-03-14"))),
    ("case_dates", "activity[1].date", changed(("[2026]", "[2025, 2026]"), ("date = 2026-03-14\n", ""))),
    ("period_reversed", "activity[1].end", changed(("date = 2026-03-14", "start = 2026-03-14\nend = 2026-03-01"))),
    ("case_outside_years", "activity[1].date", changed(("date = 2026-03-14", "date = 2025-03-14"))),
    ("case_factor_twice", "factor[2]", SMALL.replace("[[activity]]", f"{OWN}[[activity]]", 1)),
    ("case_expect_keys", "expect[1].what", expecting('what = "heading"', 'standard = "ladder"', TAIL)),
    ("case_expect_keys", "expect[1].what", expecting('what = "energy"', 'standard = "ladder"', TAIL)),
    ("case_expect_keys", "expect[1].what", expecting('what = "account"', TAIL)),
    ("case_unit_unknown", "expect[1].unit", changed(('unit = "kg"', 'unit = "ton"'))),
    ("case_unit_unknown", "expect[1].unit", expecting('what = "energy"', TAIL)),
    ("case_account_unknown", "expect[1].account", expecting('what = "account"', 'account = "mobile-combustion.petrol"', TAIL)),
    ("standard_unknown", "expect[1].standard", changed(('"ladder"', '"leader"'))),
    ("heading_unknown", "expect[1].heading", changed(('"scope-1"', '"scope-9"'))),
    ("case_basis_missing", "expect[1].basis", changed(('"ladder"', '"ghg"'))),
    ("case_basis_missing", "expect[1].basis", changed(('"ladder"', '"ladder"\nbasis = "location"'))),
    ("factor_stages_incomplete", "factor[1].total", changed(("direct = 2.10\nupstream = 0.60\n", ""))),
    ("factor_does_not_add", "factor[1].total", changed(("direct = 2.10", "total = 3\ndirect = 2.10"))),
    ("factor_biogenic_misplaced", "factor[1].biogenic", changed(("biogenic = 0.15", "biogenic = -0.15"))),
    ("factor_energy_invalid", "factor[1].energy_mj", changed(("energy_mj = 31", "energy_mj = 0"))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "place", "text"), ERRORS, ids=lambda value: value if len(value) < 40 else "")
def test_a_fault_is_named(code: str, place: str, text: str) -> None:
    (issue,) = faults(text)
    assert (issue.code, issue.location.file, issue.location.column or "") == (code, FILE, place)
    for language in ("nl", "en"):
        sentence = Speaker(language).issue(issue)
        assert sentence.startswith(f"✗ {FILE}")
        assert all(part in sentence for part in place.split(".")), sentence


def test_all_faults_are_told_at_once() -> None:
    text = changed(
        ("quantity = 10", "quantity = 0.0000001"), ("date = 2026-03-15", "date = 2027-03-15"), ("scope-1", "x")
    )
    assert [issue.code for issue in faults(text)] == ["case_quantity_unfit", "case_outside_years", "heading_unknown"]


def test_an_account_on_two_bases_needs_one() -> None:
    power = (
        SMALL[: SMALL.index("[[factor]]")]
        + '[[activity]]\ntype = "electricity"\nquantity = 1\nunit = "kWh"\n[[expect]]\n'
    )
    for line in ('what = "energy"\nvalue = 1\nunit = "MJ"\n', 'what = "biogenic"\nvalue = 0\nunit = "kg"\n'):
        (issue,) = faults(power + line)
        assert (issue.code, issue.location.column) == ("case_basis_missing", "expect[1].basis")
        assert issue.values["allowed"] == ["location", "market"]


def test_known_keys_are_those_of_the_table() -> None:
    (issue,) = faults(changed(("years = [2026]", "years = [2026]\nyear = 2026")))
    assert issue.values["known"] == ["years", "pins", "gwp", "losses"]


def issues_of(path: Path) -> tuple[Issue, ...]:
    with pytest.raises(TredeError) as caught:
        list(run_path(path))
    return caught.value.issues


def test_a_path_that_is_not_there_or_empty(tmp_path: Path) -> None:
    assert [issue.code for issue in issues_of(tmp_path / "no.toml")] == ["file_missing"]
    (tmp_path / "folder.toml").mkdir()
    assert [issue.code for issue in issues_of(tmp_path)] == ["cases_none"]


def test_an_id_stands_once_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "a.toml").write_text(SMALL, "utf-8")
    (tmp_path / "below" / "b.toml").write_text(SMALL, "utf-8")
    first, second = run_path(tmp_path)
    assert first.holds
    assert not second.holds
    (issue,) = second.issues
    assert (second.file, issue.code, issue.values["first"]) == ("below/b.toml", "case_id_twice", "a.toml")


def test_every_error_of_the_package_is_tested() -> None:
    here = Path(trede.cases.__file__).parent
    calls = [
        node
        for path in here.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]
    codes = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("of", "error")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert codes - {code for code, _, _ in ERRORS} == {"file_missing", "cases_none", "case_id_twice"}
