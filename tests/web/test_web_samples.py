"""Samples on screen: drawn by lot, worked out over what was found, and the rest taken in."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files

import pytest
from django.urls import reverse
from test_web_assess_browser import VANS
from web_api import program
from web_site import Page, Site, fresh, text_of

from trede.analysis.sampling import draw, units_needed
from trede.intake.template import template_profile
from trede.workspace.importing import import_file
from trede.workspace.sampling import extrapolated, read_design, work_out
from trede_web.bridge.books import open_books
from trede_web.bridge.models.samples import parted
from trede_web.work.models import Job

LIST, NEW = reverse("samples", args=["ours"]), reverse("sample_new", args=["ours"])
NAMES = ["Alfa", "Bravo", "Charlie", "Delta", *(f"Bus {n}" for n in range(16))]
GIVEN = {
    "title": "Bussen", "ident": "bussen", "first": "2024-01-01", "last": "2024-12-31", "types": ["fuel-vehicle"],
    "unit": "supplier", "units": "\n".join(NAMES), "drawn": "random", "count": "4", "how": "Lijst van de garage",
    "source": "vans", "auxiliary": "", "margin": "", "spread": "", "named": "", "low": "", "high": "", "basis": "",
    "seed": "lot",
}  # fmt: skip


DESIGN = """id = "d"
title = "Titel"
how = "loting"
start = 2024-01-01
end = 2024-12-31
unit = "supplier"
auxiliary = "omzet"
[records]
activity_types = ["fuel-vehicle"]
[[stratum]]
id = "all"
drawn = "random"
size = 5
auxiliary = "10"
units = { a = "NUMBER", b = "3" }
"""


@pytest.fixture(scope="module")
def shared() -> Site:
    """The application, for tests that only look."""
    return fresh()


def test_the_lot_draws_the_same_again_and_each_unit_alike() -> None:
    assert draw(NAMES, 4, "lot") == draw(NAMES[::-1], 4, "lot")
    assert draw(NAMES, 4, "lot") != draw(NAMES, 4, "another")
    counts = {name: sum(name in draw(NAMES, 5, str(seed)) for seed in range(400)) for name in NAMES}
    assert all(60 < count < 140 for count in counts.values()), "a quarter of 400 each"


def test_the_size_follows_from_margin_and_spread() -> None:
    assert units_needed(200, Decimal("0.5"), Decimal("0.1")) == 65
    assert units_needed(20, Decimal(1), Decimal("0.01")) == 20
    assert units_needed(1000, Decimal("0.01"), Decimal("0.5")) == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"types": []}, "types"),
        ({"units": "Alfa"}, "units"),
        ({"units": "Alfa\nAlfa\nBravo"}, "units"),
        ({"units": "Alfa;veel\nBravo;2"}, "units"),
        ({"units": "Alfa;1\nBravo"}, "units"),
        ({"units": "Alfa;1\nBravo;2", "count": "1"}, "auxiliary"),
        ({"count": "20"}, "count"),
        ({"count": ""}, "count"),
        ({"drawn": "cut-off"}, "units"),
        ({"drawn": "convenience", "named": "Echo"}, "named"),
        ({"low": "0,5", "high": "1,5", "basis": "gok"}, "low"),
        ({"last": ""}, "last"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(shared: Site, changed: dict[str, str], field: str) -> None:
    answer = shared.client().post(NEW, GIVEN | changed)
    assert answer.status_code == 422
    assert f"#f-{field}" in Page(text_of(answer)).links()


def test_a_list_of_units_is_read_in_one_go() -> None:
    """A semicolon, blanks and a semicolon: half a million of them take no longer than other lines."""
    assert [parted(line) for line in ("Alfa; 1,5", "Alfa\t2", "A;B;3", "Alfa", "Alfa;", ";4")] == [
        ("Alfa", " 1,5"), ("Alfa", "2"), ("A;B", "3"), ("Alfa", ""), ("Alfa;", ""), (";4", ""),
    ]  # fmt: skip
    assert parted("a;" + " " * 500_000 + ";") == ("a;" + " " * 500_000 + ";", "")


@pytest.mark.parametrize("number", ["0E-30000000", "1E+30000000", "1E-400"])
def test_a_number_that_is_endless_when_written_out_is_refused(shared: Site, number: str) -> None:
    """A text of ten signs would fill the memory of the worker of everybody."""
    text = DESIGN.replace("NUMBER", number)
    sent = program(shared).send("POST", "samples/trial", {"text": text})
    assert (sent.status_code, sent.json()["issues"][0]["code"]) == (422, "field_invalid")
    model = (files("trede.catalogue") / "own_model_template.toml").read_text("utf-8").replace('"120"', f'"{number}"')
    assert program(shared).send("POST", "model-trials", {"text": model}).status_code == 422


def test_a_sample_is_drawn_found_worked_out_and_extrapolated(site: Site) -> None:
    client, books = site.client(), open_books(site.ours.folder)
    client.post(NEW, GIVEN | {"count": "", "margin": "50", "spread": "60"})
    assert site.work() == 1
    job = Job.objects.get(kind="sample")
    count = units_needed(20, Decimal("0.6"), Decimal("0.5"))
    [stratum] = job.result["strata"]
    assert [name for name, _ in stratum["units"]] == draw(NAMES, count, "lot")
    assert (job.result["fits"], job.issues[0]["code"]) == (False, "sample_no_records")
    shown = reverse("sample", args=["ours", job.pk])
    assert "lot lot" in text_of(client.get(shown))
    assert "wacht op records" in text_of(client.get(LIST)).lower()
    import_file(books, VANS.encode(), "vans.csv", template_profile(VANS.encode(), "vans.csv", "vans"))
    client.post(NEW, GIVEN | {"drawn": "convenience", "named": "\n".join(NAMES[:4]), "low": "0,5", "high": "1,5",
                              "basis": "kleinere bussen"})  # fmt: skip
    assert site.work() == 1
    job = Job.objects.filter(kind="sample").latest("created_at")
    assert job.result["fits"]
    found = work_out(books, job.asked["design"].encode(), "design.toml")
    assert [(m["sample"], m["rest"], m["total"]) for m in job.result["measures"]] == [
        (f"{m.sample:f}", f"{m.rest:f}", f"{m.total:f}") for m in found.measures
    ]
    page = text_of(site.client("auditor@ours.example").get(reverse("sample", args=["ours", job.pk])))
    assert "4.000,00" in page
    assert "3.000,00" in page, "the range of the assumption"
    assert "Neem de rest in" not in page
    again = reverse("sample_again", args=["ours", job.pk])
    assert client.post(again, {"text": job.asked["design"].replace("convenience", "by ear")}).status_code == 422
    assert site.client("owner@theirs.example").post(again, {"take": "1"}).status_code == 404
    client.post(again, {"take": "1"})
    assert site.work() == 1
    [batch] = extrapolated(open_books(site.ours.folder))
    assert {row["quality"] for row in batch.records().to_pylist()} == {"extrapolated"}
    assert reverse("batch", args=["ours", batch.id]) in Page(text_of(client.get(LIST))).links()
    design = read_design(books, job.asked["design"].encode(), "design.toml")
    assert (design.stratum[0].size, design.stratum[0].range is not None) == (20, True)
