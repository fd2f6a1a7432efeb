"""Extrapolating a sample: a declared design becomes records of the rest, which the ledger counts as any other.

Per stratum every group of sample records (type, attributes, unit, figures) has one record of the rest: what the sample has,
times the auxiliary of the rest ÷ that of the sample. So the population's total is the sample's records plus these, exactly.
They are worked out into a CSV file, a row for each, that is taken in like any file; the design is attached to it as evidence.
The same records and design give the same file: so it can be told at any time whether it still stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pyarrow as pa

from trede.activity.batches import Batch
from trede.activity.sample_design import SampleDesign, Stratum, load_design
from trede.analysis.sampling import Estimate, Pair, ratio_estimate
from trede.evidence.store import Evidence
from trede.intake.fields import QUANTITY
from trede.intake.profile import Column, Profile
from trede.intake.settings import FileSettings
from trede.intake.uncertain import LEAST, MOST
from trede.kernel.errors import TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location, Severity
from trede.kernel.periods import Period
from trede.kernel.quantities import QUANTUM
from trede.workspace.attaching import attach
from trede.workspace.importing import Imported, import_file
from trede.workspace.sampled import KEY, Sampled, gathered, misfits, sums
from trede.workspace.workspace import Workspace

PROFILE = "sample-design"
"""Id of the mapping of a worked-out file."""

DIGITS = 60
SMALL = 30
"""Units up to which the standard error of a ratio is a rough one (Cochran, chapter 6: large samples have more than 30)."""

_COPIED = ("activity_type", "unit", "geography", "entity", "department")
_WORKING = ("stratum", "sample_quantity", "sample_auxiliary", "rest_auxiliary", "design")
"""Columns that show the working, and the hash of the design: kept beside the record."""


@dataclass(frozen=True)
class Measure:
    """What a design says of one kind of quantity of one activity type in a stratum, in the kind's own unit.

    `estimate` is there for a stratum that was drawn at random or taken as a whole; `low` and `high` bound the total where a
    range is assumed.
    """

    stratum: Stratum
    activity_type: str
    unit: str
    sample: Decimal
    rest: Decimal
    estimate: Estimate | None
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """Sample and rest together."""
        return self.sample + self.rest

    @property
    def uncertainty(self) -> Decimal | None:
        """Half the 95 % interval of the rest, in percent of it, as records state it; None: unknown."""
        if self.estimate is None or self.estimate.half is None or not self.rest:
            return None
        percent = (self.estimate.half / abs(self.rest) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return max(percent, LEAST) if percent <= MOST else None


@dataclass(frozen=True)
class WorkedOut:
    """A design worked out: the rows of its file, the measures to show, and what is to be known of them."""

    design: SampleDesign
    rows: list[dict[str, str]]
    measures: list[Measure]
    issues: list[Issue] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The source that the rest stands under."""
        return f"sample-{self.design.id}"

    @property
    def file(self) -> bytes:
        """The file of the rest: CSV, a row per record, the same bytes each time."""
        names = list(dict.fromkeys(name for row in self.rows for name in row))
        return csv_bytes([names, *([row.get(name, "") for name in names] for row in self.rows)])

    @property
    def profile(self) -> Profile:
        """The mapping of the file."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        fields = {name: f"custom.{name}" if name in _WORKING else name for name in names}
        columns = {fields[name]: Column(header=(name,), optional=True) for name in names}
        settings = FileSettings(
            encoding="utf-8-sig", delimiter=";", decimal=".", dates="yyyy-mm-dd", end_day="included", header_row=1
        )
        return Profile(id=PROFILE, title=self.design.title, source=self.source, file=settings, columns=columns)


def read_design(workspace: Workspace, data: bytes, name: str) -> SampleDesign:
    """Read a design and test all of it that needs no records.

    Raises:
        CatalogueError: the design is not whole (`load_design`).
        TredeError: `activity_type_unknown`.
    """
    design = load_design(data, name)
    types = workspace.known().vocabulary.types
    unknown = [kind for kind in design.records.activity_types if kind not in types]
    if unknown:
        at = Location(file=name, column="records.activity_types")
        raise TredeError.of("activity_type_unknown", at, value=unknown[0], allowed=sorted(types))
    return design


def work_out(workspace: Workspace, data: bytes, name: str) -> WorkedOut:
    """Work a design out over the records that count today; nothing is stored.

    Args:
        data: the design (TOML).
        name: the file's name, to show.

    Raises:
        CatalogueError, TredeError: as of `read_design`, or the records do not fit the design.
    """
    design, where = read_design(workspace, data, name), Location(file=name)
    found = gathered(workspace, design)
    issues = [*misfits(found, where), *_shared(workspace, found, where)]
    if errors := [issue for issue in issues if issue.severity == "error"]:
        raise TredeError(*errors)
    measures = [measure for stratum in design.stratum for measure in _measures(design, stratum, found)]
    rows = list(_rows(design, found, measures, sha256(data)))
    if not rows:
        raise TredeError.of("sample_without_rest", where)
    return WorkedOut(design, rows, measures, [*issues, *_notices(design, measures, where)])


def extrapolate(workspace: Workspace, data: bytes, name: str, person: str) -> tuple[WorkedOut, Imported]:
    """Take in the records of the rest of a design, in the place of those that it gave before.

    Raises:
        CatalogueError, TredeError: as of `work_out`; `sample_rows_open` when a row was not accepted.
    """
    found = work_out(workspace, data, name)
    earlier = [batch.id for batch in extrapolated(workspace) if batch.source == found.source]
    file, target = found.file, f"{found.source}.csv"
    again = any(batch.file_sha256 == sha256(file) for batch in extrapolated(workspace))
    with workspace.writing():
        workspace.evidence.keep(data, name)
    imported = import_file(
        workspace, file, target, found.profile, replaces=earlier[0] if earlier and not again else None
    )
    attach(workspace, data, name, f"batch:{imported.batch.id}", person=person)
    counts = imported.batch.counts
    if counts["held"] or counts["rejected"]:
        raise TredeError.of(
            "sample_rows_open", Location(file=target), count=counts["held"] + counts["rejected"],
            batch=imported.batch.id,
        )  # fmt: skip
    return found, imported


def extrapolated(workspace: Workspace) -> list[Batch]:
    """Return the batches in force that hold the rest of a sample."""
    return [batch for batch in workspace.active_batches() if batch.facts["profile_id"] == PROFILE]


def outdated_samples(workspace: Workspace, period: Period | None = None) -> list[Issue]:
    """Return a warning for each extrapolation that would come out otherwise today: its sample or its design changed.

    Args:
        period: only those whose records touch it.

    Returns:
        `sample_outdated`, and as warnings what is in the way when the design does not fit its records any more, or what
        there is to know of it still.
    """
    issues = []
    for batch in extrapolated(workspace):
        records = batch.records()
        if period is not None:
            days = zip(records["start"].to_pylist(), records["end"].to_pylist(), strict=True)
            if not any(start <= period.end and end >= period.start for start, end in days):
                continue
        try:
            design = _design_of(workspace, records)
            now = work_out(workspace, design.read(), design.name)
            same, reasons = sha256(now.file) == batch.file_sha256, now.issues
        except TredeError as error:
            same, reasons = False, list(error.issues)
        if not same:
            issues.append(Issue.warning("sample_outdated", Location(file=batch.file_name), batch=batch.id))
        told = [issue for issue in reasons if issue.severity != "notice"]
        issues += [Issue.make(Severity.WARNING, issue.code, issue.location, issue.values) for issue in told]
    return issues


def _design_of(workspace: Workspace, records: pa.Table) -> Evidence:
    """Return the design that a batch was worked out from."""
    return workspace.evidence.get(json.loads(records["custom"][0].as_py())["design"])


def _shared(workspace: Workspace, found: Sampled, where: Location) -> Iterator[Issue]:
    """Yield an error for each other design that extrapolates some of the same records: their rest would count twice."""
    for batch in extrapolated(workspace):
        evidence = _design_of(workspace, batch.records())
        other = load_design(evidence.read(), evidence.name)
        if other.id != found.design.id:
            both = found.records.keys() & gathered(workspace, other).records.keys()
            if both:
                yield Issue.error("sample_records_twice", where, count=len(both), other=other.id)


def _notices(design: SampleDesign, measures: Sequence[Measure], where: Location) -> Iterator[Issue]:
    """Yield what the reader of an interval has to know."""
    for stratum in design.stratum:
        if stratum.drawn in ("cut-off", "convenience"):
            yield Issue.notice("sample_without_interval", where, stratum=stratum.id)
        if stratum.drawn != "random" or stratum.n == stratum.size:
            continue
        if stratum.n == 1:
            yield Issue.warning("sample_of_one", where, stratum=stratum.id)
        elif design.auxiliary is not None and stratum.n <= SMALL:
            yield Issue.notice("sample_small", where, stratum=stratum.id, count=stratum.n, limit=SMALL)
    for measure in measures:
        known = measure.estimate is not None and measure.estimate.half is not None
        if known and measure.rest and measure.uncertainty is None:
            facts = {"stratum": measure.stratum.id, "type": measure.activity_type, "limit": str(MOST)}
            yield Issue.warning("sample_interval_wide", where, **facts)


def _rest(design: SampleDesign, stratum: Stratum, amount: Decimal) -> Decimal:
    """Return what the rest has when its sample has an amount, rounded once at a millionth."""
    with localcontext() as context:
        context.prec = DIGITS
        part = design.sample(stratum)
        return (amount * (design.population(stratum) - part) / part).quantize(QUANTUM, ROUND_HALF_UP)


def _measures(design: SampleDesign, stratum: Stratum, found: Sampled) -> Iterator[Measure]:
    """Yield what a stratum comes to, by activity type, in the unit of its kind (of units that are apart, in each)."""
    for (of, (kind, unit)), amounts in sorted(found.posted.items()):
        if of == stratum.id:
            sample = sum(amounts.values(), Decimal(0))
            rest = _rest(design, stratum, sample)
            estimate = None
            if stratum.drawn in ("random", "all"):
                pairs = _pairs(stratum, amounts)
                estimate = ratio_estimate(pairs, stratum.size, design.population(stratum))
            yield Measure(stratum, kind, unit, sample, rest, estimate, *_bounds(stratum, sample, rest))


def _bounds(stratum: Stratum, sample: Decimal, rest: Decimal) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Return what sample and rest may be together by an assumed range."""
    assumed = stratum.range
    return (sample + rest * assumed.low, sample + rest * assumed.high) if assumed else (None, None)


def _pairs(stratum: Stratum, amounts: Mapping[str, Decimal]) -> list[Pair]:
    """Return amount and auxiliary of each unit of a sample; one without records has an amount of zero."""
    one, none = Decimal(1), Decimal(0)
    if stratum.units:
        return [(amounts.get(name, none), one if x is None else x) for name, x in stratum.units.items()]
    return [(amount, one) for amount in amounts.values()] + [(none, one)] * (stratum.n - len(amounts))


def _rows(design: SampleDesign, found: Sampled, measures: Sequence[Measure], digest: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the file by column."""
    said = {(m.stratum.id, (m.activity_type, m.unit)): m.uncertainty for m in measures}
    for stratum in design.stratum:
        part, whole = design.sample(stratum), design.population(stratum)
        for key, amount in sorted(sums(found.amounts.get(stratum.id, {})).items(), key=repr):
            rest = _rest(design, stratum, amount)
            if not rest:
                continue
            told = dict(zip(KEY, key, strict=True))
            errors = [said[stratum.id, counted] for counted in found.counted[stratum.id, key]]
            known = [error for error in errors if error is not None]
            uncertainty = max(known) if known and len(known) == len(errors) else None  # of several the widest
            yield {
                "stratum": stratum.id,
                **{name: told[name] or "" for name in _COPIED},
                **json.loads(told["attributes"] or "{}"),
                **{name: _six(Decimal(text)) for name, text in json.loads(told["inputs"] or "{}").items()},
                "sample_quantity": _six(amount),
                "sample_auxiliary": f"{part:f}",
                "rest_auxiliary": f"{whole - part:f}",
                "quantity": _six(rest),
                "start": str(told["start"] or design.start),
                "end": str(told["end"] or design.end),
                "quality": "extrapolated",
                "uncertainty": "" if uncertainty is None else f"{uncertainty:f}",
                "sample": f"{design.id}:{stratum.id}",
                "note": design.title,
                "design": digest,
            }


def _six(number: Decimal) -> str:
    """Write a number with six decimals, so that no reader can take its sign for one of thousands."""
    return f"{pa.scalar(number, QUANTITY).as_py():f}"
