"""Sets of global warming potentials over 100 years, one an IPCC report, from `gwp/*.toml`."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from trede.catalogue.factor import Filled
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.gases import GAS_COLUMNS, GwpSet
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict, load

GWP_SETS = ("AR4", "AR5", "AR6")
DEFAULT_GWP = "AR6"
"""The set of a run that names none: the latest report, which the Dutch list of 2026 follows too."""


class _Species(Strict):
    id: Filled
    name: Filled
    column: Filled
    value: Decimal
    source: Filled | None = None


class _Conflict(Strict):
    """Sources disagree about a species: what was taken, what stands elsewhere, and why."""

    species: Filled
    taken: Decimal
    other: Decimal
    why: Filled


class _File(Strict):
    id: Filled
    title: Filled
    source: Filled
    url: Filled
    licence: Filled
    species: tuple[_Species, ...]
    conflict: tuple[_Conflict, ...] = ()


@cache
def gwp_set(name: str) -> GwpSet:
    """Return the set of a report (`AR4`, `AR5`, `AR6`): kg CO2e per kg of each species, and its column.

    Fossil methane (`ch4_fossil`) is for fugitive and process emissions; combustion takes `ch4`.

    Raises:
        CatalogueError: `gwp_set_unknown`, or a species that stands twice or has no column or no value.
    """
    if name not in GWP_SETS:
        raise CatalogueError.of("gwp_set_unknown", name=name, known=list(GWP_SETS))
    path = CATALOGUE / "gwp" / f"{name.lower()}.toml"
    return read_gwp_set(load(_File, path), path.name)


def read_gwp_set(file: _File, name: str) -> GwpSet:
    """Check a set that was read from the file `name`."""
    where = Location(file=name)
    issues = []
    values: dict[str, Decimal] = {}
    for species in file.species:
        if species.id in values:
            issues.append(Issue.error("gwp_species_twice", where, species=species.id))
        if species.column not in GAS_COLUMNS or species.column == "unsplit" or species.value < 0:
            issues.append(Issue.error("gwp_species_invalid", where, species=species.id, column=species.column))
        values[species.id] = species.value
    for conflict in file.conflict:
        if values.get(conflict.species) != conflict.taken:
            issues.append(Issue.error("gwp_conflict_differs", where, species=conflict.species))
    if issues:
        raise CatalogueError(*issues)
    return GwpSet(
        id=file.id,
        title=file.title,
        source=file.source,
        url=file.url,
        licence=file.licence,
        values=values,
        columns={species.id: species.column for species in file.species},
        conflicts={conflict.species: conflict.why for conflict in file.conflict},
    )
