"""Evidence and import: drop files, see what became of each row, decide about what waits, download what was rejected."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.evidence.originals import original, template
from trede_web.bridge.evidence.viewer import PAPERS
from trede_web.bridge.intake.batches import BatchPage, RowShown, batch_lines, batch_page, profiles, rows_csv
from trede_web.bridge.intake.controls import readable
from trede_web.bridge.intake.credits import CREDIT
from trede_web.bridge.intake.grid import typed_in
from trede_web.door import door
from trede_web.inbox.models import Staged
from trede_web.pages.jobs import ask, follow_job, start
from trede_web.pages.showing import Problem, problem, show
from trede_web.people.models import log
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import QUEUED, RUNNING, Job

SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx")
FILES_AT_ONCE = 30
LEFT_OUT = "left_out"
"""In the session: what was wrong with files that stayed out while others came in, by organisation."""
SAME = "same_files"
"""In the session: files that wait already under the same or another name, by organisation: name, first name, job."""
CONTROLS = ("control_total", "control_rows")
"""Fields of a form with what a person says that one file adds up to."""


class Decision(forms.Form):
    """What to do with rows that wait, or were rejected."""

    choice = forms.ChoiceField(choices=[(name, name) for name in ("drop", "accept", "set-aside")])
    kind = forms.RegexField(r"[a-z_]+", required=False)
    """Instead of chosen rows: all that wait for this reason."""
    reason = forms.CharField(min_length=3, max_length=500)


class Withdrawal(forms.Form):
    """Why a batch is taken out."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List what came in; a form with files makes a job of each."""
    errors: list[Problem] = []
    if request.method == "POST":
        if not seat.works:
            return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
        errors = unfit(request, some=True)
        if not errors:
            take(request, seat)
            return redirect("imports", seat.organisation.slug)
    left: list[str] = request.session.pop(LEFT_OUT, {}).get(seat.organisation.slug, []) if not errors else []
    return show(
        request, seat, "intake/imports.html", "imports", 422 if errors else 200, errors=errors or left,
        batches=batch_lines(seat.books),
        profiles=profiles(seat.books), jobs=_recent(seat), waiting=_waiting(seat),
        same=request.session.pop(SAME, {}).get(seat.organisation.slug, []),
        limit=settings.UPLOAD_LIMIT // 1024**2,
    )  # fmt: skip


@door(Power.READ)
@require_safe
def imports_part(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The list of what came in, which renews itself while files are being read."""
    return render(
        request, "parts/imports.html",
        {
            "seat": seat, "batches": batch_lines(seat.books), "jobs": _recent(seat),
            "waiting": _waiting(seat),
        },
    )  # fmt: skip


def _waiting(seat: Seat) -> list[Staged]:
    """Return the files that wait; one with the content of an earlier one says of which."""
    first: dict[str, Staged] = {}
    found: list[Staged] = list(seat.organisation.staged.all())
    for each in found:
        each.same_as = first.setdefault(each.sha256, each)
    return found


def _recent(seat: Seat) -> list[dict[str, Any]]:
    """Return the imports that wait, run or failed, with what is wrong in words; a failed one stays until the next day."""
    found = (
        seat.organisation.jobs.filter(kind__in=("import", "commit")).exclude(state="done").order_by("-created_at")[:20]
    )
    return [{"job": job, "told": voice().told_stored(job.issues)} for job in found]


def take(request: HttpRequest, seat: Seat) -> None:
    """Make a job of each file that is fit; what is wrong with the others is told on the next page, once."""
    same = [(sent.name, sent.job.title, str(sent.job.pk)) for sent in _send(request, seat) if sent.again]
    if same:
        request.session[SAME] = {seat.organisation.slug: same}
    if faults := _faults(request):
        request.session[LEFT_OUT] = {seat.organisation.slug: [*faults, voice().word("imports.others_in")]}


def unfit(request: HttpRequest, *, some: bool = False) -> list[Problem]:
    """Return what keeps the files of a form from coming in, in words.

    Args:
        some: with one file that is fit the others keep nothing out.
    """
    files = _files(request)
    own = request.FILES.get("profile_file")
    if not files:
        return [problem("imports.no_file", "files")]
    if len(files) > FILES_AT_ONCE:
        return [problem("imports.too_many", "files", count=len(files), limit=FILES_AT_ONCE)]
    controls = [request.POST.get(name, "") for name in CONTROLS]
    if any(controls) and len(files) > 1:
        return [problem("imports.controls_of_one", "files")]
    if not readable(*controls):
        return [problem("need.control_total", "control_total")]
    errors = [Problem(fault, "files") for fault in _faults(request)]
    if some and len(errors) < len(files):
        errors = []
    if own is not None and (own.size or 0) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // 1024**2
        errors.append(problem("imports.too_large", "profile_file", file=plain_name(own), limit=limit))
    return errors


@dataclass(frozen=True)
class Sent:
    """A file of a form and its job; `again` when that is the job of an earlier file with the same content, which still waits."""

    name: str
    job: Job
    again: bool


def send_in(request: HttpRequest, seat: Seat) -> list[Job]:
    """Make a job of each file of a form; of one that waits already with the same content, that job stands for both."""
    return [sent.job for sent in _send(request, seat)]


def _send(request: HttpRequest, seat: Seat) -> list[Sent]:
    own = request.FILES.get("profile_file")
    about = {name: request.POST.get(name, "").strip()[:64] for name in ("profile", "replaces", *CONTROLS)}
    profile = {"profile": own.read()} if own is not None else {}
    anew = own is not None or any(about.values())
    sent: list[Sent] = []
    for file in _files(request):
        if not _fault(file):
            data, name = file.read(), plain_name(file)
            digest = sha256(data).hexdigest()
            first = None if anew else _same(seat, digest)
            job = first or ask(
                seat, "import", name, {"data": data, **profile}, with_profile=own is not None,
                first="first" in request.POST, sha256=digest, **about,
            )  # fmt: skip
            sent.append(Sent(name, job, first is not None))
    return sent


def _same(seat: Seat, digest: str) -> Job | None:
    """Return the job of a file with the same content that is being read, or that waits for a person.

    A workbook may wait once for each of its sheets.
    """
    jobs = seat.organisation.jobs.filter(kind="import").select_related("person", "organisation")
    waiting = [each for each in seat.organisation.staged.filter(sha256=digest) if len(each.look.get("sheets", [])) < 2]
    found: Job | None = jobs.filter(asked__sha256=digest, state__in=(QUEUED, RUNNING)).first()
    return found or jobs.filter(pk__in=[each.pk for each in waiting]).first()


def _faults(request: HttpRequest) -> list[str]:
    return [fault for file in _files(request) if (fault := _fault(file))]


def _fault(file: UploadedFile[bytes]) -> str:
    return fault_in(file, SUFFIXES + PAPERS)


def _files(request: HttpRequest) -> list[UploadedFile[bytes]]:
    return [file for file in request.FILES.getlist("files") if file.name]


def fault_in(file: UploadedFile[bytes], kinds: tuple[str, ...] = SUFFIXES, limit: int = 0) -> str:
    """Return what keeps a file from being looked at, in words; nothing when it may come in.

    Args:
        limit: bytes, when it is not the one of all files.
    """
    limit = limit or settings.UPLOAD_LIMIT
    name = plain_name(file)
    if not name.lower().endswith(kinds):
        return voice().word("imports.other_kind", file=name, kinds=", ".join(kinds))
    if not file.size:
        return voice().word("imports.empty", file=name)
    if file.size > limit:
        return voice().word("imports.too_large", file=name, limit=limit // 1024**2)
    return ""


def plain_name(file: UploadedFile[bytes]) -> str:
    """Return the last part of a file's name without signs that are not printed; it is shown, never used as a path."""
    name = PureWindowsPath(PurePosixPath(file.name or "").name).name
    return "".join(sign for sign in name if sign.isprintable())[-150:] or "file"


@door(Power.READ)
@require_safe
def batch(request: HttpRequest, seat: Seat, batch: str) -> HttpResponse:
    """Show what became of a file."""
    begins = {
        fate: int(begin)
        for fate in ("held", "rejected")
        if re.fullmatch("[0-9]{1,9}", begin := request.GET.get(fate, ""))
    }
    page, typed = batch_page(seat.books, batch, voice(), begins), typed_in(seat.books, batch)
    change = ""
    if typed and page.line.active:
        year, asked = typed
        change = f"{reverse('grid', args=[seat.organisation.slug, year])}?{urlencode(asked)}"
    return show(request, seat, "intake/batch.html", "imports", page=page, change=change)


@door(Power.READ)
@require_safe
def rows(request: HttpRequest, seat: Seat, batch: str, fate: str) -> HttpResponse:
    """Download the rows that were rejected, or that wait, with the reason."""
    if fate not in ("held", "rejected"):
        raise Http404
    name, data = rows_csv(seat.books, batch, fate, voice())
    return download(name, data, "text/csv; charset=utf-8")


@door(Power.WORK)
@require_POST
def decide(request: HttpRequest, seat: Seat, batch: str) -> HttpResponse:
    """Decide about rows."""
    form, chosen = Decision(request.POST), request.POST.getlist("row")
    if not form.is_valid() or not (chosen or form.cleaned_data["kind"]):
        fate = "rejected" if request.POST.get("choice") == "set-aside" else "held"
        word, field = ("batch.choose_rows", "kind") if form.is_valid() else ("form.reason_needed", "reason")
        page = batch_page(seat.books, batch, voice())
        errors = [problem(word, f"{field}-{fate}")]
        return show(request, seat, "intake/batch.html", "imports", 422, page=page, errors=errors)
    page = batch_page(seat.books, batch, voice())
    line, asked = page.line, form.cleaned_data
    accepted = asked["choice"] == "accept"
    credits = _credits(request, page.held, chosen, every=asked["kind"] == CREDIT) if accepted else {}
    unnamed = [problem("credit.name_it", f"credit-{row}", row=row) for row, of in credits.items() if not of]
    if unnamed:
        return show(request, seat, "intake/batch.html", "imports", 422, page=_as_sent(page, request), errors=unnamed)
    rows = ["all"] if asked["kind"] else chosen
    if asked["kind"] == CREDIT and credits:
        rows, asked["kind"] = list(credits), ""
    return start(
        seat,
        "decide",
        line.file,
        batch=line.id,
        rows=rows,
        credits=credits,
        code=asked["kind"],
        choice=asked["choice"],
        reason=asked["reason"],
    )


def _credits(request: HttpRequest, held: list[RowShown], chosen: list[str], *, every: bool) -> dict[str, str]:
    """Return what a form says that the chosen credits are a credit of; nothing where it does not say."""
    return {
        row.address: " ".join(request.POST.get(f"credit-{row.address}", "").split())[:200]
        for row in held
        if row.candidates is not None and (every or row.address in chosen)
    }


def _as_sent(page: BatchPage, request: HttpRequest) -> BatchPage:
    """Return a page with the rows that were chosen and what was said of credits, as the form was sent."""
    chosen, given = request.POST.getlist("row"), request.POST
    rows = [replace(row, picked=row.address in chosen, of=given.get(f"credit-{row.address}", "")) for row in page.held]
    return replace(page, held=rows, reason=given.get("reason", ""))


@door(Power.WORK)
@require_POST
def mend(request: HttpRequest, seat: Seat, batch: str) -> HttpResponse:
    """Take the mended rows of a batch in."""
    page, file = batch_page(seat.books, batch, voice()), request.FILES.get("mended")
    error = voice().word("imports.no_file") if file is None else fault_in(file)
    if file is None or error:
        return show(request, seat, "intake/batch.html", "imports", 422, page=page, errors=[Problem(error, "mended")])
    reason = voice().word("mend.reason", file=plain_name(file))
    return follow_job(
        seat, ask(seat, "mend", plain_name(file), {"data": file.read()}, batch=page.line.id, reason=reason)
    )


@door(Power.WORK)
@require_POST
def withdraw(request: HttpRequest, seat: Seat, batch: str) -> HttpResponse:
    """Take a batch out; it stays readable."""
    form = Withdrawal(request.POST)
    page = batch_page(seat.books, batch, voice())
    if not form.is_valid():
        return show(
            request,
            seat,
            "intake/batch.html",
            "imports",
            422,
            page=page,
            errors=[problem("form.reason_needed", "reason-withdraw")],
        )
    return start(seat, "withdraw", page.line.file, batch=page.line.id, **form.cleaned_data)


@door(Power.READ)
@require_safe
def evidence(request: HttpRequest, seat: Seat, digest: str) -> HttpResponse:
    """Download an original as it came in. It may name people, so the change log says who took it."""
    name, data = original(seat.books, digest)
    log(seat.organisation, seat.person, "original_taken", file=name, sha256=digest[:12])
    return download(name, data, "application/octet-stream")


@door(Power.READ)
@require_safe
def empty_template(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Download the workbook to fill in for those who have no export."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(f"{voice().word('imports.template_name')}.xlsx", template(seat.books, voice()), kind)


def download(name: str, data: bytes, kind: str) -> HttpResponse:
    """Answer with a file to keep."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response
