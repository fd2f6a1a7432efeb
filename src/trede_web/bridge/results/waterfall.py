"""A waterfall as a drawing: where its bars, words and lines stand. Lengths are of exact amounts; the page writes the SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 960, 400
TOP, BOTTOM = 56, 322
"""Between these the bars stand; above them the names of the causes, below them those of the bars."""
FILLED = 0.62
"""Part of a column that its bar takes."""
LETTER = 6.6
"""Mean width of a letter of 13 pixels."""
LINES = 3
LINE = 16
LEAST = 1.5
"""Height of the smallest bar, so that it can be seen."""


@dataclass(frozen=True)
class Bar:
    """One bar; lengths in units of the drawing, written for SVG."""

    kind: str
    """`total`, `up` or `down`."""
    cause: str
    """Empty for a total."""
    name: str
    text: str
    middle: str
    column: str
    x: str
    y: str
    width: str
    height: str
    text_y: str
    lines: list[tuple[str, str]]
    """Lines of the name below it, each with its place."""
    level: str
    """Where the line to the next bar runs."""
    reach: str
    """Where that line ends; empty for the last bar."""


@dataclass(frozen=True)
class Head:
    """The name of a cause above its bars."""

    name: str
    x1: str
    x2: str
    middle: str


@dataclass(frozen=True)
class Waterfall:
    """The whole drawing."""

    width: int
    height: int
    column: str
    zero: str
    bars: list[Bar]
    heads: list[Head]


Total = tuple[str, int, str]
"""Name, milligrams, and the amount as it is written."""
Part = tuple[str, str, str, int, str]
"""Cause, its name, the part's name, milligrams, and the amount as it is written."""


def draw(first: Total, parts: Sequence[Part], last: Total) -> Waterfall:
    """Place the bars: the first total, each part on top of the one before, the last total."""
    count = len(parts) + 2
    column = WIDTH / count
    levels = [first[1]]
    for _, _, _, mg, _ in parts:
        levels.append(levels[-1] + mg)
    low, high = min(0, *levels), max(1, *levels)

    def at(mg: int) -> float:
        return BOTTOM - (mg - low) / (high - low) * (BOTTOM - TOP)

    spans = [("total", "", first[0], 0, first[1], first[2])]
    for (cause, _, name, mg, text), start in zip(parts, levels, strict=False):
        spans.append(("up" if mg > 0 else "down", cause, name, start, start + mg, text))
    spans.append(("total", "", last[0], 0, last[1], last[2]))
    bars = []
    for number, (kind, cause, name, start, end, text) in enumerate(spans):
        left = column * number
        upper, lower = sorted((at(start), at(end)))
        bars.append(
            Bar(
                kind=kind, cause=cause, name=name, text=text, middle=_n(left + column / 2), column=_n(left),
                x=_n(left + column * (1 - FILLED) / 2), y=_n(upper), width=_n(column * FILLED),
                height=_n(max(LEAST, lower - upper)), text_y=_n(lower + LINE if kind == "down" else upper - 7),
                lines=_lines(name, column), level=_n(at(end)),
                reach=_n(left + column * (3 + FILLED) / 2) if number < count - 1 else "",
            )
        )  # fmt: skip
    return Waterfall(WIDTH, HEIGHT, _n(column), _n(at(0)), bars, _heads(parts, column))


def _heads(parts: Sequence[Part], column: float) -> list[Head]:
    heads, number = [], 1
    for (_, name), group in groupby(parts, key=lambda part: part[:2]):
        count = len(list(group))
        left, right = column * (number + 0.08), column * (number + count - 0.08)
        heads.append(Head(name, _n(left), _n(right), _n((left + right) / 2)))
        number += count
    return heads


def _lines(name: str, column: float) -> list[tuple[str, str]]:
    found = textwrap.wrap(name, max(8, int(column / LETTER)), max_lines=LINES, placeholder="…")
    return [(_n(BOTTOM + 22 + LINE * number), line) for number, line in enumerate(found)]


def _n(value: float) -> str:
    return f"{value:.1f}"
