"""Sites held against each other: this year, the year before, and per unit of what each site has figures of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trede.inventory.footprint import share
from trede.inventory.grouping import sums_by
from trede.inventory.intensity import Intensity, figure_of
from trede.workspace import Workspace
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.per_unit import per_unit
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run


@dataclass(frozen=True)
class SiteLine:
    """One site. `per_unit` has a text for each denominator, empty where the site has no figure."""

    name: str
    now: Figure | None
    before: Figure | None
    change: str
    per_unit: list[str]


@dataclass(frozen=True)
class Sites:
    """The comparison. `before` is the name of the year before; empty when it has no run."""

    now: str
    before: str
    denominators: list[tuple[str, str]]
    """Names with the unit of the intensity, in kilograms."""
    lines: list[SiteLine]


def compare_sites(workspace: Workspace, run: Run, view: View, voice: Voice) -> Sites | None:
    """Compare the sites of a run; None when records name less than two."""
    now, described = _by_site(run, view), workspace.organisation
    year = run.period.name
    earlier = workspace.run_of(str(int(year) - 1)) if year.isdecimal() else None
    before = _by_site(earlier, view) if earlier else {}
    names = {site.id: site.name for site in described.site}
    every = sorted({*now, *before} - {""}, key=lambda site: (-now.get(site, 0), names.get(site, site)))
    if len(every) < 2:
        return None
    stated = [d for d in described.denominator if any(figure_of(d, run.period, site) for site in every)]
    lines = [
        SiteLine(
            names.get(site, site) or voice.say("compare.no_site"), _figure(run, view, site, now),
            _figure(earlier, view, site, before), _change(now.get(site, 0), before.get(site, 0), voice),
            [per_unit(Intensity(now.get(site, 0), figure_of(d, run.period, site)), voice) for d in stated],
        )
        for site in [*every, *([""] if "" in now or "" in before else [])]
    ]  # fmt: skip
    return Sites(year, earlier.period.name if earlier else "", [(d.name, f"kg / {d.unit}") for d in stated], lines)


def parts_of(workspace: Workspace, run: Run, view: View, voice: Voice) -> list[tuple[str, str]]:
    """Return the sites that a run has amounts of, each with its name and address; nothing when there are less than two."""
    names = {site.id: site.name for site in workspace.organisation.site}
    found = sorted(_by_site(run, view), key=lambda site: (not site, names.get(site, site)))
    if len(found) < 2:
        return []
    return [
        (names.get(site, site) or voice.say("compare.no_site"), f"{run.id}/{view.name}/site:{site}") for site in found
    ]


def _by_site(run: Run, view: View) -> dict[str, int]:
    found = sums_by(run.table("totals"), view.standard, view.basis, ("site",))
    return {site or "": mg for (site,), mg in found.items()}


def _figure(run: Run | None, view: View, site: str, amounts: dict[str, int]) -> Figure | None:
    if run is None or site not in amounts:
        return None
    return Figure(amounts[site], f"{run.id}/{view.name}/site:{site}")


def _change(now: int, before: int, voice: Voice) -> str:
    text = voice.percent(share(now - before, abs(before)), 1) if before else "–"
    return f"+{text}" if before and now > before and any(digit in text for digit in "123456789") else text
