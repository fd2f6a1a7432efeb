"""Signing in, as django-allauth does it: nobody signs up without an invitation."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode, urlsafe_b64encode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts come from invitations alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False


class SealedCodes(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The secrets of one-time codes are encrypted in the database, with a key that follows from the application's own."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret."""
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret; of one that another key made, give one that no code fits."""
        try:
            return _sealer().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return b32encode(secrets.token_bytes(20)).decode()


def _sealer() -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(b"one-time codes:" + settings.SECRET_KEY.encode()).digest()))
