"""The cells of a file as they are kept: personal ones as pseudonyms, nothing personal in plain text."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.layout import Layout
from trede.intake.mapping import Mapped
from trede.intake.opening import Opened
from trede.intake.profile import Profile


def kept_cells(opened: Opened, layout: Layout, mapped: Mapped, profile: Profile) -> pa.ListArray:
    """Return every record's cells (of a cross-tab each cell by itself), with the personal ones of data rows as pseudonyms.

    Elsewhere they are emptied: in total rows and repeated headers by column; in the preamble, in rows of another
    width and in those that swallow others, where no cell can be told to be impersonal, wholly.
    """
    values = _without_persons(opened, layout, mapped, profile) if profile.has_personal else opened.records.values
    offsets = opened.records.offsets if layout.places is None else np.arange(len(values) + 1)
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)


def _without_persons(opened: Opened, layout: Layout, mapped: Mapped, profile: Profile) -> pa.Array:
    records, begins = opened.records, opened.records.offsets[:-1]
    numbers = np.arange(len(records))
    swallowing = [f.position for f in mapped.rejections if f.problem.code == "cell_swallows_rows"]
    first = np.flatnonzero(np.diff(layout.rows, prepend=-1))  # a row of a cross-tab has many cells
    legible = np.setdiff1d(first, np.flatnonzero(np.isin(layout.rows, layout.rows[swallowing])))
    strange = (records.widths != len(opened.titles)) | (numbers < layout.header)
    strange[layout.rows[swallowing]] = True
    other = ~strange & (numbers > layout.header)
    other[layout.rows] = False
    places, texts = [], []
    done: set[int] = set()
    for field, column in profile.columns.items():
        index = opened.indices[field]
        if column.personal and index not in done:
            done.add(index)
            places += [begins[layout.rows[legible]] + index, begins[other] + index]
            texts += [pc.fill_null(mapped.fields[field].per_row(legible), ""), _empty(int(other.sum()))]
    for number in np.flatnonzero(strange).tolist():
        places.append(np.arange(records.offsets[number], records.offsets[number + 1]))
        texts.append(_empty(int(records.widths[number])))
    where = np.concatenate(places)
    mask = np.zeros(len(records.values), dtype=bool)
    mask[where] = True
    given = pa.concat_arrays(texts)
    if (where[1:] < where[:-1]).any():
        given = given.take(pa.array(np.argsort(where, kind="stable")))
    return pc.replace_with_mask(records.values, pa.array(mask), given)


def _empty(count: int) -> pa.Array:
    return pa.array([""] * count, pa.string())
