"""Quick entry: figures typed or pasted in a grid of months by meters."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.bridge.grid import grid_of, grid_page, readable, to_store
from trede_web.bridge.viewer import PROOFS
from trede_web.door import Seat, door
from trede_web.pages.imports import fault_in, plain_name
from trede_web.pages.jobs import ask, follow_job
from trede_web.pages.showing import show
from trede_web.roles import Power
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
    proof = request.FILES.get("proof")
    errors = [] if readable(found) else [voice().word("grid.not_yet")]
    if proof is not None and (error := fault_in(proof, PROOFS)):
        errors.append(error)
    if errors:
        return _page(request, seat, year, asked, errors)
    with_proof = {"proof": proof.read()} if proof is not None else {}
    name = f"{found.title} {year}.csv".replace("/", "-")
    return follow_job(
        seat,
        ask(seat, "grid", name, with_proof, grid=to_store(found), proof=plain_name(proof) if proof is not None else ""),
    )


def _asked(form: Any) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in form.items()}


def _page(
    request: HttpRequest, seat: Seat, year: int, asked: dict[str, str], errors: list[str] | None = None
) -> HttpResponse:
    page = grid_page(seat.books, asked, year, voice())
    status = 422 if errors else 200
    return show(request, seat, "grid.html", "imports", status, page=page, year=year, errors=errors or [], checks=page)


@door(Power.WORK)
@require_POST
def look(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Check the figures while they are typed."""
    page = grid_page(seat.books, _asked(request.POST), year, voice())
    return render(request, "parts/grid_checks.html", {"page": page})
