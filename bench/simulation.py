"""Ten thousand draws of a total over 100,000 ledger rows, against the least that any simulation of them has to do.

That is: sum the ledger by factor and error group, and draw a lognormal series for each source of error that is drawn apart.
"""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import numpy as np

from bench import engine
from bench.measuring import measure
from trede.analysis.simulation import EACH, simulate
from trede.analysis.uncertainty import under
from trede.catalogue.standards import standards
from trede.engine.runs import Run

DRAWS = 10_000


def ours(ledger: Path) -> dict[str, float]:
    """Draw the leading total of a run in the folder of its ledger; seconds."""
    run = Run("bench", ledger.parent, {}, {}, {})
    standard = next(iter(standards().values()))
    start = time.perf_counter()
    (found,) = simulate(run, [under(standard, standard.bases[0])], DRAWS, 1)
    assert found is not None
    return {"seconds": time.perf_counter() - start, "drawn": found.drawn, "merged": found.merged}


def bound(ledger: Path) -> dict[str, float]:
    """Sum the ledger by factor and record with DuckDB, and draw as many series with NumPy's own generator."""
    start = time.perf_counter()
    con = duckdb.connect()
    con.sql(f"""
        SELECT factor, coalesce(error_group, record_id) AS source, sum(co2e) FROM read_parquet('{ledger}') GROUP BY ALL
    """).to_arrow_table()
    generator = np.random.Generator(np.random.Philox(1))
    total = np.zeros(DRAWS)
    for _ in range(EACH):
        total += generator.lognormal(0.0, 0.1, DRAWS)
    return {"seconds": time.perf_counter() - start}


if __name__ == "__main__":
    measure(engine.generate, ours, bound)
