"""Upright columns side by side, stacked by heading: months, or years with the interval of each total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trede.report.charts.look import (
    FAINT,
    INK,
    PALETTE,
    SIZE,
    SLIM,
    Spec,
    drawing,
    legend,
    text_width,
    wrapped,
)

HEIGHT = 230


@dataclass(frozen=True)
class Piece:
    """A part of a column: how much, in the unit of the axis, of which tone, and whether it is an estimate."""

    amount: float
    tone: int
    estimated: bool = False


@dataclass(frozen=True)
class Column:
    """One column. `shown` stands on top of it; `bounds` is the 95 % interval of the whole."""

    name: str
    shown: str
    pieces: Sequence[Piece] = ()
    bounds: tuple[float, float] | None = None
    missing: bool = field(default=False)
    """Whether the amount is not known: a place without a column, that says so."""


def columns(items: Sequence[Column], width: int, names: Sequence[tuple[str, int, bool]] = ()) -> Spec:
    """Draw columns in the order given; amounts start at zero, and what lies below it goes down.

    Args:
        names: what tones stand for, each with whether it is the estimated part; none when there is nothing to tell apart.
    """
    slim = width < SLIM
    left = 44.0
    marked, high = legend(names, width - left - 8, 34)
    step = (width - left - 8) / max(len(items), 1)
    roomy = step > max((text_width(item.shown) for item in items), default=0.0)
    rows = [row for number, item in enumerate(items) for row in _pieces(number, item)]
    tops = [_top(number, item, step) for number, item in enumerate(items)]
    band = min(64.0, step * 0.62)
    places = {"domain": list(range(len(items))), "paddingInner": 0, "paddingOuter": 0}
    place = {"field": "at", "type": "ordinal", "axis": None, "scale": places}
    colour = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "width": band, "aria": False, "strokeWidth": 1},
            "encoding": {
                "x": place, "y": _y("from"), "y2": {"field": "to"}, "fill": colour, "stroke": colour,
                "fillOpacity": {"field": "strength", "type": "quantitative", "scale": None, "legend": None},
            },
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5, "aria": False},
            "encoding": {"x": place, "y": _y("low"), "y2": {"field": "high"}},
        },
        *(
            {
                "transform": [{"filter": "datum.low != null"}],
                "mark": {"type": "tick", "color": INK, "thickness": 1.5, "width": 9, "orient": "horizontal",
                         "aria": False},
                "encoding": {"x": place, "y": _y(bound)},
            }
            for bound in ("low", "high")
        ),
        {
            "mark": {"type": "text", "align": "center", "baseline": "bottom", "dy": -6, "aria": False,
                     "fontWeight": 600},
            "encoding": {"x": place, "y": _y("top"), "text": {"field": "shown" if roomy else "short"}},
        },
        {
            "mark": {"type": "text", "align": "center", "baseline": "top", "dy": 8, "aria": False, "lineHeight": 15,
                     "fontSize": SIZE - 1 if slim else SIZE},
            "encoding": {"x": place, "y": {"value": HEIGHT}, "text": {"field": "name"}},
        },
        {
            "mark": {"type": "rule", "color": INK, "aria": False},
            "encoding": {"y": {"datum": 0, "type": "quantitative", "axis": {"grid": True}}},
        },
        *marked,
    ]  # fmt: skip
    below = 16 + 15 * max((len(row["name"]) for row in tops), default=1)
    spec = drawing(width, HEIGHT, (left, high + 30 if high else 26, 8, below), layers)
    return {**spec, "data": {"values": tops}}


def _y(name: str) -> dict[str, Any]:
    return {"field": name, "type": "quantitative", "axis": {"grid": True}, "scale": {"zero": True}}


def _pieces(number: int, item: Column) -> list[dict[str, Any]]:
    """Stack the pieces: what adds upwards from zero, what takes away downwards."""
    up = down = 0.0
    rows = []
    for piece in item.pieces:
        start = up if piece.amount >= 0 else down
        end = start + piece.amount
        up, down = (end, down) if piece.amount >= 0 else (up, end)
        rows.append(
            {
                "at": number, "from": start, "to": end, "colour": PALETTE[piece.tone],
                "strength": FAINT if piece.estimated else 1,
            }
        )  # fmt: skip
    return rows


def _top(number: int, item: Column, step: float) -> dict[str, Any]:
    low, high = item.bounds or (None, None)
    top = max(sum(piece.amount for piece in item.pieces if piece.amount > 0), high or 0.0)
    return {
        "at": number, "name": wrapped(item.name, step, 3), "shown": item.shown, "top": top, "low": low, "high": high,
        "short": item.shown if item.missing else "",
    }  # fmt: skip
