"""The one door: every view of an organisation's data goes through it. It finds out who is asking, where, and what they may.

Somebody else's organisation is not there: the answer is the same as for an address that does not exist.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from trede_web.bridge.books import TredeError
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.pages.showing import being_made
from trede_web.people.codes import has_codes
from trede_web.people.models import User
from trede_web.roles import Power
from trede_web.seat import may, seat_of
from trede_web.words import voice

LOGGER = logging.getLogger("trede_web")


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
        "library_unknown", "factor_unknown", "profile_unknown", "model_unknown",
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
