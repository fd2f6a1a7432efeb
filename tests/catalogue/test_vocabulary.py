"""Activity types: what ships is consistent, and what is not does not load."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from trede.catalogue import vocabulary as module
from trede.catalogue.accounts import chart
from trede.catalogue.bindings import bindings
from trede.catalogue.files import CATALOGUE
from trede.catalogue.vocabulary import ActivityType, Vocabulary, vocabulary
from trede.intake.fields import MAPPED, PERIOD_FIELDS
from trede.kernel.errors import CatalogueError
from trede.methods.model import shipped_methods

EACH = pytest.mark.parametrize("kind", vocabulary().types.values(), ids=lambda k: k.id)
NO_LIST = {"spend", "cold", "freight-vehicle", "hotel-stay", "water", "waste-landfill", "waste-water-volume"}
"""Types that the Dutch list does not answer: another publisher does, or a factor that somebody chooses."""
ENERGY = (CATALOGUE / "activities" / "energy.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> Vocabulary:
    folder = tmp_path / "activities"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "CATALOGUE", tmp_path)
    return vocabulary.__wrapped__()


@EACH
def test_names_in_both_languages(kind: ActivityType) -> None:
    for text in (kind.name, *(attribute.name for attribute in kind.attributes.values())):
        assert text.nl
        assert text.en


@EACH
def test_accounts_are_in_the_chart(kind: ActivityType) -> None:
    assert {group for key, group in kind.accounts.items() if key != "by"} <= set(chart().groups)


@EACH
def test_every_choice_of_attributes_has_a_factor_bound_for_every_slot(kind: ActivityType) -> None:
    if kind.posts:
        return  # its legs post as types of their own; `methods.model` checks them when it loads
    for values in itertools.product(*(attribute.values for attribute in kind.attributes.values())):
        chosen = dict(zip(kind.attributes, values, strict=True))
        assert kind.account_group(chosen) in chart().groups
        assert kind.group_of_gas("other", chosen) in chart().groups
        if kind.release is not None:
            continue  # a gas that is let go counts by its potential
        for slot in shipped_methods()[kind.method].slots if kind.id not in NO_LIST else ():
            assert bindings(kind.id, chosen, slot), (chosen, slot)


@EACH
def test_defaults_aliases_and_substitutes_are_known_values(kind: ActivityType) -> None:
    for attribute in kind.attributes.values():
        assert attribute.default is None or attribute.default in attribute.values
        assert len(attribute.values) == len(set(attribute.values))
    for rule in kind.substitute:
        assert all(value in kind.attributes[name].values for name, value in rule.set.items())
    named = [alias.requires for alias in kind.unit_aliases.values()] + [rule.when for rule in kind.substitute]
    for choices in (*named, kind.needs_factor):
        assert all(set(values) <= set(kind.attributes[name].values) for name, values in choices.items())


@EACH
def test_no_attribute_has_the_name_of_a_field(kind: ActivityType) -> None:
    """A profile names fields and attributes in one table: one name must not mean both."""
    assert not set(kind.attributes) & {*MAPPED.names, *PERIOD_FIELDS}


def test_the_purpose_of_a_journey_is_never_guessed() -> None:
    """An unknown purpose is an issue (accounting rules, section 4); only flights are business unless said otherwise."""
    for kind in vocabulary().types.values():
        if "purpose" in kind.attributes and kind.id != "travel-air":
            assert kind.attributes["purpose"].default is None


@pytest.mark.parametrize("kind", ["natural-gas", "green-gas"])
def test_a_cubic_metre_of_gas_must_be_said_to_be_billed_or_metered(kind: str) -> None:
    gas = vocabulary()[kind]
    assert gas.find_unit("m3", {}) is None
    billed = gas.find_unit(" M3 ", {"reading": "billed"})
    assert billed is not None
    assert billed.id == "Nm3"
    assert gas.find_unit("m3", {"reading": "meter"}) == billed
    assert [gas.factor_asked_by({"reading": reading}) for reading in ("billed", "meter")] == [None, "reading"]
    assert gas.attributes["reading"].default is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "liquid-volume"', 'kind = "liquid"'),
        ('by = "fuel"', 'by = "fuels"'),
        ('gtl = "mobile-combustion.diesel"\n', ""),
        ('lpg = "mobile-combustion.lpg"', 'lpg = "mobile-combustion.lpg"\nkerosene = "mobile-combustion.diesel"'),
        ('always = "purchased-electricity.buildings"', 'always = "purchased-electricity.buildings"\nby = "x"'),
        ('issue = "renewable_without_evidence"', 'code = "renewable_without_evidence"'),
        ('values = ["billed", "meter"]', 'value = ["billed", "meter"]'),
    ],
)
def test_a_broken_type_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    assert "natural-gas" in load(tmp_path, monkeypatch, energy=ENERGY)
    assert old in ENERGY
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, monkeypatch, energy=ENERGY.replace(old, new, 1))
    assert {issue.code for issue in caught.value.issues} == {"field_invalid"}
    assert {issue.location.file for issue in caught.value.issues} == {"energy.toml"}


def test_a_type_in_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, monkeypatch, energy=ENERGY, more=ENERGY)
    assert [issue.code for issue in caught.value.issues] == ["id_twice"]
