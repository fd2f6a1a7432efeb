"""The example's files add up to the published figures, and hold the faults that its README names."""

import csv
import io
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from example_reading import DIALECTS, EXAMPLE, FILES, Row, dutch, read
from pypdf import PdfReader

from trede.catalogue.vocabulary import vocabulary

TANK = ("tankpas-2022.csv", "tankpas-2023.csv", "tankpas-2024.csv", "tankpas-2024-verbeterd.csv")
TYPO = "4O,10"


def fills(name: str) -> list[Row]:
    return read(name)[:-1]


def once(rows: list[Row]) -> list[Row]:
    """The rows with each receipt counted once."""
    return list({row["Bonnummer"]: row for row in rows}.values())


def litres(rows: list[Row]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        found[row["Product"]] = found.get(row["Product"], Decimal(0)) + dutch(row["Liters"])
    return found


@pytest.mark.parametrize(
    ("name", "petrol", "diesel", "hvo"),
    [
        ("tankpas-2022.csv", 26914, 3655, None),
        ("tankpas-2023.csv", 32750, 6120, None),
        ("tankpas-2024-verbeterd.csv", 38382, 8196, 255),
    ],
)
def test_litres_a_year(name: str, petrol: int, diesel: int, hvo: int | None) -> None:
    expected = {"Euro 95 E10": petrol, "Diesel B7": diesel} | ({"HVO100": hvo} if hvo else {})
    assert litres(once(fills(name))) == expected


@pytest.mark.parametrize("name", TANK)
def test_total_row_counts_every_row_as_sent(name: str) -> None:
    *rows, total = read(name)
    assert total["Bonnummer"] == "Totaal"
    assert dutch(total["Liters"]) == sum(dutch(row["Liters"].replace("O", "0")) for row in rows)
    assert dutch(total["Bedrag"]) == sum(dutch(row["Bedrag"]) for row in rows)


@pytest.mark.parametrize("name", TANK)
def test_fills_are_plausible(name: str) -> None:
    rows = fills(name)
    days = [datetime.strptime(f"{row['Datum']} {row['Tijd']}", "%d-%m-%Y %H:%M") for row in rows]  # noqa: DTZ007
    assert days == sorted(days)
    assert {day.year for day in days} == {int(name[8:12])}
    for row in rows:
        quantity = dutch(row["Liters"].replace("O", "0"))
        assert 25 <= abs(quantity) <= 60
        amount = (quantity * dutch(row["Prijs per liter"])).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert amount == dutch(row["Bedrag"])


def test_duplicates_typing_error_and_credit_note_of_2024() -> None:
    rows = fills("tankpas-2024.csv")
    twice = [number for number, count in Counter(row["Bonnummer"] for row in rows).items() if count > 1]
    assert len(twice) == 2
    for number in twice:
        one, other = (row for row in rows if row["Bonnummer"] == number)
        assert one == other
    assert [row["Liters"] for row in rows if "O" in row["Liters"]] == [TYPO]
    (credit,) = (row for row in rows if row["Creditering van bon"])
    assert [row for row in rows if dutch(row["Liters"].replace("O", "0")) < 0] == [credit]
    (invoice,) = (row for row in rows if row["Bonnummer"] == credit["Creditering van bon"])
    assert (invoice["Product"], invoice["Kenteken"]) == ("HVO100", credit["Kenteken"])
    assert dutch(invoice["Liters"]) == -dutch(credit["Liters"])
    for name in ("tankpas-2022.csv", "tankpas-2023.csv"):
        assert max(Counter(row["Bonnummer"] for row in fills(name)).values()) == 1


def test_corrected_delivery_mends_the_typing_error_only() -> None:
    old = (FILES / "tankpas-2024.csv").read_bytes()
    assert old.count(TYPO.encode()) == 1
    mended = old.replace(TYPO.encode(), TYPO.replace("O", "0").encode())
    assert mended == (FILES / "tankpas-2024-verbeterd.csv").read_bytes()


def test_fuel_card_encodings_differ_where_it_shows() -> None:
    assert (FILES / "tankpas-2022.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    for name in ("tankpas-2023.csv", "tankpas-2024.csv"):
        with pytest.raises(UnicodeDecodeError):
            (FILES / name).read_bytes().decode()


def test_head_office_electricity_is_the_difference_of_its_readings() -> None:
    rows = read("meterstanden-hoofdkantoor.csv")
    kept = [row for at, row in enumerate(rows) if row not in rows[:at]]
    assert len(rows) - len(kept) == 1, "one reading stands twice"
    used: dict[str, int] = {}
    for before, after in pairwise(kept):
        if before["Meternummer"] != after["Meternummer"]:
            assert (before["Soort"], after["Soort"]) == ("eindstand", "beginstand")
            assert before["Opnamedatum"] == after["Opnamedatum"]
            continue
        year = before["Opnamedatum"][-4:]
        used[year] = used.get(year, 0) + int(dutch(after["Stand (kWh)"]) - dutch(before["Stand (kWh)"])) % 100_000
    assert used == {"2022": 15240, "2023": 14310, "2024": 14629}
    readings = [dutch(row["Stand (kWh)"]) for row in kept]
    assert sum(after < before for before, after in pairwise(readings)) == 2, "a round of the counter, and a new meter"


def test_electricity_of_all_sites_is_the_published_figure() -> None:
    *rows, total = read("verhuurder-elektriciteit.csv")
    by_year: dict[str, Decimal] = {}
    for row in rows:
        kwh = dutch(row["Verbruik (kWh)"])
        assert kwh == dutch(row["Oppervlakte (m²)"]) * dutch(row["kWh per m²"])
        by_year[row["Jaar"]] = by_year.get(row["Jaar"], Decimal(0)) + kwh
    assert dutch(total["Verbruik (kWh)"]) == sum(by_year.values())
    assert by_year == {"2022": 27114 - 15240, "2023": 22480 - 14310, "2024": 18879 - 14629}


def test_gas() -> None:
    book = openpyxl.load_workbook(io.BytesIO((FILES / "aardgas-per-maand.xlsx").read_bytes()), data_only=True)
    assert book.sheetnames == ["Gas per maand", "Toelichting"]
    *_, blank, headings, first = book["Gas per maand"].iter_rows(max_row=5, values_only=True)
    assert not any(blank)
    assert headings[0] == "Vestiging"
    assert first[0] == "HK"
    found, site = {}, ""
    for row in book["Gas per maand"].iter_rows(min_row=5, max_row=12, values_only=True):
        site = str(row[0] or site)
        months = [cell for cell in row[4:16] if isinstance(cell, int)]
        assert sum(months) == row[16]
        found[site, row[1]] = sum(months)
    years = (2022, 2023, 2024)
    assert [found.get(("HK", year)) for year in years] == [1550, 1720, 1900]
    assert [found.get(("Oost", year)) for year in years] == [450, 300, 150]
    assert [found.get(("Zuid", year)) for year in years] == [2000, 900, None]
    (total,) = book["Gas per maand"].iter_rows(min_row=13, values_only=True)
    assert (total[0], total[16]) == ("Totaal", sum(found.values()))


def test_invoice_says_what_the_workbook_says() -> None:
    reader = PdfReader(io.BytesIO((FILES / "gasnota-hoofdkantoor-2024.pdf").read_bytes()))
    (page,) = reader.pages
    text = page.extract_text()
    book = openpyxl.load_workbook(io.BytesIO((FILES / "aardgas-per-maand.xlsx").read_bytes()), data_only=True)
    (row,) = (r for r in book["Gas per maand"].iter_rows(min_row=5, max_row=7, values_only=True) if r[1] == 2024)
    assert str(row[2]) in text
    assert re.findall(r"(?m)^(?:jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)\s+(\d+)$", text) == [
        str(cell) for cell in row[4:16]
    ]
    assert "1.900" in text
    assert "VOORBEELD" in text


def test_charging() -> None:
    rows = read("laadpas.csv")
    found: dict[str, Decimal] = {}
    for row in rows:
        year = row["Start"][-4:]
        found[year] = found.get(year, Decimal(0)) + Decimal(row["kWh"])
    assert found == {"2022": 6781, "2023": 18649, "2024": 31280}
    assert len({row["Transactie"] for row in rows}) == len(rows)
    assert {row["Locatie"] for row in rows} == {"thuis", "openbaar", "kantoor"}


def test_travel() -> None:
    found: dict[tuple[str, str], Decimal] = {}
    rows = read("reizen.csv")
    for row in rows:
        key = (row["Datum"][-4:], row["Vervoer"])
        found[key] = found.get(key, Decimal(0)) + dutch(row["Km"])
    modes = ("privéauto", "trein", "fiets")
    assert [found[("2022", mode)] for mode in modes] == [
        Decimal("31450.0"),
        Decimal("9240.0"),
        Decimal("1180.0"),
    ]
    assert [found[("2023", mode)] for mode in modes] == [
        Decimal("28920.5"),
        Decimal("11815.0"),
        Decimal("1395.5"),
    ]
    assert [found[("2024", mode)] for mode in modes] == [
        Decimal("26180.0"),
        Decimal("13560.4"),
        Decimal("1642.0"),
    ]
    assert {row["Doel"] for row in rows} == {"zakelijk"}


def test_one_plate_a_card_and_every_plate_is_invented() -> None:
    pairs = {(row["Kaartnummer"], row["Kenteken"]) for name in TANK for row in fills(name)}
    pairs |= {(row["Laadpas"], row["Kenteken"]) for row in read("laadpas.csv")}
    assert len(pairs) == len({card for card, _ in pairs}) == len({plate for _, plate in pairs}) == 40 + 11
    assert all("Q" in plate for _, plate in pairs)


def test_generator_gives_the_same_bytes(tmp_path: Path) -> None:
    tool = EXAMPLE.parents[3] / "tools" / "make_example.py"
    subprocess.run([sys.executable, str(tool), str(tmp_path)], check=True, capture_output=True)
    names = {path.name for path in FILES.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert names - set(DIALECTS) == {"aardgas-per-maand.xlsx", "gasnota-hoofdkantoor-2024.pdf"}
    for name in names:
        assert plain(tmp_path / name) == plain(FILES / name), name


def plain(path: Path) -> object:
    """Return a file's bytes; of a workbook those of its parts, since not every machine packs them alike."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("path", sorted((EXAMPLE / "profiles").glob("*.toml")), ids=lambda path: path.stem)
def test_profiles_name_headings_of_their_files_and_types_of_the_vocabulary(path: Path) -> None:
    profile = tomllib.loads(path.read_text("utf-8"))
    organisation = tomllib.loads((EXAMPLE / "organisation.toml").read_text("utf-8"))
    assert profile["source"] in {source["id"] for source in organisation["source"]}
    names = [file.name for file in FILES.iterdir() if file.name.startswith(path.stem)]
    assert names
    for name in set(names) & set(DIALECTS):
        encoding, delimiter, above = DIALECTS[name]
        text = (FILES / name).read_bytes().decode(encoding)
        headings = list(csv.reader(io.StringIO(text), delimiter=delimiter))[above]
        assert {column["header"] for column in profile["columns"].values()} <= set(headings)
        assert (profile["file"]["delimiter"], profile["file"]["header_row"]) == (delimiter, above + 1)
    types = profile["constants"].get("activity_type")
    ids = [types] if types else profile["columns"]["activity_type"]["values"].values()
    given = {*profile["columns"], *profile["constants"]}
    for activity in (vocabulary()[type_id] for type_id in ids):
        assert {a for a, attribute in activity.attributes.items() if attribute.default is None} <= given
    sites = {site["id"] for site in organisation["site"]}
    assert profile["constants"].get("site", "hoofdkantoor") in sites
