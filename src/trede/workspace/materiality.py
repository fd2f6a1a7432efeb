"""Materiality in a workspace: reading the scored combinations of product and market, and the categories of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trede.engine.runs import Run
from trede.inventory.categories import CategoryView, category_notices, category_views
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.kernel.models import read_toml, validate
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import Materiality, Table
from trede.workspace.workspace import Workspace


def read_table(data: bytes, name: str) -> Table:
    """Read scored combinations of product and market from TOML.

    Raises:
        CatalogueError: `toml_unreadable`, and what `check_table` raises.
    """
    return check_table(read_toml(data, name), name)


def check_table(raw: Any, name: str) -> Table:
    """Test scored combinations of product and market that were read, from a file or otherwise.

    Args:
        raw: the table in plain values, as TOML or JSON has it.
        name: what issues call it.

    Raises:
        CatalogueError: `field_invalid`, or an issue for each id or combination that is there twice, each score that is
            missing, of no criterion, or outside the scale.
    """
    table = validate(Table, raw, name)
    issues = list(_problems(table, name))
    if issues:
        raise CatalogueError.from_issues(issues)
    return table


def _problems(table: Table, name: str) -> Iterator[Issue]:
    if table.lowest >= table.highest:
        where = Location(file=name, column="highest")
        yield Issue.error("materiality_scale_wrong", where, low=str(table.lowest), high=str(table.highest))
    seen: set[object] = set()
    for at, criterion in enumerate(table.criterion):
        if criterion.id in seen:
            yield Issue.error("id_twice", Location(file=name, column=f"criterion.{at}.id"), id=criterion.id)
        seen.add(criterion.id)
    known = [criterion.id for criterion in table.criterion]
    for at, each in enumerate(table.combination):
        place = f"combination.{at}"
        if (each.activity, each.market) in seen:
            where = Location(file=name, column=place)
            yield Issue.error("materiality_combination_twice", where, activity=each.activity, market=each.market)
        seen.add((each.activity, each.market))
        for ident in dict.fromkeys([*known, *each.scores]):
            where = Location(file=name, column=f"{place}.scores.{ident}")
            if ident not in known:
                yield Issue.error("materiality_criterion_unknown", where, criterion=ident, known=known)
            elif ident not in each.scores:
                yield Issue.error("materiality_score_missing", where, criterion=ident)
            elif not table.lowest <= each.scores[ident].score <= table.highest:
                value, low, high = str(each.scores[ident].score), str(table.lowest), str(table.highest)
                yield Issue.error("materiality_score_outside", where, value=value, low=low, high=high)


def materiality(workspace: Workspace) -> Recorded | None:
    """Return the table of combinations that is in force: the last one that was recorded."""
    found = [r for r in workspace.decisions.in_force() if isinstance(r.decision, Materiality)]
    return found[-1] if found else None


def categories_of(workspace: Workspace, run: Run, basis: str | None = None) -> list[CategoryView]:
    """Return the 15 categories of a run, with what was said of them."""
    return category_views(run, workspace.decisions.in_force(), basis)


def open_categories(workspace: Workspace, run: Run) -> list[Issue]:
    """Return a notice when categories are neither calculated nor explained, and a warning for each contradiction."""
    return list(category_notices(categories_of(workspace, run), run.period.name))
