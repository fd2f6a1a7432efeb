"""Every factor of the Dutch list through the engine.

Most rows of the list belong to activities that the vocabulary does not know yet; a vocabulary made for these tests, with one
type for each kind of quantity and an override for each factor, lets all of them be used.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from engine_samples import LIST, Outcome, activity, override, run, shelf

from trede.catalogue.factor import Factor
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.kernel.identity import canonical_json
from trede.kernel.models import Text

FACTORS = shipped_libraries()[LIST].factors
QUANTITIES = [Decimal(text) for text in ("61.33", "0.001", "12345.678912", "-61.33", "8196", "0.000001", "33.333333")]


def run_whole_list(folder: Path) -> Outcome:
    """Calculate each quantity with each factor; a record's `note` is the factor's id."""
    types = [
        ActivityType(
            id=f"any-{kind}",
            name=Text(nl=kind, en=kind),
            kind=kind,
            method="fuel-combustion",
            accounts={"always": "business-travel.car"},
        )
        for kind in unit_registry().kinds
    ]
    rows = [_row(factor, quantity) for factor in FACTORS.values() for quantity in QUANTITIES]
    chosen = [override(f"any-{f.kind}", f.id, 2026, attributes={"factor": f.id}) for f in FACTORS.values()]
    return run(folder, rows, on=shelf(*chosen), known=Vocabulary({t.id: t for t in types}))


def _row(factor: Factor, quantity: Decimal) -> dict[str, Any]:
    return {
        **activity("electricity", quantity, factor.unit),
        "activity_type": f"any-{factor.kind}",
        "attributes": canonical_json({"factor": factor.id}).decode(),
        "note": factor.id,
    }
