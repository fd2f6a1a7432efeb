"""Charts on a page: each has its title, words, table, files and citation; figures lead back; a drawing can do nothing."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.urls import reverse
from web_site import Page, Site, text_of

from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint_of
from trede_web.bridge.books import open_books


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_footprint_has_its_charts(site: Site, language: str) -> None:
    client = site.client(language=language)
    page = Page(text_of(client.get(reverse("footprint", args=["ours", 2024]))))
    drawings = page.find("img")
    names = [re.search(r"/charts/([\w-]+)/", e.attributes["src"])[1] for e in drawings]  # type: ignore[index]
    assert names == ["sources", "months", "sites", "trend", "intensity-1", "intensity-2"]
    run = open_books(site.ours.folder).find_run("2024")
    for element in drawings:
        assert len(element.attributes["alt"]) > 40
        answer = client.get(element.attributes["src"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "image/svg+xml"
        assert "script" not in answer.headers["Content-Security-Policy"]
        assert answer.content.startswith(b"<svg")
        again = client.get(element.attributes["src"], headers={"if-none-match": answer.headers["ETag"]})
        assert again.status_code == 304
        assert client.get(element.attributes["src"] + "?narrow").content != answer.content
    files = [link for link in page.links() if "/file/" in link]
    assert len(files) == 4 * len(names)
    assert text_of(client.get(reverse("footprint", args=["ours", 2024]))).count(run.id) > len(names) * 2


def test_files_of_a_chart(site: Site) -> None:
    client, books = site.client(), open_books(site.ours.folder)
    run = books.find_run("2024")
    standard = standards()["co2-prestatieladder-3.1"]
    total = footprint_of(run, standard, "market").total

    def get(kind: str) -> bytes:
        answer = client.get(reverse("chart_file", args=["ours", "sources", kind, f"{run.id}/ladder:market"]))
        assert answer.status_code == 200
        assert f"sources-2024-{run.id[:8]}.{kind}" in answer.headers["Content-Disposition"]
        return answer.content

    rows = [line.split(";") for line in get("csv").decode("utf-8-sig").splitlines()]
    assert rows[0][:2] == ["Bron", "Totaal (mg CO2e)"]
    assert rows[-1][1] == str(total)
    assert sum(int(row[1]) for row in rows[1:-1]) == total
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(get("xlsx"))).worksheets[-1] for cell in row]
    assert any(run.id in str(cell) for cell in cells)
    picture = get("svg").decode()
    assert run.id in picture
    assert "@font-face" in picture
    assert get("png").startswith(b"\x89PNG")


def test_figures_of_a_site_and_of_a_month_lead_to_the_cell_in_four_clicks(site: Site) -> None:
    client = site.client()
    page = Page(text_of(client.get(reverse("footprint", args=["ours", 2024]))))
    queries = [e.attributes["data-query"] for e in page.find("data")]
    for part in ("site:hoofdkantoor", "month:2024-03"):
        where = next(link for link in page.links() if link.endswith(f"/ladder:market/{part}/"))
        assert any(query.endswith(f"/{part}") for query in queries)
        clicks = 0
        while True:
            answer = text_of(client.get(where))
            clicks += 1
            if 'class="cell"' in answer:
                break
            table = answer[answer.index('class="trede-section"') :]
            where = next(link for link in Page(table).links() if "/trace/" in link)
        assert clicks == 4, part


@pytest.mark.parametrize(
    "tail",
    [
        "nothing/drawing/{run}/ladder:market/",
        "intensity-9/drawing/{run}/ladder:market/",
        "intensity-x/drawing/{run}/ladder:market/",
        "sources/drawing/{run}/ladder:market/scope-1/",
        "sources/drawing/{run}/",
        "sources/drawing/{run}/none:market/",
        "sources/file/exe/{run}/ladder:market/",
        "sources/file/svg/*/ladder:market/",
    ],
)
def test_charts_that_there_are_not(site: Site, tail: str) -> None:
    run = open_books(site.ours.folder).find_run("2024").id
    assert site.client().get(f"/o/ours/charts/{tail.format(run=run)}").status_code == 404


def test_sites_stand_beside_each_other_with_the_year_before(site: Site) -> None:
    answer = text_of(site.client().get(reverse("footprint", args=["ours", 2024])))
    table = answer[answer.index('aria-labelledby="sites"') :].partition("</table>")[0]
    assert "Hoofdkantoor" in table
    assert [e.text for e in Page(table).find("th")[1:4]] == ["2024t CO₂e", "2023t CO₂e", "Verschil"]
