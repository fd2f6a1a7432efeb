"""What probably counts twice, with the tonnes at stake; how it is settled is a job.

Looking for it reads every record, so what was found is kept: the findings by all that they rest on, their stakes by run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.cli.findings import shown_stake, told
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.findings import Sought, credits_of, sought, stakes
from trede_web.bridge.books import View, years
from trede_web.bridge.jobs.answers import NotReadyError, is_kept, is_large, keep, kept
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

EXAMPLES = 3
AT_A_TIME = 50
"""Findings on a page."""
FINDINGS, STAKES = "findings", "stakes"
"""Kinds of answers."""


@dataclass(frozen=True)
class Double:
    """One finding in words."""

    id: str
    code: str
    text: str
    records: int
    beside: int
    stake: str
    examples: list[str]
    """Addresses of some of the records, in the run that the amounts are of."""
    mg: int
    """What is at stake under the first standard, in milligrams CO2e."""


@dataclass(frozen=True)
class DoublesPage:
    """Some of the findings of a period, with the addresses of the pages before and after."""

    found: list[Double]
    rows: int
    first: int
    last: int
    before: str
    after: str


def doubles_page(workspace: Workspace, period: Period, page: str, voice: Voice) -> DoublesPage:
    """Return a page of the open findings that touch a period.

    Args:
        page: its number as an address says it; what is no such page is the first or the last.

    Raises:
        NotReadyError: the worker has to look for them first.
    """
    rows = len(open_doubles(workspace, period))
    last = max(1, -(-rows // AT_A_TIME))
    number = min(max(1, int(page)), last) if page.isdecimal() and len(page) <= len(str(last)) else 1
    first = (number - 1) * AT_A_TIME
    return DoublesPage(
        doubles(workspace, period, voice, first, AT_A_TIME), rows, first + 1 if rows else 0, min(first + AT_A_TIME, rows),
        f"page={number - 1}" if number > 1 else "", f"page={number + 1}" if number < last else "",
    )  # fmt: skip


def doubles(
    workspace: Workspace, period: Period, voice: Voice, first: int = 0, count: int | None = None
) -> list[Double]:
    """Return the open findings that touch a period, or some of them.

    Args:
        first: how many to pass over.
        count: how many at most; None: all.

    Raises:
        NotReadyError: the worker has to look for them first.
    """
    asked, run = sought(workspace), workspace.run_of(str(period))
    found = _touching(_findings(workspace, asked), period)[first : None if count is None else first + count]
    at_stake = _stakes(workspace, asked, run) if run is not None and found else {}
    view = View.read(None, None)
    first_of = (view.standard.id, view.basis)
    return [
        Double(
            each["id"], each["code"], _told(workspace, each, voice), each["records"], each["beside"],
            _stake_text(voice, at_stake.get(each["id"], ())),
            [] if run is None else [f"{run.id}/{record}" for record in each["examples"]],
            next((mg for standard, of, mg in at_stake.get(each["id"], ()) if (standard, of) == first_of), 0),
        )
        for each in found
    ]  # fmt: skip


def open_doubles(workspace: Workspace, period: Period) -> dict[str, int]:
    """Return the open findings that touch a period: per id its number of records.

    Raises:
        NotReadyError: the worker has to look for them first.
    """
    return {each["id"]: each["records"] for each in _touching(_findings(workspace, sought(workspace)), period)}


def has_doubles(workspace: Workspace) -> bool:
    """Whether it is kept what counts twice as the folder stands now, with the stakes in the run of each year."""
    asked, root = sought(workspace), workspace.layout.root
    about = [(FINDINGS, asked.key), *(_about_stakes(run, asked) for run in _runs(workspace))]
    return all(is_kept(root, *each) for each in about)


def keep_doubles(workspace: Workspace) -> None:
    """Look for what counts twice as the folder stands now, and keep it, with the stakes in the run of each year."""
    asked = sought(workspace)
    _made(workspace, lambda: _look(asked), FINDINGS, asked.key)
    for run in _runs(workspace):
        _made(workspace, lambda run=run: _weigh(workspace, asked, run), *_about_stakes(run, asked))  # type: ignore[misc]


def _runs(workspace: Workspace) -> list[Run]:
    return [run for year in years(workspace) if (run := workspace.run_of(str(year))) is not None]


def _findings(workspace: Workspace, asked: Sought) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _ready(workspace, lambda: _look(asked), FINDINGS, asked.key)
    return found


def _stakes(workspace: Workspace, asked: Sought, run: Run) -> Mapping[str, list[list[Any]]]:
    found: Mapping[str, list[list[Any]]]
    found = _ready(workspace, lambda: _weigh(workspace, asked, run), *_about_stakes(run, asked))
    return found


def _about_stakes(run: Run, asked: Sought) -> tuple[str, str]:
    return f"{STAKES}-{run.id}", asked.key


def _ready(workspace: Workspace, make: Callable[[], Any], *about: str) -> Any:
    if kept(workspace.layout.root, *about) is None and is_large(workspace):
        raise NotReadyError
    return _made(workspace, make, *about)


def _made(workspace: Workspace, make: Callable[[], Any], *about: str) -> Any:
    root = workspace.layout.root
    found = kept(root, *about)
    if found is None:
        found = make()
        keep(root, found, *about, alone=True)
    return found


def _look(asked: Sought) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id, "code": each.code, "facts": dict(each.facts),
            "quantity": None if each.quantity is None else str(each.quantity), "unit": each.unit,
            "start": each.period.start.isoformat(), "end": each.period.end.isoformat(),
            "records": len(each.records), "beside": len(each.beside), "examples": list(each.records[:EXAMPLES]),
        }
        for each in asked.find()
    ]  # fmt: skip


def _weigh(workspace: Workspace, asked: Sought, run: Run) -> dict[str, list[list[Any]]]:
    touching = [each for each in asked.find() if each.period.overlap(run.period)]
    found = stakes(run, touching, credits_of(workspace)) if touching else {}
    return {ident: [[*of, mg] for of, mg in stake.items()] for ident, stake in found.items()}


def _touching(found: Sequence[dict[str, Any]], period: Period) -> list[dict[str, Any]]:
    first, last = period.start.isoformat(), period.end.isoformat()
    return [each for each in found if each["start"] <= last and first <= each["end"]]


def _told(workspace: Workspace, each: dict[str, Any], voice: Voice) -> str:
    quantity = None if each["quantity"] is None else Decimal(each["quantity"])
    period = Period(date.fromisoformat(each["start"]), date.fromisoformat(each["end"]))
    return told(
        voice, workspace, each["code"], each["facts"], quantity, each["unit"], period, each["records"], each["beside"]
    )


def _stake_text(voice: Voice, stake: Sequence[Sequence[Any]]) -> str:
    return shown_stake(voice, {(standard, basis): mg for standard, basis, mg in stake})
