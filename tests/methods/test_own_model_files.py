"""Files of own calculation models: what is read, what is refused, and where each fault stands. Hostile files among them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from own_models import BIKES, changed
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue
from trede.methods.known import shipped
from trede.methods.own import OwnModel, read_model
from trede.methods.own_file import MAX_BYTES, MOST_LEGS

POWER = "quantity * ride * 0.025 [kWh/km]"


def read(data: bytes) -> OwnModel:
    base = shipped()
    return read_model(data, "bikes.toml", 1, base.vocabulary, base.methods)


def faults(data: bytes) -> list[Issue]:
    with pytest.raises(CatalogueError) as caught:
        read(data)
    return list(caught.value.issues)


def the_fault(data: bytes) -> Issue:
    (issue,) = faults(data)
    return issue


def test_a_model_is_a_type_and_a_method() -> None:
    model = read(BIKES.encode())
    assert (model.id, model.type, model.method.ref) == ("delivery-bikes", "own:delivery-bikes", "own:delivery-bikes@1")
    assert model.activity.kind == "number"
    assert [(posted.leg, posted.type) for posted in model.activity.posts] == [
        ("power", "electricity-vehicle"), ("bags", "reported-emissions"),
    ]  # fmt: skip
    assert [leg.gives for leg in model.method.leg] == ["kWh", "kgCO2e"]
    assert set(model.activity.inputs) == {"ride", "custom.bags"}


def place_in_formula(formula: str, sign: int) -> tuple[int, int]:
    """Return line and column of a sign (from 1) of the first leg's formula in the file."""
    lines = changed((POWER, formula)).decode().split("\n")
    row = next(n for n, line in enumerate(lines, start=1) if line == f'formula = "{formula}"')
    return row, len('formula = "') + sign


@pytest.mark.parametrize(
    ("formula", "code", "sign"),
    [
        ("quantity * ride * * 2", "model_value_expected", 19),
        ("quantity ride", "model_sign_expected", 10),
        ("quantity * (ride", "model_sign_expected", 17),
        ("quantity *", "model_value_expected", 11),
        ("  quantity * rides", "model_name_unknown", 14),
        ("quantity * ride; DROP TABLE ledger", "model_sign_expected", 16),
        ("quantity * __import__('os')", "model_value_expected", 23),
        ("quantity * (SELECT 1)", "model_sign_expected", 20),
        ("quantity * 'a'", "model_value_expected", 12),
        ("quantity * ride ^ 2", "model_sign_expected", 17),
        ("quantity * min(ride)", "model_sign_expected", 20),
        ("quantity * distance * 0.025 [kWh/km]", "model_name_unknown", 12),
        ("quantity * ride * 0.025 [kWh/km] + ledger.co2e", "model_name_unknown", 36),
        ("quantity * (ride + 0.025 [kWh/km])", "model_dimensions", 18),
        ("quantity * if(ride > 3, ride, ride) * 0.025 [kWh/km]", "model_dimensions", 20),
        ("quantity * if(ride, ride, ride) * 0.025 [kWh/km]", "model_dimensions", 12),
        ("quantity * ride", "model_leg_gives", 1),
        ("quantity * ride * 0.09 [MJ/km]", "model_leg_gives", 1),
    ],
)
def test_a_fault_in_a_formula_has_its_line_and_column(formula: str, code: str, sign: int) -> None:
    (issue,) = [issue for issue in faults(changed((POWER, formula))) if issue.code != "model_unused"]
    assert issue.code == code
    assert (issue.location.file, issue.location.row, issue.location.place) == (
        "bikes.toml",
        *place_in_formula(formula, sign),
    )
    assert issue.values["formula"] == formula.strip()


def test_what_was_found_is_told() -> None:
    values = the_fault(changed((POWER, POWER + " ?? 3"))).values
    assert (values["found"], values["position"]) == ("?? 3", len(POWER) + 2)
    found = [i for i in faults(changed((POWER, POWER.replace("ride", "rides")))) if i.code == "model_name_unknown"]
    assert found[0].values["closest"] == ["ride"]


@pytest.mark.parametrize(
    "formula",
    [
        "ride * 0.025 [kWh/km] * 3 [n]",
        POWER + " + 5 [kWh]",
        "quantity * quantity * ride * 0.025 [kWh/km·n]",
        "1 [n·n] / quantity * ride * 0.025 [kWh/km]",
        "max(quantity * ride, quantity * ride) * 0.025 [kWh/km]",
    ],
)
def test_a_formula_that_is_not_proportional_is_refused(formula: str) -> None:
    codes = {issue.code for issue in faults(changed((POWER, formula)))}
    assert "model_not_proportional" in codes
    assert codes <= {"model_not_proportional", "model_leg_gives"}


HOSTILE: dict[str, Callable[[], str]] = {
    "brackets": lambda: "(" * 500 + "quantity" + ")" * 500,
    "signs": lambda: "-" * 1000 + "quantity",
    "terms": lambda: " + ".join(["quantity"] * 400),
    "length": lambda: "quantity * " + "9" * 5000,
    "calls": lambda: "min(quantity, " * 60 + "quantity" + ")" * 60,
}


@pytest.mark.parametrize("way", HOSTILE)
def test_depth_and_size_are_limited(way: str) -> None:
    before = time.process_time()
    issues = [issue for issue in faults(changed((POWER, HOSTILE[way]()))) if issue.code != "model_unused"]
    assert [issue.code for issue in issues] == ["formula_too_large"]
    assert len(str(issues[0].values["formula"])) <= 200
    assert time.process_time() - before < 5


def test_a_huge_number_is_exact_and_harmless() -> None:
    model = read(changed(("0.025 [kWh/km]", "9" * 300 + " [kWh/km]")))
    assert model.method.leg[0].formula.count("9") == 300


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('id = "delivery-bikes"', 'id = "../../etc"', "field_invalid"),
        ('id = "delivery-bikes"', 'id = "own:bikes"', "field_invalid"),
        ('id = "delivery-bikes"', 'id = ""', "field_invalid"),
        ('id = "delivery-bikes"', 'id = "delivery-bikes"\nrun = "rm"', "field_invalid"),
        ("[inputs.ride]", "[inputs.\"ride; DROP TABLE record\"]", "field_invalid"),
        ('en = "Ride per order"', 'en = ""', "model_name_unfit"),
        ('en = "Ride per order"', 'en = "Ride\\u0007"', "model_name_unfit"),
        ("[quantity]", '[applies]\ncountries = ["NL", "XX"]\n[quantity]', "country_unknown"),
        ("[quantity]", "[applies]\nvalid_from = 2026-01-01\nvalid_to = 2025-01-01\n[quantity]", "field_invalid"),
        ('kind = "number"', 'kind = "wishes"', "model_kind_unknown"),
        ('unit = "n"\n\n', 'unit = "order"\n\n', "model_unit_unknown"),
        ('unit = "km/n"', 'unit = "km//n"', "model_unit_unreadable"),
        ("at_most = 100", "at_most = 100\nkind = \"vehicle-distance\"", "model_unit_unknown"),
        ('counts_as = "electricity-vehicle"', 'counts_as = "own:other"', "model_counts_as_unknown"),
        ('counts_as = "electricity-vehicle"', 'counts_as = "own:delivery-bikes"', "model_counts_as_unknown"),
        ('counts_as = "electricity-vehicle"', 'counts_as = "freight-shipment"', "model_counts_as_unknown"),
        ('counts_as = "electricity-vehicle"', 'counts_as = "spend"', "model_counts_as_unknown"),
        ('place = "office"', 'place = "moon"', "model_attribute_value"),
        ('place = "office"', 'place = "@where"', "model_attribute_unknown"),
        (', place = "office"', "", "model_attribute_missing"),
        ('place = "office" }', 'place = "office" }\ngroup = "no.such"', "model_group_unknown"),
        ('id = "bags"', 'id = "power"', "model_leg_twice"),
        ("[inputs.custom.bags]", '[inputs.distance]\nname = { nl = "a", en = "a" }\n[inputs.custom.bags]', "model_unused"),
        ('inputs = { ride = "3.5"', 'inputs = { ride = "350"', "model_figure_out_of_bounds"),
        ('inputs = { ride = "3.5"', 'inputs = { ride = "a lot"', "model_figure_out_of_bounds"),
        ('inputs = { ride = "3.5"', 'inputs = { ride = "1e-999999"', "model_figure_out_of_bounds"),
        ('inputs = { ride = "3.5", ', "inputs = { ", "model_figure_out_of_bounds"),
        (POWER, "quantity * ride * 0.025 [kWh/km] / (ride - ride) * ride", "model_sample_undefined"),
        ('unit = "kWh"\ncounts', 'requires = ["ride"]\nunit = "kWh"\ncounts', "model_no_comparison"),
        ("[quantity]", "[quantity", "toml_unreadable"),
        ("[sample]", "x = " + "[" * 20_000 + "]" * 20_000 + "\n[sample]", "toml_unreadable"),
        ('quantity = "120"', "quantity = " + "9" * 5_000, "toml_unreadable"),
        ("above = 0", "above = 1e400", "field_invalid"),
        ("[sample]", "# " + "x" * MAX_BYTES + "\n[sample]", "model_too_large"),
    ],
)  # fmt: skip
def test_what_is_refused(old: str, new: str, code: str) -> None:
    data = changed((old, new))
    issues = faults(data)
    assert code in {issue.code for issue in issues}
    for issue in issues:
        assert issue.location.file == "bikes.toml"
        if code not in ("toml_unreadable", "model_too_large"):
            assert issue.location.row is not None
            assert 1 <= issue.location.row <= data.decode().count("\n") + 1


@pytest.mark.parametrize("name", ["quantity", "unit", "site", "note", "days", "min", "place", "distance.km", "fuel"])
def test_a_name_means_one_thing(name: str) -> None:
    data = changed(("[inputs.ride]", f'[inputs."{name}"]'), ("* ride *", f"* {name} *"), ("{ ride =", f'{{ "{name}" ='))
    assert {issue.code for issue in faults(data)} & {"model_input_taken", "field_invalid"}


def test_the_number_of_legs_is_limited() -> None:
    leg = '[[leg]]\nid = "{}"\nformula = "quantity * 1 [kgCO2e/n]"\nunit = "kgCO2e"\ncounts_as = "reported-emissions"\n'
    legs = "".join(leg.format(f"more{n}") + 'attributes = { category = "1" }\n' for n in range(MOST_LEGS))
    assert {issue.code for issue in faults(changed(("[sample]", legs + "[sample]")))} == {"field_invalid"}


def test_every_fault_is_told_at_once() -> None:
    data = changed(
        ("ride * 0.025", "rides * 0.025"), ('category = "1"', 'category = "16"'), ('id = "bags"', 'id = "power"')
    )
    issues = faults(data)
    assert {issue.code for issue in issues} == {
        "model_name_unknown", "model_attribute_value", "model_leg_twice", "model_unused",
    }  # fmt: skip
    rows = [issue.location.row for issue in issues]
    assert None not in rows


def test_attributes_choose_a_leg() -> None:
    data = changed(
        ("[[leg]]\nid = \"power\"", '[attributes.bike]\nname = { nl = "Fiets", en = "Bike" }\nvalues = ["electric", "plain"]\n'
         'default = "plain"\n\n[[leg]]\nid = "power"'),
        ('place = "office" }', 'place = "office" }\nwhen = { bike = ["electric"] }'),
    )  # fmt: skip
    model = read(data)
    assert model.activity.posts[0].when == {"bike": ("electric",)}
    wrong = changed(('when = { bike = ["electric"] }', 'when = { bike = ["flying"] }'), text=data.decode())
    assert the_fault(wrong).code == "model_attribute_value"
    asked = read(
        changed(
            ('default = "plain"\n', ""), ("[sample]", '[sample]\nattributes = { bike = "plain" }'), text=data.decode()
        )
    )
    assert asked.asks() != model.asks()


@pytest.mark.parametrize("ride", ["9e999999", "1e-999999", "9e61"])
def test_a_figure_of_the_sample_that_no_file_could_give_is_refused(ride: str) -> None:
    """Multiplied it would be larger than a number can be."""
    issue = the_fault(changed(("at_most = 100\n", ""), ('ride = "3.5"', f'ride = "{ride}"')))
    assert (issue.code, dict(issue.params)["value"]) == ("model_figure_out_of_bounds", ride)
