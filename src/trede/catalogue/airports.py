"""Airports: IATA codes, and the length of the flights between them, from `airports/airports.csv`.

A route is two codes or more, such as `AMS-CDG-JFK`: each airport with the next is one flight.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise

from trede.catalogue.files import CATALOGUE
from trede.catalogue.papers import TablePapers
from trede.catalogue.tables import read_table
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.models import load

FOLDER = CATALOGUE / "airports"
EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth, (2a + b) / 3 of GRS 80 (H. Moritz, Geodetic Reference System 1980, Journal of Geodesy 74, 2000)."""

_BETWEEN = re.compile(r"[\s\-–—/>→,;]+")
_CLOSE = 5


@dataclass(frozen=True, slots=True)
class Airport:
    """An airport: degrees north and east, and its country in two letters."""

    code: str
    name: str
    country: str
    lat: float
    lon: float


@cache
def papers() -> TablePapers:
    """Return where the table comes from."""
    return load(TablePapers, FOLDER / "airports.toml")


@cache
def airports() -> Mapping[str, Airport]:
    """Return the airports by their code."""
    path, found = FOLDER / "airports.csv", {}
    for where, cells in read_table(path.read_bytes(), path.name, ("code", "name", "country", "lat", "lon")):
        if cells["code"] in found:
            raise CatalogueError.of("id_twice", where, id=cells["code"])
        place = float(cells["lat"]), float(cells["lon"])
        found[cells["code"]] = Airport(cells["code"], cells["name"], cells["country"], *place)
    return found


def canonical_route(text: str) -> str:
    """Return a route as records keep it: codes in capitals with a hyphen between them.

    Raises:
        TredeError: `airport_unknown` with close codes, `route_too_short`, or `route_stands_still` when two neighbours are the
            same airport.
    """
    codes = [code.upper() for code in _BETWEEN.split(text.strip()) if code]
    for code in codes:
        if code not in airports():
            raise TredeError.of("airport_unknown", airport=code, close=_close(code))
    if len(codes) < 2:
        raise TredeError.of("route_too_short", route=text)
    for here, there in pairwise(codes):
        if here == there:
            raise TredeError.of("route_stands_still", airport=here)
    return "-".join(codes)


def _close(wrong: str) -> list[str]:
    """Return airports whose name has the word in it, else those whose code differs in one letter, the last one first."""
    if len(wrong) > 3:
        found = [a for a in airports().values() if wrong in a.name.upper()]
    else:
        near = {code: [a != b for a, b in zip(wrong, code, strict=False)] for code in airports()}
        codes = sorted(code for code, other in near.items() if len(other) - sum(other) == 2)
        found = [airports()[code] for code in sorted(codes, key=near.__getitem__)]
    return [f"{a.code} ({a.name})" for a in found[:_CLOSE]]


def flights(route: str) -> list[Decimal]:
    """Return the length of each flight of a canonical route, in whole kilometres."""
    return [great_circle(here, there) for here, there in pairwise(route.split("-"))]


@cache
def great_circle(here: str, there: str) -> Decimal:
    """Return the kilometres between two airports along the surface of a sphere, rounded to whole ones.

    The haversine formula (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984) with the mean radius. Digits
    behind the sixth decimal, in which machines could differ, are cut off before the rounding.
    """
    a, b = airports()[here], airports()[there]
    north, south = math.radians(a.lat), math.radians(b.lat)
    high = math.sin((south - north) / 2) ** 2
    wide = math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, high + math.cos(north) * math.cos(south) * wide)))
    return Decimal(f"{km:.6f}").quantize(Decimal(1), ROUND_HALF_UP)
