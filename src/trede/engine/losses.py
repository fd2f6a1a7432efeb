"""Losses of purchased energy on its way, reckoned from the factor of the very same record (Scope 3 Guidance, formula 3.3).

    losses = quantity delivered × life-cycle factor × share lost per unit delivered

A factor that says it includes losses, or does not say, gives none: an issue tells so (accounting rules, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from trede.catalogue.vocabulary import ActivityType
from trede.engine.gases import GasPart, Source
from trede.kernel.issues import Issue
from trede.organisation.parts import Losses

LOST, LOST_GENERATION = "lost", "lost_generation"


def with_losses(
    source: Source, slot: str, losses: Losses, activity: ActivityType, country: str, year: int
) -> tuple[Source, list[Issue]]:
    """Return the source of a slot with its losses as a value: `lost`, or `lost_generation` by the other formula.

    Returns:
        The source as it was with one issue (`losses_included`, `losses_unknown`, `losses_share_missing` or
        `losses_without_lifecycle`) when there is nothing to reckon with.
    """
    said = source.factor.losses if source.factor else None
    facts: dict[str, Any] = {"activity_type": activity.id, "year": year, "slot": slot, "factor": source.ref}
    if said != "excluded":
        code = "losses_unknown" if said in (None, "unknown") else "losses_included"
        return source, [Issue.warning(code, **facts) if code == "losses_unknown" else Issue.notice(code, **facts)]
    share = losses.find(activity.kind, country, year)
    if share is None:
        return source, [Issue.warning("losses_share_missing", **facts, geography=country)]
    of, name = ("total", LOST) if losses.formula == "life-cycle" else ("direct", LOST_GENERATION)
    value = source.values.get(f"{slot}.{of}")
    if value is None:
        return source, [Issue.warning("losses_without_lifecycle", **facts, value=of)]
    ratio, symbol = share.of_delivered, f"{slot}.{name}"
    lost = {
        "share": f"{share.share.normalize():f}", "of": share.of, "of_delivered": f"{ratio.normalize():f}",
        "source": share.source, "formula": losses.formula, "value": f"{value.normalize():f}",
    }  # fmt: skip
    values = {**source.values, symbol: Decimal(f"{(value * ratio).normalize():f}")}
    split = {**source.split, **_split(source.split.get(f"{slot}.{of}", ()), f"{slot}.{of}", symbol, ratio)}
    return replace(source, values=values, split=split, lost=lost), []


def _split(parts: Sequence[GasPart], of: str, symbol: str, ratio: Decimal) -> dict[str, list[GasPart]]:
    """Return the gases of what is lost: the same mixture."""
    found = [replace(part, amounts={symbol: part.amounts[of] * ratio}) for part in parts]
    return {symbol: found} if found else {}
