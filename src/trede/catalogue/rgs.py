"""The Dutch reference chart of accounts (RGS): what is bought under an account, from `sectors/rgs.csv`.

A row names an account by its code, with all accounts under it unless those have a row of their own. It either gives the sector of
what is bought, or the reason why the account must never be counted by spend.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from pydantic import model_validator

from trede.catalogue.factor import Filled
from trede.catalogue.papers import TablePapers
from trede.catalogue.sectors import FOLDER, divisions
from trede.catalogue.tables import read_table, validate_row
from trede.kernel.errors import CatalogueError
from trede.kernel.models import Strict, Text, load

VERSION = "3.7"

Confidence = Literal["high", "medium", "low"]
Exclusion = Literal[
    "activity-data", "depreciation", "donations", "energy", "financial", "fuel", "income", "internal", "land", "prepayment",
    "provision", "stock", "taxes", "wages",
]  # fmt: skip
"""Why an account is not counted by spend. `energy`, `fuel` and `activity-data` count from records in their own units; the others
are no purchase of goods or services."""

COLUMNS = ("code", "category", "nace", "confidence", "exclude", "why_nl", "why_en")


class RgsAccount(Strict):
    """One account: `category` (of the GHG Protocol's scope 3), `nace` and `confidence` together, or `exclude`.

    `nace` is a division of NACE Rev. 2. Low confidence: the account holds many things, and the supplier knows better. Accounts of
    category 2 hold for what was bought in the year, never for a balance.
    """

    code: Filled
    category: Literal[1, 2, 4, 6] | None = None
    nace: str | None = None
    confidence: Confidence | None = None
    exclude: Exclusion | None = None
    why: Text

    @model_validator(mode="after")
    def _one_of_two(self) -> RgsAccount:
        given = [value is not None for value in (self.category, self.nace, self.confidence)]
        if any(given) != all(given) or any(given) == (self.exclude is not None):
            raise ValueError("either category, nace and confidence, or exclude")
        if self.nace is not None and self.nace not in divisions():
            raise ValueError(f"unknown division {self.nace}")
        return self


@cache
def papers() -> TablePapers:
    """Return the papers of the table."""
    return load(TablePapers, FOLDER / "rgs.toml")


@cache
def rgs_accounts() -> Mapping[str, RgsAccount]:
    """Load the table by code.

    Raises:
        CatalogueError: `field_invalid`, or `id_twice`.
    """
    path = FOLDER / "rgs.csv"
    return read_accounts(path.read_bytes(), path.name)


def read_accounts(data: bytes, name: str) -> Mapping[str, RgsAccount]:
    """Read and check a table; errors as of `rgs_accounts`."""
    found: dict[str, RgsAccount] = {}
    for where, cells in read_table(data, name, COLUMNS):
        why = {"nl": cells.pop("why_nl"), "en": cells.pop("why_en")}
        filled: dict[str, object] = {column: cell for column, cell in cells.items() if cell}
        if cells["category"].isdigit():
            filled["category"] = int(cells["category"])
        account = validate_row(RgsAccount, {**filled, "why": why}, where)
        if account.code in found:
            raise CatalogueError.of("id_twice", where, id=account.code)
        found[account.code] = account
    return found


def rgs_account(code: str) -> RgsAccount | None:
    """Return what is known of an account: its own row or that of the nearest account above it, or None."""
    table = rgs_accounts()
    plain = code.strip()
    return next((table[plain[:end]] for end in range(len(plain), 3, -1) if plain[:end] in table), None)
