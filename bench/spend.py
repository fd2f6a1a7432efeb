"""A million lines of spend in eight currencies over two years, against as many lines of fuel, both through the engine."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.engine import FUELS, LIST, SITES
from bench.measuring import measure
from trede.activity.records import RECORD
from trede.catalogue.sectors import divisions, sectors_of
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.factors.matching import Shelf
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Pin

YEARS = (2023, 2024)
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN", "JPY", "DKK")
SPEND_LIST = "figaro-nl-2023"


def generate(path: Path, count: int) -> None:
    """Write `count` lines of spend to `path`, and as many of fuel beside it (`.fuel`)."""
    codes = [code for code in divisions() if len(sectors_of("figaro", "nace-2", code)) == 1]
    spend = [{"category": "1", "price": "purchaser", "classification": "nace-2", "code": code} for code in codes]
    _write(path, count, "spend", spend, CURRENCIES)
    _write(path.with_suffix(".fuel"), count, "fuel-vehicle", [given for _, given, _ in FUELS], ("l",))


def _write(path: Path, count: int, kind: str, given: list[dict[str, str]], units: tuple[str, ...]) -> None:
    rng = np.random.default_rng(11)
    first, last = date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31)
    days = rng.integers(0, (last - first).days + 1, count) + (first - date(1970, 1, 1)).days
    when = pa.array(days.astype("int32"), pa.int32()).cast(pa.date32())

    def text(values: list[str]) -> pa.Array:
        picked = pa.array(rng.integers(0, len(values), count), pa.int32())
        return pa.DictionaryArray.from_arrays(picked, pa.array(values)).cast(pa.string())

    known = {
        "record_id": pa.array([f"{value:024x}" for value in rng.permutation(count)]),
        "row": pa.array(np.arange(2, count + 2), pa.int32()),
        "activity_type": pa.array([kind] * count),
        "attributes": text([canonical_json(each).decode() for each in given]),
        "quantity": pa.array(np.round(rng.integers(100, 500_000, count) / 100, 2)).cast(pa.decimal128(38, 6)),
        "unit": text(list(units)),
        "start": when,
        "end": when,
        "entity": pa.array(["firm"] * count),
        "site": text([f"site-{i:03d}" for i in range(SITES)]),
        "geography": pa.array(["NL"] * count),
        "quality": pa.array(["measured"] * count),
    }
    columns = {f.name: known.get(f.name, pa.nulls(count, f.type)) for f in RECORD}
    pq.write_table(pa.table(columns, schema=RECORD), path, compression="zstd")


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Run the engine once over the spend; seconds and rows."""
    return _run(path, folder, SPEND_LIST)


def bound(path: Path, folder: Path) -> dict[str, float]:
    """Run the engine once over the fuel."""
    return _run(path.with_suffix(".fuel"), folder, LIST)


def _run(path: Path, folder: Path, pinned: str) -> dict[str, float]:
    pin = Pin(library=pinned, years=YEARS, reason="bench", person="bench", made_at=datetime(2026, 1, 1, tzinfo=UTC))
    libraries = shipped_libraries()
    shelf = Shelf([libraries[name] for name in (LIST, SPEND_LIST)], [Recorded("bench", 1, pin)])
    words, methods = vocabulary(), shipped_methods()
    folder.mkdir(exist_ok=True)
    period = Period(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
    start = time.perf_counter()
    result = compute([Input("batch", path)], period, words, methods, shelf, folder)
    return {"seconds": time.perf_counter() - start, "rows": float(result.rows)}


if __name__ == "__main__":
    measure(generate, ours, bound)
