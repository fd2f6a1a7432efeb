"""One-time codes: who has them, and where they are asked for. The codes themselves are django-allauth's."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from trede_web.people.models import User


def has_codes(person: User) -> bool:
    """Whether a person logs in with one-time codes besides the password."""
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def forget_codes(person: User) -> None:
    """Take a person's codes away, for who lost telephone and recovery codes both."""
    Authenticator.objects.filter(user=person).delete()
