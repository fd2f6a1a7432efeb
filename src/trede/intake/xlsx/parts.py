"""The small parts of a workbook: its sheets, and what its formats say is a date."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from trede.intake.xlsx.container import Container, refusal
from trede.intake.xlsx.parsing import local, parse

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NO_PATTERN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
"""What in a number format is not a placeholder: quoted text, colours and languages, escaped and blank-wide signs."""

NUMBER, DATE, MONTH, TIME, PERCENT = range(5)
"""What a number format shows: a number, a day, a month without a day, a time without a day, or a number times a hundred."""

_BUILT_IN = {
    **dict.fromkeys([9, 10], PERCENT),
    **dict.fromkeys([14, 15, 16, 22, *range(27, 32), 36, *range(50, 55), 57, 58], DATE),
    **dict.fromkeys([17, 55, 56], MONTH),
    **dict.fromkeys([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47], TIME),
}


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One worksheet: its name, the path of its part, whether it is shown."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """What a workbook says of itself. `formats`: what each cell style shows; `external`: it refers to other files."""

    sheets: tuple[SheetEntry, ...]
    date1904: bool
    external: bool
    formats: tuple[int, ...]
    strings_part: str | None


def read_workbook(container: Container) -> Workbook:
    """Read the workbook part, its relations and the styles.

    Raises:
        IntakeError: `workbook_damaged`, `workbook_has_doctype`.
    """
    relations = _relations(container)
    sheets: list[tuple[str, str, str]] = []
    date1904: list[bool] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = {local(key): value for key, value in attributes.items()}
        if local(tag) == "sheet":
            sheets.append((plain.get("name", ""), plain.get("id", ""), plain.get("state", "visible")))
        elif local(tag) == "workbookPr":
            date1904.append(plain.get("date1904") in ("1", "true"))

    parse(container.read(container.main), container.name, container.main, start=start)
    kinds = dict(relations.values())
    entries = []
    for title, ident, state in sheets:
        if ident not in relations:
            raise refusal("workbook_damaged", container.name, part=container.main)
        kind, path = relations[ident]
        if kind == "worksheet":
            entries.append(SheetEntry(title, path, state != "visible"))
    styles = kinds.get("styles")
    formats = _formats(container, styles) if styles and container.has(styles) else ()
    strings = kinds.get("sharedStrings")
    return Workbook(tuple(entries), any(date1904), "externalLink" in kinds, formats, strings)


def _relations(container: Container) -> dict[str, tuple[str, str]]:
    """Return (last word of the type, path) by id."""
    folder, file = posixpath.split(container.main)
    part = f"{folder}/_rels/{file}.rels".lstrip("/")
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            target = attributes.get("Target", "")
            path = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}").lstrip("/")
            )
            found[attributes.get("Id", "")] = (posixpath.basename(attributes.get("Type", "")), path)

    parse(container.read(part), container.name, part, start=start)
    return found


def shown_by(code: str) -> int:
    """Return what a number format shows, by its first section."""
    pattern = _NO_PATTERN.sub("", code).partition(";")[0].casefold()
    if "general" in pattern:
        return NUMBER
    if "%" in pattern:
        return PERCENT
    day, month, year = "d" in pattern, "m" in pattern, "y" in pattern
    if day or (year and not month):
        return DATE
    if month and year:
        return MONTH
    elapsed = re.search(r"\[[hms]+\]", code, re.IGNORECASE)
    if elapsed or "h" in pattern or "s" in pattern:
        return TIME
    return MONTH if month else NUMBER


def _formats(container: Container, part: str) -> tuple[int, ...]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        plain = local(tag)
        inside.append(plain)
        if plain == "numFmt" and "cellXfs" not in inside and "dxfs" not in inside:
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif plain == "xf" and "cellXfs" in inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(_: str) -> None:
        inside.pop()

    try:
        parse(container.read(part), container.name, part, start=start, end=end)
    except (KeyError, ValueError) as error:
        raise refusal("workbook_damaged", container.name, part=part) from error
    return tuple(shown_by(codes[n]) if n in codes else _BUILT_IN.get(n, NUMBER) for n in styles)


def unescaped(text: str) -> str:
    """Return a text with Excel's own escapes of signs that XML cannot hold, such as `_x000D_`, undone."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda m: m[0] if m[1] == "0000" or "D8" <= m[1].upper()[:2] < "E0" else chr(int(m[1], 16)), text
    )
