"""From bytes to text: which encoding, and what is refused because it is not text."""

from __future__ import annotations

import re
import unicodedata

from trede.intake.problems import Choice
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-15", "cp850")
"""What a profile or a person may choose; the last two and a missing mark of UTF-16 are never detected."""

MAX_BYTES = 1 << 30

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
)
_MARKUP = re.compile(
    rb"\s*(?:(?P<html><!doctype html|<html|<table)|(?P<xml><\?xml|<[a-z][a-z0-9:]*[ >])|(?P<json>[{\[][\s{\[\"]))", re.I
)
"""Text that is no rows and columns, whatever its name ends in: many a portal's `.xls` is a web page."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# Two-byte UTF-8 of accented Latin letters. In Windows-1252 the same bytes are pairs such as "Ã©", which no
# file means.
_UTF8_PAIR = re.compile(rb"[\xc2-\xc3][\x80-\xbf]")


def decode(data: bytes, name: str, chosen: Choice | None) -> tuple[str, Choice]:
    """Return the text, line ends as one line feed and accents composed, and the encoding with its basis.

    Raises:
        IntakeError: `file_empty`, `file_too_large`, `file_not_text`, `file_has_nul`, `encoding_wrong`,
            `encoding_ambiguous`, `encoding_contradicted`.
    """
    _refuse(data, name)
    choice = chosen or _detect(data, name)
    if choice.basis == "profile":
        _contradicted(data, name, str(choice.value))
    try:
        text = data.decode(str(choice.value)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise _error("encoding_wrong", name, row, encoding=str(choice.value)) from error
    nul = text.find("\x00")
    if nul >= 0:
        raise _error("file_has_nul", name, text.count("\n", 0, nul) + 1)
    if not text.strip():
        raise _error("file_empty", name)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text, choice


def _refuse(data: bytes, name: str) -> None:
    if not data:
        raise _error("file_empty", name)
    if len(data) > MAX_BYTES:
        raise _error("file_too_large", name, bytes=len(data), limit=MAX_BYTES)
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if data.startswith(b"PK\x03\x04"):
        kind = "xlsx" if b"xl/" in data or b"[Content_Types].xml" in data[:4096] else "zip"
    if kind is None and (markup := _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf"))):
        kind = markup.lastgroup
    if kind is not None:
        raise _error("file_not_text", name, kind=kind)


def _contradicted(data: bytes, name: str, encoding: str) -> None:
    """Refuse a profile's one-byte encoding for UTF-8: it would read every accent as two wrong letters."""
    if encoding.startswith("utf") or data.isascii():
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    first = re.search(rb"[\x80-\xff]", data)
    row = data.count(b"\n", 0, first.start() if first else 0) + 1
    raise _error("encoding_contradicted", name, row, encoding=encoding)


def _detect(data: bytes, name: str) -> Choice:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Choice(encoding, "byte_order_mark")
    if data.isascii() and b"\x00" not in data:
        return Choice("utf-8", "only_ascii")
    first, second = data[:4096:2].count(0), data[1:4096:2].count(0)
    if (first == 0) != (second == 0) and max(first, second) > len(data[:4096]) // 4:
        return Choice("utf-16-le" if first == 0 else "utf-16-be", "every_second_byte_zero")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _UTF8_PAIR.search(data):
            row = data.count(b"\n", 0, error.start) + 1
            raise _error("encoding_ambiguous", name, row) from error
        return Choice("cp1252", "not_utf8")
    return Choice("utf-8", "valid_utf8")


def _error(code: str, name: str, row: int | None = None, **params: str | int) -> IntakeError:
    return IntakeError(Issue.error(code, Location(file=name, row=row), **params))
