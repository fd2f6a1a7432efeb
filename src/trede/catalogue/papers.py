"""The papers of a whole factor library (`library.toml`)."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

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


class TablePapers(Strict):
    """What must be known of a table that is no factor library: rates, indices, codes. `measure` says what its figures are."""

    id: Filled
    title: Filled
    publisher: Filled
    edition: date
    licence: Filled
    attribution: Filled
    url: Filled
    source_file: SourceFile | None = None
    measure: Filled
    notes: FilledText


class SpendPapers(Strict):
    """What all spend factors of a library share: whose prices they are in.

    A factor is kg CO2e per unit of currency in the prices of `price_year` in `price_country` (two letters); `vat` says whether
    the price has value added tax in it. `classification` is what the factors' `sector` codes are of.
    """

    price_year: int
    price_country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    vat: Literal["excluded", "included", "unknown"]
    classification: Filled


class LibraryPapers(Strict):
    """What must be known of a list; a library that lacks one does not load.

    `publisher` is the slug that `bindings/<publisher>.csv` is named after. `edition` is the day of
    publication: two editions of one year are two libraries. `default`: a new workspace uses it untold. `spend` is there when
    the library has spend factors.
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
    spend: SpendPapers | None = None

    def said(self) -> dict[str, Any]:
        """Return what the papers say, JSON-ready; `spend` only where it is, so that older libraries keep their hash."""
        return self.model_dump(mode="json", exclude=None if self.spend else {"spend"})

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
