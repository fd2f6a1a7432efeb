"""One emission factor as its publisher gives it, with the papers that differ from factor to factor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from trede.kernel.gases import BY_MASS, GwpSet, co2e_of
from trede.kernel.models import Strict, Text

Filled = Annotated[str, Field(min_length=1)]
Nature = Literal[
    "fuel", "energy", "gas", "transport", "air", "waste", "wastewater", "water", "material", "stay", "work",
    "spend",
]  # fmt: skip
"""What a factor is about; it decides which values it may have (`rules.check_factor`). `energy` is purchased
power and heat, `gas` a kilogram of gas let go, `air` a flight of people or goods, `stay` a night in a hotel, `work` an
hour worked at home, `spend` a unit of money paid for goods or services."""
Status = Literal["active", "withdrawn", "variable"]
Stages = Literal["split", "direct-only", "upstream-only", "total-only", "release", "none"]
PriceBasis = Literal["purchaser", "producer", "basic", "unknown"]
"""What the buyer pays (`purchaser`), what the maker gets with (`producer`) or without (`basic`) taxes on the product."""
Confidence = Literal["official", "two-independent", "single", "inferred"]


class FactorKey(NamedTuple):
    """How the publisher names a factor. Name and unit alone will not do: nine of those stand twice."""

    category: str
    subcategory: str
    name: str
    publisher_unit: str


class SecondHand(Strict):
    """Papers of a value that was not taken from the publisher's own file."""

    list_year: int
    valid_from: date
    valid_to: date
    confidence: Confidence
    sources: Annotated[tuple[Filled, ...], Field(min_length=1)]
    note: Text


class Factor(Strict):
    """One factor. Amounts are kg CO2e per `publisher_unit` (biogenic: kg CO2), exact decimals as published.

    `kind` and `unit` name the same unit in our registry. `energy_mj` is MJ per unit, lower heating value for
    fuels. `memo` holds what a publisher prints beside the value and no calculation may use: infrastructure,
    avoided emissions, parts that are no stages. `place` is the row in the publisher's file (sheet!row).

    `uncertainty` is what the publisher says of the value: half the 95 % interval in percent of it.

    `gases` is there when the publisher splits a value: `direct`, `upstream` or `total` → column of the ledger → kg of that
    gas per unit (columns `BY_MASS`), or kg CO2e per unit (the others; `unsplit` holds what the gases leave of the value,
    such as the publisher's rounding). With the set that the publisher used (`LibraryPapers.gwp_basis`) a split gives the
    value back.

    A spend factor has the code of its `sector` (in the classification of `LibraryPapers.spend`), the `price_basis` of the money
    it is per, and whether its value holds what the trade and transport between maker and buyer cause (`margins`).
    """

    id: Filled
    nature: Nature
    category: Filled
    subcategory: str
    name: Filled
    publisher_unit: Filled
    kind: Filled
    unit: Filled
    status: Status
    total: Decimal | None = None
    direct: Decimal | None = None
    upstream: Decimal | None = None
    biogenic: Decimal | None = None
    gas: str = "unsplit"
    energy_mj: Decimal | None = None
    memo: dict[str, Decimal] = Field(default_factory=dict)
    losses: Literal["included", "excluded", "only", "unknown"] | None = None
    basis: Literal["generation", "consumption", "unknown"] | None = None
    radiative_forcing: Literal["included", "excluded", "unknown"] | None = None
    distance_rule: Literal["great-circle", "great-circle-uplift", "unknown"] | None = None
    place: Filled
    url: str
    second_hand: SecondHand | None = None
    uncertainty: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)] | None = None
    gases: dict[str, dict[str, Decimal]] = Field(default_factory=dict)
    sector: Filled | None = None
    price_basis: PriceBasis | None = None
    margins: Literal["included", "excluded", "unknown"] | None = None

    @property
    def key(self) -> FactorKey:
        """The publisher's name of this factor."""
        return FactorKey(self.category, self.subcategory, self.name, self.publisher_unit)

    @property
    def stages(self) -> Stages:
        """Which life-cycle stages the value tells apart.

        `split` has direct, upstream and total; `upstream-only` is a factor that a publisher gives for the stage before
        use alone; `release` is a gas, whose total is the direct emission; `none` has nothing to post (withdrawn or
        variable).
        """
        if self.status != "active":
            return "none"
        if self.nature == "gas":
            return "release"
        if self.total is None:
            return "upstream-only" if self.direct is None else "direct-only"
        return "total-only" if self.direct is None else "split"

    def valid_in(self, year: int) -> bool:
        """Whether it counts for that whole year; without a validity of its own it follows its library."""
        papers = self.second_hand
        return papers is None or (papers.valid_from <= date(year, 1, 1) and date(year, 12, 31) <= papers.valid_to)

    def values(self) -> Mapping[str, Decimal]:
        """Return what may be posted, by symbol (`direct`, `upstream`, `total`, `biogenic`, `energy`).

        Empty for a withdrawn factor and for a variable one, whose value comes from elsewhere.
        """
        if self.status != "active":
            return {}
        found = {
            "direct": self.direct,
            "upstream": self.upstream,
            "total": self.total,
            "biogenic": self.biogenic,
            "energy": self.energy_mj,
        }
        return {symbol: value for symbol, value in found.items() if value is not None}

    def by_gas(self, symbol: str, gwp: GwpSet) -> dict[str, Decimal]:
        """Return one value as kg CO2e per unit by column of the ledger, under the potentials of `gwp`.

        A value that the publisher splits is the kg of each gas × its potential, rounded to nine decimals:
        under another set than the publisher's the sum differs from the published value, as it should. A value that is
        given as CO2e only stays what it is, under every set: `{factor.gas: value}`.

        Args:
            symbol: `direct`, `upstream` or `total`.
            gwp: the set of the run (`catalogue.gwp.gwp_set`).

        Raises:
            KeyError: the factor has no such value to post.
        """
        value = self.values()[symbol]
        split = self.gases.get(symbol)
        if split is None:
            return {self.gas: value}
        return {gas: co2e_of(amount, gwp[gas]) if gas in BY_MASS else amount for gas, amount in split.items()}


def factor_id(key: FactorKey, list_year: int | None = None) -> str:
    """Return the id of a factor: `section/subsection/name/unit`, the same in every edition of a list.

    A second-hand library holds several years in one folder, so there the list year ends the id.
    """
    parts = [slug(part) for part in key if part]
    return "/".join(parts if list_year is None else [*parts, str(list_year)])


def slug(text: str) -> str:
    """Return a text as part of an id: lower case letters, digits and hyphens."""
    signs = text.replace("<", " lt ").replace(">", " gt ")
    plain = unicodedata.normalize("NFKD", signs).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
