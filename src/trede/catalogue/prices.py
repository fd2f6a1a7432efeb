"""Price levels: an index of prices by country and year, chained from yearly inflation in `money/prices.csv`.

The World Bank publishes how much dearer consumption became in a year, in percent. The index of a year is the one before × (1 +
inflation ÷ 100); it is 100 in `BASE_YEAR`. It is a consumer index: `papers().measure` says so wherever it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from trede.catalogue.files import CATALOGUE
from trede.catalogue.papers import TablePapers
from trede.catalogue.tables import read_table
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.models import load
from trede.kernel.money import EXACT, rounded

BASE_YEAR = 2015
PRICES = CATALOGUE / "money" / "prices.csv"
_LEAST, _MOST = Decimal(-100), Decimal("1e6")

Inflation = Mapping[str, Mapping[int, Decimal]]
"""Country (two letters; `EA` the euro area, `EU` the Union) → year → percent that prices rose from the year before."""


@cache
def papers() -> TablePapers:
    """Return the papers of the indices."""
    return load(TablePapers, PRICES.with_suffix(".toml"))


@cache
def inflation() -> Inflation:
    """Load the table.

    Raises:
        CatalogueError: `price_row_invalid`: a country that stands twice, or a cell that is no percentage above −100.
    """
    return read_inflation(PRICES.read_bytes(), PRICES.name)


def read_inflation(data: bytes, name: str) -> Inflation:
    """Read and check a table of inflation; errors as of `inflation`."""
    years = data.partition(b"\n")[0].decode(errors="replace").strip().split(",")[2:]
    found: dict[str, dict[int, Decimal]] = {}
    for where, cells in read_table(data, name, ("country", "iso3", *years)):
        try:
            values = {int(year): Decimal(cells[year]) for year in years if cells[year]}
            wrong = any(not _LEAST < value < _MOST for value in values.values())
        except (ValueError, InvalidOperation) as error:
            raise CatalogueError.of("price_row_invalid", where) from error
        if wrong or cells["country"] in found:
            raise CatalogueError.of("price_row_invalid", where)
        found[cells["country"]] = values
    return found


@cache
def price_ratio(
    country: str, from_year: int, to_year: int, stated: tuple[tuple[int, Decimal], ...] = ()
) -> Decimal:  # fmt: skip
    """Return the price level of `to_year` as a multiple of that of `from_year`, rounded once to twelve decimals.

    An amount in the prices of `from_year` × this is the amount in the prices of `to_year`.

    Args:
        country: two letters, or `EA` and `EU`.
        stated: years (with their inflation in percent) that somebody states beyond the table; what the table has goes before.

    Raises:
        TredeError: `price_country_unknown`, or `price_year_missing` for each year that lacks: never the nearest one.
    """
    if country not in inflation() and not stated:
        raise TredeError.of("price_country_unknown", country=country)
    low, high = sorted((from_year, to_year))
    values = {**dict(stated), **inflation().get(country, {})}
    missing = [year for year in range(low + 1, high + 1) if year not in values]
    if missing:
        years = sorted(values)
        raise TredeError.of(
            "price_year_missing", country=country, years=[str(year) for year in missing], first=years[0], last=years[-1]
        )
    ratio = Decimal(1)
    for year in range(low + 1, high + 1):
        ratio = EXACT.multiply(ratio, 1 + values[year] / 100)
    return rounded(ratio if to_year >= from_year else EXACT.divide(Decimal(1), ratio))


def index(country: str, year: int) -> Decimal:
    """Return the index of a year, 100 in `BASE_YEAR`, with ten decimals; errors as of `price_ratio`."""
    return 100 * price_ratio(country, BASE_YEAR, year)
