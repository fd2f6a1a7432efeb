"""A CSV of 100,000 rows from file to committed batch, against DuckDB reading it and writing Parquet."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from bench.measuring import measure
from trede.intake.checking import load_profile
from trede.workspace import Workspace
from trede.workspace.importing import import_file

PROFILE = b"""
id = "bench"
title = "Bench"
source = "bench"
[file]
delimiter = ";"
decimal = ","
dates = "dd-mm-yyyy"
[columns.document]
header = "Bonnummer"
[columns.date]
header = "Datum"
[columns.vehicle]
header = "Kenteken"
personal = true
[columns.fuel]
header = "Product"
values = { "Euro 95 (E10)" = "petrol-e10", "Diesel B7" = "diesel-b7" }
[columns.quantity]
header = "Liters"
[columns.supplier]
header = "Tankstation"
[constants]
activity_type = "fuel-vehicle"
control = "controlled"
unit = "l"
quality = "measured"
[[totals]]
column = "Bonnummer"
starts_with = "Totaal"
[unique]
fields = ["document"]
"""

ORGANISATION = b'name = "Bench"\n[[entity]]\nid = "firm"\nname = "Firm"\n'


def generate(path: Path, count: int) -> None:
    """Write a fuel-card export of `count` fills with a total row."""
    rng = random.Random(7)
    total = 0
    lines = ["Bonnummer;Datum;Tijd;Kenteken;Product;Liters;Prijs per liter;Bedrag;Tankstation;Pas"]
    for number in range(count):
        cents = rng.randint(800, 7000)
        total += cents
        price = rng.randint(1500, 2300)
        day = date(2024, 1, 1) + timedelta(days=rng.randint(0, 365))
        plate = f"AB-{rng.randint(0, 299):03d}-C"
        product = rng.choice(("Euro 95 (E10)", "Diesel B7"))
        litres = f"{cents // 100},{cents % 100:02d}"
        amount = f"{cents * price // 100_000},{cents * price // 1000 % 100:02d}"
        lines.append(
            f"B{number:07d};{day:%d-%m-%Y};{rng.randint(6, 22):02d}:{rng.randint(0, 59):02d};{plate};{product};{litres};"
            f"{price // 1000},{price % 1000:03d};{amount};Station {rng.randint(1, 400)};{rng.randint(10**8, 10**9)}"
        )
    lines.append(f"Totaal;;;;;{total // 100},{total % 100:02d};;;;")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Import the file into a new workspace; seconds from reading the bytes to the committed batch."""
    workspace = Workspace.create(folder / "workspace", ORGANISATION, "organisation.toml")
    profile = load_profile(PROFILE, "bench.toml")
    start = time.perf_counter()
    imported = import_file(workspace, path.read_bytes(), path.name, profile)
    return {"import": time.perf_counter() - start, "rows": sum(imported.batch.counts.values())}


def bound(path: Path, target: Path) -> dict[str, float]:
    """Read the file with DuckDB's own reader and write Parquet."""
    con = duckdb.connect()
    start = time.perf_counter()
    con.execute(
        f"COPY (SELECT * FROM read_csv('{path}', delim=';', header=true)) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return {"read and write": time.perf_counter() - start}


if __name__ == "__main__":
    measure(generate, ours, bound)
