"""Each standard maps every account exactly once, or it does not load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trede.catalogue.accounts import chart
from trede.catalogue.files import CATALOGUE
from trede.catalogue.standards import Standard, find_standard, load_standard, standards
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue

FILES = sorted((CATALOGUE / "standards").glob("*.toml"))
EACH_FILE = pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
EACH = pytest.mark.parametrize("standard", standards().values(), ids=lambda s: s.short)
LADDER, GHG = FILES[0], FILES[1]


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[Path, str, str], list[Issue]]:
    """Return a function that loads a changed copy and gives the issues."""

    def load(path: Path, old: str, new: str) -> list[Issue]:
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, old
        copy = tmp_path / path.name
        copy.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(CatalogueError) as caught:
            load_standard(copy)
        assert {issue.location.file for issue in caught.value.issues} == {path.name}
        return list(caught.value.issues)

    return load


def codes(issues: list[Issue]) -> set[str]:
    return {issue.code for issue in issues}


@EACH
def test_every_account_is_mapped_once(standard: Standard) -> None:
    assert set(standard.heading_of) | set(standard.reason_of) == set(chart().accounts)
    assert not set(standard.heading_of) & set(standard.reason_of)
    assert set(standard.heading_of.values()) <= {heading.id for heading in standard.headings}


@EACH
def test_every_heading_and_reason_is_named_in_both_languages(standard: Standard) -> None:
    texts = [standard.name, standard.note, *(h.name for h in standard.headings), *standard.reason_of.values()]
    assert all(text.nl and text.en for text in texts)
    assert standard.source.startswith("https://")
    assert standard.bases


@EACH
def test_accounts_under_headings_are_a_partition(standard: Standard) -> None:
    tops = [heading.id for heading in standard.headings if heading.parent is None]
    under = [account for top in tops for account in standard.accounts_under(top)]
    assert sorted(under) == sorted(standard.heading_of)
    for heading in standard.headings:
        if heading.parent is not None:
            assert set(standard.accounts_under(heading.id)) < set(standard.accounts_under(heading.parent)) | {""}


@EACH_FILE
def test_each_pattern_is_needed(tmp_path: Path, path: Path) -> None:
    """Without any one of its patterns a standard does not load: some account would stand nowhere."""
    text = path.read_text(encoding="utf-8")
    patterns = [p for h in load_standard(path).headings for p in h.accounts]
    assert patterns
    for pattern in patterns:
        copy = tmp_path / path.name
        without = (
            text.replace(f'"{pattern}", ', "", 1) if f'"{pattern}", ' in text else text.replace(f'"{pattern}"', "", 1)
        )
        copy.write_text(without.replace(", ]", "]"), encoding="utf-8")
        with pytest.raises(CatalogueError) as caught:
            load_standard(copy)
        assert codes(list(caught.value.issues)) == {"account_not_mapped"}, pattern


def test_a_forgotten_account_is_named(broken) -> None:
    issues = broken(LADDER, '"commuting.*"', '"commuting.car.*", "commuting.rail.*", "commuting.air.*"')
    assert codes(issues) == {"account_not_mapped"}
    named = {str(issue.values["account"]) for issue in issues}
    kept = ("commuting.car.", "commuting.rail.", "commuting.air.")
    assert named == {a for a in chart().accounts if a.startswith("commuting.") and not a.startswith(kept)}


def test_an_account_mapped_twice_is_named_with_both_headings(broken) -> None:
    issues = broken(GHG, '"commuting.*"', '"commuting.*", "business-travel.air.direct"')
    assert [(issue.code, issue.values) for issue in issues] == [
        ("account_mapped_twice", {"account": "business-travel.air.direct", "headings": ["scope-3.6", "scope-3.7"]})
    ]


def test_an_account_both_under_a_heading_and_left_out(broken) -> None:
    issues = broken(
        GHG, '"mobile-combustion.*.rounding"', '"mobile-combustion.*.rounding", "mobile-combustion.lpg.direct"'
    )
    assert codes(issues) == {"account_mapped_twice"}


def test_a_pattern_that_matches_nothing(broken) -> None:
    issues = broken(LADDER, '"commuting.*"', '"commuting.*", "comuting.*"')
    assert [(issue.code, issue.values) for issue in issues] == [
        ("pattern_matches_nothing", {"pattern": "comuting.*", "heading": "scope-3.commuting"})
    ]


@pytest.mark.parametrize("parent", ["scope-9", "scope-3.7"])
def test_a_parent_that_does_not_stand_before(broken, parent: str) -> None:
    assert "parent_unknown" in codes(broken(GHG, 'parent = "scope-1"', f'parent = "{parent}"'))


def test_a_heading_named_twice(broken) -> None:
    assert "id_twice" in codes(broken(LADDER, 'id = "scope-2"', 'id = "scope-1"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('short = "ladder"', 'short = "ladder"\nscope = 1'),
        ("verified = false", ""),
        ('bases = ["market"]', 'bases = ["residual"]'),
        ('name = { nl = "Scope 1", en = "Scope 1" }', 'name = { nl = "Scope 1" }'),
        ('source = "https://www.co2-prestatieladder.nl/"', ""),
    ],
)
def test_unknown_keys_and_missing_papers(broken, old: str, new: str) -> None:
    assert codes(broken(LADDER, old, new)) == {"field_invalid"}


def test_found_by_id_and_by_short_name() -> None:
    for standard in standards().values():
        assert find_standard(standard.id) is find_standard(standard.short) is standard
    with pytest.raises(CatalogueError) as caught:
        find_standard("ghgg")
    assert codes(list(caught.value.issues)) == {"standard_unknown"}


def test_an_unknown_heading() -> None:
    with pytest.raises(CatalogueError) as caught:
        find_standard("ghg").heading("scope-4")
    assert codes(list(caught.value.issues)) == {"heading_unknown"}


# --- what the accounting rules say of single accounts ---

RULES = [
    ("mobile-combustion.petrol.direct", "scope-1", "scope-1.mobile"),
    ("mobile-combustion.petrol.upstream", "scope-1", "scope-3.3"),
    ("mobile-combustion.petrol.rounding", "scope-1", None),
    ("mobile-combustion.petrol.lifecycle", "scope-1", "scope-1-not-separable"),
    ("stationary-combustion.natural-gas.direct", "scope-1", "scope-1.stationary"),
    ("purchased-electricity.vehicles.direct", "scope-2", "scope-2"),
    ("purchased-electricity.buildings.upstream", "scope-2", "scope-3.3"),
    ("purchased-electricity.buildings.rounding", "scope-2", None),
    ("business-travel.air.rounding", "business-travel", "scope-3.6"),
    ("business-travel.car.upstream", "business-travel", "scope-3.6"),
    ("commuting.car.direct", "scope-3.commuting", "scope-3.7"),
    ("commuting.rail.rounding", "scope-3.commuting", "scope-3.7"),
    ("mobile-combustion.machinery.direct", "scope-1", "scope-1.mobile"),
    ("stationary-combustion.wood.upstream", "scope-1", "scope-3.3"),
    ("purchased-cold.direct", "scope-2", "scope-2"),
    ("purchased-electricity.certificates-sold.upstream", "scope-2", "scope-3.3"),
    ("business-travel.hired-car.direct", "business-travel", "scope-3.6"),
    ("subcontractor-travel.car.direct", "scope-3.subcontractors", "scope-3.1"),
    ("subcontractor-travel.rail.rounding", "scope-3.subcontractors", "scope-3.1"),
    ("hotel.business.lifecycle", "scope-3.hotel", "scope-3.6"),
    ("hotel.subcontractor.lifecycle", "scope-3.subcontractors", "scope-3.1"),
    ("freight.road.rounding", "scope-3.freight", "scope-3.4"),
    ("waste.recycling.lifecycle", "scope-3.waste", "scope-3.5"),
    ("waste.water.lifecycle", "scope-3.waste", "scope-3.5"),
    ("water-supply.lifecycle", "scope-3.water", "scope-3.1"),
]


@pytest.mark.parametrize(("account", "ladder", "ghg"), RULES)
def test_where_an_account_stands(account: str, ladder: str, ghg: str | None) -> None:
    assert find_standard("ladder").heading_of[account] == ladder
    assert find_standard("ghg").heading_of.get(account) == ghg


def test_the_ladder_reads_the_market_basis_only_and_ghg_both() -> None:
    assert find_standard("ladder").bases == ("market",)
    assert find_standard("ghg").bases == ("location", "market")
    assert not find_standard("ladder").verified
