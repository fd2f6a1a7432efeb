"""The zip around a workbook: told by its content, and refused when it could do harm."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from trede.intake.xlsx.parsing import local, parse
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location, Param

MAX_ENTRIES = 10_000
MAX_UNPACKED = 1 << 30
MAX_RATIO = 200
"""How much smaller an entry of more than `RATIO_FROM` bytes may be packed; sheets come to a few dozen times."""
RATIO_FROM = 10_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TYPES = "[Content_Types].xml"
_WORKBOOKS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
)
_OTHERS = (
    ("application/vnd.ms-excel.sheet.binary", "xlsb"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "docx"),
    ("application/vnd.openxmlformats-officedocument.presentationml", "pptx"),
)


class Container:
    """An opened workbook file. `main` is the path of its workbook part."""

    def __init__(self, archive: zipfile.ZipFile, name: str, main: str) -> None:
        self._archive = archive
        self._names = set(archive.namelist())
        self.name = name
        self.main = main

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._names

    def read(self, part: str) -> bytes:
        """Return a part.

        Raises:
            IntakeError: `workbook_damaged`.
        """
        return _read(self._archive, part, self.name)


def open_container(data: bytes, name: str) -> Container | None:
    """Open a file that is a workbook by its content; None when it is none, and not refused here either.

    Raises:
        IntakeError: `file_not_text` (another kind of file, named), `workbook_encrypted`, `workbook_damaged`,
            `workbook_bomb`, `workbook_path_outside`, `workbook_has_doctype`.
    """
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise refusal("workbook_encrypted", name)
    if not data.startswith(_ZIP):
        return None
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        if _TYPES.encode() in data or b"xl/" in data:
            raise refusal("workbook_damaged", name, part="zip") from error
        return None
    names = archive.namelist()
    if _TYPES not in names:
        if "mimetype" in names and b"opendocument.spreadsheet" in _checked(archive, name).read("mimetype"):
            raise refusal("file_not_text", name, kind="ods")
        return None
    return Container(_checked(archive, name), name, _main(_read(archive, _TYPES, name), name))


def _checked(archive: zipfile.ZipFile, name: str) -> zipfile.ZipFile:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise refusal("workbook_bomb", name, entries=len(entries), bytes=sum(e.file_size for e in entries))
    unpacked = sum(entry.file_size for entry in entries)
    swelling = [e for e in entries if e.file_size > RATIO_FROM and e.file_size > MAX_RATIO * max(e.compress_size, 1)]
    if unpacked > MAX_UNPACKED or swelling:
        raise refusal("workbook_bomb", name, entries=len(entries), bytes=unpacked)
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename or ":" in entry.filename:
            raise refusal("workbook_path_outside", name, path=entry.filename[:100])
        if entry.flag_bits & 1:
            raise refusal("workbook_encrypted", name)
    if len(set(archive.namelist())) != len(entries):
        raise refusal("workbook_damaged", name, part="zip")
    return archive


def _read(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    try:
        return archive.read(part)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise refusal("workbook_damaged", name, part=part) from error


def _main(types: bytes, name: str) -> str:
    """Return the path of the workbook part, or refuse the file as what it is."""
    found: list[tuple[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Override":
            found.append((attributes.get("ContentType", ""), attributes.get("PartName", "").lstrip("/")))

    parse(types, name, _TYPES, start=start)
    for kind, part in found:
        if kind in _WORKBOOKS:
            return part
    other = next((short for kind, _ in found for begin, short in _OTHERS if kind.startswith(begin)), "zip")
    raise refusal("file_not_text", name, kind=other)


def refusal(code: str, name: str, **params: Param) -> IntakeError:
    """Return the error that refuses a whole file."""
    return IntakeError(Issue.error(code, Location(file=name), **params))
