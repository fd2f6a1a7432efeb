"""Batches as pages show them: the four fates that add up to the file, what is wrong in words, the rows as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.cli.intake import with_reasons
from trede.kernel.addresses import Address
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue
from trede.workspace import Workspace
from trede_web.bridge.evidence.originals import removal_of
from trede_web.bridge.evidence.viewer import Proof, proofs_of_batch
from trede_web.bridge.intake.credits import Candidate, candidates_of
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.activity.batches import Batch

FATES = ("accepted", "set_aside", "held", "rejected")
SETTINGS = ("sheet", "encoding", "delimiter", "decimal", "header_row", "dates")
LISTED = 200
"""Rows of one kind that a page lists at once; the file to download has all."""


@dataclass(frozen=True)
class Stretch:
    """Which rows of a kind are listed, of how many, and where the ones before and after begin."""

    first: int
    last: int
    count: int

    @property
    def before(self) -> int | None:
        """Where the rows before begin; None when there are none."""
        return max(1, self.first - LISTED) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """Where the rows after begin; None when there are none."""
        return self.last + 1 if self.last < self.count else None


@dataclass(frozen=True)
class BatchLine:
    """A batch in a list."""

    id: str
    file: str
    source: str
    made: str
    counts: dict[str, int]
    whole: int
    active: bool
    profile: str


@dataclass(frozen=True)
class RowShown:
    """A row, or a cell of a cross-tab, that waits or was rejected."""

    address: str
    reason: str
    cells: list[str]
    marked: int | None
    """The index of the cell that is meant."""
    picked: bool = False
    """Whether it is chosen until a person chooses otherwise."""
    candidates: list[Candidate] | None = None
    """Of a credit that waits: what it may be a credit of."""
    of: str = ""
    """What it is proposed to be a credit of: the only candidate."""


@dataclass(frozen=True)
class Kind:
    """All rows with the same problem."""

    code: str
    fate: str
    count: int
    example: str


@dataclass(frozen=True)
class BatchPage:
    """Everything on the page of a batch."""

    line: BatchLine
    in_cells: bool
    file_id: str
    removed: str
    """When, by whom and why the original was removed on request; nothing when it is there."""
    settings: list[tuple[str, str]]
    controls: list[tuple[str, bool]]
    kinds: list[Kind]
    headings: list[str]
    held: list[RowShown]
    rejected: list[RowShown]
    proofs: list[Proof]
    stretches: dict[str, Stretch]
    """By fate: which rows are listed."""
    reason: str = ""
    """What was written as the reason of a decision that could not be taken."""

    @property
    def has_credits(self) -> bool:
        """Whether a row is listed that waits until somebody says what it credits."""
        return any(row.candidates is not None for row in self.held)


def batch_lines(workspace: Workspace) -> list[BatchLine]:
    """Return all batches, the newest first."""
    active = {batch.id for batch in workspace.active_batches()}
    return [_line(batch, active) for batch in reversed(workspace.batches())]


def profiles(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the saved profiles: id and title."""
    return [(profile.id, profile.title) for profile in workspace.profiles().values()]


def batch_page(
    workspace: Workspace, ident: str, voice: Voice, begins: Mapping[str, int] = MappingProxyType({})
) -> BatchPage:
    """Return the page of a batch.

    Args:
        begins: by fate, the first row to list, counted from 1 in the order of the file; past the end it is the first of all.

    Raises:
        TredeError: `batch_unknown` or `batch_ambiguous`.
    """
    batch = workspace.batch_store.get(ident)
    active = {each.id for each in workspace.active_batches()}
    waiting, headings = batch.rows("held", "rejected"), batch.headings()
    stretches = {fate: _stretch(batch.counts[fate], begins.get(fate, 1)) for fate in ("held", "rejected")}
    return BatchPage(
        line=_line(batch, active), in_cells=batch.in_cells, file_id=batch.file_sha256,
        removed=removal_of(workspace, batch.file_sha256, voice), settings=_settings(batch, voice),
        controls=_controls(batch, voice), kinds=_kinds(batch, waiting, voice), headings=headings,
        held=_listed(batch, waiting, "held", headings, voice, stretches["held"]),
        rejected=_listed(batch, waiting, "rejected", headings, voice, stretches["rejected"]),
        proofs=proofs_of_batch(workspace, batch.id), stretches=stretches,
    )  # fmt: skip


@dataclass(frozen=True)
class RowTold:
    """A row, or a cell of a cross-tab, with its fate and, when it waits or was rejected, why."""

    address: str
    fate: str
    code: str
    reason: str
    cells: list[str]
    candidates: list[str]
    """Of a credit that waits: the documents or records that it may be a credit of."""


def rows_page(
    workspace: Workspace, ident: str, fate: str, begin: int, limit: int, voice: Voice
) -> tuple[list[RowTold], bool]:
    """Return some rows of a fate in the order of the file, and whether there are more behind them.

    Args:
        begin: how many of them to pass over.

    Raises:
        TredeError: `batch_unknown` or `batch_ambiguous`.
    """
    batch = workspace.batch_store.get(ident)
    found = batch.rows(fate)
    part = found.slice(begin, limit)
    issues = {issue.location.address: issue for issue in batch.problems_in(part)}
    rows = [
        RowTold(
            str(at), fate, row["code"] or "", voice.tell(issue) if issue else "", list(row["cells"]),
            [name for name, _ in candidates_of(issue) or ()],
        )
        for row in part.to_pylist()
        for at in [Address(row["row"], row["column_number"])]
        for issue in [issues.get(at)]
    ]  # fmt: skip
    return rows, begin + limit < found.num_rows


def rows_csv(workspace: Workspace, ident: str, fate: str, voice: Voice) -> tuple[str, bytes]:
    """Return the rows of a fate as CSV, with the row and the reason in columns behind them, and a name for the file.

    Raises:
        TredeError: `batch_unknown` or `batch_ambiguous`.
    """
    batch = workspace.batch_store.get(ident)
    stem = batch.file_name.rpartition(".")[0] or batch.file_name
    return f"{stem}-{voice.word('fate.' + fate)}.csv", csv_bytes(with_reasons(batch, batch.rows(fate), voice))


def _line(batch: Batch, active: set[str]) -> BatchLine:
    counts = batch.counts
    return BatchLine(
        id=batch.id, file=batch.origin, source=batch.source, made=str(batch.made["made_at"])[:10],
        counts={fate: counts[fate] for fate in FATES}, whole=sum(counts.values()), active=batch.id in active,
        profile=str(batch.made.get("profile_title") or batch.facts["profile_id"]),
    )  # fmt: skip


def _kinds(batch: Batch, rows: pa.Table, voice: Voice) -> list[Kind]:
    """Return the problems that rows have, the most frequent first, each as the first of its rows has it."""
    numbered = rows.select(["code", "fate"]).append_column("at", pa.array(range(rows.num_rows), pa.int64()))
    coded = numbered.filter(pc.is_valid(numbered["code"]))
    counted = coded.group_by(["code", "fate"]).aggregate([("at", "count"), ("at", "min")])
    found = counted.sort_by([("at_count", "descending"), ("at_min", "ascending")]).to_pylist()
    first = batch.problems_in(rows.take(pa.array([each["at_min"] for each in found], pa.int64())))
    return [
        Kind(each["code"], each["fate"], each["at_count"], voice.tell(issue))
        for each, issue in zip(found, first, strict=True)
    ]


def _stretch(count: int, begin: int) -> Stretch:
    first = begin if 1 <= begin <= count else min(1, count)
    return Stretch(first, min(count, first + LISTED - 1), count)


def _listed(
    batch: Batch, rows: pa.Table, fate: str, headings: list[str], voice: Voice, listed: Stretch
) -> list[RowShown]:
    """Return some rows of a fate, with the reason of each."""
    part = rows.filter(pc.equal(rows["fate"], fate)).slice(max(0, listed.first - 1), LISTED)
    issues = {issue.location.address: issue for issue in batch.problems_in(part)}
    return [
        _row(at, row, issues.get(at), headings, voice)
        for row in part.to_pylist()
        for at in [Address(row["row"], row["column_number"])]
    ]


def _row(at: Address, row: dict[str, Any], issue: Issue | None, headings: list[str], voice: Voice) -> RowShown:
    marked = headings.index(row["column"]) if row["column"] in headings else None
    reason = voice.tell(issue) if issue else ""
    candidates = candidates_of(issue)
    of = candidates[0][0] if candidates and len(candidates) == 1 else ""
    picked = row["fate"] == "held" and (candidates is None or bool(of))
    return RowShown(str(at), reason, list(row["cells"]), marked, picked, candidates, of)


def _settings(batch: Batch, voice: Voice) -> list[tuple[str, str]]:
    shown = {"\t": "tab", None: "–"}
    dialect = batch.facts["dialect"]
    return [
        (voice.say(f"setting.{name}"), str(shown.get(choice["value"], choice["value"])))
        for name in SETTINGS
        if (choice := dialect.get(name))
    ]


def _controls(batch: Batch, voice: Voice) -> list[tuple[str, bool]]:
    return [
        (
            voice.say(
                f"control.{control.get('what', 'total')}.{control['status']}", rows=control["unreadable"],
                **{name: voice.number(control[name]) for name in ("stated", "computed", "difference")},
            ),
            control["status"] == "agrees",
        )
        for control in batch.facts["controls"]
    ]  # fmt: skip
