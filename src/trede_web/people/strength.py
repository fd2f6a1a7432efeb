"""What makes a password too weak, in the words of the pages: those of Django are not in every language."""

from __future__ import annotations

from django.contrib.auth import password_validation as django

from trede_web.words import voice


class LongEnough(django.MinimumLengthValidator):
    """A password has some length."""

    def get_error_message(self) -> str:
        """Say how long it must be."""
        return voice().word("password.too_short", length=self.min_length)


class NotAboutYou(django.UserAttributeSimilarityValidator):
    """A password is not like the name or the address of who has it."""

    def get_error_message(self) -> str:
        """Say that it is."""
        return voice().word("password.about_you")


class NotCommon(django.CommonPasswordValidator):
    """A password is none that many people have."""

    def get_error_message(self) -> str:
        """Say that it is."""
        return voice().word("password.common")
