"""Jobs: starting one, its page, and the part of the page that renews itself while it waits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from trede_web.bridge.jobs.doing import PREPARE, QUIET
from trede_web.bridge.jobs.preparing import is_prepared
from trede_web.door import door
from trede_web.pages.showing import making, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import DONE, QUEUED, RUNNING, Brought, Job

OF_FILES = frozenset(
    {"import", "look", "check", "commit", "decide", "withdraw", "mend", "grid", "attach", "draw", "rename"}
)
"""Kinds of jobs that belong to the page of imports."""

ABOUT_WAITING = frozenset({"look", "check", "commit"})
"""Kinds of jobs about a file that waits."""

OF_A_YEAR = {
    "settle": "doubles",
    "publish": "publish",
    "plan": "calculate",
    "calculate": "calculate",
    "pin": "calculate",
    "category": "scope_3",
    "verify": "prove",
    "allocate": "receivers",
    "bundle": "prove",
}
"""Where to go on after jobs about a year; after others to the year itself."""

ALWAYS = {
    "export": "data",
    "withdraw": "imports",
    "rename": "profiles",
    "describe": "organisation",
    PREPARE: "overview",
    "hold": "base_year",
    "base_year": "base_year",
    "materiality": "materiality",
    "estimate": "estimates",
    "end_estimate": "estimates",
}
"""Per kind of job: the page to go on to, whatever came of it."""


def ask(seat: Seat, kind: str, title: str = "", files: Mapping[str, Brought] | None = None, **asked: Any) -> Job:
    """Store a job, and that somebody asked for it when it changes something."""
    if seat.token:
        asked["token"] = seat.token
    ident = _ident(seat.once, kind, title, files or {}, asked) if seat.once else None
    if ident and (known := seat.organisation.jobs.select_related("person", "organisation").filter(pk=ident).first()):
        return known
    job = Job.ask(seat.organisation, seat.person, kind, title, files, ident=ident, **asked)
    if kind not in QUIET:
        seat.note(f"asked_{kind}", title=title, job=str(job.pk))
    return job


def ask_once(seat: Seat, kind: str, title: str = "", **asked: Any) -> Job:
    """Store a job that changes nothing, or return the one that is at it."""
    return open_job(seat, kind, **asked) or ask(seat, kind, title, **asked)


def open_job(seat: Seat, kind: str, **asked: Any) -> Job | None:
    """Return the job that waits or is being done, whoever asked for it."""
    same = {f"asked__{name}": value for name, value in asked.items()}
    waiting = seat.organisation.jobs.filter(kind=kind, state__in=[QUEUED, RUNNING], **same)
    return waiting.select_related("person", "organisation").first()


def _ident(seed: str, kind: str, title: str, files: Mapping[str, Brought], asked: dict[str, Any]) -> UUID:
    """Return the id of a job that a request makes, whenever it comes."""
    hashes = {name: _hash_of(data) for name, data in files.items()}
    return uuid5(UUID(seed), json.dumps([kind, title, hashes, asked], sort_keys=True))


def _hash_of(data: Brought) -> str:
    found = sha256()
    for chunk in [data] if isinstance(data, bytes) else data.chunks():
        found.update(chunk)
    return found.hexdigest()


def start(seat: Seat, kind: str, title: str = "", **asked: Any) -> HttpResponseRedirect:
    """Store a job and go to its page."""
    return follow_job(seat, ask(seat, kind, title, **asked))


def follow_job(seat: Seat, job: Job) -> HttpResponseRedirect:
    """Go to the page of a job, to wait for it."""
    return HttpResponseRedirect(reverse("job", args=[seat.organisation.slug, job.pk]) + "?wait")


def wait_for(request: HttpRequest, seat: Seat, job: Job) -> HttpResponse:
    """Wait for a job on the page that asked for it, or without JavaScript on its own."""
    if getattr(request, "htmx", False):
        return render(request, "parts/job.html", {"seat": seat, "job": job, "told": [], "then": then(seat, job)})
    return follow_job(seat, job)


@door(Power.READ)
@require_safe
def job(request: HttpRequest, seat: Seat, job: str) -> HttpResponse:
    """Show a job. Who waits for it is led on to what it made once it went well, also when that was before the first look."""
    found = seat.organisation.jobs.select_related("person").filter(pk=job).first()
    if found is None:
        raise Http404
    told, on = voice().told_stored(found.issues), then(seat, found)
    if getattr(request, "htmx", False):
        if found.state == DONE:
            return HttpResponseClientRedirect(on)
        return render(request, "parts/job.html", {"seat": seat, "job": found, "told": told, "then": on})
    if found.state == DONE and "wait" in request.GET:
        return redirect(on)
    here = "imports" if found.kind in OF_FILES else ""
    return show(request, seat, "job.html", here, job=found, told=told, then=on)


@door(Power.READ)
@require_safe
def ready(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer a page that waits for the worker: still waiting, why it failed, or that it can go on."""
    organisation = seat.organisation
    if not is_prepared(organisation.folder, organisation.journals):
        return render(request, "parts/making.html", {"seat": seat, "making": making(seat)})
    answer = HttpResponse()
    answer["HX-Trigger"] = "trede-ready"
    return answer


def then(seat: Seat, job: Job) -> str:
    """Return where to go on when a job is done, or to try again when it failed."""
    slug, result = seat.organisation.slug, job.result
    if job.kind in ABOUT_WAITING or result.get("staged"):
        return _then_waiting(slug, job)
    if job.kind in WAYS:
        return WAYS[job.kind](slug, job)
    if job.kind in ALWAYS:
        return reverse(ALWAYS[job.kind], args=[slug])
    year = result.get("year") or job.asked.get("year") or job.asked.get("years", [0])[0]
    match job.kind:
        case "import" | "decide" | "erase" | "mend" | "grid" if result.get("batch"):
            return reverse("batch", args=[slug, result["batch"]])
        case "decide" | "erase" | "mend" if job.asked["batch"]:
            return reverse("batch", args=[slug, job.asked["batch"]])
        case "import" | "grid" | "erase":
            return reverse("imports", args=[slug])
        case "bridge":
            part = {} if job.asked.get("period", str(year)) == str(year) else {"period": job.asked["period"]}
            asked = urlencode({"from": job.asked["before"], "view": job.asked["view"], **part})
            return f"{reverse('bridge', args=[slug, year])}?{asked}"
        case "plan" if job.state == DONE:
            return reverse("plan", args=[slug, job.pk])
        case "calculate" if job.state == DONE:
            of = f"?{urlencode({'period': job.asked['period']})}" if "period" in job.asked else ""
            return reverse("footprint", args=[slug, year]) + of
        case "example" if job.state != DONE:
            return reverse("restore", args=[slug])
        case "correct":
            return reverse("record", args=[slug, job.asked["record"]])
        case _:
            return reverse(OF_A_YEAR.get(job.kind, "year"), args=[slug, year])


def _then_waiting(slug: str, job: Job) -> str:
    """Return where to go on after a job about a file that waits: to its columns, its check, or its batch."""
    if job.kind == "commit" and job.state == DONE:
        return reverse("batch", args=[slug, job.result["batch"]])
    checked = job.result.get("checked") or (job.kind == "check" and job.state == DONE)
    name = "staged_check" if job.kind == "commit" or checked else "staged"
    return reverse(name, args=[slug, job.asked.get("staged") or job.result["staged"]])


def _then_attached(slug: str, job: Job) -> str:
    """Return where to go on after a file was attached: to that file; if it was not, to the batch."""
    if job.state == DONE:
        page = f"?page={job.result['page']}" if job.result.get("page") else ""
        return reverse("evidence_view", args=[slug, job.result["evidence"]]) + page
    return reverse("batch", args=[slug, job.asked["batch"]]) if job.asked["batch"] else reverse("imports", args=[slug])


def _then_drawn(slug: str, job: Job) -> str:
    """Return the page of the file, at the page that was drawn."""
    return f"{reverse('evidence_view', args=[slug, job.asked['digest']])}?page={job.asked['page']}"


def _after_choice(slug: str, job: Job) -> str:
    """Return where to go on after a choice about factors."""
    asked, result = job.asked, job.result
    match job.kind:
        case "match" | "mean":
            return f"{reverse('matching', args=[slug, asked['year']])}?at={asked['item']}"
        case "override" | "list" if result.get("factor"):
            return reverse("factor", args=[slug, result["library"], result["factor"]])
        case "override":
            return reverse("factor", args=[slug, asked["library"], asked["factor"]])
        case "revoke" if asked.get("page") == "models":
            return reverse("models", args=[slug])
        case "revoke" if asked.get("year"):
            return reverse(asked.get("page") or "choices", args=[slug, asked["year"]])
        case _:
            return reverse("lists", args=[slug])


def _then_model(slug: str, job: Job) -> str:
    """Return where to go on after a job about a calculation model."""
    if job.kind == "try" and job.state == DONE:
        return reverse("tried", args=[slug, job.pk])
    if job.kind == "enter" and job.state == DONE:
        return reverse("batch", args=[slug, job.result["batch"]])
    model = job.result.get("model") or job.asked.get("model")
    return reverse("model", args=[slug, model]) if model else reverse("models", args=[slug])


def _then_sampled(slug: str, job: Job) -> str:
    """Return where to go on after a sample was drawn or worked out, or its rest taken in."""
    if job.state != DONE:
        return reverse("samples", args=[slug])
    if job.kind == "sample":
        return reverse("sample", args=[slug, job.pk])
    return reverse("batch", args=[slug, job.result["batch"]])


def _then_report(slug: str, job: Job) -> str:
    """Return the address of a report after it was made."""
    asked = f"?{job.asked['address']}" if job.asked["address"] else ""
    return reverse("report", args=[slug, job.asked["year"]]) + asked


def _then_file(slug: str, job: Job) -> str:
    """Return the page of a file of the ledger."""
    return f"{reverse('ledger_file', args=[slug, job.asked['form']])}?{job.asked['address']}"


def _then_divided(slug: str, job: Job) -> str:
    """Return the page of what a period is divided into."""
    return f"{reverse('receivers', args=[slug, job.asked['year']])}?{urlencode({'period': job.asked['period']})}"


def _then_examined(slug: str, job: Job) -> str:
    """Return where what was found of a bundle is told to who brought it."""
    return reverse("examined", args=[slug, job.pk]) if job.state == DONE else reverse("examine", args=[slug])


WAYS: dict[str, Callable[[str, Job], str]] = {
    "attach": _then_attached, "draw": _then_drawn, "report": _then_report, "download": _then_file, "examine": _then_examined,
    "divide": _then_divided, **dict.fromkeys(("model", "end_model", "enter", "try"), _then_model),
    **dict.fromkeys(("sample", "extrapolate"), _then_sampled),
    **dict.fromkeys(("match", "mean", "override", "list", "revoke"), _after_choice),
}  # fmt: skip
"""Kinds of job that lead on in a way of their own."""
