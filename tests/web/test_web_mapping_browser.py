"""Mapping in a real browser: from an empty folder and a file with faults to a batch, a profile, and a next file that knows it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pypdf
import pytest
from web_browser import CHROMIUM, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = [
    pytest.mark.group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
FILES = EXAMPLE / "files"


def test_map_check_and_take_in(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        page = visitor.page
        visitor.log_in(server.email, server.password)
        page.fill("#name", "Voorbeeld B.V.")
        page.set_input_files("#description", EXAMPLE / "organisation.toml")
        visitor.click("Organisatie maken")
        visitor.wait_for("h1")
        organisation = re.search(r"/o/([^/]+)/", page.url)[1]  # type: ignore[index]
        imports = f"/o/{organisation}/imports/"
        visitor.open(f"{imports}profiles/")
        visitor.look("profiles, none")
        visitor.open(imports)
        page.set_input_files("#files", [FILES / "tankpas-2024.csv", FILES / "aardgas-per-maand.xlsx"])
        visitor.click("Innemen")
        page.wait_for_function("document.querySelectorAll('#waiting li').length == 2", timeout=60_000)
        visitor.look("inbox")
        sheet(visitor, imports)
        fuel(visitor, imports)
        mend(visitor, imports, tmp_path)
        visitor.open(imports)
        page.set_input_files("#files", FILES / "tankpas-2023.csv")
        visitor.click("Innemen")
        visitor.wait_for("#came-in th a:has-text('tankpas-2023.csv')")
        undo(visitor, "tankpas-2023.csv")
        typed(visitor, organisation)
        from_paper(visitor, organisation)
        assert visitor.faults == []


def mend(visitor: Visitor, imports: str, folder: Path) -> None:
    """Download the rejected row with its reason, mend it in the file, bring it back, and see it accepted."""
    page = visitor.page
    visitor.open(imports)
    visitor.click("tankpas-2024.csv")
    with page.expect_download() as download:
        visitor.click("Download de afgewezen rijen")
    rejected = Path(download.value.path()).read_text("utf-8-sig")
    assert "4O,10" in rejected.splitlines()[1]
    mended = folder / "verbeterd.csv"
    mended.write_text(rejected.replace("4O,10", "40,10"), "utf-8")
    page.set_input_files("#mended", mended)
    visitor.click("Herstelde rijen innemen")
    page.wait_for_function("!document.querySelector('#mended')")
    visitor.look("batch, mended")
    assert page.locator(".trede-balance4 .big").last.inner_text() == "0"


def undo(visitor: Visitor, name: str) -> None:
    """Withdraw a batch, with a reason: it stays readable, and counts no more."""
    visitor.click(name)
    visitor.page.fill("#reason-withdraw", "verkeerde leverancier")
    visitor.click("Terugtrekken")
    visitor.wait_for("main:has-text('telt niet meer mee') >> visible=true")
    assert visitor.page.locator("#reason-withdraw").count() == 0


PASTE = """text => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
  document.activeElement.dispatchEvent(event);
}"""


def typed(visitor: Visitor, organisation: str) -> None:
    """Paste a block from a spreadsheet in the grid, mend one figure by keyboard, and take it in."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2025/grid/")
    visitor.look("grid, nothing chosen")
    page.select_option("#type", "electricity")
    visitor.click("Rooster tonen")
    visitor.wait_for("[data-grid]")
    visitor.look("grid, empty")
    page.locator("[name=meter-0]").focus()
    page.evaluate(PASTE, "E-1\tHoofdkantoor\tkWh\t1.234,5\t900\r\nE-2\tVestiging Oost\tkWh\t80\tn.v.t.\r\n")
    assert page.input_value("[name=cell-0-1]") == "900"
    assert page.input_value("[name=site-1]") == "oost"
    visitor.wait_for("[name=cell-1-1][aria-invalid=true]")
    visitor.look("grid, with a fault")
    page.locator("[name=cell-0-1]").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.name") == "cell-1-1"
    page.keyboard.type("75")
    page.keyboard.press("Tab")
    page.wait_for_selector("[name=cell-1-1]:not([aria-invalid])")
    page.locator("button[value=store]").click()
    visitor.wait_for("dt:has-text('Vingerafdruk')")
    assert page.locator(".trede-balance4 .big").nth(1).inner_text() == "4"


def from_paper(visitor: Visitor, organisation: str) -> None:
    """Drop an invoice of three pages, turn them by keyboard, enter a figure beside the second, and find that page back."""
    page = visitor.page
    invoice = pypdf.PdfWriter()
    for _ in range(3):
        invoice.append(FILES / "gasnota-hoofdkantoor-2024.pdf")
    data = io.BytesIO()
    invoice.write(data)
    visitor.open(f"/o/{organisation}/imports/")
    page.set_input_files("#files", {"name": "nota.pdf", "mimeType": "application/pdf", "buffer": data.getvalue()})
    visitor.click("Innemen")
    visitor.wait_for("#waiting a:has-text('nota.pdf')")
    page.locator("#waiting a").filter(has_text="nota.pdf").click()
    visitor.wait_for(".trede-paper__sheet img")
    assert page.evaluate("document.querySelector('.trede-paper__sheet img').naturalWidth") > 1000
    visitor.look("paper")
    page.keyboard.press("ArrowRight")
    visitor.wait_for("text=Bladzijde 2 van 3")
    visitor.click("Cijfers van 2025 overnemen")
    page.select_option("#source", index=0)
    page.select_option("#type", "electricity")
    visitor.click("Rooster tonen")
    visitor.wait_for("[data-grid]")
    visitor.wait_for("text=Bladzijde 2 van 3")
    visitor.look("grid, beside a paper")
    page.fill("[name=meter-0]", "G-1")
    page.fill("[name=cell-0-0]", "342")
    page.locator("#paper-after").click()
    visitor.wait_for("text=Bladzijde 3 van 3")
    assert page.input_value("[name=cell-0-0]") == "342"
    page.locator("#paper-before").click()
    visitor.wait_for("text=Bladzijde 2 van 3")
    page.select_option("[name=unit-0]", index=1)
    page.locator("button[value=store]").click()
    visitor.wait_for("dt:has-text('Vingerafdruk')")
    visitor.click("nota.pdf, bladzijde 2")
    visitor.wait_for("text=Bladzijde 2 van 3")
    page.locator(".trede-paper details summary").click()
    assert "Jaarnota aardgas" in page.inner_text(".trede-paper__text")
    visitor.look("evidence, a page of a PDF")


def sheet(visitor: Visitor, imports: str) -> None:
    """Choose the sheet of a workbook, close the page, and find it back."""
    page = visitor.page
    visitor.open(imports)
    visitor.click("aardgas-per-maand.xlsx")
    visitor.wait_for("#mapping")
    visitor.look("columns, sheet not chosen")
    page.select_option("#set-sheet", "Gas per maand")
    visitor.wait_for("#column-0")
    assert page.locator("td:has-text('Hoeveelheden van deze maand')").count() == 12
    visitor.open(imports)
    visitor.click("aardgas-per-maand.xlsx")
    visitor.wait_for("#column-0")
    visitor.look("columns, months")


def fuel(visitor: Visitor, imports: str) -> None:
    """Map a file with what is guessed, leave one question to the check, solve it there for all rows, and take it in."""
    page = visitor.page
    visitor.open(imports)
    visitor.click("tankpas-2024.csv")
    visitor.wait_for("#mapping")
    assert page.input_value("#column-8") == "quantity"
    page.select_option("#constant-activity_type", "fuel-vehicle")
    visitor.wait_for("#constant-control")
    page.locator("#constant-control").focus()
    page.keyboard.type("eigen beheer")
    page.keyboard.press("Tab")
    page.wait_for_function("!document.querySelector('.trede-commit').innerText.includes('Beheer')")
    for number, value in enumerate(("petrol-e10", "diesel-b7")):
        page.select_option(f"#value-7-{number}", value)
        page.wait_for_function(
            "([id, value]) => !document.querySelector('.htmx-request') && document.querySelector(id).value == value",
            arg=[f"#value-7-{number}", value],
        )
    page.wait_for_function("document.querySelector('#said').textContent.includes('Alles is ingevuld')")
    visitor.look("columns, all filled in")
    page.fill("#title", "Tankpassen")
    page.locator("button[value=check]").click()
    visitor.wait_for("h1:has-text('Nakijken: tankpas-2024.csv')")
    visitor.wait_for(".trede-balance4")
    visitor.look("check")
    figures = [int(text.replace(".", "")) for text in page.locator(".trede-balance4 .big").all_inner_texts()]
    assert figures[0] == sum(figures[1:]) == 1126
    visitor.click("rijen vastleggen")
    visitor.wait_for("h1:has-text('tankpas-2024.csv') >> visible=true")
    visitor.wait_for("dt:has-text('Vingerafdruk')")
    taken = [int(text.replace(".", "")) for text in page.locator(".trede-balance4 .big").all_inner_texts()]
    assert taken == figures
    visitor.look("batch, with evidence to add")
    visitor.click("Bekijken")
    visitor.wait_for("table.trede-sheet")
    visitor.look("evidence, a table")
    page.goto(page.url + "&row=500&column=9")
    assert page.inner_text("tr#row th") == "500"
    assert page.inner_text("td#cell").replace(",", "").isdigit()
