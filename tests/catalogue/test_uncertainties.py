"""The set of uncertainties: every figure has its source, names what exists, and what has no figure is unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trede.catalogue.accounts import chart
from trede.catalogue.files import CATALOGUE
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.uncertainties import PARTS, _File, read_uncertainties, uncertainties
from trede.catalogue.units import unit_registry
from trede.intake.fields import QUALITIES
from trede.kernel.errors import CatalogueError
from trede.kernel.models import read_toml, validate

SET = uncertainties()
NAME = "default-1.toml"
LIST = shipped_libraries()["co2emissiefactoren-2026-08-20"]


def text() -> str:
    return (CATALOGUE / "uncertainties" / NAME).read_text("utf-8")


def test_figures_name_what_exists() -> None:
    kinds, groups = set(unit_registry().kinds), {account.group for account in chart().accounts.values()}
    for entry in SET.activities:
        assert set(entry.kinds) <= kinds
        assert set(entry.qualities) <= set(QUALITIES)
    for entry in SET.factors:
        assert set(entry.kinds) <= kinds
        assert set(entry.groups) <= groups


def test_figures_are_whole_ten_thousandths() -> None:
    for entry in (*SET.activities, *SET.factors):
        assert entry.percent * PARTS / 100 == entry.parts
    assert [e.parts for e in SET.activities if e.id == "pump"] == [50]


def test_every_figure_is_found_by_its_name() -> None:
    for entry in (*SET.activities, *SET.factors):
        assert SET.find(SET.ref(entry)) == entry
        assert entry.source in SET.sources
    assert SET.find("default-0#pump") is None


def test_an_activity_by_quality() -> None:
    assert {q: e.id for q, e in SET.of_activity("electricity").items()} == {"measured": "electricity-meter"}
    assert set(SET.of_activity("liquid-volume")) == {"measured", "estimated", "extrapolated"}
    assert SET.of_activity("vehicle-distance") == {}


@pytest.mark.parametrize(
    ("name", "group", "expected"),
    [
        ("Benzine E10", "mobile-combustion.petrol", "road-fuel"),
        ("Biodiesel HVO", "mobile-combustion.biodiesel", "biofuel"),
        ("LPG", "mobile-combustion.lpg", "lpg"),
    ],
)
def test_a_factor_takes_the_first_that_fits(name: str, group: str, expected: str) -> None:
    factor = next(f for f in LIST.factors.values() if f.name.startswith(name) and f.kind == "liquid-volume")
    found = SET.of_factor(factor, group)
    assert found is not None
    assert found.id == expected


def test_a_flight_goes_by_its_paper() -> None:
    flight = next(f for f in LIST.factors.values() if f.nature == "air")
    ids = {}
    for paper in ("included", "excluded", "unknown"):
        found = SET.of_factor(flight.model_copy(update={"radiative_forcing": paper}), "business-travel.air")
        ids[paper] = found.id if found else None
    assert ids == {"included": "air-with-contrails", "excluded": "air-without-contrails", "unknown": None}


def test_what_has_no_figure_is_unknown() -> None:
    waste = next(f for f in LIST.factors.values() if f.nature == "waste")
    assert SET.of_factor(waste, "waste") is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('source = "mid-2014-32"', 'source = "hearsay"', "uncertainty_source_unknown"),
        ('id = "gas-meter"', 'id = "pump"', "id_twice"),
        ("percent = 0.5", "percent = 0", "field_invalid"),
        ('place = "annex VII', 'remark = "annex VII', "field_invalid"),
    ],
)
def test_a_figure_without_papers_does_not_load(old: str, new: str, code: str) -> None:
    assert old in text()
    with pytest.raises(CatalogueError) as caught:
        read_uncertainties(validate(_File, read_toml(text().replace(old, new, 1).encode(), NAME), NAME), NAME)
    assert code in {issue.code for issue in caught.value.issues}


def test_the_hash_sees_every_figure() -> None:
    changed = text().replace("percent = 0.5", "percent = 0.6", 1)
    again = read_uncertainties(validate(_File, read_toml(changed.encode(), NAME), NAME), NAME)
    assert again.to_json() != SET.to_json()
    assert again.activities[0].percent == Decimal("0.6")
