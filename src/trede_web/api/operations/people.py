"""Who works here, invitations, and tokens: read by any token, changed by one that manages."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from trede_web.api.models import Token
from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import people as shapes
from trede_web.api.shapes import work
from trede_web.pages.people.people import offer_place, take_place_away, withdraw_offer
from trede_web.pages.people.tokens import open_tokens
from trede_web.people.models import Invitation
from trede_web.roles import Power, Role
from trede_web.seat import Seat

router = Router()
HERE = "/organisations/{organisation}"


class Offer(work.Given):
    """Whom to invite, and as what."""

    email: Annotated[str, Field(max_length=254)]
    role: Role


def _people(seat: Seat) -> dict[str, Any]:
    open_ones = Invitation.still_open().filter(organisation=seat.organisation) if seat.manages else []
    members = seat.organisation.memberships.select_related("user").order_by("user__name")
    return {"people": members, "invitations": open_ones}


@operation(router, "GET", f"{HERE}/people", shapes.People)
def people(request: HttpRequest, organisation: str) -> Any:
    """List who works here.

    With their role; to a token that manages also the open invitations.
    """
    return _people(seat_of(request))


@operation(router, "POST", f"{HERE}/invitations", shapes.Invited, power=Power.MANAGE, status=201)
def invite(request: HttpRequest, organisation: str, given: Offer) -> Any:
    """Invite somebody.

    The answer has the link, once. It is for this address alone, for 14 days.
    """
    try:
        validate_email(given.email.strip())
    except ValidationError as error:
        raise ProblemError("invalid", fields=[fault("email", "form")]) from error
    made, secret = offer_place(seat_of(request), given.email, given.role)
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    return Status(201, {"invitation": made, "link": link})


@operation(router, "POST", f"{HERE}/invitations/{{int:invitation}}/withdrawal", shapes.People, power=Power.MANAGE)
def uninvite(request: HttpRequest, organisation: str, invitation: int) -> Any:
    """Withdraw an invitation.

    Its link no longer works. The answer is who works here and is invited.
    """
    seat = seat_of(request)
    if not withdraw_offer(seat, invitation):
        raise Http404
    return _people(seat)


@operation(router, "POST", f"{HERE}/people/{{int:member}}/removal", shapes.People, power=Power.MANAGE)
def remove(request: HttpRequest, organisation: str, member: int) -> Any:
    """Take somebody's place away.

    At once, with their tokens. The last owner stays: `not_so`.
    """
    seat = seat_of(request)
    if take_place_away(seat, member) is None:
        raise ProblemError("not_so")
    return _people(seat)


@operation(router, "GET", f"{HERE}/tokens", shapes.Tokens)
def tokens(request: HttpRequest, organisation: str) -> Any:
    """List the tokens.

    Those of the token's person, to one that manages everybody's; what each may, until when, and when it was used last.
    """
    seat = seat_of(request)
    return {"items": [_told(each, seat) for each in open_tokens(seat).select_related("person")]}


def _told(token: Token, seat: Seat) -> dict[str, Any]:
    names = ("id", "name", "power", "created_at", "expires_at", "last_used_at")
    about = {"person": str(token.person), "own": token.pk == seat.token_id}
    return {name: getattr(token, name) for name in names} | about


@operation(router, "POST", f"{HERE}/tokens/{{int:token}}/withdrawal", shapes.Tokens)
def withdraw_token(request: HttpRequest, organisation: str, token: int) -> Any:
    """Withdraw a token.

    A token withdraws itself, such as when it leaked; one that manages any other. The answer is what is left.
    """
    seat = seat_of(request)
    found = open_tokens(seat).filter(pk=token).first()
    if found is None:
        raise Http404
    if token != seat.token_id and not seat.manages:
        raise ProblemError("power_lacking")
    with transaction.atomic():
        if open_tokens(seat).filter(pk=token).update(withdrawn_at=timezone.now()):
            seat.note("token_withdrawn", name=found.name, power=found.power)
    return {"items": [_told(each, seat) for each in open_tokens(seat).select_related("person")]}
