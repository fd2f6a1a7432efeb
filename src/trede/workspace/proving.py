"""What was checked of a run, check by check, and what each came to: for who wants to see more than yes or no.

Eight checks, in this order; one that cannot be done because an earlier one failed is skipped.

files          every stored file is what its hash, seal or chained name says
originals      the files that came in, read again with their profiles, give the same records
records        the records that the run pins are those that are kept
factors        the lists that the run pins are those that are kept, and so are the organisation and its decisions
plan           the factor of every kind of record, chosen again
ledger         every ledger row, posted again
totals         every sum, made again
publications   what was published of the run are its totals, to the milligram
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

import pyarrow.parquet as pq

from trede.catalogue.standards import standards
from trede.engine.runs import Run
from trede.inventory.footprint import footprint
from trede.kernel.issues import Issue
from trede.kernel.progress import Step, silent
from trede.workspace.publishing import check_publication
from trede.workspace.store import Store
from trede.workspace.verifying import Again, check_batch, check_files, count_files, recalculate
from trede.workspace.workspace import Workspace

State = Literal["agrees", "differs", "skipped"]
OF_PLAN, OF_LEDGER = frozenset({"plan", "derived", "rates"}), frozenset({"ledger", "outside", "unmatched", "covered"})
"""Tables of a run, by the check that they belong to."""
WHAT = ("files", "originals", "records", "factors", "plan", "ledger", "totals", "publications")


@dataclass(frozen=True)
class Check:
    """One check: how many of `what` were looked at, and whether they agree."""

    what: str
    count: int
    state: State


@dataclass(frozen=True)
class Sum:
    """A total in milligrams CO2e as it is kept and as it came out again; `standard` is the short name."""

    standard: str
    basis: str
    kept: int
    again: int


@dataclass(frozen=True)
class Proof:
    """What was checked of a run, and every finding. `sums` are there when it could be calculated again."""

    checks: list[Check]
    sums: list[Sum]
    issues: list[Issue]

    @property
    def good(self) -> bool:
        """Whether everything came out again."""
        return not any(issue.severity == "error" for issue in self.issues)


def prove(workspace: Workspace, run: Run, step: Step = silent) -> Proof:
    """Check every stored file, read the originals of a run again, and calculate it again.

    Args:
        step: told of `files`, of `originals` with the share of them that was read, and of the steps of the calculation.
    """
    step("files")
    files, found = count_files(workspace), check_files(workspace)
    if _wrong(found):
        others = [Check(what, 0, "skipped") for what in WHAT[1:-1]]
        return Proof([Check("files", files, "differs"), *others], [], found)
    batches = [workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    kept = [batch for batch in batches if not workspace.evidence.is_removed(batch.file_sha256)]
    mapped: list[Issue] = []
    for number, batch in enumerate(batches):
        step("originals", number / len(batches))
        mapped += check_batch(workspace, batch, workspace.key)
    step("originals", 1.0)
    again = recalculate(workspace, run, step)
    read = Check("originals", len(kept), "differs" if _wrong(mapped) else "agrees" if kept else "skipped")
    checks = [Check("files", files, "agrees"), read, *checks_of(workspace, run, again)]
    return Proof(checks, sums_of(run, again), [*found, *mapped, *again.issues])


def checks_of(store: Store, run: Run, again: Again) -> Iterator[Check]:
    """Yield the checks from the records on, of a run that was calculated again."""
    wrong = [PurePosixPath(issue.location.file or "") for issue in again.issues if issue.severity == "error"]
    records, lists = int(run.result["records"]), len(run.spec["libraries"])
    counts = {"plan": _rows(run, "plan"), "ledger": int(run.result["rows"]), "totals": _rows(run, "totals")}
    if again.totals is None:
        differ = any(place.parts[:1] == ("batches",) for place in wrong)
        yield Check("records", records, "differs" if differ else "agrees")
        yield Check("factors", lists, "skipped" if differ else "differs")
        yield from (Check(what, count, "skipped") for what, count in counts.items())
    else:
        tables = {place.stem for place in wrong}
        yield Check("records", records, "agrees")
        yield Check("factors", lists, "agrees")
        for what, count in counts.items():
            of = OF_PLAN if what == "plan" else OF_LEDGER if what == "ledger" else {"totals"}
            skipped = what == "plan" and not again.anew
            yield Check(what, count, "differs" if tables & of else "skipped" if skipped else "agrees")
    published = store.publications.of_run(run.id)
    if published:
        differ = any(check_publication(store, each) for each in published)
        yield Check("publications", len(published), "differs" if differ else "agrees")


def sums_of(run: Run, again: Again) -> list[Sum]:
    """Return the totals under each standard and basis, as they are kept and as they came out again."""
    if again.totals is None:
        return []
    kept = run.table("totals")
    return [
        Sum(
            standard.short, basis, footprint(kept, standard, basis).total,
            footprint(again.totals, standard, basis).total,
        )
        for standard in standards().values()
        for basis in standard.bases
    ]  # fmt: skip


def _rows(run: Run, table: str) -> int:
    return int(pq.read_metadata(run.folder / f"{table}.parquet").num_rows)


def _wrong(issues: Sequence[Issue]) -> bool:
    return any(issue.severity == "error" for issue in issues)
