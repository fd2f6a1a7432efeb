"""Publishing: a footprint that is complete, or whose gaps somebody accounted for, is made public and stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version

import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.catalogue.gwp import DEFAULT_GWP, gwp_set
from trede.engine.runs import Run
from trede.inventory.categories import category_views
from trede.inventory.completeness import SourceStatus, source_status
from trede.inventory.coverage import Coverage, coverage, with_gaps
from trede.inventory.days import days_of
from trede.inventory.publication import (
    CategoryKept,
    LeftOut,
    MissingMonths,
    Publication,
    Published,
    Source,
    contents_of,
    totals_of,
)
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.errors import StoreError
from trede.kernel.issues import Issue, Location, Severity
from trede.kernel.periods import Period
from trede.organisation.decisions import SourceState
from trede.workspace.correcting import loose_corrections
from trede.workspace.findings import open_findings
from trede.workspace.running import catalogue_hashes, freshness
from trede.workspace.sampling import outdated_samples
from trede.workspace.store import Store
from trede.workspace.workspace import Workspace

STANDING_ERRORS = frozenset({"below_zero", "certificates_credit_without_claim"})
"""Errors that a run has beside its unmatched records: amounts are in it that cannot be."""


def require_undelivered(workspace: Workspace, decision: SourceState) -> None:
    """Test that a decision that a source delivers nothing can be true.

    Raises:
        StoreError: `source_unknown`, or `source_has_delivered` when records of that year are in.
    """
    known = {source.id for source in workspace.organisation.source}
    if decision.source not in known:
        raise StoreError.of("source_unknown", source=decision.source, known=sorted(known))
    for found in source_status(workspace.organisation, workspace.active_batches(), Period.year(decision.year)):
        if found.source == decision.source and found.records:
            raise StoreError.of("source_has_delivered", source=found.name, year=decision.year, records=found.records)


def publish(
    workspace: Workspace, period: Period, reason: str, person: str, *, restates: bool = False, gwp: str = DEFAULT_GWP,
    incomplete: str = "",
) -> Published:  # fmt: skip
    """Publish the run that stands for today's data.

    Args:
        restates: publishes beside an earlier publication of this period; without it, there may be none.
        gwp: the GWP set of the run to publish.
        incomplete: why months without records of a source do not stand in the way; they are named in the publication.

    Raises:
        CatalogueError: `gwp_set_unknown`.
        StoreError: `publish_not_calculated`, `published_already`, `published_never`, `published_same`,
            `publish_nothing_missing`, or every obstacle that `obstacles` finds.
    """
    with workspace.writing():
        run = workspace.calculated_run(str(period), gwp_set(gwp).id)
        if run is None:
            raise StoreError.of("publish_not_calculated", period=str(period))
        earlier = workspace.publications_of(str(period))
        before = earlier[-1] if earlier else None
        if before is not None and before.publication.run == run.id:
            raise StoreError.of("published_same", period=str(period), run=run.id, publication=before.id)
        if before is not None and not restates:
            raise StoreError.of("published_already", period=str(period), publication=before.id)
        if before is None and restates:
            raise StoreError.of("published_never", period=str(period))
        missing = missing_months(workspace, period)
        if incomplete and not missing:
            raise StoreError.of("publish_nothing_missing", period=str(period))
        problems = list(obstacles(workspace, run, gwp, accepted=bool(incomplete)))
        if problems:
            raise StoreError(*problems)
        unmatched = sort_unmatched(run.table("unmatched"), workspace.decisions.in_force())
        publication = Publication(
            period=str(period), version=len(earlier) + 1, restates=before.id if before else None, run=run.id,
            gwp=run.gwp, content=contents_of(run.result), totals=totals_of(run),
            sources=tuple(Source.of(found) for found in register(workspace, period)),
            missing=tuple(MissingMonths.of(found) for found in missing), incomplete=incomplete or None,
            categories=kept_categories(workspace, run),
            left_out=tuple(LeftOut.of(found) for found in unmatched.excluded), trede=version("trede"),
            reason=reason, person=person, made_at=workspace.clock(),
        )  # fmt: skip
        return workspace.publications.record(publication)


def kept_categories(workspace: Workspace, run: Run) -> tuple[CategoryKept, ...]:
    """Return what was said of the categories of scope 3 that are not, or not wholly, in a run."""
    views = category_views(run, workspace.decisions.in_force())
    return tuple(CategoryKept.of(v) for v in views if v.decision and v.decision.relevance != "relevant")


def register(workspace: Workspace, period: Period) -> list[SourceStatus]:
    """Return the state of every source in each calendar year that a period touches."""
    batches, decisions = workspace.active_batches(), workspace.decisions.in_force()
    return [
        found
        for part in period.by_year()
        for found in source_status(workspace.organisation, batches, Period.year(part.start.year), decisions)
    ]


def missing_months(workspace: Workspace, period: Period) -> list[Coverage]:
    """Return the sources that delivered something in a period but not of every month, site by site."""
    return with_gaps(coverage(workspace.organisation, workspace.active_batches(), period))


def obstacles(
    workspace: Workspace, run: Run, gwp: str = DEFAULT_GWP, *, accepted: bool = False,
    doubles: Mapping[str, int] | None = None,
) -> Iterator[Issue]:  # fmt: skip
    """Yield everything that stands between a run and its publication, each with its remedy.

    Args:
        gwp: the GWP set that the publication is to have.
        accepted: months without records of a source were accounted for.
        doubles: per open finding of the run's period its number of records, when they were looked for already.
    """
    period = str(run.period)
    if run.spec["lists"] != "pins":
        yield Issue.error("publish_own_year", period=period, run=run.id)
    if run.gwp != gwp:
        yield Issue.error("publish_gwp", period=period, run=run.id, gwp=run.gwp, asked=gwp)
    match freshness(workspace, run):
        case "stale":
            yield Issue.error("publish_stale", period=period, run=run.id)
        case "older-version":
            yield Issue.error("publish_older_version", period=period, run=run.id)
    yield from _of_sources(workspace, run.period, accepted=accepted)
    if doubles is None:
        doubles = {finding.id: len(finding.records) for finding in open_findings(workspace, run.period)}
    for ident, records in doubles.items():
        yield Issue.error("publish_double_count", finding=ident, records=records, period=period)
    yield from _of_rows(workspace, run.period)
    for batch, record in loose_corrections(workspace):
        if _concerns(batch, run.period):
            yield Issue.error(
                "publish_correction_loose", Location(file=batch.file_name), batch=batch.id, record=record, period=period
            )
    for issue in outdated_samples(workspace, run.period):
        if issue.code == "sample_outdated":
            yield Issue.make(Severity.ERROR, issue.code, issue.location, issue.values)
    yield from (issue for issue in run.issues if issue.code in STANDING_ERRORS)
    for group in sort_unmatched(run.table("unmatched"), workspace.decisions.in_force()).left:
        yield Issue.error(
            "publish_unmatched", activity_type=group.activity_type, attributes=_text(group.attributes), year=group.year,
            count=group.records,
        )  # fmt: skip


def _of_sources(workspace: Workspace, period: Period, *, accepted: bool) -> Iterator[Issue]:
    sources = register(workspace, period)
    for found in sources:
        if found.status == "missing":
            yield Issue.error("publish_source_missing", source=found.name, id=found.source, year=found.period.name)
    yield from contradictions(sources)
    for each in () if accepted else missing_months(workspace, period):
        months = [f"{month:%Y-%m}" for month in each.gaps]
        yield Issue.error("publish_months_missing", source=each.name, site=each.site, months=months)


def _of_rows(workspace: Workspace, period: Period) -> Iterator[Issue]:
    for batch in workspace.active_batches():
        if not _concerns(batch, period):
            continue
        where = Location(file=batch.file_name)
        if batch.counts["held"]:
            yield Issue.error("publish_rows_held", where, count=batch.counts["held"], batch=batch.id)
        if batch.counts["rejected"]:
            yield Issue.error("publish_rows_rejected", where, count=batch.counts["rejected"], batch=batch.id)


def _text(attributes: str) -> str:
    return "; ".join(f"{name}={value}" for name, value in json.loads(attributes).items())


def contradictions(sources: Iterable[SourceStatus]) -> Iterator[Issue]:
    """Yield an issue for each source that delivered although somebody said that it would not."""
    for found in sources:
        if found.status == "contradicted" and found.said is not None:
            yield Issue.error(
                "source_contradicted", source=found.name, year=found.period.name, records=found.records,
                decision=found.said.id, person=found.said.decision.person,
            )  # fmt: skip


def _concerns(batch: Batch, period: Period) -> bool:
    """Whether rows of a batch without a certain date may belong to a period.

    A file reaches over the ends of the years that its records are in: it may be about every year from the one before its
    first record to the one after its last. A batch without records may be about any.
    """
    days = days_of(batch.records_path)
    if not days.num_rows:
        return True
    first: int = pc.min(days["start"]).as_py().year
    last: int = pc.max(days["end"]).as_py().year
    return first - 1 <= period.end.year and period.start.year <= last + 1


# -- afterwards


@dataclass(frozen=True)
class Proposal:
    """A later calculation of a published period: by how much it differs from what is published, under each total."""

    published: Published
    run: Run
    changes: dict[tuple[str, str], int]
    """(standard, basis) → milligrams more than published."""


def proposal(workspace: Workspace, period: str) -> Proposal | None:
    """Return what today's calculation of a published period would change, or None when it says the same."""
    publications = workspace.publications_of(period)
    if not publications:
        return None
    before = publications[-1].publication
    run = workspace.calculated_run(period, before.gwp or DEFAULT_GWP)
    if run is None or run.id == before.run:
        return None
    if contents_of(run.result) == before.content:
        return None
    now = {(total.standard, total.basis): total.mg for total in totals_of(run)}
    changes = {key: now[key] - total.mg for total in before.totals if (key := (total.standard, total.basis)) in now}
    return Proposal(publications[-1], run, changes)


def check_publication(store: Store, published: Published) -> list[Issue]:
    """Return an issue when the run of a publication is gone, has another content, or gives other totals.

    A run with a damaged file is left to the check of the runs themselves.
    When the standards of this version of Trede are others than the run's, other totals are a notice: what was published
    is the total in the publication.
    """
    publication = published.publication
    where = Location(file=f"runs/{publication.run}")
    if publication.run not in store.run_store.ids():
        return [Issue.error("published_run_missing", where, period=publication.period, run=publication.run)]
    if store.run_store.check_files(publication.run):
        return []
    run = store.run_store.get(publication.run)
    if contents_of(run.result) != publication.content or str(run.period) != publication.period:
        return [Issue.error("published_run_differs", where, publication=published.id)]
    same = run.spec["catalogue"]["standards"] == catalogue_hashes()["standards"]
    known = {(total.standard, total.basis): total for total in totals_of(run)}
    return [
        Issue.make(
            Severity.ERROR if same else Severity.NOTICE, "published_total_differs", where,
            {"publication": published.id, "standard": total.standard, "basis": total.basis, "published": str(total.mg)},
        )
        for total in publication.totals
        if total != known.get((total.standard, total.basis))
    ]  # fmt: skip
