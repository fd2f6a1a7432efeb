"""Run all benchmarks: `python -m bench [RUNS]`. Each figure is the median of several processes of its own."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ENGINE_ROWS = 1_000_000
CSV_ROWS = 100_000


def call(module: str, *arguments: object) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", f"bench.{module}", *(str(a) for a in arguments)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return found


def medians(results: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of each figure."""
    return {name: statistics.median(r[name] for r in results) for name in results[0]}


def spread(values: list[float]) -> str:
    """Write median, smallest and largest."""
    return f"{statistics.median(values):6.2f}  ({min(values):.2f} to {max(values):.2f})"


def engine(folder: Path, runs: int) -> None:
    """The engine at a million activities."""
    data = folder / "activities.parquet"
    call("engine", "generate", data, ENGINE_ROWS)
    mine, theirs, ratios = [], [], []
    for number in range(runs):
        out = folder / f"run-{number}"
        out.mkdir()
        mine.append(call("engine", "ours", data, out))
        theirs.append(call("engine", "bound", data, out / "ledger.parquet", out / "copy.parquet"))
        ratios.append(sum(mine[-1][n] for n in ("plan", "ledger", "totals")) / sum(theirs[-1].values()))
        shutil.rmtree(out)
    ours, bound = medians(mine), medians(theirs)
    made = f"{ENGINE_ROWS:,} activities -> {ours['rows']:,.0f} ledger rows, {ours['factors']:.0f} factors"
    print(f"Engine: {made}; medians of {runs}")
    print(f"  plan                        {ours['plan']:6.2f} s")
    print(f"  execute, sort and write     {ours['ledger']:6.2f} s")
    print(f"  totals                      {ours['totals']:6.2f} s")
    print(f"  bound: read {bound['read']:.2f} s + rewrite {bound['rewrite']:.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most 2.0")
    print(f"  apart: index {ours['index']:.2f} s, hashing {ours['hash']:.2f} s, small files {ours['rest']:.2f} s")
    print(f"  peak memory                 {ours['memory']:6.0f} MB (aim: at most 1,000)")


def intake(folder: Path, runs: int) -> None:
    """A CSV of 100,000 rows."""
    data = folder / "fills.csv"
    call("intake", "generate", data, CSV_ROWS)
    mine, theirs, ratios = [], [], []
    for number in range(runs):
        out = folder / f"import-{number}"
        out.mkdir()
        mine.append(call("intake", "ours", data, out))
        theirs.append(call("intake", "bound", data, out / "copy.parquet"))
        ratios.append(mine[-1]["import"] / theirs[-1]["read and write"])
        shutil.rmtree(out)
    ours, bound = medians(mine), medians(theirs)
    print(f"Intake: CSV of {ours['rows']:,.0f} rows from file to committed batch, median of {runs}")
    print(f"  import                      {ours['import']:6.2f} s")
    print(f"  bound: DuckDB reads the CSV and writes Parquet {bound['read and write']:.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most 6")


def main() -> None:
    """Run everything in a folder that vanishes."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory(prefix="trede-bench-") as name:
        engine(Path(name), runs)
        intake(Path(name), runs)


if __name__ == "__main__":
    main()
