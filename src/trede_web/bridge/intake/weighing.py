"""What a file would do to the totals of the years that it touches, before it is taken in: stored with its job, and as shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trede.inventory.footprint import footprint_of
from trede.inventory.unmatched import sort_unmatched
from trede.workspace import Workspace
from trede.workspace.drafting import profile_of_draft, settings_of
from trede.workspace.importing import preview_file
from trede.workspace.weighing import standing, weigh_file
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.intake.controls import expected_of
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.results.causes import signed
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.runs.plans import Amount
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede_web.work.models import Job

KIND = "weigh"
"""The kind of job."""


def weigh(workspace: Workspace, job: Job) -> Outcome:
    """Weigh a file that waits; nothing is stored. One that was taken in, or is checked otherwise by now, is left."""
    staged = job.organisation.staged.filter(pk=job.asked["staged"]).first()
    if staged is None or staged.checked.get("of") != job.asked["of"]:
        return Outcome({})
    rests_on = standing(workspace)
    ready = preview_file(
        workspace, staged.read(), staged.name, profile_of_draft(workspace, job.asked["draft"]),
        replaces=job.asked["replaces"] or None, overrides=settings_of(job.asked["chosen"]), **expected_of(job.asked),
    )  # fmt: skip
    view = View.read(None, None)
    with weigh_file(workspace, ready) as weights:
        years = [
            {
                "year": each.year, "stands": each.stands, "published": bool(workspace.publications_of(str(each.year))),
                "before": each.before and _side(workspace, each.before, view),
                "after": each.after and _side(workspace, each.after, view),
            }
            for each in weights
        ]  # fmt: skip
        return Outcome({"view": view.name, "years": years, "left": list(weights.left), "rests_on": rests_on})


def _side(workspace: Workspace, run: Run, view: View) -> dict[str, Any]:
    found = footprint_of(run, view.standard, view.basis)
    return {
        "run": run.id, "total": found.total,
        "headings": {line.heading.id: line.mg for line in found.lines if line.depth == 0 and (line.mg or line.accounts)},
        "open": sort_unmatched(run.table("unmatched"), workspace.decisions.in_force()).count,
    }  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A heading, or the total: as it is, what comes to it, as it would be. `now` can be explained when it is stored."""

    name: str
    kept: Figure | None
    now: Amount
    more: Amount
    then: Amount


@dataclass(frozen=True)
class YearShown:
    """A year that the file touches."""

    year: int
    published: bool
    is_first: bool
    """Whether nothing of the year is in yet."""
    lines: list[Line]
    total: Line
    open: int
    """Records without a factor, with the file."""
    came: int
    """Of those, how many more than without it."""


@dataclass(frozen=True)
class WeightShown:
    """What a page shows: `busy`, `failed`, `overtaken` when something changed since, `done`, or `none`."""

    state: str
    standard: str = ""
    years: tuple[YearShown, ...] = ()
    left: str = ""


def weight_shown(workspace: Workspace, job: Job | None, voice: Voice) -> WeightShown:
    """Return what a page shows of a weighing."""
    if job is None:
        return WeightShown("none")
    if job.is_open or job.state == "failed":
        return WeightShown("busy" if job.is_open else "failed")
    said = job.result
    if not said.get("years"):
        return WeightShown("none")
    if said["rests_on"] != standing(workspace):
        return WeightShown("overtaken")
    standard, _, basis = said["view"].partition(":")
    view = View.read(standard, basis)
    years = tuple(_year(each, view, voice) for each in said["years"])
    return WeightShown("done", titled(view, voice), years, ", ".join(map(str, said["left"])))


_NOTHING: Mapping[str, Any] = {"run": "", "total": 0, "headings": {}, "open": 0}


def _year(said: Mapping[str, Any], view: View, voice: Voice) -> YearShown:
    before, after = said["before"] or _NOTHING, said["after"] or _NOTHING

    def line(name: str, of: str, old: int, new: int) -> Line:
        asked = f"{before['run']}..{after['run']}/{view.name}{of}"
        kept = Figure(old, f"{before['run']}/{view.name}{of}") if said["stands"] else None
        more = signed(voice.tonnes(new - old), new - old)
        return Line(
            name, kept, Amount(voice.tonnes(old), old, f"{asked}#last"), Amount(more, new - old, f"{asked}#difference"),
            Amount(voice.tonnes(new), new, f"{asked}#next"),
        )  # fmt: skip

    named = {heading.id: heading.name.get(voice.language) for heading in view.standard.headings}
    return YearShown(
        said["year"], said["published"], said["before"] is None,
        [
            line(name, f"/{ident}", before["headings"].get(ident, 0), after["headings"].get(ident, 0))
            for ident, name in named.items() if ident in before["headings"] or ident in after["headings"]
        ],
        line(voice.word("weight.total"), "", before["total"], after["total"]), after["open"], after["open"] - before["open"],
    )  # fmt: skip
