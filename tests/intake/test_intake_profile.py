from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from intake_samples import HEADER, PROFILE, ROWS, csv, profile

import trede
from trede.intake import FileSettings, inspect_file, load_profile, starter_profile
from trede.kernel.errors import CatalogueError

MESSAGES = Path(trede.__file__).parent / "cli" / "messages"
INTAKE = Path(trede.__file__).parent / "intake"


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("personal = true", "personal = true\nsecret = 1", "field_invalid", "columns.vehicle.secret"),
        ("[columns.site]", "[columns.sight]", "field_unknown", "columns.sight"),
        ('unit = "l"', "", "field_missing", "columns.unit"),
        ("[columns.quantity]", "[columns.meter]", "field_missing", "columns.quantity"),
        ('unit = "l"', 'unit = "l"\nsite = "Utrecht"', "field_twice", "constants.site"),
        ("[columns.date]", "[columns.start]", "period_fields", "columns"),
        ('unit = "l"', 'unit = "l"\nyear = 2024', "period_fields", "columns"),
        ('"fuel-vehicle"', '"fuel-boat"', "activity_type_unknown", "constants.activity_type"),
        ("[columns.delivery]", "[columns.purpose]", "attribute_not_of_type", "columns.purpose"),
        ('"hvo100" }', '"hvo99" }', "attribute_value_unknown", "columns.fuel.values"),
        ('"controlled"', '"private"', "attribute_value_unknown", "constants.control"),
        ('unit = "l"', 'unit = "l"\nquality = "guess"', "quality_unknown", "constants.quality"),
        (
            'header = "Vestiging"',
            'header = "Vestiging"\npersonal = true',
            "personal_not_allowed",
            "columns.site",
        ),
        ('header = "Vestiging"', 'header = "kenteken"', "personal_mixed", "columns.site"),
        (
            'header = "Vestiging"',
            'header = "V"\nbetween = ["1", "2"]',
            "between_not_quantity",
            "columns.site",
        ),
        (
            'header = "Liters"',
            'header = "Liters"\nvalues = {"x" = "1"}',
            "quantity_translated",
            "columns.quantity",
        ),
        ('fields = ["document"]', 'fields = ["project"]', "field_not_mapped", "unique.fields"),
        ('"0.5", "5000"', "0.5, 5000", "field_invalid", "columns.quantity.between.0"),
        ('"0.5", "5000"', '"9", "5"', "field_invalid", "columns.quantity"),
        ('id = "tankpas"', 'id = "Tank pas"', "field_invalid", "id"),
        ("[columns.date]", '[file]\ndates = "dd-mm"\n[columns.date]', "field_invalid", "file.dates"),
        ("[columns.date]", '[file]\nencoding = "ebcdic"\n[columns.date]', "field_invalid", "file.encoding"),
    ],
)
def test_a_profile_that_cannot_be_meant_does_not_load(old: str, new: str, code: str, where: str) -> None:
    assert old in PROFILE
    with pytest.raises(CatalogueError) as caught:
        profile(PROFILE.replace(old, new))
    found = {(issue.code, issue.location.column) for issue in caught.value.issues}
    assert (code, where) in found, found
    assert all(issue.location.file == "tankpas.toml" for issue in caught.value.issues)


def test_constant_dates_are_iso() -> None:
    text = PROFILE.replace('[columns.date]\nheader = ["Transactiedatum", "Datum"]', "")
    load_profile(text.replace('unit = "l"', 'unit = "l"\ndate = "2024-12-31"').encode(), "x")
    with pytest.raises(CatalogueError) as caught:
        load_profile(text.replace('unit = "l"', 'unit = "l"\ndate = "31-12-2024"').encode(), "x")
    assert caught.value.issues[0].code == "date_unreadable"


def test_the_canonical_form_follows_the_meaning() -> None:
    base = profile().canonical()
    assert json.loads(json.dumps(base)) == base
    assert profile(PROFILE.replace('title = "Tankpas"', 'title = "Anders"')).canonical() == base
    assert profile(PROFILE.replace('"0.05"', '"0.06"')).canonical() != base
    nested = PROFILE.replace("[constants]", '[columns.custom.km]\nheader = "Km"\n[constants]')
    quoted = PROFILE.replace("[constants]", '[columns."custom.km"]\nheader = "Km"\n[constants]')
    assert profile(nested).canonical() == profile(quoted).canonical()


def test_a_file_can_be_looked_at_without_a_profile() -> None:
    seen = inspect_file(csv("", *ROWS, header=f"Overzicht\n{HEADER}"), "tank.csv")
    assert seen.headings == tuple(HEADER.split(";"))
    assert seen.rows == 6
    assert seen.dialect.header_row.value == 2
    assert seen.first_rows[1] == tuple(ROWS[0].split(";"))
    assert seen.dialect.dates.value == "dd-mm-yyyy"
    assert seen.issues == ()
    assert seen.dialect.to_json()["delimiter"]["basis"] == "splits_alike"


def test_what_an_inspection_leaves_open_is_named_and_can_be_chosen() -> None:
    data = b"Datum;Liters\n03-04-2024;1.234\n"
    assert [issue.code for issue in inspect_file(data, "x.csv").issues] == [
        "decimal_ambiguous",
        "dates_ambiguous",
    ]
    seen = inspect_file(data, "x.csv", FileSettings(decimal=",", dates="dd-mm-yyyy"))
    assert seen.issues == ()
    assert seen.dialect.decimal.basis == "chosen"


def test_a_starter_profile_is_a_draft_that_loads_once_it_is_filled_in() -> None:
    starter = starter_profile(inspect_file(csv(*ROWS), "Tank pas 2024.csv"))
    assert starter.guesses == {
        "date": "Datum",
        "document": "Bon",
        "vehicle": "Kenteken",
        "fuel": "Product",
        "quantity": "Liters",
        "site": "Vestiging",
        "credit_of": "Credit van",
    }
    assert starter.unused == ("Prijs per liter", "Bedrag")
    with pytest.raises(CatalogueError):
        load_profile(starter.text.encode(), "draft.toml")
    filled = starter.text.replace('activity_type = ""', 'activity_type = "fuel-vehicle"\ncontrol = "controlled"')
    loaded = load_profile(filled.encode(), "draft.toml")
    assert loaded.columns["vehicle"].personal
    assert loaded.constants["unit"] == "l"
    assert loaded.file.decimal == ","
    assert loaded.file.encoding is None


def test_english_headings_are_known_too() -> None:
    data = b"Start date,End date,Site,Usage (kWh)\n2024-01-01,2024-01-31,HQ,10.5\n"
    starter = starter_profile(inspect_file(data, "power.csv"))
    assert starter.guesses == {
        "start": "Start date",
        "end": "End date",
        "site": "Site",
        "quantity": "Usage (kWh)",
    }
    assert 'unit = "kWh"' in starter.text


def test_every_code_has_a_sentence_in_both_languages() -> None:
    source = "".join(path.read_text() for path in INTAKE.rglob("*.py"))
    called = (
        r'(?:Problem|Issue\.error|Issue\.warning|Issue\.notice|refusal|(?<![._])add|_error|_one_of)\(\s*"([a-z_0-9]+)"'
    )
    codes = set(re.findall(called, source)) | {
        *re.findall(r'"((?:number|cell|heading|dates|decimal|blank|accepted_by|dropped_by)_[a-z_]+)"', source)
    }
    bases = {f"basis_{basis}" for basis in re.findall(r'Choice\([^()]*?"([a-z_0-9]+)"(?:, \{|\))', source)}
    codes.discard("header_row")
    catalogs = [tomllib.loads((MESSAGES / f"intake.{lang}.toml").read_text()) for lang in ("nl", "en")]
    dutch, english = catalogs
    assert len(codes) > 60
    assert len(bases) > 10
    assert codes | bases <= dutch.keys()
    assert dutch.keys() == english.keys()
    for code, sentence in dutch.items():
        assert set(re.findall(r"\{(\w+)\}", sentence)) == set(re.findall(r"\{(\w+)\}", english[code])), code


def test_every_code_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "intake.md").read_text()
    dutch = tomllib.loads((MESSAGES / "intake.nl.toml").read_text())
    assert [code for code in dutch if not code.startswith("basis_") and f"`{code}`" not in page] == []
