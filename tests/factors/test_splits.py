from decimal import Decimal

import pytest
from factor_sentences import say
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import Factor, LibraryPapers, build_library
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.splits import read_split, split_by_mass, write_split
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location

DUTCH = shipped_libraries()["co2emissiefactoren-2026-08-20"]
HASHES = {
    "co2emissiefactoren-2026-08-20": "4816c2739d576d8b43ef13f00e2039e2ddb2708510d1a5ea71421c509ba0ab2b",
    "co2emissiefactoren-secondhand": "8072b092c4c42a4c9d49f3a1a5f93b37471cbd1a29bf9b5ebfb03fbde8dde03d",
}
E10 = DUTCH.find(
    "Brandstoffen voertuigen en schepen", "Fossiele brandstoffen met bio-bijmenging", "Benzine E10", "liter"
)
SPLIT = {"direct": {"co2": Decimal("2.1"), "ch4": Decimal("0.0001"), "unsplit": Decimal("0.0363")}}
"""2.1 + 0.0001 × 27 + 0.0363 = 2.139, the direct value of the factor, under AR6."""

published = st.decimals("0", "5000", places=5)


def with_gases(gases: dict[str, dict[str, Decimal]]) -> Factor:
    return E10.model_copy(update={"gases": gases})


def broken(gases, papers: LibraryPapers = DUTCH.papers) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        build_library(papers, [(Location("x", 2), with_gases(gases))])
    for issue in caught.value.issues:
        say(issue)
    assert {(issue.location.row, issue.location.column) for issue in caught.value.issues} == {(2, "gases")}
    return [issue.code for issue in caught.value.issues]


@pytest.mark.parametrize("name", HASHES)
def test_libraries_without_a_split_keep_their_hash(name):
    assert shipped_libraries()[name].content_hash == HASHES[name]


def test_a_split_changes_the_hash():
    def build(factor):
        return build_library(DUTCH.papers, [(Location("x", 2), factor)])

    assert build(with_gases(SPLIT)).content_hash != build(E10).content_hash


def test_a_value_without_a_split_stays_in_its_column_under_every_set():
    sulphur = next(f for f in DUTCH.factors.values() if f.gas == "sf6")
    for name in ("AR4", "AR6"):
        assert E10.by_gas("direct", gwp_set(name)) == {"unsplit": Decimal("2.139")}
        assert sulphur.by_gas("total", gwp_set(name)) == {"sf6": sulphur.total}


def test_a_split_follows_the_set_and_what_is_not_split_does_not():
    factor = with_gases(SPLIT)
    assert sum(factor.by_gas("direct", gwp_set("AR6")).values()) == factor.direct
    assert factor.by_gas("direct", gwp_set("AR4")) == {
        "co2": Decimal("2.1"), "ch4": Decimal("0.0025"), "unsplit": Decimal("0.0363"),
    }  # fmt: skip
    assert factor.by_gas("upstream", gwp_set("AR4")) == {"unsplit": factor.upstream}


def test_a_value_that_is_not_there_is_no_zero():
    with pytest.raises(KeyError):
        E10.model_copy(update={"upstream": None}).by_gas("upstream", gwp_set("AR6"))


@given(published, published, published, published, st.sampled_from(["AR4", "AR5", "AR6"]))
def test_kilograms_of_gas_give_the_published_figures_back(value, co2, ch4, n2o, name):
    parts = {"co2": co2, "ch4": ch4, "n2o": n2o}
    gases = split_by_mass(value, parts, gwp_set(name))
    if not any(parts.values()):
        assert gases == {}
        return
    factor = E10.model_copy(update={"direct": value, "gases": {"direct": gases}})
    again = factor.by_gas("direct", gwp_set(name))
    assert {gas: again.get(gas, 0) for gas in parts} == parts
    assert sum(again.values()) == value
    assert read_split(write_split({"direct": gases})) == {"direct": {g: format(v, "f") for g, v in gases.items()}}


@pytest.mark.parametrize(
    ("gases", "code"),
    [
        ({"direct": {"co2": Decimal("2.1")}}, "factor_gases_do_not_add"),
        ({"direct": {"co2": Decimal("2.139"), "argon": Decimal(0)}}, "factor_gases_unknown"),
        ({"direct": {"co2": Decimal("-1"), "unsplit": Decimal("3.139")}}, "factor_gases_negative"),
        ({"biogenic": {"co2": Decimal("0.149")}}, "factor_gases_without_value"),
        ({"sideways": {"co2": Decimal(1)}}, "factor_gases_without_value"),
    ],
)
def test_a_split_that_is_wrong_is_refused(gases, code):
    assert broken(gases) == [code]


def test_a_split_needs_a_gwp_set():
    assert broken(SPLIT, DUTCH.papers.model_copy(update={"gwp_basis": "unknown"})) == ["factor_gases_without_basis"]
