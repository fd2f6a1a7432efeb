"""The process that draws one page: `python -I child.py PAGE WIDTH LONGEST TEXT SECONDS MEGABYTES < file.pdf`.

A PDF is hostile until proven otherwise, so this process is given nothing but the bytes: no secrets, no folder, no part of this
package. It answers a line of JSON, `{"fault": CODE}` or the facts of the page, and behind it the picture as PNG.
"""

from __future__ import annotations

import ctypes
import json
import math
import resource
import struct
import sys
import zlib

DOTS = 150 / 72
"""Pixels per point that are enough to read the small print of a page of common size: 150 per inch."""


class FaultError(Exception):
    """Why there is no picture; its text is the code."""


def bound(seconds: int, megabytes: int) -> None:
    """Limit what this process may use before it looks at a single byte."""
    for what, limit in (
        (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, megabytes << 20), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 32),
    ):  # fmt: skip
        resource.setrlimit(what, (limit, limit))


def draw(data: bytes, number: int, width: int, longest: int, most: int) -> tuple[dict[str, object], bytes]:
    """Return the facts of a page, from 1, and its picture.

    Args:
        width: pixels across that are enough.
        longest: pixels of the longest side, at most.
        most: characters of its text, at most.
    """
    import pypdfium2 as pdfium  # noqa: PLC0415 - after the limits are set

    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise FaultError("encrypted" if "password" in str(error).lower() else "broken") from error
    count = len(document)
    if not 1 <= number <= count:
        raise FaultError("no_page" if count else "broken")
    document.init_forms()  # what was typed into a form is drawn too
    try:
        page = document[number - 1]
        across, down = page.get_size()
        if not (0 < across < math.inf and 0 < down < math.inf):
            raise FaultError("size")
        drawn = page.render(
            scale=min(max(width / across, DOTS), longest / max(across, down)), rev_byteorder=True, prefer_bgrx=False
        )
        text = page.get_textpage().get_text_bounded(errors="replace")
    except pdfium.PdfiumError as error:
        raise FaultError("broken") from error
    facts = {
        "count": count, "width": drawn.width, "height": drawn.height, "text": plain(text)[:most],
        "cut": len(text) > most,
    }  # fmt: skip
    raw = ctypes.string_at(drawn.buffer, drawn.stride * drawn.height)
    rows = (raw[at : at + drawn.width * drawn.n_channels] for at in range(0, len(raw), drawn.stride))
    return facts, png(b"\0" + b"\0".join(rows), drawn.width, drawn.height, drawn.n_channels)


def plain(text: str) -> str:
    """Return text without signs that are not printed, one line under the other."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(sign for sign in line if sign.isprintable() or sign == "\t").rstrip() for line in lines)


def png(lines: bytes, width: int, height: int, channels: int) -> bytes:
    """Write lines of pixels, a zero before each, as PNG."""
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def main(page: int, width: int, longest: int, text: int, seconds: int, megabytes: int) -> None:
    """Answer on standard output."""
    bound(seconds, megabytes)
    picture = b""
    try:
        facts, picture = draw(sys.stdin.buffer.read(), page, width, longest, text)
    except FaultError as fault:
        facts = {"fault": str(fault)}
    except MemoryError:
        facts = {"fault": "large"}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + picture)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:7]))
