"""The door of the API: a token in the header `Authorization` says who asks; the address says where. Sessions do not count.

Another organisation than the token's is not there: the answer is that of one that does not exist.
"""

from __future__ import annotations

from dataclasses import replace

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from trede_web.api.models import Token
from trede_web.api.once import claim
from trede_web.api.problems import ProblemError, fault
from trede_web.api.rates import seconds_to_wait
from trede_web.people.codes import has_codes
from trede_web.roles import Power
from trede_web.seat import Seat, seat_of


def known(request: HttpRequest, secret: str) -> tuple[Token, Seat]:
    """Return the token of a secret and the seat of its person; whoever tries many that are none waits.

    Raises:
        ProblemError: `token_unknown` or `too_many`.
    """
    found = Token.of_secret(secret)
    seat = seat_of(found.person, found.organisation.slug) if found else None
    if found is None or seat is None:
        _limit(f"failed:{get_ip(request)}", *settings.API_FAILED)
        raise ProblemError("token_unknown")
    _limit(f"token:{found.pk}", *settings.API_REQUESTS)
    found.seen()
    return found, seat


def allow(token: Token, seat: Seat, power: Power) -> None:
    """Let a token through that has a power, whose person logs in as the organisation asks.

    Raises:
        ProblemError: `power_lacking` or `codes_needed`.
    """
    if not token.may(seat.role, power):
        raise ProblemError("power_lacking")
    if token.organisation.codes_required and not has_codes(token.person):
        raise ProblemError("codes_needed")


def _limit(what: str, limit: int, window: int) -> None:
    wait = seconds_to_wait(what, limit, window)
    if wait:
        raise ProblemError("too_many", {"Retry-After": str(wait)})


class Bearer(HttpBearer):
    """A token that has the power which an operation asks."""

    def __init__(self, power: Power, *, once: bool = True) -> None:
        self.power, self.once = power, once
        self.known: frozenset[str] = frozenset()
        """The parameters that may stand behind `?`; a misspelt filter is no answer to another question."""
        super().__init__()

    def __call__(self, request: HttpRequest) -> Seat:
        """Return the seat of the token's person, with no more powers than the token.

        Raises:
            ProblemError: why not.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise ProblemError("token_needed")
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Seat:
        """Return the seat of a secret."""
        found, seat = known(request, token)
        asked = request.resolver_match.kwargs.get("organisation") if request.resolver_match else None
        if asked not in (None, found.organisation.slug):
            raise ProblemError("not_found")
        allow(found, seat, self.power)
        if unknown := sorted(request.GET.keys() - self.known):
            raise ProblemError("invalid", fields=[fault(name, "extra") for name in unknown])
        once = claim(request, found) if self.once and request.method == "POST" else None
        request.once = once  # type: ignore[attr-defined]
        return replace(
            seat, works=found.may(seat.role, Power.WORK), publishes=found.may(seat.role, Power.PUBLISH),
            manages=found.may(seat.role, Power.MANAGE), token=found.name, token_id=found.pk, once=str(once.seed) if once else "",
        )  # fmt: skip
