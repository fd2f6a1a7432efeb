"""Factor libraries: one edition of a publisher's list with its papers; immutable, loaded whole or not at all.

On disk a library is a folder named after its id: `library.toml` (papers), `factors.csv` (one row a factor).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from trede.catalogue.factor import Factor, FactorKey, SecondHand, factor_id
from trede.catalogue.papers import LibraryPapers, SourceFile
from trede.catalogue.rules import check_factor
from trede.catalogue.splits import check_split, read_split, write_split
from trede.catalogue.tables import read_table, validate_row
from trede.kernel.disk import disk, keep, writing_aside
from trede.kernel.errors import CatalogueError
from trede.kernel.identity import canonical_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.models import load

__all__ = [
    "Factor", "FactorKey", "Library", "LibraryPapers", "SecondHand", "SourceFile", "build_library",
    "factor_id", "library_files", "load_library", "write_library",
]  # fmt: skip

SPLIT_COLUMN = "gases"
SPEND_COLUMNS = ("sector", "price_basis", "margins")
MORE_COLUMNS = ("uncertainty", SPLIT_COLUMN, *SPEND_COLUMNS)
"""Last columns of a library in which at least one factor has them: the publisher's uncertainty, a split by gas, and what a
spend factor must say."""

COLUMNS = tuple(name for name in Factor.model_fields if name not in ("second_hand", *MORE_COLUMNS))
"""Columns of `factors.csv`."""

SECOND_HAND_COLUMNS = (
    *COLUMNS, "list_year", "valid_from", "valid_to", "confidence", "sources", "note_nl", "note_en",
)  # fmt: skip
"""Columns of a second-hand library, where each value has papers of its own. Sources stand apart by ` ; `."""


_MAY_BE_EMPTY = {"subcategory", "url"}


@dataclass(frozen=True)
class Library:
    """A checked library; made by `build_library`. `factors` keeps the publisher's order."""

    papers: LibraryPapers
    factors: Mapping[str, Factor]

    @property
    def id(self) -> str:
        """The id of the edition."""
        return self.papers.id

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of everything that the library says, papers included; the layout of files is not."""
        factors = [_said(factor) for _, factor in sorted(self.factors.items())]
        return sha256(canonical_json({"papers": self.papers.said(), "factors": factors}))

    @cached_property
    def _by_key(self) -> Mapping[FactorKey, tuple[Factor, ...]]:
        found: dict[FactorKey, list[Factor]] = defaultdict(list)
        for factor in self.factors.values():
            found[factor.key].append(factor)
        return {key: tuple(factors) for key, factors in found.items()}

    def find_all(self, category: str, subcategory: str, name: str, unit: str) -> tuple[Factor, ...]:
        """Return all factors of that name: one in an official list, one a list year in a second-hand one."""
        return self._by_key.get(FactorKey(category, subcategory, name, unit), ())

    def validity(self, factor: Factor) -> tuple[date, date]:
        """Return the first and last day for which the factor is meant."""
        if factor.second_hand is not None:
            return factor.second_hand.valid_from, factor.second_hand.valid_to
        return self.papers.valid_from, self.papers.valid_to

    def find(self, category: str, subcategory: str, name: str, unit: str, *, year: int | None = None) -> Factor | None:
        """Return the factor of that name, or None.

        With `year`, factors that have a validity of their own (second-hand) must cover that year. The
        validity of the library as a whole plays no part: use outside it is a recorded decision.

        Raises:
            CatalogueError: `factor_ambiguous` when several years have the factor and no year is given.
        """
        found = self.find_all(category, subcategory, name, unit)
        if year is not None:
            found = tuple(factor for factor in found if factor.valid_in(year))
        if len(found) > 1:
            raise CatalogueError.of("factor_ambiguous", library=self.id, factors=[f.id for f in found])
        return found[0] if found else None


def build_library(papers: LibraryPapers, rows: Iterable[tuple[Location, Factor]]) -> Library:
    """Check papers and factors together and make the library.

    Args:
        papers: the papers of the whole list.
        rows: each factor with the place where it was read, for the messages.

    Raises:
        CatalogueError: every broken rule, each with its place; nothing is built by halves.
    """
    issues: list[Issue] = []
    factors: dict[str, Factor] = {}
    places: dict[str, Location] = {}
    for location, factor in rows:
        issues += check_factor(factor, location)
        issues += check_split(factor, papers.gwp_basis, location)
        if (factor.second_hand is not None) != (papers.kind == "secondhand"):
            params = {"factor": factor.id, "kind": papers.kind}
            issues.append(Issue.error("factor_second_hand_differs", location, **params))
        if factor.id in factors:
            first = places[factor.id].row
            issues.append(Issue.error("factor_twice", location, factor=factor.id, first=first))
        else:
            factors[factor.id], places[factor.id] = factor, location
    if not factors:
        issues.append(Issue.error("library_empty", Location(file=papers.id)))
    library = Library(papers, factors)
    issues = [*_check_papers(papers, factors.values()), *issues, *_check_validity(library, places)]
    if (papers.uncertainty == "published") != any(factor.uncertainty for factor in factors.values()):
        where = Location(f"{papers.id}/library.toml", column="uncertainty")
        issues.append(Issue.error("library_uncertainty_differs", where, stated=papers.uncertainty))
    if issues:
        raise CatalogueError(*issues)
    return library


def _check_papers(papers: LibraryPapers, factors: Iterable[Factor]) -> Iterator[Issue]:
    where = f"{papers.id}/library.toml"
    if papers.valid_to < papers.valid_from:
        yield Issue.error("library_validity_reversed", Location(file=where, column="valid_to"))
    if papers.kind == "official" and papers.source_file is None:
        yield Issue.error("library_source_file_missing", Location(file=where, column="source_file"))
    if papers.spend is None and any(factor.nature == "spend" for factor in factors):
        yield Issue.error("library_spend_papers_missing", Location(file=where, column="spend"))
    if papers.kind == "secondhand" and papers.default:
        yield Issue.error("library_second_hand_default", Location(file=where, column="default"))


def _check_validity(library: Library, places: Mapping[str, Location]) -> Iterator[Issue]:
    """Two factors of one name may not be valid on one day: which of them counts would be a guess."""
    for factors in library._by_key.values():
        spans = sorted((*library.validity(factor), factor.id) for factor in factors)
        for (_, before_end, before), (start, _, ident) in pairwise(spans):
            if start <= before_end:
                yield Issue.error("factor_validity_overlaps", places[ident], factor=ident, other=before)
    for factor in library.factors.values():
        if factor.second_hand and factor.second_hand.valid_to < factor.second_hand.valid_from:
            yield Issue.error("library_validity_reversed", places[factor.id])


def load_library(folder: Path) -> Library:
    """Load a library folder.

    Raises:
        CatalogueError: a file, a paper or a column is missing, a key is unknown, or a rule is broken.
    """
    for name in ("library.toml", "factors.csv"):
        if not (folder / name).is_file():
            raise CatalogueError.of("library_file_missing", Location(file=f"{folder.name}/{name}"))
    papers = load(LibraryPapers, folder / "library.toml")
    if papers.id != folder.name:
        where = Location(f"{folder.name}/library.toml", column="id")
        raise CatalogueError.of("library_folder_differs", where, id=papers.id, folder=folder.name)
    return build_library(papers, _read_rows(folder / "factors.csv", papers))


def library_files(library: Library) -> dict[str, bytes]:
    """Return the files of a library by name; the same library gives the same bytes everywhere."""
    return {"library.toml": library.papers.to_toml(), "factors.csv": _csv(library)}


def write_library(library: Library, folder: Path) -> None:
    """Write a library to a folder that does not exist yet.

    Raises:
        StoreError: `already_stored` when the folder exists: an edition is never edited.
    """
    with writing_aside(folder.parent) as aside:
        for name, data in library_files(library).items():
            disk.write_bytes(aside / name, data)
        keep(aside, folder.name)


def _columns(papers: LibraryPapers, more: Iterable[str]) -> tuple[str, ...]:
    columns = SECOND_HAND_COLUMNS if papers.kind == "secondhand" else COLUMNS
    return (*columns, *(name for name in MORE_COLUMNS if name in more))


def _said(factor: Factor) -> dict[str, Any]:
    """Return what a factor says; a column that is not filled says nothing, so that older libraries keep their hash."""
    return factor.model_dump(mode="json", exclude={name for name in MORE_COLUMNS if not getattr(factor, name)})


def _read_rows(path: Path, papers: LibraryPapers) -> Iterator[tuple[Location, Factor]]:
    data = path.read_bytes()
    more = data.partition(b"\n")[0].decode(errors="replace").strip().split(",")[len(COLUMNS) :]
    for where, cells in read_table(data, f"{papers.id}/{path.name}", _columns(papers, more)):
        yield where, _factor(cells, where)


def _factor(cells: dict[str, str], where: Location) -> Factor:
    data: dict[str, Any] = {k: v for k, v in cells.items() if k in COLUMNS and (v or k in _MAY_BE_EMPTY)}
    if split := cells.pop(SPLIT_COLUMN, ""):
        data["gases"] = read_split(split)
    data |= {name: cell for name in ("uncertainty", *SPEND_COLUMNS) if (cell := cells.pop(name, ""))}
    data["memo"] = dict(part.partition("=")[::2] for part in cells["memo"].split(";") if part)
    extra: dict[str, Any] = {k: v for k, v in cells.items() if k not in COLUMNS}
    if extra:
        note = {"nl": extra.pop("note_nl"), "en": extra.pop("note_en")}
        data["second_hand"] = {**extra, "sources": extra["sources"].split(" ; "), "note": note}
    return validate_row(Factor, data, where)


def _csv(library: Library) -> bytes:
    more = [name for name in MORE_COLUMNS if any(getattr(factor, name) for factor in library.factors.values())]
    columns = _columns(library.papers, more)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for factor in library.factors.values():
        cells = {name: _cell(getattr(factor, name)) for name in COLUMNS}
        if factor.second_hand is not None:
            papers = factor.second_hand
            cells |= {name: _cell(getattr(papers, name, None)) for name in SECOND_HAND_COLUMNS[len(COLUMNS) :]}
            cells |= {"note_nl": papers.note.nl, "note_en": papers.note.en}
        cells |= {name: _cell(getattr(factor, name)) for name in ("uncertainty", *SPEND_COLUMNS)}
        cells[SPLIT_COLUMN] = write_split(factor.gases)
        writer.writerow([cells[name] for name in columns])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return " ; ".join(value)
    if isinstance(value, dict):
        return ";".join(f"{name}={format(part, 'f')}" for name, part in sorted(value.items()))
    return str(value)
