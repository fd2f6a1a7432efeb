"""One application with everything in it that a page can meet: filled, empty, half done, failed, too much, and waiting."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone
from test_web_mapping import CHOICES, METERS, fill_in
from test_web_matrix import facts
from test_web_papers import pdf
from web_site import Page, Site, fresh, text_of, wait

from trede.kernel.identity import sha256
from trede_web.bridge.books import Period, create_books, open_books
from trede_web.bridge.boundary.proposing import base_of
from trede_web.bridge.factors.choices import choices_page
from trede_web.bridge.jobs.preparing import state_of
from trede_web.bridge.ledger.doubles import doubles_page
from trede_web.bridge.welcome.example import example_description
from trede_web.comments.models import Comment
from trede_web.people.models import Invitation, LogEntry, Membership, Organisation, Reset, User
from trede_web.roles import Role
from trede_web.words import voice_of
from trede_web.work.models import DONE, FAILED, QUEUED, RUNNING, Job
from workspaces import profile_bytes, read_example

MANY = 10_000
"""Issues, records, comments, entries: of each as many as a page is to stand."""
OWNER = "owner@ours.example"
LIST = "co2emissiefactoren-2026-08-20"
REFS = tuple(
    f"{LIST}#{each}"
    for each in (
        "elektriciteit/grijze-stroom/kwh",
        "brandstoffen-energieopwekking/gasvormige-brandstoffen/aardgas-g-gas/nm3",
    )
)
MINUTE = timedelta(minutes=1)
CARD = "{mark}{n};{day:02}-{month:02}-2024;09:53;1;A-{car};B {car};Pomp {pump};{fuel};{litres},00;1,000;{litres},00;"


def person() -> User:
    """Return who owns every organisation here."""
    return User.objects.get(email=OWNER)


def organisation(
    name: str, slug: str, description: bytes | None = None, *, like: Organisation | None = None
) -> Organisation:
    """Make an organisation of the owner's.

    Args:
        like: one with the same folder; nothing is made of it for the pages.
    """
    made = Organisation(name=name, slug=slug)
    if like is None:
        create_books(made.folder, name, description)
    else:
        shutil.copytree(like.folder, made.folder)
    made.save(force_insert=True)
    Membership.objects.create(user=person(), organisation=made, role=Role.OWNER.value)
    return made


def job(of: Organisation, kind: str, state: str, **more: Any) -> Job:
    """Make a job as the worker left it."""
    return Job.objects.create(organisation=of, person=person(), kind=kind, state=state, **more)


def take_in(site: Site, of: Organisation, name: str, data: bytes | None = None) -> str:
    """Take a file in that a profile of the example reads; return its batch."""
    files = {"data": data or read_example(name), "profile": profile_bytes(name)}
    asked = Job.ask(of, person(), "import", name, files, with_profile=True)
    site.work()
    asked.refresh_from_db()
    assert asked.state == DONE, asked.issues
    return str(asked.result["batch"])


def long_file() -> bytes:
    """Return a file with many rejected rows, each for a text of its own, and as many that are accepted."""
    head = read_example("tankpas-2024.csv").split(b"\n", 1)[0]

    def row(mark: str, n: int, fuel: str) -> bytes:
        spread = {"day": 1 + n % 28, "month": 1 + n % 12, "car": n % 50, "pump": n % 20, "litres": 10 + n % 60}
        return CARD.format(mark=mark, n=n, fuel=fuel, **spread).encode()

    good = (row("G", n, "Diesel B7") for n in range(MANY + 1))
    return b"\n".join([head.strip(), *good, *(row("F", n, f"Mengsel {n}") for n in range(MANY))])


def accounts() -> dict[str, Any]:
    """Make every state there is; return what the addresses of `web_states` are made of."""
    site = fresh()
    made = facts(site)
    Job.objects.filter(pk=made["sample"]).update(title="Ritten")
    known = made | _ours(site) | _half(site) | _many(site) | _few(site)
    return {name: str(value) for name, value in known.items()}


def _do(site: Site, of: Organisation, kind: str, **asked: Any) -> None:
    """Have a job done."""
    found = Job.ask(of, person(), kind, **asked)
    site.work()
    found.refresh_from_db()
    assert found.state == DONE, found.issues


def _ours(site: Site) -> dict[str, Any]:
    """Complete the example: everything filled, one year ready to be published, and published in a copy."""
    ours, books = site.ours, open_books(site.ours.folder)
    [finding] = doubles_page(books, Period.year(2022), "", voice_of("nl")).found
    _do(site, ours, "settle", year=2022, finding=finding.id, choice="keep", reason="al vergeleken")
    _do(site, ours, "calculate", year=2022)
    _do(
        site,
        organisation("Klaar", "klaar", like=ours),
        "publish",
        year=2022,
        restates=False,
        reason="vastgesteld",
        incomplete="",
    )
    site.modelled()
    site.divided()
    site.bridged(2023, 2024)
    site.reported(2024)
    active = books.active_batches()
    faulty = next(batch for batch in active if batch.counts["rejected"] or batch.counts["held"])
    clean = next(batch for batch in active if not batch.counts["rejected"] + batch.counts["held"])
    [first, *_] = choices_page(books, 2024, voice_of("nl")).lines
    for topic, about in (("year", "2024"), ("batch", clean.id)):
        Comment.objects.create(organisation=ours, person=person(), kind=topic, about=about, text="Klopt dit?")
    return {
        "faulty": faulty.id, "clean": clean.id, "use": quote(first.asked), "base": base_of(books),
        "refs": f"f={quote(REFS[0])}&f={quote(REFS[1])}",
        "finding": doubles_page(books, Period.year(2024), "", voice_of("nl")).found[0].id,
        "job_done": job(ours, "calculate", DONE, asked={"year": 2024}).pk, **_deeper(site), **_staged(site), **_erased(site),
    }  # fmt: skip


def _deeper(site: Site) -> dict[str, Any]:
    """Plan a calculation, and walk from the footprint down to a month."""
    ahead = Job.ask(site.ours, person(), "plan", year=2024, library="")
    site.work()
    client, where = site.client(), reverse("footprint", args=["ours", 2024])
    found: list[str] = []
    for depth in (7, 8):
        links = Page(text_of(client.get(where))).links()
        where = next(each for each in links if "/trace/" in each and each.count("/") >= depth and each not in found)
        found.append(where)
    return {"plan": ahead.pk, "account": found[0], "month": found[-1]}


def _staged(site: Site) -> dict[str, Any]:
    """Bring files that wait: one without a profile, one that was checked, and a PDF of which a page is drawn."""
    mapped, paper = wait(site, "meters.csv", METERS), pdf("Nota van de gasleverancier", "Bladzijde 2")
    fill_in(site, mapped, **CHOICES)
    fill_in(site, mapped, **CHOICES, **{"value-1-1": "oost"})
    site.work()
    asked = Job.ask(site.ours, person(), "import", "nota.pdf", {"data": paper})
    site.work()
    asked.refresh_from_db()
    digest = sha256(paper)
    _do(site, site.ours, "draw", digest=digest, page=1)
    return {"checked": mapped, "paper": asked.result["staged"], "paper_digest": digest}


def _erased(site: Site) -> dict[str, Any]:
    """Remove an original."""
    batch = next(each for each in open_books(site.ours.folder).batches() if each.file_name == "laadpas.csv")
    _do(site, site.ours, "erase", original=batch.file_sha256, reason="op verzoek", batch=batch.id)
    return {"removed": batch.file_sha256, "removed_batch": batch.id}


def _half(site: Site) -> dict[str, Any]:
    """Make an organisation that is half on its way: some files, questions, a file and a paper that wait."""
    half = organisation("Halverwege", "half", example_description())
    for name in ("tankpas-2024.csv", "reizen.csv"):
        take_in(site, half, name)
    _do(site, half, "calculate", year=2024)
    return {}


def _many(site: Site) -> dict[str, Any]:
    """Make an organisation with too much of everything, and two like it of which nothing is made for the pages."""
    much = organisation("Veel", "veel", example_description())
    batch = take_in(site, much, "tankpas-2024.csv", long_file())
    _do(site, much, "calculate", year=2024)
    slow, stuck = organisation("Wacht", "wacht", like=much), organisation("Vast", "vast", like=much)
    owner, now = person(), timezone.now()
    Comment.objects.bulk_create(
        Comment(organisation=much, person=owner, kind="year", about="2024", text=f"Klopt dit? {n}", at=now - n * MINUTE)
        for n in range(MANY)
    )
    LogEntry.objects.bulk_create(
        LogEntry(organisation=much, person=owner, what="original_taken", details={"file": f"{n}.csv"})
        for n in range(MANY)
    )
    broken = {"code": "job_broken", "severity": "error", "location": {}, "params": {"job": "5f0c12ab"}}
    job(stuck, "prepare", FAILED, asked={"state": state_of(stuck.folder)}, issues=[broken])
    job(stuck, "import", FAILED, title="kapot.csv", issues=[broken])
    record = open_books(much.folder).batch_store.get(batch).records("record_id")["record_id"][0].as_py()
    busy = {"step": "reading", "percent": 40, "lease_until": now + timedelta(hours=1)}
    running = job(slow, "import", RUNNING, title="leest.csv", **busy)
    return {
        "long": batch, "long_record": record, "long_digest": open_books(much.folder).batch_store.get(batch).file_sha256,
        "job_queued": job(slow, "import", QUEUED, title="wacht.csv").pk,
        "job_running": running.pk,
        "job_failed": job(stuck, "import", FAILED, title="kapot-2.csv", issues=[broken]).pk,
    }  # fmt: skip


def _few(site: Site) -> dict[str, Any]:
    """Make what is empty, strict, or nobody's."""
    nothing = organisation("Leeg", "leeg")
    strict = organisation("Streng", "streng")
    strict.codes_required = True
    strict.save()
    new = User.objects.create_user("new@new.example", "De nieuwe", "een lang genoeg wachtwoord")
    _, invited = Invitation.offer(site.ours, "someone@new.example", Role.AUDITOR, person())
    return {"last": nothing.memberships.get().pk, "reset": Reset.offer(new), "invitation": invited}
