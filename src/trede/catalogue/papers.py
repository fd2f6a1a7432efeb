"""The papers of a whole factor library (`library.toml`)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

from trede.catalogue.factor import Filled
from trede.kernel.models import Strict, Text


class FilledText(Text):
    """A text that is there in both languages."""

    nl: Filled
    en: Filled


class SourceFile(Strict):
    """The publisher's file that a library was read from; the file itself is not kept in the library."""

    name: Filled
    sha256: Filled


class LibraryPapers(Strict):
    """What must be known of a list; a library that lacks one does not load.

    `publisher` is the slug that `bindings/<publisher>.csv` is named after. `edition` is the day of
    publication: two editions of one year are two libraries. `default`: a new workspace uses it untold.
    """

    id: Filled
    kind: Literal["official", "secondhand", "own"]
    publisher: Filled
    publisher_name: Filled
    title: Filled
    edition: date
    valid_from: date
    valid_to: date
    geography: Filled
    licence: Filled
    attribution: Filled
    url: Filled
    gwp_basis: Literal["AR4", "AR5", "AR6", "unknown"]
    gwp_note: FilledText
    uncertainty: Literal["not-published", "published"]
    importer: Filled
    last_checked: date
    default: bool
    source_file: SourceFile | None = None
    notes: FilledText

    def to_toml(self) -> bytes:
        """Serialise in the order of the fields; `load` reads it back."""
        lines = [f"{name} = {_toml(value)}" for name, value in self if value is not None]
        return ("\n".join(lines) + "\n").encode()


def _toml(value: Any) -> str:
    if isinstance(value, Strict):
        return "{ " + ", ".join(f"{name} = {_toml(part)}" for name, part in value) + " }"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)
