"""Several organisations added up, for a consultant or a group: only those in which this person has a role."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.books import TredeError, View
from trede_web.bridge.figures import Figure
from trede_web.bridge.welcome.together import Part, Sum, add_up, choices, part_of
from trede_web.people.codes import has_codes
from trede_web.people.models import User
from trede_web.seat import Seat, seats_of
from trede_web.words import Voice, voice

MOST = 30
"""Organisations that are added up at once."""
SINCE = 15
"""Years to choose from, back from this one."""


@dataclass(frozen=True)
class Row:
    """An organisation on the page: chosen or not, and its part when it is calculated and may be read."""

    seat: Seat
    chosen: bool
    closed: bool
    """Whether it asks one-time codes that this person does not have."""
    part: Part | None

    def where(self, figure: Figure) -> str:
        """Return where a figure of it comes from."""
        return reverse("trace", args=[self.seat.organisation.slug, figure.address])

    def cells(self, found: Sum) -> list[tuple[Figure, str] | None]:
        """Return its amount of each heading with where that comes from."""
        headings = self.part.headings if self.part else {}
        return [(each, self.where(each)) if (each := headings.get(ident)) else None for ident, _ in found.names]

    @property
    def total(self) -> tuple[Figure, str] | None:
        """Its total with where that comes from."""
        return (self.part.total, self.where(self.part.total)) if self.part else None


@login_required
@require_safe
def together(request: HttpRequest) -> HttpResponse:
    """Show the organisations of a person added up in a year, under a standard and basis."""
    person, now = cast(User, request.user), timezone.localdate().year
    seats = seats_of(person)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 and 1990 <= int(asked) <= now else now - 1
    wanted = set(request.GET.getlist("o")) or {s.organisation.slug for s in seats if not s.organisation.example}
    try:
        standard, _, basis = request.GET.get("view", "").partition(":")
        view = View.read(standard or None, basis or None)
    except TredeError:
        view = View.read(None, None)
    rows = rows_of(seats, wanted, year, view, codes=has_codes(person))
    chosen = [row for row in rows if row.part]
    found = add_up([(row.seat.organisation.name, row.part) for row in chosen if row.part], view, voice())
    table = [(row, row.cells(found), row.total) for row in chosen]
    missing = [row.seat.organisation.name for row in rows if row.chosen and not row.closed and row.part is None]
    facts = {
        "rows": rows, "table": table, "found": found, "year": year, "years": range(now, now - SINCE, -1), "view": view.name,
        "choices": choices(view, voice()), "missing": missing, "broad": True, "most": MOST,
        "closed": [row.seat.organisation.name for row in rows if row.chosen and row.closed],
    }  # fmt: skip
    return render(request, "welcome/together.html", facts)


def rows_of(seats: Sequence[Seat], wanted: Collection[str], year: int, view: View, *, codes: bool) -> list[Row]:
    """Return a row for each seat; only of those that are wanted, and that this person may open, the accounts are read.

    Args:
        wanted: addresses of organisations; those in which the person has no seat are as unknown as any.
        codes: whether the person has one-time codes.
    """
    rows, left = [], MOST
    for seat in seats:
        chosen = seat.organisation.slug in wanted and left > 0
        left -= chosen
        closed = seat.organisation.codes_required and not codes
        part = part_of(seat.books, year, view) if chosen and not closed else None
        rows.append(Row(seat, chosen, closed, part))
    return rows


def notes_of(found: Sum, missing: Sequence[str], year: int, words: Voice) -> list[str]:
    """Return everything that should be known of a sum."""
    return [*([words.word("together.missing", names=", ".join(missing), year=year)] if missing else []), *found.notes]
