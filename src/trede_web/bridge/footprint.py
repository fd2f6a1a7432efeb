"""A run's total by heading and account under a standard, as the library adds it up, with the interval of the total."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trede.analysis.uncertainty import Interval, intervals, under
from trede.catalogue.accounts import chart
from trede.cli.uncertainty import interval, whole_percent
from trede.inventory.footprint import Footprint, footprint_of, share
from trede.workspace import Workspace
from trede.workspace.running import freshness
from trede_web.bridge.answers import NotReadyError, are_many, is_kept, keep, kept
from trede_web.bridge.books import TredeError, View, views
from trede_web.bridge.compared import as_json, from_json
from trede_web.bridge.figures import Figure, part_of
from trede_web.bridge.speaking import Freshness, Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

INTERVALS = "intervals"
"""The kind of answer."""


@dataclass(frozen=True)
class Line:
    """A heading, or an account under it, with its amount."""

    name: str
    depth: int
    account: str
    """Empty for a heading."""
    figure: Figure
    share: str
    bar: float


@dataclass(frozen=True)
class Margin:
    """The interval of a total in words, and its bounds."""

    text: str
    share: str
    low: int
    high: int
    known: bool


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
    """The total on each basis of the standard."""
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
    published = workspace.publications.of_run(run.id)
    return FootprintPage(
        run=run.id, period=run.period.name, view=view.name,
        standard=view.standard.name.get(voice.language), basis=voice.say(f"basis_of.{view.basis}"),
        note="" if view.standard.verified else voice.say("standard.unverified"),
        total=Figure(found.total, at), margin=margin(run, view, voice),
        bases=[
            (voice.say(f"basis_of.{basis}"), *headline(run, View(view.standard, basis), voice))
            for basis in view.standard.bases
        ],
        everywhere=totals(run, voice), lines=_lines(run, view, found, voice), beside=beside, qualities=_qualities(found, voice),
        choices=[(each.name, titled(each, voice), each.name == view.name) for each in views()],
        made=str(run.made["made_at"])[:10], records=int(run.result["records"]), lists=factor_lists(run, voice),
        fresh=freshness(workspace, run), publication=published[-1].id if published else "",
    )  # fmt: skip


def margin(run: Run, view: View, voice: Voice) -> Margin:
    """Return the interval of a total."""
    found = interval_of(run, view)
    low, high = found.bounds
    return Margin(interval(voice, found), whole_percent(voice, found.share), low, high, found.known)


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


def interval_of(run: Run, view: View) -> Interval:
    """Return the interval of a run's total, which is kept once it was calculated.

    Raises:
        NotReadyError: the worker has to calculate it first.
    """
    if are_many(int(run.result["records"])) and not has_intervals(run):
        raise NotReadyError
    return from_json(intervals_of(run)[view.name])


def has_intervals(run: Run) -> bool:
    """Whether the intervals of a run's totals are kept."""
    return is_kept(run.folder.parents[1], INTERVALS, run.id)


def intervals_of(run: Run) -> Any:
    """Return the stored intervals of a run's totals by view; they are kept when they were not yet."""
    root = run.folder.parents[1]
    stored = kept(root, INTERVALS, run.id)
    if stored is None:
        every = views()
        found = intervals(run, [under(view.standard, view.basis) for view in every])
        stored = {view.name: as_json(interval) for view, interval in zip(every, found, strict=True)}
        keep(root, stored, INTERVALS, run.id)
    return stored


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
    at = f"{run.id}/{view.name}"
    largest = max((line.mg for line in found.lines), default=0)
    rows: list[Line] = []
    for line in found.lines:
        if not (line.mg or line.accounts):
            continue
        ident = line.heading.id
        rows.append(
            Line(
                line.heading.name.get(voice.language), line.depth, "", Figure(line.mg, f"{at}/{ident}"),
                _share(line.mg, found.total, voice), part_of(line.mg, largest),
            )
        )  # fmt: skip
        rows += [
            Line(
                account_name(account, voice), line.depth + 1, account, Figure(mg, f"{at}/{ident}/{account}"),
                _share(mg, found.total, voice), part_of(mg, largest),
            )
            for account, mg in sorted(line.accounts.items(), key=lambda item: -abs(item[1]))
        ]  # fmt: skip
    return rows


def _share(mg: int, total: int, voice: Voice) -> str:
    return whole_percent(voice, share(mg, total)) if mg >= 0 else voice.percent(share(mg, total))


def _qualities(found: Footprint, voice: Voice) -> list[tuple[str, str]]:
    parts = sorted(found.by_quality.items(), key=lambda item: -abs(item[1]))
    return [(voice.say(f"quality.{name}"), voice.percent(share(mg, found.total), 1)) for name, mg in parts]
