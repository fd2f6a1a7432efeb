"""Transport that is counted twice: by distance beside the carrier's fuel, and of waste beside a treatment with its collection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_samples import activity

from trede.activity.records import RECORD
from trede.analysis.findings import Finding, find_double_counts
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period

KINDS = {known.id: known.kind for known in vocabulary().types.values()}
Find = Callable[..., list[Finding]]
MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def record(
    ident: str, kind: str, unit: str, day: date = MAY, figures: dict[str, str] | None = None, **more: Any
) -> Any:
    inputs = canonical_json(figures).decode() if figures else None
    return {"record_id": ident, **activity(kind, "10", unit, start=day, end=day, inputs=inputs, **more)}


def shipment(ident: str, **more: Any) -> Any:
    return record(ident, "freight-shipment", "t", figures={"distance": "120"}, mode="truck-articulated", **more)


def litres(ident: str, **more: Any) -> Any:
    return record(ident, "freight-fuel", "l", fuel="diesel-b7", delivery="none", allocation="whole", **more)


def away(ident: str, **more: Any) -> Any:
    return record(ident, "waste-transport", "t", figures={"distance": "40"}, mode="truck-10-20t", **more)


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Find double counts among records of one batch."""

    def found(*records: Any) -> list[Finding]:
        path = tmp_path / "batch.parquet"
        pq.write_table(pa.Table.from_pylist(list(records), schema=RECORD), path)
        return find_double_counts([Input("batch", path)], Period.parse("2024"), KINDS, tmp_path)

    return found


def test_a_shipment_beside_the_fuel_of_the_same_document(find: Find) -> None:
    [finding] = find(shipment("s", document="CMR-7"), litres("f", document="CMR-7"), litres("other", document="CMR-8"))

    assert (finding.code, finding.records, finding.beside) == ("distance_beside_carrier_fuel", ("s",), ("f",))
    assert finding.facts == {"shared": "CMR-7"}
    assert (finding.quantity, finding.unit) == (Decimal(1200), "tkm")


def test_kilometres_of_a_hired_truck_beside_its_power(find: Find) -> None:
    driven = record("k", "freight-vehicle", "km", mode="truck-rigid", vehicle="v")
    [finding] = find(driven, record("p", "freight-power", "kWh", allocation="whole", vehicle="v"))

    assert (finding.code, finding.facts) == ("distance_beside_carrier_fuel", {"shared": "v"})


@pytest.mark.parametrize("fuel", ["freight-fuel", "fuel-vehicle"], ids=["of the carrier", "of an own truck"])
def test_a_shipment_beside_the_litres_of_its_truck_is_found_once(find: Find, fuel: str) -> None:
    facts = {"allocation": "whole"} if fuel == "freight-fuel" else {"control": "controlled"}
    tanked = record("f", fuel, "l", fuel="diesel-b7", delivery="none", vehicle="v", document="A", **facts)
    [finding] = find(shipment("s", vehicle="v", document="A"), tanked)

    assert (finding.code, finding.records) == ("kilometres_beside_litres", ("s",))


@pytest.mark.parametrize(
    "records",
    [
        (shipment("s", document="A"), litres("f", document="B")),
        (shipment("s", vehicle="v"), litres("f", vehicle="v", day=JUNE)),
        (shipment("s"), litres("f")),
        (
            shipment("s", document="A"),
            record("own", "fuel-vehicle", "l", document="A", fuel="diesel-b7", control="controlled"),
        ),
    ],
    ids=["another document", "another month", "nothing in common", "fuel of the organisation itself"],
)
def test_transport_that_is_no_double_count(find: Find, records: tuple[Any, ...]) -> None:
    assert find(*records) == []


def test_transport_of_waste_beside_its_treatment(find: Find) -> None:
    burned = record("w", "waste", "t", stream="residual-energy", site="hq")
    [finding] = find(away("t", site="hq"), burned)

    assert (finding.code, finding.records, finding.beside) == ("waste_transport_beside_treatment", ("t",), ("w",))
    assert finding.facts == {"site": "hq"}


@pytest.mark.parametrize(
    "other",
    [
        record("w", "waste", "t", stream="residual-energy", site="plant"),
        record("w", "waste", "t", stream="residual-energy", site="hq", day=JUNE),
        record("w", "product-end-of-life", "t", figures={"share_landfilled": "1"}, material="glass", site="hq"),
    ],
    ids=["another site", "another month", "products sold"],
)
def test_transport_of_waste_alone(find: Find, other: Any) -> None:
    assert find(away("t", site="hq"), other) == []
