"""Reading numbers strictly, in the one decimal sign of the file."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.fields import QUANTITY
from trede.intake.problems import Choice, Problem, shown
from trede.kernel.issues import Param

MAX_DECIMALS = 6
MAX_DIGITS = 15
_BLANKS = " '’\u00a0\u202f"

_SIGN = "[+−-]?"
_UNIT = r"(?:[A-DF-Za-df-z]|[Ee][A-Za-z])[A-Za-z0-9³./]*"
_WITH_UNIT = rf"^(?P<number>{_SIGN}[0-9](?:[0-9.,{_BLANKS}]*[0-9])?-?)[{_BLANKS}]*(?P<unit>{_UNIT})$"
"""A number with a unit behind it in one cell: `12,5 kWh`. What is behind the number in `1.5E3` is a power, no unit."""
_CLEAR = 0.9
"""Share of the telling values that must agree on a decimal sign; the others are rejected as typing errors."""


@cache
def _pattern(decimal: str) -> re.Pattern[str]:
    groups = _BLANKS + _other(decimal)
    grouped = rf"(?P<grouped>[1-9][0-9]{{0,2}}(?P<sep>[{groups}])[0-9]{{3}}(?:(?P=sep)[0-9]{{3}})*)"
    whole = rf"{grouped}|(?P<plain>[0-9]*)"
    return re.compile(rf"(?P<sign>{_SIGN})(?:{whole})(?:{re.escape(decimal)}(?P<fraction>[0-9]+))?(?P<minus>-?)")


def _other(decimal: str) -> str:
    return "." if decimal == "," else ","


def _match(text: str, decimal: str) -> re.Match[str] | None:
    found = _pattern(decimal).fullmatch(text)
    if found is None or not any(ch.isdigit() for ch in text) or (found["sign"] and found["minus"]):
        return None
    return found


def read_number(text: str, decimal: str) -> Decimal | Problem:
    """Read one number without outer blanks; `decimal` is `,` or `.`.

    Thousands may be grouped by the other sign, a blank or an apostrophe; a group never begins with zero, so
    that `0.123` in a file with decimal commas is not read as 123. Signs: `+`, `-`, `−` in front, or `-`
    behind.
    """
    found = _match(text, decimal)
    if found is None:
        code = "number_unreadable" if _match(text, _other(decimal)) is None else "number_other_decimal"
        return Problem(code, {"value": shown(text), "decimal": decimal})
    whole = re.sub("[^0-9]", "", found["grouped"] or found["plain"] or "")
    fraction = (found["fraction"] or "").rstrip("0")
    if len(fraction) > MAX_DECIMALS:
        return Problem("number_too_precise", {"value": shown(text), "limit": MAX_DECIMALS})
    if len(whole.lstrip("0")) > MAX_DIGITS:
        return Problem("number_too_large", {"value": shown(text), "limit": MAX_DIGITS})
    negative = found["sign"] in {"-", "−"} or bool(found["minus"])
    return Decimal(f"{'-' if negative else ''}{whole or '0'}.{fraction or '0'}")


def bare(texts: pa.StringArray) -> pa.StringArray:
    """Return the texts without the unit that stands behind a number; other texts stay what they are."""
    return pc.replace_substring_regex(texts, _WITH_UNIT, r"\1")


def unit_in(texts: pa.StringArray) -> list[str | None]:
    """Return the unit that stands behind the number in each text, or None."""
    return [None if found is None else found["unit"] for found in pc.extract_regex(texts, _WITH_UNIT).to_pylist()]


def read_numbers(texts: pa.StringArray, decimal: str) -> tuple[pa.Array, dict[int, Problem]]:
    """Read many numbers: DECIMAL(38,6) values, null where unreadable, and the problem by index.

    Plain digits are cast by Arrow as a whole; only the rest goes through `read_number`. An empty text is null
    without a problem.
    """
    plain = pc.match_substring_regex(
        texts, rf"^-?[0-9]{{1,{MAX_DIGITS}}}(?:{re.escape(decimal)}[0-9]{{1,{MAX_DECIMALS}}})?$"
    )
    dotted = pc.replace_substring(pc.if_else(plain, texts, None), decimal, ".")
    values = pc.cast(dotted, QUANTITY)
    problems: dict[int, Problem] = {}
    rest = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    if not rest.size:
        return values, problems
    read: list[Decimal | None] = []
    for index, text in zip(rest.tolist(), texts.take(pa.array(rest)).to_pylist(), strict=True):
        number = read_number(text, decimal) if text else None
        if isinstance(number, Problem):
            problems[index] = number
            number = None
        read.append(number)
    return pc.replace_with_mask(values, pc.invert(plain), pa.array(read, QUANTITY)), problems


def _telling(decimal: str) -> str:
    """Return a pattern of values that can only be written with this decimal sign."""
    point, group = re.escape(decimal), re.escape(_other(decimal))
    return (
        rf"^{_SIGN}(?:[0-9]*{point}(?:[0-9]{{1,2}}|[0-9]{{4,}})|(?:|0[0-9]*|[0-9]{{4,}}){point}[0-9]{{3}}"
        rf"|[0-9]{{1,3}}(?:[{_BLANKS}{_other(decimal)}][0-9]{{3}})+{point}[0-9]+"
        rf"|[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{2,}})-?$"
    )


_EITHER = rf"^{_SIGN}[1-9][0-9]{{0,2}}[.,][0-9]{{3}}-?$"


def detect_decimal(texts: list[pa.StringArray], delimiter: str) -> Choice:
    """Find the decimal sign from cells; the value is None when they do not settle it.

    `1.234` alone may be a thousand or a bit over one: it settles nothing, and nothing is guessed from it.
    """
    counts = {sign: sum(_count(part, _telling(sign)) for part in texts) for sign in (",", ".")}
    telling = sum(counts.values())
    sign = max(counts, key=lambda s: counts[s])
    if telling and counts[sign] >= _CLEAR * telling:
        return Choice(sign, "telling_values", {"count": counts[sign], "against": telling - counts[sign]})
    if telling:
        sample = _first(texts, _telling(","))
        other = _first(texts, _telling("."))
        params: dict[str, Param] = {"samples": [shown(text) for text in (sample, other) if text is not None]}
        return Choice(None, "ambiguous", params)
    either = _first(texts, _EITHER)
    if either is not None:
        return Choice(None, "ambiguous", {"samples": [either]})
    return Choice("," if delimiter == ";" else ".", "no_decimals")


def undecided(amounts: pa.StringArray) -> list[str]:
    """Return samples when every number with a sign could be a thousand or a bit over one (`48.320`); else nothing."""
    signed = _count(amounts, "[.,]")
    if not signed or _count(amounts, _EITHER) < signed:
        return []
    return [shown(str(text.as_py())) for text in amounts.filter(pc.match_substring_regex(amounts, _EITHER))[:3]]


def contradicting(texts: list[pa.StringArray], decimal: str) -> list[str]:
    """Return samples of the other decimal sign when more of the telling values have that one; else nothing."""
    ours, theirs = (sum(_count(part, _telling(sign)) for part in texts) for sign in (decimal, _other(decimal)))
    sample = _first(texts, _telling(_other(decimal)))
    return [shown(sample)] if theirs > ours and sample is not None else []


def _count(texts: pa.StringArray, pattern: str) -> int:
    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


def _first(texts: list[pa.StringArray], pattern: str) -> str | None:
    for part in texts:
        found = part.filter(pc.match_substring_regex(part, pattern))
        if len(found):
            return str(found[0].as_py())
    return None
