"""A run's total by heading and account under a standard, as the library adds it up, with the interval of the total."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from trede.catalogue.accounts import chart
from trede.cli.uncertainty import whole_percent
from trede.inventory.footprint import AccountFacts, Footprint, account_facts, footprint_of, share
from trede.inventory.unmatched import sort_unmatched
from trede.workspace import Workspace
from trede.workspace.running import freshness
from trede_web.bridge.books import TredeError, View, views
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.margins import Margin, interval_of, interval_text, lineage, margin, margin_of
from trede_web.bridge.results.per_unit import PerUnit, per_units
from trede_web.bridge.speaking import Freshness, Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

WHOLE = 100
"""From this quantity on a line shows no decimals."""


@dataclass(frozen=True)
class Line:
    """A heading, or an account under it, with its amount."""

    name: str
    depth: int
    account: str
    """Empty for a heading."""
    figure: Figure
    share: str
    bases: list[Figure]
    """The amount on each basis of the standard."""
    margin: Margin
    said_margin: str
    """The interval, with the share that it is of; empty where it is not known."""
    rows: int
    """Rows of the ledger."""
    quantity: Decimal | None
    """Of an account whose rows have one unit."""
    said_quantity: str
    unit: str
    quality: str
    """What most of an account is, as the code of a data quality; empty for a heading."""
    said_quality: str


@dataclass(frozen=True)
class FootprintPage:
    """Everything on the page of a total."""

    run: str
    period: str
    view: str
    standard: str
    basis: str
    note: str
    total: Figure
    margin: Margin
    bases: list[tuple[str, Figure, Margin]]
    """The total on each basis of the standard, in the order of the lines."""
    per_unit: list[PerUnit]
    rows: int
    """Rows of the ledger that it adds up."""
    left: int
    """Records that it lacks, since nothing was found that they count with; of a publication they were left out on purpose."""
    said_margin: str
    """The interval of the total as the lines have theirs."""
    everywhere: list[tuple[str, Figure]]
    """The total under every standard and basis."""
    lines: list[Line]
    beside: list[tuple[str, Figure]]
    qualities: list[tuple[str, str]]
    choices: list[tuple[str, str, bool]]
    """Standards and bases to choose from: name in the address, words, whether it is this one."""
    made: str
    records: int
    lists: list[str]
    fresh: Freshness
    publication: str


def headline(run: Run, view: View, voice: Voice) -> tuple[Figure, Margin]:
    """Return the total of a run and its interval."""
    found = footprint_of(run, view.standard, view.basis)
    return Figure(found.total, f"{run.id}/{view.name}"), margin(run, view, voice)


def totals(run: Run, voice: Voice) -> list[tuple[str, Figure]]:
    """Return the total under each standard and basis, named."""
    return [
        (titled(view, voice), Figure(footprint_of(run, view.standard, view.basis).total, f"{run.id}/{view.name}"))
        for view in views()
    ]


def headings(run: Run, view: View, voice: Voice) -> list[Line]:
    """Return the headings of the first level that have an amount or an account."""
    return [line for line in _lines(run, view, footprint_of(run, view.standard, view.basis), voice) if line.depth == 0]


def footprint_page(workspace: Workspace, run: Run, view: View, voice: Voice) -> FootprintPage:
    """Return the page of a run's total."""
    found = footprint_of(run, view.standard, view.basis)
    at = f"{run.id}/{view.name}"
    beside = [(voice.word("footprint.biogenic"), Figure(found.biogenic, f"{at}#biogenic"))]
    if found.outside:
        beside.append((voice.word("footprint.outside"), Figure(found.outside, f"{at}#outside")))
    if found.not_covered:
        beside.append(
            (voice.word("footprint.not_covered"), Figure(sum(found.not_covered.values()), f"{at}#not_covered"))
        )
    published, lines = workspace.publications.of_run(run.id), _lines(run, view, found, voice)
    return FootprintPage(
        run=run.id, period=run.period.name, view=view.name,
        standard=view.standard.name.get(voice.language), basis=voice.say(f"basis_of.{view.basis}"),
        note="" if view.standard.verified else voice.say("standard.unverified"),
        total=Figure(found.total, at), margin=margin(run, view, voice),
        bases=[
            (voice.say(f"basis_of.{basis}"), *headline(run, View(view.standard, basis), voice))
            for basis in view.standard.bases
        ],
        per_unit=per_units(workspace, run, Figure(found.total, at), voice),
        said_margin=interval_text(interval_of(run, view), voice),
        rows=sum(line.rows for line in lines if not line.depth),
        left=0 if published else sort_unmatched(run.table("unmatched"), workspace.decisions.in_force()).count,
        everywhere=totals(run, voice), lines=lines, beside=beside, qualities=_qualities(found, voice),
        choices=[(each.name, titled(each, voice), each.name == view.name) for each in views()],
        made=str(run.made["made_at"])[:10], records=int(run.result["records"]), lists=factor_lists(run, voice),
        fresh=freshness(workspace, run), publication=published[-1].id if published else "",
    )  # fmt: skip


def factor_lists(run: Run, voice: Voice) -> list[str]:
    """Say which factor lists a run used, and on whose decision when it was another year's."""
    used: dict[tuple[str, str], None] = {}
    for row in run.table("plan").select(["factor", "decision"]).to_pylist():
        if row["factor"] and not row["factor"].startswith("gwp:"):
            used[row["factor"].partition("#")[0], row["decision"] or ""] = None
    told = []
    for library, decision in used:
        entry = run.decisions.get(decision)
        if entry is None:
            told.append(voice.say("list.own", library=library))
        else:
            told.append(voice.say(
                f"list.{entry['kind']}", library=library, id=entry.get("recorded", decision), person=entry["person"],
                reason=entry["reason"],
            ))  # fmt: skip
    return told


def account_name(account: str, voice: Voice) -> str:
    """Name an account."""
    found = chart()[account]
    return f"{found.group_name.get(voice.language)}: {found.stage_name.get(voice.language)}"


def titled(view: View, voice: Voice) -> str:
    """Name a standard with its basis."""
    return f"{view.standard.name.get(voice.language)}, {voice.say(f'basis_of.{view.basis}')}"


def read_address(workspace: Workspace, address: str) -> tuple[Run, View]:
    """Return the run and the view that `RUN/STANDARD:BASIS` names.

    Raises:
        TredeError: `run_unknown`, `run_ambiguous`, `standard_unknown`, `basis_unknown` or `address_unreadable`.
    """
    name, _, rest = address.partition("/")
    standard, _, basis = rest.partition(":")
    if "/" in rest or not standard:
        raise TredeError.of("address_unreadable", address=address)
    return workspace.find_run(name), View.read(standard, basis or None)


def _lines(run: Run, view: View, found: Footprint, voice: Voice) -> list[Line]:
    return _Lines(run, view, found, voice).all()


class _Lines:
    """Headings and accounts of a run under a standard, the chosen basis beside the others."""

    def __init__(self, run: Run, view: View, found: Footprint, voice: Voice) -> None:
        self.run, self.view, self.found, self.voice = run, view, found, voice
        self.each = {
            basis: found if basis == view.basis else footprint_of(run, view.standard, basis)
            for basis in view.standard.bases
        }
        self.facts = account_facts(run.table("totals"), view.basis)

    def all(self) -> list[Line]:
        """Return every heading that has something, each with its accounts under it, the largest first."""
        rows: list[Line] = []
        for number, line in enumerate(self.found.lines):
            amounts = {basis: each.lines[number] for basis, each in self.each.items()}
            accounts = {account: None for each in amounts.values() for account in each.accounts}
            if not (accounts or any(each.mg for each in amounts.values())):
                continue
            ident = line.heading.id
            name = line.heading.name.get(self.voice.language)
            rows.append(self.line(name, line.depth, ident, {basis: each.mg for basis, each in amounts.items()}))
            for account in sorted(accounts, key=lambda each: (-abs(line.accounts.get(each, 0)), each)):
                mg = {basis: each.accounts.get(account, 0) for basis, each in amounts.items()}
                rows.append(self.line(account_name(account, self.voice), line.depth + 1, ident, mg, account))
        return rows

    def line(self, name: str, depth: int, heading: str, mg: dict[str, int], account: str = "") -> Line:
        """Make a line of the amounts by basis."""
        below = f"{heading}/{account}" if account else heading
        figures = {
            basis: Figure(amount, f"{self.run.id}/{View(self.view.standard, basis).name}/{below}")
            for basis, amount in mg.items()
        }
        own, facts = mg[self.view.basis], self.facts.get(account, AccountFacts(0, {}, {}))
        unit, quantity = next(iter(facts.quantities.items())) if len(facts.quantities) == 1 else ("", None)
        interval = interval_of(self.run, self.view, account or heading)
        return Line(
            name, depth, account, figures[self.view.basis], _share(own, self.found.total, self.voice),
            list(figures.values()),
            margin_of(interval, self.voice), interval_text(interval, self.voice),
            facts.rows if account else self.rows_below(heading),
            quantity, "" if quantity is None else self.voice.number(quantity, 0 if abs(quantity) >= WHOLE else None), unit,
            facts.quality, self.voice.say(f"quality.{facts.quality}") if facts.quality else "",
        )  # fmt: skip

    def rows_below(self, heading: str) -> int:
        """Add up the rows of the accounts of a heading and of those under it."""
        of = self.view.standard.heading_of
        return sum(
            facts.rows
            for account, facts in self.facts.items()
            if account in of and heading in lineage(self.view.standard, of[account])
        )


def _share(mg: int, total: int, voice: Voice) -> str:
    return whole_percent(voice, share(mg, total)) if mg >= 0 else voice.percent(share(mg, total))


def _qualities(found: Footprint, voice: Voice) -> list[tuple[str, str]]:
    parts = sorted(found.by_quality.items(), key=lambda item: -abs(item[1]))
    return [(voice.say(f"quality.{name}"), voice.percent(share(mg, found.total), 1)) for name, mg in parts]
