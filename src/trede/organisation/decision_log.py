"""The log of decisions: appended and never changed; which are in force, and what each says under an id of its content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, canonical_json, pretty_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.versions import Version, Versions
from trede.organisation.decisions import Decision, Revoke

_ADAPTER: TypeAdapter[Decision] = TypeAdapter(Annotated[Decision, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision with its id in the log, by which it can be taken back."""

    id: str
    number: int
    decision: Decision

    @property
    def content(self) -> str:
        """What the decision says, as an id: two decisions that say the same have the same, whoever made them and why."""
        return sha256(canonical_json(self._said()))[:SHORT]

    def _said(self) -> dict[str, Any]:
        # Without defaults, so that a field that a later version adds leaves the id of earlier decisions as it is.
        aside = {"kind", "reason", "person", "made_at"}
        facts = self.decision.model_dump(mode="json", exclude=aside, exclude_defaults=True)
        return {"kind": self.decision.kind, **facts}

    def to_json(self) -> dict[str, Any]:
        """Return what can change a result: what the decision says, under its content id."""
        return {"id": self.content, **self._said()}

    def is_named(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry of a run's spec is this decision; version 0.1.0 wrote it with its id in the log and its reason."""
        told = {"id": self.id, **self.decision.model_dump(mode="json")}
        return entry == self.to_json() or all(told.get(name) == value for name, value in entry.items())

    def made(self) -> dict[str, Any]:
        """Return who made it, when and why, with its id in the log: all that lies outside the results."""
        told = self.decision.model_dump(mode="json", include={"reason", "person", "made_at"})
        return {"recorded": self.id, **told}


def distinct(decisions: Sequence[Recorded]) -> list[Recorded]:
    """Return decisions that all say something else, in order: of those that say the same, the last, which prevails."""
    last = {recorded.content: recorded for recorded in decisions}
    return sorted(last.values(), key=lambda recorded: recorded.number)


class DecisionLog:
    """The folder `decisions/`: numbered files, each chained to the one before it."""

    def __init__(self, folder: Path) -> None:
        self.versions = Versions(folder, ".json")

    def record(self, decision: Decision) -> Recorded:
        """Append a decision.

        Raises:
            StoreError: `decision_missing` when a revocation names none, `decision_revoked_already` when it names one that
                is not in force any more.
        """
        if isinstance(decision, Revoke):
            self._require_in_force(decision.decision)
        return _read(self.versions.append(pretty_json(decision.model_dump(mode="json"))))

    def _require_in_force(self, ident: str) -> None:
        if ident not in {r.id for r in self.all()}:
            raise StoreError.of("decision_missing", decision=ident)
        standing = self.standing()
        if ident not in {r.id for r in standing}:
            by = [r for r in standing if isinstance(r.decision, Revoke) and r.decision.decision == ident]
            who = by[-1].decision
            raise StoreError.of(
                "decision_revoked_already", decision=ident, by=by[-1].id, person=who.person, reason=who.reason
            )

    def all(self) -> Iterator[Recorded]:
        """Yield every decision in order, revoked ones included."""
        for version in self.versions.all():
            yield _read(version)

    def in_force(self, without: str | None = None) -> list[Recorded]:
        """Return the decisions that nobody took back, in order; `without`: as if that one were taken back now."""
        return [r for r in self.standing(without) if not isinstance(r.decision, Revoke)]

    def standing(self, without: str | None = None) -> list[Recorded]:
        """Return the decisions in force, with the revocations that hold: one that was taken back itself revokes nothing."""
        revoked, found = {without}, []
        for recorded in reversed(list(self.all())):
            if recorded.id not in revoked:
                found.append(recorded)
                if isinstance(recorded.decision, Revoke):
                    revoked.add(recorded.decision.decision)
        return found[::-1]

    @property
    def last(self) -> int:
        """The number of the last decision; 0 before the first."""
        latest = self.versions.latest()
        return latest.number if latest else 0

    def check(self) -> list[Issue]:
        """Return an issue for each file that was changed or is missing."""
        return self.versions.check()


def _read(version: Version) -> Recorded:
    try:
        decision = _ADAPTER.validate_python(json.loads(version.read()))
    except ValueError as error:
        raise StoreError.of("stored_file_changed", Location(file=f"decisions/{version.path.name}")) from error
    return Recorded(version.id, version.number, decision)
