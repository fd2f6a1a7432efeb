"""What an organisation counts with a factor: by year and type of activity, and the records behind one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trede.trace.usage import records_of
from trede.workspace import Workspace
from trede_web.bridge.factors.using import uses_in
from trede_web.bridge.figures import Figure
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import named

if TYPE_CHECKING:
    from trede.engine.runs import Run


RECORDS = 50


@dataclass(frozen=True)
class Use:
    """What the organisation counts with the factor in one year, for one type of activity and basis."""

    year: int
    published: bool
    name: str
    basis: str
    quantity: str
    unit: str
    figure: Figure
    records: int
    asked: str
    """What an address says to list its records."""


@dataclass(frozen=True)
class RecordLine:
    """A record that counts with the factor."""

    figure: Figure
    when: str
    site: str
    quantity: str


@dataclass(frozen=True)
class RecordsPage:
    """The records behind one use, the largest amounts first."""

    factor: str
    library: str
    name: str
    use: Use
    lines: list[RecordLine]


def records_page(
    workspace: Workspace, year: int, ref: str, activity_type: str, basis: str, voice: Voice
) -> RecordsPage | None:
    """Return the records that count with a factor in a year; None when there are none."""
    run = workspace.run_of(str(year))
    found = uses_in_years(workspace, ref, {year: run} if run else {}, voice)
    use = next((each for each in found if each.asked == _asked(year, ref, activity_type, basis)), None)
    if run is None or use is None:
        return None
    library, _, ident = ref.partition("#")
    lines = [
        RecordLine(
            Figure(each.mg, f"{run.id}/{each.record}#factor"),
            voice.day(each.start) if each.start == each.end else f"{voice.day(each.start)} – {voice.day(each.end)}",
            each.site, f"{voice.number(each.quantity)} {each.unit}",
        )
        for each in records_of(run, ref, activity_type, basis, RECORDS)
    ]  # fmt: skip
    known = workspace.libraries.get(library)
    factor = known.factors.get(ident) if known else None
    return RecordsPage(
        ident if factor else "",
        library,
        named(factor.name, known.papers, voice) if factor and known else ref,
        use,
        lines,
    )


def uses_in_years(workspace: Workspace, ref: str, runs: dict[int, Run], voice: Voice) -> list[Use]:
    """Return what the years count with a factor."""
    lines = []
    for year, run in runs.items():
        words = workspace.known_of(run.spec).vocabulary
        published = bool(workspace.publications.of_run(run.id))
        for use in uses_in(run).get(ref, ()):
            lines.append(
                Use(
                    year, published, words[use.activity_type].name.get(voice.language),
                    "" if use.basis == "none" else voice.say(f"basis_of.{use.basis}"), voice.number(use.quantity),
                    use.unit, Figure(use.mg, f"{run.id}#{ref}/{use.activity_type}/{use.basis}"), use.records,
                    _asked(year, ref, use.activity_type, use.basis),
                )
            )  # fmt: skip
    return lines


def _asked(year: int, ref: str, activity_type: str, basis: str) -> str:
    return f"{year}:{activity_type}:{basis}:{ref}"
