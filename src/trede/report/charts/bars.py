"""Horizontal bars, one under the other: parts of a total sorted by size, or the steps of a bridge from one total to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trede.kernel.amounts import MG_PER_TONNE
from trede.report.charts.look import (
    FAINT,
    INK,
    PALETTE,
    QUIET,
    SLIM,
    Spec,
    drawing,
    legend,
    text_width,
    widest,
    wrapped,
)

STEP, TWO_LINES = 32, 44
"""Height of a row: with the name beside the bar, and with it above the bar."""
THICK = 17


@dataclass(frozen=True)
class Bar:
    """One bar.

    Attributes:
        shown: its amount as it is written.
        mg: milligrams CO2e.
        start: where it begins; a step of a bridge begins where the one before it ended.
        bounds: the 95 % interval, where it is known.
        bold: whether it is a total.
    """

    name: str
    shown: str
    mg: int
    tone: int = 1
    start: int = 0
    bounds: tuple[int, int] | None = None
    bold: bool = False


def bars(items: Sequence[Bar], width: int, names: Sequence[tuple[str, int]] = (), *, steps: bool = False) -> Spec:
    """Draw bars in the order given; amounts start at zero.

    Args:
        names: what the tones stand for, for a legend; none when one tone is used.
        steps: whether a hairline leads from the end of each bar to the next.
    """
    slim = width < SLIM
    room = 0.0 if slim else widest((item.name for item in items), width * 0.34)
    right = max((text_width(item.shown) for item in items), default=0.0) + 22
    marked, high = legend([(name, tone, False) for name, tone in names], width - 8, 14)
    left = 4 if slim else room + 14
    rows: list[dict[str, Any]] = [
        _row(number, item, width - 8 if slim else room, 1 if slim else 2) for number, item in enumerate(items)
    ]
    rows = [*rows[:-1], *({**row, "next": None} for row in rows[-1:])]
    step = TWO_LINES if slim else STEP
    shift = 9 if slim else 0
    places = {"domain": list(range(len(items))), "paddingInner": 0, "paddingOuter": 0}

    def x(field: str) -> dict[str, Any]:
        scale = {"zero": True, "nice": False}
        return {"field": field, "type": "quantitative", "axis": {"grid": not slim}, "scale": scale}

    y = {"field": "at", "type": "ordinal", "axis": None, "scale": places}
    bar = {"type": "bar", "height": THICK, "yOffset": shift, "aria": False}
    tone = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    layers: list[Spec] = [
        {
            "mark": {**bar},
            "encoding": {"y": y, "x": x("solid_from"), "x2": {"field": "solid_to"}, "fill": tone},
        },
        {
            "transform": [{"filter": "datum.low != datum.high"}],
            "mark": {**bar, "fillOpacity": FAINT, "strokeWidth": 1},
            "encoding": {"y": y, "x": x("low"), "x2": {"field": "high"}, "fill": tone, "stroke": tone},
        },
        {
            "transform": [{"filter": "datum.low != datum.high"}],
            "mark": {"type": "tick", "color": INK, "thickness": 2, "height": THICK + 4, "yOffset": shift, "aria": False},
            "encoding": {"y": y, "x": x("end")},
        },
        {
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 8, "dy": shift, "aria": False,
                     "fontWeight": 600},
            "encoding": {"y": y, "x": x("furthest"), "text": {"field": "shown"}},
        },
        *(
            {
                "mark": {
                    "type": "text", "align": "left" if slim else "right", "baseline": "middle", "aria": False,
                    "dy": -10 if slim else dy,
                },
                "encoding": {
                    "y": y, "x": {"value": 5 if slim else -10}, "text": {"field": line},
                    "fontWeight": {"field": "weight", "type": "nominal", "scale": None},
                },
            }
            for line, dy in (("name", 0), ("first", -8), ("second", 8))
        ),
        *([_links(y, shift)] if steps else []),
        {
            "mark": {"type": "rule", "color": INK, "aria": False},
            "encoding": {"x": {"datum": 0, "type": "quantitative", "axis": {"grid": not slim}}},
        },
        *marked,
    ]  # fmt: skip
    spec = drawing(width, len(items) * step, (left, high + (10 if high else 4), right, 26), layers)
    return {**spec, "data": {"values": rows}}


def _links(y: dict[str, Any], shift: int) -> Spec:
    return {
        "transform": [{"filter": "datum.next != null"}],
        "mark": {"type": "rule", "color": QUIET, "strokeWidth": 0.75, "yOffset": shift, "y2Offset": shift, "aria": False},
        "encoding": {"x": {"field": "end", "type": "quantitative"}, "y": {**y, "bandPosition": 0.5},
                     "y2": {"field": "next", "bandPosition": 0.5}},
    }  # fmt: skip


def _row(number: int, item: Bar, room: float, lines: int) -> dict[str, Any]:
    """Give a row its lengths in tonnes: solid to the lower bound, faint to the upper one."""
    end = item.start + item.mg
    low, high = item.bounds or (end, end)
    near, far = (low, high) if item.mg >= 0 else (high, low)
    name = wrapped(item.name, room, lines)
    first, second = name if len(name) == 2 else ("", "")
    return {
        "at": number, "name": "" if second else name[0], "first": first, "second": second, "shown": item.shown,
        "colour": PALETTE[item.tone], "weight": 600 if item.bold else 400, "solid_from": _tonnes(item.start),
        "solid_to": _tonnes(near), "low": _tonnes(near), "high": _tonnes(far), "end": _tonnes(end),
        "furthest": _tonnes(max(item.start, end, low, high, 0)), "next": number + 1,
    }  # fmt: skip


def _tonnes(mg: int) -> float:
    return mg / MG_PER_TONNE
