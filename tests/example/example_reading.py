"""Reading the example's files: with Python's own csv and Decimal, and with Trede's intake."""

from __future__ import annotations

import csv
import io
import tomllib
from decimal import Decimal
from typing import Any

from trede.intake import Profile, Staging, load_profile, stage
from workspaces import EXAMPLE, profile_bytes, read_example

FILES = EXAMPLE / "files"

Row = dict[str, str]

DIALECTS = {
    "tankpas-2022.csv": ("utf-8-sig", ";", 0),
    "tankpas-2023.csv": ("cp1252", ";", 0),
    "tankpas-2024.csv": ("cp1252", ";", 0),
    "tankpas-2024-verbeterd.csv": ("cp1252", ";", 0),
    "meterstanden-hoofdkantoor.csv": ("utf-8", ";", 0),
    "verhuurder-elektriciteit.csv": ("cp1252", ";", 1),
    "reizen.csv": ("utf-8", "\t", 2),
    "laadpas.csv": ("utf-8", ",", 0),
}
"""Encoding, delimiter and the number of rows above the headings, of the example's text files."""
SAMPLE_DIALECTS = {
    "elektriciteit-per-vestiging.csv": ("utf-8", ";", 0),
    "gas-per-vestiging.csv": ("utf-8", ";", 0),
}
"""The same of the samples beside the example."""


def read(name: str) -> list[Row]:
    """Return the rows below the headings, as heading -> cell."""
    encoding, delimiter, above = (DIALECTS | SAMPLE_DIALECTS)[name]
    text = raw(name).decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return [dict(zip(rows[above], row, strict=True)) for row in rows[above + 1 :]]


def raw(name: str) -> bytes:
    """Return a file's bytes."""
    return read_example(name)


def dutch(text: str) -> Decimal:
    """Read a Dutch number: points for thousands, a decimal comma."""
    return Decimal(text.replace(".", "").replace(",", "."))


KEY = b"example-key"


def profile(name: str) -> Profile:
    """Return the profile that reads a file of the example."""
    return load_profile(profile_bytes(name), f"{name}.toml")


def sites() -> dict[str, str]:
    """Return the example's sites: id by id, name and alias."""
    organisation = tomllib.loads((EXAMPLE / "organisation.toml").read_text("utf-8"))
    return {
        name: site["id"]
        for site in organisation["site"]
        for name in (site["id"], site["name"], *site.get("aliases", ()))
    }


def staged(name: str, data: bytes | None = None, **options: Any) -> Staging:
    """Stage a file of the example, or other bytes under its name."""
    content = raw(name) if data is None else data
    options.setdefault("sites", sites())
    used = options.pop("profile", None) or profile(name)
    return stage(content, name, used, key=KEY, **options)
