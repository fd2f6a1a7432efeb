"""Mapping the data rows of an opened file: every field read, every rule for one row applied."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.countries import find_country
from trede.catalogue.ratings import read_rating
from trede.catalogue.vocabulary import Vocabulary
from trede.intake import meaning, moments, rules
from trede.intake.cells import heading_fields, seeming_totals
from trede.intake.checking import ISO, attribute_names
from trede.intake.columns import Codes, Field, constant, required, translated
from trede.intake.comparing import compared
from trede.intake.dates import date_format
from trede.intake.fields import MAPPED, PERIOD_FIELDS, QUALITIES, READING_KINDS, TEXT_FIELDS
from trede.intake.figures import Figures, figures_of
from trede.intake.layout import Layout
from trede.intake.metering import differences
from trede.intake.multiplying import as_texts, multiplied, read_factor, too_large
from trede.intake.numbers import bare, read_numbers
from trede.intake.opening import Opened
from trede.intake.problems import Finding, Problem, shown
from trede.intake.profile import Column, Profile
from trede.intake.reader import Flags
from trede.intake.sides import net
from trede.intake.uncertain import read_uncertainty
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError
from trede.kernel.identity import pseudonym
from trede.kernel.issues import Issue, Location

_NEEDS_QUOTING = r'["\\\x00-\x1f]'


@dataclass(frozen=True)
class Mapped:
    """The data lines, by position from 0: fields, and what is wrong (`rejections`) or in doubt (`doubts`).

    `places` are the columns of the cells of a cross-tab (1 is column A). `stated` are the figures as they stand in the file,
    `quantity` what they come to. `asides` are rows that the profile leaves out and readings of meters that are no record of
    their own, `opening_rows` the rows of the readings that the others are counted from (0: none).
    """

    rows: Codes
    fields: Mapping[str, Field]
    quantity: pa.Array
    stated: pa.Array
    meaning: meaning.Meaning
    moments: moments.Moments
    rejections: list[Finding]
    doubts: list[Finding]
    places: Codes | None = None
    asides: list[Finding] = dataclass_field(default_factory=list)
    opening_rows: Codes | None = None
    figures: Figures | None = None

    def table(self, positions: Codes) -> pa.Table:
        """Return some data rows with the schema `MAPPED`."""
        codes = pa.array(self.meaning.codes[positions])
        columns = {
            "row": pa.array(self.rows[positions].astype(np.int32)),
            "activity_type": self.meaning.activity_type.take(codes),
            "attributes": self.meaning.attributes.take(codes),
            "quantity": self.quantity.take(pa.array(positions)),
            "unit": self.meaning.unit.take(codes),
            "start": moments.as_dates(self.moments.start[positions]),
            "end": moments.as_dates(self.moments.end[positions]),
            "custom": self._custom(positions),
            "inputs": self.figures.take(positions) if self.figures else pa.nulls(len(positions), pa.string()),
            "column_number": _numbers(self.places, positions),
            "opening_row": _numbers(self.opening_rows, positions),
        }
        for name in TEXT_FIELDS:
            found = self.fields.get(name)
            columns[name] = found.per_row(positions) if found else pa.nulls(len(positions), pa.string())
        uncertainty = self.fields.get("uncertainty")
        columns["uncertainty"] = uncertainty.per_row(positions) if uncertainty else pa.nulls(len(positions), pa.int32())
        return pa.table([columns[field.name] for field in MAPPED], schema=MAPPED)

    def _custom(self, positions: Codes) -> pa.Array:
        """Return the custom fields as canonical JSON, built column by column; null when all are empty."""
        parts = []
        for name in sorted(name for name in self.fields if name.startswith("custom.")):
            prefix = f",{json.dumps(name.removeprefix('custom.'), ensure_ascii=False)}:"
            values = _as_json(self.fields[name].values)
            whole = replace(self.fields[name], values=pc.binary_join_element_wise(prefix, values, ""))
            parts.append(pc.fill_null(whole.per_row(positions), ""))
        if not parts:
            return pa.nulls(len(positions), pa.string())
        joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*parts, ""), 1)
        objects = pc.binary_join_element_wise("{", joined, "}", "")
        return pc.if_else(pc.equal(joined, ""), None, objects)


def _numbers(values: Codes | None, positions: Codes) -> pa.Array:
    """Return numbers as a column, null for 0 and for none at all."""
    if values is None:
        return pa.nulls(len(positions), pa.int32())
    return pa.array(values[positions].astype(np.int32), mask=values[positions] == 0)


def _as_json(values: pa.Array) -> pa.Array:
    if pc.any(pc.match_substring_regex(values, _NEEDS_QUOTING)).as_py():
        texts = [None if v is None else json.dumps(v, ensure_ascii=False) for v in values.to_pylist()]
        return pa.array(texts, pa.string())
    return pc.binary_join_element_wise('"', values, '"', "")


def map_rows(
    opened: Opened,
    layout: Layout,
    profile: Profile,
    name: str,
    *,
    key: bytes,
    sites: Mapping[str, str] | None,
    entities: Mapping[str, str] | None,
    projects: Mapping[str, str] | None,
    departments: Mapping[str, str] | None,
    decisions: Mapping[Address, str],
    words: Vocabulary,
) -> Mapped:
    """Map the data rows, or the data cells of a cross-tab.

    Raises:
        IntakeError: a constant site, entity, project or department is unknown.
    """
    rows = layout.rows
    lookups = _lookups(sites, entities, projects, departments)
    read = {*opened.indices.values(), *(index for check in opened.checks for index in check)}
    read |= set() if opened.minus is None else {opened.minus}
    encoded = {index: opened.field(rows, index) for index in read}
    fields = _read_fields(opened, layout, profile, name, key, lookups, encoded)
    decimal = str(opened.dialect.decimal.value)
    amounts = fields["quantity"]
    amounts, texts, unread = _amounts(opened, amounts, encoded, decimal)
    fields["quantity"] = amounts
    stated = quantity = amounts.values.take(pa.array(amounts.codes))
    factor = fields.pop("factor", None)
    if factor is not None:
        factor = read_factor(factor, decimal if "factor" in profile.columns else ".")
        quantity = multiplied(quantity, factor)
        fields["custom.multiplied_by"] = as_texts(factor)
    meant = meaning.resolve(
        {f: v for f, v in fields.items() if f in (*attribute_names(words), "activity_type", "unit")}, len(rows), words
    )
    figures = figures_of(fields, meant, decimal, set(profile.columns))
    iso = date_format(ISO).read
    days = date_format(str(opened.dialect.dates.value)).read if opened.dialect.dates.value else iso
    when = moments.resolve(
        {f: v for f, v in fields.items() if f in PERIOD_FIELDS},
        {f: days if f in profile.columns else iso for f in ("date", "start", "end", "period")},
        opened.end_day,
    )
    copied = [v for f, v in fields.items() if f in (*TEXT_FIELDS, "uncertainty") or f.startswith("custom.")]
    rejections = [
        *meant.findings(),
        *figures.findings(),
        *amounts.findings(),
        *unread,
        *when.findings(),
        # A factor makes another unit of it.
        *(finding for text in texts if factor is None for finding in rules.other_units(text, meant)),
        *(finding for field in copied for finding in field.findings()),
        *rules.arithmetic([[encoded[index] for index in check] for check in opened.checks], profile.checks, decimal),
        *(factor.findings() if factor is not None else ()),
        *(too_large(stated, quantity, factor, amounts.heading) if factor is not None and not profile.readings else ()),
        *meant.without_factor(factor),
    ]
    # The other cells of a row that swallowed some are not its own: nothing is told of them.
    swallowed = _swallowed(opened, rows)
    swallowing = {finding.position for finding in swallowed}
    left_out = _left_out([(encoded[opened.indices[f]], column) for f, column in profile.columns.items()], swallowing)
    gone = {finding.position for finding in left_out}
    metering = None
    if profile.readings is not None:
        passed_over = _flags(len(rows), (*gone, *(finding.position for finding in (*swallowed, *rejections))))
        metering = differences(profile.readings, fields, stated, when, factor, rows + 1, decisions, passed_over)
        stated = quantity = metering.quantity
        when = metering.moments
        fields |= metering.custom
        rejections += metering.rejections
    rejections = [*swallowed, *(f for f in rejections if f.position not in swallowing | gone)]
    rejected = _flags(len(rows), (*gone, *(finding.position for finding in rejections)))
    doubts = [
        *rules.unnamed_credits(amounts, quantity, fields),
        *(metering.doubts if metering else rules.implausible(amounts, quantity, fields, profile.between)),
        *rules.duplicates([fields[f] for f in profile.unique.fields] if profile.unique else [], rejected, rows),
    ]
    doubts += seeming_totals(opened.records, layout) if layout.places is not None and len(rows) else []
    doubts = [finding for finding in doubts if not rejected[finding.position]]
    mapped = Mapped(
        rows + 1, fields, quantity, stated, meant, when, rejections, doubts, asides=left_out, figures=figures
    )
    if layout.places is not None:
        return replace(mapped, places=layout.places + 1)
    if metering is not None:
        return replace(mapped, asides=[*left_out, *metering.asides], opening_rows=metering.opening_rows)
    return mapped


def _amounts(
    opened: Opened, written: Field, encoded: Mapping[int, Field], decimal: str
) -> tuple[Field, list[Field], list[Finding]]:
    """Return the amounts as numbers, the columns that they are read from, and what is wrong with cells of the second of these."""
    if opened.minus is not None:
        taken = encoded[opened.minus]
        amounts, findings = net(written, taken, decimal)
        return amounts, [written, taken], findings
    values, problems = read_numbers(bare(pc.fill_null(written.values, "")), decimal)
    return replace(written, values=values, problems={**problems, **written.problems}), [written], []


def _flags(count: int, positions: Sequence[int]) -> Flags:
    """Return, by position, whether it is one of those."""
    flags = np.zeros(count, dtype=bool)
    flags[list(positions)] = True
    return flags


def _swallowed(opened: Opened, rows: Codes) -> list[Finding]:
    """Return the rows with a cell that swallowed others; only a file with a delimiter has them."""
    delimiter = opened.dialect.delimiter.value
    return list(rules.swallowed(opened.records, rows, opened.titles, str(delimiter))) if delimiter else []


def _left_out(columns: Sequence[tuple[Field, Column]], swallowing: Collection[int]) -> list[Finding]:
    """Return the rows that a column leaves out, but those that swallowed others."""
    found = [finding for cells, column in columns for finding in rules.left_out(cells, column)]
    return [finding for finding in found if finding.position not in swallowing]


def _read_fields(
    opened: Opened, layout: Layout, profile: Profile, name: str, key: bytes,
    lookups: Mapping[str, Callable[[str], str | Problem]], encoded: Mapping[int, Field],
) -> dict[str, Field]:  # fmt: skip
    """Return every field, from constants, columns and headings; `quantity` as the text that it has in the file."""
    rows = len(layout.rows)
    fields: dict[str, Field] = {}
    for field, value in profile.constants.items():
        known = lookups[field](value) if field in lookups else value
        if isinstance(known, Problem):
            where = Location(file=name, column=f"constants.{field}")
            raise IntakeError(Issue.error(known.code, where, **known.params))
        fields[field] = constant(known, rows)
    for field, column in profile.columns.items():
        found = translated(encoded[opened.indices[field]], column)
        if field in lookups:
            found = found.mapped(lookups[field])
        if column.personal:
            found = _pseudonyms(found, encoded[opened.indices[field]], key, field)
        fields[field] = required(found, optional=column.optional or column.minus is not None)
    if opened.spreading is not None and layout.places is not None:
        year = fields.pop("year", None) if opened.spreading.has_periods else None
        told = heading_fields(opened.spreading, layout.places, year)
        fields |= {f: v.mapped(lookups[f]) if f in lookups else v for f, v in told.items()}
        fields["quantity"] = opened.cells(None, layout.data)
    elif profile.readings is not None:
        fields["quantity"] = fields.pop("meter_reading")
    if "uncertainty" in fields:
        decimal = str(opened.dialect.decimal.value) if "uncertainty" in profile.columns else "."
        fields["uncertainty"] = read_uncertainty(fields["uncertainty"], decimal)
    return fields


def _lookups(
    sites: Mapping[str, str] | None, entities: Mapping[str, str] | None, projects: Mapping[str, str] | None,
    departments: Mapping[str, str] | None,
) -> dict[str, Callable[[str], str | Problem]]:  # fmt: skip
    """Return the readers of fields with known values; what the organisation does not describe is not tested."""
    found = {
        "quality": _one_of("quality_unknown", {quality: quality for quality in QUALITIES}, "allowed"),
        "reading_kind": _one_of("reading_kind_unknown", {kind: kind for kind in READING_KINDS}, "allowed"),
        "geography": _country,
        "rating": _rating,
    }
    if sites is not None:
        found["site"] = _one_of("site_unknown", sites, "known")
    if entities is not None:
        found["entity"] = _one_of("entity_unknown", entities, "known")
    if projects is not None:
        found["project"] = _one_of("project_unknown", projects, "known")
    if departments is not None:
        found["department"] = _one_of("department_unknown", departments, "known")
    return found


def _one_of(code: str, known: Mapping[str, str], listed: str) -> Callable[[str], str | Problem]:
    ids = {compared(name): ident for name, ident in known.items()}

    def read(text: str) -> str | Problem:
        return ids.get(compared(text)) or Problem(code, {"value": shown(text), listed: sorted(known)})

    return read


def _country(text: str) -> str | Problem:
    return find_country(text) or Problem("country_unknown", {"value": shown(text)})


def _rating(text: str) -> str | Problem:
    return read_rating(text) or Problem("rating_unreadable", {"value": shown(text)})


def _pseudonyms(field: Field, plain: Field, key: bytes, name: str) -> Field:
    """Replace every value by its pseudonym, in the problems too: the plain value goes no further."""
    done = field.mapped(lambda text: pseudonym(key, name, text))
    problems = {
        number: Problem(p.code, {**p.params, "value": pseudonym(key, name, str(p.params.get("value", "")))})
        for number, p in field.problems.items()
    }
    return replace(done, problems=problems)


def read_total(text: str, decimal: str) -> Decimal | Problem:
    """Read the quantity cell of a total row."""
    values, problems = read_numbers(pa.array([text], pa.string()), decimal)
    number = values[0].as_py()
    if problems or number is None:
        return problems.get(0, Problem("cell_empty", {}))
    return Decimal(number)
