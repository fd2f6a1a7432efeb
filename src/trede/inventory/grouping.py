"""A standard's total by what its records belong to: entity, site, project or department."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.standards import Standard
from trede.organisation.model import Belonging

BELONGINGS: tuple[Belonging, ...] = get_args(Belonging)


def total_by(
    totals: Iterable[Mapping[str, Any]], standard: Standard, basis: str, what: Belonging
) -> dict[str | None, int]:
    """Return milligrams CO2e by id; None: records that name none. They add up to the standard's total on the basis.

    Args:
        totals: rows of a run's totals inside the boundary.
        basis: `location` or `market`; rows without a basis belong to both.
    """
    sums: dict[str | None, int] = defaultdict(int)
    for row in totals:
        if row["basis"] in ("none", basis) and row["account"] in standard.heading_of:
            sums[row[what]] += int(row["co2e"])
    return dict(sums)


def sums_by(
    totals: pa.Table, standard: Standard, basis: str, columns: Sequence[str]
) -> dict[tuple[str | None, ...], int]:
    """Return milligrams CO2e by the values of some columns. They add up to the standard's total on the basis.

    Args:
        totals: a run's table of totals inside the boundary.
        basis: `location` or `market`; rows without a basis belong to both.
    """
    counted = pc.field("basis").isin(["none", basis]) & pc.field("account").isin(list(standard.heading_of))
    grouped = totals.filter(counted).group_by([*columns]).aggregate([("co2e", "sum")])
    found = zip(*(grouped[name].to_pylist() for name in (*columns, "co2e_sum")), strict=True)
    return {tuple(key): int(amount) for *key, amount in found}
