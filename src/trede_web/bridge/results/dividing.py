"""A footprint divided over receivers: clients, tenants, projects. The division is the library's; it is kept once it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.catalogue.standards import standards
from trede.inventory.allocating import Amounts, by_heading
from trede.kernel.exporting import csv_bytes
from trede.kernel.identity import canonical_json, sha256
from trede.kernel.issues import Issue
from trede.organisation.allocation import Allocation
from trede.organisation.decisions import Allocate
from trede.report.document import Chart, Column, Document, Row, Section, Statement, Table, milligrams
from trede.report.document import tonnes as in_tonnes
from trede.report.workbook import to_workbook
from trede.workspace import Workspace
from trede.workspace.allocating import allocated, allocations
from trede_web.bridge.books import View, views
from trede_web.bridge.figures import Figure, part_of
from trede_web.bridge.jobs.answers import are_many, keep, kept
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.results.footprint import account_name, titled
from trede_web.bridge.results.periods import say_period
from trede_web.bridge.runs.proving import stored_day
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede_web.work.models import Job

KIND = "divided"
NOBODY = ""
"""What stands in the place of a receiver for what the key leaves without one."""
CSV_COLUMNS = (
    "allocation", "standard", "basis", "heading", "account", "receiver", "key", "key_total", "mg_divided", "mg",
)  # fmt: skip
"""Of the CSV file of a statement. `mg_divided` × `key` ÷ `key_total` is `mg`, but for the rounding that loses nothing."""


@dataclass(frozen=True)
class Share:
    """What one receiver gets; `id` is empty for what nobody gets."""

    id: str
    name: str
    key: str
    share: str
    bar: float
    amount: Figure


@dataclass(frozen=True)
class Division:
    """An allocation with what it makes of a run. `shares` and `crossing` come to `divided`; with `beside` that is `total`."""

    id: str
    decision: str
    title: str
    days: str
    key: str
    nature: str
    basis: str
    receiver: str
    reason: str
    person: str
    day: str
    earlier: bool
    """Whether an earlier one of the same id holds again when it is taken back."""
    key_total: str
    shares: list[Share]
    crossing: Figure | None
    divided: Figure
    beside: Figure
    total: Figure


@dataclass(frozen=True)
class DividingPage:
    """What a period's run is divided into. `waiting`: the worker has to make it first."""

    run: str
    period: str
    text: str
    view: str
    view_name: str
    choices: list[tuple[str, str, bool]]
    waiting: bool
    divisions: list[Division]
    told: list[Told]


@dataclass(frozen=True)
class StatementLine:
    """A heading or account of a statement: all that is divided, and the part of this receiver."""

    name: str
    depth: int
    whole: Figure
    part: Figure


@dataclass(frozen=True)
class StatementPage:
    """What one receiver gets, by heading and account."""

    division: Division
    share: Share
    run: str
    period: str
    text: str
    view: str
    view_name: str
    lines: list[StatementLine]
    whole: Figure
    made: str


@dataclass(frozen=True)
class _Kept:
    """What was kept of one allocation."""

    allocation: Allocation
    divided: Mapping[str, Amounts]
    crossing: Amounts
    beside: Amounts


def in_force(workspace: Workspace) -> dict[str, tuple[str, Allocate]]:
    """Return the decisions by which allocations are in force, by allocation: its id and itself."""
    said = [(each.id, each.decision) for each in workspace.decisions.in_force()]
    return {decision.allocation.id: (ident, decision) for ident, decision in said if isinstance(decision, Allocate)}


def _declared(workspace: Workspace, ident: str) -> int:
    """Return how often an allocation was declared, but for what was taken back."""
    said = [each.decision for each in workspace.decisions.in_force() if isinstance(each.decision, Allocate)]
    return sum(each.allocation.id == ident for each in said)


def keep_divided(workspace: Workspace, run: Run) -> Any:
    """Divide a run over the receivers of each allocation that touches it, and keep that; return what is kept."""
    found, issues = allocated(workspace, run)
    stored = {
        "divisions": [
            {
                "divided": {name or NOBODY: _stored(amounts) for name, amounts in each.divided.items()},
                "crossing": _stored(each.crossing), "beside": _stored(each.beside),
            }
            for each in found
        ],
        "issues": [issue.to_json() for issue in issues],
    }  # fmt: skip
    keep(workspace.layout.root, stored, *_about(workspace, run))
    return stored


def keep_years(workspace: Workspace, allocation: Allocation) -> None:
    """Divide the calculated years that an allocation touches."""
    for year in range(allocation.start.year, allocation.end.year + 1):
        if run := workspace.run_of(str(year)):
            keep_divided(workspace, run)


def divide_run(workspace: Workspace, job: Job) -> Outcome:
    """Divide a run that has many records."""
    if run := workspace.run_of(job.asked["period"]):
        keep_divided(workspace, run)
    return Outcome({"year": job.asked["year"]})


def _touching(workspace: Workspace, run: Run) -> list[Allocation]:
    period = run.period
    return [each for each in allocations(workspace) if each.start <= period.end and each.end >= period.start]


def _about(workspace: Workspace, run: Run) -> tuple[str, str, str]:
    said = [each.model_dump(mode="json") for each in _touching(workspace, run)]
    return KIND, run.id, sha256(canonical_json(said))


def _stored(amounts: Amounts) -> list[list[Any]]:
    return [[account, basis, str(mg)] for (account, basis), mg in sorted(amounts.items())]


def _read(stored: Sequence[Sequence[str]]) -> dict[tuple[str, str], int]:
    return {(account, basis): int(mg) for account, basis, mg in stored}


def _divided(workspace: Workspace, run: Run) -> tuple[list[_Kept], list[Issue]] | None:
    """Return what a run is divided into; None when the worker has to make it first."""
    touching = _touching(workspace, run)
    stored = kept(workspace.layout.root, *_about(workspace, run)) if touching else {"divisions": [], "issues": []}
    if stored is None and are_many(int(run.result["records"])):
        return None
    stored = stored or keep_divided(workspace, run)
    found = [
        _Kept(
            allocation, {name: _read(each["divided"][name]) for name in _names(allocation)}, _read(each["crossing"]),
            _read(each["beside"]),
        )
        for allocation, each in zip(touching, stored["divisions"], strict=True)
    ]  # fmt: skip
    return found, [Issue.from_json(issue) for issue in stored["issues"]]


def _names(allocation: Allocation) -> list[str]:
    """Return the receivers, the largest key first, and then nobody."""
    keys = allocation.receivers
    return [*sorted(keys, key=lambda name: (-keys[name], name)), NOBODY]


def _sum(amounts: Iterable[Amounts], view: View) -> int:
    return sum(sum(by_heading(each, view.standard, view.basis).values()) for each in amounts)


def dividing_page(workspace: Workspace, run: Run, view: View, voice: Voice) -> DividingPage:
    """Return what a run is divided into under a standard and basis."""
    found = _divided(workspace, run)
    kept_of, issues = found or ([], [])
    return DividingPage(
        run=run.id, period=run.period.name, text=say_period(run.period, voice), view=view.name,
        view_name=titled(view, voice), choices=[(each.name, titled(each, voice), each.name == view.name) for each in views()],
        waiting=found is None, divisions=[_division(workspace, run, each, view, voice) for each in kept_of],
        told=voice.told_all(issues),
    )  # fmt: skip


def _division(workspace: Workspace, run: Run, found: _Kept, view: View, voice: Voice) -> Division:
    said, at = found.allocation, f"{run.id}/{view.name}"
    ident, decision = in_force(workspace)[said.id]
    names = called(workspace, said.receiver)
    amounts = {name: _sum([found.divided[name]], view) for name in found.divided}
    crossing, beside = _sum([found.crossing], view), _sum([found.beside], view)
    whole = sum(amounts.values())
    largest = max(amounts.values(), default=0)
    left = said.total - sum(said.receivers.values(), Decimal(0))
    shares = []
    for name, mg in amounts.items():
        key = said.receivers[name] if name else left
        if name or key:
            shares.append(
                Share(
                    name, names.get(name, name), voice.number(key.normalize()), voice.percent(key / said.total, 1),
                    part_of(mg, largest), Figure(mg, f"{at}#{said.id}/{name or 'not-allocated'}"),
                )
            )  # fmt: skip
    return Division(
        id=said.id, decision=ident, title=said.title, days=f"{voice.day(said.start)} – {voice.day(said.end)}", key=said.key,
        nature=said.nature, basis=said.basis, receiver=said.receiver, reason=decision.reason, person=decision.person,
        day=voice.day(decision.made_at.date()), earlier=_declared(workspace, said.id) > 1,
        key_total=voice.number(said.total.normalize()), shares=shares,
        crossing=Figure(crossing, f"{at}#{said.id}/crossing") if any(found.crossing.values()) else None,
        divided=Figure(whole + crossing, f"{at}#{said.id}"), beside=Figure(beside, f"{at}#{said.id}/beside"),
        total=Figure(whole + crossing + beside, at),
    )  # fmt: skip


def called(workspace: Workspace, receiver: str) -> Mapping[str, str]:
    """Return the names of what the organisation describes as receivers of a kind, by id."""
    match receiver:
        case "project" | "department" | "entity" | "site":
            return workspace.organisation.called(receiver)
        case _:
            return {}


def statement_page(
    workspace: Workspace, run: Run, view: View, allocation: str, receiver: str, voice: Voice
) -> StatementPage | None:
    """Return the statement of one receiver; None when there is none, or when the worker has to divide first."""
    found = _one(workspace, run, allocation)
    if found is None or receiver not in found.allocation.receivers:
        return None
    division = _division(workspace, run, found, view, voice)
    share = next(each for each in division.shares if each.id == receiver)
    whole = Figure(_sum(found.divided.values(), view), f"{run.id}/{view.name}#{allocation}")
    return StatementPage(
        division, share, run.id, run.period.name, say_period(run.period, voice), view.name, titled(view, voice),
        _lines(run, found, receiver, view, voice), whole, stored_day(run.made["made_at"], voice),
    )  # fmt: skip


def _one(workspace: Workspace, run: Run, allocation: str) -> _Kept | None:
    found = _divided(workspace, run)
    return next((each for each in (found[0] if found else []) if each.allocation.id == allocation), None)


def _lines(run: Run, found: _Kept, receiver: str, view: View, voice: Voice) -> list[StatementLine]:
    at, lines = f"{run.id}/{view.name}", []
    postings = _postings(found, view)
    for heading in view.standard.headings:
        of = [posting for posting in postings if view.standard.heading_of[posting[0]] == heading.id]
        if not of:
            continue

        def line(name: str, depth: int, chosen: Sequence[tuple[str, str]], where: str) -> StatementLine:
            whole = sum(amounts.get(posting, 0) for amounts in found.divided.values() for posting in chosen)
            part = sum(found.divided[receiver].get(posting, 0) for posting in chosen)
            mark = f"#{found.allocation.id}"
            return StatementLine(name, depth, Figure(whole, where + mark), Figure(part, f"{where}{mark}/{receiver}"))

        lines.append(line(heading.name.get(voice.language), 0, of, f"{at}/{heading.id}"))
        for account in sorted({account for account, _ in of}):
            chosen = [posting for posting in of if posting[0] == account]
            lines.append(line(account_name(account, voice), 1, chosen, f"{at}/{heading.id}/{account}"))
    return lines


def _postings(found: _Kept, view: View) -> list[tuple[str, str]]:
    """Return the accounts, each on its basis, that are divided and count under a view."""
    every = {posting for amounts in found.divided.values() for posting, mg in amounts.items() if mg}
    return sorted(each for each in every if each[0] in view.standard.heading_of and each[1] in ("none", view.basis))


def statement_csv(workspace: Workspace, run: Run, allocation: str, receiver: str) -> bytes | None:
    """Return a statement under every standard and basis, in milligrams, with which anyone can divide again."""
    found = _one(workspace, run, allocation)
    if found is None or receiver not in found.allocation.receivers:
        return None
    said, rows = found.allocation, [list(CSV_COLUMNS)]
    for standard in standards().values():
        for basis in standard.bases:
            for posting in _postings(found, View(standard, basis)):
                whole = sum(amounts.get(posting, 0) for amounts in found.divided.values())
                about = [said.id, standard.id, basis, standard.heading_of[posting[0]], posting[0], receiver]
                mg = found.divided[receiver].get(posting, 0)
                rows.append([*about, f"{said.receivers[receiver]:f}", f"{said.total:f}", str(whole), str(mg)])
    return csv_bytes(rows)


def statement_book(workspace: Workspace, page: StatementPage, voice: Voice) -> bytes:
    """Return a statement as a workbook."""
    word, division = voice.word, page.division
    title = word("statement.title", name=page.share.name, period=page.text)
    said = word(
        "statement.said", title=division.title, key=division.key, share=page.share.share, part=page.share.key,
        whole=division.key_total, basis=division.basis,
    )  # fmt: skip
    origin = word("statement.origin", run=page.run, day=page.made, view=page.view_name)
    columns = (
        Column(word("statement.what"), width=1), Column(word("statement.whole"), word("unit.t"), figure=True),
        Column(word("statement.part"), word("unit.t"), figure=True),
        Column(word("statement.part"), word("unit.mg"), figure=True),
    )  # fmt: skip
    rows = [
        Row((line.name, in_tonnes(line.whole.mg), in_tonnes(line.part.mg), milligrams(line.part.mg)), line.depth)
        for line in page.lines
    ]
    mg = page.share.amount.mg
    rows.append(Row((word("overview.together"), in_tonnes(page.whole.mg), in_tonnes(mg), milligrams(mg)), 0, "total"))
    table = Table(title, columns, tuple(rows))
    parts = (Statement("{said}", {"said": said}), table, Statement("{origin}", {"origin": origin}))
    cover = Chart(Statement(title), page.view_name, Statement(title), table, {})
    run = workspace.run_store.get(page.run)
    return to_workbook(
        Document(
            language=voice.language, organisation=workspace.organisation.name, title=title, period=page.period, lead=(),
            cover=cover, facts=(), footer=origin, made=date.fromisoformat(str(run.made["made_at"])[:10]),
            sections=(Section("statement", title, word("statement.sheet"), parts),),
        )
    )  # fmt: skip
