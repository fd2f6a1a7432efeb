"""Kinds and units as shipped, and files of units that do not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue import units
from trede.catalogue.files import CATALOGUE
from trede.catalogue.units import unit_registry
from trede.kernel.errors import CatalogueError
from trede.kernel.quantities import UnitRegistry

SHIPPED = (CATALOGUE / "units.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> UnitRegistry:
    (tmp_path / "units.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(units, "CATALOGUE", tmp_path)
    return unit_registry.__wrapped__()


def test_every_kind_has_its_canonical_unit_and_every_unit_a_source() -> None:
    registry = unit_registry()
    for kind in registry.kinds.values():
        assert registry.require(kind.id, kind.unit).factor == 1
        assert registry.names(kind.id)[0] == kind.unit
    assert all(unit.source and unit.factor > 0 for unit in registry.units.values())


def test_every_name_finds_its_own_unit() -> None:
    registry = unit_registry()
    for (kind, _), unit in registry.units.items():
        for name in (unit.id, *unit.aliases):
            assert registry.find(kind, f" {name.upper()} ") == unit


def test_kinds_that_may_not_be_confused_are_apart() -> None:
    registry = unit_registry()
    assert registry.find("gas-volume-normal", "m3") is None
    assert registry.find("liquid-volume", "m3") != registry.find("gas-volume-normal", "Nm3")
    hours = [unit for kind in registry.kinds if (unit := registry.find(kind, "kWh"))]
    assert {"electricity", "heat"} <= {unit.kind for unit in hours}
    assert len({unit.kind for unit in hours}) == len(hours)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('factor = "3.785411784"', 'factor = "0"', "unit_factor_invalid"),
        ('factor = "3.785411784"', 'factor = "-1"', "unit_factor_invalid"),
        ('id = "l"\nfactor = "1"', 'id = "l"\nfactor = "2"', "unit_factor_invalid"),
        ('aliases = ["m³", "kubieke meter"]', 'aliases = ["Liter"]', "unit_name_twice"),
        ('id = "gal-uk"', 'id = "gal-us"', "unit_name_twice"),
        ('dimension = "volume"\nunit = "l"', 'dimension = "volume"\nunit = "dl"', "unit_unknown"),
        ('factor = "4.54609"', 'factor = "4,54609"', "field_invalid"),
        ('factor = "4.54609"\nsource', 'factor = "4.54609"\norigin', "field_invalid"),
        ('id = "gal-uk"', "id = gal-uk", "toml_unreadable"),
    ],
)
def test_a_broken_file_does_not_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, code: str
) -> None:
    assert load(tmp_path, monkeypatch, SHIPPED) == unit_registry()
    assert old in SHIPPED
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, monkeypatch, SHIPPED.replace(old, new, 1))
    assert {issue.code for issue in caught.value.issues} == {code}
