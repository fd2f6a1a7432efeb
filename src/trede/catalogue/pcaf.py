"""Asset classes of PCAF and the score of each option for the quality of the data, from `pcaf.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from trede.catalogue.files import CATALOGUE
from trede.kernel.models import Strict, Text, load


class AssetClass(Strict):
    """One class: the activity types of its holdings, and the score by option with its table in the standard's annex."""

    id: str
    name: Text
    types: tuple[str, ...]
    table: str
    scores: dict[str, int]


class _File(Strict):
    asset_class: tuple[AssetClass, ...]


@cache
def asset_classes() -> Mapping[str, AssetClass]:
    """Return the class of each activity type that records a holding."""
    return {kind: found for found in load(_File, CATALOGUE / "pcaf.toml").asset_class for kind in found.types}
