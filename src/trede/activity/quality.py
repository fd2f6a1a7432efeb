"""The data quality of a record, held down where its activity type cannot be measured."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.vocabulary import vocabulary


def hold_down_quality(mapped: pa.Table) -> pa.Table:
    """Set `measured` to the best quality that a record's activity type allows.

    Kilometres of a fuel car may be measured, but what they say of the fuel is calculated.

    Args:
        mapped: rows with at least `activity_type` and `quality`.

    Returns:
        The same rows; any quality that is not `measured` stays as it is.
    """
    for kind in vocabulary().types.values():
        if kind.best_quality is None:
            continue
        too_good = pc.and_(pc.equal(mapped["activity_type"], kind.id), pc.equal(mapped["quality"], "measured"))
        column = pc.if_else(pc.fill_null(too_good, fill_value=False), pa.scalar(kind.best_quality), mapped["quality"])
        mapped = mapped.set_column(mapped.schema.get_field_index("quality"), mapped.schema.field("quality"), column)
    return mapped
