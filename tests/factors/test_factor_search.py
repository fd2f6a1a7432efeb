import pytest

from trede.catalogue.shelves import shipped_libraries
from trede.factors.search import search
from trede.factors.words import fold, near

LIBRARIES = [lib for lib in shipped_libraries().values() if lib.papers.publisher == "co2emissiefactoren"]
DUTCH = [shipped_libraries()["co2emissiefactoren-2026-08-20"]]


def found(text: str, **options) -> list[str]:
    return [hit.factor.name for hit in search(DUTCH, text, **options)]


@pytest.mark.parametrize(
    ("dutch", "english"),
    [("benzine", "petrol"), ("aardgas", "natural gas"), ("trein", "train"), ("waterstof", "hydrogen"),
     ("afvalwater", "waste water"), ("vrachtwagen", "truck")],
)  # fmt: skip
def test_dutch_and_english_words_find_the_same_factors(dutch, english):
    assert found(dutch, limit=3) == found(english, limit=3) != []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("diesel b7", "Diesel B7"),
        ("DIESEL  B7!", "Diesel B7"),
        ("petrol e10", "Benzine E10"),
        ("benzin e10", "Benzine E10"),
        ("benzien e10", "Benzine E10"),
        ("gemidelde auto", "Gemiddelde auto Brandstofsoort onbekend"),
        ("grey electricity", "Grijze Stroom"),
        ("recycling paper", "Papier en karton"),
        ("refrigerant r410a", "R410a"),
        ("flight europe", "Europees (700 - 2.500 km)"),
        ("overige olien", "Overige Oliën"),
    ],
)
def test_the_best_hit(text, first):
    assert found(text)[0] == first


@pytest.mark.parametrize("text", ["electricty", "Électricité", "elektriciteit", "power"])
def test_power_is_found_however_it_is_written(text):
    assert "Grijze Stroom" in found(text)[:3]


def test_every_word_must_be_found():
    assert found("diesel xyzzy") == []
    assert found("") == []
    assert found("r41a") == []  # a code is never taken for another code


def test_unit_and_year_narrow_the_search():
    hits = search(LIBRARIES, "stroom", year=2024)
    assert hits
    assert {hit.factor.second_hand.list_year for hit in hits} == {2024}
    assert {hit.library.id for hit in search(LIBRARIES, "stroom", year=2026)} == {DUTCH[0].id}
    assert {hit.factor.unit for hit in search(DUTCH, "diesel", unit="Liter")} == {"l"}
    assert {hit.factor.unit for hit in search(DUTCH, "diesel", unit="km")} == {"km", "pkm"}
    assert {hit.factor.unit for hit in search(DUTCH, "diesel", unit="voertuigkilometer")} == {"km"}
    assert search(DUTCH, "diesel", unit="emmer") == []


def test_values_that_cannot_be_used_come_after_those_that_can():
    hits = search(LIBRARIES, "benzine klein")
    assert [hit.factor.status for hit in hits] == ["withdrawn"]
    both = search(LIBRARIES, "diesel b7")
    assert both[0].library.papers.default
    assert not both[1].library.papers.default
    assert both[0].score > both[1].score


def test_a_hit_says_why():
    hit = search(DUTCH, "petrol e10")[0]
    assert [(r.asked, r.found, r.field, r.how) for r in hit.why] == [
        ("petrol", "benzine", "name", "synonym"),
        ("e10", "e10", "name", "exact"),
    ]
    assert 0 < hit.score <= 100


def test_the_order_does_not_depend_on_the_order_of_libraries():
    one = [(h.factor.id, h.score) for h in search(LIBRARIES, "diesel", limit=50)]
    assert one == [(h.factor.id, h.score) for h in search(LIBRARIES[::-1], "diesel", limit=50)]


def test_folding_and_nearness():
    assert fold("Overige Oliën (R-410a)") == ("overige", "olien", "r", "410a")
    assert near("benzine", "benzien")
    assert not near("gas", "gat")
    assert not near("r410a", "r411a")
