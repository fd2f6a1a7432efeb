"""The workspace: open one organisation's folder, take files in, decide, calculate, read and verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from filelock import FileLock

from trede.activity.batches import Batch
from trede.catalogue.gwp import DEFAULT_GWP
from trede.catalogue.shelves import Libraries, folders_in, shipped_libraries
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.engine.runs import Run
from trede.intake.checking import load_profile
from trede.intake.profile import Profile
from trede.inventory.publication import Published
from trede.kernel.disk import disk, stored_folders
from trede.kernel.errors import StoreError, TredeError
from trede.kernel.issues import Location
from trede.kernel.periods import Period
from trede.methods.known import shipped
from trede.methods.own import OwnModel
from trede.methods.own_file import PREFIX
from trede.organisation.changes import Change, changes
from trede.organisation.decision_log import Recorded, distinct
from trede.organisation.decisions import CHANGING, BaseYear, Decision, Describe, Revoke, Withdraw, WithdrawModel
from trede.organisation.model import Organisation
from trede.organisation.reading import load_organisation
from trede.workspace.counting import counting
from trede.workspace.describing import require_described, require_named
from trede.workspace.layout import FOLDERS, Layout
from trede.workspace.store import Store

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, for the shells; the library never asks for it by itself."""
    return datetime.now(UTC)


class Workspace(Store):
    """One organisation's folder. Reading needs no lock; every change holds one."""

    def __init__(self, root: Path, clock: Clock = utc_now) -> None:
        super().__init__(root)
        self.clock = clock
        self.layout.require()

    @classmethod
    def create(cls, root: Path, organisation: bytes, name: str, clock: Clock = utc_now) -> Workspace:
        """Make a workspace of an organisation's description (`organisation.toml`).

        Raises:
            CatalogueError: the description is not valid; nothing was made.
            StoreError: there is one already.
        """
        require_described(organisation, name)
        Layout(root).create(clock().isoformat(), organisation)
        return cls(root, clock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock, and sweep away what an interrupted write left behind."""
        with FileLock(self.layout.lock):
            folders = [self.layout.folder(name) for name in FOLDERS]
            nested = [stored_folders(self.layout.folder(name)) for name in ("profiles", "models")]
            for folder in [*folders, *(folder for each in nested for folder in each)]:
                disk.sweep(folder)
            yield

    @property
    def now(self) -> str:
        """The clock's time as text."""
        return self.clock().isoformat()

    @property
    def key(self) -> bytes:
        """The secret of the organisation's pseudonyms."""
        return self.layout.key_file.read_bytes()

    # -- organisation, profiles, libraries

    @property
    def organisation(self) -> Organisation:
        """The description in force: the latest."""
        latest = self.organisation_versions.latest()
        if latest is None:
            raise StoreError.of("organisation_missing")
        return load_organisation(latest.read(), latest.path.name)

    def describe(
        self, organisation: bytes, name: str, why: Mapping[str, Any] | None = None, base: str | None = None
    ) -> list[Change]:
        """Store a next description of the organisation and return what changed; an equal one is not stored twice.

        Args:
            why: `reason`, `person` and `made_at`, which are kept beside it; stored again, it keeps the first.
            base: the id of the description that it was made from; when another is in force by now, nothing is stored.

        Raises:
            CatalogueError: the description is not valid.
            StoreError: `site_in_use`, `entity_in_use` or `department_in_use`: a record that counts names one that is missing;
                `description_overtaken`.
        """
        after = require_described(organisation, name)
        with self.writing():
            latest = self.organisation_versions.latest()
            if latest is not None and base not in (None, latest.id) and latest.read() != organisation:
                raise StoreError.of("description_overtaken", number=latest.number)
            found = changes(self.organisation, after)
            require_named(self.active_batches(), found, name)
            stored = self.organisation_versions.append(organisation)
            told = {d.description for r in self.decisions.in_force() if isinstance(d := r.decision, Describe)}
            if why is not None and stored.id not in told:
                self.decisions.record(Describe(description=stored.id, **why))
        return found

    def profiles(self) -> dict[str, Profile]:
        """Return the saved profiles by id, each in its latest version."""
        folders = stored_folders(self.layout.folder("profiles"))
        latest = {folder.name: self.profile_versions(folder.name).latest() for folder in folders}
        words = self.known().vocabulary
        return {name: load_profile(v.read(), v.path.name, words) for name, v in latest.items() if v is not None}

    def save_profile(self, data: bytes, name: str) -> Profile:
        """Store a profile under its id; the same text again is not stored twice."""
        profile = load_profile(data, name, self.words)
        with self.writing():
            self.profile_versions(profile.id).append(data)
        return profile

    @cached_property
    def libraries(self) -> Libraries:
        """All libraries at hand: those that ship and those that were imported here; loaded when asked for."""
        return Libraries(folders_in(self.layout.folder("libraries")), shipped_libraries())

    # -- own calculation models

    @property
    def models_in_use(self) -> dict[str, OwnModel]:
        """The own models by activity type that nobody withdrew."""
        models = self.models()
        decisions = [recorded.decision for recorded in self.decisions.in_force()] if models else []
        gone = {PREFIX + decision.model for decision in decisions if isinstance(decision, WithdrawModel)}
        return {name: model for name, model in models.items() if name not in gone}

    @property
    def words(self) -> Vocabulary:
        """The activity types that a file may name: those that ship, and the own models that nobody withdrew."""
        models = self.models_in_use
        return shipped().with_models(list(models.values())).vocabulary if models else vocabulary()

    # -- decisions

    def decide(self, decision: Decision) -> Recorded:
        """Record a decision.

        Raises:
            StoreError: `decision_missing`, or `records_twice` when revoking would let records count a second time.
        """
        with self.writing():
            if isinstance(decision, Revoke):
                self._require_once(decision.decision)
            return self.decisions.record(decision)

    def _require_once(self, revoked: str) -> None:
        """Test that the batches that come back without a decision share no record with those that count."""
        after = self.active_batches(without=revoked)
        before = {batch.id for batch in self.active_batches()}
        for back in (batch for batch in after if batch.id not in before):
            ids = set(back.records("record_id")["record_id"].to_pylist())
            for other in after:
                twice = ids.intersection(other.records("record_id")["record_id"].to_pylist())
                if twice and other.id != back.id:
                    where = Location(file=back.file_name)
                    raise StoreError.of("records_twice", where, batch=back.id, other=other.id, count=len(twice))

    # -- batches

    def batches(self) -> list[Batch]:
        """Return all batches in the order in which they were made."""
        return list(self.batch_store.all())

    def active_batches(self, without: str | None = None) -> list[Batch]:
        """Return the batches that count: the last word about each holds. `without`: as if one decision were taken back."""
        return counting(self.batches(), self.decisions.in_force(without))

    def withdraw(self, batch_id: str, reason: str, person: str) -> Batch:
        """Take a batch out; it stays readable.

        Raises:
            StoreError: `batch_unknown`, or `batch_not_active`.
        """
        batch = self.batch_store.get(batch_id)
        if batch.id not in {b.id for b in self.active_batches()}:
            raise StoreError.of("batch_not_active", Location(file=batch.file_name), batch=batch.id)
        self.decide(Withdraw(batch=batch.id, reason=reason, person=person, made_at=self.clock()))
        return batch

    # -- runs

    def runs(self) -> list[Run]:
        """Return all runs in the order in which they were made."""
        return list(self.run_store.all())

    def find_run(self, name: str) -> Run:
        """Return a run by id, by a beginning of it, or the run that answers for a period such as `2024`.

        Of a period that was published that is the published run, whatever was calculated later.

        Raises:
            StoreError: `run_unknown`, `run_ambiguous` or `published_run_missing`.
        """
        return self.run_of(name) or self.run_store.get(name)

    def run_of(self, period: str) -> Run | None:
        """Return the run that answers for a period: the published one, else the calculated one, else None.

        Raises:
            StoreError: `published_run_missing`.
        """
        published = self.publications_of(period)
        if not published:
            return self.calculated_run(period)
        run = published[-1].publication.run
        if run not in self.run_store.ids():
            raise StoreError.of("published_run_missing", Location(file=f"runs/{run}"), period=period, run=run)
        return self.run_store.get(run)

    def publications_of(self, period: str) -> list[Published]:
        """Return the publications of a period, the one in force last; of what is no period, none."""
        wanted = _period(period)
        return self.publications.of_period(wanted) if wanted else []

    def calculated_run(self, period: str, gwp: str = DEFAULT_GWP) -> Run | None:
        """Return the run that stands for today's data: of a published period the proposal. None without any.

        A run that left the pins aside, or took another GWP set than `gwp`, is a question, not the answer: it comes only when
        there is no other. One of today's batches and decisions goes before an earlier state, and then the latest: so a
        decision that was taken back brings the figure of before it back too.
        """
        wanted = _period(period)
        batches = sorted(batch.id for batch in self.active_batches())
        chosen = [r for r in self.decisions.in_force() if isinstance(r.decision, CHANGING)]
        ways = [r.content for r in distinct(chosen)], [r.id for r in chosen]

        def rank(run: Run) -> tuple[bool, bool, bool, str]:
            spec = run.spec
            current = [b["id"] for b in spec["batches"]] == batches and [d["id"] for d in spec["decisions"]] in ways
            return spec["lists"] == "pins", run.gwp == gwp, current, run.made["made_at"]

        return max((run for run in self.runs() if run.spec["period"] == wanted), key=rank, default=None)

    @property
    def base_year(self) -> tuple[Recorded, BaseYear] | None:
        """The policy on the base year in force: the latest decision about it."""
        found = [(r, r.decision) for r in self.decisions.in_force() if isinstance(r.decision, BaseYear)]
        return found[-1] if found else None


def _period(name: str) -> str:
    """Return the name under which a period is stored; of what is no period, nothing."""
    try:
        return str(Period.parse(name))
    except TredeError:
        return ""
