"""A token: lets a program ask and do in the name of one person, in one organisation, until a day; and what it asked once."""

from __future__ import annotations

import secrets
import uuid
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
    "manage": frozenset(Power),
}
"""What a token of each kind may, as far as the role of its person goes. None makes tokens or touches log-ins."""
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


HELD = timedelta(days=1)
"""How long the answer to a request with a key is kept."""
LEASE = timedelta(minutes=2)
"""How long a request with a key may take before it may be taken up by the same request."""


class Once(models.Model):
    """A request that was sent with a key, so that sending it again does nothing twice; with its answer when it is done."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="once")
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=64)
    """A hash of what was asked."""
    seed = models.UUIDField(default=uuid.uuid4)
    """What the ids of its jobs are made of: who takes it up after a fault finds the jobs that are there."""
    at = models.DateTimeField(default=timezone.now)
    busy_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        """A token uses a key once."""

        constraints = [models.UniqueConstraint(fields=["token", "key"], name="key_once")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def claim(cls, token: Token, key: str, asked: str) -> tuple[Self, bool]:
        """Return what is known of a request, and whether the caller is to do it now: of two at once, one."""
        now = timezone.now()
        cls.objects.filter(token=token, at__lt=now - HELD).delete()
        facts = {"asked": asked, "busy_until": now + LEASE}
        found, mine = cls.objects.get_or_create(token=token, key=key, defaults=facts)
        if not mine and found.asked == asked and found.status is None:
            free = cls.objects.filter(pk=found.pk, status=None, busy_until__lt=now)
            mine = bool(free.update(busy_until=now + LEASE))
        return found, mine

    def done(self, status: int, answer: str) -> None:
        """Keep the answer."""
        Once.objects.filter(pk=self.pk).update(status=status, answer=answer)

    def let_go(self) -> None:
        """Let it be asked anew at once; a job that it made already is found then."""
        Once.objects.filter(pk=self.pk, status=None).update(busy_until=timezone.now() - LEASE)
