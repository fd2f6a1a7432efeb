"""Users, organisations, who works where in which role, invitations, and the log of what people did."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.text import slugify

from trede_web.roles import POWERS, Power, Role
from trede_web.storable import storable

VALID_FOR = timedelta(days=14)
"""How long an invitation can be taken up."""

RESET_FOR = timedelta(hours=24)
"""How long a link to choose a new password works."""

ROLES = [(role.value, role.value) for role in Role]


class Users(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name to log in with."""

    def create_user(self, email: str, name: str, password: str) -> User:
        """Make a user with a password."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who can log in."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="nl")
    is_active = models.BooleanField(default=True)

    objects = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """An organisation; its accounts are in the folder `workspace`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(max_length=200)
    example = models.BooleanField(default=False)
    """Whether it is the invented one, which every page says."""
    codes_required = models.BooleanField(default=False)
    """Whether its people need one-time codes to open anything of it."""
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """The workspace folder; it is named after the id, so that a name can change."""
        return Path(settings.DATA) / "workspaces" / str(self.id)

    @property
    def journals(self) -> Path:
        """Where the journals of the folder are kept; they are made of it again."""
        return Path(settings.DATA) / "journals" / str(self.id)

    @classmethod
    def named(cls, name: str, *, example: bool = False) -> Self:
        """Return a new one. The end of its address is random: nobody can try whether a name is in use."""
        slug = f"{slugify(name)[:50] or 'organisation'}-{secrets.token_hex(3)}"
        return cls(name=name, slug=slug, example=example)


class Membership(models.Model):
    """The role of a person in an organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=ROLES)

    class Meta:
        """A person has one role in an organisation."""

        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="one_role")]

    def __str__(self) -> str:
        return f"{self.user} {self.role}"

    def may(self, power: Power) -> bool:
        """Whether the role has a power."""
        return power in POWERS[Role(self.role)]


class Invitation(models.Model):
    """An offer of a role by a link. The database keeps only the hash of the link's secret."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=ROLES)
    email = models.EmailField()
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} {self.role}"

    @classmethod
    def offer(cls, organisation: Organisation, email: str, role: Role, by: User) -> tuple[Invitation, str]:
        """Store an invitation; return it with the secret of its link, which is shown once."""
        secret = secrets.token_urlsafe(32)
        made = cls.objects.create(
            organisation=organisation, role=role.value, email=email.strip().lower(), digest=digest_of(secret),
            invited_by=by, expires_at=timezone.now() + VALID_FOR,
        )  # fmt: skip
        return made, secret

    @classmethod
    def open_for(cls, secret: str) -> Invitation | None:
        """Return the invitation of a link that can still be taken up."""
        return cls.still_open().filter(digest=digest_of(secret)).select_related("organisation").first()

    @classmethod
    def still_open(cls) -> models.QuerySet[Invitation]:
        """Return those that nobody took up or withdrew, and that are not too old."""
        return cls.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Reset(models.Model):
    """A link with which a person chooses a new password, once. The database keeps only the hash of its secret."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="resets")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, related_name="resets")
    """Whose owner made it; none when it was made on the server or asked for by e-mail."""
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.person.email

    @classmethod
    def offer(cls, person: User, organisation: Organisation | None = None) -> str:
        """Store a link and return its secret; earlier links of the person lapse."""
        secret = secrets.token_urlsafe(32)
        cls.objects.filter(person=person, used_at=None).delete()
        cls.objects.create(
            person=person, organisation=organisation, digest=digest_of(secret), expires_at=timezone.now() + RESET_FOR
        )
        return secret

    @classmethod
    def open_for(cls, secret: str) -> Reset | None:
        """Return the link of a secret, when it can still be used."""
        still = cls.objects.filter(used_at=None, expires_at__gt=timezone.now(), person__is_active=True)
        return still.filter(digest=digest_of(secret)).select_related("person", "organisation").first()

    def use(self, password: str) -> bool:
        """Set the password, which ends every session of the person; False when the link was used meanwhile."""
        taken = Reset.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now())
        if taken:
            self.person.set_password(password)
            self.person.save(update_fields=["password"])
        return bool(taken)


class LogEntry(models.Model):
    """What somebody did. Entries are added, never changed: the database itself refuses it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="log")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    what = models.CharField(max_length=40)
    """A code; the page makes a sentence of it."""
    details = models.JSONField(default=dict)

    class Meta:
        """The newest comes first."""

        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what}"


def log(organisation: Organisation, person: User, what: str, **details: Any) -> None:
    """Add an entry to the change log."""
    LogEntry.objects.create(organisation=organisation, person=person, what=what, details=storable(details))


def digest_of(secret: str) -> str:
    """Return what the database keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
