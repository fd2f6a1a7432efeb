"""Own factors: the table that somebody fills in, and one factor from a form as such a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from trede.catalogue.rules import NATURE_OF_KIND, TOTAL_ONLY
from trede.catalogue.units import unit_registry
from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.libraries import own_template, read_list
from trede.workspace.shelf import shelf_of
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.catalogue.factor import Factor

NATURES = ("fuel", "transport", "waste", "water", "material", "stay", "work")
"""What a factor of the form can be about when its unit does not say so."""
VALUES = ("total", "direct", "upstream", "uncertainty")
TEXTS = ("name", "publisher_name", "url", "notes")
NOTES = 500
"""Characters of a remark."""
_NUMBER = re.compile(r"\d+([.,]\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)

__all__ = [
    "NATURES",
    "TEXTS",
    "TOTAL_ONLY",
    "VALUES",
    "faults",
    "number_fault",
    "own_template",
    "own_units",
    "table",
    "taken_over",
]


def own_units(voice: Voice) -> list[tuple[str, str]]:
    """Return kind and unit of everything that a factor of the form can be per, with its words; money goes by the table."""
    registry = unit_registry()
    return [
        (f"{kind}:{unit}", f"{unit} · {voice.word(f'kind.{kind}')}")
        for kind in registry.kinds if kind not in ("money", "emissions") for unit in registry.names(kind)
    ]  # fmt: skip


def taken_over(workspace: Workspace, ref: str, voice: Voice) -> dict[str, str] | None:
    """Return the form filled in with a value from second hand, with its sources; None when it has no place in the form.

    Args:
        ref: `LIST#FACTOR`.

    Raises:
        TredeError: `library_unknown` or `factor_unknown`.
    """
    library, _, ident = ref.partition("#")
    item = shelf_of(workspace).get(library, ident)
    factor, told = item.factor, item.factor.second_hand
    if told is None or not can_be_taken_over(factor):
        return None
    values = {
        name: "" if (value := getattr(factor, name)) is None else _written(value, voice) for name in VALUES
    }  # fmt: skip
    nature = factor.nature if factor.nature in NATURES else NATURES[0]  # that of power follows from its unit
    source = factor.url or told.sources[0]
    notes = [
        f"{item.library.papers.title}, {factor.place}.",
        f"{voice.word('paper.confidence')}: {voice.word(f'confidence.{told.confidence}')}.",
        told.note.get(voice.language), *(each for each in told.sources if each != source),
    ]  # fmt: skip
    return {
        "name": f"{factor.name} ({told.list_year})", "unit": f"{factor.kind}:{factor.unit}", "nature": nature, **values,
        "publisher_name": item.library.papers.publisher_name, "url": source, "notes": " ".join(notes)[:NOTES],
        "from": str(told.valid_from.year), "to": str(told.valid_to.year), "of": ref, "reason": "",
    }  # fmt: skip


def can_be_taken_over(factor: Factor) -> bool:
    """Whether a value from second hand has a place in the form."""
    fits = factor.nature in NATURES or NATURE_OF_KIND.get(factor.kind) == "energy"
    return factor.second_hand is not None and factor.status == "active" and fits


def _written(value: Decimal, voice: Voice) -> str:
    """Write a value so that no sign in it can be read as one for thousands."""
    text = f"{value:f}".replace(".", "," if voice.language == "nl" else ".")
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text


def number_fault(text: str, voice: Voice) -> str:
    """Return what is wrong with a number; nothing when it is one."""
    if _AMBIGUOUS.fullmatch(text) and not text.startswith("0"):
        return voice.word("own.ambiguous", text=text)
    return "" if _NUMBER.fullmatch(text) else voice.word("own.no_number", text=text)


def table(given: Mapping[str, str], today: date) -> bytes:
    """Return one factor as a table of own factors.

    Args:
        given: `TEXTS`, `VALUES` (empty where unknown), `unit` as of `own_units`, `nature`, and the years `from` and `to`.
    """
    kind, _, unit = given["unit"].partition(":")
    nature = NATURE_OF_KIND.get(kind, given["nature"])
    papers = {
        "title": given["name"], "publisher_name": given["publisher_name"], "edition": str(today),
        "valid_from": f"{given['from']}-01-01", "valid_to": f"{given['to']}-12-31", "geography": "NL",
        "licence": "-", "attribution": given["publisher_name"], "url": given["url"], "gwp_basis": "unknown",
        "gwp_note": "-", "notes": given["notes"] or "-", "decimal": ".",
    }  # fmt: skip
    factor = {"name": given["name"], "kind": kind, "unit": unit, "nature": nature}
    factor |= {name: given[name].replace(",", ".") for name in VALUES if given[name]}
    if nature == "energy":
        factor |= {"losses": "unknown", "basis": "unknown"}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(["paper", "value"])
    writer.writerows(papers.items())
    writer.writerow([])
    writer.writerow(list(factor))
    writer.writerow(list(factor.values()))
    return text.getvalue().encode()


def faults(publisher: str, data: bytes, name: str, today: date, voice: Voice) -> list[Told]:
    """Return what is wrong with a list before it is brought in; nothing when it can be."""
    try:
        read_list(publisher, data, name, today)
    except TredeError as error:
        return voice.told_all(error.issues)
    return []
