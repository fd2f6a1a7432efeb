"""A portfolio of loans through the engine and into its table, against DuckDB reading it and rewriting what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.engine import LIST
from bench.measuring import measure
from trede.activity.records import RECORD
from trede.analysis.portfolio import portfolio
from trede.catalogue.shelves import shipped_libraries
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

YEAR = 2024

Figures = Callable[[np.random.Generator], dict[str, str]]


def _between(low: int, high: int, decimals: int = 0) -> Callable[[np.random.Generator], str]:
    return lambda rng: f"{rng.integers(low, high) / 10**decimals:.{decimals}f}".rstrip("0").rstrip(".") or "0"


def _figures(**of: Callable[[np.random.Generator], str]) -> Figures:
    return lambda rng: {name: figure(rng) for name, figure in sorted(of.items())}


_COMPANY = {"total_equity": _between(10**6, 10**8), "total_debt": _between(10**6, 10**8)}
_SCOPES = {f"investee_scope_{scope}": _between(10, 10**6, 1) for scope in (1, 2, 3)}
_SECTOR = {"revenue": _between(10**5, 10**9), "sector_factor": _between(1, 900, 3)}
_HOUSE = {"property_value": _between(15 * 10**4, 10**6), "building_area": _between(40, 400)}
_ENERGY = {"power_per_area": _between(150, 600, 1), "gas_per_area": _between(50, 200, 1)}
_CAR = {"vehicle_value": _between(15_000, 60_000), "driven_distance": _between(5_000, 40_000)}

LOANS: list[tuple[int, str, dict[str, str], str, Figures]] = [
    (30, "business-loans", {"data_option": "1b", "scopes": "apart"}, "EUR", _figures(**_COMPANY, **_SCOPES)),
    (20, "business-loans", {"data_option": "3a", "scopes": "apart"}, "EUR", _figures(**_COMPANY, **_SECTOR)),
    (10, "business-loans", {"data_option": "1a", "scopes": "apart", "figures_in": "EUR"}, "USD", _figures(**_COMPANY, **_SCOPES)),
    (30, "mortgages", {"data_option": "2a"}, "EUR", _figures(**_HOUSE, **_ENERGY)),
    (10, "vehicle-loans", {"data_option": "3a", "motor": "petrol"}, "EUR", _figures(**_CAR)),
]  # fmt: skip
"""Percent of the loans, type, attributes, currency, figures."""


def generate(path: Path, count: int) -> None:
    """Write `count` loans on the last day of the year to `path`."""
    rng = np.random.default_rng(13)
    chosen = rng.choice(len(LOANS), count, p=[loan[0] / 100 for loan in LOANS])
    words = vocabulary()
    defaults = [{n: a.default for n, a in words[kind].attributes.items() if a.default} for _, kind, *_ in LOANS]
    attributes = [canonical_json(d | loan[2]).decode() for d, loan in zip(defaults, LOANS, strict=True)]
    day = pa.array([date(YEAR, 12, 31)] * count, pa.date32())
    known = {
        "record_id": pa.array([f"{value:024x}" for value in rng.permutation(count)]),
        "row": pa.array(np.arange(2, count + 2), pa.int32()),
        "activity_type": pa.array([LOANS[i][1] for i in chosen]),
        "attributes": pa.array([attributes[i] for i in chosen]),
        "inputs": pa.array([canonical_json(LOANS[i][4](rng)).decode() for i in chosen]),
        "quantity": pa.array(rng.integers(10_000, 900_000, count)).cast(pa.decimal128(38, 6)),
        "unit": pa.array([LOANS[i][3] for i in chosen]),
        "start": day,
        "end": day,
        "entity": pa.array(["bank"] * count),
        "geography": pa.array(["NL"] * count),
        "quality": pa.array(["calculated"] * count),
        "document": pa.array([f"L-{number:06d}" for number in range(count)]),
    }
    columns = {f.name: known.get(f.name, pa.nulls(count, f.type)) for f in RECORD}
    pq.write_table(pa.table(columns, schema=RECORD), path, compression="zstd")


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Run the engine over the loans and make the portfolio of the run; seconds of both, rows."""
    pin = Pin(library=LIST, years=(YEAR,), reason="bench", person="bench", made_at=datetime(2026, 1, 1, tzinfo=UTC))
    shelf = Shelf(list(shipped_libraries().values()), [Recorded("bench", 1, pin)])
    words, methods = vocabulary(), shipped_methods()
    folder.mkdir(exist_ok=True)
    source, period = [Input("batch", path)], Period.year(YEAR)
    start = time.perf_counter()
    result = compute(source, period, words, methods, shelf, folder)
    ran = time.perf_counter()
    spec = {"period": str(period), "decisions": []}
    found = portfolio(Run("bench", folder, spec, result.to_json(), {}), source)
    shown = time.perf_counter()
    return {"run": ran - start, "portfolio": shown - ran, "rows": result.rows, "classes": len(found)}


def bound(path: Path, folder: Path, target: Path) -> dict[str, float]:
    """Read the same columns, and rewrite the finished table of what was derived and the ledger, with DuckDB."""
    con = duckdb.connect()
    start = time.perf_counter()
    names = ", ".join(f'"{name}"' for name in (*COLUMNS, "inputs"))
    for _ in con.sql(f"SELECT {names} FROM read_parquet('{path}')").to_arrow_reader(100_000):
        pass
    for name in ("derived", "ledger"):
        con.execute(f"COPY (SELECT * FROM read_parquet('{folder / name}.parquet')) TO '{target}-{name}' ({PARQUET})")
    return {"seconds": time.perf_counter() - start}


if __name__ == "__main__":
    measure(generate, ours, bound)
