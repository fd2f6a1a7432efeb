"""The text of one cell, as a person reads it in the spreadsheet: exact decimals, dates as year, month and day."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from trede.intake.xlsx.parts import DATE, MONTH, unescaped

DIGITS = 15
"""Significant digits that a spreadsheet shows and stores of what is typed; what is behind them is binary noise."""

CANONICAL = r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]*[1-9])?$"
"""Numbers that are read as they are stored when they have no more than `DIGITS` digits."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"-?[1-9][0-9]*|0")
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2})[0-9:.]*Z?)?")
_LAST_SERIAL = 2_958_465
_MINUTES = 24 * 60
_HALF_SECOND = Decimal(1) / 172_800


def number_text(stored: str) -> str:
    """Return a stored number as plain decimals: the shortest that gives the same binary number.

    When even that needs more than 15 digits, the number came out of a calculation, and its 15 digits are what the
    spreadsheet shows: 246.29000000000002 is 246.29. A whole number is never shortened.
    """
    if _NUMBER.fullmatch(stored) is None or _WHOLE.fullmatch(stored):
        return stored
    value = float(stored)
    shortest = Decimal(repr(value))
    if not shortest.is_finite():
        return stored
    if len(shortest.as_tuple().digits) > DIGITS:
        shortest = Decimal(f"{value:.{DIGITS}g}")
    text = f"{shortest:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent_text(stored: str) -> str:
    """Return a number that is shown as a percentage as the sheet shows it, with all its decimals: 0.055 is `5.5%`."""
    plain = number_text(stored)
    if _NUMBER.fullmatch(plain) is None:
        return plain
    return f"{(Decimal(plain) * 100).normalize():f}%"


def date_text(stored: str, shows: int, *, date1904: bool) -> str:
    """Return a serial number as `2024-03-15`, with ` 13:45` behind when it has a time; `2024-03` for a month.

    A number that no spreadsheet shows as a date stays a number. A time without a day is `13:45`.
    """
    if _NUMBER.fullmatch(stored) is None:
        return stored
    serial = Decimal(stored) + _HALF_SECOND
    days, minutes = int(serial), int(serial % 1 * _MINUTES)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if shows not in (DATE, MONTH):
        return clock if 0 <= serial < 1 else number_text(stored)
    if not 0 <= serial <= _LAST_SERIAL:
        return number_text(stored)
    # The first calendar of spreadsheets has a 29 February 1900, number 60; before it, days are one further on.
    start = date(1904, 1, 1) if date1904 else date(1899, 12, 30 if days > 60 else 31)
    day = start + timedelta(days=days)
    if shows == MONTH:
        return f"{day:%Y-%m}"
    return f"{day:%Y-%m-%d} {clock}" if minutes else f"{day:%Y-%m-%d}"


def iso_text(stored: str) -> str:
    """Return a date stored as text, such as `2024-03-15T00:00:00`, as `date_text` does."""
    found = _ISO.fullmatch(stored)
    if found is None:
        return stored
    return f"{found[1]} {found[2]}" if found[2] not in (None, "00:00") else found[1]


def clean(text: str) -> str:
    """Return a text with Excel's escapes undone, line feeds as line ends, accents composed, and no NUL."""
    text = unescaped(text)
    if text.isascii() and "\r" not in text:
        return text
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
