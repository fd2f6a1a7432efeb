"""Judging in a real browser, from an empty folder and a file: which categories are relevant, and what weighs most."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_web_first_hour import LIST, record, take_in
from web_browser import CHROMIUM, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_quality_officer_judges(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        organisation = _begin(visitor)
        _categories(visitor, organisation)
        _score(visitor, organisation)
        _model(visitor, organisation)
        _estimate(visitor, organisation)
        _sample(visitor, organisation)
        assert visitor.faults == []


def _begin(visitor: Visitor) -> str:
    """Make an organisation and take a file in."""
    page, server = visitor.page, visitor.server
    visitor.log_in(server.email, server.password)
    page.fill("#name", "Voorbeeld B.V.")
    page.set_input_files("#description", EXAMPLE / "organisation.toml")
    visitor.click("Organisatie maken")
    visitor.wait_for("h1")
    organisation = page.url.split("/")[4]
    take_in(visitor, organisation, ["reizen.csv"], "reizen")
    return organisation


def _categories(visitor: Visitor, organisation: str) -> None:
    """Look at the categories before and after a calculation; say of some that they are not relevant, of one by keyboard."""
    page = visitor.page
    where = f"/o/{organisation}/2024/scope-3/"
    visitor.open(where)
    visitor.look("scope 3, empty")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    page.select_option("#library", LIST)
    record(visitor, "Vastleggen", "de lijst van 2024 is er niet")
    visitor.wait_for("dd:has-text('de lijst van 2024 is er niet')")
    visitor.click("2024 berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    visitor.open(where)
    for number in (10, 11):
        page.focus(f"#c-{number}")
        page.keyboard.press("Space")
    page.check("input[value=not-relevant]")
    page.fill("#f-reason", "wij verkopen diensten, geen producten")
    page.keyboard.press("Enter")
    visitor.wait_for("td:has-text('wij verkopen diensten')")
    visitor.look("scope 3")
    visitor.click("Categorie 7")
    visitor.wait_for("h1:has-text('Categorie 7')")
    page.check("input[value=not-calculated]")
    page.fill("#f-estimate", "12,5")
    page.fill("#f-reason", "de enquête volgt")
    visitor.click("Leg vast")
    visitor.wait_for("#e-basis")
    visitor.look("category, refused", once=True)
    page.fill("#f-basis", "enquête van 2022")
    visitor.click("Leg vast")
    visitor.wait_for("td:has-text('12,50')")
    page.locator("tr:has-text('Categorie 6') a.trede-trace").click()
    visitor.wait_for("nav a:has-text('Voetafdruk')")
    assert "/trace/" in page.url


def _score(visitor: Visitor, organisation: str) -> None:
    """Score a combination of product and market, at first with a reason too few."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/materiality/")
    visitor.look("materiality, none")
    visitor.click("Scoor de combinaties")
    visitor.wait_for("#f-lowest")
    page.fill("#f-criterion-0-name", "Omvang van de sector")
    page.fill("#f-row-0-activity", "Schoonmaak van kantoren")
    page.fill("#f-row-0-market", "Zakelijke dienstverlening")
    page.fill("#f-row-0-categories", "1, 7")
    page.fill("#f-row-0-score-0", "3")
    page.fill("#f-reason", "jaarlijkse herziening")
    page.keyboard.press("Enter")
    visitor.wait_for("#e-row-0-reason-0")
    visitor.look("materiality, refused", once=True)
    page.fill("#f-row-0-reason-0", "een derde van alle kantoren")
    visitor.click("Leg vast")
    visitor.wait_for("td:has-text('een derde van alle kantoren')")
    visitor.look("materiality")


def _model(visitor: Visitor, organisation: str) -> None:
    """Write a calculation model, at first with a fault in it; try it, keep it, and take a record in."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/models/")
    visitor.look("models, none")
    visitor.click("Eigen rekenmodel maken")
    visitor.wait_for("#f-text")
    text = page.input_value("#f-text")
    page.fill("#f-text", text.replace("quantity * ride", "quantity * rides"))
    visitor.click("Bewaar het model")
    visitor.wait_for("div:has-text('Bedoelt u ride')")
    visitor.look("model, refused", once=True)
    page.fill("#f-text", text)
    visitor.click("Reken het voorbeeld uit")
    visitor.wait_for("h1:has-text('Uitgerekend')")
    visitor.look("tried")
    visitor.click("Bewaar het model")
    visitor.wait_for("h1:has-text('Bezorging per bakfiets')")
    visitor.look("model")
    page.fill("#f-quantity", "10")
    page.fill("#f-start", "2024-03-01")
    page.fill("#f-end", "2024-03-31")
    visitor.click("Neem in als record")
    visitor.wait_for("h1:has-text('delivery-bikes-2024-03-01.csv')")
    visitor.open(f"/o/{organisation}/models/methods/travel-distance/")
    visitor.look("method")


def _estimate(visitor: Visitor, organisation: str) -> None:
    """Add an estimate, at first without what it rests on, and withdraw it."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/estimates/")
    visitor.look("estimates, none")
    visitor.click("Schatting toevoegen")
    visitor.wait_for("#f-what")
    page.select_option("#f-what", "electric-car-power")
    page.fill("#f-value", "0,19")
    page.fill("#f-low", "0,17")
    page.fill("#f-high", "0,21")
    page.press("#f-high", "Enter")
    visitor.wait_for("#e-source")
    visitor.look("estimate, refused", once=True)
    page.fill("#f-source", "Laden en kilometerstanden van 2025")
    visitor.click("Leg vast")
    visitor.wait_for("td:has-text('Laden en kilometerstanden')")
    page.locator("summary").filter(has_text="Trek in").click()
    page.locator("details[open] input[name=reason]").fill("opnieuw gemeten")
    page.locator("details[open] button").click()
    visitor.wait_for("td:has-text('opnieuw gemeten')")
    visitor.look("estimates")


VANS = "activity_type;quantity;unit;start;end;supplier;document;fuel;control\n" + "".join(
    f"fuel-vehicle;{litres};l;2024-0{n}-01;2024-0{n}-28;{name};{name};diesel-b7;controlled\n"
    for n, (name, litres) in enumerate([("Alfa", 100), ("Bravo", 210), ("Charlie", 290), ("Delta", 400)], start=1)
)


def _sample(visitor: Visitor, organisation: str) -> None:
    """Draw a sample, at first without a number; work it out over the records that were found, and take the rest in."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/samples/")
    visitor.look("samples, none")
    visitor.open(f"/o/{organisation}/imports/")
    page.set_input_files("#files", {"name": "bussen.csv", "mimeType": "text/csv", "buffer": VANS.encode()})
    visitor.click("Innemen")
    visitor.wait_for("#came-in th a:has-text('bussen.csv')")
    visitor.open(f"/o/{organisation}/samples/new/")
    page.fill("#f-title", "Bestelbussen")
    page.fill("#f-ident", "bussen")
    page.fill("#f-first", "2024-01-01")
    page.fill("#f-last", "2024-12-31")
    page.check("input[value=fuel-vehicle]")
    page.fill("#f-units", "\n".join(["Alfa", "Bravo", "Charlie", "Delta", *(f"Bus {n}" for n in range(16))]))
    page.select_option("#f-drawn", "convenience")
    page.fill("#f-named", "Alfa\nBravo\nCharlie\nEcho")
    page.fill("#f-how", "Lijst van bussen van de garage")
    visitor.click("Trek")
    visitor.wait_for("#e-named")
    visitor.look("sample, refused", once=True)
    page.fill("#f-named", "Alfa\nBravo\nCharlie\nDelta")
    visitor.click("Trek")
    visitor.wait_for("td:has-text('4.000,00')")
    visitor.look("sample")
    visitor.click("Neem de rest in")
    visitor.wait_for("h1:has-text('sample-bussen.csv')")
    visitor.open(f"/o/{organisation}/samples/")
    visitor.look("samples")
