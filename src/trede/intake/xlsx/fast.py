"""Reading the plain sheets that spreadsheets write, by array arithmetic on the bytes of their XML.

The tags of a block of rows are told apart by their first letters; each may only be followed by the tags that follow it in a
plain sheet. Whatever does not fit, however legal, makes `read_fast` return None, and the XML parser reads the sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.reader import Flags, Ints
from trede.intake.xlsx.cells import EMPTY, KINDS, TEXT, Around, Cells
from trede.intake.xlsx.parsing import local, parse
from trede.kernel.progress import Watch, unseen

BLOCK = 1 << 19
"""Bytes that are read at a time: what fits a processor's cache."""
Bytes = npt.NDArray[np.uint8]

_BODY = re.compile(rb"<sheetData ?>")
_END = b"</sheetData>"
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["'](?!utf-8["'])""", re.IGNORECASE)
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"<>&]*)"')
_HIDDEN = re.compile(rb'<row ([^<>]*)hidden="(?:1|true)"')
_ROW = re.compile(rb'\br="([0-9]{1,7})"')
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_OTHER_ENTITY = re.compile(f"&(?!{'|'.join(entity[1:] for entity in _ENTITIES)})")

# Kinds of tags, and which may follow which: a language without nesting, so that pairs of neighbours prove the whole.
ROW, ROW_END, ROW_ALONE, C, C_END, C_ALONE, V, V_END, V_ALONE, F, F_END, F_ALONE, IS, IS_END, T, T_END, T_ALONE = range(
    17
)
_FOLLOWING = {
    ROW: (C, C_ALONE, ROW_END),
    ROW_END: (ROW, ROW_ALONE),
    ROW_ALONE: (ROW, ROW_ALONE),
    C: (V, V_ALONE, F, F_ALONE, IS, C_END),
    C_END: (C, C_ALONE, ROW_END),
    C_ALONE: (C, C_ALONE, ROW_END),
    V: (V_END,),
    V_END: (C_END,),
    V_ALONE: (C_END,),
    F: (F_END,),
    F_END: (V, V_ALONE, C_END),
    F_ALONE: (V, V_ALONE, C_END),
    IS: (T, T_ALONE),
    T: (T_END,),
    T_END: (IS_END,),
    T_ALONE: (IS_END,),
    IS_END: (C_END,),
}
_UNKNOWN = len(_FOLLOWING)
_MAY_FOLLOW = np.zeros((_UNKNOWN + 1, _UNKNOWN + 1), dtype=bool)
for _before, _behind in _FOLLOWING.items():
    _MAY_FOLLOW[_before, list(_behind)] = True

_OPENING = np.full((3, 256, 256), _UNKNOWN, dtype=np.int8)
"""Kind of tag by form (opening, closing, alone) and the first two signs behind `<`, or behind `</`."""
for _letter, _kinds, _seconds in (
    ("r", (ROW, ROW_END, ROW_ALONE), "o"),
    ("c", (C, C_END, C_ALONE), " >"),
    ("v", (V, V_END, V_ALONE), " />"),
    ("f", (F, F_END, F_ALONE), " />"),
    ("i", (IS, IS_END, _UNKNOWN), "s"),
    ("t", (T, T_END, T_ALONE), " />"),
):
    for _form, _kind in enumerate(_kinds):
        for _second in _seconds:
            _OPENING[_form, ord(_letter), ord(_second)] = _kind


def read_fast(data: bytes, name: str, part: str, watch: Watch = unseen) -> tuple[Cells, Around] | None:
    """Read a plain sheet; None when it is none.

    Raises:
        IntakeError: what stands around the cells is damaged.
    """
    begin = _BODY.search(data)
    if begin is None or not begins_plainly(data[: begin.end()]):
        return None
    end = data.find(_END, begin.end())
    if end < 0:
        return None
    around = Around()
    found, read = [], begin.end()
    for block in blocks(data, begin.end(), end, b"</row>"):
        cells = _read_block(block)
        if cells is None:
            return None
        found.append(cells)
        read += len(block)
        watch(read / len(data))
        if b'hidden="' in block:
            rows = [_ROW.search(row) for row in re.findall(rb"<row [^<>]*>", block) if _HIDDEN.match(row)]
            around.hidden_rows += [int(row[1]) - 1 for row in rows if row]
    outside = data[: begin.end()] + data[end:]
    parse(outside, name, part, start=lambda tag, attributes: around.take(local(tag), attributes))
    return Cells.joined(found), around


def begins_plainly(data: bytes) -> bool:
    """Whether the beginning of a part has nothing but tags: no comments, no declarations, no other encoding than UTF-8."""
    return not (b"<!" in data or data.count(b"<?") > 1 or _ENCODING.match(data))


def blocks(data: bytes, begin: int, end: int, last: bytes) -> Iterator[bytes]:
    """Yield pieces of a part that each end with the tag `last`, about `BLOCK` bytes at a time."""
    while begin < end:
        stop = end if end - begin <= BLOCK else data.find(last, begin + BLOCK, end)
        stop = end if stop < 0 or stop == end else stop + len(last)
        yield data[begin:stop]
        begin = stop


def tag_places(raw: Bytes) -> tuple[Ints, Ints] | None:
    """Return where each tag opens and closes; None without tags, or when a bracket or line end is not as in plain XML."""
    opens, closes = np.flatnonzero(raw == ord("<")), np.flatnonzero(raw == ord(">"))
    if len(opens) != len(closes) or not len(opens) or (closes < opens).any() or (opens[1:] < closes[:-1]).any():
        return None
    return None if (raw == ord("\r")).any() else (opens, closes)


def _read_block(block: bytes) -> Cells | None:
    raw = np.frombuffer(block, dtype=np.uint8)
    places = tag_places(raw)
    if places is None:
        return None if block.strip() else Cells.joined([])
    opens, closes = places
    tags = _tags(raw, opens, closes)
    outer = tags[0] in (ROW, ROW_ALONE) and tags[-1] in (ROW_END, ROW_ALONE)
    if not outer or not _MAY_FOLLOW[tags[:-1], tags[1:]].all():
        return None
    at = np.flatnonzero((tags == C) | (tags == C_ALONE))
    if not at.size:
        return Cells.joined([])
    found = _references(raw, opens[at])
    if found is None:
        return None
    rows, columns, behind = found
    codes = slices(raw, behind, closes[at]).dictionary_encode()
    marks = [_attributes(text) for text in codes.dictionary.to_pylist()]
    if any(mark is None for mark in marks):
        return None
    kinds = np.array([mark[0] for mark in marks if mark], dtype=np.int8)[codes.indices.to_numpy()]
    styles = np.array([mark[1] for mark in marks if mark], dtype=np.int64)[codes.indices.to_numpy()]
    holders = np.flatnonzero((tags == V) | (tags == T))
    owner = np.searchsorted(at, holders) - 1
    starts, stops = closes[at].copy(), closes[at].copy()
    starts[owner], stops[owner] = closes[holders] + 1, opens[holders + 1]
    texts = resolved(slices(raw, starts, stops))
    if texts is None:
        return None
    formulas = np.zeros(len(at), dtype=bool)
    formulas[np.searchsorted(at, np.flatnonzero((tags == F) | (tags == F_ALONE))) - 1] = True
    valued = np.zeros(len(at), dtype=bool)
    valued[np.searchsorted(at, np.flatnonzero((tags == V) | (tags == V_ALONE) | (tags == IS))) - 1] = True
    empty = (starts == stops) & ~(valued & (kinds == TEXT))
    kinds[empty] = EMPTY
    return Cells(rows, columns, kinds, styles, texts, formulas)


def _tags(raw: Bytes, opens: Ints, closes: Ints) -> npt.NDArray[np.int8]:
    first = raw[opens + 1]
    closing = first == ord("/")
    form = closing.astype(np.int8)
    form[(raw[closes - 1] == ord("/")) & ~closing] = 2
    first = np.where(closing, raw[np.minimum(opens + 2, len(raw) - 1)], first)
    second = raw[np.minimum(opens + 2 + closing, len(raw) - 1)]
    tags: npt.NDArray[np.int8] = _OPENING[form, first, second]
    return tags


def _references(raw: Bytes, at: Ints) -> tuple[Ints, Ints, Ints] | None:
    """Return row and column of each cell tag, and where the rest of its attributes begins."""
    if at[-1] + 16 >= len(raw) or any((raw[at + 2 + n] != ord(sign)).any() for n, sign in enumerate(' r="')):
        return None
    here = at + 6
    columns = np.zeros(len(at), dtype=np.int64)
    rows = columns.copy()
    for target, base, low, high, steps in ((columns, 26, 65, 90, 3), (rows, 10, 48, 57, 7)):
        moving = np.ones(len(at), dtype=bool)
        for step in range(steps):
            sign = raw[here]
            moving &= (sign >= low) & (sign <= high)
            if step == 0 and not moving.all():
                return None
            target[moving] = target[moving] * base + sign[moving] - (low - (base == 26))
            here = here + moving
    if (raw[here] != ord('"')).any() or not rows.all():
        return None
    return rows - 1, columns - 1, here + 1


def _attributes(text: str) -> tuple[int, int] | None:
    """Return kind and style of a cell tag's further attributes; None when there are unknown ones."""
    pairs = _ATTRIBUTE.findall(text)
    if "".join(f' {key}="{value}"' for key, value in pairs) != text.rstrip("/ "):
        return None
    given = dict(pairs)
    kind, style = KINDS.get(given.pop("t", "n")), given.pop("s", "0")
    if kind is None or not style.isdigit() or given.keys() - {"cm", "vm"}:
        return None
    return kind, int(style)


def slices(raw: Bytes, starts: Ints, stops: Ints) -> pa.StringArray:
    """Return the bytes between each start and stop as texts, without looking whether they are UTF-8; slices stand in order."""
    offsets = np.zeros(len(starts) + 1, dtype=np.int32)
    np.cumsum(stops - starts, out=offsets[1:])
    bounds = np.empty(2 * len(starts) + 2, dtype=np.int64)
    bounds[0], bounds[1:-1:2], bounds[2:-1:2], bounds[-1] = 0, starts, stops, len(raw)
    kept = raw[np.repeat(np.arange(len(bounds) - 1) % 2 == 1, np.diff(bounds))]
    return pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(kept))


def resolved(texts: pa.StringArray) -> pa.StringArray | None:
    """Return texts with XML's entities resolved; None when they are not UTF-8 or have other entities."""
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:
        return None
    marked: Flags = pc.match_substring(texts, "&").to_numpy(zero_copy_only=False)
    if not marked.any():
        return texts
    found = texts.filter(pa.array(marked)).to_pylist()
    if any(_OTHER_ENTITY.search(text) for text in found):
        return None
    plain = [_ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text) for text in found]
    return pc.replace_with_mask(texts, pa.array(marked), pa.array(plain, pa.string()))
