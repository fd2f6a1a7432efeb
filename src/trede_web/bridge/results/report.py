"""The report of calculations: made by a job and kept, as pages and as the files of `trede report`, byte for byte the same.

A report tells of decisions, files and open points too, so what is kept is named after what the folder holds: when that is
something else, the report is made again.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trede.cli.calculating import by_activity
from trede.cli.language import Speaker
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.report.pdf import to_pdf
from trede.report.workbook import to_workbook
from trede.workspace import Workspace
from trede.workspace.reporting import make_report, report_key
from trede_web.bridge.jobs.answers import NotReadyError, shelf
from trede_web.bridge.results.pictures import picture
from trede_web.bridge.results.report_pages import COVER, chapter_page, charts_of, cover_page, printed
from trede_web.bridge.speaking import Voice
from trede_web.bridge.vanishing import content, written

if TYPE_CHECKING:
    from trede.engine.runs import Run

FOLDER = "reports"
FILES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds of files of a report, with their media types."""
IN_MEMORY = 32
"""Pages."""
MOST = 24
"""Reports of an organisation that are kept, the last made; others are made again when somebody asks."""


@dataclass(frozen=True)
class Report:
    """A report that is kept: its pages and files in a folder that never changes."""

    folder: Path
    bridge: tuple[str, str, str]
    """What questions about its bridge begin with, and the periods that it is between; empty for a report of one run."""

    @property
    def cover(self) -> dict[str, Any]:
        """The cover with the contents."""
        return _read(self.folder / f"{COVER}.json")

    def chapter(self, name: str) -> dict[str, Any] | None:
        """Return a chapter with its number and its neighbours; None when there is no such chapter."""
        chapters: list[list[str]] = self.cover["chapters"]
        names = [each for each, _ in chapters]
        if name not in names:
            return None
        at = names.index(name)
        around = {
            "before": chapters[at - 1] if at else None,
            "after": chapters[at + 1] if at + 1 < len(names) else None,
        }
        return {**_read(self.folder / f"chapter-{name}.json"), "number": at + 1, **around}

    def drawing(self, name: str, number: int) -> bytes | None:
        """Return a chart of a chapter or of the cover as SVG; None when there is none."""
        if name != COVER and name not in [each for each, _ in self.cover["chapters"]]:
            return None
        return content(self.folder / f"drawing-{name}-{number}.svg")

    def file(self, kind: str) -> bytes:
        """Return it as one of `FILES`.

        Raises:
            NotReadyError: a newer one took its place just now.
        """
        return _bytes(self.folder / f"report.{kind}")


def runs_of(workspace: Workspace, period: str, since: Sequence[str] = ()) -> list[Run]:
    """Return the runs that answer for some periods, the one that the report is mostly about last; those without are left out."""
    return [run for name in [*since, period] if (run := workspace.run_of(name)) is not None]


def find_report(workspace: Workspace, runs: Sequence[Run], voice: Voice) -> Report | None:
    """Return the report of some runs as the folder stands now, if it was made."""
    folder = _shelf(workspace, runs, voice) / report_key(workspace, [run.id for run in runs], voice.language)
    if not folder.exists():
        return None
    first, last = runs[0], runs[-1]
    bridge = (f"{first.id}..{last.id}", first.period.name, last.period.name) if len(runs) > 1 else ("", "", "")
    return Report(folder, bridge)


def keep_report(workspace: Workspace, runs: Sequence[Run], voice: Voice) -> None:
    """Make the report of some runs and keep it; an earlier one about them goes. One that is kept already is left.

    Raises:
        TredeError: what `make_report` raises.
    """
    if find_report(workspace, runs, voice) is not None:
        return
    names, home = [run.id for run in runs], _shelf(workspace, runs, voice)
    key = report_key(workspace, names, voice.language)
    speaker = Speaker(voice.language)
    document = make_report(
        workspace, names, voice.language, lambda issues: [speaker.issue(each) for each in by_activity(speaker, issues)]
    )
    aside = home / f".aside-{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        (aside / f"{COVER}.json").write_bytes(canonical_json(cover_page(document)))
        drawn = [(COVER, [document.cover])]
        for section in printed(document):
            (aside / f"chapter-{section.id}.json").write_bytes(canonical_json(chapter_page(document, section)))
            drawn.append((section.id, charts_of(section.parts)))
        for name, charts in drawn:
            for number, chart in enumerate(charts, 1):
                (aside / f"drawing-{name}-{number}.svg").write_bytes(picture(chart, voice))
        (aside / "report.pdf").write_bytes(to_pdf(document))
        (aside / "report.xlsx").write_bytes(to_workbook(document))
        older = [path for path in home.iterdir() if not path.name.startswith(".") and path.name != key]
        try:
            aside.rename(home / key)
        except OSError:  # another worker was first
            pass
        for path in older:
            shutil.rmtree(path, ignore_errors=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    tidy(home.parent)


def tidy(folder: Path, most: int = MOST) -> None:
    """Remove the reports that were made longest ago."""
    for old in sorted(folder.iterdir(), key=written)[:-most]:
        shutil.rmtree(old, ignore_errors=True)


def _shelf(workspace: Workspace, runs: Sequence[Run], voice: Voice) -> Path:
    about = sha256(canonical_json([voice.language, *(run.id for run in runs)]))[:SHORT]
    return shelf(workspace.layout.root) / FOLDER / about


@lru_cache(maxsize=IN_MEMORY)
def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_bytes(path))
    return found


def _bytes(path: Path) -> bytes:
    found = content(path)
    if found is None:
        raise NotReadyError
    return found
