"""Samples: what was extrapolated, drawing a sample, its design worked out, and taking the rest in."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.models.samples import (
    DRAWN,
    UNIT_FIELDS,
    design_faults,
    draw_sample,
    measures_of,
    sample_batches,
    sample_types,
)
from trede_web.bridge.speaking import Told
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import DONE, Job

HERE = "samples"
FIELDS = (
    "title", "ident", "first", "last", "unit", "source", "auxiliary", "units", "drawn", "count", "margin", "spread", "named",
    "how", "low", "high", "basis", "seed",
)  # fmt: skip
LONGEST = 1_000_000
"""Characters of a list of units, or of a design."""
SHOWN = 20


@door(Power.READ)
@require_safe
def samples(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List what was extrapolated, and the samples that were drawn."""
    drawn = seat.organisation.jobs.filter(kind="sample", state=DONE).select_related("person").order_by("-created_at")
    return show(
        request, seat, "models/samples.html", HERE, batches=sample_batches(seat.books), drawn=list(drawn[:SHOWN])
    )


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Draw a sample by a form."""
    if request.method != "POST":
        year = timezone.localdate().year - 1
        begun = {"first": f"{year}-01-01", "last": f"{year}-12-31", "unit": "supplier", "drawn": "random"}
        return _form(request, seat, dict.fromkeys(FIELDS, "") | begun | {"seed": secrets.token_hex(4)}, [], {})
    sent = {name: request.POST.get(name, "").strip()[:LONGEST] for name in FIELDS}
    sent["seed"] = sent["seed"][:40] or secrets.token_hex(4)
    types = [each for each in request.POST.getlist("types") if each]
    drawn, wrong = draw_sample(seat.books, sent | {"types": types}, voice())
    if drawn is None:
        return _form(request, seat, sent, types, wrong)
    _, told = design_faults(seat.books, drawn.text, voice())
    if told:
        return _form(request, seat, sent, types, {}, told)
    return start(seat, "sample", drawn.title, design=drawn.text)


def _form(
    request: HttpRequest, seat: Seat, sent: dict[str, str], types: list[str], wrong: dict[str, str],
    told: list[Told] | None = None,
) -> HttpResponse:  # fmt: skip
    errors = [Problem(text, f"f-{name}") for name, text in wrong.items()]
    known, others = sample_types(seat.books, voice())
    return show(
        request, seat, "models/sample_form.html", HERE, 422 if errors or told else 200, sent=sent, types=types, wrong=wrong,
        errors=errors, told=told or [], known_types=known, other_types=others,
        other_type=next((each for each, _ in others if each in types), ""), fields=UNIT_FIELDS, ways=DRAWN,
    )  # fmt: skip


@door(Power.READ)
@require_safe
def sample(request: HttpRequest, seat: Seat, sample: str) -> HttpResponse:
    """Show a sample: who was drawn and how, and what its design comes to."""
    job = _job(seat, sample)
    facts: dict[str, Any] = {
        "job": job, "found": job.result, "told": voice().told_stored(job.issues), "text": job.asked["design"],
        "measures": measures_of(seat.books, job.result, voice()),
    }  # fmt: skip
    return show(request, seat, "models/sample.html", HERE, **facts)


@door(Power.READ)
@require_safe
def text(request: HttpRequest, seat: Seat, sample: str) -> HttpResponse:
    """Download a design."""
    return download("design.toml", _job(seat, sample).asked["design"].encode(), "application/toml")


@door(Power.WORK)
@require_POST
def again(request: HttpRequest, seat: Seat, sample: str) -> HttpResponse:
    """Work a design out again, or as it was changed; or take the rest in."""
    job = _job(seat, sample)
    if "take" in request.POST:
        return start(seat, "extrapolate", job.title, design=job.asked["design"])
    typed = request.POST.get("text", "").replace("\r\n", "\n")[:LONGEST] or job.asked["design"]
    title, told = design_faults(seat.books, typed, voice())
    if told:
        facts = {"job": job, "found": job.result, "told": told, "text": typed, "refused": True}
        return show(
            request,
            seat,
            "models/sample.html",
            HERE,
            422,
            measures=measures_of(seat.books, job.result, voice()),
            **facts,
        )
    return start(seat, "sample", title, design=typed)


def _job(seat: Seat, ident: str) -> Job:
    found = seat.organisation.jobs.filter(pk=ident, kind="sample", state=DONE).first()
    if found is None:
        raise Http404
    return found
