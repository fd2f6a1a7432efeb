"""A token: lets a program ask and do in the name of one person, in one organisation, until a day."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from trede_web.people.models import Organisation, User, digest_of
from trede_web.roles import POWERS, Power, Role

LONGEST = timedelta(days=365)
"""A token lives a year at most."""
PREFIX = "trede_"
"""Before every secret, so that one that leaks is recognised."""
REACH: dict[str, frozenset[Power]] = {
    "read": frozenset({Power.READ}),
    "work": frozenset({Power.READ, Power.COMMENT, Power.WORK}),
    "publish": frozenset({Power.READ, Power.COMMENT, Power.WORK, Power.PUBLISH}),
}
"""What a token of each kind may, as far as the role of its person goes. None invites people or makes tokens."""
SEEN_EACH = timedelta(minutes=1)
"""The moment of the last use is written once in this time at most."""


class Token(models.Model):
    """One token. The database keeps only the hash of its secret."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tokens")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    """What it is for; the change log names it."""
    power = models.CharField(max_length=8, choices=[(name, name) for name in REACH])
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """The newest comes first."""

        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.power})"

    @classmethod
    def issue(
        cls, organisation: Organisation, person: User, name: str, power: str, expires_at: datetime
    ) -> tuple[Self, str]:
        """Store a token; return it with its secret, which is shown once."""
        secret = PREFIX + secrets.token_urlsafe(32)
        made = cls.objects.create(
            organisation=organisation, person=person, name=name, power=power, digest=digest_of(secret),
            expires_at=expires_at,
        )  # fmt: skip
        return made, secret

    @classmethod
    def living(cls) -> models.QuerySet[Self]:
        """Return those that nobody withdrew, whose day has not come, and whose person may log in."""
        return cls.objects.filter(withdrawn_at=None, expires_at__gt=timezone.now(), person__is_active=True)

    @classmethod
    def of_secret(cls, secret: str) -> Self | None:
        """Return the living token of a secret."""
        found = cls.living().filter(digest=digest_of(secret))
        return found.select_related("person", "organisation").first()

    def may(self, role: Role, power: Power) -> bool:
        """Whether it has a power, given the role that its person has now."""
        return power in REACH[self.power] & POWERS[role]

    def seen(self) -> None:
        """Write that it was used now."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - SEEN_EACH:
            long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EACH)
            Token.objects.filter(long_ago, pk=self.pk).update(last_used_at=now)


def kinds_for(role: Role) -> list[str]:
    """Return the kinds of token that somebody with a role may make: none that may more than they."""
    return [name for name, reach in REACH.items() if reach <= POWERS[role]]
