"""Gathering what a report is about from a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from trede.analysis.findings import Finding
from trede.catalogue.standards import standards
from trede.engine.runs import Run
from trede.inventory.completeness import source_status
from trede.inventory.coverage import coverage
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.disk import new_file
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.kernel.issues import Issue
from trede.organisation.decisions import ExcludeUnmatched, NoDoubleCount
from trede.organisation.materiality import CategoryState, Materiality
from trede.report.build import build
from trede.report.document import Document
from trede.report.matter import BaseYearMatter, Covered, Doubt, Matter
from trede.report.pdf import to_pdf
from trede.report.workbook import to_workbook
from trede.workspace.attaching import attachments
from trede.workspace.base_year import base_year_state
from trede.workspace.comparing import compare
from trede.workspace.findings import Credits, at_stake, covered_amounts, credits_of, open_findings, with_credits
from trede.workspace.materiality import categories_of, materiality
from trede.workspace.running import freshness
from trede.workspace.workspace import Workspace

RESTS_ON = (
    "organisation", "decisions", "batches", "libraries", "runs", "publications", "models", "estimates",
)  # fmt: skip
"""Folders of which a report tells."""

Tell = Callable[[Sequence[Issue]], Sequence[str]]
"""How a shell turns issues into sentences."""

SAID = ExcludeUnmatched | NoDoubleCount | CategoryState | Materiality
"""Decisions that the report tells whatever it is about: no figure rests on them."""


def report_key(workspace: Workspace, runs: Sequence[str], language: str) -> str:
    """Return a name for the report of some runs as it would be made now: it tells of decisions, files and open points too.

    Args:
        runs: ids of runs, the earliest first.
    """
    return sha256(canonical_json([version("trede"), language, [*runs], workspace.layout.names(RESTS_ON)]))[:SHORT]


def make_report(workspace: Workspace, names: Sequence[str], language: str, tell: Tell) -> Document:
    """Make the report of one or more runs.

    Args:
        names: runs by id or period; the same run named twice counts once.
        language: `nl` or `en`.

    Raises:
        StoreError: `run_unknown`, `run_ambiguous`, or `batch_unknown` when a batch is gone.
        RunError: `bridge_run_differs` when a run's batches do not give its amounts any more.
    """
    return build(gather(workspace, names, tell), language)


def write_report(document: Document, *, pdf: Path | None = None, xlsx: Path | None = None) -> list[Path]:
    """Write a report as PDF, as a workbook, or both; each file appears whole or not at all.

    Returns:
        The files that were written.

    Raises:
        StoreError: `report_exists`; then nothing is written.
    """
    wanted: list[tuple[Path | None, Callable[[Document], bytes]]] = [(pdf, to_pdf), (xlsx, to_workbook)]
    targets = [(path, render) for path, render in wanted if path is not None]
    for path, _ in targets:
        if path.exists():
            raise StoreError.of("report_exists", path=str(path))
    for path, content in [(path, render(document)) for path, render in targets]:
        new_file(path, content)
    return [path for path, _ in targets]


def gather(workspace: Workspace, names: Sequence[str], tell: Tell) -> Matter:
    """Return what the report of some runs is about, the earliest period first."""
    runs = {run.id: run for run in (workspace.find_run(name) for name in names)}
    ordered = sorted(runs.values(), key=lambda run: (run.period, run.made["made_at"], run.id))
    covered = [_cover(workspace, run, tell) for run in ordered]
    batches = {batch.id: batch for each in covered for batch in each.batches}
    resting = {entry["id"] for run in ordered for entry in run.spec["decisions"]}
    resting |= {source.said.id for each in covered for source in each.sources if source.said}
    resting |= {r.id for r in workspace.decisions.in_force() if isinstance(r.decision, SAID)}
    resting |= {ident for batch in batches.values() for ident in batch.facts["decisions"]}
    return Matter(
        organisation=workspace.organisation,
        runs=covered,
        libraries=workspace.libraries,
        decisions=[r for r in workspace.decisions.all() if resting.intersection((r.id, r.content))],
        bridge=compare(workspace, ordered[0].id, ordered[-1].id) if len(ordered) > 1 else None,
        rows_told=[text for batch in batches.values() for text in tell(batch.problems())],
        base_year=_base_year(workspace),
        materiality=materiality(workspace),
        attached=[a.recorded for a in attachments(workspace) if any(map(a.proves, batches.values()))],
    )


def _base_year(workspace: Workspace) -> BaseYearMatter | None:
    state = base_year_state(workspace)
    if state is None:
        return None
    later = state.later.id if state.later else ""
    return BaseYearMatter(state.recorded, state.policy, state.published, later, state.assessments)


def _cover(workspace: Workspace, run: Run, tell: Tell) -> Covered:
    batches = [workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    decisions = workspace.decisions.in_force()
    unmatched = sort_unmatched(run.table("unmatched"), decisions)
    published = workspace.publications.of_run(run.id)
    fresh = freshness(workspace, run)
    credits = credits_of(workspace)
    return Covered(
        run=run,
        batches=batches,
        sources=source_status(workspace.organisation, batches, run.period, decisions),
        coverage=coverage(workspace.organisation, batches, run.period),
        stale=fresh == "stale",
        older=fresh == "older-version",
        told=tell(run.issues),
        doubts=[_doubt(run, finding, credits) for finding in open_findings(workspace, run.period)],
        unmatched=unmatched.count,
        published=published[-1] if published else None,
        history=workspace.publications_of(str(run.period)),
        categories=categories_of(workspace, run),
        held_by_others=covered_amounts(run) if run.table("covered").num_rows else {},
        known=workspace.known_of(run.spec),
    )


def _doubt(run: Run, finding: Finding, credits: Credits) -> Doubt:
    standard = next(iter(standards().values()))
    mg = at_stake(run, with_credits(finding.records, credits, finding.beside))[standard.id, standard.bases[0]]
    return Doubt(finding.id, finding.code, finding.period, len(finding.records), mg)
