"""Charts as files: pictures with the letters of the house in them, and tables."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

from trede.kernel.exporting import csv_bytes
from trede.report.charts.drawing import sheet, to_png, to_svg
from trede.report.charts.look import SCREEN
from trede.report.document import Chart
from trede.report.wording import Wording
from trede_web.bridge.results.charts import Origin, as_rows, as_workbook
from trede_web.bridge.speaking import Voice

LETTERS = Path(__file__).parents[2] / "static" / "trede" / "fonts" / "source-sans-3.woff2"
KINDS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds of files of a chart, with their media types."""


def picture(chart: Chart, voice: Voice) -> bytes:
    """Return the drawing of a chart for a page, as SVG."""
    return _lettered(to_svg(chart.spec, voice.language))


def file_of(chart: Chart, kind: str, origin: Origin, voice: Voice) -> bytes:
    """Return a chart as a file that stands by itself, with the calculation that it was made of."""
    if kind == "csv":
        return csv_bytes(as_rows(chart))
    if kind == "xlsx":
        return as_workbook(chart, origin, voice)
    title = chart.title.show(Wording(voice.language))
    whole = sheet(to_svg(chart.spec, voice.language), SCREEN, title, chart.subtitle, origin.said)
    return to_png(whole) if kind == "png" else _lettered(whole)


def _lettered(svg: str) -> bytes:
    """Put the letters into a drawing: a picture on a page may fetch nothing."""
    tag, mark, rest = svg.partition(">")
    return f"{tag}{mark}<style>{_face()}</style>{rest}".encode()


@cache
def _face() -> str:
    letters = base64.b64encode(LETTERS.read_bytes()).decode()
    return (
        '@font-face{font-family:"Source Sans 3";font-weight:200 900;'
        f'src:url(data:font/woff2;base64,{letters}) format("woff2")}}'
    )
