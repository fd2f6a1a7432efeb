"""Sides made by hand: activities, a list of their own, and the run that they give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from engine_samples import LIST, mapped, petrol, pin, shelf

from trede.activity.records import identify
from trede.analysis.bridge import CAUSES, Bridge, Steps
from trede.analysis.measuring import Place, Side
from trede.catalogue.factor import Factor
from trede.catalogue.gwp import DEFAULT_GWP
from trede.catalogue.library import Library, build_library
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.cutting import Cutting
from trede.engine.runs import Run
from trede.factors.matching import Shelf
from trede.kernel.issues import Location
from trede.kernel.periods import Period
from trede.methods.model import Methods, shipped_methods

SHIPPED = shipped_libraries()[LIST]
PETROL = "Benzine E10"


def edition(name: str, change: Callable[[int, Factor], Factor | None]) -> Library:
    """Return the shipped list under another name with factors changed, or left out."""
    factors = [change(n, factor) for n, factor in enumerate(SHIPPED.factors.values())]
    known = "published" if any(factor and factor.uncertainty for factor in factors) else "not-published"
    papers = SHIPPED.papers.model_copy(update={"id": name, "uncertainty": known})
    return build_library(papers, [(Location(), factor) for factor in factors if factor is not None])


def raised(factor: Factor, by: Decimal) -> Factor:
    """Return a factor whose direct stage (or whole, when it is not split) and total are higher."""
    if factor.total is None or factor.memo or factor.nature == "gas":
        return factor
    direct = None if factor.direct is None else factor.direct + by
    return factor.model_copy(update={"direct": direct, "total": factor.total + by})


def petrol_at(direct: str, upstream: str) -> Library:
    """Return the shipped list with other values for petrol, whose total is their sum."""
    values = {"direct": Decimal(direct), "upstream": Decimal(upstream), "total": Decimal(direct) + Decimal(upstream)}
    return edition(
        f"petrol-{direct}-{upstream}",
        lambda _, factor: factor.model_copy(update=values) if factor.name == PETROL else factor,
    )


def on(library: Library, *years: int) -> Shelf:
    """Pin one list for years; nothing else is at hand."""
    return shelf(pin(*years, library=library.id), libraries=[library])


def side(
    folder: Path, rows: Iterable[dict[str, Any]], period: Period | int, shelf_: Shelf, made_at: str = "1",
    methods: Methods | None = None, cutting: Cutting | None = None, gwp: str = DEFAULT_GWP,
) -> Side:  # fmt: skip
    """Record rows, calculate them over a period, and return the whole run as a side."""
    covered = Period.year(period) if isinstance(period, int) else period
    path = folder / "records.parquet"
    pq.write_table(identify(mapped(rows), "test"), path)
    inputs = [Input("batch", path)]
    settings = cutting or Cutting()
    result = compute(
        inputs, covered, vocabulary(), methods or shipped_methods(), shelf_, folder, cutting=settings, gwp=gwp
    )
    spec = {"period": str(covered), "cutting": settings.to_json(), "decisions": [], "gwp": gwp}
    run = Run(f"run-{made_at}", folder, spec, result.to_json(), {"made_at": made_at})
    return Side(run, covered, inputs)


def narrowed(found: Side, period: str) -> Side:
    """Return a part of a side's period."""
    return replace(found, period=Period.parse(period))


def litres(quantity: str, year: int, **given: Any) -> dict[str, Any]:
    """Return a fill of petrol in March of a year."""
    return petrol(quantity, when=date(year, 3, 14), **given)


def everything(bridge: Bridge) -> Steps:
    """Return the bridge of the whole ledger, both bases of electricity together."""
    return bridge.total(lambda _: True)


def causes(steps: Steps) -> dict[str, int]:
    """Return the causes that have an amount."""
    return {cause: mg for cause, mg in steps.causes.items() if mg}


def by_account(bridge: Bridge) -> dict[tuple[str, str], Steps]:
    """Return the bridge of each account and basis."""
    return bridge.group(lambda place: (place.account, place.basis))


def ledger_sums(found: Side) -> dict[tuple[str, str], int]:
    """Add a side's ledger up by account and basis in plain Python."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in found.run.table("ledger").to_pylist():
        sums[row["account"], row["basis"]] += row["co2e"]
    return {key: mg for key, mg in sums.items() if mg}


GROUPINGS: Mapping[str, Callable[[Place], Any]] = {
    "account": lambda place: place.account,
    "stage and basis": lambda place: (place.stage, place.basis),
    "site": lambda place: (place.site,),
    "entity": lambda place: place.entity,
    "activity type": lambda place: place.activity_type,
    "plan key": lambda place: place[-4:],
    "place": lambda place: place,
}


def added(parts: Sequence[Steps]) -> Steps:
    """Add bridges up, the plain way."""
    sums = {cause: sum(part.causes[cause] for part in parts) for cause in CAUSES}
    return Steps(sum(part.before for part in parts), sums, sum(part.after for part in parts))
