"""Reading what somebody writes in a form: an amount in the reader's language."""

from __future__ import annotations

import re
from decimal import Decimal

from trede_web.bridge.speaking import Voice

_BLANKS = re.compile("[\\s\u00a0\u202f']")


def read_amount(text: str, voice: Voice) -> Decimal | None:
    """Read a number with a decimal comma or point; None of what is none, or may be two numbers (`1.234`)."""
    comma, point = (",", ".") if voice.language == "nl" else (".", ",")
    plain = _BLANKS.sub("", text).replace("−", "-")
    if re.fullmatch(rf"-?\d{{1,3}}(\{point}\d{{3}})+(\{comma}\d+)?", plain) and (
        comma in plain or plain.count(point) > 1
    ):
        return Decimal(plain.replace(point, "").replace(comma, "."))
    if re.fullmatch(rf"-?\d+\{point}\d{{3}}", plain):
        return None
    if re.fullmatch(r"-?\d+([.,]\d{1,6})?", plain):
        return Decimal(plain.replace(",", "."))
    return None
