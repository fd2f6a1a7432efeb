"""What gases and refrigerants consist of, from `gwp/substances.toml`: a blend counts as its components."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from trede.catalogue.factor import Filled
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, load


class Substance(Strict):
    """A gas, or a blend: the share by mass of each species (an id of a GWP set); together one."""

    id: Filled
    name: Filled
    species: dict[str, Annotated[Decimal, Field(gt=0, le=1)]]

    @model_validator(mode="after")
    def _whole(self) -> Substance:
        if sum(self.species.values()) != 1:
            raise ValueError(f"the shares of {self.id} do not add up to 1")
        return self


class _File(Strict):
    source: Filled
    url: Filled
    licence: Filled
    substance: tuple[Substance, ...]


@cache
def substances() -> Mapping[str, Substance]:
    """Load all substances by id.

    Raises:
        CatalogueError: `id_twice`, or a composition that does not add up.
    """
    path = CATALOGUE / "gwp" / "substances.toml"
    found: dict[str, Substance] = {}
    for substance in load(_File, path).substance:
        if substance.id in found:
            raise CatalogueError.of("id_twice", Location(file=path.name), id=substance.id)
        found[substance.id] = substance
    return found
