"""Taking a file in: stage, settle, keep the original, store the batch. Whole or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.activity.crediting import UNNAMED_CREDIT
from trede.activity.doubts import Setting
from trede.activity.quality import hold_down_quality
from trede.activity.records import address_numbers, addresses
from trede.activity.settling import Choices, Settled, settle
from trede.activity.stored import stored_of
from trede.intake.profile import Profile
from trede.intake.settings import FileSettings
from trede.intake.staging import READER_VERSION, Staging, stage
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError, StoreError
from trede.kernel.identity import canonical_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Step, Watch, silent, unseen
from trede.kernel.sealed import read_json
from trede.methods.known import Known, shipped
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import AcceptDifference, HeldRow, Reinstate, RejectedRow
from trede.organisation.model import Organisation
from trede.workspace.expecting import Expected, differing
from trede.workspace.workspace import Workspace

STEPS = ("reading", "comparing", "storing")
"""What taking a file in consists of, in order."""


@dataclass(frozen=True)
class Imported:
    """What became of a file. `again` says that the very same batch was there already; nothing was stored then."""

    batch: Batch
    issues: list[Issue]
    again: bool = False


def import_file(
    workspace: Workspace, data: bytes, name: str, profile: Profile, *, replaces: str | None = None,
    supersede: bool = False, control_total: Decimal | None = None, control_rows: int | None = None,
    overrides: FileSettings | None = None, step: Step = silent,
) -> Imported:  # fmt: skip
    """Import a file under a profile.

    Args:
        replaces: id of the batch whose corrected delivery this is; unchanged rows keep their record ids.
        control_total: what the quantities should add up to; `control_rows`: how many rows with data there should be.
        supersede: confirms that a file that is in already, under another mapping, takes the old batch's place.
        step: is told of each of `STEPS` when it begins, and of reading how much of it is done.

    Raises:
        IntakeError: the file cannot be taken in; nothing was stored.
        StoreError: `batch_unknown`, `batch_not_active`, `file_already_in`.
    """
    with workspace.writing():
        expected = Expected(control_total, control_rows)
        ready = _ready(workspace, data, name, profile, replaces, expected, overrides, step, supersede=supersede)
        if ready.same is not None:
            return Imported(ready.same, ready.issues, again=True)
        left_out, facts, settled, issues = ready.left_out, ready.facts, ready.settled, ready.issues
        step("storing")
        workspace.evidence.keep(data, name)
        made = {
            "file_name": name,
            "made_at": workspace.now,
            "decisions": workspace.decisions.last,
            "replaces": sorted(left_out),
            "profile_title": profile.title,
        }
        try:
            batch = workspace.batch_store.write(facts, profile.canonical(), settled.records, settled.rows, made)
        except StoreError as error:
            if error.issues[0].code != "already_stored":
                raise
            batch = workspace.batch_store.get(str(error.issues[0].values["path"]))
            replaced = tuple(ident for ident in sorted(left_out) if ident != batch.id)
            workspace.decisions.record(
                Reinstate(
                    batch=batch.id, replaces=replaced, reason="imported again", person="-", made_at=workspace.clock()
                )
            )
        return Imported(batch, issues)


@dataclass(frozen=True)
class Ready:
    """A file that is read and compared with what is there, and not stored yet.

    `same` is the batch that it would be, if that is there already; `left_out` are the batches whose place it would take.
    `differing` are the issues of control totals that differ and that nobody accepted: with any, the file is not taken in.
    """

    staging: Staging
    settled: Settled
    facts: dict[str, object]
    left_out: list[str]
    issues: list[Issue]
    same: Batch | None
    differing: list[Issue]


def preview_file(
    workspace: Workspace, data: bytes, name: str, profile: Profile, *, replaces: str | None = None,
    control_total: Decimal | None = None, control_rows: int | None = None, overrides: FileSettings | None = None,
    step: Step = silent,
) -> Ready:  # fmt: skip
    """Return what would become of a file; nothing is stored and nothing is locked.

    Of a file that cannot be taken in because no row of it is accepted, `issues` has `no_row_accepted`, beside why of each row.

    Raises:
        IntakeError: the file cannot be taken in.
        StoreError: as `import_file`.
    """
    expected = Expected(control_total, control_rows)
    return _ready(workspace, data, name, profile, replaces, expected, overrides, step, supersede=False, look=True)


def _ready(
    workspace: Workspace, data: bytes, name: str, profile: Profile, replaces: str | None,
    expected: Expected, overrides: FileSettings | None, step: Step, *, supersede: bool, look: bool = False,
) -> Ready:  # fmt: skip
    digest = sha256(data)
    decisions = _about(workspace, digest, profile.source)
    active = workspace.active_batches()
    old = _replaced(workspace, active, replaces, profile.source)
    step("reading")
    staging, decisions = stage_decided(
        workspace, data, name, profile, decisions, expected, overrides, lambda share: step("reading", share), look=look
    )
    sheet = staging.sheet
    twins = [b for b in active if (b.file_sha256, b.sheet, b.source) == (digest, sheet, profile.source) and b.id != old]
    left_out = [b.id for b in twins] + ([old] if old else [])
    step("comparing")
    unaccepted = differing(staging, decisions)
    if unaccepted and not look:
        raise IntakeError(*unaccepted)
    settled, facts = prepare(workspace, staging, decisions, active, left_out, expected, overrides)
    read = {b.sheet for b in active if b.file_sha256 == digest}
    staged = [issue for issue in staging.issues if issue.code != UNNAMED_CREDIT]  # settled knows the candidates
    issues = [*(_still_left_out(issue, read) for issue in staged), *settled.issues]
    issues = [issue for issue in issues if issue.values.get("others", True)]
    told = {b.id: _told(workspace, b.facts) for b in active if b.file_sha256 == digest}
    same = next((b for b in active if b.id in told and _identity(told[b.id]) == _identity(facts)), None)
    for twin in twins if same is None else ():
        # The same file and profile with a further decision about its rows takes the old batch's place by itself.
        before = told[twin.id]
        further = before["profile"] == facts["profile"] and before["decisions"] != facts["decisions"]
        if not (supersede or further):
            raise StoreError.of("file_already_in", Location(file=name), batch=twin.id, first_name=twin.file_name)
    return Ready(staging, settled, facts, left_out, issues, same, unaccepted)


def reimport(workspace: Workspace, batch: Batch) -> Imported:
    """Import a batch's original again as it was imported, with the decisions about its rows that were made since."""
    settings, expected = batch.facts["overrides"], Expected.of(batch)
    return import_file(
        workspace,
        workspace.evidence.get(batch.file_sha256).read(),
        batch.file_name,
        profile_of(batch),
        control_total=expected.total,
        control_rows=expected.rows,
        overrides=FileSettings.model_validate(settings) if settings else None,
    )


def require_original(workspace: Workspace, batch: Batch) -> None:
    """Test that a batch's original was not removed: what is decided about its rows asks for reading it again.

    Raises:
        StoreError: `original_removed`.
    """
    evidence = workspace.evidence.get(batch.file_sha256)
    if evidence.removal is not None:
        raise StoreError(evidence.removed())


def profile_of(batch: Batch) -> Profile:
    """Return the profile that a batch was made with, as it was then."""
    data = read_json(batch.folder / "profile.json")
    return Profile.model_validate({**data, "title": batch.made["profile_title"]})


def stage_decided(
    workspace: Workspace, data: bytes, name: str, profile: Profile, decisions: Sequence[Recorded],
    expected: Expected, overrides: FileSettings | None, watch: Watch = unseen, *, look: bool = False,
) -> tuple[Staging, list[Recorded]]:  # fmt: skip
    """Stage a file with what people decided about its rows; return also the decisions that are about its sheet.

    A decision may make another row doubtful, about which one was taken too: that of a meter reading after one that is passed
    over. What only the stored records make doubtful is not held here.
    """
    organisation = workspace.organisation
    choices: dict[Address, str] = {}
    while True:
        staging = stage(
            data, name, profile, key=workspace.key, sites=organisation.site_names, entities=organisation.entity_names,
            projects=organisation.project_names or None, departments=organisation.department_names or None,
            control_total=expected.total, control_rows=expected.rows, overrides=overrides, accept_held=choices,
            words=workspace.words, watch=watch, look=look,
        )  # fmt: skip
        about = [r for r in decisions if getattr(r.decision, "sheet", None) in (None, staging.sheet)]
        made = {at: choice for at, choice in _choices(about).items() if at not in choices}
        fates = dict(zip(addresses(staging.rows), staging.rows["fate"].to_pylist(), strict=True)) if made else {}
        more = {at: choice for at, choice in made.items() if fates.get(at) == _DECIDED[choice]}
        if not more:
            return staging, about
        choices |= more


_DECIDED = {"accept": "held", "drop": "held", "set-aside": "rejected"}
"""Per choice about a row: the fate that it is about."""


def _choices(decisions: Sequence[Recorded]) -> dict[Address, str]:
    """Return the choice by address; of several decisions about one row the last."""
    return {at: d.choice for r in decisions if isinstance(d := r.decision, HeldRow | RejectedRow) for at in d.addresses}


def _credits(decisions: Sequence[Recorded]) -> dict[Address, str]:
    """Return by address what a row was accepted as a credit of, where the last decision about it says so."""
    named = {at: d.credit_of for r in decisions if isinstance(d := r.decision, HeldRow) for at in d.addresses}
    return {at: of for at, of in named.items() if of is not None}


def prepare(
    workspace: Workspace, staging: Staging, decisions: Sequence[Recorded], active: Sequence[Batch],
    left_out: Sequence[str], expected: Expected, overrides: FileSettings | None,
) -> tuple[Settled, dict[str, object]]:  # fmt: skip
    """Settle a staged file without storing anything; returns also the facts of the batch that it would be."""
    organisation, profile = workspace.organisation, staging.profile
    own = stored_of(active, profile.source, left_out)
    records = complete(pa.concat_tables([staging.records, _unnamed_credits(staging)]), organisation)
    setting = Setting(
        profile.source,
        staging.name,
        workspace.clock().date(),
        from_year=next((known.from_year for known in organisation.source if known.id == profile.source), None),
        unique_documents=profile.unique is not None and tuple(profile.unique.fields) == ("document",),
        memo=_memo(shipped()) if own.others else (),  # only they are compared with
    )
    choices = Choices(_choices(decisions), _credits(decisions))
    settled = settle(records, staging.rows, own, setting, choices)
    settled = replace(settled, records=with_departments(settled.records, organisation))
    facts: dict[str, object] = {
        "format": "trede-batch-1",
        "source": profile.source,
        "file_sha256": staging.sha256,
        "profile_id": profile.id,
        "profile": sha256(canonical_json(profile.canonical())),
        "reader": READER_VERSION,
        "decisions": sorted(r.content for r in decisions),
        "overrides": overrides.model_dump(mode="json", exclude_none=True) if overrides else {},
        "control_total": None if expected.total is None else str(expected.total),
        **({} if expected.rows is None else {"control_rows": expected.rows}),
        "dialect": staging.dialect.to_json(),
        "counts": settled.counts,
        "controls": [control.to_json() for control in staging.controls],
        "columns": staging.columns,
        "organisation": names_hash(organisation),
        **({"headings": list(staging.headings)} if staging.headings else {}),
    }
    return settled, facts


def _unnamed_credits(staging: Staging) -> pa.Table:
    """Return the rows that are held because they do not say what they credit: the stored records may tell."""
    held = staging.rows.filter(pc.equal(staging.rows["code"], UNNAMED_CREDIT))
    return staging.held.filter(pc.is_in(address_numbers(staging.held), value_set=address_numbers(held)))


def _memo(known: Known) -> set[str]:
    """Return the activity types whose method posts nothing."""
    kinds = known.vocabulary.types.values()
    return {kind.id for kind in kinds if not known.methods[kind.method].flow and not kind.posts}


def _identity(facts: dict[str, object]) -> bytes:
    names = ("file_sha256", "profile", "reader", "decisions", "overrides", "control_total", "organisation", "counts")
    return canonical_json([{name: facts[name] for name in names}, facts.get("control_rows")])


def _told(workspace: Workspace, facts: dict[str, object]) -> dict[str, object]:
    """Return a stored batch's facts with its decisions by content; version 0.1.0 named them by their id in the log."""
    said = {r.id: r.content for r in workspace.decisions.all()}
    named = cast(list[str], facts["decisions"])
    return {**facts, "decisions": sorted(said.get(ident, ident) for ident in named)}


def _about(workspace: Workspace, digest: str, source: str) -> list[Recorded]:
    """Return the decisions in force about a file as a source's, in order: those that are the last about any of their rows.

    Those of earlier versions named no source.
    """
    found: dict[object, Recorded] = {}
    for recorded in workspace.decisions.in_force():
        decision = recorded.decision
        if isinstance(decision, HeldRow | RejectedRow | AcceptDifference) and decision.file_sha256 == digest:
            if isinstance(decision, AcceptDifference):
                found[recorded.content] = recorded
            elif decision.source in (None, source):
                found |= {(decision.sheet, at): recorded for at in decision.addresses}
    return sorted({r.id: r for r in found.values()}.values(), key=lambda r: r.number)


def _still_left_out(issue: Issue, read: Collection[str | None]) -> Issue:
    """Return the notice of the sheets that were not read without those that other imports of the workbook read."""
    if issue.code != "sheets_left_out":
        return issue
    others = [str(name) for name in cast(list[str], issue.values["others"]) if name not in read]
    return Issue.make(issue.severity, issue.code, issue.location, {**issue.values, "others": others})


def _replaced(workspace: Workspace, active: Sequence[Batch], replaces: str | None, source: str) -> str | None:
    if replaces is None:
        return None
    old = workspace.batch_store.get(replaces)
    if old.id not in {b.id for b in active}:
        raise StoreError.of("batch_not_active", Location(file=old.file_name), batch=old.id)
    if old.source != source:
        raise StoreError.of(
            "replaces_other_source", Location(file=old.file_name), batch=old.id, found=old.source, source=source
        )
    return old.id


def complete(mapped: pa.Table, organisation: Organisation) -> pa.Table:
    """Fill in what follows from the organisation: a record's entity and country from its site, else the organisation's own.

    A data quality that nobody stated is `not-stated`, and stays that to the last page. What an activity type can only
    calculate is never `measured`.
    """
    coded = mapped["site"].combine_chunks().dictionary_encode(null_encoding="encode")
    sites = coded.dictionary.to_pylist()
    filled = {
        "entity": pa.array(map(organisation.entity_of, sites), pa.string()).take(coded.indices),
        "geography": pa.array(map(organisation.country_of, sites), pa.string()).take(coded.indices),
        "quality": pa.scalar("not-stated"),
    }
    for name, values in filled.items():
        column = pc.coalesce(mapped[name], values)
        mapped = mapped.set_column(mapped.schema.get_field_index(name), name, column)
    return hold_down_quality(mapped)


def with_departments(records: pa.Table, organisation: Organisation) -> pa.Table:
    """Fill in the department of identified records of a project that a unit does; what a file states goes before it.

    It is no part of their identity: a project that goes to another unit keeps its records.
    """
    units = organisation.departments_of_projects
    if not units:
        return records
    derived = pa.array([units.get(project) for project in records["project"].to_pylist()], pa.string())
    at = records.schema.get_field_index("department")
    return records.set_column(at, "department", pc.coalesce(records["department"], derived))


def names_hash(organisation: Organisation, *, departments: bool = True) -> str:
    """Return a hash of what in the organisation decides how a row is mapped: names, sites, projects, departments.

    Args:
        departments: False gives the hash of batches that were made before records had departments.
    """
    sites = {site.id: [site.entity, site.country] for site in organisation.site}
    names = {"sites": dict(organisation.site_names), "entities": dict(organisation.entity_names)}
    if organisation.project:  # a description without projects keeps the hash that it had before there were any
        names["projects"] = dict(organisation.project_names)
    if organisation.unit and departments:
        names["departments"] = dict(organisation.department_names)
        names["departments_of_projects"] = dict(organisation.departments_of_projects)
    return sha256(canonical_json([names, sites, organisation.country, organisation.entity[0].id]))
