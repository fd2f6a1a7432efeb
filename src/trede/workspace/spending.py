"""Spend in a workspace: the file that says what codes mean, and what is still open, ranked by the money at stake."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.exchange import EURO, rate
from trede.catalogue.spending import CLASSIFICATIONS, OWN, canonical_code
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import COVERED_BY_OTHERS
from trede.engine.runs import Run
from trede.factors.spending import BY_CODE, NOT_BY_SPEND
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue, Location
from trede.organisation.decisions import Meaning

COLUMNS = ("classification", "code", "to_classification", "to_code", "category", "exclude")
"""The columns of a sector map; others, such as amounts, may stand beside them."""


def read_sector_map(data: bytes, name: str) -> tuple[Meaning, ...]:
    """Read a sector map: CSV with `;` or `,`, a row per code; rows that nobody filled in yet are passed over.

    Raises:
        CatalogueError: `table_unreadable`, `table_columns_differ`, or an issue per row that is wrong.
    """
    try:
        text = data.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError.of("table_unreadable", Location(file=name), detail=str(error)) from error
    found = list(rows[0]) if rows else []
    if not {"classification", "code"} <= set(found):
        raise CatalogueError.of("table_columns_differ", Location(name, 1), found=found, expected=list(COLUMNS))
    entries: dict[tuple[str, str], Meaning] = {}
    issues: list[Issue] = []
    for number, row in enumerate(rows, start=2):
        cells = {column: " ".join((row.get(column) or "").split()) for column in COLUMNS}
        if not cells["to_code"] and not cells["exclude"]:
            continue
        problems = list(_problems(cells, Location(name, number)))
        if not problems:
            entry = _entry(cells)
            key = entry.classification, entry.code.casefold()
            if entries.setdefault(key, entry) != entry:
                problems = [Issue.error("sector_map_code_twice", Location(name, number, "code"), value=entry.code)]
        issues += problems
    if issues:
        raise CatalogueError.from_issues(issues)
    if not entries:
        raise CatalogueError.of("sector_map_empty", Location(file=name))
    return tuple(entries.values())


def _problems(cells: Mapping[str, str], where: Location) -> Iterator[Issue]:
    """Yield what is wrong with a row: an unknown classification, code or category, or two meanings at once."""
    public = [known for known in CLASSIFICATIONS if known not in OWN]
    pairs = [("classification", "code", list(CLASSIFICATIONS))]
    if cells["to_code"]:
        pairs.append(("to_classification", "to_code", public))
    for classification, code, allowed in pairs:
        at = Location(where.file, where.row, classification)
        if cells[classification] not in allowed:
            facts = {"attribute": classification, "value": cells[classification]}
            yield Issue.error("attribute_value_unknown", at, **facts, allowed=allowed)
            continue
        try:
            canonical_code(cells[classification], cells[code])
        except TredeError as error:
            for issue in error.issues:
                yield Issue.error(issue.code, Location(where.file, where.row, code), **issue.values)
    if cells["to_code"] and cells["exclude"]:
        yield Issue.error("sector_map_row_unclear", where, value=cells["code"])
    categories = [value for value in vocabulary()["spend"].attributes["category"].values if value != BY_CODE]
    if cells["category"] and cells["category"] not in categories:
        at = Location(where.file, where.row, "category")
        facts = {"attribute": "category", "value": cells["category"]}
        yield Issue.error("attribute_value_unknown", at, **facts, allowed=categories)


def _entry(cells: Mapping[str, str]) -> Meaning:
    return Meaning(
        classification=cells["classification"],
        code=canonical_code(cells["classification"], cells["code"]),
        to_classification=cells["to_classification"] if cells["to_code"] else "",
        to_code=canonical_code(cells["to_classification"], cells["to_code"]) if cells["to_code"] else "",
        category=cells["category"],
        exclude=cells["exclude"],
    )


@dataclass
class Pile:
    """Lines of spend with one code that did not count for one reason: `euros` at the rate of each day, rounded to cents.

    `others` are amounts by currency for which there is no rate.
    """

    classification: str
    code: str
    problem: str
    records: int = 0
    euros: Decimal = Decimal(0)
    others: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Uncounted:
    """The spend of a run that did not count: what is `open`, and what is rightly `aside`; the largest amounts first."""

    open: Sequence[Pile]
    aside: Sequence[Pile]


def uncounted(run: Run) -> Uncounted:
    """Gather the spend of a run that posted nothing and that no better figure replaces."""
    table = run.table("unmatched")
    spend = [kind.id for kind in vocabulary().types.values() if kind.by_sector]
    wanted = pc.and_(
        pc.is_in(table["activity_type"], value_set=_texts(spend)), pc.not_equal(table["code"], COVERED_BY_OTHERS)
    )
    sums = (
        table.filter(wanted)
        .group_by(["attributes", "unit", "start", "code"])
        .aggregate([("quantity", "sum"), ("quantity", "count")])
    )
    piles: dict[tuple[str, str, str], Pile] = {}
    for row in sums.to_pylist():
        said = json.loads(row["attributes"])
        key = said["classification"], said["code"], row["code"]
        pile = piles.setdefault(key, Pile(*key))
        pile.records += row["quantity_count"]
        euros = in_euros(row["quantity_sum"], row["unit"], row["start"])
        if euros is None:
            pile.others[row["unit"]] = pile.others.get(row["unit"], Decimal(0)) + row["quantity_sum"]
        else:
            pile.euros += euros
    ranked = sorted(piles.values(), key=lambda pile: (-abs(pile.euros), pile.classification, pile.code, pile.problem))
    return Uncounted(
        [pile for pile in ranked if pile.problem not in NOT_BY_SPEND],
        [pile for pile in ranked if pile.problem in NOT_BY_SPEND],
    )


def to_fill_in(piles: Sequence[Pile]) -> bytes:
    """Return a sector map of open codes to be filled in, the largest amounts first."""
    head = [*COLUMNS, "records", "euros", "problem"]
    rows = [
        [pile.classification, pile.code, "", "", "", "", str(pile.records), f"{pile.euros:.2f}", pile.problem]
        for pile in piles
    ]
    return csv_bytes([head, *rows])


def _texts(values: Sequence[str]) -> pa.Array:
    return pa.array(values, pa.string())


def in_euros(amount: Decimal, currency: str, day: date) -> Decimal | None:
    """Return an amount in euros at the rate of a day; None where there is no rate."""
    try:
        return amount * rate(currency, EURO, day).value
    except TredeError:
        return None
