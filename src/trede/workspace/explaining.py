"""Explaining: from an address to the rung or the record that it names."""

from __future__ import annotations

from trede.catalogue.standards import Standard, find_standard, standards
from trede.engine.runs import Run
from trede.kernel.errors import TredeError
from trede.trace.breakdown import LIST, Rung, explain_account, explain_heading, explain_period, explain_total
from trede.trace.record import RecordTrail, explain_record
from trede.workspace.workspace import Workspace


def explain(workspace: Workspace, address: str, limit: int | None = LIST) -> tuple[Run, list[Rung] | RecordTrail]:
    """Explain `RUN`, `RUN/STANDARD[:BASIS][/HEADING[/ACCOUNT[/MONTH]]]` or `RUN/RECORD`.

    Args:
        limit: how many records a month lists by name; None: all.

    Returns:
        The run, and the rungs (one per standard and basis for a run alone) or the record.

    Raises:
        TredeError: `address_unreadable`, `basis_unknown`, `heading_unknown`, `account_not_under_heading`, `span_unknown`,
            `record_unknown`, `record_ambiguous`, `run_unknown` or `run_ambiguous`.
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
    match rest[1:]:
        case []:
            rung = explain_total(run, name, standard, basis)
        case [heading]:
            rung = explain_heading(run, name, standard, basis, heading)
        case [heading, account]:
            rung = explain_account(run, name, standard, basis, heading, account)
        case [heading, account, span]:
            rung = explain_period(run, name, standard, basis, heading, account, span, limit)
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
