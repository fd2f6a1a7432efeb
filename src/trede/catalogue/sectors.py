"""Sectors: which sectors of a spend list a code of a classification falls in, from `sectors/*.csv`.

The codes of NACE Rev. 2 are the common ground: CPA 2.1, SBI 2008 and SIC 2007 share their first four digits, ISIC Rev. 4 the
first two. SBI 2025 follows NACE Rev. 2.1. The American list has the codes of NAICS 2017 themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, get_args

from trede.catalogue.factor import Filled
from trede.catalogue.files import CATALOGUE
from trede.catalogue.papers import TablePapers
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.tables import read_table, validate_row
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.models import Strict, Text, load

Scheme = Literal["nace-2", "nace-2.1", "cpa-2.1", "sbi-2008", "sbi-2025", "sic-2007", "isic-4", "naics-2017"]
"""Classifications that are read."""

FOLDER = CATALOGUE / "sectors"
NAICS_LIBRARY = "epa-supply-chain-1.3"
NAICS_PUBLISHER = "epa-supply-chain"

_DIGITS: Mapping[str, int] = {"nace-2.1": 2, "sbi-2025": 2, "isic-4": 2}
"""How many digits of a code mean what they mean in NACE Rev. 2, where that is not four."""
REVISED = ("nace-2.1", "sbi-2025")
"""Classifications of Rev. 2.1, whose sections have other letters."""
_MOVED: Mapping[str, tuple[str, ...]] = {"45": (), "46": ("45", "46"), "47": ("45", "47"), "95": ("45", "95")}
"""Divisions of Rev. 2.1 → those of Rev. 2 that went into them: trade and repair of motor vehicles has no division any more."""
_CODE = re.compile(r"[A-V]?(\d{2}(?:\.?\d+)*)")


class Division(Strict):
    """A division of NACE Rev. 2: two digits, the letter of its section, a short name of our own."""

    code: Filled
    section: Filled
    name: Text


@cache
def papers() -> TablePapers:
    """Return the papers of both tables."""
    return load(TablePapers, FOLDER / "divisions.toml")


@cache
def divisions() -> Mapping[str, Division]:
    """Return the 88 divisions by their two digits."""
    found = {}
    path = FOLDER / "divisions.csv"
    for where, cells in read_table(path.read_bytes(), path.name, ("code", "section", "name_nl", "name_en")):
        name = {"nl": cells["name_nl"], "en": cells["name_en"]}
        division = validate_row(Division, {"code": cells["code"], "section": cells["section"], "name": name}, where)
        if division.code in found:
            raise CatalogueError.of("id_twice", where, id=division.code)
        found[division.code] = division
    return found


_LIKE_NACE = frozenset({"nace-2", "cpa-2.1", "sbi-2008", "sic-2007", "isic-4"})
"""Classifications whose codes begin with a division of NACE Rev. 2."""


def division_of(scheme: str, code: str) -> Division | None:
    """Return the division in which a code lies; None where the classification says something else by those digits."""
    digits = code.strip().lstrip("ABCDEFGHIJKLMNOPQRSTUV")[:2]
    same = scheme in _LIKE_NACE or (scheme in REVISED and digits not in _MOVED)
    return divisions().get(digits) if same else None


@cache
def correspondence() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return publisher → sector → the codes of NACE Rev. 2 (digits without points) that it holds.

    Raises:
        CatalogueError: `id_twice`, or `sector_code_unknown` for a code outside the divisions.
    """
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    path = FOLDER / "correspondence.csv"
    for where, cells in read_table(path.read_bytes(), path.name, ("publisher", "sector", "codes")):
        sectors = found.setdefault(cells["publisher"], {})
        if cells["sector"] in sectors:
            raise CatalogueError.of("id_twice", where, id=cells["sector"])
        codes = tuple(cells["codes"].split())
        if unknown := [code for code in codes if code[:2] not in divisions()]:
            raise CatalogueError.of("sector_code_unknown", where, sector=unknown[0], scheme="nace-2")
        sectors[cells["sector"]] = codes
    return found


def sectors_of(publisher: str, scheme: Scheme, code: str) -> tuple[str, ...]:
    """Return the sectors of a publisher's list that a code falls in, in the list's order.

    One is an answer; several are a choice that somebody has to make (the code is coarser than the list); none means that the
    list has no such product, as energy in FIGARO.

    Args:
        publisher: `figaro`, `defra-spend` or `epa-supply-chain`, as the papers of a library say.
        code: as written: `62`, `62.01`, `6201`, `J62.01`, or the letter of a section; six digits of NAICS, or fewer.

    Raises:
        TredeError: `sector_scheme_unknown`, `sector_code_unknown`, or `sector_list_differs`: the list goes by another
            classification than the code, and there is no table between the two.
    """
    if scheme not in get_args(Scheme):
        raise TredeError.of("sector_scheme_unknown", scheme=scheme, known=list(get_args(Scheme)))
    if (scheme == "naics-2017") != (publisher == NAICS_PUBLISHER) or publisher not in (
        NAICS_PUBLISHER,
        *correspondence(),
    ):
        raise TredeError.of("sector_list_differs", publisher=publisher, scheme=scheme)
    if scheme == "naics-2017":
        return _naics(code.strip())
    wanted = _nace(scheme, code)
    return tuple(sector for sector, own in correspondence()[publisher].items() if _touch(wanted, own))


def _naics(code: str) -> tuple[str, ...]:
    found = tuple(known for known in _commodities() if known.startswith(code)) if len(code) >= 2 else ()
    if not found:
        raise TredeError.of("sector_code_unknown", sector=code, scheme="naics-2017")
    return found


@cache
def _commodities() -> tuple[str, ...]:
    return tuple(dict.fromkeys(f.sector for f in shipped_libraries()[NAICS_LIBRARY].factors.values() if f.sector))


def _nace(scheme: str, code: str) -> tuple[str, ...]:
    """Return codes of NACE Rev. 2 without points."""
    plain = code.strip().upper()
    if scheme not in REVISED and (section := [d.code for d in divisions().values() if d.section == plain]):
        return tuple(section)
    match = _CODE.fullmatch(plain)
    digits: tuple[str, ...] = (match[1].replace(".", "")[: _DIGITS.get(scheme, 4)],) if match else ()
    if scheme in REVISED and digits:
        digits = _MOVED.get(digits[0], digits)
    if not digits or any(part[:2] not in divisions() for part in digits):
        raise TredeError.of("sector_code_unknown", sector=code, scheme=scheme)
    return digits


def _touch(wanted: Iterable[str], own: Iterable[str]) -> bool:
    own = tuple(own)
    return any(one.startswith(other) or other.startswith(one) for one in wanted for other in own)
