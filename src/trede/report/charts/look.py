"""How every chart looks: the palette, the type, and a drawing of fixed size.

Nothing is left to measuring at the place of drawing: margins come from the widths of letters given here. So a chart comes
out the same on every computer, whatever fonts that has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

SCREEN, NARROW, PRINT = 860, 340, 640
"""Widths of a drawing in pixels: beside a menu, on a telephone, and across a printed page."""
SLIM = 480
"""Below this width a chart is laid out for a narrow screen."""

INK, QUIET, RULE = "#17202a", "#44505c", "#dfdcd4"
PALETTE = (INK, "#2e3a46", "#c07a10", "#1f7a84", "#9c3f33", "#928d80", "#5f4585")
"""Colours by tone. 0 is the ink; 1 to 6 can be told apart by the colour-blind and stand out on white at least 3 : 1."""
WHOLE, FALL, RISE, OTHER = 1, 3, 4, 5
"""Tones of a total, a fall, a rise, and of all that is left."""
FAINT = 0.28
"""How strong a fill is that stands for what is not certain; its outline is drawn in full."""

FONT = "'Trede Sans', 'Source Sans 3', sans-serif"
SIZE = 13
GRID_LINES = 5

_NARROW, _WIDE = frozenset("ijlftI.,:;'|!()[] ·"), frozenset("mwMWQGOD@%")


def text_width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is in pixels, rather too wide than too narrow."""
    parts = (0.31 if letter in _NARROW else 0.82 if letter in _WIDE else 0.56 for letter in text)
    return size * sum(parts)


def wrapped(text: str, width: float, lines: int = 2) -> list[str]:
    """Break a text into lines of a width; what does not fit in the last ends in an ellipsis."""
    found = [""]
    for word in text.split():
        longer = f"{found[-1]} {word}".strip()
        if found[-1] and text_width(longer) > width:
            found.append(word)
        else:
            found[-1] = longer
    shown, last = found[:lines], len(found) > lines
    return [_cut(line, width, more=last and at == lines - 1) for at, line in enumerate(shown)]


def _cut(line: str, width: float, *, more: bool) -> str:
    if not more and text_width(line) <= width:
        return line
    while line and text_width(f"{line}…") > width:
        line = line[:-1]
    return f"{line.rstrip(' ,;')}…"


def widest(texts: Iterable[str], most: float) -> float:
    """Return the width of the longest text, and no more than `most`."""
    return min(most, max((text_width(text) for text in texts), default=0.0) + 1)


def drawing(width: int, height: float, margins: tuple[float, float, float, float], layers: Sequence[Spec]) -> Spec:
    """Lay marks over each other on a plot of a fixed place.

    Args:
        width: of the whole drawing in pixels.
        height: of the plot alone.
        margins: left, top, right and bottom of the plot.
    """
    left, top, right, bottom = (round(margin) for margin in margins)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": max(width - left - right, 40),
        "height": round(height),
        "padding": {"left": left, "top": top, "right": right, "bottom": bottom},
        "autosize": {"type": "none"},
        "background": "white",
        "config": {
            "aria": False,
            "font": FONT,
            "view": {"stroke": None},
            "text": {"fontSize": SIZE, "fill": INK, "font": FONT},
            "axis": {
                "aria": False, "title": None, "labelFont": FONT, "labelFontSize": SIZE, "labelColor": QUIET,
                "gridColor": RULE, "domain": False, "ticks": False, "labelPadding": 6, "labelFlush": False,
                "labelOverlap": False, "labelLimit": 0, "tickCount": GRID_LINES,
            },
        },
        "layer": list(layers),
    }  # fmt: skip


def words_at(x: float, y: float, text: str | list[str], **look: Any) -> Spec:
    """Place words at a point of the plot, in pixels from its upper left corner."""
    return {
        "data": {"values": [{}]},
        "mark": {"type": "text", "text": text, "align": "left", "baseline": "middle", "aria": False, **look},
        "encoding": {"x": {"value": round(x, 1)}, "y": {"value": round(y, 1)}},
    }


def legend(entries: Sequence[tuple[str, int, bool]], width: float, above: float) -> tuple[list[Spec], float]:
    """Name tones above a plot, in as many lines as it takes.

    Args:
        entries: name, tone, and whether it stands for what is estimated.
        above: how far above the plot its last line stands.

    Returns:
        The marks, and how high the lines are together.
    """
    places: list[tuple[float, int]] = []
    at, line = 0.0, 0
    for name, _, _ in entries:
        needed = text_width(name) + 36
        if at and at + needed > width:
            at, line = 0.0, line + 1
        places.append((at, line))
        at += needed
    marks: list[Spec] = []
    for (name, tone, faint), (x, number) in zip(entries, places, strict=True):
        y = -above - (line - number) * 20
        marks.append(
            {
                "data": {"values": [{}]},
                "mark": {
                    "type": "square", "size": 110, "aria": False, "opacity": 1, "fill": PALETTE[tone],
                    "fillOpacity": FAINT if faint else 1, "stroke": PALETTE[tone], "strokeWidth": 1,
                },
                "encoding": {"x": {"value": round(x + 6, 1)}, "y": {"value": round(y, 1)}},
            }
        )  # fmt: skip
        marks.append(words_at(x + 18, y, name))
    return marks, (line + 1) * 20.0 if entries else 0.0
