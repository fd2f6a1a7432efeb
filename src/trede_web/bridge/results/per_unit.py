"""A total divided by the figures of an organisation: per person, per square metre, per million of revenue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trede.inventory.intensity import Intensity, figure_of
from trede.kernel.amounts import MG_PER_KG
from trede.workspace import Workspace
from trede_web.bridge.figures import Figure

if TYPE_CHECKING:
    from trede.engine.runs import Run
    from trede_web.bridge.speaking import Voice

MG_PER_TONNE = MG_PER_KG * 1000


@dataclass(frozen=True)
class PerUnit:
    """A total per unit of a denominator: the figure that is divided, the number of its chart, and the quotient in words."""

    name: str
    figure: Figure
    chart: int
    text: str
    unit: str


def per_units(workspace: Workspace, run: Run, total: Figure, voice: Voice) -> list[PerUnit]:
    """Return a run's total by each denominator of the whole organisation that has a figure of its period."""
    found = []
    for number, denominator in enumerate(workspace.organisation.denominator, 1):
        intensity = Intensity(total.mg, figure_of(denominator, run.period))
        amount = intensity.mg_per_unit
        if amount is None:
            continue
        tonnes = abs(amount) >= MG_PER_TONNE
        unit = f"{'t' if tonnes else 'kg'} / {denominator.unit}"
        found.append(
            PerUnit(
                denominator.name,
                Figure(total.mg, f"{total.query}#per-{number}"),
                number,
                per_unit(intensity, voice, tonnes=tonnes),
                unit,
            )
        )
    return found


def per_unit(found: Intensity, voice: Voice, *, tonnes: bool = False) -> str:
    """Write an intensity with three digits that count, in kilograms or tonnes; empty without a figure to divide by."""
    amount = found.mg_per_unit
    if amount is None:
        return ""
    shown = amount / (MG_PER_TONNE if tonnes else MG_PER_KG)
    return voice.number(shown, max(0, 2 - shown.adjusted()) if shown else 0)
