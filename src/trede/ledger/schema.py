"""The schemas of ledger rows and of totals.

A ledger row is one activity part × flow × basis, with gases as columns. All amounts are whole milligrams CO2e.
"""

from __future__ import annotations

import pyarrow as pa

from trede.kernel.gases import GAS_COLUMNS

LEDGER_VERSION = 3

_TEXT = pa.string()
_QUANTITY = pa.decimal128(38, 6)
_MG = pa.int64()
_SHARE = pa.decimal128(38, 6)

LEDGER = pa.schema(
    [
        ("record_id", _TEXT),
        ("part", pa.int16()),  # 0, or 1, 2, ... when the run's borders split the record's period
        ("batch", _TEXT),
        ("row", pa.int32()),  # physical row in the batch's file
        ("entity", _TEXT),
        ("site", _TEXT),
        ("project", _TEXT),
        ("department", _TEXT),
        ("start", pa.date32()),
        ("end", pa.date32()),
        ("activity_type", _TEXT),
        ("account", _TEXT),
        ("stage", _TEXT),
        ("basis", _TEXT),  # none, location or market
        ("method", _TEXT),
        ("flow", _TEXT),
        ("factor", _TEXT),  # library#factor, or null when a method needs none
        ("decision", _TEXT),  # the pin, override or taken-in value that it rests on, or null
        ("plan_key", pa.int32()),
        ("quantity", _QUANTITY),  # in `unit`, the factor's unit
        ("unit", _TEXT),
        ("energy_j", _MG),  # joules of final energy, on one row per basis; 0 on the others
        (
            "carrier",
            _TEXT,
        ),  # of the energy: electricity, heat, gas, ...; null where there is no energy or it is unknown
        ("renewable_share", _SHARE),  # the part of the energy from renewable sources; null is unknown
        *((gas, _MG) for gas in GAS_COLUMNS),
        ("co2e", _MG),  # the sum of the gas columns; never rounded on its own
        ("biogenic_co2", _MG),  # beside the scopes, not in co2e
        ("share", _SHARE),  # the organisation's share; amounts are always 100 %
        ("quality", _TEXT),
        ("gwp_basis", _TEXT),
        ("uncertainty_activity", pa.int32()),  # half the 95 % interval in ten-thousandths of the value; null is unknown
        ("uncertainty_factor", pa.int32()),
        ("error_group", _TEXT),  # the meter or estimate that several records share, or null: the record itself
    ]
)
_ADDED = {
    2: ("uncertainty_activity", "uncertainty_factor", "error_group"),
    3: ("department", "carrier", "renewable_share"),
}
"""Version → the columns that it brought."""


def _until(version: int, schema: pa.Schema) -> pa.Schema:
    """Return a schema without the columns that later versions brought."""
    later = {name for number, names in _ADDED.items() if number > version for name in names}
    return pa.schema([field for field in schema if field.name not in later])


LEDGERS = {version: _until(version, LEDGER) for version in range(1, LEDGER_VERSION + 1)}
"""The schema of each version: a stored run is made again under its own."""

# Rows stand in the order: account group (as in the chart), site, start, record, part, batch, row, flow. It is unique.

TOTAL_KEYS = (
    "account", "stage", "basis", "entity", "site", "project", "department", "month", "quality", "gwp_basis", "unit",
    "carrier", "renewable_share",
)  # fmt: skip
AMOUNTS = (*GAS_COLUMNS, "co2e", "biogenic_co2", "energy_j")

TOTALS = pa.schema(
    [
        *(
            (key, LEDGER.field(key).type if key in LEDGER.names else _TEXT) for key in TOTAL_KEYS
        ),  # month is 2024-03, or null when a record spans more than one
        ("rows", _MG),
        ("quantity", _QUANTITY),
        *((name, _QUANTITY) for name in AMOUNTS),  # whole milligrams and joules; wide enough for any number of rows
    ]
)

TOTALS_OF = {version: _until(version, TOTALS) for version in LEDGERS}
"""The schema of the totals that go with each version of the ledger."""
