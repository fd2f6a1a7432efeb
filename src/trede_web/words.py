"""The reader's language and the voice that speaks it."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language

from trede_web.bridge.speaking import LANGUAGES, PlainVoice, Voice

__all__ = ["Voice", "voice", "voice_of"]


def voice() -> Voice:
    """Return the voice of the language of this request."""
    return voice_of((get_language() or LANGUAGES[0])[:2])


@cache
def voice_of(language: str) -> Voice:
    """Return the voice of a language; of another than ours, Dutch."""
    return Voice(language if language in LANGUAGES else LANGUAGES[0])


def plain_voice() -> PlainVoice:
    """Return the voice of the language of this request that writes numbers for programs."""
    return _plain_voice_of(voice().language)


@cache
def _plain_voice_of(language: str) -> PlainVoice:
    return PlainVoice(language)
