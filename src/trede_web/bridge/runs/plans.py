"""What a new calculation would change: the outcome of a plan as it is stored with its job, and as a page shows it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trede.analysis.bridge import CAUSES, Bridge
from trede.analysis.measuring import Place
from trede.catalogue.accounts import chart
from trede.inventory.footprint import footprint_of
from trede.kernel.periods import Period
from trede.kernel.progress import Step, silent
from trede.organisation.decisions import Pin
from trede.report.wording import Wording
from trede.workspace import Workspace
from trede.workspace.planning import Difference, plan_run
from trede_web.bridge.books import View, views
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.causes import signed
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.speaking import Voice

LARGEST = 10
"""Parts of causes that are named, under the first view."""


def plan_of(workspace: Workspace, period: Period, pin: Pin | None, step: Step = silent) -> dict[str, Any]:
    """Plan a calculation and return what it says, as JSON.

    Raises:
        TredeError: what `plan_run` raises.
    """
    with plan_run(workspace, period, pin, step) as planned:
        totals = {}
        for view in views():
            last = planned.last and footprint_of(planned.last, view.standard, view.basis).total
            totals[view.name] = {
                "last": last, "next": footprint_of(planned.run, view.standard, view.basis).total,
                "causes": _causes(planned.bridge, view),
            }  # fmt: skip
        return {
            "run": planned.run.id,
            "last": planned.last.id if planned.last else "",
            "records": int(planned.run.result["records"]),
            "unmatched": planned.run.table("unmatched").num_rows,
            "totals": totals,
            "parts": _parts(planned.bridge, View.read(None, None)),
            "library": pin.library if pin else "",
            "batches": _ids(planned.batches),
            "libraries": _ids(planned.libraries),
            "decisions": _ids(planned.decisions),
            "gone": {
                ident: [entry["kind"], entry["person"], entry["reason"]]
                for ident, entry in (planned.last.decisions if planned.last else {}).items()
                if ident in planned.decisions.went
            },
            "other": list(planned.other),
        }


def _ids(found: Difference) -> dict[str, list[str]]:
    return {"came": list(found.came), "went": list(found.went)}


def _counts(place: Place, view: View) -> bool:
    return place.basis in ("none", view.basis) and place.account in view.standard.heading_of


def _causes(bridge: Bridge | None, view: View) -> dict[str, int]:
    if bridge is None:
        return {}
    return {str(cause): mg for cause, mg in bridge.total(lambda place: _counts(place, view)).causes.items()}


def _parts(bridge: Bridge | None, view: View) -> list[list[Any]]:
    """Return the largest parts: cause, group of accounts, milligrams."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in bridge.rows if bridge else ():
        if row.what in CAUSES and _counts(row.place, view):
            sums[row.what, chart()[row.place.account].group] += row.mg
    largest = sorted((item for item in sums.items() if item[1]), key=lambda item: (-abs(item[1]), item[0]))
    return [[cause, group, mg] for (cause, group), mg in largest[:LARGEST]]


@dataclass(frozen=True)
class Amount:
    """An amount of a calculation that is not stored: written, exact, and what it is an answer to."""

    text: str
    mg: int
    query: str


@dataclass(frozen=True)
class Line:
    """The total under one view: as it is, as it would be, and what each cause does."""

    name: str
    last: Figure | None
    next: Amount
    difference: Amount
    causes: list[Amount]


@dataclass(frozen=True)
class File:
    """A file that came in or went."""

    batch: str
    name: str
    records: int


@dataclass(frozen=True)
class PlanPage:
    """Everything on the page of a plan."""

    run: str
    last: str
    same: bool
    stands: bool
    """Whether the last calculation is still the one that the plan was held against."""
    library: str
    records: int
    unmatched: int
    causes: list[tuple[str, str]]
    """The causes that do something: word, and what it means."""
    lines: list[Line]
    parts: list[tuple[str, str, Amount]]
    came: list[File]
    went: list[File]
    lists_came: list[str]
    lists_went: list[str]
    decisions: list[str]
    taken_back: list[str]
    other: list[str]

    @property
    def has_reasons(self) -> bool:
        """Whether anything that it rests on differs."""
        lists = self.lists_came or self.lists_went
        return bool(self.came or self.went or lists or self.decisions or self.taken_back or self.other)


def plan_page(workspace: Workspace, year: int, said: dict[str, Any], voice: Voice) -> PlanPage:
    """Return the page of a plan.

    Args:
        said: what `plan_of` returned.
    """
    shown = [cause for cause in CAUSES if any(total["causes"].get(cause) for total in said["totals"].values())]
    in_force = {recorded.content: recorded for recorded in workspace.decisions.in_force()}
    now, words = workspace.calculated_run(str(year)), Wording(voice.language)

    def amount(mg: int, of: str, *, sign: bool) -> Amount:
        text = voice.tonnes(mg)
        return Amount(signed(text, mg) if sign else text, mg, f"{said['last']}..{said['run']}/{of}")

    lines = []
    for view in views():
        total = said["totals"][view.name]
        last = total["last"]
        lines.append(
            Line(
                titled(view, voice), None if last is None else Figure(last, f"{said['last']}/{view.name}"),
                amount(total["next"], f"{view.name}#next", sign=False),
                amount(total["next"] - (last or 0), f"{view.name}#difference", sign=True),
                [amount(total["causes"].get(cause, 0), f"{view.name}#{cause}", sign=True) for cause in shown],
            )
        )  # fmt: skip
    first = View.read(None, None).name
    return PlanPage(
        run=said["run"], last=said["last"], same=said["run"] == said["last"],
        stands=(now.id if now else "") == said["last"], library=said["library"], records=said["records"],
        unmatched=said["unmatched"], causes=[(voice.say(f"cause.{c}"), voice.word(f"cause_says.{c}")) for c in shown],
        lines=lines,
        parts=[
            (voice.say(f"cause.{cause}"), chart().groups[group].get(voice.language),
             amount(mg, f"{first}#{cause}/{group}", sign=True))
            for cause, group, mg in said["parts"]
        ],
        came=_files(workspace, said["batches"]["came"]), went=_files(workspace, said["batches"]["went"]),
        lists_came=said["libraries"]["came"], lists_went=said["libraries"]["went"],
        decisions=[
            voice.word("plan.decision", kind=words.name("decision", found.decision.kind), person=found.decision.person,
                       reason=found.decision.reason)
            for ident in said["decisions"]["came"] if (found := in_force.get(ident))
        ],
        taken_back=[
            voice.word("plan.decision", kind=words.name("decision", kind), person=person, reason=reason)
            for kind, person, reason in said["gone"].values()
        ],
        other=list(said["other"]),
    )  # fmt: skip


def _files(workspace: Workspace, batches: Sequence[str]) -> list[File]:
    found = [workspace.batch_store.get(ident) for ident in batches]
    return [File(batch.id, batch.origin, int(batch.counts["accepted"])) for batch in found]
