"""Several organisations added up: a token for each, all of one person."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from trede_web.api.key import allow, known
from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import together as shapes
from trede_web.api.shapes import work
from trede_web.bridge.books import View
from trede_web.bridge.welcome.together import Part, add_up, part_of
from trede_web.pages.welcome.together import MOST, notes_of
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import plain_voice

router = Router()


class Adding(work.Given):
    """Which year, under which standard and basis (such as `ladder:market`), and the tokens of the other organisations."""

    year: Annotated[int, Field(ge=1990, le=2099)]
    view: Annotated[str, Field(max_length=40)] = ""
    tokens: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST - 1)] = []


@operation(router, "POST", "/together", shapes.AddedUp, once=False)
def together(request: HttpRequest, given: Adding) -> Any:
    """Add organisations up.

    A token is of one organisation: give those of the others in `tokens`. All are of the same person; one that is not, or
    that does not live, is `token_unknown`. The tokens stand in the body, since addresses are written down on the way.
    """
    seats = {seat.organisation.pk: seat for seat in [seat_of(request), *_others(request, given.tokens)]}
    standard, _, basis = given.view.partition(":")
    view = View.read(standard or None, basis or None)
    parts = [(seat, part_of(seat.books, given.year, view)) for seat in seats.values()]
    voice = plain_voice()
    found = add_up([(seat.organisation.name, part) for seat, part in parts if part], view, voice)
    missing = [seat.organisation.name for seat, part in parts if part is None]
    sums = [
        {"heading": ident, "name": name, "amount": figure}
        for (ident, name), figure in zip(found.names, found.headings, strict=True)
    ]
    return {
        "year": given.year, "view": view.name, "parts": [_part(seat, part, found.names) for seat, part in parts],
        "headings": sums, "total": found.total, "notes": notes_of(found, missing, given.year, voice),
    }  # fmt: skip


def _others(request: HttpRequest, secrets: list[str]) -> list[Seat]:
    """Return the seats of other tokens of the same person.

    Raises:
        ProblemError: `token_unknown`, `power_lacking`, `codes_needed` or `too_many`.
    """
    person, seats = seat_of(request).person, []
    for secret in secrets:
        token, seat = known(request, secret)
        if token.person != person:
            raise ProblemError("token_unknown")
        allow(token, seat, Power.READ)
        seats.append(seat)
    return seats


def _part(seat: Seat, part: Part | None, names: list[tuple[str, str]]) -> dict[str, Any]:
    about = {"organisation": seat.organisation.slug, "name": seat.organisation.name}
    if part is None:
        return about | {"state": "never", "run": "", "headings": []}
    headings = [
        {"heading": ident, "name": name, "amount": part.headings[ident]}
        for ident, name in names
        if ident in part.headings
    ]
    return about | {
        "state": "published" if part.published else "draft",
        "run": part.run,
        "total": part.total,
        "headings": headings,
    }
