"""The fifteen categories of scope 3 of a year: what is calculated of each, and what somebody said of it, with why.

What the rows of a calculation say takes a look at all of them: it is kept, by the run. What people said is read each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from trede.analysis.uncertainty import Interval, intervals, under
from trede.catalogue.standards import find_standard
from trede.cli.uncertainty import interval, whole_percent
from trede.inventory.categories import (
    STANDARD,
    CategoryFacts,
    CategoryView,
    by_influence,
    by_size,
    category_facts,
    category_notices,
    category_views,
    share_of,
)
from trede.inventory.footprint import share
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import CATEGORIES, CategoryState, Influence, Materiality, Relevance, ranked
from trede.workspace import Workspace
from trede.workspace.materiality import materiality
from trede.workspace.running import freshness
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure, part_of
from trede_web.bridge.jobs.answers import NotReadyError, are_many, is_kept, keep, kept
from trede_web.bridge.results.compared import as_json, from_json
from trede_web.bridge.results.footprint import account_name, titled
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

FACTS = "categories"
"""The kind of answer."""
RELEVANCES, INFLUENCES = get_args(Relevance), get_args(Influence)
ORDERS = {"number": None, "size": by_size, "influence": by_influence}
"""What the table can be ordered by."""


@dataclass(frozen=True)
class Word:
    """What somebody said of a category. `estimate` is in tonnes, of what is left out, with what it rests on."""

    id: str
    relevance: str
    """Its name, as that of the influence."""
    influence: str
    years: str
    estimate: str
    basis: str
    reason: str
    person: str
    day: str
    in_force: bool


@dataclass(frozen=True)
class Place:
    """A combination of product and market that is about a category, with its rank."""

    rank: int
    name: str


@dataclass(frozen=True)
class Category:
    """A category. `state` is one of `CategoryView`; without a figure nothing is calculated of it."""

    number: str
    name: str
    state: str
    state_name: str
    figure: Figure | None
    margin: str
    share: str
    bar: float
    missing: str
    methods: list[str]
    quality: list[tuple[str, str]]
    records: int
    said: Word | None
    places: list[Place]


@dataclass(frozen=True)
class Scope3Page:
    """The categories of a year under a basis, with their sum."""

    run: str
    standard: str
    basis: str
    bases: list[tuple[str, str]]
    order: str
    lines: list[Category]
    total: Figure | None
    counts: dict[str, int]
    """How many are calculated, left out with a reason, and not explained."""
    told: list[Told]
    fresh: str
    """As of the footprint; empty: nothing is calculated."""
    scored: int
    """How many combinations of product and market are scored."""


@dataclass(frozen=True)
class CategoryPage:
    """A category of a year: its accounts, and everything that was ever said of it."""

    line: Category
    run: str
    standard: str
    basis: str
    accounts: list[tuple[str, Figure]]
    history: list[Word]


def scope3_page(workspace: Workspace, year: int, basis: str, order: str, voice: Voice) -> Scope3Page:
    """Return the categories of a year.

    Raises:
        TredeError: `basis_unknown`.
        NotReadyError: the worker has to look the rows through first.
    """
    view = View.read(STANDARD, basis or find_standard(STANDARD).bases[0])
    run = workspace.run_of(str(year))
    views = _views(workspace, run, view.basis, year)
    sort = ORDERS.get(order)
    lines = _lines(workspace, run, view, sort(views) if sort else views, views, voice)
    states = [each.state for each in views]
    done = sum(state in ("calculated", "partly", "contradicted") for state in states)
    left = sum(state in ("not-calculated", "not-relevant") for state in states)
    scored = materiality(workspace)
    return Scope3Page(
        run=run.id if run else "", standard=titled(view, voice), basis=view.basis,
        bases=[(each, voice.say(f"basis_of.{each}")) for each in view.standard.bases],
        order=order if sort else "number", lines=lines,
        total=Figure(sum(each.mg for each in views), f"{run.id}/{view.name}/scope-3") if run else None,
        counts={"calculated": done, "left": left, "open": states.count("unexplained")},
        told=voice.told_all(
            each for each in category_notices(views, str(year)) if each.code != "category_unexplained"
        ),
        fresh=freshness(workspace, run) if run else "",
        scored=len(_combinations(scored)),
    )  # fmt: skip


def category_page(workspace: Workspace, year: int, number: str, basis: str, voice: Voice) -> CategoryPage | None:
    """Return a category of a year; None when there is none of that number.

    Raises:
        TredeError, NotReadyError: as of `scope3_page`.
    """
    if number not in CATEGORIES:
        return None
    view = View.read(STANDARD, basis or find_standard(STANDARD).bases[0])
    run = workspace.run_of(str(year))
    views = _views(workspace, run, view.basis, year)
    [line] = _lines(workspace, run, view, [each for each in views if each.category == number], views, voice)
    heading = f"scope-3.{number}"
    amounts: dict[str, int] = {}
    columns = ["account", "basis", "co2e"]
    for row in run.table("totals").select(columns).to_pylist() if run else ():
        if view.standard.heading_of.get(row["account"]) == heading and row["basis"] in ("none", view.basis):
            amounts[row["account"]] = amounts.get(row["account"], 0) + int(row["co2e"])
    in_force = {recorded.id for recorded in workspace.decisions.in_force()}
    history = [
        _word(recorded, voice, in_force=recorded.id in in_force)
        for recorded in workspace.decisions.all()
        if isinstance(recorded.decision, CategoryState) and number in recorded.decision.categories
    ]
    accounts = [
        (account_name(account, voice), Figure(mg, f"{run.id}/{view.name}/{heading}/{account}"))
        for account, mg in sorted(amounts.items(), key=lambda item: -abs(item[1])) if run
    ]  # fmt: skip
    return CategoryPage(line, run.id if run else "", titled(view, voice), view.basis, accounts, history[::-1])


def has_categories(run: Run) -> bool:
    """Whether what the rows of a run say of its categories is kept."""
    return is_kept(run.folder.parents[1], FACTS, run.id)


def categories_of_run(run: Run) -> Mapping[str, Any]:
    """Return what the rows of a run say of its categories, with the interval of each by basis; it is kept when it was not yet."""
    root = run.folder.parents[1]
    stored: Mapping[str, Any] | None = kept(root, FACTS, run.id)
    if stored is None:
        facts, standard = category_facts(run), find_standard(STANDARD)
        asked = [(basis, number) for basis in standard.bases for number in CATEGORIES]
        found = intervals(run, [under(standard, basis, f"scope-3.{number}") for basis, number in asked])
        stored = {
            "methods": {number: list(methods) for number, methods in facts.methods.items()},
            "records": dict(facts.records),
            "intervals": {
                f"{basis}/{number}": as_json(each) for (basis, number), each in zip(asked, found, strict=True)
            },
        }
        keep(root, stored, FACTS, run.id)
    return stored


def read_said(given: Mapping[str, Any], voice: Voice) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what somebody says of categories in a form; return it for the job, and what is wrong by field.

    Args:
        given: `categories` and `years` as lists of texts, and `relevance`, `influence`, `estimate`, `basis`, `reason`.
    """
    wrong: dict[str, str] = {}
    categories = [number for number in CATEGORIES if number in given["categories"]]
    years = sorted({int(each) for each in given["years"]})
    left_out = given["relevance"] != "relevant"
    estimate = read_amount(given["estimate"], voice) if given["estimate"] else None
    if not categories:
        wrong["categories"] = voice.word("scope3.no_category")
    if not years:
        wrong["years"] = voice.word("scope3.no_years")
    if given["relevance"] not in RELEVANCES:
        wrong["relevance"] = voice.word("scope3.no_relevance")
    if given["estimate"] and (estimate is None or estimate < 0):
        wrong["estimate"] = voice.word("scope3.no_number")
    elif given["estimate"] and (not left_out or len(categories) > 1):
        wrong["estimate"] = voice.word("scope3.estimate_of_one")
    if bool(given["estimate"]) != bool(given["basis"]):
        wrong["basis"] = voice.word("scope3.basis_needed")
    said = {
        "categories": categories, "years": years, "relevance": given["relevance"], "influence": given["influence"],
        "estimate": "" if estimate is None else f"{estimate:f}", "basis": given["basis"], "reason": given["reason"],
    }  # fmt: skip
    return said, wrong


def category_state(asked: Mapping[str, Any], why: Mapping[str, Any]) -> CategoryState:
    """Return the decision that a job asks for."""
    return CategoryState(
        categories=tuple(asked["categories"]), years=tuple(asked["years"]), relevance=asked["relevance"],
        influence=asked["influence"] or None, estimate=Decimal(asked["estimate"]) if asked["estimate"] else None,
        basis=asked["basis"], **why,
    )  # fmt: skip


def _views(workspace: Workspace, run: Run | None, basis: str, year: int) -> list[CategoryView]:
    decisions = workspace.decisions.in_force()
    if run is None:
        return category_views(None, decisions, basis, years=range(year, year + 1))
    stored = _facts(run)
    facts = CategoryFacts({k: tuple(v) for k, v in stored["methods"].items()}, stored["records"])
    return category_views(run, decisions, basis, facts=facts)


def _facts(run: Run) -> Mapping[str, Any]:
    if are_many(int(run.result["records"])) and not has_categories(run):
        raise NotReadyError
    return categories_of_run(run)


def _lines(
    workspace: Workspace, run: Run | None, view: View, shown: Sequence[CategoryView], every: Sequence[CategoryView],
    voice: Voice,
) -> list[Category]:  # fmt: skip
    known = workspace.known_of(run.spec).methods if run else None
    found = _facts(run)["intervals"] if run else {}
    largest = max((each.mg for each in every), default=0)
    places = _places(workspace)
    lines = []
    for each in shown:
        margin: Interval | None = from_json(found[f"{view.basis}/{each.category}"]) if each.quality else None
        part = share_of(each, every)
        qualities = sorted(each.quality.items(), key=lambda item: -abs(item[1]))
        lines.append(Category(
            each.category, each.heading.name.get(voice.language), each.state,
            voice.say(f"categories.state.{each.state}"),
            Figure(each.mg, f"{run.id}/{view.name}/{each.heading.id}") if run and each.quality else None,
            interval(voice, margin) if margin and margin.known else "",
            "" if part is None else whole_percent(voice, part), part_of(each.mg, largest),
            "" if each.missing is None else voice.tonnes(each.missing),
            known.called(each.methods, voice.language) if known else [],
            [(voice.say(f"quality.{name}"), whole_percent(voice, share(mg, each.mg))) for name, mg in qualities],
            each.records, _word(each.said, voice) if each.said else None, places.get(each.category, []),
        ))  # fmt: skip
    return lines


def _word(recorded: Recorded, voice: Voice, *, in_force: bool = True) -> Word:
    said = recorded.decision
    assert isinstance(said, CategoryState)
    return Word(
        recorded.id, voice.word(f"relevance.{said.relevance}"),
        voice.say(f"categories.influence.{said.influence}") if said.influence else "", ", ".join(map(str, said.years)),
        "" if said.estimate is None else voice.number(said.estimate), said.basis, said.reason, said.person,
        said.made_at.date().isoformat(), in_force,
    )  # fmt: skip


def _combinations(recorded: Recorded | None) -> Sequence[Any]:
    return recorded.decision.table.combination if recorded and isinstance(recorded.decision, Materiality) else ()


def _places(workspace: Workspace) -> dict[str, list[Place]]:
    """Return the scored combinations of product and market by the category that they are about."""
    recorded, found = materiality(workspace), dict[str, list[Place]]()
    if recorded is not None and isinstance(recorded.decision, Materiality):
        for each in ranked(recorded.decision.table):
            for number in each.combination.categories:
                name = f"{each.combination.activity} – {each.combination.market}"
                found.setdefault(number, []).append(Place(each.rank, name))
    return found
