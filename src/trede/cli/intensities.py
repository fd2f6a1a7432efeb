"""What `trede show --intensity` prints: emissions per unit of each denominator, with the figure and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pyarrow.compute as pc

from trede.catalogue.standards import Standard
from trede.cli.context import Context
from trede.cli.tables import RULE, Row, table
from trede.engine.runs import Run
from trede.intake.fields import QUALITIES
from trede.inventory.footprint import Footprint, footprint
from trede.inventory.intensity import Figure, Intensity, figure_of
from trede.kernel.amounts import MG_PER_KG, MG_PER_TONNE
from trede.organisation.parts import Denominator

SMALL = MG_PER_TONNE // 10
"""Below a tenth of a tonne per unit a table is in kilograms."""
DECIMALS = 3
_SHOWN = Decimal("0.001")


def print_intensities(context: Context, runs: Sequence[Run], standards: Sequence[Standard]) -> None:
    """Print a table for each denominator (and each site that has figures of its own), standard and basis."""
    denominators = context.workspace.organisation.denominator
    if not denominators:
        context.line()
        context.say("intensity.none")
    for denominator in denominators:
        for site in dict.fromkeys(value.site for value in denominator.value):
            figures = [figure_of(denominator, run.period, site) for run in runs]
            context.line()
            for standard in standards if any(figures) else ():
                for basis in standard.bases:
                    _print(
                        context, runs, [_view(run, standard, basis, site) for run in runs], denominator, site, figures
                    )
            for run, figure in zip(runs, figures, strict=True):
                _print_figure(context, run, denominator, figure)


def _view(run: Run, standard: Standard, basis: str, site: str | None) -> Footprint:
    totals = run.table("totals")
    return footprint(totals if site is None else totals.filter(pc.equal(totals["site"], site)), standard, basis)


def _print(
    context: Context, runs: Sequence[Run], views: Sequence[Footprint], denominator: Denominator, site: str | None,
    figures: Sequence[Figure | None],
) -> None:  # fmt: skip
    speaker = context.speaker
    say, language = speaker.say, speaker.language
    totals = [Intensity(view.total, figure).mg_per_unit for view, figure in zip(views, figures, strict=True)]
    small = all(abs(total) < SMALL for total in totals if total is not None)
    scale, unit = (MG_PER_KG, "kg") if small else (MG_PER_TONNE, say("unit.tonnes"))

    def row(label: str, amounts: Sequence[int]) -> Row:
        found = [Intensity(mg, figure).mg_per_unit for mg, figure in zip(amounts, figures, strict=True)]
        return [label, *("–" if value is None else speaker.number(value / scale, DECIMALS) for value in found)]

    rows: list[Row] = [
        [say("intensity.unit", unit=unit, per=denominator.unit), *(run.period.name for run in runs)],
        RULE,
    ]
    for line in views[0].lines:
        amounts = [view.line(line.heading.id).mg for view in views]
        if any(amounts):
            rows.append(row("  " * line.depth + line.heading.name.get(language), amounts))
    rows += [RULE, row(say("sum_total"), [view.total for view in views])]
    standard = views[0].standard
    mark = "" if standard.verified else f" ({say('standard.unverified')})"
    place = denominator.name if site is None else f"{denominator.name}, {site}"
    context.line(f"{place} · {standard.name.get(language)}, {say(f'basis_of.{views[0].basis}')}{mark}")
    context.line(table(rows, right=range(1, len(runs) + 1)))


def _print_figure(context: Context, run: Run, denominator: Denominator, figure: Figure | None) -> None:
    """Say what was divided by, how it was found and where it comes from, or that it is missing."""
    speaker = context.speaker
    if figure is None:
        context.line("  " + speaker.say("intensity.missing", name=denominator.name, period=run.period.name))
        return
    worst = max((value.quality for value in figure.behind), key=QUALITIES.index)
    context.line("  " + speaker.say(
        f"intensity.{figure.origin}", period=run.period.name, unit=denominator.unit,
        value=speaker.number(figure.value.quantize(_SHOWN, ROUND_HALF_UP) if figure.origin == "average" else figure.value),
        quality=speaker.say(f"quality.{worst}"), periods=[value.period for value in figure.behind],
        source="; ".join(dict.fromkeys(value.source for value in figure.behind)),
    ))  # fmt: skip
