"""The content hash: our own serialisation of sorted rows, so that equality outlives file formats and library versions.

Layout, version `trede-content-1`. All numbers little-endian.

    magic      b"trede-content-1\\n"
    header     u32 columns; per column: u32 length + UTF-8 name, u8 type code
    blocks     rows in key order, 65,536 a block (the last may be shorter): u32 rows, then per column
                 null bitmap   ceil(rows / 8) bytes, bit set = value present, least significant bit first
                 fixed width   rows × width bytes, zero where null
                 text          rows × u32 byte lengths (0 where null), then all bytes
                 list of text  rows × u32 counts (0 where null), then the members as a text column
    trailer    u64 rows

Type codes: 1 int16, 2 int32, 3 int64, 4 date (days since 1970 as int32), 5 decimal(38,6) as 16-byte two's complement,
6 text, 7 boolean (one byte), 8 float64 (never NaN; −0 is written as 0), 9 list of text.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

VERSION = "trede-content-1"
BLOCK = 65_536

_CODES: dict[pa.DataType, tuple[int, int]] = {
    pa.int16(): (1, 2),
    pa.int32(): (2, 4),
    pa.int64(): (3, 8),
    pa.date32(): (4, 4),
    pa.decimal128(38, 6): (5, 16),
    pa.string(): (6, 0),
    pa.bool_(): (7, 1),
    pa.float64(): (8, 8),
}


def _code(kind: pa.DataType) -> tuple[int, int]:
    """Return type code and width; the name that a file format gives to a list's members is not content."""
    if pa.types.is_list(kind) and kind.value_type == pa.string():
        return 9, 0
    return _CODES[kind]


def content_hash(table: pa.Table | Iterable[pa.RecordBatch], schema: pa.Schema | None = None) -> str:
    """Hash rows that already stand in key order; equal rows in equal order give equal hashes on every machine.

    Args:
        table: an Arrow table, or record batches of any size (their borders do not matter).
        schema: required with batches; column names and types are part of the content.

    Returns:
        64 hexadecimal digits.
    """
    if isinstance(table, pa.Table):
        schema = table.schema
        batches: Iterable[pa.RecordBatch] = table.to_batches()
    else:
        batches = table
    assert schema is not None
    hasher = hashlib.sha256()
    hasher.update(VERSION.encode() + b"\n" + struct.pack("<I", len(schema)))
    for field in schema:
        name = field.name.encode()
        hasher.update(struct.pack("<I", len(name)) + name + bytes([_code(field.type)[0]]))
    rows = 0
    for block in _blocks(batches, schema):
        rows += block.num_rows
        hasher.update(struct.pack("<I", block.num_rows))
        for column, field in zip(block.columns, schema, strict=True):
            _update(hasher, column, field.type)
    hasher.update(struct.pack("<Q", rows))
    return hasher.hexdigest()


def _blocks(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterable[pa.RecordBatch]:
    pending: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        pending.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        count += batch.num_rows
        if count >= BLOCK:
            table = pa.Table.from_batches(pending, schema)
            whole = count - count % BLOCK
            for start in range(0, whole, BLOCK):
                yield table.slice(start, BLOCK).combine_chunks().to_batches(max_chunksize=BLOCK)[0]
            rest = table.slice(whole)
            pending, count = rest.to_batches(), rest.num_rows
    if count:
        yield pa.Table.from_batches(pending, schema).combine_chunks().to_batches(max_chunksize=BLOCK)[0]


def _update(hasher: hashlib._Hash, column: pa.Array, kind: pa.DataType) -> None:
    code, width = _code(kind)
    n = len(column)
    if column.null_count == 0:
        present = np.ones(n, dtype=bool)
    else:
        present = column.is_valid().to_numpy(zero_copy_only=False)
    hasher.update(np.packbits(present, bitorder="little").tobytes())
    if code == 6:
        _update_text(hasher, column)
        return
    if code == 9:
        counts = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
        hasher.update(counts.astype("<u4").tobytes())
        members = pc.list_flatten(column)
        hasher.update(np.packbits(members.is_valid().to_numpy(zero_copy_only=False), bitorder="little").tobytes())
        _update_text(hasher, members)
        return
    if code == 5:
        offset = column.offset * 16
        values = np.frombuffer(column.buffers()[1], dtype=np.uint8)[offset : offset + n * 16].reshape(n, 16)
    elif code == 7:
        values = pc.fill_null(column, fill_value=False).to_numpy(zero_copy_only=False).astype(np.uint8).reshape(n, 1)
    else:
        dtype = {1: "<i2", 2: "<i4", 3: "<i8", 4: "<i4", 8: "<f8"}[code]
        raw = np.frombuffer(column.buffers()[1], dtype=dtype)[column.offset : column.offset + n]
        if code == 8:
            raw = raw + 0.0
            if np.isnan(raw[present]).any():
                raise ValueError("NaN has no place in content")
        values = raw.view(np.uint8).reshape(n, width)
    if column.null_count:
        values = values.copy()
        values[~present] = 0
    hasher.update(np.ascontiguousarray(values).data)


def _update_text(hasher: hashlib._Hash, column: pa.Array) -> None:
    if column.null_count:
        column = pc.fill_null(column, "")
    column = column.cast(pa.large_string()) if column.offset else column
    width = "<i8" if pa.types.is_large_string(column.type) else "<i4"
    offsets = np.frombuffer(column.buffers()[1], dtype=width)[column.offset : column.offset + len(column) + 1]
    hasher.update(np.diff(offsets).astype("<u4").tobytes())
    data = column.buffers()[2]
    if data is not None and len(offsets):
        hasher.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
