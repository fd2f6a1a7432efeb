"""The example's files damaged as a whole, and what must come of each."""

from __future__ import annotations

import io
import unicodedata
import zipfile

from example_damage import CHARGING, NONE, POWER, ROW, TANK, TOTAL_ROW, TRAVEL, Damage, Sheet, refused
from example_reading import profile, raw

from trede.intake import FileSettings, Profile


def undetected() -> Profile:
    """Return the profile with all settings of the file left to detection."""
    return profile(TANK).model_copy(update={"file": FileSettings()})


def packed(name: str, content: bytes, *more: str) -> bytes:
    """Return a zip archive."""
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        archive.writestr(name, content)
        for other in more:
            archive.writestr(other, "<empty/>")
    return box.getvalue()


def empty_file() -> Damage:
    return refused(b"", ("file_empty", None, None))


def only_blanks() -> Damage:
    return refused(b" \r\n\r\n\t\r\n", ("file_empty", None, None))


def workbook_by_another_name() -> Damage:
    return refused(packed("[Content_Types].xml", b"<Types/>", "xl/workbook.xml"), ("file_not_text", None, None))


def zip_by_another_name() -> Damage:
    return refused(packed(TANK, raw(TANK)), ("file_not_text", None, None))


def pdf_by_another_name() -> Damage:
    return refused(b"%PDF-1.7\n" + raw(TANK), ("file_not_text", None, None))


def old_workbook_by_another_name() -> Damage:
    return refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), ("file_not_text", None, None))


def picture_by_another_name() -> Damage:
    return refused(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", ("file_has_nul", 3, None))


def web_page_by_another_name() -> Damage:
    page = b"<!DOCTYPE html>\r\n<html><body><h1>503 Service Unavailable</h1></body></html>\r\n"
    return refused(page, ("file_not_text", None, None))


def utf_16() -> Damage:
    return Damage(Sheet().data("utf-16"))


def utf_16_without_a_mark() -> Damage:
    return Damage(Sheet().data("utf-16-le"))


def utf_8() -> Damage:
    return Damage(Sheet().data("utf-8"))


def two_byte_order_marks() -> Damage:
    return Damage(b"\xef\xbb\xbf" + Sheet().data("utf-8-sig"))


def delimiter_changed() -> Damage:
    return refused(raw(TANK).replace(b";", b"\t"), ("heading_missing", 1, "Bonnummer"))


def delimiter_changed_and_left_to_detection() -> Damage:
    return Damage(raw(TANK).replace(b";", b"\t"), options={"profile": undetected()})


def everything_left_to_detection() -> Damage:
    return Damage(raw(TANK), options={"profile": undetected()})


def preamble() -> Damage:
    data = b"Tankoverzicht 2024\r\n\r\n" + raw(TANK)
    return Damage(data, options={"overrides": FileSettings(header_row=3)})


def preamble_not_expected() -> Damage:
    return refused(b"Tankoverzicht 2024\r\n\r\n" + raw(TANK), ("heading_missing", 1, "Bonnummer"))


def all_cells_quoted() -> Damage:
    sheet = Sheet()
    sheet.rows = [[f'"{text}"' for text in row] for row in sheet.rows]
    return Damage(sheet.data())


def quote_never_closed() -> Damage:
    sheet = Sheet()
    sheet.put(ROW, "Tankstation", '"' + sheet.get(ROW, "Tankstation"))
    return refused(sheet.data(), ("quote_broken", ROW, None))


def mixed_line_endings() -> Damage:
    lines = raw(TANK).split(b"\r\n")
    return Damage(b"".join(line + (b"\n", b"\r\n")[n % 2] for n, line in enumerate(lines[:-1])))


def old_mac_line_endings() -> Damage:
    return Damage(raw(TANK).replace(b"\r\n", b"\r"))


def columns_in_another_order() -> Damage:
    return Damage(Sheet().order([11, 8, 3, 0, 10, 9, 1, 7, 6, 5, 4, 2]).data())


def headings_in_capitals() -> Damage:
    sheet = Sheet()
    return Damage(sheet.rename({title: f" {title.upper()} " for title in sheet.rows[0]}).data())


def column_added() -> Damage:
    sheet = Sheet()
    sheet.rows = [[*row, "Kostenplaats" if n == 0 else "4100"] for n, row in enumerate(sheet.rows)]
    return Damage(sheet.data())


def delimiter_behind_every_row_but_the_headings() -> Damage:
    sheet = Sheet()
    sheet.rows[1:] = [[*row, ""] for row in sheet.rows[1:]]
    return refused(sheet.data(), NONE, ("row_width", 2, None))


def line_that_names_the_delimiter() -> Damage:
    return Damage(b"sep=;\r\n" + raw(TANK), options={"profile": undetected()})


def column_missing() -> Damage:
    return refused(Sheet().order([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11]).data(), ("heading_missing", 1, "Liters"))


def column_renamed() -> Damage:
    return refused(Sheet().rename({"Liters": "Liter"}).data(), ("heading_missing", 1, "Liters"))


def heading_twice() -> Damage:
    return refused(Sheet().rename({"Tijd": "Liters"}).data(), ("heading_twice", 1, "Liters"))


def headings_swapped() -> Damage:
    data = Sheet().rename({"Liters": "Bedrag", "Bedrag": "Liters"}).data()
    return refused(data, NONE, ("row_does_not_add", 2, "Bedrag"))


def header_missing() -> Damage:
    return refused(raw(TANK).split(b"\r\n", 1)[1], ("heading_missing", 1, "Bonnummer"))


def only_a_header() -> Damage:
    return refused(raw(TANK).split(b"\r\n", 1)[0] + b"\r\n", NONE)


def million_columns() -> Damage:
    header, rest = raw(TANK).split(b"\r\n", 1)
    return refused(header + b";x" * 1_000_000 + b"\r\n" + rest, ("too_many_columns", 1, None))


def fewer_rows_than_the_header_row() -> Damage:
    return refused(b"Bonnummer;Datum\r\n", ("header_row_missing", 9, None), overrides=FileSettings(header_row=9))


def other_decimal_sign() -> Damage:
    sheet = Sheet()
    for title in ("Liters", "Prijs per liter", "Bedrag"):
        sheet.every(title, lambda text: text.replace(".", "").replace(",", "."))
    return refused(sheet.data(), ("decimal_contradicted", None, "Liters"))


def other_decimal_sign_where_thousands_have_it() -> Damage:
    sheet = Sheet(POWER).put(4, "kWh", "7500.25")
    return refused(sheet.data(), ("decimal_contradicted", None, "kWh"), name=POWER)


def american_dates_in_half() -> Damage:
    sheet = Sheet()
    for row in range(600, TOTAL_ROW):
        day = sheet.get(row, "Datum")
        sheet.put(row, "Datum", f"{day[3:6]}{day[:3]}{day[6:]}")
    return refused(sheet.data(), ("dates_contradicted", None, "Datum"))


def american_dates() -> Damage:
    sheet = Sheet().every("Datum", lambda day: f"{day[3:6]}{day[:3]}{day[6:]}")
    return refused(sheet.data(), ("dates_contradicted", None, "Datum"))


def american_dates_detected() -> Damage:
    sheet = Sheet().every("Datum", lambda day: f"{day[3:6]}{day[:3]}{day[6:]}")
    return Damage(sheet.data(), options={"profile": undetected()})


def american_dates_in_half_left_to_detection() -> Damage:
    return refused(american_dates_in_half().data, ("dates_ambiguous", None, "Datum"), profile=undetected())


def iso_dates() -> Damage:
    sheet = Sheet().every("Datum", lambda day: f"{day[6:]}-{day[3:5]}-{day[:2]}" if day else "")
    return refused(sheet.data(), NONE, ("date_unreadable", 2, "Datum"))


def dates_in_words() -> Damage:
    months = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
    words = Sheet().every("Datum", lambda day: f"{day[:2]} {months[int(day[3:5]) - 1]} {day[6:]}" if day else "")
    return refused(words.data(), NONE, ("date_unreadable", 2, "Datum"))


def dates_without_a_telling_day() -> Damage:
    sheet = Sheet().every("Datum", lambda day: f"0{int(day[:2]) % 9 + 1}{day[2:]}" if day else "")
    return refused(sheet.data(), ("dates_ambiguous", None, "Datum"), profile=undetected())


def two_files_in_one() -> Damage:
    first = raw("tankpas-2023.csv")
    rows = (934, 934 + TOTAL_ROW)
    return Damage(first + raw(TANK), [("control_total_differs", row, "Liters") for row in rows], 932)


def declared_utf8() -> Damage:
    return refused(raw(TANK), ("encoding_wrong", 2, None), overrides=FileSettings(encoding="utf-8"))


def profile_says_cp1252() -> Damage:
    used = profile(TANK).model_copy(update={"file": FileSettings(encoding="cp1252")})
    return refused(Sheet().data("utf-8"), ("encoding_contradicted", 2, None), profile=used)


def accents_in_two_parts() -> Damage:
    """Letters and accents apart, as some Macs write them, are the same text."""
    return Damage(unicodedata.normalize("NFD", raw(TRAVEL).decode()).encode(), name=TRAVEL)


def declared_utf16() -> Damage:
    return refused(raw(TANK) + b"\n", ("encoding_wrong", 1127, None), overrides=FileSettings(encoding="utf-16-le"))


def two_encodings() -> Damage:
    lines = raw(TANK).split(b"\r\n")
    lines[50:60] = [line.decode("cp1252").encode() for line in lines[50:60]]
    return refused(b"\r\n".join(lines), ("encoding_ambiguous", 2, None))


def nul_bytes() -> Damage:
    return refused(Sheet().put(ROW, "Liters", "27\x00,37").data(), ("file_has_nul", ROW, None))


def thousands_read_as_decimals() -> Damage:
    sheet = Sheet(POWER).every("kWh", lambda text: text.replace(".", ","))
    rows = range(2, len(sheet))  # the last is a total
    return Damage(sheet.data(), [("implausible", row, "kWh") for row in rows], -len(rows), POWER)


def power_headings_swapped() -> Damage:
    data = Sheet(POWER).rename({"Jaar": "kWh", "kWh": "Jaar"}).data()
    return refused(data, NONE, ("year_unreadable", 2, "Jaar"), name=POWER)


def commas_for_points_between_commas() -> Damage:
    sheet = Sheet(CHARGING).every("kWh", lambda text: text.replace(".", ","))
    return refused(sheet.data(), NONE, ("row_width", 2, None), name=CHARGING)
