"""XML parts, read as events. A document type is refused: no entity is ever declared, expanded or fetched."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]


def parse(
    data: bytes, name: str, part: str, *, start: Start, end: Text | None = None, text: Text | None = None
) -> None:
    """Parse one part of a workbook.

    Raises:
        IntakeError: `workbook_has_doctype`, `workbook_damaged`.
    """

    def refuse(*_: object) -> None:
        raise IntakeError(Issue.error("workbook_has_doctype", Location(file=name), part=part))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)  # noqa: FBT003 - the last bytes; expat takes no keyword
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise IntakeError(Issue.error("workbook_damaged", Location(file=name), part=part)) from error


def local(tag: str) -> str:
    """Return a tag or attribute without its prefix."""
    return tag.rpartition(":")[2]
