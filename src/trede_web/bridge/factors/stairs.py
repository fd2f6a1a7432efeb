"""Values through the years as a drawing of steps: where its lines, words and years stand. The page writes the SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 800, 30, 276
"""The lines stand between these; right of them the names of the lines."""
TICKS = 4
CLOSE = 17
"""Units of the drawing that two texts keep apart."""
Write = Callable[[Decimal], str]
At = Callable[[Decimal], float]
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Series:
    """One line: its name, and per year the value with how it is written; None where there is none."""

    name: str
    values: Sequence[tuple[Decimal, str] | None]


@dataclass(frozen=True)
class Point:
    """The text of a value."""

    x: str
    y: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line as it is drawn; `number` is its place in the legend."""

    number: int
    path: str
    points: list[Point]
    name: str
    name_y: str


@dataclass(frozen=True)
class Column:
    """A year below the axis; `marked` when the organisation calculates with it."""

    name: str
    x: str
    width: str
    middle: str
    marked: bool


@dataclass(frozen=True)
class Stairs:
    """The whole drawing; lengths are written for SVG."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    plot: int
    """The height between top and bottom."""
    zero: str
    ticks: list[tuple[str, str]]
    columns: list[Column]
    lines: list[Line]


def draw(years: Sequence[tuple[str, bool]], series: Sequence[Series], write: Write) -> Stairs:
    """Draw each series as steps, one column a year; a year without a value leaves a gap.

    Args:
        years: the name of each year, and whether it is marked.
        write: writes a number of the axis.
    """
    every = [value for each in series for found in each.values if found for value in found[:1]]
    low, high, step = _axis(min([Decimal(0), *every]), max([Decimal(0), *every]))
    width = (RIGHT - LEFT) / len(years)

    def at(value: Decimal) -> float:
        return BOTTOM - float((value - low) / (high - low)) * (BOTTOM - TOP)

    columns = [
        Column(name, _n(LEFT + width * n), _n(width), _n(LEFT + width * (n + 0.5)), marked)
        for n, (name, marked) in enumerate(years)
    ]
    lines, ends = [], list[float]()
    for number, each in enumerate(series, 1):
        heights = [at(found[0]) if found else None for found in each.values]
        last = next(height for height in reversed(heights) if height is not None)
        name_y = last + 5
        while any(abs(name_y - other) < CLOSE for other in ends):
            name_y += 1
        ends.append(name_y)
        points = [
            Point(column.middle, _n(height - 8 if number == 1 else height + 17), found[1])
            for column, height, found in zip(columns, heights, each.values, strict=True)
            if found and height is not None and not _hidden(number, height, series, columns, column, at)
        ]
        lines.append(Line(number, _path(heights, width), points, each.name, _n(name_y)))
    count = int((high - low) / step)
    ticks = [(_n(at(low + step * n)), write(low + step * n)) for n in range(count + 1)]
    return Stairs(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, BOTTOM - TOP, _n(at(Decimal(0))), ticks, columns, lines)


def _hidden(
    number: int, height: float, series: Sequence[Series], columns: Sequence[Column], column: Column, at: At
) -> bool:
    """Whether the text of a later line would stand in that of the first one, whose own stands in the table as well."""
    if number == 1:
        return False
    first = series[0].values[columns.index(column)]
    return first is not None and abs(at(first[0]) - height) < 2


def _axis(low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return round ends of the axis and the step between its lines."""
    span = (high - low) or Decimal(1)
    rough = span / TICKS
    power = Decimal(1).scaleb(rough.adjusted())
    step = next(factor * power for factor in STEPS if factor * power >= rough)
    bottom = -((-low / step).to_integral_value("ROUND_CEILING")) * step
    top = (high / step).to_integral_value("ROUND_CEILING") * step
    return bottom, max(top, bottom + step), step


def _path(heights: Sequence[float | None], width: float) -> str:
    """Write the steps; after a gap the line begins anew."""
    parts = []
    for number, (before, height) in enumerate(pairwise([None, *heights])):
        if height is not None:
            start = LEFT + width * number
            parts.append(f"{'M' if before is None else 'L'}{_n(start)} {_n(height)}H{_n(start + width)}")
    return " ".join(parts)


def _n(value: float) -> str:
    return f"{value:.1f}"
