"""What counts of ledger rows: each amount × the share, rounded once to whole milligrams; the rest is outside.

    consolidated = round(mg × share), half away from zero     outside = mg − consolidated

Both add up to the ledger exactly. Gases are rounded one by one and CO2e is their sum, as in the ledger; energy and biogenic
CO2 are rounded by themselves, quantities at a millionth. A share is at most six decimals, so every product is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.schema import LEDGER

SHARE = pa.decimal128(7, 6)
_BESIDE = ("biogenic_co2", "energy_j")


def shared_sql(name: str) -> str:
    """Return the consolidated amount of a ledger column as SQL, exact on every engine.

    Args:
        name: a column of amounts, or `quantity`.
    """
    if name == "co2e":
        return f"({' + '.join(shared_sql(gas) for gas in GAS_COLUMNS)})"
    wide, to, kind = ("28,6", 6, "DECIMAL(38,6)") if name == "quantity" else ("19,0", 0, "BIGINT")
    product = f"CAST({name} AS DECIMAL({wide})) * CAST(share AS DECIMAL(7,6))"
    return f"CASE WHEN share = 1 THEN {name} WHEN share = 0 THEN 0 ELSE CAST(round({product}, {to}) AS {kind}) END"


def counted_sql(source: str, columns: Sequence[str]) -> str:
    """Return a SELECT of the rows of `source` of which anything counts; `co2e` among the columns is what counts."""
    names = ", ".join(f"{shared_sql(name)} AS {name}" if name == "co2e" else name for name in columns)
    return f"SELECT {names} FROM {source} WHERE share > 0"


def consolidated(rows: pa.Table) -> pa.Table:
    """Return ledger rows of which anything counts, with what counts as their amounts.

    Args:
        rows: ledger rows; for `co2e` the columns of gases and `share` must be there.
    """
    rows = rows.filter(pc.greater(rows["share"], pa.scalar(Decimal(0), rows.schema.field("share").type)))
    whole = pc.equal(rows["share"], pa.scalar(Decimal(1), rows.schema.field("share").type))
    if pc.all(whole).as_py() is not False:
        return rows
    share = rows["share"].cast(SHARE)
    found = {name: _shared(rows[name], share) for name in (*GAS_COLUMNS, *_BESIDE) if name in rows.column_names}
    if "co2e" in rows.column_names:
        found["co2e"] = counted_co2e(rows)
    for name, values in found.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows


def counted_row(row: Mapping[str, Any]) -> int:
    """Return what counts of one ledger row's CO2e, in milligrams."""
    parts = (Decimal(row[gas]) * row["share"] for gas in GAS_COLUMNS)
    return sum(int(part.to_integral_value(ROUND_HALF_UP)) for part in parts)


def counted_co2e(rows: pa.Table) -> pa.ChunkedArray:
    """Return what counts of each row's CO2e, nothing outside the boundary; its gases and `share` must be there."""
    share = rows["share"].cast(SHARE)
    parts = [_shared(rows[gas], share) for gas in GAS_COLUMNS]
    return reduce(pc.add, parts)


def _shared(amounts: pa.ChunkedArray, share: pa.ChunkedArray) -> pa.ChunkedArray:
    product = pc.multiply(amounts.cast(pa.decimal128(19, 0)), share)
    return pc.round(product, 0, round_mode="half_towards_infinity").cast(pa.int64())


def read_counted(path: Path, columns: Sequence[str], where: Any = None) -> pa.Table:
    """Read what counts of a stored ledger: `columns` of the rows that have a share, amounts consolidated."""
    needed = [*columns, "share", *(GAS_COLUMNS if "co2e" in columns else ())]
    known = [name for name in LEDGER.names if name in needed]
    return consolidated(pq.read_table(path, columns=known, filters=where)).select(list(columns))
