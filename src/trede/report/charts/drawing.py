"""From a specification to a picture: SVG by Vega-Lite, and PNG of that SVG; no network and no font of the computer."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import vl_convert

from trede.kernel.identity import canonical_json
from trede.report.charts.look import FONT, INK, QUIET, SIZE, wrapped

FONTS = Path(__file__).parents[1] / "fonts"
VERSION = "6.4"
"""Of Vega-Lite; `vl_convert` carries several."""
LOCALES: dict[str, Literal["nl-NL", "en-US"]] = {"nl": "nl-NL", "en": "en-US"}
SHARP = 2
"""Pixels of a PNG for one of the drawing."""
KEPT = 256

_SIZE = re.compile(r'<svg [^>]*?height="([\d.]+)"')
_LOCK = threading.Lock()


def to_svg(spec: Mapping[str, Any], language: str) -> str:
    """Return a specification as SVG: the same specification gives the same bytes.

    It has no descriptions of its own and no style attribute; what it shows is said beside it.

    Args:
        language: `nl` or `en`, for the signs in the numbers of axes.
    """
    return _svg(canonical_json(spec), language)


def sheet(svg: str, width: int, title: str, subtitle: str, foot: str) -> str:
    """Set a drawing between its title, its subtitle and where it comes from: a picture that stands by itself.

    Args:
        width: of the drawing in pixels.
    """
    head = [(line, 19, 600, 26) for line in wrapped(title, width * SIZE / 19, 3)]
    head += [(line, SIZE, 400, 18) for line in wrapped(subtitle, width - 8, 3)]
    tail = [(line, SIZE - 1, 400, 17) for line in wrapped(foot, width - 8, 4)]
    found = _SIZE.search(svg)
    assert found is not None
    above, drawn = sum(step for *_, step in head) + 12, float(found[1])
    high = above + drawn + sum(step for *_, step in tail) + 16
    texts, at = [], 0.0
    for line, size, weight, step in head:
        at += step
        texts.append(_text(line, size, weight, at, INK if weight > 400 else QUIET))
    at = above + drawn
    for line, size, weight, step in tail:
        at += step
        texts.append(_text(line, size, weight, at, QUIET))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 24}" height="{high:.0f}" '
        f'viewBox="-12 0 {width + 24} {high:.0f}"><rect x="-12" width="{width + 24}" height="{high:.0f}" fill="white"/>'
        f'{"".join(texts)}<g transform="translate(0,{above})">{svg}</g></svg>'
    )


def _text(line: str, size: int, weight: int, at: float, colour: str) -> str:
    return (
        f'<text x="4" y="{at:.0f}" font-family="{FONT}" font-size="{size}px" font-weight="{weight}" '
        f'fill="{colour}">{escape(line)}</text>'
    )


def to_png(svg: str) -> bytes:
    """Return a drawing as PNG."""
    _fonts()
    return bytes(vl_convert.svg_to_png(svg, scale=SHARP))


@lru_cache(maxsize=KEPT)
def _svg(spec: bytes, language: str) -> str:
    _fonts()
    with _LOCK:
        drawn = vl_convert.vegalite_to_svg(
            json.loads(spec), vl_version=VERSION, format_locale=LOCALES[language], allowed_base_urls=[]
        )
    return str(drawn)


@lru_cache(maxsize=1)
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
