"""A chart for programs: its specification, and its table with exact values and the question of each amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trede.report.wording import Wording
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.causes import Sides, bridge_chart, bridge_runs
from trede_web.bridge.results.charts import Chart, as_rows, chart_of, shown_chart, title_of

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede.workspace import Workspace
    from trede_web.bridge.books import View
    from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class DataCell:
    """A value as a plain text, and the amount that it is when there is a way back from it."""

    value: str
    figure: Figure | None


@dataclass(frozen=True)
class ChartData:
    """A chart with its table; masses are whole milligrams, as the columns say."""

    name: str
    title: str
    subtitle: str
    alt: str
    citation: str
    address: str
    columns: list[str]
    rows: list[list[DataCell]]
    spec: dict[str, Any]


def chart_data(workspace: Workspace, run: Run, view: View, name: str, voice: Voice) -> ChartData | None:
    """Return one chart of a run; None when there is none of this name or it has nothing to show."""
    shown, drawn = shown_chart(workspace, run, view, name, voice), chart_of(workspace, run, view, name, voice)
    if shown is None or drawn is None:
        return None
    figures = [[None, *(cell.figure for cell in line.cells)] for line in shown.lines]
    return _data(name, drawn, figures, (shown.address, shown.citation), voice)


def bridge_data(workspace: Workspace, sides: Sides, view: View, voice: Voice) -> ChartData | None:
    """Return the chart of a bridge; None when it is not calculated. Its amounts have their questions in the bridge itself.

    Raises:
        TredeError: `run_unknown` of a period without a run.
    """
    found = bridge_chart(workspace, sides, view, voice)
    if found is None:
        return None
    chart, origin = found
    return _data("bridge", chart, [], ("..".join(bridge_runs(workspace, sides)) + f"/{view.name}", origin.said), voice)


def _data(
    name: str, chart: Chart, figures: list[list[Figure | None]], about: tuple[str, str], voice: Voice
) -> ChartData:
    [head, *plain] = as_rows(chart)
    rows = [
        [
            DataCell(text, figures[at][column] if at < len(figures) and column < len(figures[at]) else None)
            for column, text in enumerate(cells)
        ]
        for at, cells in enumerate(plain)
    ]
    address, citation = about
    return ChartData(
        name, title_of(chart, voice), chart.subtitle, chart.alt.show(Wording(voice.language)), citation, address, head, rows,
        dict(chart.spec),
    )  # fmt: skip
