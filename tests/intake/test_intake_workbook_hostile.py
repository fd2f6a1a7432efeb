"""Files that pretend, burst or reach out are refused by name; the two readers of a sheet agree on all others."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import refused, staged
from workbook_samples import ROWS, parts, replaced, workbook, zipped

from trede.intake.xlsx import container, fast, sheet
from trede.intake.xlsx.cells import read_strict
from trede.intake.xlsx.fast import read_fast
from trede.intake.xlsx.parts import DATE, MONTH, NUMBER, TIME, shown_by
from trede.intake.xlsx.strings import cleaned, strings_fast, strings_strict
from trede.intake.xlsx.values import date_text
from trede.kernel.errors import IntakeError

SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook(*ROWS)
TYPES = parts(BOOK)["[Content_Types].xml"]


def typed(kind: bytes) -> bytes:
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert main in TYPES
    return zipped({"[Content_Types].xml": TYPES.replace(main, kind)})


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (typed(b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "xlsb"),
        (typed(b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "docx"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}), "ods"),
        (zipped({"fuel.csv": b"a;b\n"}), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "Workbook".encode("utf-16-le"), "xls"),
        (b"%PDF-1.7", "pdf"),
    ],
)
def test_what_is_no_workbook_is_named(data: bytes, kind: str) -> None:
    assert refused(lambda: staged(data), "file_not_text").values == {"kind": kind}


def test_a_workbook_with_macros_is_read_without_them() -> None:
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    content = parts(BOOK)
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(plain, macro)
    content["xl/vbaProject.bin"] = b"never looked at"
    assert staged(zipped(content)).counts["accepted"] == 3


def test_encrypted_workbooks() -> None:
    refused(lambda: staged(b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")), "workbook_encrypted")
    locked = bytearray(BOOK)
    at = locked.find(b"PK\x01\x02")
    while at >= 0:  # the mark of encryption in every entry of the directory
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 1)
    refused(lambda: staged(bytes(locked)), "workbook_encrypted")


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    content = parts(BOOK) | {"xl/media/zeros": bytes(12_000_000)}
    refused(lambda: staged(zipped(content)), "workbook_bomb")
    many = parts(BOOK) | {f"xl/media/{n}": b"" for n in range(10_001)}
    assert refused(lambda: staged(zipped(many)), "workbook_bomb").values["entries"] > 10_001
    monkeypatch.setattr(container, "MAX_UNPACKED", 1_000)
    refused(lambda: staged(BOOK), "workbook_bomb")


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "xl/../../evil", "C:evil", "..\\evil"])
def test_paths_outside(path: str) -> None:
    assert refused(lambda: staged(zipped(parts(BOOK) | {path: b""})), "workbook_path_outside")


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
def test_document_types_are_refused(part: str) -> None:
    content = parts(BOOK)
    laugh = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    begin = content[part].find(b"?>") + 2 if content[part].startswith(b"<?xml") else 0
    content[part] = content[part][:begin] + laugh + content[part][begin:]
    assert refused(lambda: staged(zipped(content)), "workbook_has_doctype").values["part"] == part


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"])
def test_damaged_parts_are_named(part: str) -> None:
    content = parts(BOOK)
    content[part] = content[part][: len(content[part]) * 2 // 3]
    assert refused(lambda: staged(zipped(content)), "workbook_damaged").values["part"] == part


def test_other_damage() -> None:
    refused(lambda: staged(BOOK[: len(BOOK) // 2]), "workbook_damaged")
    content = parts(BOOK)
    del content[SHEET]
    refused(lambda: staged(zipped(content)), "workbook_damaged")
    twice = (b'<c r="F2"', b'<c r="E2"')
    refused(lambda: staged(replaced(BOOK, SHEET, twice)), "workbook_damaged")
    out = io.BytesIO(BOOK)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<other/>")
    refused(lambda: staged(out.getvalue()), "workbook_damaged")
    flipped = bytearray(BOOK)
    flipped[BOOK.find(b"xl/worksheets") + 400] ^= 0xFF
    with pytest.raises(IntakeError):
        staged(bytes(flipped))


def far(reference: str) -> bytes:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return replaced(BOOK, SHEET, (b"</sheetData>", cell))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = refused(lambda: staged(far("XFD9")), "too_many_columns")
    assert (issue.location.row, issue.values["found"]) == (9, 16_384)
    issue = refused(lambda: staged(far("ALL1048576")), "sheet_too_large")
    assert issue.values["rows"] == 1_048_576
    refused(lambda: staged(far("A9999999")), "too_many_rows")
    monkeypatch.setattr(sheet, "MAX_TEXT", 10)
    strings = replaced(BOOK, SHEET)
    if "xl/sharedStrings.xml" in parts(BOOK):
        refused(lambda: staged(strings), "file_too_large")


# --- the two readers of a sheet ---------------------------------------------------------------------------------------

CELLS = (
    '<c r="{}"><v>1.5</v></c>',
    '<c r="{}" s="2" t="s"><v>0</v></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> a&amp;b &lt;é </t></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></is></c>',
    '<c r="{}" t="str"><f>A1&amp;"x"</f><v></v></c>',
    '<c r="{}"><f t="shared" ref="A1:A2" si="0">A1</f><v>2</v></c>',
    '<c r="{}"><f t="shared" si="0"/><v>2</v></c>',
    '<c r="{}"><f>A1</f></c>',
    '<c r="{}"><f>A1</f><v /></c>',
    '<c r="{}" s="1"/>',
    '<c r="{}" s="1" />',
    '<c r="{}"></c>',
    '<c r="{}" t="b"><v>1</v></c>',
    '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}" t="d"><v>2024-01-15T00:00:00</v></c>',
    '<c t="n" r="{}"><v>&#51;</v></c>',
    '<c r="{}"><v>4</v><extLst><ext/></extLst></c>',
    '<!-- <c r="A1"><v>9</v></c> --><c r="{}"><v><![CDATA[7]]></v></c>',
    "<c><v>8</v></c>",
)


@given(st.lists(st.lists(st.sampled_from(CELLS), max_size=4), max_size=4), st.sampled_from(["", "\n  "]))
@settings(max_examples=200)
def test_the_fast_reader_agrees_with_the_parser(rows: list[list[str]], gap: str) -> None:
    body = ""
    for number, cells in enumerate(rows, start=1):
        hidden = ' hidden="1"' if number == 2 else ""
        inner = gap.join(cell.format(f"{'ABCD'[at]}{number}") for at, cell in enumerate(cells))
        body += f'<row r="{number}"{hidden}>{inner}</row>{gap}'
    data = (
        f'<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>{body}</sheetData></worksheet>'.encode()
    )
    strict = read_strict(data, "x", "p")
    fast = read_fast(data, "x", "p")
    plain = not any(cell in CELLS[3:4] + CELLS[15:] for cells in rows for cell in cells)
    assert not plain or fast is not None
    if fast is not None:
        assert fast[1] == strict[1]
        for name in ("rows", "columns", "kinds", "styles", "formulas"):
            assert getattr(fast[0], name).tolist() == getattr(strict[0], name).tolist()
        assert fast[0].texts.to_pylist() == strict[0].texts.to_pylist()


STRINGS = (
    "<si><t>Diesel</t></si>",
    '<si><t xml:space="preserve"> a&amp;b &lt;é </t></si>',
    "<si><t></t></si>",
    "<si><t/></si>",
    "<si><r><rPr><b/></rPr><t>a</t></r><r><t>b</t></r></si>",
    "<si><t>kana</t><rPh sb='0' eb='1'><t>no</t></rPh></si>",
    "<si> <t>between</t> </si>",
    "<si>stray<t>text</t></si>",
    "<si><t>_x0041_ _x005F_x0041_</t></si>",
)
ODD_STRINGS = (
    "<si/>",
    "<si><t>&#233;&#13;</t></si>",
    "<si><t>a\r\nb\tc\nd</t></si>",
    "<si><t>a > b</t></si>",
    "<si><!-- no --><t><![CDATA[<c>]]></t></si>",
    "<si><x><si><t>in</t></si></x><t>out</t></si>",
    "<x><si><t>deep</t></si></x>",
    "<x:si xmlns:x='y'><x:t>prefix</x:t></x:si>",
    "<si><t>\x01</t></si>",
    "<si><t>\ufffe</t></si>",
    "<si><t>half",
    "</t></si>",
    "<extLst/>",
)


def told_strings(read: Callable[[], pa.StringArray | None]) -> list[str] | str | None:
    try:
        found = read()
    except IntakeError as error:
        return error.issues[0].code
    return None if found is None else found.to_pylist()


@given(st.lists(st.sampled_from(STRINGS + ODD_STRINGS), max_size=6), st.sampled_from(["", "\n  "]), st.integers(8, 200))
@settings(max_examples=300)
def test_the_fast_reader_of_strings_agrees_with_the_parser(texts: list[str], gap: str, block: int) -> None:
    data = f'<?xml version="1.0"?>\n<sst xmlns="a" count="9">{gap.join(texts)}</sst>'.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fast, "BLOCK", block)
        found = told_strings(lambda: strings_fast(data, "x", "p"))
    assert found in (None, told_strings(lambda: strings_strict(data, "x", "p")))
    assert found is not None or set(texts) & set(ODD_STRINGS)


def test_only_odd_strings_are_changed() -> None:
    texts = ["_x0041_ _x005F_x0041_", "e\u0301", "Diesel B7", "é", "a_x000D_\nb", "a\r\nb"]
    assert cleaned(pa.array(texts)).to_pylist() == ["A A", "é", "Diesel B7", "é", "a\nb", "a\nb"]


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", NUMBER),
        ("0.00", NUMBER),
        ('#,##0.00 "dm3"', NUMBER),
        ("0.00E+00", NUMBER),
        ("[Red]0.0;[Blue]-0.0", NUMBER),
        (r"0\ \d\a\y\s", NUMBER),
        ("dd-mm-yyyy", DATE),
        ("[$-413]d mmmm yyyy;@", DATE),
        ("yyyy", DATE),
        ("m/d/yy h:mm", DATE),
        ("mmm-yy", MONTH),
        ("mmmm", MONTH),
        ("h:mm:ss", TIME),
        ("[h]:mm", TIME),
        ("mm:ss.0", TIME),
    ],
)
def test_what_a_number_format_shows(code: str, shows: int) -> None:
    assert shown_by(code) == shows


@pytest.mark.parametrize(
    ("stored", "shows", "date1904", "text"),
    [
        ("45306", DATE, False, "2024-01-15"),
        ("43844", DATE, True, "2024-01-15"),
        ("45306.572916666664", DATE, False, "2024-01-15 13:45"),
        ("45305.999999", DATE, False, "2024-01-15"),
        ("61", DATE, False, "1900-03-01"),
        ("59", DATE, False, "1900-02-28"),
        ("45292", MONTH, False, "2024-01"),
        ("0.5", TIME, False, "12:00"),
        ("30.5", TIME, False, "30.5"),
        ("-3", DATE, False, "-3"),
        ("9e9", DATE, False, "9000000000"),
    ],
)
def test_serial_numbers(stored: str, shows: int, date1904: bool, text: str) -> None:
    assert date_text(stored, shows, date1904=date1904) == text
