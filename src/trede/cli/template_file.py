"""Writing the empty template: a workbook with drop-down lists and an explanation, or a CSV file. The same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from trede.catalogue.template import attribute_headings, input_headings, shown_samples, template
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType
from trede.cli.language import Speaker
from trede.intake.fields import QUALITIES
from trede.kernel.exporting import WORKBOOK_DAY, WORKBOOK_OPTIONS, csv_bytes

LISTED_ROWS = 20_000
"""Rows of the sheet that have drop-down lists."""

_WIDE = 30
Types = Mapping[str, ActivityType]


def headings(speaker: Speaker, types: Types) -> dict[str, str]:
    """Return the heading of each column by its field, in order."""
    fixed = {column.field: column.heading.get(speaker.language) for column in template().column}
    beside = {**attribute_headings(types, speaker.language), **input_headings(types, speaker.language)}
    return {**fixed, **beside}


def _examples(speaker: Speaker, types: Types) -> list[dict[str, str]]:
    """Return the cells of the example rows by field, days and numbers as the catalogue has them."""
    shown = template().example
    quality, day = template().qualities[shown.quality].get(speaker.language), shown.day.isoformat()
    return [
        {
            "activity_type": shown.marked(types[ident], speaker.language), "quantity": f"{sample.quantity:f}",
            "unit": sample.unit, "start": day, "end": day, "quality": quality, "document": shown.document,
            "note": speaker.say("template.example"), **sample.attributes, **sample.inputs,
        }
        for ident, sample in shown_samples(types).items()
    ]  # fmt: skip


def template_csv(speaker: Speaker, types: Types) -> bytes:
    """Return the template as CSV, in Dutch with `;`, decimal comma and `dd-mm-yyyy`."""
    titles, numbers = headings(speaker, types), {"quantity", *_input_ids(types)}
    rows = []
    for cells in _examples(speaker, types):
        day = speaker.day(template().example.day)
        written = {field: _plain(speaker, text) if field in numbers else text for field, text in cells.items()}
        rows.append([(written | {"start": day, "end": day}).get(field, "") for field in titles])
    return csv_bytes([list(titles.values()), *rows], ";" if speaker.language == "nl" else ",")


def _plain(speaker: Speaker, text: str) -> str:
    """Return a number as a file has it: no groups, so that nobody can take a thousand for one."""
    return text.replace(".", ",") if speaker.language == "nl" else text


def template_workbook(speaker: Speaker, types: Types, places: Mapping[str, Sequence[str]]) -> bytes:
    """Return the template as an Excel workbook.

    Args:
        places: names of an organisation's things by field (`site`, `entity`, `department`) for the drop-down lists; may be
            empty.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, WORKBOOK_OPTIONS)
    book.set_properties({"title": speaker.say("template.title"), "created": WORKBOOK_DAY})
    lists = {**_lists(speaker, types), **places}
    shape = template()
    data = book.add_worksheet(shape.sheets.data.get(speaker.language))
    _explain(book, speaker, types)
    _data(book, data, speaker, types, lists)
    _write_lists(book, speaker, lists)
    book.close()
    return file.getvalue()


def _data(book: Any, sheet: Any, speaker: Speaker, types: Types, lists: Mapping[str, Sequence[str]]) -> None:
    titles, shape = headings(speaker, types), template()
    known = {column.field: column for column in shape.column}
    head = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    needed = book.add_format({**head, "bg_color": "#D9E8E3"})
    other = book.add_format({**head, "bg_color": "#F2F2F2"})
    day = book.add_format({"num_format": "dd-mm-yyyy"})
    grey = {"italic": True, "font_color": "#666666"}
    examples, numbers = _examples(speaker, types), {"quantity", *_input_ids(types)}
    formats = {"start": book.add_format({**grey, "num_format": "dd-mm-yyyy"})}
    formats["end"], plain = formats["start"], book.add_format(grey)
    for at, (field, title) in enumerate(titles.items()):
        column = known.get(field)
        sheet.set_column(at, at, column.width if column else _WIDE, day if field in ("start", "end") else None)
        sheet.write_string(0, at, title, needed if column and column.needed else other)
        for row, cells in enumerate(examples, start=1):
            text = cells.get(field, "")
            if field in ("start", "end"):
                sheet.write_datetime(row, at, datetime.combine(shape.example.day, time()), formats[field])
            elif field in numbers and text:
                sheet.write_number(row, at, float(Decimal(text)), plain)
            elif text:
                sheet.write_string(row, at, text, plain)
        if lists.get(field):
            letter = xlsxwriter.utility.xl_col_to_name(list(lists).index(field))
            where = f"='{shape.sheets.lists.get(speaker.language)}'!${letter}$2:${letter}${len(lists[field]) + 1}"
            sheet.data_validation(
                1, at, LISTED_ROWS, at, {"validate": "list", "source": where, "error_type": "warning"}
            )
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 1)


def _lists(speaker: Speaker, types: Types) -> dict[str, list[str]]:
    """Return what may be chosen by field, in the order of the vocabulary."""
    units = [unit for kind in types.values() for unit in _units(kind)]
    found = {
        "activity_type": [kind.name.get(speaker.language) for kind in types.values()],
        "unit": list(dict.fromkeys(units)),
        "quality": [template().qualities[quality].get(speaker.language) for quality in QUALITIES],
    }
    for kind in types.values():
        for ident, attribute in kind.attributes.items():
            known = found.setdefault(ident, [])
            known += [value for value in attribute.values if value not in known and attribute.codes is None]
    return found


def _input_ids(types: Types) -> set[str]:
    return {ident for kind in types.values() for ident in kind.inputs}


def _units(kind: ActivityType) -> list[str]:
    """Return the units of a type by id, and the names that its attributes give a meaning."""
    ids = [unit.id for (name, _), unit in unit_registry().units.items() if name == kind.kind]
    return list(dict.fromkeys([*ids, *kind.unit_aliases]))


def _write_lists(book: Any, speaker: Speaker, lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.add_worksheet(template().sheets.lists.get(speaker.language))
    sheet.hide()
    for at, (field, values) in enumerate(lists.items()):
        for row, text in enumerate([field, *values]):
            sheet.write_string(row, at, text)


def _explain(book: Any, speaker: Speaker, types: Types) -> None:
    """Write the sheet that explains every column, and every type with its units and attributes."""
    say, titles = speaker.say, headings(speaker, types)
    sheet = book.add_worksheet(template().sheets.explanation.get(speaker.language))
    bold, wrap = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    rows: list[tuple[bool, list[str]]] = [(True, [say("template.title")]), (False, [say("template.how")]), (False, [])]
    rows.append((True, [say("template.head.column"), say("template.head.meaning")]))
    rows += [(False, [titles[column.field], say(f"template.help.{column.field}")]) for column in template().column]
    rows.append((False, [f"… ({say('template.head.attribute')})", say("template.help.attribute")]))
    rows.append((False, []))
    heads = ("type", "id", "units", "attribute", "needed", "values")
    rows.append((True, [say(f"template.head.{name}") for name in heads]))
    for kind in types.values():
        first = [kind.name.get(speaker.language), kind.id, ", ".join(_units(kind))]
        for ident, attribute in kind.attributes.items():
            needed = (
                say("template.needed") if attribute.default is None else say("template.else", value=attribute.default)
            )
            rows.append(
                (
                    False,
                    [*first, f"{attribute.name.get(speaker.language)} ({ident})", needed, ", ".join(attribute.values)],
                )
            )
            first = ["", "", ""]
        for ident, declared in kind.inputs.items():
            needed = say("template.needed") if declared.needed else say("template.optional")
            given = f"{declared.default.normalize():f}: {declared.source}" if declared.default is not None else ""
            bounds = "; ".join(part for part in (declared.unit, declared.bounds, given) if part)
            rows.append((False, [*first, f"{declared.name.get(speaker.language)} ({ident})", needed, bounds]))
            first = ["", "", ""]
        if not kind.attributes and not kind.inputs:
            rows.append((False, first))
    for at, (strong, cells) in enumerate(rows):
        for column, text in enumerate(cells):
            sheet.write_string(at, column, text, bold if strong else wrap)
    for column, width in enumerate((38, 60, 26, 42, 24, 60)):
        sheet.set_column(column, column, width)
