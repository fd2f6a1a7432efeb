"""The 15 categories of scope 3 of a run: what is calculated of each, by which methods, and what was said of it.

Every category is calculated, or somebody said why it is not, or it is unexplained: the Scope 3 Standard (chapter 6) asks to
disclose and justify each exclusion.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from trede.catalogue.standards import Heading, find_standard
from trede.engine.duck import connect, quote
from trede.engine.runs import Run
from trede.kernel.amounts import MG_PER_TONNE
from trede.kernel.issues import Issue
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import CATEGORIES, Category, CategoryState, order_of

STANDARD = "ghg"
"""The standard whose headings are the categories."""

_HEADING = "scope-3."

State = Literal["calculated", "partly", "not-calculated", "not-relevant", "contradicted", "unexplained"]
"""Calculated; in part, as somebody said; not yet, or not relevant, as somebody said; said to be not relevant although it has
records; neither calculated nor explained."""


@dataclass(frozen=True, slots=True)
class CategoryView:
    """One category of a run.

    Attributes:
        mg: what is calculated of it, in milligrams inside the boundary.
        quality: the same by data-quality status.
        methods: ids of the methods that its records went through, with their version.
        records: how many count in it, on any basis.
        said: what somebody decided of it for every year of the run.
    """

    category: Category
    heading: Heading
    state: State
    mg: int
    quality: dict[str, int]
    methods: tuple[str, ...]
    records: int
    said: Recorded | None

    @property
    def decision(self) -> CategoryState | None:
        """What was said, if anything."""
        found = self.said.decision if self.said else None
        assert found is None or isinstance(found, CategoryState)
        return found

    @property
    def missing(self) -> int | None:
        """The estimated size of what is left out, in milligrams; None where nobody gave one."""
        estimate = self.decision.estimate if self.decision else None
        return None if estimate is None else int(estimate * MG_PER_TONNE)

    @property
    def size(self) -> int:
        """What is known of its size: what is calculated and what is estimated of the rest."""
        return self.mg + (self.missing or 0)


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What the rows of a run say of its categories, each by its number: the methods that post to it, how many records do."""

    methods: Mapping[str, tuple[str, ...]]
    records: Mapping[str, int]


def category_facts(run: Run) -> CategoryFacts:
    """Look all rows of a run through; it takes as long as that does, and what comes out of it never changes."""
    standard = find_standard(STANDARD)
    number_of = {account: under.removeprefix(_HEADING) for account, under in standard.heading_of.items()}
    methods: dict[str, set[str]] = defaultdict(set)
    with tempfile.TemporaryDirectory(prefix="trede-categories-") as folder, connect(Path(folder)) as con:
        for account, method in _methods(run, con):
            methods[number_of.get(account, "")].add(method)
        headings = {"account": list(number_of), "number": list(number_of.values())}
        con.register("headings", pa.table(headings))
        found = con.execute(
            f"SELECT h.number, count(DISTINCT l.record_id) FROM {_ledger(run)} l JOIN headings h USING (account) "
            "WHERE l.share > 0 GROUP BY h.number"
        ).fetchall()
    records = dict(found)
    return CategoryFacts(
        {category: tuple(sorted(methods.get(category, ()))) for category in CATEGORIES},
        {category: records.get(category, 0) for category in CATEGORIES},
    )


def category_views(
    run: Run | None, decisions: Sequence[Recorded], basis: str | None = None, *, years: range | None = None,
    facts: CategoryFacts | None = None,
) -> list[CategoryView]:  # fmt: skip
    """Return all categories of a run in their order.

    Args:
        run: None: nothing is calculated yet of `years`.
        decisions: those in force. Of two about one category and year the later one counts; it was said of the run when it
            was said of each of its years.
        basis: of purchased energy; None: the first that the standard reads.
        years: those of the run, unless given.
        facts: what `category_facts` says of the run; it is looked up when it is not given.

    Raises:
        CatalogueError: `basis_unknown`.
    """
    standard = find_standard(STANDARD)
    wanted = ("none", standard.check_basis(basis))
    said = {
        (category, year): recorded
        for recorded in decisions
        if isinstance(decision := recorded.decision, CategoryState)
        for category in decision.categories
        for year in decision.years
    }
    if years is None:
        years = range(run.period.start.year, run.period.end.year + 1) if run else range(0)
    amounts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    columns = ["account", "basis", "quality", "co2e"]
    for row in run.table("totals").select(columns).to_pylist() if run else ():
        under = standard.heading_of.get(row["account"])
        if row["basis"] in wanted and under is not None:
            amounts[under][row["quality"]] += int(row["co2e"])
    known = facts or (category_facts(run) if run else CategoryFacts({}, {}))
    found = []
    for category in CATEGORIES:
        heading = standard.heading(f"{_HEADING}{category}")
        told = [said.get((category, year)) for year in years]
        recorded = told[-1] if told and all(told) else None
        quality = dict(amounts.get(heading.id, {}))
        state = _state(recorded, calculated=heading.id in amounts)
        of_it, records = known.methods.get(category, ()), known.records.get(category, 0)
        found.append(CategoryView(category, heading, state, sum(quality.values()), quality, of_it, records, recorded))
    return found


def by_size(views: Sequence[CategoryView]) -> list[CategoryView]:
    """Return categories by what is known of their size, the largest first."""
    return sorted(views, key=lambda view: (-view.size, int(view.category)))


def by_influence(views: Sequence[CategoryView]) -> list[CategoryView]:
    """Return categories by the influence that the organisation has, and by size where that is equal."""
    return sorted(by_size(views), key=lambda view: order_of(view.decision.influence if view.decision else None))


def share_of(view: CategoryView, views: Sequence[CategoryView]) -> Decimal | None:
    """Return the part of all calculated tonnes of scope 3 that a category is; None where it is not calculated."""
    whole = sum(each.mg for each in views)
    return Decimal(view.mg) / Decimal(whole) if whole and (view.quality or view.mg) else None


def category_notices(views: Sequence[CategoryView], period: str) -> Iterator[Issue]:
    """Yield a notice for the categories that are neither calculated nor explained, and one for each contradiction."""
    open_ones: list[str] = [view.category for view in views if view.state == "unexplained"]
    if open_ones:
        yield Issue.notice("category_unexplained", categories=open_ones, period=period)
    for view in views:
        if view.state == "contradicted" and view.said:
            yield Issue.warning(
                "category_contradicted", category=view.category, period=period, person=view.said.decision.person,
                decision=view.said.id,
            )  # fmt: skip


def _state(said: Recorded | None, *, calculated: bool) -> State:
    relevance = said.decision.relevance if said and isinstance(said.decision, CategoryState) else "relevant"
    match relevance, calculated:
        case "not-relevant", True:
            return "contradicted"
        case "not-calculated", True:
            return "partly"
        case "relevant", _:
            return "calculated" if calculated else "unexplained"
    return "not-relevant" if relevance == "not-relevant" else "not-calculated"


def _ledger(run: Run) -> str:
    return f"read_parquet('{quote(run.folder / 'ledger.parquet')}', hive_partitioning = false)"


def _methods(run: Run, con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Return which methods posted to each account: the method of a record with inputs, else that of its plan."""
    derived = run.table("derived").select(["record_id", "method"])
    con.register("derived", derived.group_by(["record_id", "method"]).aggregate([]))
    join = "LEFT JOIN derived d USING (record_id)" if derived.num_rows else ""
    method = "coalesce(d.method, l.method)" if derived.num_rows else "l.method"
    return con.execute(
        f"SELECT DISTINCT l.account, {method} FROM {_ledger(run)} l {join} WHERE l.share > 0 ORDER BY ALL"
    ).fetchall()
