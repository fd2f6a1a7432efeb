"""What the consolidation approach decides: how much of an entity counts when, and which records stand in another account.

Under each approach the ledger keeps 100 % of every record with the share beside it. A lease or an associate moves what would
be the organisation's scope 1 and 2 to an account group of scope 3; its kind of use (fuel, power, ...) stays visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from trede.catalogue.vocabulary import vocabulary
from trede.engine.plan import GROUP
from trede.kernel.periods import Period
from trede.organisation.model import Organisation
from trede.organisation.parts import Lease

USES: Mapping[str, tuple[str, str]] = {
    "mobile-combustion.": ("vehicles", "fuel"),
    "purchased-electricity.vehicles": ("vehicles", "power"),
    "stationary-combustion.": ("building", "fuel"),
    "purchased-electricity.": ("building", "power"),
    "purchased-heat": ("building", "heat"),
    "purchased-cold": ("building", "heat"),
    "fugitive.": ("building", "gases"),
    "process-emissions": ("building", "process"),
}
"""Beginning of an account group of scope 1 or 2 → the kind of asset that it is the use of, and the kind of use."""

PREFIXES = {"lessee": "upstream-leased", "lessor": "downstream-leased"}
MARK = f'"{GROUP}"'
"""What the attributes of a record have in them that a method posts to an account group of its own: no lease moves it."""

ASSOCIATE = "investments.other"
"""The account group of scope 1 and 2 of an associate in category 15."""


@dataclass(frozen=True, slots=True)
class Stake:
    """A part of an entity that counts on some days; of an `associate` only what moves to the account group `ASSOCIATE`."""

    days: Period
    share: Decimal
    associate: bool = False


@dataclass(frozen=True)
class Move:
    """Records that stand in another account group on some days: activity type → group."""

    days: Period
    groups: Mapping[str, str]
    entity: str | None = None
    site: str | None = None
    vehicles: tuple[str, ...] = ()

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Whether it is about a record, whatever its days."""
        return (
            record["activity_type"] in self.groups
            and MARK not in record["attributes"]
            and self.entity in (None, record["entity"])
            and self.site in (None, record["site"])
            and (not self.vehicles or record["vehicle"] in self.vehicles)
        )

    def to_json(self) -> dict[str, Any]:
        """Return what a run's spec keeps."""
        return {
            "days": days_to_json(self.days), "groups": dict(self.groups), "entity": self.entity, "site": self.site,
            "vehicles": list(self.vehicles),
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(days_from_json(data["days"]), data["groups"], data["entity"], data["site"], tuple(data["vehicles"]))


def days_to_json(days: Period) -> list[str]:
    """Return the first and last day as texts; `days_from_json` reads them back."""
    return [days.start.isoformat(), days.end.isoformat()]


def days_from_json(data: list[str]) -> Period:
    """Read what `days_to_json` wrote."""
    return Period(date.fromisoformat(data[0]), date.fromisoformat(data[1]))


def stakes_of(organisation: Organisation) -> dict[str, tuple[Stake, ...]]:
    """Return the stakes by entity; entities that count in full or not at all have none."""
    found: dict[str, tuple[Stake, ...]] = {}
    for entity in organisation.entity:
        stakes = []
        for span in entity.ownership:
            share = span.counted(organisation.approach)
            if 0 < share < 1:
                stakes.append(Stake(span.days, share))
            elif _associate(organisation, share, span.share):
                stakes.append(Stake(span.days, span.share, associate=True))
        if stakes:
            found[entity.id] = tuple(sorted(stakes, key=lambda stake: stake.days))
    return found


def moves_of(organisation: Organisation) -> Iterator[Move]:
    """Yield what stands in other accounts: associates, then leases in the order of the description."""
    for entity in organisation.entity:
        for span in entity.ownership:
            if _associate(organisation, span.counted(organisation.approach), span.share):
                yield Move(span.days, dict.fromkeys(sorted(_groups("")), ASSOCIATE), entity.id)
    for lease in organisation.lease:
        if not lease.own(organisation.approach):
            yield _moved(lease)


def _associate(organisation: Organisation, counted: Decimal, owned: Decimal) -> bool:
    return organisation.associates == "category-15" and counted == 0 and owned > 0


def _moved(lease: Lease) -> Move:
    groups = {kind: f"{PREFIXES[lease.role]}.{use}" for kind, use in sorted(_groups(lease.asset).items())}
    return Move(lease.days, groups, lease.entity, lease.site, lease.vehicles)


def _groups(asset: str) -> dict[str, str]:
    """Return the activity types that are the use of a kind of asset (of any, when it is empty), with the kind of use."""
    found = {}
    for kind in vocabulary().types.values():
        groups = {group for name, group in kind.accounts.items() if name != "by"}
        uses = {next((use for begin, use in USES.items() if group.startswith(begin)), None) for group in groups}
        match list(uses):
            case [(of, use)] if asset in ("", of):
                found[kind.id] = use
    return found
