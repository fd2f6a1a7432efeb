"""An XLSX of 100,000 rows from file to committed batch, against fastexcel reading its cells into Arrow."""

from __future__ import annotations

import csv
import time
from datetime import date
from pathlib import Path

import fastexcel
import xlsxwriter

from bench import intake
from bench.measuring import measure


def generate(path: Path, count: int) -> None:
    """Write the fuel-card export of `bench.intake` as a workbook, with its dates and numbers as such."""
    plain = path.with_suffix(".csv")
    intake.generate(plain, count)
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Transacties")
        day = workbook.add_format({"num_format": "dd-mm-yyyy"})
        with plain.open(encoding="utf-8", newline="") as file:
            for at, row in enumerate(csv.reader(file, delimiter=";")):
                for column, text in enumerate(row):
                    if at and column in (5, 6, 7) and text:
                        sheet.write_number(at, column, float(text.replace(",", ".")))
                    elif at and column == 1 and text:
                        sheet.write_datetime(at, column, _day(text), day)
                    else:
                        sheet.write_string(at, column, text)


def _day(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), int(month), int(day))


def bound(path: Path) -> dict[str, float]:
    """Read the same sheet with fastexcel."""
    start = time.perf_counter()
    fastexcel.read_excel(path).load_sheet(0).to_arrow()
    return {"read": time.perf_counter() - start}


if __name__ == "__main__":
    measure(generate, intake.ours, bound)
