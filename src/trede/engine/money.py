"""Money in a run: two visible steps from an amount to the currency and year of its factor, and on which day an amount counts.

By default the rate of the day leads into the factor's currency, then the index of the factor's country leads from the year of
the day to the factor's year (accounting rules, section 8). The other order, by setting: the index of the country of the
purchase first, then the average rate of the factor's year. Rates are of the European Central Bank, indices of the World Bank or
stated by the organisation with their source. What has no rate or no index is an issue, never 1.

An amount that a rate multiplies is rounded at a millionth, half away from zero; the index is the plan's multiplier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Self

import duckdb
import pyarrow as pa

from trede.catalogue.currencies import MONEY
from trede.catalogue.exchange import EURO, average_rate, mean_rate, rates
from trede.catalogue.factor import Factor
from trede.catalogue.library import Library
from trede.catalogue.prices import papers, price_ratio
from trede.kernel.errors import TredeError
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue
from trede.kernel.money import EXACT, rounded
from trede.organisation.model import Organisation

Order = Literal["rate-first", "index-first"]

RATE = pa.decimal128(22, 12)

RATES = pa.schema(
    [
        ("currency", pa.string()),
        ("target", pa.string()),
        ("start", pa.date32()),
        ("end", pa.date32()),
        (
            "rate",
            pa.string(),
        ),  # exact decimal: how many `target` one `currency` was; of several days the average
        ("day", pa.date32()),  # the day of the rate; null: an average
    ]
)
"""The rates that a run used: a row per pair of currencies and days."""

MISSING = "rate_missing"
"""Code of records that posted nothing, because their day has no rate."""


@dataclass(frozen=True)
class MoneySettings:
    """How a run brings amounts to their factors: the order of the two steps, and the inflation that the organisation states.

    `stated` is (country, year) → percent that prices rose from the year before, and its source; it adds to the table and never
    replaces what the table has.
    """

    order: Order = "rate-first"
    stated: Mapping[tuple[str, int], tuple[Decimal, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """Return the settings of a description."""
        return cls(
            organisation.money.order,
            {(each.country, each.year): (each.percent, each.source) for each in organisation.money.inflation},
        )

    def to_json(self) -> dict[str, Any]:
        """Return what a run's spec keeps; `from_json` reads it back."""
        return {
            "order": self.order,
            "inflation": [[*key, str(percent), source] for key, (percent, source) in sorted(self.stated.items())],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; a run without it had no money in it."""
        told = {(country, year): (Decimal(p), source) for country, year, p, source in data.get("inflation", [])}
        return cls(data.get("order", "rate-first"), told)

    def ratio(self, country: str, from_year: int, to_year: int) -> tuple[Decimal, list[str]]:
        """Return the ratio of price levels and the sources of stated years that it rests on; errors as of `price_ratio`."""
        own = {year: percent for (place, year), (percent, _) in self.stated.items() if place == country}
        low, high = sorted((from_year, to_year))
        used = [self.stated[country, year][1] for year in range(low + 1, high + 1) if year in own]
        return price_ratio(country, from_year, to_year, tuple(sorted(own.items()))), used


def steps(
    currency: str, geography: str, year: int, factor: Factor, library: Library, settings: MoneySettings
) -> tuple[Decimal, dict[str, Any]]:
    """Return what a unit of an amount in the factor's currency is in the factor's year, and the steps for the plan.

    Args:
        currency: of the record.
        geography: country of the purchase.
        year: of the record.

    Raises:
        TredeError: the currency has no rates, or a year has no index.
    """
    spend = library.papers.spend
    if spend is None:
        raise TredeError.of("spend_papers_missing", library=library.id)
    told: dict[str, Any] = {"order": settings.order, "currency": currency, "into": factor.unit}
    first = settings.order == "rate-first"
    country = spend.price_country if first else geography
    ratio, sources = settings.ratio(country, year, spend.price_year)
    if year != spend.price_year:
        index = {
            "country": country,
            "from": year,
            "to": spend.price_year,
            "ratio": str(ratio),
            "measure": papers().measure,
        }
        told["index"] = index | ({"sources": sources} if sources else {})
    if currency == factor.unit:
        return ratio, told
    if not first:
        average = average_rate(currency, factor.unit, spend.price_year)
        told["average"] = {"year": spend.price_year, "rate": str(average)}
        return rounded(EXACT.multiply(ratio, average)), told
    for code in (currency, factor.unit):
        if code != EURO and code not in rates().by_currency:
            raise TredeError.of("currency_without_rates", currency=code, known=[EURO, *rates().by_currency])
    told["daily"] = True
    return ratio, told


def target_of(money: str | None) -> str | None:
    """Return the currency into which the rate of the day leads a plan key, or None when there is no such step."""
    told = json.loads(money) if money else {}
    return str(told["into"]) if told.get("daily") else None


@cache
def most_of(currency: str, target: str) -> Decimal:
    """Return a number that no rate between two currencies is above: the greatest of the table, or 1."""
    table = rates()
    found = (table.between(currency, target, place) for place in range(len(table.days)))
    return max((rate for rate in found if rate is not None), default=Decimal(1)).max(Decimal(1)) * 2


@dataclass(frozen=True)
class Exchange:
    """The rates that a run needs, and an issue per pair of currencies and reason for the days that have none."""

    table: pa.Table
    issues: Sequence[Issue] = ()

    @property
    def numbers(self) -> pa.Table:
        """The table with its rates as numbers, for the engine."""
        values = pa.array([Decimal(text) for text in self.table["rate"].to_pylist()], RATE)
        return self.table.set_column(self.table.schema.get_field_index("rate"), "rate", values)


def find_rates(con: duckdb.DuckDBPyConnection, resolved: Sequence[str], stored: pa.Table | None = None) -> Exchange:
    """Look up the rate of every day that the activities need.

    Args:
        resolved: FROM clauses of activities joined with their plan keys, as `engine.execute.resolved` makes them.
        stored: rates that a run used, to be used again.
    """
    if stored is not None:
        return Exchange(stored)
    wanted = " UNION ".join(
        f'SELECT k.recorded_unit, k.target, activity.start, activity."end" FROM {each} WHERE k.target IS NOT NULL'
        for each in resolved
    )
    rows: list[dict[str, Any]] = []
    missing: dict[tuple[str, str, str], tuple[Issue, list[date]]] = {}
    for currency, target, start, end in sorted(con.execute(f"SELECT DISTINCT * FROM ({wanted}) wanted").fetchall()):
        try:
            found = mean_rate(currency, target, start, end)
        except TredeError as error:
            (issue,) = error.issues
            missing.setdefault((currency, target, issue.code), (issue, []))[1].append(start)
            continue
        day = found.day if start == end else None
        rows.append(
            {"currency": currency, "target": target, "start": start, "end": end, "rate": str(found.value), "day": day}
        )
    issues = []
    for _, (issue, days) in sorted(missing.items(), key=lambda entry: entry[0]):
        facts: dict[str, Any] = {**issue.values, "day": _days(days)}
        issues.append(Issue.error(issue.code, **facts))
    return Exchange(pa.Table.from_pylist(rows, schema=RATES), issues)


def _days(days: Sequence[date]) -> str:
    first, last = min(days), max(days)
    return first.isoformat() if first == last else f"{first.isoformat()} - {last.isoformat()} ({len(days)})"


def write_steps(told: Mapping[str, Any]) -> str:
    """Return the text that a plan keeps."""
    return canonical_json(told).decode()


def is_money(kind: str) -> bool:
    """Whether quantities of a kind go through the two steps."""
    return kind == MONEY
