"""Turning an issue into its sentences, to see that each parameter of a sentence is there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import trede
from trede.kernel.issues import Issue

FOLDER = Path(trede.__file__).parent / "cli" / "messages"
MESSAGES: dict[str, dict[str, str]] = {
    language: tomllib.loads((FOLDER / f"factors.{language}.toml").read_text(encoding="utf-8"))
    for language in ("nl", "en")
}


def say(issue: Issue) -> None:
    """Fill both sentences of an issue; `field_invalid` is a code of the catalogue as a whole."""
    if issue.code != "field_invalid":
        for messages in MESSAGES.values():
            messages[issue.code].format(**issue.values)
