"""The value of a factor edition by edition: the table, its drawing with a sentence, and a newer edition than is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from trede.trace.usage import factors_of
from trede.workspace.shelf import Shelved
from trede_web.bridge.factors.shelf import headline, spans
from trede_web.bridge.factors.stairs import Series, Stairs, draw
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run


LONGEST = 25
"""Years of a drawing; of a factor that is meant for longer the last ones."""


@dataclass(frozen=True)
class Point:
    """The value that counts for a year."""

    year: int
    value: Decimal
    text: str


@dataclass(frozen=True)
class Edition:
    """The value of one edition."""

    ref: str
    library: str
    factor: str
    years: str
    values: list[str]
    change: str
    list: str
    second_hand: bool
    used_for: str
    here: bool


@dataclass(frozen=True)
class Newer:
    """An edition for a later year than the one that is used."""

    edition: Edition
    value: str
    used: str
    years: list[int]
    """Those that count with an edition of the factor: a plan says what the newer list would change of each."""


def editions_of(
    same: Sequence[Shelved], item: Shelved, columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> list[Edition]:
    """Return the editions of a factor with their values, the first one first."""
    lines, before = [], None
    for each in same:
        values = each.factor.values()
        value = headline(each.factor)[1]
        used = sorted(year for year, run in runs.items() if each.ref in factors_of(run))
        lines.append(
            Edition(
                each.ref, each.library.id, each.factor.id, spans(each.years),
                [voice.number(values[name]) if name in values else "–" for name in columns],
                change_between(before, value, voice) if before is not None else "", each.library.papers.title,
                each.library.papers.kind == "secondhand", ", ".join(map(str, used)), each.ref == item.ref,
            )
        )  # fmt: skip
        before = value
    return lines


def drawing_of(
    same: Sequence[Shelved], columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> tuple[Stairs | None, list[Point]]:
    """Draw the value of the whole chain, and that of the direct stage below it; nothing when there is one year alone."""
    by_year = {year: each for each in same for year in each.years}
    if not by_year or not columns:
        return None, []
    used = {
        year
        for each in by_year.values()
        for year in each.years
        if any(each.ref in factors_of(r) for r in runs.values())
    }
    shown = list(range(max(min(by_year), max(by_year) - LONGEST + 1), max(by_year) + 1))
    series = []
    for name in columns[:2]:
        found = [by_year[year].factor.values().get(name) if year in by_year else None for year in shown]
        if any(value is not None for value in found):
            values = [None if value is None else (value, voice.number(value)) for value in found]
            series.append(Series(voice.word(f"value.{name}"), values))
    points = [Point(year, *value) for year, value in zip(shown, series[0].values, strict=True) if value]
    drawing = draw([(str(year), year in used) for year in shown], series, voice.number) if len(points) > 1 else None
    return drawing, points


def finding_of(points: Sequence[Point], voice: Voice) -> str:
    """Say in one sentence how the value went."""
    if len(points) < 2:
        return voice.word("factor.one_year")
    first, last = points[0], points[-1]
    told = {"first": str(first.year), "year": last.year, "before": first.text, "after": last.text}
    if first.value == last.value:
        return voice.word("factor.same", **told)
    return voice.word("factor.rose" if last.value > first.value else "factor.fell", **told)


def description_of(points: Sequence[Point], unit: str, voice: Voice) -> str:
    """Return the drawing in words: each year with its value."""
    told = "; ".join(f"{point.year}: {point.text}" for point in points)
    return voice.word("factor.description", unit=unit, values=told) if points else ""


def newer_of(
    editions: Sequence[Edition], same: Sequence[Shelved], columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> Newer | None:
    """Return the last edition when it is for a later year than every edition that is used."""
    used = [n for n, each in enumerate(same) if editions[n].used_for and each.years]
    if not used or not columns:
        return None
    latest = max((n for n, each in enumerate(same) if each.years), key=lambda n: same[n].years[-1])
    if same[latest].years[-1] <= max(same[n].years[-1] for n in used):
        return None
    value = headline(same[latest].factor)[1]
    now = headline(same[used[-1]].factor)[1]
    if value is None or now is None:
        return None
    refs = {same[n].ref for n in used}
    counting = sorted(year for year, run in runs.items() if refs & set(factors_of(run)))
    return Newer(editions[latest], voice.number(value), voice.number(now), counting)


def change_between(before: Decimal | None, after: Decimal | None, voice: Voice) -> str:
    """Write by what share one value differs from another."""
    if not before or after is None:
        return "–"
    text = voice.percent((after - before) / before, 1)
    return f"+{text}" if after > before and any(digit in text for digit in "123456789") else text
