"""The fields that a mapping can fill, and the schema of mapped rows: the border of intake and activity."""

from __future__ import annotations

import pyarrow as pa

QUANTITY = pa.decimal128(38, 6)

MAPPED = pa.schema(
    [
        ("row", pa.int32()),  # physical row in the file, 1 is the first
        ("activity_type", pa.string()),
        ("attributes", pa.string()),  # canonical JSON of the type's attributes, defaults filled in
        ("quantity", QUANTITY),
        ("unit", pa.string()),  # unit id of the type's kind, as given (not converted)
        ("start", pa.date32()),
        ("end", pa.date32()),
        ("entity", pa.string()),
        ("site", pa.string()),
        ("project", pa.string()),
        ("geography", pa.string()),
        ("quality", pa.string()),
        ("document", pa.string()),
        ("credit_of", pa.string()),  # document number of the record that a credit note reverses
        ("meter", pa.string()),
        ("vehicle", pa.string()),
        ("person", pa.string()),
        ("supplier", pa.string()),
        ("note", pa.string()),
        ("custom", pa.string()),  # canonical JSON of custom columns, or null
        ("inputs", pa.string()),  # canonical JSON of the type's inputs as exact decimals in its units, or null
        ("column_number", pa.int32()),  # of a cross-tab: the column of the cell, 1 is column A; null: the whole row
        ("opening_row", pa.int32()),  # of meter readings: the row of the reading at the beginning
        ("department", pa.string()),
        ("replaces", pa.string()),  # document number or id of the record of spend that this one is a better figure of
        ("uncertainty", pa.int32()),  # of the quantity: half the 95 % interval in ten-thousandths of the value
        ("rating", pa.string()),  # of the data, by five indicators: 1;2;1;3;1
        ("sample", pa.string()),  # design and stratum that the quantity was extrapolated by, or null
    ]
)

ADDED = ("inputs", "department", "replaces", "uncertainty", "rating", "sample")
"""Fields that records of earlier versions do not have; where they are empty, a record keeps the identity that it had then."""

WHEREABOUTS = ("row", "column_number", "opening_row")
"""Where a record stands in its file; no part of what it says, so not of its identity."""

TEXT_FIELDS = (
    "entity", "site", "project", "department", "geography", "quality", "document", "credit_of", "replaces", "meter", "vehicle",
    "person", "supplier", "note", "rating", "sample",
)  # fmt: skip
"""Fields copied as text."""

PERIOD_FIELDS = ("date", "start", "end", "year", "period")
"""Fields that say when: one day, a first and last day, a calendar year, or a period such as 2024-Q1."""

QUALITIES = ("measured", "calculated", "estimated", "extrapolated", "default")
"""Data-quality status of a record, from best to worst; it stays with the figure to the last page."""

METER_FIELDS = ("meter_reading", "reading_kind")
"""Fields of a file of meter readings: the reading, and whether it closes or opens a meter."""

READING_KINDS = ("closing", "reading", "opening")
"""What a reading may be, in the order of one day: the last of a meter, any other, the first of a meter."""

FATES = ("accepted", "set_aside", "held", "rejected")
"""What becomes of each physical row, or cell of a cross-tab; the four add up to the file."""
