"""Explaining: from an address to the rung or the record that it names."""

from __future__ import annotations

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, find_standard, standards
from trede.engine.runs import Run
from trede.kernel.errors import TredeError
from trede.trace.breakdown import (
    LIST,
    Rung,
    explain_account,
    explain_group,
    explain_heading,
    explain_period,
    explain_slice,
    explain_total,
)
from trede.trace.record import RecordTrail, explain_record
from trede.trace.slices import Slice
from trede.workspace.workspace import Workspace


def explain(workspace: Workspace, address: str, limit: int | None = LIST) -> tuple[Run, list[Rung] | RecordTrail]:
    """Explain `RUN`, `RUN/STANDARD[:BASIS][/SLICE][/HEADING[/ACCOUNT[/MONTH]]]` or `RUN/RECORD`.

    A slice is `site:NAME` or `month:2024-03`. In the place of an account a group of accounts may stand.

    Args:
        limit: how many records a month lists by name; None: all.

    Returns:
        The run, and the rungs (one per standard and basis for a run alone) or the record.

    Raises:
        TredeError: `address_unreadable`, `basis_unknown`, `heading_unknown`, `account_not_under_heading`, `span_unknown`,
            `slice_empty`, `record_unknown`, `record_ambiguous`, `run_unknown` or `run_ambiguous`.
    """
    name, *rest = address.strip("/").split("/")
    run = workspace.find_run(name)
    if not rest:
        return run, [explain_total(run, name, s, basis) for s in standards().values() for basis in s.bases]
    found = _standard(rest[0])
    if found is None:
        batches = {b["id"]: workspace.batch_store.get(b["id"]) for b in run.spec["batches"]}
        return run, explain_record(run, rest[0], batches, workspace.known_of(run.spec))
    standard, basis = found
    of = Slice.read(rest[1]) if len(rest) > 1 else None
    if of and not of.of(run.table("totals")).num_rows:
        raise TredeError.of("slice_empty", slice=str(of), run=run.id)
    match rest[2:] if of else rest[1:]:
        case []:
            rung = explain_slice(run, name, standard, basis, of) if of else explain_total(run, name, standard, basis)
        case [heading]:
            rung = explain_heading(run, name, standard, basis, heading, of)
        case [heading, group] if group in chart().groups:
            rung = explain_group(run, name, standard, basis, heading, group, of)
        case [heading, account]:
            rung = explain_account(run, name, standard, basis, heading, account, of)
        case [heading, account, months]:
            rung = explain_period(run, name, standard, basis, heading, account, months, limit, of)
        case _:
            raise TredeError.of("address_unreadable", address=address)
    return run, [rung]


def _standard(text: str) -> tuple[Standard, str] | None:
    name, _, basis = text.partition(":")
    known = {s.short for s in standards().values()} | set(standards())
    if name not in known:
        return None
    standard = find_standard(name)
    return standard, standard.check_basis(basis or standard.bases[-1])
