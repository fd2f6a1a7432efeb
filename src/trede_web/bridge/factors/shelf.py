"""The factors of all lists, to look through: words, facets with counts, and the same as a table to keep."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import get_args
from urllib.parse import urlencode

from trede.catalogue.factor import Factor
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.exporting import csv_bytes
from trede.trace.usage import factors_of
from trede.workspace import Workspace
from trede.workspace.shelf import Facet, Found, Shelved, shelf_of, shipped_shelf
from trede_web.bridge.books import years
from trede_web.bridge.speaking import Voice, words
from trede_web.bridge.tongues import named

PAGE = 50
"""Factors on one page."""
OPEN = 6
"""Values of a facet that are shown at once; the others unfold."""
FACETS: tuple[Facet, ...] = get_args(Facet)
COLUMNS = (
    "list", "factor", "name", "category", "subcategory", "publisher", "title", "edition", "valid_from", "valid_to",
    "unit", "total", "direct", "upstream", "biogenic", "energy_mj", "gases", "region", "licence", "status", "place", "url",
)  # fmt: skip
SORTS = ("best", "name", "low", "high", "newest")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; all of it stands in the address."""

    text: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] | None = None
    used: bool = False
    sort: str = "best"
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, Sequence[str]]) -> Asked:
        """Read an address; what is not known counts as not said."""

        def one(name: str) -> str:
            return (list(query.get(name, ())) or [""])[-1]

        chosen = {facet: tuple(dict.fromkeys(v for v in query.get(facet, ()) if v)) for facet in FACETS}
        page = one("page")
        return cls(
            one("q").strip()[:200], {facet: values for facet, values in chosen.items() if values}, one("used") == "1",
            one("sort") if one("sort") in SORTS else "best", int(page) if page.isdecimal() and 0 < len(page) < 6 else 1,
        )  # fmt: skip

    def address(self, facet: Facet | None = None, value: str = "", **other: str) -> str:
        """Return the address of the same question with one value of a facet more or less, or with something else changed."""
        chosen = {name: list(values) for name, values in (self.chosen or {}).items()}
        if facet is not None:
            values = chosen.setdefault(facet, [])
            values.remove(value) if value in values else values.append(value)
        plain = {"q": self.text, "used": "1" if self.used else "", "sort": "" if self.sort == "best" else self.sort}
        plain |= other
        pairs = [(name, text) for name, text in plain.items() if text]
        return "?" + urlencode([*pairs, *((name, each) for name in FACETS for each in chosen.get(name, ()))])


@dataclass(frozen=True)
class Choice:
    """One value of a facet."""

    text: str
    count: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Group:
    """A facet with its values, the chosen and the most frequent ones first; `more` unfold."""

    name: str
    choices: list[Choice]
    more: list[Choice]


@dataclass(frozen=True)
class Row:
    """A factor in the list."""

    ref: str
    library: str
    factor: str
    name: str
    under: str
    value: str
    unit: str
    stage: str
    """Of what the value is, when it is not of the whole chain."""
    list: str
    years: str
    region: str
    used: bool
    off: bool
    """Whether it has no value any more."""


@dataclass(frozen=True)
class ShelfPage:
    """Everything on the page."""

    asked: Asked
    count: int
    total: int
    rows: list[Row]
    groups: list[Group]
    chips: list[tuple[str, str, str]]
    """What is chosen: the facet, the value, the address without it."""
    used: Choice
    sorts: list[tuple[str, str, bool]]
    earlier: str
    later: str
    first: int
    last: int


def shelf_page(workspace: Workspace, asked: Asked, voice: Voice) -> ShelfPage:
    """Return the factors that answer, with how many there would be with another choice."""
    shelf = shelf_of(workspace)
    used = used_factors(workspace)
    found = shelf.browse(asked.text, asked.chosen, among=used if asked.used else None, first=used)
    items = _sorted(found.items, asked.sort)
    last_page = max(1, -(-len(items) // PAGE))
    page = min(max(1, asked.page), last_page)
    shown = items[(page - 1) * PAGE : page * PAGE]
    names = {
        library.id: library.papers.title for library in {item.library.id: item.library for item in shelf.items}.values()
    }
    return ShelfPage(
        asked=asked, count=len(items), total=len(shelf.items), rows=[_row(item, used, voice) for item in shown],
        groups=_groups(found, asked, names, voice),
        chips=[
            (voice.word(f"facet.{facet}"), facet_text(facet, value, names, voice), asked.address(facet, value))
            for facet, values in (asked.chosen or {}).items() for value in values
        ],
        used=Choice(
            voice.word("factors.used"), sum(item.ref in used for item in found.items), asked.used,
            asked.address(used="" if asked.used else "1"),
        ),
        sorts=[(voice.word(f"factors_sort.{sort}"), asked.address(sort=sort), sort == asked.sort) for sort in SORTS],
        earlier=asked.address(page=str(page - 1)) if page > 1 else "",
        later=asked.address(page=str(page + 1)) if page < last_page else "",
        first=(page - 1) * PAGE + 1, last=(page - 1) * PAGE + len(shown),
    )  # fmt: skip


def warm() -> None:
    """Read the lists that ship, so that the first visitor need not wait for them."""
    shipped_shelf().browse()


def used_factors(workspace: Workspace) -> frozenset[str]:
    """Return the factors that the organisation's calculations use now."""
    runs = (workspace.run_of(str(year)) for year in years(workspace))
    return frozenset[str]().union(*(factors_of(run) for run in runs if run is not None))


def facet_text(facet: Facet, value: str, names: Mapping[str, str], voice: Voice) -> str:
    """Write a value of a facet."""
    match facet:
        case "activity":
            known = vocabulary().types.get(value)
            return known.name.get(voice.language) if known else value
        case "nature" | "gases" | "stages":
            return _known(f"{facet}.{value}", value, voice)
        case "unit":
            kind, _, unit = value.partition(":")
            return f"{unit} · {_known(f'kind.{kind}', kind, voice)}"
        case "list":
            return names.get(value, value)
        case _:
            return value


def _known(code: str, value: str, voice: Voice) -> str:
    """Write the word for a value of an address; one that means nothing as it stands."""
    return voice.word(code) if code in words(voice.language) else value


def headline(factor: Factor) -> tuple[str, Decimal | None]:
    """Return the value that stands for a factor, and of which stage it is: the whole chain if that is known."""
    if factor.status == "active":
        for name, value in (("total", factor.total), ("direct", factor.direct), ("upstream", factor.upstream)):
            if value is not None:
                return name, value
    return "", None


def spans(numbers: Sequence[int]) -> str:
    """Write years: one, or the first and the last."""
    return "–".join(str(year) for year in dict.fromkeys((numbers[0], numbers[-1]))) if numbers else ""


def shelf_csv(workspace: Workspace, asked: Asked, voice: Voice) -> tuple[str, bytes]:
    """Return every factor that answers as CSV, numbers with the decimal sign of the language, with a name for the file."""
    sign = "," if voice.language == "nl" else "."
    numbers = COLUMNS.index("total"), COLUMNS.index("gases")
    rows = [[voice.word(f"factor_column.{name}") for name in COLUMNS]]
    for fields in shelf_rows(workspace, asked):
        cells = ["" if fields[name] is None else str(fields[name]) for name in COLUMNS]
        cells[slice(*numbers)] = [cell.replace(".", sign) for cell in cells[slice(*numbers)]]
        rows.append(cells)
    return f"{voice.word('factors.file')}.csv", csv_bytes(rows)


def shelf_json(workspace: Workspace, asked: Asked) -> bytes:
    """Return every factor that answers as JSON; numbers are texts, so that no digit is lost."""
    return json.dumps({"factors": shelf_rows(workspace, asked)}, ensure_ascii=False).encode()


def shelf_rows(workspace: Workspace, asked: Asked) -> list[dict[str, str | None]]:
    """Return every factor that answers as a mapping of `COLUMNS`; numbers as the publisher has them."""
    used = used_factors(workspace)
    found = shelf_of(workspace).browse(asked.text, asked.chosen, among=used if asked.used else None, first=used)
    return [_fields(item) for item in _sorted(found.items, asked.sort)]


def _fields(item: Shelved) -> dict[str, str | None]:
    factor, papers = item.factor, item.library.papers
    first, last = item.library.validity(factor)
    numbers = ("total", "direct", "upstream", "biogenic", "energy_mj")
    return {
        "list": papers.id, "factor": factor.id, "name": factor.name, "category": factor.category,
        "subcategory": factor.subcategory, "publisher": papers.publisher_name, "title": papers.title,
        "edition": str(papers.edition), "valid_from": str(first), "valid_to": str(last), "unit": factor.publisher_unit,
        **{name: None if (value := getattr(factor, name)) is None else format(value, "f") for name in numbers},
        "gases": " ".join(sorted({gas for split in factor.gases.values() for gas in split})),
        "region": " ".join(item.facets["region"]), "licence": papers.licence, "status": factor.status,
        "place": factor.place, "url": factor.url or papers.url,
    }  # fmt: skip


def _sorted(items: Sequence[Shelved], sort: str) -> Sequence[Shelved]:
    if sort == "best":
        return items
    if sort == "name":
        return sorted(items, key=lambda item: (item.factor.name.casefold(), item.factor.subcategory.casefold()))
    if sort == "newest":
        return sorted(items, key=lambda item: (-(item.years[-1] if item.years else 0), item.ref))
    worth = [(headline(item.factor)[1], item) for item in items]
    valued = sorted(
        ((value, n, item) for n, (value, item) in enumerate(worth) if value is not None), reverse=sort == "high"
    )
    return [item for _, _, item in valued] + [item for value, item in worth if value is None]


def _row(item: Shelved, used: frozenset[str], voice: Voice) -> Row:
    factor, (stage, value) = item.factor, headline(item.factor)
    return Row(
        item.ref, item.library.id, factor.id, named(factor.name, item.library.papers, voice),
        named(" · ".join(filter(None, (factor.category, factor.subcategory))), item.library.papers, voice),
        "–" if value is None else voice.number(value), factor.publisher_unit,
        "" if stage in ("total", "") else voice.word(f"value.{stage}"), item.library.papers.title, spans(item.years),
        " ".join(item.facets["region"]), item.ref in used, factor.status != "active",
    )  # fmt: skip


def _groups(found: Found, asked: Asked, names: Mapping[str, str], voice: Voice) -> list[Group]:
    groups = []
    for facet in FACETS:
        picked = (asked.chosen or {}).get(facet, ())
        counts = {**dict.fromkeys(picked, 0), **found.counts[facet]}
        order = sorted(counts, key=lambda value: (value not in picked, *_rank(facet, value, counts[value])))
        choices = [
            Choice(facet_text(facet, value, names, voice), counts[value], value in picked, asked.address(facet, value))
            for value in order
        ]
        cut = max(OPEN, len(picked))
        if choices:
            groups.append(Group(facet, choices[:cut], choices[cut:]))
    return groups


def _rank(facet: Facet, value: str, count: int) -> tuple[int, str]:
    return (-int(value), "") if facet == "year" and value.isdecimal() else (-count, value)
