from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import refused

from trede.intake import encoding, reader
from trede.intake.encoding import decode
from trede.intake.reader import Records, split, split_fast, split_strict


def rows(records: Records) -> list[list[str]]:
    return [records.cells(i) for i in range(len(records))]


@given(st.text(alphabet='ab;"\n é€', max_size=40))
def test_the_fast_path_reads_what_the_csv_module_reads(text: str) -> None:
    if not text:
        return
    fast = split_fast(text.encode() + (b"" if text.endswith("\n") else b"\n"), ";")
    if fast is None:
        return
    expected = [row or [""] for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=";", strict=True)]
    assert rows(fast) == expected
    strict = split_strict(text, ";", "x")
    assert rows(strict) == expected
    assert fast.lines.tolist() == strict.lines.tolist()


@given(st.lists(st.lists(st.text(alphabet='a;"\nß ', max_size=5), min_size=2, max_size=4), min_size=1))
def test_what_is_written_with_quotes_is_read_back(table: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(table)
    assert rows(split(out.getvalue(), ";", "x")) == table
    assert split_fast(out.getvalue().encode(), ";") is not None


def test_a_quoted_cell_with_line_ends_is_one_record_with_the_number_of_its_first_line() -> None:
    records = split('a;b\n"x\ny\nz";1\nlast;2\n', ";", "x")
    assert rows(records) == [["a", "b"], ["x\ny\nz", "1"], ["last", "2"]]
    assert records.lines.tolist() == [1, 2, 5]


def test_a_quote_inside_an_unquoted_cell_is_text() -> None:
    assert rows(split('maat;5" pijp\n', ";", "x")) == [["maat", '5" pijp']]


@pytest.mark.parametrize("text", ['a;b\n1;"open\n2;3\n', 'a;b\n1;"x"y\n'])
def test_broken_quoting_is_refused_with_its_row(text: str) -> None:
    issue = refused(lambda: split(text, ";", "x.csv"), "quote_broken")
    assert (issue.location.file, issue.location.row) == ("x.csv", 2)


def test_blank_lines_count_as_rows() -> None:
    assert rows(split("\na;b\n\n1;2\n\n", ";", "x")) == [[""], ["a", "b"], [""], ["1", "2"], [""]]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = refused(lambda: split("a;b\n" + ";" * 1_000_000 + "\n", ";", "x"), "too_many_columns")
    assert (issue.location.row, issue.values["found"]) == (2, 1_000_001)
    assert len(split(";" * 999 + "\n", ";", "x").cells(0)) == 1_000
    monkeypatch.setattr(reader, "MAX_ROWS", 3)
    assert refused(lambda: split("a\n" * 4, ";", "x"), "too_many_rows").values == {"found": 4, "limit": 3}
    monkeypatch.setattr(encoding, "MAX_BYTES", 3)
    refused(lambda: decode(b"abcd", "x", None), "file_too_large")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04...[Content_Types].xml", "xlsx"),
        (b"PK\x03\x04...", "zip"),
        (b"%PDF-1.7", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1", "xls"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PAR1", "parquet"),
    ],
)
def test_what_is_not_text_is_refused_by_name(data: bytes, kind: str) -> None:
    assert refused(lambda: decode(data, "x", None), "file_not_text").values == {"kind": kind}


def test_damaged_text_is_refused_with_its_row() -> None:
    refused(lambda: decode(b"", "x", None), "file_empty")
    refused(lambda: decode(b" \r\n\n", "x", None), "file_empty")
    assert refused(lambda: decode(b"a;b\n1;\x00\n", "x", None), "file_has_nul").location.row == 2
    half = "é;b\n".encode() + b"\xe9;2\n"
    assert refused(lambda: decode(half, "x", None), "encoding_ambiguous").location.row == 2
    chosen = encoding.Choice("utf-8", "chosen")
    assert refused(lambda: decode(half, "x", chosen), "encoding_wrong").location.row == 2


@pytest.mark.parametrize(
    ("codec", "found", "basis"),
    [
        ("utf-8", "utf-8", "valid_utf8"),
        ("utf-8-sig", "utf-8-sig", "byte_order_mark"),
        ("utf-16", "utf-16", "byte_order_mark"),
        ("utf-16-le", "utf-16-le", "every_second_byte_zero"),
        ("utf-16-be", "utf-16-be", "every_second_byte_zero"),
        ("cp1252", "cp1252", "not_utf8"),
    ],
)
def test_encodings(codec: str, found: str, basis: str) -> None:
    text, choice = decode("één;€ twee\r\n".encode(codec), "x", None)
    assert (text, choice.value, choice.basis) == ("één;€ twee\n", found, basis)
