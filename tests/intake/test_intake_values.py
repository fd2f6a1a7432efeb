"""Numbers and dates: every rule against a plain reference."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trede.intake.dates import date_format, detect_dates, read_period, read_year
from trede.intake.numbers import detect_decimal, read_number, read_numbers
from trede.intake.problems import Problem
from trede.kernel.periods import Period

EXACT = st.decimals(min_value=-(10**12), max_value=10**12, places=6, allow_nan=False, allow_infinity=False)


@given(EXACT, st.sampled_from([",", "."]), st.sampled_from(["", "other", " ", "\u00a0", "\u202f", "'", "’"]))
def test_a_written_number_is_read_back(number: Decimal, decimal: str, group: str) -> None:
    separator = {"other": "." if decimal == "," else ","}.get(group, group)
    whole, fraction = f"{abs(number):,.6f}".split(".")
    digits = whole.replace(",", separator) + decimal + fraction
    for text in {f"-{digits}", f"−{digits}", f"{digits}-"} if number < 0 else {digits, f"+{digits}"}:
        assert read_number(text, decimal) == number


@given(st.lists(st.text(alphabet="0123456789,.-+ ='", max_size=12), max_size=20), st.sampled_from([",", "."]))
@example(["1,5", "-0,25", "1.000", "", "=1", "999999999999999,999999", "1234567890123456"], ",")
def test_whole_columns_are_read_like_single_numbers(texts: list[str], decimal: str) -> None:
    texts = [text.strip() for text in texts]
    values, problems = read_numbers(pa.array(texts, pa.string()), decimal)
    for index, text in enumerate(texts):
        expected = read_number(text, decimal) if text else None
        if isinstance(expected, Problem):
            assert problems[index] == expected
            assert values[index].as_py() is None
        else:
            assert index not in problems
            assert values[index].as_py() == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("48.32", "number_other_decimal"),
        ("0.123", "number_other_decimal"),
        ("1,234.50", "number_other_decimal"),
        ("€ 48,32", "number_unreadable"),
        ("48,32 l", "number_unreadable"),
        ("1e5", "number_unreadable"),
        ("1,5E+03", "number_unreadable"),
        ("5,", "number_unreadable"),
        ("--5", "number_unreadable"),
        ("-5-", "number_unreadable"),
        ("1.23.4", "number_unreadable"),
        ("12 34", "number_unreadable"),
        ("1 234.567", "number_other_decimal"),
        ("٣", "number_unreadable"),
        ("NaN", "number_unreadable"),
        ("0,1234567", "number_too_precise"),
        ("1234567890123456", "number_too_large"),
    ],
)
def test_what_is_no_number(text: str, code: str) -> None:
    problem = read_number(text, ",")
    assert isinstance(problem, Problem)
    assert problem.code == code


def test_zeros_behind_the_sixth_decimal_lose_nothing() -> None:
    assert read_number("12,5000000000", ",") == Decimal("12.5")


@pytest.mark.parametrize(
    ("texts", "sign", "basis"),
    [
        (["48,32", "1.234"], ",", "telling_values"),
        (["48.32", "1,234"], ".", "telling_values"),
        (["1.234,5"], ",", "telling_values"),
        (["1.234.567"], ",", "telling_values"),
        (["0,123"], ",", "telling_values"),
        (["1 234,567"], ",", "telling_values"),
        (["12", "7"], ",", "no_decimals"),
        (["1.234", "12"], None, "ambiguous"),
        (["1,234", "2.345"], None, "ambiguous"),
        (["1,5", "2.5"], None, "ambiguous"),
        (["1,5"] * 20 + ["48.32"], ",", "telling_values"),
    ],
)
def test_the_decimal_sign_is_told_or_left_open(texts: list[str], sign: str | None, basis: str) -> None:
    choice = detect_decimal([pa.array(texts, pa.string())], ";")
    assert (choice.value, choice.basis) == (sign, basis)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_dates_are_read_back(day: date) -> None:
    for text, written in (
        ("dd-mm-yyyy", f"{day:%d-%m-}{day.year}"),
        ("d/m/yyyy", f"{day.day}/{day.month}/{day.year}"),
        ("mm/dd/yyyy", f"{day:%m/%d/}{day.year}"),
        ("yyyy-mm-dd hh:mm", f"{day.isoformat()} 23:59"),
        ("yyyymmdd", f"{day.year}{day:%m%d}"),
    ):
        assert date_format(text).read(written) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31-02-2024", "date_not_real"),
        ("29-02-2023", "date_not_real"),
        ("13-13-2024", "date_not_real"),
        ("2024-03-01", "date_unreadable"),
        ("1 maart 2024", "date_unreadable"),
        ("45321", "date_unreadable"),
        ("01-03-24", "date_unreadable"),
        ("01-03-2024 12:00", "date_unreadable"),
        ("01-03-0024", "date_out_of_range"),
        ("01-03-2101", "date_out_of_range"),
    ],
)
def test_what_is_no_date(text: str, code: str) -> None:
    problem = date_format("dd-mm-yyyy").read(text)
    assert isinstance(problem, Problem)
    assert problem.code == code


@pytest.mark.parametrize("text", ["dd-mm", "dd-dd-yyyy", "dmyyyy", "dd-mm/yyyy", "%d"])
def test_what_is_no_date_format(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        date_format(text)


@pytest.mark.parametrize(
    ("cells", "found", "basis"),
    [
        (["03-04-2024", "25-04-2024"], "dd-mm-yyyy", "telling_values"),
        (["03/04/2024", "04/25/2024"], "mm/dd/yyyy", "telling_values"),
        (["2024-03-04"], "yyyy-mm-dd", "telling_values"),
        (["20240304"], "yyyymmdd", "telling_values"),
        (["25.04.2024 12:30:10"], "dd.mm.yyyy hh:mm", "telling_values"),
        (["03-04-2024", "05-06-2024"], None, "ambiguous"),
        (["25-04-2024", "04-25-2024"], None, "ambiguous"),
        (["25-04-24"], None, "ambiguous"),
        (["maart", ""], None, "no_dates"),
        (["1 jan. 2024", "2 februari 2024"], "dd mmm yyyy", "telling_values"),
        (["03-MRT-24"], "dd-mmm-yy", "telling_values"),
        (["January 5, 2024"], "mmm dd yyyy", "telling_values"),
        (["1/31/2024 8:15 AM"], "mm/dd/yyyy hh:mm", "telling_values"),
        (["2024-01-03T08:12:44+01:00", "2024-01-03T08:12:44.250Z"], "yyyy-mm-dd hh:mm", "telling_values"),
    ],
)
def test_the_date_format_is_told_or_left_open(cells: list[str], found: str | None, basis: str) -> None:
    choice = detect_dates(cells)
    assert (choice.value, choice.basis) == (found, basis)


def test_years_and_periods() -> None:
    assert read_year("2024") == Period.year(2024)
    assert read_period("2024-Q1") == Period(date(2024, 1, 1), date(2024, 3, 31))
    assert read_period("2024-03..2024-04") == Period(date(2024, 3, 1), date(2024, 4, 30))
    for text in (
        "24",
        "2024-13",
        "2024-Q5",
        "2024-02-30",
        "2024_0",
        "2024-05..2024-04",
        "maart",
        "Q5 2024",
        "week 54 2024",
    ):
        assert isinstance(read_period(text), Problem), text
    for text in ("24", "1989", "2101", "2024.0"):
        assert isinstance(read_year(text), Problem), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("januari 2024", "2024-01"),
        ("jan-24", "2024-01"),
        ("2024 mrt.", "2024-03"),
        ("202403", "2024-03"),
        ("3/2024", "2024-03"),
        ("Q2 2024", "2024-Q2"),
        ("2e kwartaal 2024", "2024-Q2"),
        ("H2 2024", "2024-H2"),
        ("week 1 2025", "2024-12-30..2025-01-05"),
        ("januari t/m maart 2024", "2024-Q1"),
        ("01-02-2024 t/m 29-02-2024", "2024-02"),
        ("01-02-2024 - 29-02-2024", "2024-02"),
        ("15-02-2024", "2024-02-15"),
    ],
)
def test_periods_in_words(text: str, expected: str) -> None:
    assert read_period(text, date_format("dd-mm-yyyy").read) == Period.parse(expected)


def test_until_is_read_only_when_the_file_says_whether_the_last_day_counts() -> None:
    day = date_format("dd-mm-yyyy").read
    text = "01-01-2024 tot 01-02-2024"

    assert isinstance(read_period(text, day), Problem)
    assert read_period(text, day, "excluded") == Period.parse("2024-01")
    assert read_period(text, day, "included") == Period.parse("2024-01-01..2024-02-01")


def test_every_month_by_name_is_read_as_it_is_written() -> None:
    form = date_format("dd-mmm-yyyy")
    for month in range(1, 13):
        day = date(2024, month, 9)
        text = form.write(day, "00:00")
        assert text is not None
        assert form.read(text) == day
    assert isinstance(form.read("03-foo-2024"), Problem)
