"""Recognising a file that was written in the template: its headings tell the mapping, so no profile is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow.compute as pc

from trede.catalogue.template import LANGUAGES, Template, template
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.intake.checking import attribute_names
from trede.intake.comparing import compared
from trede.intake.dialect import detect_header
from trede.intake.fields import QUALITIES
from trede.intake.figures import input_names
from trede.intake.inspection import header_record
from trede.intake.profile import Column, Profile
from trede.intake.reader import Records
from trede.intake.settings import FileSettings, chosen
from trede.intake.source import open_records
from trede.intake.xlsx.container import open_container
from trede.intake.xlsx.parts import read_workbook
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

TEMPLATE = "template"
"""Id of the mapping that the template brings, and its source unless another is named."""

NO_TEMPLATE = ("template_not_recognised", "header_not_found", "sheet_ambiguous")
"""Codes that say that a file is none, and not that something is wrong in it."""

_BRACKETED = re.compile(r".*\(([a-z0-9_.-]+)\)")


def template_profile(
    data: bytes,
    name: str,
    source: str = TEMPLATE,
    overrides: FileSettings | None = None,
    words: Vocabulary | None = None,
) -> Profile:
    """Return the mapping of a file in the template, in either language.

    Each column is recognised by its heading in Dutch or English, by its field or, of an attribute, by the id in brackets.

    Args:
        source: the source that the records get; with their content it makes their identity.
        words: the activity types that the file may name; None: those that ship.

    Raises:
        IntakeError: `template_not_recognised` when a needed heading is missing; `template_heading_unknown`,
            `heading_twice`; whatever makes the file unreadable as rows.
    """
    shape, words = template(), words or vocabulary()
    settings = FileSettings(sheet=_sheet(data, name, shape), end_day="included")
    opened = open_records(data, name, overrides, settings)
    wanted = [_accepted(column.field) for column in shape.column if column.needed]
    header = chosen("header_row", overrides, settings) or detect_header(opened.headed(), name, wanted)
    row = header_record(opened.records, header, name)
    titles = [" ".join(cell.split()) for cell in opened.headed(row).cells(row)]
    fields = {title: _field(title, words) for title in titles if title}
    missing = [column.heading.nl for column in shape.column if column.needed and column.field not in fields.values()]
    where = Location(file=name, row=row + 1)
    if missing:
        raise IntakeError(Issue.error("template_not_recognised", where, missing=missing))
    problems = list(_problems(titles, fields, where))
    if problems:
        raise IntakeError(*problems)
    headings = {field: title for title, field in fields.items() if field}
    words = _named(words, opened.records)
    columns = {field: _column(field, headings[field], shape, words) for field in sorted(headings)}
    return Profile(id=TEMPLATE, title="Template", source=source, file=settings, columns=columns)


def _problems(titles: Sequence[str], fields: dict[str, str | None], where: Location) -> Iterator[Issue]:
    """Yield what would be lost without a word: a column that nobody knows, and one of two for the same field."""
    for title, field in fields.items():
        same = [t for t in titles if t and fields[t] == field]
        at = Location(file=where.file, row=where.row, column=title)
        if field is None:
            known = [column.heading.nl for column in template().column]
            yield Issue.error("template_heading_unknown", at, known=known)
        elif len(same) > 1 and same[0] == title:
            yield Issue.error("heading_twice", at, field=field, count=len(same))


def _sheet(data: bytes, name: str, shape: Template) -> str | None:
    """Return the sheet of a workbook that bears the template's name; without one it is chosen as of any workbook."""
    container = open_container(data, name)
    if container is None:
        return None
    names = {shape.sheets.data.get(language) for language in LANGUAGES}
    return next((entry.name for entry in read_workbook(container).sheets if entry.name in names), None)


def _accepted(field: str) -> list[str]:
    found = next(column.heading for column in template().column if column.field == field)
    return [found.nl, found.en, field]


def _field(title: str, words: Vocabulary) -> str | None:
    word = compared(title)
    for column in template().column:
        if word in map(compared, _accepted(column.field)):
            return column.field
    bracketed = _BRACKETED.fullmatch(word)
    ident = bracketed[1] if bracketed else word
    return ident if ident in attribute_names(words) | input_names(words) else None


def _column(field: str, heading: str, shape: Template, words: Vocabulary) -> Column:
    known = {column.field: column for column in shape.column}
    return Column(
        header=(heading,),
        values=_names(field, shape, words),
        leave_out=_examples(shape, words) if field == "activity_type" else None,
        optional=field not in known or not known[field].needed,
        personal=field in known and known[field].personal,
    )


def _named(words: Vocabulary, records: Records) -> Vocabulary:
    """Leave out the types that an organisation added and that no cell names: then a new one changes no other file's mapping."""
    own = {ident: kind for ident, kind in words.types.items() if ident not in vocabulary()}
    if not own:
        return words
    cells = {compared(text) for text in pc.unique(records.values).to_pylist() if text}
    example = template().example
    unnamed = {
        ident
        for ident, kind in own.items()
        if not cells
        & {compared(t) for t in (ident, kind.name.nl, kind.name.en, *(example.marked(kind, n) for n in LANGUAGES))}
    }
    return Vocabulary({ident: kind for ident, kind in words.types.items() if ident not in unnamed})


def _examples(shape: Template, words: Vocabulary) -> tuple[str, ...]:
    """Return how example rows name their types, in both languages."""
    types = words.types.values()
    return tuple(dict.fromkeys(shape.example.marked(kind, language) for kind in types for language in LANGUAGES))


def _names(field: str, shape: Template, words: Vocabulary) -> dict[str, str]:
    """Return the translations of a column: ids and names in both languages; a name that two share is none."""
    if field == "activity_type":
        texts = {kind.id: kind.name for kind in words.types.values()}
    elif field == "quality":
        texts = {quality: shape.qualities[quality] for quality in QUALITIES}
    else:
        return {}
    found = {compared(ident): (ident, ident) for ident in texts}
    named = [(name, ident) for ident, text in texts.items() for name in {text.nl, text.en}]
    for name, ident in named:
        same = {other for text, other in named if compared(text) == compared(name)}
        if len(same) == 1:
            found.setdefault(compared(name), (name, ident))
    return dict(found.values())
