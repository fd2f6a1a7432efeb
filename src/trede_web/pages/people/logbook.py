"""An entry of the change log as people read it: words for what is stored as a code, and the way to what it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from trede_web.bridge.speaking import words
from trede_web.people.models import LogEntry
from trede_web.words import voice

FAMILIES = {"role": "role", "status": "source_state"}
"""Details whose value is a code, with the family of its words."""
PAGES = {"batch": "batch", "record": "record"}
"""Details that have a page of their own."""
UNSAID = ("job", "about")
"""What a work is called inside; `about` is told when no other detail says the same."""


@dataclass(frozen=True)
class Detail:
    """One detail of an entry; `address` is of the page that it leads to, or nothing."""

    name: str
    text: str
    address: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry with its details in words."""

    entry: LogEntry
    details: list[Detail]


def told(entry: LogEntry, slug: str) -> Entry:
    """Return an entry with its details as a page shows them."""
    said = {name: text for name, value in entry.details.items() if name not in UNSAID if (text := _text(name, value))}
    about = _text("about", entry.details.get("about"))
    plain = {_text("", value) for name, value in entry.details.items() if name != "about"}
    if about and about not in plain:
        said = {"about": about, **said}
    word = voice().word
    return Entry(
        entry, [Detail(word(f"detail.{name}"), text, _address(name, text, slug)) for name, text in said.items()]
    )


def _text(name: str, value: Any) -> str:
    """Return a stored value in words; nothing when there is none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list):
        return ", ".join(_text(name, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text('', each)}" for key, each in value.items())
    code = f"{FAMILIES.get(name, '')}.{value}"
    return voice().word(code) if code in words(voice().language) else str(value)


def _address(name: str, text: str, slug: str) -> str:
    known = name in PAGES and re.fullmatch("[0-9a-f]{8,64}", text)
    return reverse(PAGES[name], args=[slug, text]) if known else ""
