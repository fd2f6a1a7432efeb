"""Run all benchmarks: `python -m bench [RUNS] [--large]`. Each figure is the median of several processes of its own.

`--large` measures the engine alone, once, at ten million activities.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ENGINE_ROWS = 1_000_000
LARGE_ROWS = 10_000_000
FILE_ROWS = 100_000
SIMULATED = 37_500
"""Activities that make 100,000 ledger rows."""
LOANS = 100_000

Times = dict[str, float]


def call(module: str, *arguments: object) -> Times:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", f"bench.{module}", *(str(a) for a in arguments)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: Times = json.loads(output.strip().splitlines()[-1])
    return found


def medians(results: list[Times]) -> Times:
    """Return the median of each figure."""
    return {name: statistics.median(r[name] for r in results) for name in results[0]}


def spread(values: list[float]) -> str:
    """Write median, smallest and largest."""
    return f"{statistics.median(values):6.2f}  ({min(values):.2f} to {max(values):.2f})"


def pairs(runs: int, mine: Callable[[int], Times], theirs: Callable[[int], Times]) -> tuple[list[Times], list[Times]]:
    """Measure both by turns, so that what else the machine does falls on both alike."""
    found = [(mine(number), theirs(number)) for number in range(runs)]
    return [ours for ours, _ in found], [bound for _, bound in found]


def engine(folder: Path, runs: int, rows: int, ratio: float, memory: int) -> None:
    """The engine, with its aims for the ratio and for peak memory in MB."""
    data = folder / "activities.parquet"
    call("engine", "generate", data, rows)

    def ours(number: int) -> Times:
        out = folder / f"run-{number}"
        out.mkdir()
        return call("engine", "ours", data, out)

    def theirs(number: int) -> Times:
        out = folder / f"run-{number}"
        found = call("engine", "bound", data, out / "ledger.parquet", out / "copy.parquet")
        shutil.rmtree(out)
        return found

    mine, bounds = pairs(runs, ours, theirs)
    found, bound = medians(mine), medians(bounds)
    steps = ("plan", "ledger", "totals")
    ratios = [sum(m[n] for n in steps) / sum(b.values()) for m, b in zip(mine, bounds, strict=True)]
    whole = (*steps, "rest", "index", "hash")
    shares = [100 * m["uncertainty"] / sum(m[n] for n in whole) for m in mine]
    made = f"{rows:,} activities -> {found['rows']:,.0f} ledger rows, {found['factors']:.0f} factors"
    print(f"Engine: {made}; medians of {runs}")
    print(f"  plan                        {found['plan']:6.2f} s")
    print(f"  execute, sort and write     {found['ledger']:6.2f} s")
    print(f"  totals                      {found['totals']:6.2f} s")
    print(f"  bound: read {bound['read']:.2f} s + rewrite {bound['rewrite']:.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most {ratio}")
    print(f"  apart: index {found['index']:.2f} s, hashing {found['hash']:.2f} s, small files {found['rest']:.2f} s")
    print(f"  uncertainty of all totals   {found['uncertainty']:6.2f} s")
    print(f"    in % of the run           {spread(shares)}  aim: at most 10")
    print(f"  peak memory                 {found['memory']:6.0f} MB (aim: at most {memory:,})")


def file_import(folder: Path, runs: int, module: str, kind: str, reading: str, aim: float) -> None:
    """A file of 100,000 rows, against another reader of it."""
    data = folder / f"fills.{kind.lower()}"
    call(module, "generate", data, FILE_ROWS)

    def ours(number: int) -> Times:
        out = folder / f"{kind}-{number}"
        out.mkdir()
        return call(module, "ours", data, out)

    def theirs(number: int) -> Times:
        out = folder / f"{kind}-{number}"
        found = call(module, "bound", data, *([out / "copy.parquet"] if kind == "CSV" else []))
        shutil.rmtree(out)
        return found

    mine, bounds = pairs(runs, ours, theirs)
    found, bound = medians(mine), medians(bounds)
    ratios = [m["import"] / sum(b.values()) for m, b in zip(mine, bounds, strict=True)]
    print(f"Intake: {kind} of {found['rows']:,.0f} rows from file to committed batch, median of {runs}")
    print(f"  import                      {found['import']:6.2f} s")
    print(f"  bound: {reading} {sum(bound.values()):.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most {aim:g}")


def spend(folder: Path, runs: int) -> None:
    """Lines of spend with currency and price level, against as many lines of fuel."""
    data = folder / "spend.parquet"
    call("spend", "generate", data, ENGINE_ROWS)
    mine, bounds = pairs(
        runs,
        lambda number: call("spend", "ours", data, folder / f"spend-{number}"),
        lambda number: call("spend", "bound", data, folder / f"fuel-{number}"),
    )
    ratios = [m["seconds"] / b["seconds"] for m, b in zip(mine, bounds, strict=True)]
    print(
        f"Spend: {ENGINE_ROWS:,} lines in eight currencies over two years -> {medians(mine)['rows']:,.0f} ledger rows"
    )
    print(f"  whole run                   {medians(mine)['seconds']:6.2f} s; fuel {medians(bounds)['seconds']:.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most 1.3")


def simulation(folder: Path, runs: int) -> None:
    """Ten thousand draws of a total."""
    data, out = folder / "simulated.parquet", folder / "simulated"
    call("engine", "generate", data, SIMULATED)
    out.mkdir()
    rows = call("engine", "ours", data, out)["rows"]
    ledger = out / "ledger.parquet"
    mine, bounds = pairs(
        runs, lambda _: call("simulation", "ours", ledger), lambda _: call("simulation", "bound", ledger)
    )
    found = medians(mine)
    ratios = [m["seconds"] / b["seconds"] for m, b in zip(mine, bounds, strict=True)]
    apart = f"{found['drawn']:.0f} sources of error drawn apart, {found['merged']:,.0f} together"
    print(f"Simulation: 10,000 draws of a total over {rows:,.0f} ledger rows; {apart}; median of {runs}")
    print(f"  seconds                     {spread([m['seconds'] for m in mine])}  aim: at most 1")
    print(f"  bound: sum by source and as many series of NumPy's own generator {medians(bounds)['seconds']:.2f} s")
    print(f"  ratio                       {spread(ratios)}  aim: at most 6")


def portfolio(folder: Path, runs: int) -> None:
    """A portfolio of loans: the run and its table, against a process that reads the loans and rewrites the results."""
    data = folder / "loans.parquet"
    call("portfolio", "generate", data, LOANS)
    mine, bounds = pairs(
        runs,
        lambda number: call("portfolio", "ours", data, folder / f"loans-{number}"),
        lambda number: call("portfolio", "bound", data, folder / f"loans-{number}", folder / "loans-copy"),
    )
    seconds = [m["run"] + m["portfolio"] for m in mine]
    ratios = [s / b["seconds"] for s, b in zip(seconds, bounds, strict=True)]
    print(
        f"Portfolio: {LOANS:,} loans of three classes, a tenth in another currency; {medians(mine)['rows']:,.0f} ledger rows"
    )
    print(f"  run and table               {spread(seconds)}  aim: at most 2 seconds")
    print(f"  bound: read {LOANS:,} records, rewrite derived records and ledger {medians(bounds)['seconds']:.2f} s")
    print(f"  ratio                       {spread(ratios)}")


def command(folder: Path, runs: int) -> None:
    """The whole command from a cold start."""
    call("command", "prepare", folder, FILE_ROWS)
    mine, bounds = pairs(
        runs,
        lambda _: call("command", "ours", folder),
        lambda number: call("command", "bound", folder, folder / f"copy-{number}.parquet"),
    )
    seconds = [m["command"] for m in mine]
    ratios = [m["command"] / b["process"] for m, b in zip(mine, bounds, strict=True)]
    print(f"Command: trede run on {FILE_ROWS:,} activities, from the start of the process; median of {runs}")
    print(f"  seconds                     {spread(seconds)}  aim: at most 2.5")
    print(f"  bound: a process that reads the records and rewrites the ledger {medians(bounds)['process']:.2f} s")
    print(f"  ratio                       {spread(ratios)}")


def main() -> None:
    """Run what is asked for in a folder that vanishes."""
    words = [word for word in sys.argv[1:] if word != "--large"]
    with tempfile.TemporaryDirectory(prefix="trede-bench-") as name:
        folder = Path(name)
        if "--large" in sys.argv:
            engine(folder, int(words[0]) if words else 1, LARGE_ROWS, 1.8, 2_500)
            return
        runs = int(words[0]) if words else 3
        engine(folder, runs, ENGINE_ROWS, 2.0, 1_000)
        file_import(folder, runs, "intake", "CSV", "DuckDB reads the CSV and writes Parquet", 6)
        if find_spec("fastexcel"):
            file_import(folder, runs, "workbook", "XLSX", "fastexcel reads the sheet into Arrow", 4)
        else:
            print("Intake: XLSX not measured; its bound is fastexcel, of the development dependencies")
        spend(folder, runs)
        simulation(folder, runs)
        portfolio(folder, runs)
        command(folder, runs)


if __name__ == "__main__":
    main()
