"""Factors side by side: their values with the differences, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.shelf import Shelf, Shelved, shelf_of
from trede_web.bridge.factors.editions import change_between
from trede_web.bridge.factors.papers import NUMBERS, gwp_of, published_of
from trede_web.bridge.factors.shelf import headline, spans
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import named

COMPARED = 6
FACTS = (
    "unit", "years", "list", "publisher", "region", "stages", "gases", "gwp", "uncertainty", "licence", "place",
)  # fmt: skip
"""What is said of factors side by side."""


@dataclass(frozen=True)
class Compared:
    """Factors side by side: a head each, and rows of values."""

    heads: list[tuple[str, str, str, str]]
    """Library, factor, name, and the address without it."""
    rows: list[tuple[str, list[str]]]
    same_unit: bool


def compared(workspace: Workspace, refs: Sequence[str], voice: Voice) -> Compared:
    """Put factors side by side; those that are not there are passed over."""
    shelf = shelf_of(workspace)
    items = [item for ref in dict.fromkeys(refs) if (item := _named(shelf, ref)) is not None][:COMPARED]
    same = len({(item.factor.kind, item.factor.unit) for item in items}) == 1
    rows: list[tuple[str, list[str]]] = []
    for name in NUMBERS:
        values = [item.factor.values().get(name) for item in items]
        if any(value is not None for value in values):
            rows.append((voice.word(f"value.{name}"), ["–" if v is None else voice.number(v) for v in values]))
            if same and name == headline(items[0].factor)[0] and len(items) > 1:
                rows.append((voice.word("compare_factors.difference"), ["", *_differences(values, voice)]))
    rows += [(voice.word(f"paper.{name}"), [_fact(name, item, voice) for item in items]) for name in FACTS if items]
    heads = [
        (item.library.id, item.factor.id, named(item.factor.name, item.library.papers, voice), item.ref)
        for item in items
    ]
    return Compared(heads, rows, same)


def _fact(name: str, item: Shelved, voice: Voice) -> str:
    factor, papers = item.factor, item.library.papers
    said = {
        "unit": factor.publisher_unit, "years": spans(item.years), "list": papers.title,
        "publisher": papers.publisher_name, "region": " ".join(item.facets["region"]),
        "stages": voice.word(f"stages.{factor.stages}"), "gases": voice.word(f"gases.{item.facets['gases'][0]}"),
        "gwp": gwp_of(item, voice), "uncertainty": published_of(item, voice), "licence": papers.licence,
        "place": factor.place,
    }  # fmt: skip
    return said[name]


def _named(shelf: Shelf, ref: str) -> Shelved | None:
    library, _, ident = ref.partition("#")
    try:
        return shelf.get(library, ident)
    except TredeError:
        return None


def _differences(values: Sequence[Decimal | None], voice: Voice) -> list[str]:
    return [change_between(values[0], value, voice) for value in values[1:]]
