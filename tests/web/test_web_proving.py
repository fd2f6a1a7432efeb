"""Recomputing a year, its bundle, and a bundle that somebody brings: what is told, to whom, and what is left behind."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from test_web_base_year import publish_anyway
from test_web_matrix import MATRIX
from web_api import program
from web_site import Page, Site, fresh, text_of

from trede.kernel.disk import file_hash
from trede.kernel.sealed import seal, unseal
from trede.workspace import Workspace
from trede.workspace.bundling import FORMAT, MANIFEST, make_bundle
from trede.workspace.unbundling import verify_bundle
from trede_web.bridge.books import open_books
from trede_web.bridge.runs.bundles import bundle_file
from trede_web.bridge.runs.examining import DAY, examine
from trede_web.people.models import LogEntry
from trede_web.work.models import Job

PAGE, MAKE, EXAMINE = (
    reverse("prove", args=["ours", 2022]), reverse("make_bundle", args=["ours", 2022]), reverse("examine", args=["ours"]),
)  # fmt: skip
AUDITOR = "auditor@ours.example"


@pytest.fixture(scope="module")
def shown() -> Site:
    """The application with 2022 published, for tests that leave the accounts as they are."""
    site = fresh()
    publish_anyway(site)
    return site


def run_of(site: Site, period: str = "2022") -> str:
    """Return the calculation of a period."""
    return open_books(site.ours.folder).find_run(period).id


def recompute(site: Site, client: Client) -> str:
    """Have the year recomputed; return the page."""
    answer = client.post(PAGE, {"run": run_of(site)})
    assert answer.status_code == 302
    assert site.work() == 1
    return text_of(client.get(client.get(answer.headers["Location"]).headers["Location"]))


def bring(site: Site, client: Client, data: bytes, name: str = "van-de-klant.zip") -> str:
    """Bring a bundle; return the page of the outcome."""
    answer = client.post(EXAMINE, {"bundle": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, text_of(answer)
    site.work()
    return text_of(client.get(answer.headers["Location"], follow=True))


@pytest.fixture(scope="module")
def bundle(shown: Site, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bundle of 2022 with originals."""
    books = open_books(shown.ours.folder)
    target = tmp_path_factory.mktemp("bundle") / "b.zip"
    return make_bundle(books, books.find_run("2022"), target, with_originals=True).path.read_bytes()


def test_an_auditor_has_a_published_year_recomputed_and_everybody_sees_who_did_and_when(shown: Site) -> None:
    client = shown.client(AUDITOR)
    assert "nog niet nagerekend" in text_of(client.get(PAGE))
    page = recompute(shown, client)
    assert "2022: alles klopt" in page
    assert "gepubliceerd, versie 1" in page
    run = open_books(shown.ours.folder).find_run("2022")
    assert f"{run.result['rows']:,}".replace(",", ".") in page
    values = [(e.attributes["data-query"], e.attributes["value"]) for e in Page(page).find("data")]
    kept = dict(values)
    for query, mg in values:
        if query.endswith("#again"):
            assert kept[query.removesuffix("#again")] == mg
    assert len([query for query, _ in values if query.endswith("#again")]) >= 5
    published = text_of(shown.client().get(reverse("publish", args=["ours", 2022])))
    assert re.search(r"Nagerekend:.*alles klopt.*De auditor", published, re.S)
    assert LogEntry.objects.get(what="job_verify").details["differences"] == 0
    assert LogEntry.objects.get(what="job_verify").person.name == "De auditor"


def test_what_is_asked_twice_is_done_once(shown: Site) -> None:
    client = shown.client(AUDITOR)
    first, second = (client.post(PAGE, {"run": run_of(shown)}).headers["Location"] for _ in range(2))
    assert first == second
    assert shown.work() == 1
    assert client.post(PAGE, {"run": run_of(shown, "2023")}).status_code == 404, "of another year"
    assert client.post(PAGE, {"run": "0" * 16}).status_code == 404


def test_a_year_without_a_calculation_says_what_to_do(shown: Site) -> None:
    page = Page(text_of(shown.client().get(reverse("prove", args=["ours", 2019]))))
    assert reverse("calculate", args=["ours", 2019]) in page.links()


@pytest.mark.parametrize("originals", [False, True])
def test_a_bundle_is_made_downloaded_and_verified_in_an_empty_folder(
    shown: Site, tmp_path: Path, originals: bool
) -> None:
    client = shown.client(AUDITOR)
    client.post(MAKE, {"run": run_of(shown), **({"originals": "1"} if originals else {})})
    shown.work()
    page = Page(text_of(client.get(PAGE)))
    link = next(link for link in page.links() if "/bundles/" in link)
    answer = client.get(link)
    name = f"ours-2022-{run_of(shown)[:8]}.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    path = tmp_path / name
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert file_hash(path) in page.find("main")[0].text
    assert f"trede verify {name}" in page.find("pre")[0].text
    with zipfile.ZipFile(path) as archive:
        kinds = {each.split("/")[0] for each in archive.namelist()}
        assert ("evidence" in kinds) == originals
        assert "keys" not in kinds
    assert verify_bundle(path).good
    taken = LogEntry.objects.filter(what="bundle_with_originals_taken" if originals else "bundle_taken").latest("id")
    assert taken.person.name == "De auditor"


def test_who_may_have_originals_in_a_bundle_may_download_each(shown: Site) -> None:
    powers = {name: power for name, _, power in MATRIX}
    assert powers["bundle_file"] == powers["make_bundle"] == powers["evidence"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made, for one test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(here: Path) -> list[Path]:
    """Return what there is of bundles that were brought: uploads, temporary folders."""
    return [*(Path(settings.DATA) / "uploads").rglob("*"), *here.iterdir()]


def test_a_good_bundle_is_told_to_its_bringer_alone_and_nothing_of_it_is_kept(
    shown: Site, bundle: bytes, here: Path
) -> None:
    client = shown.client(AUDITOR)
    runs = sorted((shown.ours.folder / "runs").iterdir())
    page = bring(shown, client, bundle)
    assert "De bundel klopt" in page
    assert "erin, met persoonsgegevens" in page
    assert "jaarverslag" in page, "the reason of its publication"
    job = Job.objects.filter(kind="examine").latest("created_at")
    assert (job.title, job.asked, job.result, job.issues) == ("", {}, {}, [])
    assert left_behind(here) == []
    assert sorted((shown.ours.folder / "runs").iterdir()) == runs
    assert not LogEntry.objects.filter(what__contains="examine").exists()
    where = reverse("examined", args=["ours", job.pk])
    assert client.get(where).status_code == 200
    for other in ("owner@ours.example", "editor@ours.example"):
        assert shown.client(other).get(where).status_code == 404
        assert program(shown, other).send("GET", f"examinations/{job.pk}").status_code == 404
        assert "van-de-klant" not in text_of(shown.client(other).get(reverse("job", args=["ours", job.pk])))
        assert b"van-de-klant" not in program(shown, other).send("GET", "jobs").content


def test_an_outcome_is_thrown_away_after_a_day(shown: Site, bundle: bytes) -> None:
    client = shown.client(AUDITOR)
    bring(shown, client, b"PK no zip")
    job = Job.objects.filter(kind="examine").latest("created_at")
    [path] = (Path(settings.DATA) / "examined" / shown.ours.folder.name).glob(f"{job.pk}.json")
    assert path.stat().st_mode & 0o077 == 0
    os.utime(path, (time.time() - DAY - 1,) * 2)
    bring(shown, client, b"PK no zip")
    assert not path.exists()
    assert "Deze uitkomst is weg" in text_of(client.get(reverse("examined", args=["ours", job.pk])))


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """Return a bundle in which one file has another content."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            new.writestr(each, content if each.endswith(name) else old.read(each))
    return out.getvalue()


def added(name: str, content: bytes = b"x", mode: int = 0o100644) -> bytes:
    """Return a zip with one entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
        archive.writestr(entry, content)
    return out.getvalue()


def test_a_changed_bundle_names_the_file(shown: Site, bundle: bytes) -> None:
    page = bring(shown, shown.client(), changed(bundle, "ledger.parquet", b"PAR1 forged"))
    assert "De bundel klopt niet" in page
    assert "ledger.parquet" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<script>alert(1)</script>", "Dit is geen zip"),
        (added("../../../../tmp/trede-was-here"), "De zip is niet geopend"),
        (added("/etc/trede-was-here"), "De zip is niet geopend"),
        (added("runs/<b>x</b>/y.json"), "De zip is niet geopend"),
        (added("runs/x/link", b"/etc/passwd", 0o120777), "Een bundel heeft geen koppelingen"),
        (added("runs/x/ledger.parquet", b"\0" * 120_000_000), "Uitgepakt zouden dit"),
        (added("runs/x/ledger.parquet"), "geen bundel van Trede"),
    ],
    ids=["no zip", "outside", "absolute", "markup", "link", "bomb", "no list"],
)
def test_a_hostile_bundle_is_refused_in_words(shown: Site, here: Path, data: bytes, said: str) -> None:
    page = bring(shown, shown.client(), data, name="<b>x</b>.zip")
    assert "De bundel klopt niet" in page
    assert said in page
    assert "<b>" not in page.partition("<main")[2]
    assert left_behind(here) == []
    assert not Path("/tmp/trede-was-here").exists()  # noqa: S108 - the place that it aimed at


def test_what_is_told_of_a_bundle_is_short_whatever_its_list_says(here: Path) -> None:
    """A list of many megabytes is a zip of a few kilobytes; what it says is no reason to keep or show as much."""
    about = {"format": FORMAT, "period": "2024", "trede": {"run": "1", "bundle": "1"}, "originals": False}
    long = "A" * 2_000_000
    path = here / "b.zip"
    for listed in ({"run": long, "files": {}}, {"run": "x", "files": {f"batches/{n}/{long}": "x" for n in range(3)}}):
        path.write_bytes(added(MANIFEST, seal(about | listed)))
        found = examine(path)
        assert not found["good"]
        assert {"run", "issues"} <= set(found)
        assert len(json.dumps(found)) < 20_000


def test_what_is_no_bundle_or_too_large_is_refused_at_the_form(shown: Site) -> None:
    client, jobs = shown.client(), Job.objects.count()
    for file in (SimpleUploadedFile("x.csv", b"a"), SimpleUploadedFile("x.zip", b"")):
        assert client.post(EXAMINE, {"bundle": file}).status_code == 422
    assert client.post(EXAMINE).status_code == 422
    with override_settings(BUNDLE_LIMIT=10):
        answer = client.post(EXAMINE, {"bundle": SimpleUploadedFile("x.zip", b"PK" * 20)})
    assert answer.status_code == 422
    assert Job.objects.count() == jobs


def test_one_at_a_time_for_each_person(shown: Site) -> None:
    client = shown.client()
    first = client.post(EXAMINE, {"bundle": SimpleUploadedFile("x.zip", b"PK")}).headers["Location"]
    assert client.post(EXAMINE, {"bundle": SimpleUploadedFile("y.zip", b"PK")}).headers["Location"] == first
    assert "wordt nu nagegaan" in text_of(client.get(EXAMINE))
    sent = program(shown).send("POST", "examinations", {"bundle": SimpleUploadedFile("y.zip", b"PK")}, form=True)
    assert (sent.status_code, sent.json()["code"]) == (409, "not_so")
    assert shown.work() == 1


@pytest.mark.parametrize(("limits", "code"), [({"seconds": 1}, "job_examine_slow"), ({"patience": 0.05}, "job_examine_slow"),
                                              ({"megabytes": 40}, None)])  # fmt: skip
def test_the_limits_hold(bundle: bytes, here: Path, limits: dict[str, float], code: str | None) -> None:
    """A process that works too long, or takes too much, is ended; its folder goes with it."""
    path = here / "b.zip"
    path.write_bytes(bundle)
    found = examine(path, **limits)  # type: ignore[arg-type]
    assert "run" not in found or not found["good"]
    assert found["issues"][0]["code"] == code or code is None
    assert list(here.iterdir()) == [path]


def test_the_process_is_given_no_secret(bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import json, os, sys\njson.dump({'env': dict(os.environ), 'at': os.getcwd()}, sys.stdout)")
    monkeypatch.setattr("trede_web.bridge.runs.examining.CHILD", child)
    monkeypatch.setenv("TREDE_WEB_SECRET", "hush")
    found = examine(tmp_path / "b.zip")
    assert set(found["env"]) <= {"TMPDIR", "LC_CTYPE"}
    assert found["at"] == found["env"]["TMPDIR"]


def test_a_workspace_of_a_neighbour_is_not_bundled(shown: Site) -> None:
    neighbour = shown.client("owner@theirs.example")
    for name in ("prove", "make_bundle"):
        assert neighbour.post(reverse(name, args=["theirs", 2022]), {"run": run_of(shown)}).status_code == 404
    assert Workspace(shown.theirs.folder).runs() == []


def test_what_differs_is_an_outcome_with_both_totals(site: Site) -> None:
    found = open_books(site.ours.folder).find_run("2022")
    forge(found.folder)
    page = recompute(site, site.client())
    assert "2022: niet alles klopt" in page
    assert "totals.parquet" in page
    assert "klopt niet" in page
    values = {e.attributes["data-query"]: int(e.attributes["value"]) for e in Page(page).find("data")}
    apart = {query for query, mg in values.items() if query.endswith("#again") and values[query[:-6]] != mg}
    assert apart
    assert LogEntry.objects.get(what="job_verify").details["differences"] > 0


def forge(run: Path) -> None:
    """Add a milligram to the totals of a run, with seals that fit."""
    totals = pq.read_table(run / "totals.parquet")
    values = totals["co2e"].to_pylist()
    at = totals.schema.get_field_index("co2e")
    forged = totals.set_column(
        at, totals.schema.field("co2e"), pa.array([values[0] + 1, *values[1:]], totals["co2e"].type)
    )
    pq.write_table(forged, run / "totals.parquet")
    made = unseal(run / "made.json")
    made["files"]["totals.parquet"] = file_hash(run / "totals.parquet")
    (run / "made.json").write_bytes(seal(made))


def test_three_bundles_are_kept_and_none_with_an_original_that_was_removed(site: Site) -> None:
    client, run = site.client(), run_of(site)
    for originals in (True, False, True, False):
        client.post(MAKE, {"run": run, **({"originals": "1"} if originals else {})})
        site.work()
        time.sleep(0.01)
    made = list(Job.objects.filter(kind="bundle").order_by("created_at"))
    there = [bundle_file(site.ours.folder, str(job.pk), originals=job.asked["originals"]).exists() for job in made]
    assert there == [False, True, True, True]
    assert client.get(reverse("bundle_file", args=["ours", made[0].pk])).status_code == 404
    digest = next(iter(open_books(site.ours.folder).evidence.all())).sha256
    client.post(reverse("erase", args=["ours", digest]), {"reason": "verzoek van een medewerker"})
    site.work()
    answers = [client.get(reverse("bundle_file", args=["ours", job.pk])).status_code for job in made]
    assert answers == [404, 200, 404, 200]
