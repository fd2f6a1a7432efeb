"""Charts as files: pictures with the letters of the house in them, and tables."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trede.kernel.exporting import csv_bytes
from trede.report.charts.drawing import sheet, to_png, to_svg
from trede.report.charts.look import SCREEN
from trede.report.wording import Wording
from trede.workspace import Workspace
from trede_web.bridge.books import View
from trede_web.bridge.charts import as_rows, as_workbook, chart_of, citation
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

LETTERS = Path(__file__).parents[1] / "static" / "trede" / "fonts" / "source-sans-3.woff2"
KINDS = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds of files of a chart, with their media types."""


def picture(workspace: Workspace, run: Run, view: View, name: str, voice: Voice, *, narrow: bool) -> bytes | None:
    """Return the drawing of a chart for a page, as SVG; None when there is no such chart."""
    chart = chart_of(workspace, run, view, name, voice, narrow=narrow)
    return None if chart is None else _lettered(to_svg(chart.spec, voice.language))


def file_of(workspace: Workspace, run: Run, view: View, name: str, kind: str, voice: Voice) -> bytes | None:
    """Return a chart as a file that stands by itself, with the run that it was made of; None when there is no such chart."""
    chart = chart_of(workspace, run, view, name, voice)
    if chart is None:
        return None
    if kind == "csv":
        return csv_bytes(as_rows(chart))
    if kind == "xlsx":
        return as_workbook(workspace, run, view, chart, voice)
    title = chart.title.show(Wording(voice.language))
    said = citation(workspace, run, view, voice, title)
    whole = sheet(to_svg(chart.spec, voice.language), SCREEN, title, chart.subtitle, said)
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
