"""Identifiers made of content: the same thing has the same name on every machine."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

SHORT = 16
"""Hexadecimal digits of a store id (batch, run, decision): 64 bits; the full hash stands inside."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Serialise to one byte string for one value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pretty_json(value: Any) -> bytes:
    """Serialise for people: sorted keys, two blanks, a final newline; as deterministic as `canonical_json`."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"


def pseudonym(key: bytes, column: str, value: str) -> str:
    """Return a keyed pseudonym: the same person or vehicle gets the same code within one organisation only.

    HMAC-SHA-256 over the field name and the value without blanks and hyphens, upper case (so `AB-123-C` is `ab123c`).
    """
    plain = "".join(ch for ch in value.upper() if ch.isalnum())
    return "p-" + hmac.new(key, f"{column}\x1f{plain}".encode(), hashlib.sha256).hexdigest()[:12]
