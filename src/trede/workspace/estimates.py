"""An organisation's own estimates in its workspace: one list, whose next version takes the place of the one before it.

One estimate is added, or withdrawn with its reason, by a next version that a shell writes; comments in a list that a person
wrote stay in that version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trede.catalogue.estimates import OwnEstimate, shipped_estimates
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.kernel.toml_text import toml_text
from trede.methods.own_estimates import EstimatesFile, Own, check_estimates, read_list
from trede.organisation.decided import SHORTEST_REASON
from trede.workspace.workspace import Workspace


@dataclass(frozen=True)
class ImportedEstimates:
    """A stored list; `again` says that the very same text was the latest already."""

    own: Own
    version: int
    again: bool


def import_estimates(workspace: Workspace, data: bytes, name: str) -> ImportedEstimates:
    """Store a list of own estimates in the place of the one before it.

    Raises:
        CatalogueError: every fault with its line and character; nothing was stored.
    """
    with workspace.writing():
        own = check_estimates(data, name, workspace.known().vocabulary, shipped_estimates())
        last = workspace.estimate_versions.latest()
        again = last is not None and last.read() == data
        version = workspace.estimate_versions.append(data)
    return ImportedEstimates(own, version.number, again)


LIST = "own-estimates.toml"
"""What issues call a list that a shell wrote."""


def own_list(workspace: Workspace) -> EstimatesFile:
    """Return the own estimates in force and those that were withdrawn."""
    last = workspace.estimate_versions.latest()
    return read_list(last.read(), last.path.name) if last else EstimatesFile(estimate=())


def key_of(entry: OwnEstimate) -> str:
    """Return what tells an own estimate from every other: a hash of all that it says, its withdrawal left out."""
    facts = entry.model_dump(mode="json", include=set(OwnEstimate.model_fields), exclude_defaults=True)
    return sha256(canonical_json(facts))[:SHORT]


def _as_list(estimate: Mapping[str, Any], found: EstimatesFile) -> bytes:
    """Return the text of a list with one estimate more, given in plain values."""
    return _text([_plain(each) for each in found.estimate] + [dict(estimate)], [_plain(e) for e in found.withdrawn])


def try_estimate(workspace: Workspace, estimate: Mapping[str, Any]) -> None:
    """Test one own estimate as it would be added, without storing anything.

    Raises:
        CatalogueError: what `import_estimates` raises.
    """
    data = _as_list(estimate, own_list(workspace))
    check_estimates(data, LIST, workspace.known().vocabulary, shipped_estimates())


def add_estimate(workspace: Workspace, estimate: Mapping[str, Any]) -> ImportedEstimates:
    """Add one own estimate to the list; one that says the very same is not added twice.

    Args:
        estimate: its fields in plain values, as TOML has them.

    Raises:
        CatalogueError: what `import_estimates` raises.
    """
    found = own_list(workspace)
    data = _as_list(estimate, found)
    keys = [key_of(each) for each in read_list(data, LIST).estimate]
    if keys[-1] in keys[:-1]:
        data = _text([_plain(each) for each in found.estimate], [_plain(each) for each in found.withdrawn])
    return import_estimates(workspace, data, LIST)


def withdraw_estimate(workspace: Workspace, key: str, reason: str, person: str) -> ImportedEstimates:
    """Let an own estimate answer no more. It stays in the list, with why, who and when.

    Args:
        key: as `key_of` gives it.

    Raises:
        StoreError: `estimate_unknown`, or `reason_too_short`.
    """
    found = own_list(workspace)
    going = next((each for each in found.estimate if key_of(each) == key), None)
    if going is None:
        raise StoreError.of("estimate_unknown", estimate=key)
    if len(reason) < SHORTEST_REASON:
        raise StoreError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    why = {"reason": reason, "withdrawn_by": person, "withdrawn_on": workspace.clock().date().isoformat()}
    staying = [_plain(each) for each in found.estimate if each is not going]
    return import_estimates(workspace, _text(staying, [*map(_plain, found.withdrawn), {**_plain(going), **why}]), LIST)


def _plain(entry: OwnEstimate) -> dict[str, Any]:
    return entry.model_dump(mode="json", exclude_defaults=True)


def _text(estimates: list[dict[str, Any]], withdrawn: list[dict[str, Any]]) -> bytes:
    """Write a list: values and days stand between quotes."""
    return toml_text({"estimate": estimates, **({"withdrawn": withdrawn} if withdrawn else {})}).encode()
