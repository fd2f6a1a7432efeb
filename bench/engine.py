"""Activities through the engine, against DuckDB reading the same columns and rewriting the finished ledger."""

from __future__ import annotations

import itertools
import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.measuring import measure
from trede.activity.records import RECORD
from trede.analysis.uncertainty import intervals, under
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.standards import standards
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import COLUMNS, Input
from trede.engine.compute import compute
from trede.engine.duck import PARQUET
from trede.engine.runs import Run
from trede.factors.matching import Shelf
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Pin

YEARS = (2024, 2025, 2026)
SITES = 200
LIST = "co2emissiefactoren-2026-08-20"

FUELS = [("fuel-vehicle", {"fuel": fuel, "control": "controlled", "delivery": "invoice"}, "l") for fuel in (
    "petrol-e0", "petrol-e10", "petrol-e85", "diesel-b0", "diesel-b7", "gtl", "hvo30", "hvo100", "fame", "lpg",
)]  # fmt: skip
ENERGY = [
    ("natural-gas", {"reading": "billed"}, "Nm3"),
    ("electricity", {}, "kWh"),
    *(
        ("electricity-vehicle", {"control": "controlled", "place": place}, "kWh")
        for place in ("home", "public", "office")
    ),
]
BUSINESS = {"purpose": "business"}
CARS = ("unknown", "petrol", "diesel", "lpg", "cng", "phev-petrol", "electric-mix", "electric-grey")
TRAVEL = [
    *(("travel-car", {"fuel": fuel, **BUSINESS}, "km") for fuel in CARS),
    *(
        ("travel-rail", {"train": kind, **BUSINESS}, "pkm")
        for kind in ("average", "electric", "diesel", "international")
    ),
    *(
        ("travel-public-transport", {"mode": mode, **BUSINESS}, "pkm")
        for mode in ("bus", "bus-tram-metro", "public-transport")
    ),
    *(
        ("travel-air", {"haul": haul, **BUSINESS}, "pkm")
        for haul in ("average", "regional", "european", "intercontinental")
    ),
]


def generate(path: Path, count: int) -> None:
    """Write `count` activities: fuel, energy and travel in equal parts."""
    rng = np.random.default_rng(7)
    kinds = [[*FUELS], [*ENERGY], [*TRAVEL]]
    flat = list(itertools.chain.from_iterable(kinds))
    starts = np.cumsum([0, len(FUELS), len(ENERGY)])
    third = rng.integers(0, 3, count)
    chosen = starts[third] + (rng.random(count) * np.array([len(k) for k in kinds])[third]).astype(int)
    days = rng.integers(0, (date(YEARS[-1], 12, 31) - date(YEARS[0], 1, 1)).days + 1, count)
    epoch = (date(YEARS[0], 1, 1) - date(1970, 1, 1)).days
    when = pa.array((days + epoch).astype("int32"), pa.int32()).cast(pa.date32())
    site = pa.DictionaryArray.from_arrays(
        pa.array(rng.integers(0, SITES, count), pa.int32()), [f"site-{i:03d}" for i in range(SITES)]
    )
    pick = pa.array(chosen, pa.int32())

    def text(values: list[str]) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pick, pa.array(values)).cast(pa.string())

    quantity = pa.array(np.round(rng.integers(100, 500_000, count) / 100, 2)).cast(pa.decimal128(38, 6))
    nothing = pa.nulls(count, pa.string())
    known = {
        "record_id": pa.array([f"{value:024x}" for value in rng.permutation(count)]),
        "row": pa.array(np.arange(2, count + 2), pa.int32()),
        "activity_type": text([k[0] for k in flat]),
        "attributes": text([canonical_json(k[1]).decode() for k in flat]),
        "quantity": quantity,
        "unit": text([k[2] for k in flat]),
        "start": when,
        "end": when,
        "entity": pa.array(["firm"] * count),
        "site": site.cast(pa.string()),
        "geography": pa.array(["NL"] * count),
        "quality": pa.array(["measured"] * count),
    }
    pq.write_table(
        pa.table({f.name: known.get(f.name, nothing) for f in RECORD}, schema=RECORD), path, compression="zstd"
    )


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Run the engine once, and ask for the intervals of all totals; seconds by step, rows and peak memory in MB."""
    pin = Pin(library=LIST, years=YEARS, reason="bench", person="bench", made_at=datetime(2026, 1, 1, tzinfo=UTC))
    shelf = Shelf(list(shipped_libraries().values()), [Recorded("bench", 1, pin)])
    words, methods = vocabulary(), shipped_methods()
    times: dict[str, float] = {}
    last = time.perf_counter()

    def step(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        times[name] = now - last
        last = now

    period = Period(date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))
    result = compute([Input("batch", path)], period, words, methods, shelf, folder, step)
    run = Run("bench", folder, {}, result.to_json(), {})
    intervals(run, [under(standard, basis) for standard in standards().values() for basis in standard.bases])
    step("uncertainty")
    times["rows"] = result.rows
    times["factors"] = len(set(pq.read_table(folder / "plan.parquet")["factor"].to_pylist()))
    times["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return times


def bound(path: Path, ledger: Path, target: Path) -> dict[str, float]:
    """Read the same columns and rewrite the finished ledger with DuckDB."""
    con = duckdb.connect()
    start = time.perf_counter()
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    for _ in con.sql(f"SELECT {names} FROM read_parquet('{path}')").to_arrow_reader(100_000):
        pass
    read = time.perf_counter() - start
    con.execute(f"COPY (SELECT * FROM read_parquet('{ledger}')) TO '{target}' ({PARQUET})")
    return {"read": read, "rewrite": time.perf_counter() - start - read}


if __name__ == "__main__":
    measure(generate, ours, bound)
