"""The shared strings of a workbook: those of plain text by array arithmetic on their XML, the others by the XML parser."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.reader import Flags, Ints
from trede.intake.xlsx.container import Container
from trede.intake.xlsx.fast import Bytes, begins_plainly, blocks, resolved, slices, tag_places
from trede.intake.xlsx.parsing import local, parse
from trede.intake.xlsx.parts import unescaped
from trede.intake.xlsx.values import clean
from trede.kernel.errors import IntakeError

_BODY = re.compile(rb"<sst(?: [^<>]*[^<>/])?>")
_END = b"</sst>"
_ODD = r"_x|\r|[^\x00-\x7F]"
"""What `clean` may change."""
_NO_SIGNS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""UTF-8 of what is no sign, in XML neither: U+FFFE and U+FFFF."""

OTHER, SI, T, T_END, SI_END = range(5)
_TAGS = {"si": SI, "t": T, 't xml:space="preserve"': T, "/t": T_END, "/si": SI_END}


def read_strings(container: Container, part: str | None) -> pa.StringArray:
    """Return the shared strings; the reading aids of Japanese text are left out.

    Raises:
        IntakeError: `workbook_damaged`, `workbook_has_doctype`.
    """
    if part is None or not container.has(part):
        return pa.array([], pa.string())
    data = container.read(part)
    found = strings_fast(data, container.name, part)
    return cleaned(strings_strict(data, container.name, part) if found is None else found)


def cleaned(strings: pa.StringArray) -> pa.StringArray:
    """Return strings as `clean` reads them; it is asked for those only that it may change."""
    odd = pc.match_substring_regex(strings, _ODD)
    read = [clean(unescaped(text)) for text in strings.filter(odd).to_pylist()]
    return pc.replace_with_mask(strings, odd, pa.array(read, pa.string()))


def strings_strict(data: bytes, name: str, part: str) -> pa.StringArray:
    """Return the strings as the XML parser finds them; raises what `read_strings` raises."""
    strings: list[str] = []
    pieces: list[str] = []
    inside: list[str] = []

    def start(tag: str, _: dict[str, str]) -> None:
        inside.append(local(tag))
        if inside[-1] == "si":
            pieces.clear()

    def end(tag: str) -> None:
        inside.pop()
        if local(tag) == "si":
            strings.append("".join(pieces))

    def text(part_of: str) -> None:
        if inside[-1] == "t" and "rPh" not in inside:
            pieces.append(part_of)

    parse(data, name, part, start=start, end=end, text=text)
    return pa.array(strings, pa.string())


def strings_fast(data: bytes, name: str, part: str) -> pa.StringArray | None:
    """Return the same strings; None when the part is not written as spreadsheets do.

    Raises:
        IntakeError: what stands around the strings is damaged.
    """
    begin, end = _BODY.search(data), data.rfind(_END)
    if begin is None or end < begin.end() or not begins_plainly(data[: begin.end()]):
        return None
    if any(sign in data for sign in _NO_SIGNS):
        return None
    found = []
    for block in blocks(data, begin.end(), end, b"</si>"):
        strings = _block(block, name, part)
        if strings is None:
            return None
        found.append(strings)
    parse(data[: begin.end()] + data[end:], name, part, start=lambda *_: None)
    return pa.concat_arrays(found) if found else pa.array([], pa.string())


def _block(block: bytes, name: str, part: str) -> pa.StringArray | None:
    raw = np.frombuffer(block, dtype=np.uint8)
    places = tag_places(raw)
    if ((raw < ord(" ")) & (raw != ord("\t")) & (raw != ord("\n"))).any():  # the parser refuses them
        return None
    if places is None:
        return None if block.strip() else pa.array([], pa.string())
    opens, closes = places
    tags = _tags(raw, opens, closes)
    first = np.flatnonzero(tags == SI)
    if not first.size or first[0] or block[: opens[0]].strip() or _nested(raw, opens, closes, first):
        return None
    ends = np.append(opens[first[1:]], len(block))
    plain = _plain(tags, opens, closes, first, ends)
    at = first[plain]
    texts = resolved(slices(raw, closes[at + 1] + 1, opens[at + 2]))
    if texts is None or plain.all():
        return texts
    spans = list(zip(opens[first[~plain]].tolist(), ends[~plain].tolist(), strict=True))
    try:
        rest = strings_strict(b"<sst>" + b"".join(block[start:stop] for start, stop in spans) + _END, name, part)
    except IntakeError:
        return None
    if len(rest) != len(spans):
        return None
    order = np.argsort(np.concatenate([np.flatnonzero(plain), np.flatnonzero(~plain)]))
    return pa.concat_arrays([texts, rest]).take(pa.array(order))


def _tags(raw: Bytes, opens: Ints, closes: Ints) -> npt.NDArray[np.int8]:
    coded = slices(raw, opens + 1, closes).cast(pa.binary()).dictionary_encode()
    kinds = [_TAGS.get(tag.decode(errors="replace"), OTHER) for tag in coded.dictionary.to_pylist()]
    tags: npt.NDArray[np.int8] = np.array(kinds, dtype=np.int8)[coded.indices.to_numpy()]
    return tags


def _nested(raw: Bytes, opens: Ints, closes: Ints, first: Ints) -> bool:
    """Whether a string stands in anything else, so that strings cannot be read one by one."""
    closing = raw[opens + 1] == ord("/")
    alone = ~closing & (raw[closes - 1] == ord("/"))
    depth = np.cumsum(np.where(closing, -1, np.where(alone, 0, 1)))
    return bool(depth[-1] or depth[first[1:] - 1].any())


def _plain(tags: npt.NDArray[np.int8], opens: Ints, closes: Ints, first: Ints, ends: Ints) -> Flags:
    """Return which strings are one text, with nothing around it or behind it."""
    found: Flags = np.diff(first, append=len(tags)) == 4
    at = first[found]
    found[found] = (
        (tags[at + 1] == T) & (tags[at + 2] == T_END) & (tags[at + 3] == SI_END)
        & (closes[at] + 1 == opens[at + 1]) & (closes[at + 2] + 1 == opens[at + 3])
        & (closes[at + 3] + 1 == ends[found])
    )  # fmt: skip
    return found
