"""The first hour in a real browser: from an empty folder and files to a published figure that an auditor reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_browser import CHROMIUM, ZOOMED, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = pytest.mark.group("browser")
FILES, PROFILES = EXAMPLE / "files", EXAMPLE / "profiles"
LIST = "co2emissiefactoren-2026-08-20"
TAKEN = {
    "tankpas": ["tankpas-2024.csv"],
    "reizen": ["reizen.csv"],
    "laadpas": ["laadpas.csv"],
    "meterstanden": ["meterstanden-hoofdkantoor.csv"],
    "verhuurder": ["verhuurder-elektriciteit.csv"],
    "aardgas": ["aardgas-per-maand.xlsx"],
}
PUBLISHED_2024 = "165,83"
"""Tonnes that README.md has, after the double count is settled."""

LATE = """activity_type;quantity;unit;start;end;site;supplier;reading
natural-gas;500;Nm3;2024-12-01;2024-12-31;hoofdkantoor;Gas en Co;billed
"""
"""A note in the template, which needs no profile."""


def take_in(
    visitor: Visitor, organisation: str, files: list[str], profile: str | None = None, replaces: str | None = None
) -> None:
    """Drop files on the page, and wait until they are in."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/imports/")
    page.set_input_files("#files", [FILES / name for name in files])
    if profile:
        page.set_input_files("#profile_file", PROFILES / f"{profile}.toml")
    if replaces:
        page.locator(".trede-seldom > summary").first.click()
        page.select_option(
            "#replaces", label=page.locator("#replaces option").filter(has_text=replaces).first.inner_text()
        )
    visitor.click("Innemen")
    for name in files:
        visitor.wait_for(f"#came-in th a:has-text('{name}')")


def record(visitor: Visitor, button: str, reason: str, field: str = "#reason") -> None:
    """Give a reason and press a button."""
    visitor.page.fill(field, reason)
    visitor.click(button)


@pytest.fixture
def needs_a_browser() -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")


@pytest.mark.usefixtures("needs_a_browser")
def test_first_hour(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with browsing(server) as visitor:
            organisation, link = owner(visitor)
        with browsing(server, "en-GB") as auditor:
            read(auditor, organisation, link)


def owner(visitor: Visitor) -> tuple[str, str]:
    """Walk as the owner; return the organisation and the auditor's link."""
    sign_in(visitor)
    organisation = begin(visitor)
    deliver(visitor, organisation)
    mend(visitor, organisation)
    calculate(visitor, organisation)
    settle(visitor, organisation)
    trace(visitor, organisation)
    read_other_views(visitor)
    publish(visitor, organisation)
    reopen(visitor, organisation)
    compare(visitor, organisation)
    link = invite(visitor, organisation)
    visitor.open(f"/o/{organisation}/changes/")
    visitor.look("change log")
    visitor.open("/o/somebody-elses/2024/")
    visitor.look("not here")
    assert visitor.faults == []
    return organisation, link


def sign_in(visitor: Visitor) -> None:
    """Log in, at first with a wrong password."""
    page, server = visitor.page, visitor.server
    visitor.open("/")
    visitor.look("log-in")
    page.fill("#id_login", server.email)
    page.fill("#id_password", "not the password")
    page.press("#id_password", "Enter")
    visitor.wait_for("[role=alert]")
    visitor.look("log-in, refused")
    visitor.log_in(server.email, server.password)
    visitor.open("/password/")
    visitor.look("password")
    visitor.open("/")
    visitor.look("organisations, none")


def begin(visitor: Visitor) -> str:
    """Make the organisation from its description, and look at its empty pages."""
    page = visitor.page
    page.fill("#name", "Voorbeeld B.V.")
    page.set_input_files("#description", EXAMPLE / "organisation.toml")
    visitor.click("Organisatie maken")
    visitor.wait_for("h1")
    organisation = re.search(r"/o/([^/]+)/", page.url)[1]  # type: ignore[index]
    for path in (
        "2024/",
        "imports/",
        *(f"2024/{name}/" for name in ("calculate", "footprint", "bridge", "completeness", "doubles", "publish")),
    ):
        visitor.open(f"/o/{organisation}/{path}")
        visitor.look(f"{path}, empty")
    return organisation


def deliver(visitor: Visitor, organisation: str) -> None:
    """Take the files in: at first one that is not recognised, then each with its profile."""
    visitor.open(f"/o/{organisation}/imports/")
    visitor.page.set_input_files("#files", FILES / "reizen.csv")
    visitor.click("Innemen")
    visitor.wait_for("#waiting a:has-text('reizen.csv')")
    visitor.look("import, not recognised")
    for profile, files in TAKEN.items():
        take_in(visitor, organisation, files, profile)
    visitor.look("import, filled")


def mend(visitor: Visitor, organisation: str) -> None:
    """Download what was rejected, take the corrected delivery in, and decide about the fills that stand twice."""
    page = visitor.page
    page.locator("#came-in a").filter(has_text="tankpas-2024.csv").first.click()
    visitor.wait_for("h1:has-text('tankpas-2024.csv')")
    visitor.look("batch with faults")
    with page.expect_download() as download:
        visitor.click("Download de afgewezen rijen")
    assert "437" in Path(download.value.path()).read_text("utf-8-sig")
    take_in(visitor, organisation, ["tankpas-2024-verbeterd.csv"], replaces="tankpas-2024.csv")
    page.locator("#came-in a").filter(has_text="tankpas-2024-verbeterd.csv").first.click()
    record(visitor, "Laten vervallen", "dubbel geleverd", "#reason-held")
    visitor.wait_for("h1:has-text('tankpas-2024-verbeterd.csv') >> visible=true")
    page.wait_for_function("!document.querySelector('#reason-held')", timeout=60_000)


def calculate(visitor: Visitor, organisation: str) -> None:
    """Calculate without a list of the year, choose one, calculate again."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/calculate/")
    visitor.click("2024 berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    visitor.look("calculation, without factors")
    page.select_option("#library", LIST)
    record(visitor, "Vastleggen", "de lijst van 2024 is er niet")
    visitor.wait_for("dd:has-text('de lijst van 2024 is er niet')")
    visitor.click("opnieuw berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    visitor.look("footprint")


def settle(visitor: Visitor, organisation: str) -> None:
    """Settle the double count that the checklist points at."""
    visitor.open(f"/o/{organisation}/2024/publish/")
    visitor.look("publish, something in the way")
    visitor.click("Hier oplossen (1)")
    visitor.wait_for("h1:has-text('Telt iets dubbel in 2024?')")
    visitor.look("doubles")
    record(visitor, "Ja, het telt dubbel", "de laadpunten zitten achter de kantoormeter", "main form [name=reason]")
    visitor.wait_for("p:has-text('Er staat niets open')")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    visitor.click("opnieuw berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")


def publish(visitor: Visitor, organisation: str) -> None:
    """Publish the year."""
    visitor.open(f"/o/{organisation}/2024/publish/")
    visitor.look("publish, nothing in the way")
    record(visitor, "2024 publiceren", "jaarverslag 2024")
    visitor.wait_for("h2:has-text('Gepubliceerd: versie 1')")
    assert PUBLISHED_2024 in visitor.page.inner_text("main")
    visitor.look("published")


def read_other_views(visitor: Visitor) -> None:
    """Read the same year under another standard, and take the data and the picture of a chart along."""
    page = visitor.page
    page.locator(".trede-nav a[href$='/2024/footprint/']").click()
    visitor.choose("standard", "GHG Protocol, locatiebasis")
    visitor.wait_for("#bar-standard summary:has-text('GHG Protocol, locatiebasis')")
    visitor.look("footprint, another standard")
    for form, holds in (("CSV", b"Benzine"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            visitor.click(form)
        assert holds in Path(download.value.path()).read_bytes(), form


def reopen(visitor: Visitor, organisation: str) -> None:
    """A late file changes a published year: the published figure stands until somebody restates it, with a reason."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/imports/")
    page.set_input_files("#files", {"name": "late-nota.csv", "mimeType": "text/csv", "buffer": LATE.encode()})
    visitor.click("Innemen")
    visitor.wait_for("#came-in th a:has-text('late-nota.csv')")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    visitor.click("opnieuw berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    visitor.open(f"/o/{organisation}/2024/publish/")
    visitor.wait_for("#reason")
    assert PUBLISHED_2024 in page.inner_text("main")
    visitor.look("published, a restatement ahead")
    record(visitor, "Herziening van 2024", "nota van december kwam later")
    visitor.wait_for("h2:has-text('Gepubliceerd: versie 2')")
    text = page.inner_text("main")
    assert "Gepubliceerd: versie 1" in text
    assert PUBLISHED_2024 in text


def compare(visitor: Visitor, organisation: str) -> None:
    """Look at what is complete, calculate another year, and see why the total differs."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2025/completeness/")
    visitor.look("completeness, all missing")
    visitor.open(f"/o/{organisation}/2024/completeness/")
    visitor.look("completeness")
    visitor.open(f"/o/{organisation}/2024/bridge/")
    visitor.look("bridge, one year")
    visitor.open(f"/o/{organisation}/2023/calculate/")
    visitor.click("2023 berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2023')")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    visitor.click("Eerst zien wat er verandert")
    visitor.wait_for("#effect")
    visitor.look("plan, nothing new")
    visitor.open(f"/o/{organisation}/2024/bridge/")
    visitor.wait_for("h1:has-text('Waarom is 2024 hoger dan 2023?')")
    visitor.look("bridge")
    page.locator("svg.trede-waterfall a").first.click()
    visitor.wait_for("#detail tbody a")
    visitor.look("bridge, a cause")
    page.locator("#detail tbody a").first.click()
    visitor.wait_for("h2:has-text('De maanden van deze rekening')")


def invite(visitor: Visitor, organisation: str) -> str:
    """Invite an auditor; return the link."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/people/")
    visitor.look("people")
    page.fill("#email", "auditor@kantoor.example")
    page.check("[name=role][value=auditor]")
    visitor.click("Uitnodigen")
    visitor.wait_for("#link")
    visitor.look("people, invited")
    return page.inner_text("#link").strip()


def trace(visitor: Visitor, organisation: str) -> None:
    """Follow the total to a cell: four clicks."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/")
    visitor.look("year")
    page.locator("a.fig").click()
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    page.locator("tr.sub a").first.click()
    visitor.wait_for("h2:has-text('De maanden van deze rekening')")
    visitor.look("account")
    page.locator("main table.utrecht-table tbody a").first.click()
    visitor.wait_for("h2:has-text('De records van deze maand')")
    visitor.look("month")
    page.locator("main table.utrecht-table tbody a").first.click()
    visitor.wait_for("td.cell")
    visitor.look("record")
    litres = page.inner_text("td.cell")
    row = page.inner_text("th.hl >> nth=1")
    lines = (FILES / "tankpas-2024-verbeterd.csv").read_bytes().decode("cp1252").splitlines()
    assert litres in lines[int(row) - 1].split(";")


def read(visitor: Visitor, organisation: str, link: str) -> None:
    """Take the invitation up, in English, and read as the auditor."""
    page = visitor.page
    page.goto(link)
    visitor.look("invitation")
    page.fill("#id_name", "The auditor")
    page.fill("#id_password", "a password of some length")
    visitor.click("Take up the invitation")
    visitor.wait_for("h1:has-text('2024')")
    for path in (
        "2024/",
        "imports/",
        "2024/calculate/",
        "2024/footprint/",
        "2024/bridge/",
        "2024/bridge/?cause=activity",
        "2024/completeness/",
        "2024/doubles/",
        "2024/publish/",
        "people/",
        "changes/",
    ):
        visitor.open(f"/o/{organisation}/{path}")
        assert page.locator("main form[method=post]").count() == 0, path
    visitor.open(f"/o/{organisation}/2024/")
    page.locator("a.fig").click()
    page.locator("tr.sub a").first.click()
    page.locator("main table.utrecht-table tbody a").first.click()
    page.locator("main table.utrecht-table tbody a").first.click()
    visitor.wait_for("td.cell")
    visitor.look("record for the auditor")
    with page.expect_download() as download:
        visitor.click("Download the original")
    assert Path(download.value.path()).read_bytes() == (FILES / "tankpas-2024-verbeterd.csv").read_bytes()
    assert visitor.faults == []


@pytest.mark.usefixtures("needs_a_browser")
def test_by_keyboard_alone(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        page = visitor.page
        visitor.open("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "utrecht-skip-link"
        page.locator("#id_login").focus()
        page.keyboard.type(server.email)
        page.keyboard.press("Tab")
        page.keyboard.type(server.password)
        page.keyboard.press("Enter")
        visitor.wait_for("#name")
        page.locator("#name").focus()
        page.keyboard.type("Jansen")
        page.keyboard.press("Enter")
        visitor.wait_for("nav.trede-nav")
        reached = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.textContent.trim()"))
            shown = page.evaluate(
                "(() => { const e = document.activeElement; if (e === document.body) return true;"
                " const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; })()"
            )
            assert shown
        assert {"Bewijs en import", "Voetafdruk", "Publiceren", "Afmelden"} <= reached
        open_the_menu(visitor)


def open_the_menu(visitor: Visitor) -> None:
    """On a narrow screen the menu is behind a button: it opens and closes by keyboard, and the focus comes back."""
    page = visitor.page
    page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
    menu, button = page.locator("nav.trede-nav"), page.get_by_role("button", name="Menu", exact=True)
    assert not menu.is_visible()
    button.focus()
    page.keyboard.press("Enter")
    assert menu.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#menu') !== null")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert button.evaluate("each => each === document.activeElement")
    button.click()
    page.get_by_role("link", name="Voetafdruk", exact=True).click()
    page.wait_for_url("**/footprint/")
    assert not menu.is_visible()
    assert visitor.faults == []
