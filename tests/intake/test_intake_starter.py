"""A starting profile settles nothing that the file does not: decimal sign, which column, what is left empty."""

import pytest

from trede.intake import Starter, inspect_file, load_profile, stage, starter_profile
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


def test_meter_numbers_days_of_recording_and_readings_are_known() -> None:
    readings = draft("Meternummer;Opnamedatum;Stand", "4521;01-01-2024;10200", "4521;31-01-2024;10711")
    assert readings.guesses == {"meter": "Meternummer", "date": "Opnamedatum", "meter_reading": "Stand"}
    assert readings.shape == "readings"


CHARGES = (
    "Start;Eind;Naam;Kenteken;Pasnummer;Laadpunt;Energy;Kosten",
    "13-01-2024 09:00;13-01-2024 12:11;J. Jansen;AB-123-C;NL-001;EVB-1;2.246 kWh;1,20",
    "14-01-2024 09:00;14-01-2024 10:00;P. Puk;AB-124-C;NL-002;EVB-1;12.4 kWh;3,10",
)


def test_a_unit_behind_every_number_tells_the_unit() -> None:
    charges = draft(*CHARGES)
    assert charges.guesses["quantity"] == "Energy"
    assert 'unit = "kWh"' in charges.text
    mixed = draft("Datum;Waarde", "14-01-2024;12,5 kWh", "15-01-2024;12,5 MWh")
    assert "quantity" not in mixed.guesses
    priced = draft("Datum;Kosten", "14-01-2024;12,5 EUR", "15-01-2024;12,5 EUR")
    assert "quantity" not in priced.guesses


def test_what_a_charging_card_says_of_people_becomes_codes() -> None:
    charges = draft(*CHARGES)
    personal = {"person": "Naam", "vehicle": "Kenteken", "custom.pasnummer": "Pasnummer"}
    assert personal.items() <= charges.guesses.items()
    assert charges.text.count("personal = true") == 3
    assert charges.unused == ("Laadpunt", "Kosten")
    chosen = 'activity_type = "electricity-vehicle"\ncontrol = "controlled"\nplace = "public"'
    text = charges.text.replace('activity_type = ""', chosen).replace("[file]", '[file]\ndecimal = "."')
    text = text.replace('header = "Energy"', 'header = "Energy"\nbetween = ["0", "99"]')
    data = "\r\n".join(CHARGES).encode()
    staging = stage(data, "export.csv", load_profile(text.encode(), "draft.toml"), key=b"k" * 32)
    assert [str(quantity.normalize()) for quantity in staging.records["quantity"].to_pylist()] == ["2.246", "12.4"]
    stored = str((staging.records.to_pylist(), staging.rows.to_pylist()))
    assert not [plain for plain in ("Jansen", "AB-123-C", "NL-001") if plain in stored]


@pytest.mark.parametrize("join", [" - ", " t/m ", " – "])
def test_ranges_of_dates_are_the_period_and_tell_how_dates_are_written(join: str) -> None:
    lines = [
        "Factuurdatum;Periode;Verbruik (kWh)",
        f"05-02-2024;01-01-2024{join}31-01-2024;1.234,5",
        f"05-03-2024;01-02-2024{join}29-02-2024;1.100,25",
    ]
    bill = draft(*lines)
    assert bill.guesses == {"period": "Periode", "quantity": "Verbruik (kWh)"}
    assert 'dates = "dd-mm-yyyy"' in bill.text
    text = bill.text.replace('activity_type = ""', 'activity_type = "electricity"')
    staging = stage("\r\n".join(lines).encode(), "export.csv", load_profile(text.encode(), "d.toml"), key=b"k" * 32)
    days = [(r["start"].isoformat(), r["end"].isoformat()) for r in staging.records.to_pylist()]
    assert days == [("2024-01-01", "2024-01-31"), ("2024-02-01", "2024-02-29")]


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


def filled_in(text: str, **lines: str) -> str:
    for name, value in lines.items():
        assert f'{name} = ""' in text
        text = text.replace(f'{name} = ""', f'{name} = "{value}"')
    return text


def test_a_cross_tab_is_recognised_and_its_draft_reads_it() -> None:
    lines = (
        "Overzicht 2024;;;;;;",
        "EAN;Opmerkingen;jan (kWh);feb (kWh);mrt (kWh);Totaal;Kleur",
        "1;a;1,5;2,5;3,5;7,5;rood",
        "2;b;1,0;2,0;3,0;6,0;rood",
        "Totaal;;2,5;4,5;6,5;13,5;",
    )
    found = draft(*lines)
    assert (found.shape, found.unused) == ("crosstab", ("Kleur",))
    assert 'year = "2024"  # "Overzicht 2024"' in found.text
    text = filled_in(found.text, activity_type="electricity")
    staging = stage("\n".join(lines).encode(), "export.csv", load_profile(text.encode(), "draft.toml"), key=b"k")
    assert [f"{q.normalize():f}" for q in staging.records["quantity"].to_pylist()] == [
        "1.5",
        "2.5",
        "3.5",
        "1",
        "2",
        "3",
    ]
    assert {control.status for control in staging.controls} == {"agrees"}
    assert (len(staging.controls), staging.issues) == (6, ())


def test_a_cross_tab_with_numbers_as_headings_and_quarters_beside_months() -> None:
    years = draft("Locatie;2022;2023;2024", "Utrecht;1,5;2,5;3,5", "Arnhem;1,5;2,5;3,5")
    assert years.shape == "crosstab"
    assert "year =" not in years.text
    quarters = draft("Meter;jan;feb;mrt;Q1;Jaar totaal", "1;1,5;2,5;3,5;7,5;7,5")
    assert 'aside = ["Q1", "Jaar totaal"]' in quarters.text


def test_a_row_of_figures_is_no_row_of_headings() -> None:
    plain = draft("Locatie;a;b;c", "Utrecht;1;2;3", "Arnhem;4;5;6")
    assert plain.shape is None


def test_years_above_months_ask_for_both_rows() -> None:
    found = draft(";2023;;2024;", "Meter;nov;dec;nov;dec", "1;1,5;2,5;3,5;4,5")
    assert "heading_rows = 2" in found.text
    assert "header_row = 2" in found.text


def test_meter_readings_are_recognised_and_ask_when_they_were_taken() -> None:
    found = draft("Meternummer;Datum;Stand", "A;14-01-2024;100,5", "A;15-02-2024;140,5")
    assert found.shape == "readings"
    text = filled_in(found.text, activity_type="electricity", unit="kWh")
    with pytest.raises(CatalogueError) as error:
        load_profile(text.encode(), "draft.toml")
    assert [issue.code for issue in error.value.issues] == ["readings_taken_empty"]
    profile = load_profile(filled_in(text, taken="end-of-day").encode(), "draft.toml")
    assert profile.readings is not None
    beside = draft("Meter;Datum;Stand;Verbruik", "A;14-01-2024;100,5;40,0")
    assert (beside.shape, beside.unused) == (None, ("Stand",))


def test_numbers_of_documents_that_occur_once_are_unique() -> None:
    once = draft("Datum;Bonnummer;Liters", "14-01-2024;B1;61,3", "15-01-2024;B2;50,1")
    assert '[unique]\nfields = ["document"]' in once.text
    twice = draft("Datum;Bonnummer;Liters", "14-01-2024;B1;61,3", "15-01-2024;B1;50,1")
    assert "[unique]" not in twice.text


def test_subtotals_are_declared_as_such() -> None:
    found = draft("Datum;kWh", "14-01-2024;1,5", "Subtotaal;1,5", "Totaal;1,5")
    assert 'starts_with = "Subtotaal"\nscope = "block"' in found.text
    assert 'starts_with = "Totaal"\n' in found.text


@pytest.mark.parametrize("heading", ["Stand kWh", "Stand (kWh)", "Meterstand in kWh", "Reading kWh"])
def test_a_reading_with_its_unit_is_no_quantity(heading: str) -> None:
    readings = draft(f"Meter;Datum;{heading}", "4521;01-01-2024;99800", "4521;31-01-2024;00511")
    assert readings.guesses["meter_reading"] == heading
    assert readings.shape == "readings"
    assert 'unit = "kWh"' in readings.text


def test_first_and_last_days_and_weights_are_known() -> None:
    bill = draft("Periode van;Periode t/m;Verbruik (GJ)", "01-01-2024;31-01-2024;12,5")
    assert bill.guesses == {"start": "Periode van", "end": "Periode t/m", "quantity": "Verbruik (GJ)"}
    assert 'unit = "GJ"' in bill.text
    waste = draft("Datum ophaling;Gewicht (kg);Uitstoot (kg)", "14-01-2024;412;8,2")
    assert waste.guesses == {"date": "Datum ophaling", "quantity": "Gewicht (kg)"}
    assert 'unit = "kg"' in waste.text
