"""Quick entry: figures typed or pasted in a grid of months by meters."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.bridge.evidence.papers import Paper
from trede_web.bridge.evidence.viewer import PROOFS
from trede_web.bridge.intake.grid import grid_of, grid_page, readable, to_store
from trede_web.door import door
from trede_web.pages.evidence.papers import FIGURES, facts, number_of, paper, waiting
from trede_web.pages.intake.imports import fault_in, plain_name
from trede_web.pages.jobs import ask, follow_job
from trede_web.pages.showing import Problem, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the grid; take what is typed in, with a proof."""
    if request.method != "POST":
        return _page(request, seat, year, _asked(request.GET))
    if not seat.works:
        return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
    asked = _asked(request.POST)
    found = grid_of(seat.books, asked, year, voice())
    if found is None or asked.get("do") != "store":
        return _page(request, seat, year, asked)
    proof, page = request.FILES.get("proof"), asked.get("proof_page", "") or asked.get("page", "")
    errors = [] if readable(found) else [problem("grid.not_yet", "grid-checks")]
    if proof is not None and (error := fault_in(proof, PROOFS)):
        errors.append(Problem(error, "proof"))
    if page and not number_of(page):
        errors.append(problem("proof.bad_page", "proof-page"))
    if errors:
        return _page(request, seat, year, asked, errors)
    with_proof = {"proof": proof.read()} if proof is not None else {}
    shown = None if with_proof else _beside(seat, asked)
    staged = waiting(seat, shown.digest) if shown else None
    about = {
        "proof": plain_name(proof) if proof is not None else "", "paper": shown.digest if shown else "",
        "page": number_of(page) or None, "staged_paper": str(staged.pk) if staged else "",
    }  # fmt: skip
    name = f"{found.title} {year}.csv".replace("/", "-")
    return follow_job(seat, ask(seat, "grid", name, with_proof, grid=to_store(found), **about))


def _beside(seat: Seat, asked: dict[str, str]) -> Paper | None:
    """Return the file that is shown beside the figures: the one that the address names."""
    digest = asked.get("paper", "")
    return paper(seat, digest, number_of(asked.get("page", ""))) if re.fullmatch("[0-9a-f]{64}", digest) else None


def _asked(form: Any) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in form.items()}


def _page(
    request: HttpRequest, seat: Seat, year: int, asked: dict[str, str], errors: list[Problem] | None = None
) -> HttpResponse:
    page = grid_page(seat.books, asked, year, voice())
    if "paper" not in asked and page.paper:
        asked = {**asked, "paper": page.paper[0], "page": str(page.paper[1])}
    shown = _beside(seat, asked)
    return show(
        request, seat, "intake/grid.html", "imports", 422 if errors else 200, page=page, year=year, errors=errors or [],
        checks=page, at=FIGURES, **facts(seat, shown),
    )  # fmt: skip


@door(Power.WORK)
@require_POST
def look(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Check the figures while they are typed."""
    page = grid_page(seat.books, _asked(request.POST), year, voice())
    return render(request, "parts/grid_checks.html", {"page": page})
