"""The table of the security standard names files that are there, each point once, and says plainly what is not met."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from docs_reading import DOCS, tables

ROOT = Path(__file__).parents[2]
TEXT = (DOCS / "asvs.md").read_text("utf-8")


def test_named_files_are_there() -> None:
    named = set(re.findall(r"`((?:src|tests)/[\w/.]+)`", TEXT))
    assert len(named) > 8
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_each_point_stands_once_with_an_answer() -> None:
    rows = [row for table in tables(TEXT) for row in table]
    points = Counter(point for row in rows for point in re.findall(r"\d+\.\d+\.\d+", row["point"]))
    assert len(points) > 80
    assert [point for point, count in points.items() if count > 1] == []
    assert {row["met"] for row in rows} <= {"yes", "partly", "no", "yours", "yes, with https"}
    assert all(row["where"] for row in rows)
