"""The content hash against a second writer of the documented layout, and what it does and does not notice."""

import hashlib
import math
import struct
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.kernel import content
from trede.kernel.content import content_hash

SCHEMA = pa.schema(
    [
        ("small", pa.int16()),
        ("whole", pa.int32()),
        ("long", pa.int64()),
        ("day", pa.date32()),
        ("quantity", pa.decimal128(38, 6)),
        ("text", pa.string()),
        ("truth", pa.bool_()),
        ("number", pa.float64()),
        ("cells", pa.list_(pa.string())),
    ]
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "whole": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "day": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    "quantity": st.decimals(-(10**31), 10**31, places=6),
    "text": TEXTS,
    "truth": st.booleans(),
    "number": st.floats(allow_nan=False),
    "cells": st.lists(TEXTS | st.none(), max_size=4),
}
ROWS = st.lists(st.fixed_dictionaries({n: v | st.none() for n, v in VALUES.items()}), max_size=20)

FULL: dict[str, Any] = {
    "small": -2, "whole": 70_000, "long": 2**40, "day": date(2024, 2, 29), "quantity": Decimal("-48.32"), "text": "CO₂",
    "truth": True, "number": -0.5, "cells": ["a", None, "ëë"],
}  # fmt: skip


def made(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


# --- a second writer, from the documentation alone ---

Writer = Callable[[Sequence[Any]], bytes]


def bitmap(values: Sequence[Any]) -> bytes:
    bits = bytearray(math.ceil(len(values) / 8))
    for n, value in enumerate(values):
        if value is not None:
            bits[n // 8] |= 1 << n % 8
    return bytes(bits)


def fixed(code: str) -> Writer:
    return lambda values: b"".join(struct.pack("<" + code, 0 if v is None else v) for v in values)


def days(values: Sequence[Any]) -> bytes:
    return fixed("i")([None if v is None else (v - date(1970, 1, 1)).days for v in values])


def decimals(values: Sequence[Any]) -> bytes:
    millionths = [0 if v is None else int(v.as_integer_ratio()[0] * 10**6 // v.as_integer_ratio()[1]) for v in values]
    return b"".join(n.to_bytes(16, "little", signed=True) for n in millionths)


def floats(values: Sequence[Any]) -> bytes:
    return fixed("d")([None if v is None or v == 0 else v for v in values])


def text(values: Sequence[Any]) -> bytes:
    encoded = [(v or "").encode() for v in values]
    return fixed("I")([len(e) for e in encoded]) + b"".join(encoded)


def lists(values: Sequence[Any]) -> bytes:
    members = [member for value in values for member in value or ()]
    return fixed("I")([len(v or ()) for v in values]) + bitmap(members) + text(members)


BOOK: dict[str, tuple[int, Writer]] = {
    "int16": (1, fixed("h")),
    "int32": (2, fixed("i")),
    "int64": (3, fixed("q")),
    "date32[day]": (4, days),
    "decimal128(38, 6)": (5, decimals),
    "string": (6, text),
    "bool": (7, fixed("?")),
    "double": (8, floats),
    "list<item: string>": (9, lists),
}


def by_the_book(table: pa.Table, block: int = 65_536) -> str:
    out = b"trede-content-1\n" + struct.pack("<I", table.num_columns)
    for column in table.schema:
        out += struct.pack("<I", len(column.name.encode())) + column.name.encode() + bytes([BOOK[str(column.type)][0]])
    for start in range(0, table.num_rows, block):
        rows = table.slice(start, block)
        out += struct.pack("<I", rows.num_rows)
        for column in table.schema:
            values = rows[column.name].to_pylist()
            out += bitmap(values) + BOOK[str(column.type)][1](values)
    return hashlib.sha256(out + struct.pack("<Q", table.num_rows)).hexdigest()


@given(ROWS)
def test_as_documented(rows: list[dict[str, Any]]) -> None:
    assert content_hash(made(rows)) == by_the_book(made(rows))


def test_a_hash_that_may_never_change() -> None:
    """Published figures rest on these bytes: another hash here means that no stored run can be verified any more."""
    table = made([FULL, dict.fromkeys(SCHEMA.names)])
    assert content_hash(table) == by_the_book(table)
    assert content_hash(table) == "f2bd4ee22c52f183a814ba00b8e011dd4a54fb2d4620be2cb105570c187572a9"


# --- what plays no part ---


@given(ROWS, st.integers(1, 7), st.integers(1, 7))
def test_borders_of_batches_chunks_and_slices_play_no_part(rows: list[dict[str, Any]], size: int, skip: int) -> None:
    table = made(rows)
    expected = by_the_book(table)
    chunked = pa.concat_tables([table.slice(n, size) for n in range(0, len(rows), size)] or [table])
    assert content_hash(chunked) == expected
    assert content_hash(table.combine_chunks().to_batches(max_chunksize=size), SCHEMA) == expected
    longer = made([FULL] * skip + rows + [FULL]).combine_chunks()
    assert content_hash(longer.slice(skip, len(rows))) == expected


@pytest.mark.parametrize("count", [3, 4, 5, 8, 9])
@pytest.mark.parametrize("size", [1, 3, 4, 7, 100])
def test_blocks_do_not_follow_batches(monkeypatch: pytest.MonkeyPatch, count: int, size: int) -> None:
    monkeypatch.setattr(content, "BLOCK", 4)
    table = made(
        [{**FULL, "whole": n, "text": "x" * n if n % 3 else None, "cells": ["y"] * (n % 4)} for n in range(count)]
    )
    batches = table.combine_chunks().to_batches(max_chunksize=size)
    assert content_hash(batches, SCHEMA) == by_the_book(table, block=4)


@pytest.mark.parametrize("count", [65_535, 65_536, 65_537, 131_073])
def test_whole_blocks(count: int) -> None:
    table = pa.table({"n": pa.array(range(count), pa.int32())})
    assert content_hash(table) == by_the_book(table)
    assert content_hash(table.to_batches(max_chunksize=10_000), table.schema) == by_the_book(table)


def test_bytes_under_a_null_play_no_part() -> None:
    present = pa.py_buffer(b"\x05")
    numbers = pa.Array.from_buffers(pa.int64(), 3, [present, pa.py_buffer(struct.pack("<3q", 1, 999, 3))])
    floats = pa.Array.from_buffers(pa.float64(), 3, [present, pa.py_buffer(struct.pack("<3d", 1, math.nan, 3))])
    offsets = pa.py_buffer(struct.pack("<4i", 0, 1, 5, 6))
    texts = pa.Array.from_buffers(pa.string(), 3, [present, offsets, pa.py_buffer(b"ahidec")])
    members = pa.array(["a", "h", "i", "d", "e", "c"])
    lists = pa.Array.from_buffers(pa.list_(pa.string()), 3, [present, offsets], children=[members])
    dirty = pa.table({"n": numbers, "f": floats, "t": texts, "l": lists})
    clean = pa.table(
        {
            "n": pa.array([1, None, 3], pa.int64()),
            "f": pa.array([1.0, None, 3.0]),
            "t": pa.array(["a", None, "c"]),
            "l": pa.array([["a"], None, ["c"]]),
        }
    )
    assert content_hash(dirty) == content_hash(clean) == by_the_book(clean)


def test_the_name_of_list_members_plays_no_part() -> None:
    item, element = (pa.array([["a"]], pa.list_(pa.field(name, pa.string()))) for name in ("item", "element"))
    assert content_hash(pa.table({"l": item})) == content_hash(pa.table({"l": element}))


def test_minus_zero_is_zero_and_nan_is_refused() -> None:
    assert content_hash(pa.table({"x": [0.0]})) == content_hash(pa.table({"x": [-0.0]}))
    with pytest.raises(ValueError, match="NaN"):
        content_hash(pa.table({"x": pa.array(np.array([1.0, math.nan]))}))


# --- what does ---

CHANGED: dict[str, Any] = {
    "small": -3, "whole": 70_001, "long": 2**40 + 1, "day": date(2024, 3, 1), "quantity": Decimal("-48.320001"),
    "text": "CO2", "truth": False, "number": -0.5000000000000001, "cells": ["a", "", "ëë"],
}  # fmt: skip


@pytest.mark.parametrize("column", SCHEMA.names)
def test_any_one_value_or_null_counts(column: str) -> None:
    whole = content_hash(made([FULL, FULL]))
    changed = content_hash(made([FULL, {**FULL, column: CHANGED[column]}]))
    missing = content_hash(made([FULL, {**FULL, column: None}]))
    assert len({whole, changed, missing}) == 3


EMPTY: dict[str, Any] = {
    "small": 0, "whole": 0, "long": 0, "day": date(1970, 1, 1), "quantity": Decimal(0), "text": "", "truth": False,
    "number": 0.0, "cells": [],
}  # fmt: skip


@pytest.mark.parametrize("column", SCHEMA.names)
def test_an_empty_value_is_no_null(column: str) -> None:
    assert content_hash(made([EMPTY])) != content_hash(made([{**EMPTY, column: None}]))


def test_order_of_rows_and_columns_counts() -> None:
    other = {**FULL, "whole": 1}
    assert content_hash(made([FULL, other])) != content_hash(made([other, FULL]))
    table = made([FULL])
    assert content_hash(table) != content_hash(table.select(list(reversed(table.column_names))))


def test_names_and_types_count() -> None:
    table = pa.table({"n": pa.array([1], pa.int32())})
    assert content_hash(table) != content_hash(table.rename_columns(["m"]))
    assert content_hash(table) != content_hash(table.cast(pa.schema([("n", pa.int64())])))
    assert content_hash(table.slice(0, 0)) != content_hash(table.rename_columns(["m"]).slice(0, 0))


def test_the_border_between_two_texts_counts() -> None:
    one, other = (pa.table({"t": texts}) for texts in (["ab", "c"], ["a", "bc"]))
    assert content_hash(one) != content_hash(other)
    one, other = (pa.table({"l": cells}) for cells in ([["a"], ["b", "c"]], [["a", "b"], ["c"]]))
    assert content_hash(one) != content_hash(other)


@given(ROWS, ROWS)
def test_only_equal_rows_have_equal_hashes(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    assert (content_hash(made(one)) == content_hash(made(other))) == (made(one).to_pylist() == made(other).to_pylist())
