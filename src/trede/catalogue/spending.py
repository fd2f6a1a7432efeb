"""What was bought, as a code: the classifications that a line of spend may name, and which list of factors answers them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from typing import get_args

from trede.catalogue.rgs import rgs_account
from trede.catalogue.sectors import NAICS_PUBLISHER, Scheme, correspondence, divisions, sectors_of
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.errors import TredeError

RGS = "rgs"
OWN = ("account", "supplier", "product-group")
"""Codes of the organisation itself: its ledger accounts, suppliers, groups of products. A sector map says what they mean."""

LISTS = ("figaro", "defra-spend")
"""The sectors of a list under its own codes."""

CLASSIFICATIONS = (*get_args(Scheme), *LISTS, RGS, *OWN)

OF_CLASSIFICATION = {"naics-2017": NAICS_PUBLISHER, "sic-2007": "defra-spend", **{name: name for name in LISTS}}
"""Classification → the publisher of the list that goes by it, wherever the purchase was."""

OF_COUNTRY = {"NL": "figaro", "GB": "defra-spend", "US": NAICS_PUBLISHER}
"""Country of the purchase → the publisher whose list holds for it."""

PUBLISHERS = tuple(OF_COUNTRY.values())
"""The publishers of spend lists: none of them answers any other activity."""

CLOSEST = 5


def publisher_of(classification: str, geography: str) -> str | None:
    """Return the publisher whose list answers a code of a classification in a country, or None."""
    return OF_CLASSIFICATION.get(classification) or OF_COUNTRY.get(geography)


def sectors_in(publisher: str, classification: str, code: str) -> tuple[str, ...]:
    """Return the sectors of a publisher's list that a code falls in; several are a choice, none is no such product.

    Raises:
        TredeError: as of `catalogue.sectors.sectors_of`.
    """
    if classification not in LISTS:
        return sectors_of(publisher, classification, code)  # type: ignore[arg-type]
    if classification != publisher:
        raise TredeError.of("sector_list_differs", publisher=publisher, scheme=classification)
    return (code,)


@cache
def canonical_code(classification: str, text: str) -> str:
    """Return a code as records keep it: without the points and the letter in front that mean nothing.

    Raises:
        TredeError: `spend_code_unknown`, with close codes; a code of the organisation itself is never unknown.
    """
    plain = " ".join(text.split())
    if classification in OWN:
        return plain
    if classification == RGS:
        if rgs_account(plain) is None:
            raise _unknown(classification, text, ())
        return plain
    if classification in LISTS:
        known = {code.casefold(): code for code in correspondence()[classification]}
        if plain.casefold() not in known:
            raise _unknown(classification, text, list(known.values()))
        return known[plain.casefold()]
    publisher = NAICS_PUBLISHER if classification == "naics-2017" else "figaro"
    try:
        sectors_of(publisher, classification, plain)  # type: ignore[arg-type]
    except TredeError as error:
        raise _unknown(classification, text, _known(classification)) from error
    letters = plain.upper().replace(".", "")
    return letters.lstrip("ABCDEFGHIJKLMNOPQRSTUV") or letters


@cache
def _known(classification: str) -> Sequence[str]:
    if classification == "naics-2017":
        library = shipped_libraries()[f"{NAICS_PUBLISHER}-1.3"]
        return list(dict.fromkeys(factor.sector for factor in library.factors.values() if factor.sector))
    return list(divisions())


def _unknown(classification: str, text: str, known: Sequence[str]) -> TredeError:
    closest = get_close_matches(text.strip().upper(), known, CLOSEST, cutoff=0.3) or list(known[:CLOSEST])
    return TredeError.of("spend_code_unknown", value=text, classification=classification, closest=closest)
