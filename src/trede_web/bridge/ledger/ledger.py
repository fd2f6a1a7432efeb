"""The ledger page: the records that an address asks for, with what became of them and what they post, or grouped with sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from trede.kernel.addresses import Address
from trede.workspace import Workspace
from trede.workspace.journal import Journal
from trede.workspace.journal_asking import Group, Sum, groups, page, totals
from trede_web.bridge.books import Period, View, views
from trede_web.bridge.figures import Figure
from trede_web.bridge.ledger.asking import COLUMNS, GROUPED, ORDERS, Asked, Names
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.results.periods import say_period
from trede_web.bridge.speaking import Voice

AT_A_TIME = 50
"""Rows on a page."""
LEDGER = "ledger?"
"""What the question of a figure begins with whose answer is the ledger itself."""


@dataclass(frozen=True)
class Line:
    """One record in a year."""

    record: str
    when: str
    kind: str
    about: str
    quantity: str
    unit: str
    site: str
    supplier: str
    source: str
    batch: str
    file: str
    at: str
    state: str
    figure: Figure | None
    """None when nothing is calculated, or nothing posted."""


@dataclass(frozen=True)
class Together:
    """What records are together in one unit."""

    unit: str
    quantity: str


@dataclass(frozen=True)
class Part:
    """One group."""

    name: str
    address: str
    rows: int
    sums: list[Together]
    figure: Figure | None


@dataclass(frozen=True)
class Choice:
    """A filter to choose from: its values with their names."""

    name: str
    chosen: str
    values: list[tuple[str, str]]


@dataclass(frozen=True)
class Chip:
    """A filter that is on, and the address without it."""

    name: str
    value: str
    address: str


@dataclass(frozen=True)
class Head:
    """A column to order by."""

    name: str
    address: str
    order: str
    """`ascending`, `descending` or empty."""


@dataclass(frozen=True)
class LedgerPage:
    """Everything on the page."""

    asked: Asked
    address: str
    years: list[int]
    calculated: bool
    rows: int
    sums: list[Together]
    figure: Figure | None
    lines: list[Line]
    parts: list[Part]
    hidden: int
    """Rows of groups that are not listed."""
    choices: list[Choice]
    more: list[Choice]
    more_chosen: bool
    chips: list[Chip]
    heads: dict[str, Head]
    views: list[tuple[str, str]]
    groups: tuple[str, ...]
    first: int
    last: int
    before: str
    after: str


def ledger_page(workspace: Workspace, journal: Journal, asked: Asked, voice: Voice) -> LedgerPage:
    """Return what an address asks for."""
    names = Names(workspace, voice, journal.files)
    question = asked.question(names)
    sums = totals(journal, question)
    rows = sum(each.rows for each in sums)
    pages = max(1, -(-rows // AT_A_TIME))
    asked = replace(asked, page=min(asked.page, pages))
    first = (asked.page - 1) * AT_A_TIME
    found = [] if asked.group else page(journal, question, first, AT_A_TIME)
    parts = groups(journal, question, COLUMNS[asked.group]) if asked.group else []
    choices = _choices(journal, asked, names, voice)
    lead = ("type", "site", "source", "state")
    more = [choice for choice in choices if choice.name not in lead]
    return LedgerPage(
        asked=asked, address=asked.address(), years=journal.years, calculated=bool(journal.runs), rows=rows,
        sums=[_together(each, voice) for each in sums], figure=_sum(sums, asked),
        lines=[line(row, asked.view.name, names, voice) for row in found],
        parts=[_part(part, asked, names, voice) for part in parts],
        hidden=rows - sum(part.rows for part in parts) if parts else 0,
        choices=[choice for choice in choices if choice.name in lead],
        more=more, chips=_chips(asked, names, voice),
        more_chosen=any(choice.chosen for choice in more) or asked.view != View.read(None, None),
        heads={name: _head(name, asked) for name in ORDERS}, views=[(view.name, titled(view, voice)) for view in views()],
        groups=GROUPED, first=first + 1 if rows else 0, last=min(first + AT_A_TIME, rows),
        before=replace(asked, page=asked.page - 1).address() if asked.page > 1 else "",
        after=replace(asked, page=asked.page + 1).address() if asked.page < pages else "",
    )  # fmt: skip


def line(row: Mapping[str, Any], view: str, names: Names, voice: Voice) -> Line:
    """Return a row of the journal as it is shown."""
    figure = None if row["mg"] is None else Figure(row["mg"], f"{row['run']}/{row['record_id']}#{view}")
    return Line(
        record=row["record_id"], when=days(row, voice), kind=names.of("activity_type", row["activity_type"]),
        about=names.about(row), quantity=voice.number(row["quantity"]), unit=row["unit"],
        site=names.of("site", row["site"]) if row["site"] else "", supplier=row["supplier"] or "",
        source=names.of("source", row["source"]), batch=row["batch"], file=row["file"],
        at=str(Address(row["row"], row["column_number"])), state=row["state"], figure=figure,
    )  # fmt: skip


def days(row: Mapping[str, Any], voice: Voice) -> str:
    """Return the days of a record."""
    first = voice.day(row["start"])
    return first if row["end"] == row["start"] else f"{first} – {voice.day(row['end'])}"


def _together(found: Sum, voice: Voice) -> Together:
    return Together(found.unit, voice.number(Decimal(found.quantity)))


def _sum(sums: list[Sum], asked: Asked) -> Figure | None:
    known = [each.mg for each in sums if each.mg is not None]
    return Figure(sum(known), f"{LEDGER}{asked.address()}") if known else None


def _part(group: Group, asked: Asked, names: Names, voice: Voice) -> Part:
    inside = asked.where(asked.group, group.value)
    figure = None if group.mg is None else Figure(group.mg, f"{LEDGER}{inside.address()}")
    name = names.of(COLUMNS[asked.group], group.value)
    if asked.group == "month" and group.value is None:
        name = voice.word("ledger.several_months")
    return Part(name, inside.address(), group.rows, [_together(each, voice) for each in group.sums], figure)


def _choices(journal: Journal, asked: Asked, names: Names, voice: Voice) -> list[Choice]:
    """Return the filters of which there is something to choose, the values by name."""
    chosen, found = dict(asked.filters), []
    for name in ("type", "site", "source", "state", "batch", "entity", "unit", "project"):
        column = COLUMNS[name]
        values = [(str(value), names.of(column, value)) for value, _ in journal.facets[column] if value is not None]
        if len(values) > 1 or name in chosen or name == "state":
            values.sort(key=lambda pair: pair[1].lower())
            if any(value is None for value, _ in journal.facets[column]):
                values.append(("-", voice.word("ledger.none")))
            found.append(Choice(name, chosen.get(name, ""), values))
    if asked.year:
        months = [f"{asked.year}-{month:02}" for month in range(1, 13)]
        found.append(Choice("month", chosen.get("month", ""), [(month, names.of("month", month)) for month in months]))
    return found


def _chips(asked: Asked, names: Names, voice: Voice) -> list[Chip]:
    chips = [Chip(n, names.of(COLUMNS[n], value), asked.without(n).address()) for n, value in asked.filters]
    if asked.period:
        chips.append(Chip("period", say_period(Period.parse(asked.period), voice), asked.without("period").address()))
    return chips + ([Chip("q", asked.search, asked.without("q").address())] if asked.search else [])


def _head(name: str, asked: Asked) -> Head:
    own = asked.sort.removeprefix("-") == name
    down = asked.sort.startswith("-")
    other = name if own and down else f"-{name}"
    if not own and name in ("type", "site", "supplier", "source"):
        other = name
    order = ("descending" if down else "ascending") if own else ""
    return Head(name, replace(asked, sort=other, page=1).address(), order)
