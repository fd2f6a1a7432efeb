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
    found = mapped["quality"]
    measured = pc.fill_null(pc.equal(found, "measured"), fill_value=False)
    types = vocabulary().types.values()
    for best in sorted({kind.best_quality for kind in types if kind.best_quality}):
        held = pa.array([kind.id for kind in types if kind.best_quality == best], pa.string())
        too_good = pc.and_(measured, pc.is_in(mapped["activity_type"], value_set=held))
        found = pc.if_else(too_good, pa.scalar(best), found)
    return mapped.set_column(mapped.schema.get_field_index("quality"), mapped.schema.field("quality"), found)
