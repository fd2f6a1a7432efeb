"""A seat: somebody at work in one organisation, with what they may there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from trede_web.bridge.books import Workspace, open_books
from trede_web.inbox.models import Staged
from trede_web.people.models import Membership, Organisation, User, log
from trede_web.roles import POWERS, Power, Role


@dataclass(frozen=True)
class Seat:
    """Somebody at work in one organisation."""

    person: User
    organisation: Organisation
    role: Role
    works: bool
    publishes: bool
    manages: bool
    files_wait: int = 0
    """Files that wait for somebody; the menu says how many."""
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


def seat_of(person: User, slug: str) -> Seat | None:
    """Return the seat of a person in an organisation, or None when there is none."""
    waiting = Staged.objects.filter(organisation=OuterRef("organisation")).order_by().values("organisation")
    asked = Membership.objects.filter(user=person, organisation__slug=slug).select_related("organisation")
    found = asked.annotate(files_wait=Subquery(waiting.annotate(count=Count("pk")).values("count"))).first()
    if found is None:
        return None
    return Seat(
        person, found.organisation, Role(found.role), works=found.may(Power.WORK), publishes=found.may(Power.PUBLISH),
        manages=found.may(Power.MANAGE), files_wait=found.files_wait or 0,
    )  # fmt: skip


def seats_of(person: User) -> list[Seat]:
    """Return every seat of a person, the example's last."""
    found = Membership.objects.filter(user=person).select_related("organisation")
    return [
        Seat(
            person, each.organisation, Role(each.role), works=each.may(Power.WORK), publishes=each.may(Power.PUBLISH),
            manages=each.may(Power.MANAGE),
        )
        for each in found.order_by("organisation__example", "organisation__name", "organisation__pk")
    ]  # fmt: skip


def may(seat: Seat, power: Power) -> bool:
    """Whether a seat has a power."""
    return power in POWERS[seat.role]
