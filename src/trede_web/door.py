"""The one door: every view of an organisation's data goes through it. It finds out who is asking, where, and what they may.

Somebody else's organisation is not there: the answer is the same as for an address that does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from trede_web.bridge.answers import NotReadyError
from trede_web.bridge.books import TredeError, Workspace, open_books
from trede_web.pages.showing import being_made
from trede_web.people.codes import has_codes
from trede_web.people.models import Membership, Organisation, User, log
from trede_web.roles import POWERS, Power, Role
from trede_web.words import voice

LOGGER = logging.getLogger("trede_web")


@dataclass(frozen=True)
class Seat:
    """Somebody at work in one organisation."""

    person: User
    organisation: Organisation
    role: Role
    works: bool
    publishes: bool
    manages: bool
    token: str = ""
    """The name of the token by which a program asks; empty of a person in a browser."""
    token_id: int = 0
    once: str = ""
    """Of a request that may come again: what the ids of its jobs are made of."""

    def note(self, what: str, **details: Any) -> None:
        """Add an entry to the change log, with the token if it was one."""
        named = {"token": self.token} if self.token else {}
        log(self.organisation, self.person, what, **details, **named)

    @property
    def comments(self) -> bool:
        """Whether somebody may say something."""
        return Power.COMMENT in POWERS[self.role]

    @property
    def books(self) -> Workspace:
        """The accounts."""
        return open_books(self.organisation.folder)


class View(Protocol):
    """A view behind the door, with what it asks of its visitor."""

    power: Power

    def __call__(self, request: HttpRequest, organisation: str, **rest: Any) -> HttpResponseBase:
        """Answer."""


NOT_FOUND = frozenset(
    {
        "slice_empty",
        "run_unknown", "run_ambiguous", "batch_unknown", "batch_ambiguous", "record_unknown", "record_ambiguous",
        "heading_unknown", "basis_unknown", "standard_unknown", "account_not_under_heading", "span_unknown",
        "correct_record_unknown", "address_unreadable", "period_unreadable", "evidence_missing", "source_unknown",
        "library_unknown", "factor_unknown", "profile_unknown",
    }
)  # fmt: skip
"""What the library says of an address that leads nowhere."""


GONE = frozenset({"original_removed"})
"""What the library says of what was here, and was removed on request."""


def door(power: Power) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """Let a view in an organisation be opened by those who have a power there."""

    def guard(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def opened(request: HttpRequest, organisation: str, **rest: Any) -> HttpResponseBase:
            seat = seat_of(cast(User, request.user), organisation)
            if seat is None:
                raise Http404
            if not may(seat, power):
                return render(request, "refused.html", {"seat": seat, "power": power.value}, status=403)
            if seat.organisation.codes_required and not has_codes(seat.person):
                return render(request, "codes_needed.html", {"seat": seat}, status=403)
            try:
                return view(request, seat, **rest)
            except NotReadyError:
                return being_made(request, seat, rest.get("year"))
            except TredeError as error:
                if any(issue.code in GONE for issue in error.issues):
                    return render(request, "gone.html", {"told": voice().told_all(error.issues)}, status=410)
                if any(issue.code in NOT_FOUND for issue in error.issues):
                    raise Http404 from error
                LOGGER.warning("%s: %s", request.path, error)
                told = voice().told_all(error.issues)
                return render(request, "fault.html", {"seat": seat, "told": told}, status=500)

        asked = cast(View, login_required(opened))
        asked.power = power
        return asked

    return guard


def seat_of(person: User, slug: str) -> Seat | None:
    """Return the seat of a person in an organisation, or None when there is none."""
    found = Membership.objects.filter(user=person, organisation__slug=slug).select_related("organisation").first()
    if found is None:
        return None
    return Seat(
        person, found.organisation, Role(found.role), works=found.may(Power.WORK), publishes=found.may(Power.PUBLISH),
        manages=found.may(Power.MANAGE),
    )  # fmt: skip


def may(seat: Seat, power: Power) -> bool:
    """Whether a seat has a power."""
    return power in POWERS[seat.role]
