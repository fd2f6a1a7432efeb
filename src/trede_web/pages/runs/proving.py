"""Making a calculation again to see that it comes out the same, its bundle for somebody else, and a bundle that was brought."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.runs.bundles import bundle_file
from trede_web.bridge.runs.examining import Examined
from trede_web.bridge.runs.examining import examined as examined_of
from trede_web.bridge.runs.proving import ProofShown, Provable, proof_shown, provable
from trede_web.bridge.vanishing import opened
from trede_web.door import door
from trede_web.pages.intake.imports import fault_in, plain_name
from trede_web.pages.jobs import ask, ask_once, follow_job
from trede_web.pages.showing import problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import Voice, voice
from trede_web.work.models import DONE, QUEUED, RUNNING, Job

COMMAND = "trede verify"
"""With what anybody verifies a bundle."""
SHOWN = 30
"""Checks and bundles of a year that are looked back at."""


@dataclass(frozen=True)
class Proven:
    """What came of making a calculation again, and who had it done."""

    job: Job
    found: ProofShown


def proofs(seat: Seat, year: int, words: Voice) -> dict[str, Proven]:
    """Return the last check of each calculation of a year that was checked, by the calculation."""
    jobs = seat.organisation.jobs.filter(kind="verify", state=DONE, asked__year=year).select_related("person")
    last: dict[str, Proven] = {}
    for job in jobs.order_by("-finished_at")[:SHOWN]:
        if job.result["run"] not in last:
            last[job.result["run"]] = Proven(job, proof_shown(job.result, job.issues, words))
    return last


def ask_proof(seat: Seat, year: int, line: Provable) -> Job:
    """Ask for a calculation to be made again, unless that is waited for already."""
    return ask_once(seat, "verify", line.period, year=year, run=line.run)


def ask_bundle(seat: Seat, year: int, line: Provable, *, originals: bool) -> Job:
    """Ask for a bundle, unless the same is waited for already."""
    return ask_once(seat, "bundle", line.period, year=year, run=line.run, originals=originals)


def chosen(seat: Seat, year: int, run: str) -> Provable:
    """Return the calculation of a year that is meant.

    Raises:
        Http404: there is none.
    """
    line = next((each for each in provable(seat.books, year, voice()) if each.run == run), None)
    if line is None:
        raise Http404
    return line


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the calculations of a year with what came of making them again, and their bundles; have one made again."""
    if request.method == "POST":
        return follow_job(seat, ask_proof(seat, year, chosen(seat, year, request.POST.get("run", ""))))
    lines = provable(seat.books, year, voice())
    ready = bundles(seat, year)
    example = ready[0].name if ready else bundle_name(seat, lines[0].period, lines[0].run) if lines else ""
    return show(
        request, seat, "runs/prove.html", "prove", year=year, lines=lines, proofs=proofs(seat, year, voice()), bundles=ready,
        command=f"{COMMAND} {example}",
    )  # fmt: skip


@dataclass(frozen=True)
class Ready:
    """A bundle that can be downloaded."""

    job: Job
    name: str
    megabytes: str


def bundles(seat: Seat, year: int) -> list[Ready]:
    """Return the bundles of a year that can be downloaded, the last made first."""
    made = seat.organisation.jobs.filter(kind="bundle", state=DONE, asked__year=year).select_related("person")
    return [
        Ready(
            job, bundle_name(seat, job.result["period"], job.result["run"]),
            voice().number(f"{job.result['size'] / 1e6:f}", 1),
        )
        for job in made.order_by("-finished_at")[:SHOWN]
        if _file(seat, job).exists()
    ]  # fmt: skip


def _file(seat: Seat, job: Job) -> Path:
    return bundle_file(seat.organisation.folder, str(job.pk), originals=job.asked["originals"])


@door(Power.READ)
@require_POST
def make(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Have a bundle made. Who may make one with originals may download each of these too."""
    line = chosen(seat, year, request.POST.get("run", ""))
    return follow_job(seat, ask_bundle(seat, year, line, originals="originals" in request.POST))


@door(Power.READ)
@require_safe
def take(request: HttpRequest, seat: Seat, bundle: str) -> HttpResponseBase:
    """Download a bundle."""
    return take_bundle(seat, bundle)


def take_bundle(seat: Seat, bundle: Any) -> FileResponse:
    """Answer with a bundle; with originals it may name people, and in any case the change log says who took it.

    Raises:
        Http404: it is not there, or not any more.
    """
    job = seat.organisation.jobs.filter(kind="bundle", state=DONE, pk=bundle).first()
    file = opened(_file(seat, job)) if job else None
    if job is None or file is None:
        raise Http404
    run = job.result["run"]
    if job.asked["originals"]:
        seat.note("bundle_with_originals_taken", run=run)
    else:
        seat.note("bundle_taken", run=run)
    name = bundle_name(seat, job.result["period"], run)
    return FileResponse(file, as_attachment=True, filename=name)


def bundle_name(seat: Seat, period: str, run: str) -> str:
    """Return the name under which a bundle is downloaded."""
    return f"{seat.organisation.slug}-{period.replace('..', '-')}-{run[:8]}.zip"


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def examine(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Have a bundle verified that somebody brings; one at a time for each person."""
    errors: list[str] = []
    waiting = examining(seat)
    if request.method == "POST":
        if waiting:
            return follow_job(seat, waiting)
        file = request.FILES.get("bundle")
        errors = [problem("imports.no_file", "bundle")] if file is None else unfit_bundle(file)
        if file is not None and not errors:
            return follow_job(seat, ask_examination(seat, file))
    limit = settings.BUNDLE_LIMIT // 1024**2
    return show(
        request, seat, "runs/examine.html", "prove", 422 if errors else 200, errors=errors, limit=limit, waiting=waiting
    )


def examining(seat: Seat) -> Job | None:
    """Return the bundle of this person that is being verified."""
    return seat.organisation.jobs.filter(kind="examine", person=seat.person, state__in=(QUEUED, RUNNING)).first()


def unfit_bundle(file: Any) -> list[str]:
    """Return what is wrong with a file that should be a bundle, in words."""
    return [error for error in (fault_in(file, (".zip",), settings.BUNDLE_LIMIT),) if error]


def ask_examination(seat: Seat, file: Any) -> Job:
    """Ask for a bundle to be verified. Its name goes with its file: it may be of another organisation."""
    return ask(seat, "examine", "", {"data": file, "name": plain_name(file).encode()})


@door(Power.READ)
@require_safe
def found(request: HttpRequest, seat: Seat, examined: str) -> HttpResponse:
    """Show what was found of a bundle to the person who brought it, and to nobody else."""
    job, page = examination(seat, examined, voice())
    if job.is_open:
        return redirect("job", seat.organisation.slug, job.pk)
    return show(request, seat, "runs/examined.html", "prove", page=page)


def examination(seat: Seat, examined: Any, words: Voice) -> tuple[Job, Examined | None]:
    """Return the verification of a bundle by this person, and what was found while that is kept.

    Raises:
        Http404: there is none of this person.
    """
    job = seat.organisation.jobs.filter(kind="examine", person=seat.person, pk=examined).first()
    if job is None:
        raise Http404
    return job, examined_of(seat.books, str(job.pk), words) if job.state == DONE else None
