"""What we write for spreadsheets holds no formula."""

import csv
import io

import pytest

from trede.kernel.exporting import csv_bytes, harmless


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", " =1", "\t=1", "\r=1", "\n=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "diesel", "-38,70", "+1.234,5", "-0.5", "a=b", "2024-01-05"])
def test_a_value_stays_what_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_file_of_cells() -> None:
    data = csv_bytes([["=1", "a;b"], ["-1,5", 'say "x"']])
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")) == [
        ["'=1", "a;b"],
        ["-1,5", 'say "x"'],
    ]
