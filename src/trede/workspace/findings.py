"""Double counts in a workspace: what is open, the tonnes at stake, and the two ways to settle it."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.analysis.findings import Finding, find_double_counts
from trede.catalogue.standards import standards
from trede.engine.activities import Input
from trede.engine.runs import Run
from trede.inventory.footprint import footprint
from trede.kernel.errors import TredeError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.kernel.periods import FIRST_YEAR, LAST_YEAR, Period
from trede.ledger.consolidating import consolidated
from trede.methods.known import Known
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import CoveredBy, NoDoubleCount
from trede.workspace.workspace import Workspace

Stake = Mapping[tuple[str, str], int]
"""(standard, basis) → milligrams CO2e."""


_EVER = Period(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))


@dataclass(frozen=True)
class Sought:
    """All that double counts are looked for in, as it stands at one moment. Looking reads all records of the batches."""

    inputs: tuple[Input, ...]
    covered: frozenset[str]
    kept: frozenset[tuple[str, str]]
    known: Known
    versions: tuple[str, ...]
    """The own models and estimates in `known`."""

    @property
    def key(self) -> str:
        """The same for the same batches, decisions and versions: the same double counts are found."""
        batches = [each.batch for each in self.inputs]
        return sha256(canonical_json([batches, sorted(self.covered), sorted(self.kept), list(self.versions)]))[:SHORT]

    def find(self) -> tuple[Finding, ...]:
        """Return the probable double counts that nobody settled, of all years: so a finding has the same id in each."""
        return _found(self)


def sought(workspace: Workspace) -> Sought:
    """Return what double counts are looked for in today."""
    covered: set[str] = set()
    kept: set[tuple[str, str]] = set()
    for recorded in workspace.decisions.in_force():
        match recorded.decision:
            case CoveredBy(records=records):
                covered.update(records)
            case NoDoubleCount(finding=code, records=records):
                kept.update((code, record) for record in records)
    inputs = tuple(Input(batch.id, batch.records_path) for batch in workspace.active_batches())
    return Sought(inputs, frozenset(covered), frozenset(kept), workspace.known(), workspace.known_versions())


def open_findings(workspace: Workspace, period: Period = _EVER) -> list[Finding]:
    """Return the probable double counts that touch a period and that nobody settled."""
    return [finding for finding in sought(workspace).find() if finding.period.overlap(period)]


@lru_cache(maxsize=4)
def _found(sought: Sought) -> tuple[Finding, ...]:
    """Look for double counts; the last answers stay in memory, for batches never change."""
    kinds = {activity.id: activity.kind for activity in sought.known.vocabulary.types.values()}
    with tempfile.TemporaryDirectory(prefix="trede-findings-") as folder:
        return tuple(
            find_double_counts(sought.inputs, _EVER, kinds, Path(folder), sought.covered, sought.kept, sought.known)
        )


def find_finding(workspace: Workspace, name: str) -> Finding:
    """Return an open finding by its id or a beginning of it.

    Raises:
        TredeError: `finding_unknown` or `finding_ambiguous`.
    """
    found = [finding for finding in open_findings(workspace) if finding.id.startswith(name)]
    if not found or not name:
        raise TredeError.of("finding_unknown", finding=name)
    if len(found) > 1:
        raise TredeError.of("finding_ambiguous", finding=name, found=[finding.id for finding in found])
    return found[0]


Credits = Mapping[str, frozenset[str]]
"""Record id → ids of the records that credit it."""


def credits_of(workspace: Workspace) -> Credits:
    """Return which records that count are credited, and by which.

    A credit names a document. It credits the records of that document and source with its activity type and attributes; when
    there are none, all records of the document. Where a source has no documents, a credit names the id of its record.
    """
    names = ["record_id", "activity_type", "attributes", "document", "credit_of"]
    found: dict[str, set[str]] = defaultdict(set)
    by_source: dict[str, list[pa.Table]] = defaultdict(list)
    for batch in workspace.active_batches():
        by_source[batch.source].append(batch.records(*names))
    for tables in by_source.values():
        records = pa.concat_tables(tables)
        credits = records.filter(pc.is_valid(records["credit_of"])).to_pylist()
        named = pa.array(sorted({credit["credit_of"] for credit in credits}), pa.string())
        by_name = pc.or_kleene(
            *(pc.is_in(records[name], value_set=named, skip_nulls=True) for name in ("document", "record_id"))
        )
        of_document: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in records.filter(by_name).to_pylist() if credits else ():
            for name in filter(None, (row["document"], row["record_id"])):
                of_document[name].append(row)
        for credit in credits:
            rows = [row for row in of_document[credit["credit_of"]] if row["record_id"] != credit["record_id"]]
            alike = [row for row in rows if all(row[n] == credit[n] for n in ("activity_type", "attributes"))]
            for row in alike or rows:
                found[row["record_id"]].add(credit["record_id"])
    return {record: frozenset(credits) for record, credits in found.items()}


def with_credits(records: Sequence[str], credits: Credits, by: Sequence[str] = ()) -> list[str]:
    """Return records, then those that credit them: what stops counting takes its credit along.

    A credit of one of the covering records (`by`) stays: of one invoice that is in twice, one remains, and so does its credit.
    """
    also = {credit for record in records for credit in credits.get(record, ())}
    also -= {credit for record in by for credit in credits.get(record, ())}
    return [*records, *sorted(also - set(records))]


def at_stake(run: Run, records: Collection[str]) -> Stake:
    """Return what records post in a run under each standard and basis: what a total would lose without them."""
    wanted = pc.is_in(pc.field("record_id"), value_set=pa.array(sorted(records), pa.string()))
    return _by_standard(pq.read_table(run.folder / "ledger.parquet", filters=wanted))


def stakes(run: Run, findings: Iterable[Finding], credits: Credits) -> dict[str, Stake]:
    """Return what is at stake in a run, with the credits, by the id of the finding: the ledger is read once for all of them."""
    wanted = {finding.id: with_credits(finding.records, credits, finding.beside) for finding in findings}
    every = pa.array(sorted({record for records in wanted.values() for record in records}), pa.string())
    rows = pq.read_table(run.folder / "ledger.parquet", filters=pc.is_in(pc.field("record_id"), value_set=every))
    places: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(rows["record_id"].to_pylist()):
        places[record].append(place)
    chosen = {ident: [at for record in records for at in places.get(record, ())] for ident, records in wanted.items()}
    return {ident: _by_standard(rows.take(pa.array(ats, pa.int64()))) for ident, ats in chosen.items()}


def covered_amounts(run: Run) -> Stake:
    """Return what a run's covered records would have posted under each standard and basis."""
    return _by_standard(run.table("covered"))


def _by_standard(rows: pa.Table) -> Stake:
    rows = consolidated(rows)
    return {
        (standard.id, basis): footprint(rows, standard, basis).total
        for standard in standards().values()
        for basis in standard.bases
    }


def cover_records(
    workspace: Workspace, records: Sequence[str], by: Sequence[str], reason: str, person: str, finding: str = ""
) -> Recorded:
    """Let records post nothing because others cover them, with the records that credit them. All stay visible in every run.

    Raises:
        TredeError: `covering_missing` when nothing is named that covers,
            `record_not_active` when one of them is in no batch that counts, `covered_by_itself`,
            `covering_is_covered` when what should cover is covered itself, or `covered_is_covering` when others are
            covered by what should be covered: then nothing would post.
    """
    if not (records and by):
        raise TredeError.of("covering_missing", records=list(records)[:5])
    _require_active(workspace, [*records, *by])
    records = with_credits(records, credits_of(workspace), by)
    if both := sorted(set(records) & set(by)):
        raise TredeError.of("covered_by_itself", records=both[:5])
    earlier = [r for r in workspace.decisions.in_force() if isinstance(r.decision, CoveredBy)]
    for recorded in earlier:
        assert isinstance(recorded.decision, CoveredBy)
        if chained := sorted(set(recorded.decision.records) & set(by)):
            raise TredeError.of("covering_is_covered", records=chained[:5], decision=recorded.id)
        if chained := sorted(set(recorded.decision.covered_by) & set(records)):
            raise TredeError.of("covered_is_covering", records=chained[:5], decision=recorded.id)
    return workspace.decide(
        CoveredBy(
            records=tuple(records), covered_by=tuple(by), finding=finding, reason=reason, person=person,
            made_at=workspace.clock(),
        )
    )  # fmt: skip


def find_record(workspace: Workspace, beginning: str) -> str:
    """Return the id of a record that counts, by a beginning of it.

    Raises:
        TredeError: `record_not_active`, or `record_ambiguous` without a run.
    """
    found: set[str] = set()
    for batch in workspace.active_batches():
        where = pc.starts_with(pc.field("record_id"), beginning)
        found.update(pq.read_table(batch.records_path, columns=["record_id"], filters=where)["record_id"].to_pylist())
    if not found or not beginning:
        raise TredeError.of("record_not_active", records=[beginning])
    if len(found) > 1:
        raise TredeError.of("record_ambiguous", record=beginning, found=sorted(found)[:5])
    return found.pop()


def keep_both(workspace: Workspace, finding: Finding, reason: str, person: str) -> Recorded:
    """Say that a finding is no double count."""
    return workspace.decide(
        NoDoubleCount(
            finding=finding.code, records=finding.records, reason=reason, person=person, made_at=workspace.clock()
        )
    )


def _require_active(workspace: Workspace, records: Sequence[str]) -> None:
    missing = set(records)
    for batch in workspace.active_batches():
        column = pq.read_table(batch.records_path, columns=["record_id"])["record_id"]
        missing -= set(column.filter(pc.is_in(column, value_set=pa.array(sorted(missing), pa.string()))).to_pylist())
    if missing:
        raise TredeError.of("record_not_active", records=sorted(missing)[:5])
