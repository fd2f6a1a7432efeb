"""What the address of the ledger asks: filter, search, group, order, page. It says everything, so it can be passed on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from trede.workspace import Workspace
from trede.workspace.journal import STATES
from trede.workspace.journal_asking import NONE, SORTS, Question
from trede_web.bridge.books import Period, TredeError, View
from trede_web.bridge.ledger.attributes import called_in
from trede_web.bridge.results.trails import month_name
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import joined

COLUMNS = {
    "type": "activity_type", "site": "site", "entity": "entity", "unit": "department", "project": "project",
    "source": "source", "supplier": "supplier", "batch": "batch", "state": "state", "month": "month",
}  # fmt: skip
"""Filters by their name in the address, with the column of the journal."""
GROUPED = ("type", "site", "month", "source", "supplier", "batch", "state", "entity", "unit", "project")
"""What the ledger can be grouped by."""
ORDERS = {
    "date": "date", "quantity": "quantity", "co2e": "amount", "type": "activity_type", "site": "site", "supplier": "supplier",
    "source": "source",
}  # fmt: skip
"""Orders by their name in the address; with `-` in front from high to low."""
ALL = "all"
LONGEST = 200
"""Characters of a search that are looked at."""
WORDS = 6
assert set(ORDERS.values()) == set(SORTS)


class Names:
    """The names of values in the reader's language: of activity types, sites, units, files."""

    def __init__(self, workspace: Workspace, voice: Voice, files: Mapping[str, str]) -> None:
        organisation = workspace.organisation
        types = workspace.known().vocabulary.types
        self._voice, self._types = voice, types
        self._known: dict[str, Mapping[str, str]] = {
            "activity_type": {name: kind.name.get(voice.language) for name, kind in types.items()},
            "site": {site.id: site.name for site in organisation.site},
            "entity": {entity.id: entity.name for entity in organisation.entity},
            "department": {unit.id: unit.name for unit in organisation.unit},
            "project": {project.id: project.name for project in organisation.project},
            "source": {source.id: source.name for source in organisation.source},
            "state": {state: voice.word(f"record_state.{state}") for state in STATES},
            "batch": files,
        }

    def of(self, column: str, value: str | None) -> str:
        """Return the name of a value; of no value a word for that."""
        if value is None or value == NONE:
            return self._voice.word("ledger.none")
        if column == "month":
            return month_name(value, self._voice)
        return self._known.get(column, {}).get(value, value)

    def attribute(self, name: str) -> str:
        """Return what an attribute is called."""
        found = next((kind.attributes[name] for kind in self._types.values() if name in kind.attributes), None)
        return found.name.get(self._voice.language) if found else name

    def about(self, row: Mapping[str, Any]) -> str:
        """Return what a record's attributes say beside what goes without saying."""
        kind = self._types.get(row["activity_type"])
        usual = {name: attribute.default for name, attribute in kind.attributes.items()} if kind else {}
        said = json.loads(row["attributes"] or "{}")
        return joined((called_in(said, name, self._voice) for name in said if usual.get(name) != said[name]), ", ")

    def called(self, word: str) -> tuple[tuple[str, str], ...]:
        """Return the types, sites and units whose name has a word, as column and value."""
        columns = ("activity_type", "site", "entity", "department", "project", "source")
        return tuple((c, v) for c in columns for v, name in self._known[c].items() if word in name.lower())


@dataclass(frozen=True)
class Asked:
    """What an address asks."""

    year: int | None
    period: str
    """The name of a period that records touch; empty for none."""
    view: View
    filters: tuple[tuple[str, str], ...]
    """Name in the address and value."""
    search: str
    sort: str
    group: str
    page: int

    def question(self, names: Names) -> Question:
        """Return it as the journal is asked."""
        words = self.search.lower().split()[:WORDS]
        sort = self.sort.removeprefix("-")
        return Question(
            year=self.year, days=Period.parse(self.period) if self.period else None, view=self.view.name,
            equal=tuple((COLUMNS[name], value) for name, value in self.filters),
            words=" ".join(words), named=tuple(names.called(word) for word in words),
            sort=("-" if self.sort.startswith("-") else "") + ORDERS[sort],
        )  # fmt: skip

    def address(self) -> str:
        """Return it as the end of an address, in one fixed order."""
        parts = [("year", str(self.year) if self.year else ALL), ("view", self.view.name), *self.filters]
        parts += [("period", self.period)] if self.period else []
        parts += [("q", self.search)] if self.search else []
        parts += [("group", self.group)] if self.group else []
        parts += [("sort", self.sort)] if self.sort != "-date" else []
        parts += [("page", str(self.page))] if self.page > 1 else []
        return urlencode(parts)

    def where(self, name: str, value: str | None) -> Asked:
        """Return it with one filter more, not grouped, from the first page."""
        rest = tuple((n, v) for n, v in self.filters if n != name)
        added = (*rest, (name, NONE if value is None else value))
        return replace(self, filters=added, group="", page=1)

    def without(self, name: str) -> Asked:
        """Return it without a filter, or without the search."""
        if name == "q":
            return replace(self, search="", page=1)
        if name == "period":
            return replace(self, period="", page=1)
        return replace(self, filters=tuple((n, v) for n, v in self.filters if n != name), page=1)


def read_asked(given: Mapping[str, str], year: int | None) -> Asked:
    """Read an address; what is not known in it is left out.

    Args:
        given: the parameters.
        year: the year when none is given.

    Raises:
        TredeError: `standard_unknown` or `basis_unknown`.
    """
    standard, _, basis = given.get("view", "").partition(":")
    text = given.get("year", "")
    if text:
        year = int(text) if re.fullmatch("[12][0-9]{3}", text) else None
    sort, number = given.get("sort", ""), given.get("page", "")
    filters = tuple((name, value) for name in COLUMNS if (value := given.get(name, "").strip()[:LONGEST]))
    return Asked(
        year=year, period=_period(given.get("period", "")), view=View.read(standard or None, basis or None), filters=filters,
        search=" ".join(given.get("q", "").split())[:LONGEST], sort=sort if sort.removeprefix("-") in ORDERS else "-date",
        group=found if (found := given.get("group", "")) in GROUPED else "",
        page=max(1, int(number)) if re.fullmatch("[0-9]{1,6}", number) else 1,
    )  # fmt: skip


def _period(text: str) -> str:
    """Return the name of a period; of what is none, nothing."""
    try:
        return Period.parse(text).name if text else ""
    except TredeError:
        return ""
