"""A starting profile settles nothing that the file does not: decimal sign, which column, what is left empty."""

import pytest

from trede.intake import Starter, inspect_file, load_profile, starter_profile
from trede.kernel.errors import CatalogueError


def draft(*lines: str) -> Starter:
    return starter_profile(inspect_file("\r\n".join(lines).encode(), "export.csv"))


def test_amounts_of_money_do_not_settle_the_decimal_sign_of_the_quantity() -> None:
    mixed = draft("Datum;kWh;Kosten", "14-01-2024;22.451;9,87", "15-01-2024;41.002;12,10")
    assert mixed.unsure == ("kWh",)
    assert "\ndecimal" not in mixed.text
    own = draft("Datum;kWh;Kosten", "14-01-2024;22,451;9,87", "15-01-2024;41,5;12,10")
    assert own.unsure == ()
    assert 'decimal = ","' in own.text


def test_of_several_quantities_none_is_taken() -> None:
    power = draft(
        "Datum;Verbruik normaal (kWh);Verbruik dal (kWh);Totaal (kWh)",
        "14-01-2024;12,5;7,5;20,0",
    )
    assert power.rivals == ("Verbruik normaal (kWh)", "Verbruik dal (kWh)", "Totaal (kWh)")
    assert "quantity" not in power.guesses
    assert '# "Totaal (kWh)"' in power.text
    assert 'unit = "kWh"' in power.text
    both = draft("Datum;Gas (m3);Stroom (kWh)", "14-01-2024;12,5;7,5")
    assert 'unit = ""' in both.text


def test_a_price_per_unit_is_no_quantity() -> None:
    fills = draft("Datum;Prijs per liter;Aantal liters", "14-01-2024;1,789;61,32")
    assert fills.guesses["quantity"] == "Aantal liters"
    assert fills.rivals == ()
    assert fills.unused == ("Prijs per liter",)


def test_names_of_travellers_are_personal() -> None:
    trips = draft("Datum rit;Naam reiziger;Km", "14-01-2024;Jansen;61,3")
    assert trips.guesses == {"date": "Datum rit", "person": "Naam reiziger", "quantity": "Km"}
    assert "personal = true" in trips.text


def test_lines_left_open_are_named_with_what_may_stand_there() -> None:
    text = draft("Wanneer;Hoeveel", "14-01-2024;61,3").text
    with pytest.raises(CatalogueError) as error:
        load_profile(text.encode(), "draft.toml")
    found = {(issue.code, issue.location.column) for issue in error.value.issues}
    assert found == {
        ("profile_line_empty", "columns.quantity.header"),
        ("activity_type_empty", "constants.activity_type"),
        ("profile_line_empty", "constants.unit"),
        ("profile_line_empty", "constants.year"),
    }
    (kind,) = (issue for issue in error.value.issues if issue.code == "activity_type_empty")
    assert "fuel-vehicle" in kind.values["allowed"]  # type: ignore[operator]
