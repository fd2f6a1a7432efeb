"""Allocations of a workspace: reading and testing a declared one, and what those in force make of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches

from trede.catalogue.accounts import chart
from trede.engine.runs import Run
from trede.inventory.allocating import Allocated, allocate
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.kernel.models import read_toml, validate
from trede.organisation.allocation import Allocation, Selection
from trede.organisation.decisions import Allocate
from trede.organisation.model import Organisation
from trede.workspace.workspace import Workspace

TABLES: Mapping[str, str] = {"project": "projects", "department": "departments", "entity": "entities", "site": "sites"}
"""Kind of receiver → the table of a selection that has those of the organisation."""

SHOWN = 5
"""Names that an issue lists."""


@dataclass(frozen=True)
class Declared:
    """An allocation as read, under the ids of the organisation, with what is to be known of it."""

    allocation: Allocation
    issues: list[Issue] = field(default_factory=list)


def read_allocation(workspace: Workspace, data: bytes, name: str) -> Declared:
    """Read an allocation (TOML) and hold it against the organisation.

    Names of projects, departments, entities and sites may be any that the organisation knows them by.

    Raises:
        CatalogueError: `toml_unreadable`, `field_invalid`, or an issue for each key, receiver or choice that cannot be.
    """
    found = validate(Allocation, read_toml(data, name), name)
    known = _known(workspace)
    issues = [*_keys(found, name), *_unknown(found, known, name)]
    if errors := [issue for issue in issues if issue.severity == "error"]:
        raise CatalogueError.from_issues(errors)
    own = known.get(TABLES.get(found.receiver, ""), {})
    receivers = {own.get(given.casefold(), given): key for given, key in found.receivers.items()}
    chosen = {table: tuple(known[table][given.casefold()] for given in names) for table, names in _choices(found.of)}
    named = found.model_copy(update={"receivers": receivers, "of": found.of.model_copy(update=chosen)})
    return Declared(named, [*issues, *_missing(workspace.organisation, named, name)])


def allocations(workspace: Workspace) -> list[Allocation]:
    """Return the allocations in force, the last of each id, by id."""
    said = (r.decision for r in workspace.decisions.in_force())
    last = {decision.allocation.id: decision.allocation for decision in said if isinstance(decision, Allocate)}
    return [last[ident] for ident in sorted(last)]


def allocated(workspace: Workspace, run: Run) -> tuple[list[Allocated], list[Issue]]:
    """Return a run under each allocation whose days touch its period, and what is to be known of them.

    Returns:
        beside the allocations: `allocation_crossed` where records are not divided because of their days, `allocation_empty`
        where nothing is divided, `allocation_overlap` where two divide the same records over the same kind of receivers.
    """
    source_of = {entry["id"]: workspace.batch_store.get(entry["id"]).source for entry in run.spec["batches"]}
    period = run.period
    touching = [each for each in allocations(workspace) if each.start <= period.end and each.end >= period.start]
    found = [allocate(run, each, source_of) for each in touching]
    return found, list(_told(found))


def _told(found: Sequence[Allocated]) -> Iterator[Issue]:
    for number, each in enumerate(found):
        said = each.allocation
        if any(each.crossing.values()):
            start, end = str(said.start), str(said.end)
            yield Issue.warning("allocation_crossed", allocation=said.id, start=start, end=end)
        if not each.records:
            yield Issue.warning("allocation_empty", allocation=said.id)
        for other in found[:number]:
            both = each.records & other.records
            if both and other.allocation.receiver == said.receiver:
                yield Issue.warning(
                    "allocation_overlap", allocation=said.id, other=other.allocation.id, count=len(both)
                )


def _known(workspace: Workspace) -> dict[str, Mapping[str, str]]:
    """Return by table of a selection every name that is known (case-folded) → its id."""
    organisation = workspace.organisation
    sources = {batch.source for batch in workspace.active_batches()} | {source.id for source in organisation.source}
    parts = [account.split(".") for account in chart().accounts]
    beginnings = {".".join(names[:count]) for names in parts for count in range(1, len(names) + 1)}
    return {
        "sites": organisation.site_names, "entities": organisation.entity_names,
        "projects": organisation.project_names, "departments": organisation.department_names,
        "sources": {source.casefold(): source for source in sources},
        "activity_types": {ident: ident for ident in workspace.known().vocabulary.types},
        "accounts": {name: name for name in beginnings},
    }  # fmt: skip


def _choices(of: Selection) -> Iterator[tuple[str, tuple[str, ...]]]:
    for table in Selection.model_fields:
        yield table, getattr(of, table)


def _keys(found: Allocation, name: str) -> Iterator[Issue]:
    """Yield what is wrong with the days and keys of an allocation."""
    where = Location(file=name, column="receivers")
    if found.end < found.start:
        days = {"start": str(found.start), "end": str(found.end)}
        yield Issue.error("end_before_start", Location(file=name, column="end"), **days)
    if not found.receivers:
        yield Issue.error("allocation_without_receivers", where)
        return
    negative = [receiver for receiver, key in found.receivers.items() if key < 0]
    zero = [receiver for receiver, key in found.receivers.items() if key == 0]
    total = sum(found.receivers.values(), Decimal(0))
    if negative:
        yield Issue.error("allocation_key_negative", where, receivers=negative[:SHOWN])
    elif total == 0:
        yield Issue.error("allocation_keys_zero", where)
    elif zero:
        yield Issue.warning("allocation_key_zero", where, receivers=zero[:SHOWN])
    if found.whole is not None and found.whole < total:
        facts = {"total": f"{total:f}", "whole": f"{found.whole:f}"}
        yield Issue.error("allocation_exceeds_whole", Location(file=name, column="whole"), **facts)


def _unknown(found: Allocation, known: Mapping[str, Mapping[str, str]], name: str) -> Iterator[Issue]:
    """Yield names that nobody knows, and receivers that are one and the same."""
    for table, names in _choices(found.of):
        if strange := [given for given in names if given.casefold() not in known[table]]:
            where = Location(file=name, column=f"of.{table}")
            close = get_close_matches(strange[0].casefold(), known[table], n=SHOWN, cutoff=0.5)
            facts = {"found": strange[:SHOWN], "known": [known[table][each] for each in close]}
            yield Issue.error("allocation_choice_unknown", where, field=table, **facts)
    if found.receiver not in TABLES:
        return
    own, where = known[TABLES[found.receiver]], Location(file=name, column="receivers")
    if strange := [given for given in found.receivers if given.casefold() not in own]:
        facts = {"receivers": strange[:SHOWN], "known": sorted(set(own.values()))[:SHOWN]}
        yield Issue.error("allocation_receiver_unknown", where, kind=found.receiver, **facts)
    ids = [own.get(given.casefold(), given) for given in found.receivers]
    if twice := sorted({ident for ident in ids if ids.count(ident) > 1}):
        yield Issue.error("allocation_receiver_twice", where, receivers=twice[:SHOWN])


def _missing(organisation: Organisation, found: Allocation, name: str) -> Iterator[Issue]:
    """Yield a warning for receivers of this kind that the organisation has in these days and that get nothing."""
    there = {
        "project": [project.id for project in organisation.project if project.days.overlap(found.days)],
        "department": [unit.id for unit in organisation.unit],
        "entity": [entity.id for entity in organisation.entity],
        "site": [site.id for site in organisation.site if site.is_open(found.days)],
    }
    if missing := [ident for ident in there.get(found.receiver, []) if ident not in found.receivers]:
        where = Location(file=name, column="receivers")
        yield Issue.warning(
            "allocation_receiver_missing", where, kind=found.receiver, count=len(missing), receivers=missing[:SHOWN]
        )
