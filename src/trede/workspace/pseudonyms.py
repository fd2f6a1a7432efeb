"""Comparing pseudonyms without their key: not which code it is, but who is the same as whom."""

from __future__ import annotations

import re

import pyarrow as pa

from trede.activity.records import addresses
from trede.intake.checking import PERSONAL_FIELDS

CODED = (*PERSONAL_FIELDS, "custom")
"""Columns of a record that may hold pseudonyms."""

_PSEUDONYM = re.compile(r"p-[0-9a-f]{12}")


def recode(mapped: pa.Table, stored: pa.Table) -> pa.Table:
    """Give mapped rows the pseudonyms that the stored records of the same rows have, one for one.

    Everything else stays. Where one code would stand for two persons, or two codes for one, the content keeps differing.

    Args:
        mapped: rows with schema `MAPPED`, whose pseudonyms were made with another key.
        stored: records of the same file; rows that are in one of the two only are fine.
    """
    places = {address: place for place, address in enumerate(addresses(stored))}
    at = [places.get(address) for address in addresses(mapped)]
    texts = {name: mapped[name].to_pylist() for name in CODED}
    codes: dict[str, str] = {}
    for name in CODED:
        theirs = stored[name].to_pylist()
        for text, place in zip(texts[name], at, strict=True):
            if place is not None:
                pair = zip(_PSEUDONYM.findall(text or ""), _PSEUDONYM.findall(theirs[place] or ""), strict=False)
                for ours, other in pair:
                    codes.setdefault(ours, other)
    if len(set(codes.values())) < len(codes):
        return mapped

    def coded(text: str | None) -> str | None:
        return text and _PSEUDONYM.sub(lambda found: codes.get(found[0], found[0]), text)

    for name in CODED:
        column = pa.array([coded(text) for text in texts[name]], pa.string())
        mapped = mapped.set_column(mapped.schema.get_field_index(name), name, column)
    return mapped
