"""One factor: its values through the years, its papers, its gases and stages, and where the organisation uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from trede.workspace import Workspace
from trede.workspace.shelf import shelf_of
from trede_web.bridge.books import years
from trede_web.bridge.factors.beside import COMPARED
from trede_web.bridge.factors.editions import (
    Edition,
    Newer,
    description_of,
    drawing_of,
    editions_of,
    finding_of,
    newer_of,
)
from trede_web.bridge.factors.own import can_be_taken_over
from trede_web.bridge.factors.papers import gases_of, link_of, papers_of, source_of
from trede_web.bridge.factors.shelf import headline
from trede_web.bridge.factors.stairs import Stairs
from trede_web.bridge.factors.uses import Use, uses_in_years
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import named

if TYPE_CHECKING:
    from trede.engine.runs import Run


@dataclass(frozen=True)
class FactorPage:
    """Everything on the page of a factor."""

    ref: str
    library: str
    factor: str
    name: str
    under: list[str]
    unit: str
    status: str
    value: str
    stage: str
    finding: str
    drawing: Stairs | None
    description: str
    columns: list[str]
    editions: list[Edition]
    papers: list[tuple[str, str]]
    source: list[tuple[str, str]]
    url: str
    notes: str
    gases: list[tuple[str, list[str]]]
    gas_columns: list[str]
    uses: list[Use]
    newer: Newer | None
    own: bool
    takes_over: bool
    """Whether it is a value from second hand that fills in the form of an own factor."""
    beside: str
    """What an address says to put its last editions side by side."""


def factor_page(workspace: Workspace, library: str, ident: str, voice: Voice) -> FactorPage:
    """Return the page of a factor.

    Raises:
        TredeError: `library_unknown` or `factor_unknown`.
    """
    shelf = shelf_of(workspace)
    item = shelf.get(library, ident)
    factor, runs = item.factor, _runs(workspace)
    same = shelf.editions(item)
    columns = [name for name in ("total", "direct", "upstream") if any(name in e.factor.values() for e in same)]
    editions = editions_of(same, item, columns, runs, voice)
    stage, value = headline(factor)
    drawing, points = drawing_of(same, columns, runs, voice)
    return FactorPage(
        ref=item.ref, library=library, factor=ident, name=named(factor.name, item.library.papers, voice),
        under=[named(part, item.library.papers, voice) for part in (factor.category, factor.subcategory) if part],
        unit=factor.publisher_unit,
        status="" if factor.status == "active" else voice.word(f"status.{factor.status}"),
        value="–" if value is None else voice.number(value), stage=voice.word(f"value.{stage}") if stage else "",
        finding=finding_of(points, voice), drawing=drawing, description=description_of(points, factor.publisher_unit, voice),
        columns=[voice.word(f"value.{name}") for name in columns], editions=editions,
        papers=papers_of(item, runs, voice), source=source_of(item, voice), url=link_of(factor.url or item.library.papers.url),
        notes=item.library.papers.notes.get(voice.language), gases=gases_of(item, voice),
        gas_columns=[voice.word(f"value.{symbol}") for symbol in factor.gases],
        uses=uses_in_years(workspace, item.ref, runs, voice), newer=newer_of(editions, same, columns, runs, voice),
        own=item.library.papers.kind == "own", takes_over=can_be_taken_over(factor),
        beside=urlencode([("f", each.ref) for each in same[-COMPARED:]]),
    )  # fmt: skip


def _runs(workspace: Workspace) -> dict[int, Run]:
    """Return the run that answers for each year, the newest year first."""
    found = {year: workspace.run_of(str(year)) for year in years(workspace)}
    return {year: run for year, run in found.items() if run is not None}
