"""Calculating: pin everything that counts, compute, store the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from trede.activity.batches import Batch
from trede.catalogue.accounts import chart
from trede.catalogue.bindings import bindings_for, home_publishers, publishers, speaker
from trede.catalogue.estimates import shipped_estimates
from trede.catalogue.files import CATALOGUE
from trede.catalogue.gwp import DEFAULT_GWP, GWP_SETS, gwp_set
from trede.catalogue.papers import LibraryPapers
from trede.catalogue.spending import PUBLISHERS as SPEND_LISTS
from trede.catalogue.standards import standards
from trede.catalogue.substances import substances
from trede.catalogue.uncertainties import uncertainties
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.cutting import Cutting
from trede.engine.money import MoneySettings
from trede.engine.runs import Run, RunStore, covered_records
from trede.factors.matching import Shelf
from trede.kernel.errors import RunError
from trede.kernel.gases import GwpSet
from trede.kernel.identity import canonical_json, sha256
from trede.kernel.periods import Period
from trede.kernel.progress import Step, silent
from trede.ledger.schema import LEDGER_VERSION
from trede.methods.known import Known
from trede.methods.model import shipped_methods
from trede.methods.own_file import PREFIX
from trede.organisation.decision_log import Recorded, distinct
from trede.organisation.decisions import CHANGING, Override, Pin, TakeIn
from trede.workspace.moving import moved_sites
from trede.workspace.sampling import outdated_samples
from trede.workspace.store import Store
from trede.workspace.workspace import Workspace

Lists = Literal["pins", "own-year"]
Freshness = Literal["current", "older-version", "stale"]
"""Of a run: nothing has changed; only the program is another version; there are other files, lists or decisions."""
OF_THE_PROGRAM = frozenset({"catalogue", "ledger_version", "format"})
"""Entries of a spec that come from the program, not from the workspace."""
WHEN_USED = frozenset({"models", "estimates"})
"""Entries that a spec has only when records ask for them."""


def run_period(
    workspace: Workspace, period: Period, lists: Lists = "pins", step: Step = silent, gwp: str = DEFAULT_GWP
) -> Run:
    """Calculate a period over all active batches and store the run; an equal run is not stored twice.

    Args:
        lists: `pins` uses the recorded pins; `own-year` leaves them out, so that a year without its own list shows.
        gwp: the GWP set (`AR4`, `AR5`, `AR6`) to which values that are split by gas are brought.

    Raises:
        CatalogueError: `gwp_set_unknown`.
        RunError: `nothing_to_run` when no active batch has a record in the period.
    """
    with workspace.writing():
        spec = make_spec(workspace, period, lists, gwp)
        return calculate(workspace, spec, workspace.decisions.in_force(), workspace.run_store, step)


def calculate(
    workspace: Workspace, spec: dict[str, Any], decisions: Sequence[Recorded], store: RunStore,
    step: Step = silent, at_hand: Sequence[Batch] = (),
) -> Run:  # fmt: skip
    """Calculate what a spec pins into a store of runs.

    Args:
        decisions: those in force, with any that nobody recorded yet.
        at_hand: the batches of the spec, when some of them are not stored in the workspace.

    Raises:
        RunError: `nothing_to_run` when no active batch has a record in the period.
    """
    period = Period.parse(spec["period"])
    if not spec["batches"]:
        raise RunError.of("nothing_to_run", period=str(period))
    elsewhere = {batch.id: batch for batch in at_hand}
    batches = [elsewhere.get(b["id"]) or workspace.batch_store.get(b["id"]) for b in spec["batches"]]
    inputs = [Input(batch.id, batch.records_path) for batch in batches]
    shelf = make_shelf(workspace, spec, list(decisions))
    known = workspace.known_of(spec)

    def fill(folder: Path) -> dict[str, Any]:
        result = compute(
            inputs, period, known.vocabulary, known.methods, shelf, folder, step, cutting=Cutting.from_json(spec["cutting"]),
            covered=covered_records(spec), gwp=spec["gwp"], money=MoneySettings.from_json(spec["money"]),
            estimates=known.estimates,
        )  # fmt: skip
        if result.records == 0:
            raise RunError.of("nothing_to_run", period=str(period))
        moved = moved_sites(workspace, at_hand or workspace.active_batches(), period)
        return replace(result, issues=[*result.issues, *moved, *outdated_samples(workspace, period)]).to_json()

    made = {r.content: r.made() for r in changing(decisions)}
    return store.write(spec, {"made_at": workspace.now, "decisions": made}, fill)


def changing(decisions: Sequence[Recorded]) -> list[Recorded]:
    """Return the decisions that can change a result, each thing said once."""
    return distinct([r for r in decisions if isinstance(r.decision, CHANGING)])


def freshness(workspace: Workspace, run: Run) -> Freshness:
    """Say whether the same run would come out today, and if not, whether the program alone is another one."""
    today = make_spec(workspace, run.period, run.spec["lists"], run.gwp)
    if any(run.spec.get(name) != today.get(name) for name in (today.keys() | WHEN_USED) - OF_THE_PROGRAM):
        return "stale"
    same = all(run.spec.get(name) == today[name] for name in OF_THE_PROGRAM - {"catalogue"})
    return "current" if same and deciding(run.spec["catalogue"]) == deciding(today["catalogue"]) else "older-version"


def is_current(workspace: Workspace, run: Run) -> bool:
    """Whether the same run would come out today: nothing that it rests on has changed."""
    return freshness(workspace, run) == "current"


def deciding(catalogue: Mapping[str, str]) -> dict[str, str]:
    """Return the hashes of what decides the amounts: a standard is a view of them and changes none."""
    return {name: value for name, value in catalogue.items() if name != "standards"}


def make_spec(
    workspace: Workspace, period: Period, lists: Lists, gwp: str, decisions: Sequence[Recorded] | None = None
) -> dict[str, Any]:
    """Return the pinned inputs of a run: everything that can change its content, by id and content hash.

    Args:
        decisions: instead of those in force.
    """
    return pin_inputs(workspace, period, lists, gwp, workspace.active_batches(), workspace.known(), decisions)


def pin_inputs(
    workspace: Workspace, period: Period, lists: Lists, gwp: str, batches: Sequence[Batch], known: Known,
    said: Sequence[Recorded] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the pinned inputs of a run over some batches, whose records `known` can calculate."""
    organisation = workspace.organisation_versions.latest()
    decisions = changing(workspace.decisions.in_force() if said is None else said)
    recorded = frozenset[tuple[str, str]]().union(*(batch.kinds for batch in batches))
    models = [
        {"id": name, "version": version.id}
        for name in sorted({kind for kind, _ in recorded if kind.startswith(PREFIX)})
        if (version := workspace.model_versions(name.removeprefix(PREFIX)).latest())
    ]
    asked = {i.estimate for kind, _ in recorded for i in known.vocabulary[kind].inputs.values() if i.estimate}
    estimates = workspace.estimate_versions.latest() if asked & set(known.estimates.own) else None
    return {
        "format": "trede-run-1",
        "ledger_version": LEDGER_VERSION,
        "period": str(period),
        "lists": lists,
        "gwp": gwp_set(gwp).id,
        "organisation": organisation.id if organisation else "",
        "approach": workspace.organisation.approach,
        "cutting": Cutting.of(workspace.organisation).to_json(),
        "money": MoneySettings.of(workspace.organisation).to_json(),
        "certificates": "calendar-year",
        "batches": sorted(
            ({"id": b.id, "records_content": b.facts["records_content"]} for b in batches),
            key=lambda b: b["id"],
        ),
        "libraries": sorted(
            (
                {"id": name, "content": workspace.libraries[name].content_hash}
                for name in _usable(workspace, decisions, period, recorded, known.vocabulary)
            ),
            key=lambda entry: entry["id"],
        ),
        "decisions": [r.to_json() for r in decisions],
        "catalogue": catalogue_hashes(),
        **({"models": models} if models else {}),
        **({"estimates": estimates.id} if estimates else {}),
    }


def _usable(
    workspace: Workspace, decisions: list[Recorded], period: Period, recorded: Collection[tuple[str, str]],
    words: Vocabulary,
) -> set[str]:  # fmt: skip
    """Return the libraries that can give a factor, so that no other list has to be read.

    They are the lists of this country, those that a decision names, and of each other publisher that an activity needs
    (by its type and country) the editions of the period; all of them when it has none, to say which years there are.
    """
    libraries = workspace.libraries
    named = {r.decision.library for r in decisions if isinstance(r.decision, Pin | Override | TakeIn)}
    found = {*libraries.of_publishers(tuple(home_publishers())), *(named & set(libraries))}
    kinds = {(counted, place) for kind, place in recorded for counted in _counted_as(kind, words)}
    spent = any(words[kind].by_sector for kind, _ in kinds)
    others = {answer[0] for kind in kinds if (answer := speaker(*kind))} | (set(SPEND_LISTS) if spent else set())
    for publisher in others - home_publishers():
        editions = libraries.of_publishers((publisher,))
        found |= {name for name in editions if _touches(libraries.papers(name), period)} or set(editions)
    return found


def _counted_as(ident: str, words: Vocabulary) -> set[str]:
    """Return an activity type, or those that its records are posted as."""
    return {posted.type for posted in words[ident].posts} or {ident}


def _touches(papers: LibraryPapers, period: Period) -> bool:
    return papers.valid_from <= period.end and period.start <= papers.valid_to


def catalogue_hashes() -> dict[str, str]:
    """Return the content of the shipped data that can change a result, or its total under a standard."""
    units = [[k, n, u.id, str(u.factor)] for (k, n), u in sorted(unit_registry().units.items())]
    parts: dict[str, Any] = {
        "vocabulary": vocabulary().to_json(),
        "methods": shipped_methods().to_json(),
        "bindings": [
            row.model_dump(mode="json")
            for publisher in publishers()
            for _, rows in sorted(bindings_for(publisher).rows.items())
            for row in rows
        ],
        "accounts": list(chart().accounts),
        "standards": {s.id: [dict(s.heading_of), sorted(s.reason_of), s.bases] for s in standards().values()},
        "units": units,
        "uncertainties": uncertainties().to_json(),
        "estimates": shipped_estimates().to_json(),
        "substances": {
            ident: {species: str(share) for species, share in s.species.items()} for ident, s in substances().items()
        },
        "money": _files("money"),
        "sectors": _files("sectors"),
        "airports": _files("airports"),
        "gwp": {name: _potentials(gwp_set(name)) for name in GWP_SETS},
    }
    return {name: sha256(canonical_json(value)) for name, value in parts.items()}


def _files(folder: str) -> dict[str, str]:
    """Return the hash of each table of a folder, read only where it is needed."""
    return {path.name: sha256(path.read_bytes()) for path in sorted((CATALOGUE / folder).iterdir())}


def _potentials(gwp: GwpSet) -> list[list[str]]:
    return [[species, gwp.columns[species], str(value)] for species, value in sorted(gwp.values.items())]


def make_shelf(store: Store, spec: dict[str, Any], decisions: list[Recorded]) -> Shelf:
    """Return the libraries and decisions that a spec names, each decision under the id that the spec gives it.

    That is its content id; runs of version 0.1.0 name its id in the log.

    Raises:
        RunError: `library_missing` or `library_differs`.
    """
    libraries = []
    for entry in spec["libraries"]:
        library = store.libraries.get(entry["id"])
        if library is None:
            raise RunError.of("library_missing", library=entry["id"])
        if library.content_hash != entry["content"]:
            raise RunError.of("library_differs", library=entry["id"])
        libraries.append(library)
    by_id = {r.content: r for r in decisions} | {r.id: r for r in decisions}
    named = [entry["id"] for entry in spec["decisions"]]
    chosen = [replace(by_id[ident], id=ident) for ident in named if ident in by_id]
    return Shelf(libraries, chosen, use_pins=spec["lists"] == "pins")
