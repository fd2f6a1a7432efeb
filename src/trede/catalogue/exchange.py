"""Exchange rates: the European Central Bank's reference rates by day, from `money/rates.csv`; loaded when first asked for.

The table has units of a currency for one euro. A rate between two other currencies goes by way of the euro, both of one day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from trede.catalogue.currencies import currencies
from trede.catalogue.files import CATALOGUE
from trede.catalogue.papers import TablePapers
from trede.catalogue.tables import read_table
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.issues import Location
from trede.kernel.models import load
from trede.kernel.money import EXACT, Rate, rounded

EURO = "EUR"
DAYS_BACK = 7
"""How far back the last rate may lie of a day that has none: the longest pause of the bank, around Christmas, is shorter."""

RATES = CATALOGUE / "money" / "rates.csv"
_SATURDAY = 5
_MOST = Decimal("1e9")


@dataclass(frozen=True)
class Rates:
    """The table: its days in order, and by currency a value (units for one euro) or None for each of them."""

    days: tuple[date, ...]
    by_currency: Mapping[str, tuple[Decimal | None, ...]]

    def per_euro(self, currency: str, place: int) -> Decimal | None:
        """Return the units of a currency for one euro on the day at that place."""
        return Decimal(1) if currency == EURO else self.by_currency[currency][place]

    def between(self, currency: str, into: str, place: int) -> Decimal | None:
        """Return how many `into` one `currency` was on the day at that place, not rounded; None when one has no rate."""
        one, other = self.per_euro(currency, place), self.per_euro(into, place)
        return None if one is None or other is None else EXACT.divide(other, one)


@cache
def papers() -> TablePapers:
    """Return the papers of the rates."""
    return load(TablePapers, RATES.with_suffix(".toml"))


@cache
def rates() -> Rates:
    """Load the table.

    Raises:
        CatalogueError: `currency_unknown` in the heading, or `rate_row_invalid`: a day out of order or a rate that is no
            number above zero.
    """
    return read_rates(RATES.read_bytes(), RATES.name)


def read_rates(data: bytes, name: str) -> Rates:
    """Read and check a table of rates; errors as of `rates`."""
    head = data.partition(b"\n")[0].decode(errors="replace").strip().split(",")
    if unknown := [code for code in head[1:] if code not in _codes()]:
        raise CatalogueError.of("currency_unknown", Location(name, 1), currency=unknown[0])
    days: list[date] = []
    columns: dict[str, list[Decimal | None]] = {code: [] for code in head[1:]}
    for where, cells in read_table(data, name, ("day", *head[1:])):
        try:
            day = date.fromisoformat(cells["day"])
            values = {code: Decimal(cells[code]) if cells[code] else None for code in columns}
            wrong = any(value is not None and not 0 < value < _MOST for value in values.values())
        except (ValueError, InvalidOperation) as error:
            raise CatalogueError.of("rate_row_invalid", where) from error
        if wrong or (days and day <= days[-1]):
            raise CatalogueError.of("rate_row_invalid", where)
        days.append(day)
        for code, value in values.items():
            columns[code].append(value)
    return Rates(tuple(days), {code: tuple(column) for code, column in columns.items()})


@cache
def _codes() -> frozenset[str]:
    return frozenset(currencies().values())


@lru_cache(maxsize=100_000)
def rate(currency: str, into: str, day: date) -> Rate:
    """Return how many `into` one `currency` was on a day, rounded once to twelve decimals.

    On a day without a rate (a weekend, a holiday) it is the last one before, at most seven days back; `Rate.day` says which. A
    working day after the last one of the table has no rate: the bank published one that we do not know.

    Args:
        currency, into: three letters (ISO 4217), upper case.

    Raises:
        TredeError: `currency_unknown`, `currency_without_rates`, `rate_outside_table` or `rate_missing`; never a rate of 1.
    """
    table = _known(currency, into)
    if currency == into:
        return Rate(currency, into, Decimal(1), day)
    first, last = table.days[0], table.days[-1]
    if day < first or (day > last and day.weekday() < _SATURDAY):
        raise TredeError.of(
            "rate_outside_table", currency=currency, into=into, day=day.isoformat(), first=first.isoformat(),
            last=last.isoformat(),
        )  # fmt: skip
    place = bisect_right(table.days, day) - 1
    while place >= 0 and table.days[place] >= day - timedelta(days=DAYS_BACK):
        if (value := table.between(currency, into, place)) is not None:
            return Rate(currency, into, rounded(value), table.days[place])
        place -= 1
    raise TredeError.of("rate_missing", currency=currency, into=into, day=day.isoformat(), back=DAYS_BACK)


@cache
def average_rate(currency: str, into: str, year: int) -> Decimal:
    """Return the average of a year: of the daily rates on which both currencies have one, rounded once to twelve decimals.

    Raises:
        TredeError: `currency_unknown`, `currency_without_rates`, or `rate_year_incomplete` when the table has not the whole year.
    """
    table = _known(currency, into)
    if currency == into:
        return Decimal(1)
    found = [
        (day, value)
        for place, day in enumerate(table.days)
        if day.year == year and (value := table.between(currency, into, place)) is not None
    ]
    week = timedelta(days=DAYS_BACK)
    if not found or found[0][0] - date(year, 1, 1) > week or date(year, 12, 31) - found[-1][0] > week:
        raise TredeError.of("rate_year_incomplete", currency=currency, into=into, year=year)
    total = Decimal(0)
    for _, value in found:
        total = EXACT.add(total, value)
    return rounded(EXACT.divide(total, Decimal(len(found))))


@cache
def mean_rate(currency: str, into: str, first: date, last: date) -> Rate:
    """Return the rate that holds for some days: of one day that day's, of several the average of those that have a rate.

    Over a whole year it is `average_rate`. Days without any rate among them (a weekend) have the last one before. `Rate.day` is
    the last day that counts.

    Raises:
        TredeError: as of `rate`, for the first or the last day.
    """
    begin, end = rate(currency, into, first), rate(currency, into, last)
    if first == last or currency == into:
        return begin
    table = rates()
    places = range(bisect_left(table.days, first), bisect_right(table.days, last))
    values = [value for place in places if (value := table.between(currency, into, place)) is not None]
    if not values:
        return end
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return Rate(currency, into, rounded(EXACT.divide(total, Decimal(len(values)))), end.day)


def _known(*asked: str) -> Rates:
    table = rates()
    for currency in asked:
        if currency not in _codes():
            raise TredeError.of("currency_unknown", currency=currency)
        if len(set(asked)) > 1 and currency != EURO and currency not in table.by_currency:
            raise TredeError.of("currency_without_rates", currency=currency, known=[EURO, *table.by_currency])
    return table
