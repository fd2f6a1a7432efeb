"""Verifying: every stored file is what it was, and every content hash comes out again from the pinned inputs."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.batches import Batch
from trede.activity.crediting import credited
from trede.activity.doubts import HELD_HERE
from trede.activity.records import address_numbers, addresses, identify
from trede.activity.settling import DROPPED_HERE, decided_here
from trede.catalogue.library import load_library
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.cutting import Cutting
from trede.engine.money import MoneySettings
from trede.engine.runs import Run, covered_records
from trede.factors.matching import Shelf
from trede.intake.settings import FileSettings
from trede.intake.staging import READER_VERSION, Staging, stage
from trede.kernel.addresses import Address
from trede.kernel.content import content_hash
from trede.kernel.disk import file_hash, stored_folders
from trede.kernel.errors import StoreError, TredeError
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Step, silent
from trede.kernel.sealed import check_seal, unseal
from trede.kernel.versions import Versions
from trede.organisation.model import Organisation
from trede.organisation.reading import load_organisation
from trede.workspace.attaching import missing_originals
from trede.workspace.importing import complete, names_hash, profile_of, with_departments
from trede.workspace.layout import FOLDERS, Layout
from trede.workspace.pseudonyms import recode
from trede.workspace.publishing import check_publication
from trede.workspace.running import catalogue_hashes, deciding, make_shelf
from trede.workspace.store import Store
from trede.workspace.workspace import Workspace

TABLES = ("plan", "ledger", "totals", "outside", "unmatched", "covered", "derived", "rates")


@dataclass(frozen=True)
class Verdict:
    """What was verified: files looked at, runs recomputed, and every finding. No error means yes."""

    files: int
    batches: int
    runs: list[str]
    issues: list[Issue]

    @property
    def good(self) -> bool:
        """Whether everything came out again."""
        return not any(issue.severity == "error" for issue in self.issues)


def verify(workspace: Workspace, run: Run | None = None) -> Verdict:
    """Verify the whole workspace, or one run with everything that it rests on (all files are looked at in any case)."""
    issues = check_files(workspace)
    broken = any(issue.severity == "error" for issue in issues)
    runs = [run] if run else (workspace.runs() if not broken else [])
    if not broken:
        for batch in workspace.batches():
            issues += check_batch(workspace, batch, workspace.key)
        for each in runs:
            issues += recompute(workspace, each)
    count = count_files(workspace)
    return Verdict(count, len(workspace.batches()) if not broken else 0, [r.id for r in runs], issues)


def count_files(workspace: Workspace) -> int:
    """Return how many files there are to be looked at."""
    return sum(1 for p in workspace.layout.root.rglob("*") if p.is_file() and p.name != ".lock")


def check_files(workspace: Workspace) -> list[Issue]:
    """Return an issue for each stored file that was changed, is missing, or does not belong here."""
    layout = workspace.layout
    issues = layout.check() + check_stored(workspace)
    if not workspace.publications.check():
        for published in workspace.publications.all():
            issues += check_publication(workspace, published)
    issues += [
        Issue.error("attachment_missing", Location(file=f"evidence/{a.decision.file_sha256}"), name=a.decision.name)
        for a in missing_originals(workspace)
    ]
    issues += [
        Issue.notice("stored_file_unknown", Location(file=str(path.relative_to(layout.root))))
        for path in _strange(layout)
    ]
    return [issue for issue in issues if issue.severity == "error"] or issues


def check_stored(store: Store) -> list[Issue]:
    """Return an issue for each file of the stores that is not what its hash, seal or chained name says, or is missing."""
    layout = store.layout
    issues = store.organisation_versions.check()
    for folder in [folder for name in ("profiles", "models") for folder in stored_folders(layout.folder(name))]:
        issues += Versions(folder, ".toml").check()
    issues += store.estimate_versions.check()
    issues += store.decisions.check()
    issues += store.publications.check()
    issues += store.evidence.check()
    for folder in stored_folders(layout.folder("batches")):
        issues += store.batch_store.check(folder.name)
    for folder in stored_folders(layout.folder("libraries")):
        issues += _check_library(folder)
    for ident in store.run_store.ids():
        issues += store.run_store.check_files(ident)
    return issues


@dataclass(frozen=True)
class Again:
    """A run that was calculated again. No error among the issues: everything came out again."""

    issues: list[Issue]
    totals: pa.Table | None = None
    """The totals as they came out now; None when it could not be calculated."""
    anew: bool = True
    """Whether the factors were chosen again; False: the software is another by now, and the stored plan was used."""


def recompute(store: Store, run: Run) -> list[Issue]:
    """Calculate a run again and return what is found; see `recalculate`."""
    return recalculate(store, run).issues


def recalculate(store: Store, run: Run, step: Step = silent) -> Again:
    """Calculate a run again from its pinned inputs and compare the content hashes.

    With the catalogue that the run was made with, everything is made again. When the software has other methods or
    vocabulary by now, the stored plan is used and ledger and totals are made again; a notice says so.

    Args:
        step: told the name of each step of the calculation when it is done.
    """
    where = f"runs/{run.id}"
    try:
        batches = [store.batch_store.get(b["id"]) for b in run.spec["batches"]]
    except TredeError as error:
        return Again(list(error.issues))
    for batch, pinned in zip(batches, run.spec["batches"], strict=True):
        if batch.facts["records_content"] != pinned["records_content"]:
            return Again([Issue.error("content_differs", Location(file=f"batches/{batch.id}/records.parquet"))])
    if _settings_differ(store, run):
        return Again([Issue.error("content_differs", Location(file=f"{where}/run.json"))])
    notices: list[Issue] = []
    same = deciding(run.spec["catalogue"]) == deciding(catalogue_hashes())
    shelf, plan, derived, rates = Shelf([]), None, None, None
    try:
        known = store.known_of(run.spec)
        if same:
            shelf = make_shelf(store, run.spec, list(store.decisions.all()))
    except TredeError as error:
        return Again(list(error.issues))
    if not same:
        plan, derived, rates = run.table("plan"), run.table("derived"), run.table("rates")
        changed = sorted(k for k, v in deciding(catalogue_hashes()).items() if run.spec["catalogue"].get(k) != v)
        notices.append(Issue.notice("catalogue_is_newer", Location(file=where), changed=changed))
    inputs = [Input(batch.id, batch.records_path) for batch in batches]
    with tempfile.TemporaryDirectory(prefix="trede-verify-") as folder:
        again = compute(
            inputs, run.period, known.vocabulary, known.methods, shelf, Path(folder), step, plan=plan, cutting=run.cutting,
            ledger_version=run.spec["ledger_version"],
            covered=covered_records(run.spec), gwp=run.gwp, settle=run.settle, derived=derived,
            money=run.money, rates=rates, estimates=known.estimates,
        ).to_json()  # fmt: skip
        totals = pq.read_table(Path(folder) / "totals.parquet", memory_map=False)
    tables = [name for name in TABLES if f"{name}_content" in run.result]  # earlier versions had fewer
    compared = tables if same else [name for name in tables if name != "unmatched"]
    issues = [
        Issue.error("content_differs", Location(file=f"{where}/{name}.parquet"))
        for name in compared
        if again[f"{name}_content"] != run.result[f"{name}_content"]
    ]
    issues += [
        Issue.error("content_differs", Location(file=f"{where}/{name}.parquet"))
        for name in tables
        if content_hash(run.stored(name)) != run.result[f"{name}_content"]
    ]
    return Again([*notices, *issues], totals, same)


def _settings_differ(store: Store, run: Run) -> bool:
    """Whether the settings in a run's spec are not those of the description that it pins."""
    pinned = next((v for v in store.organisation_versions.all() if v.id == run.spec["organisation"]), None)
    if pinned is None or "cutting" not in run.spec:
        return False
    organisation = load_organisation(pinned.read(), pinned.path.name)
    return Cutting.of(organisation) != run.cutting or (
        "money" in run.spec and MoneySettings.of(organisation) != run.money
    )


def check_batch(store: Store, batch: Batch, key: bytes | None) -> list[Issue]:
    """Map the original once more and compare the content of its records.

    Args:
        key: makes the pseudonyms; without it they are compared one for one.
    """
    if store.evidence.is_removed(batch.file_sha256):
        return [Issue.notice("batch_without_original", Location(file=batch.file_name), batch=batch.id)]
    try:
        staging = restage(store, batch, key or b"")
    except TredeError as error:
        return list(error.issues)
    rows = batch.rows()
    stored = pq.read_schema(batch.records_path).names
    settled_later = pa.array([*HELD_HERE, DROPPED_HERE], pa.string())
    mapped = rows.filter(pc.or_(pc.equal(rows["fate"], "accepted"), pc.is_in(rows["code"], value_set=settled_later)))
    both = pa.concat_tables([staging.records, staging.held])
    organisation = _organisation(store, batch)
    everything = complete(both.sort_by([("row", "ascending"), ("column_number", "ascending")]), organisation)
    chosen = everything.filter(pc.is_in(address_numbers(everything), value_set=address_numbers(mapped)))
    ordinals, credits = decided_here(rows)
    records = identify(chosen if key else recode(chosen, batch.records()), batch.source, ordinals)
    records = with_departments(credited(records, credits), organisation)
    accepted = address_numbers(rows.filter(pc.equal(rows["fate"], "accepted")))
    records = records.filter(pc.is_in(address_numbers(records), value_set=accepted))
    if content_hash(records.select(stored)) != batch.facts["records_content"]:
        if batch.facts["reader"] != READER_VERSION:
            facts = {"reader": str(batch.facts["reader"]), "now": READER_VERSION}
            return [Issue.notice("reader_is_newer", Location(file=f"batches/{batch.id}"), **facts)]
        return [Issue.error("content_differs", Location(file=f"batches/{batch.id}/records.parquet"))]
    return []


def restage(store: Store, batch: Batch, key: bytes) -> Staging:
    """Map a batch's original again with the profile and the organisation that it was made with.

    Raises:
        StoreError: `evidence_missing`, `original_removed`, or `organisation_version_missing`.
    """
    organisation = _organisation(store, batch)
    total = batch.facts["control_total"]
    return stage(
        store.evidence.get(batch.file_sha256).read(),
        batch.file_name,
        profile_of(batch),
        key=key,
        sites=organisation.site_names,
        entities=organisation.entity_names,
        projects=organisation.project_names or None,
        departments=organisation.department_names or None,
        control_total=None if total is None else Decimal(total),
        overrides=FileSettings.model_validate(batch.facts["overrides"]) if batch.facts["overrides"] else None,
        accept_held=_decided(batch),
        words=store.known().vocabulary,
    )


def _decided(batch: Batch) -> dict[Address, str]:
    """Return what was decided about held meter readings: others are counted from them, or not, by what was decided."""
    if profile_of(batch).readings is None:
        return {}
    rows = batch.rows()
    codes = {"accepted_by_decision": "accept", "dropped_by_decision": "drop"}
    return {
        at: codes[code] for at, code in zip(addresses(rows), rows["code"].to_pylist(), strict=True) if code in codes
    }


def _organisation(store: Store, batch: Batch) -> Organisation:
    versions = [load_organisation(v.read(), v.path.name) for v in store.organisation_versions.all()]
    for organisation in versions:
        if batch.facts["organisation"] in (names_hash(organisation), names_hash(organisation, departments=False)):
            return organisation
    raise StoreError.of("organisation_version_missing", Location(file=f"batches/{batch.id}"))


def _check_library(folder: Path) -> list[Issue]:
    name = f"libraries/{folder.name}"
    issues = check_seal(folder / "made.json", f"{name}/made.json")
    if issues:
        return issues
    for file, expected in unseal(folder / "made.json")["files"].items():
        if not (folder / file).exists():
            issues.append(Issue.error("stored_file_missing", Location(file=f"{name}/{file}")))
        elif file_hash(folder / file) != expected:
            issues.append(Issue.error("stored_file_changed", Location(file=f"{name}/{file}")))
    if not issues:
        load_library(folder)
    return issues


def _strange(layout: Layout) -> list[Path]:
    """Return what stands in a workspace and is none of its files."""
    known = {"workspace.json", ".lock", "reports", *FOLDERS}
    loose = [path for path in sorted(layout.root.iterdir()) if path.name not in known]
    for name in ("profiles", "evidence", "batches", "libraries", "runs", "models"):
        loose += [path for path in sorted(layout.folder(name).glob("*")) if not path.is_dir()]
    return loose
