from datetime import date
from decimal import Decimal

import pytest
from factor_sentences import say

from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import (
    Factor,
    Library,
    LibraryPapers,
    SecondHand,
    build_library,
    factor_id,
    load_library,
    write_library,
)
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.errors import CatalogueError, StoreError
from trede.kernel.issues import Location

NL2026 = "co2emissiefactoren-2026-08-20"
SECOND_HAND = "co2emissiefactoren-secondhand"


@pytest.fixture
def dutch() -> Library:
    return shipped_libraries()[NL2026]


@pytest.fixture
def folder(tmp_path, dutch):
    write_library(dutch, tmp_path / dutch.id)
    return tmp_path / dutch.id


def codes(caught) -> set[str]:
    for issue in caught.value.issues:
        say(issue)
    return {issue.code for issue in caught.value.issues}


def remake(library: Library, change) -> Library:
    rows = [(Location("x", n), change(f)) for n, f in enumerate(library.factors.values(), 2)]
    return build_library(library.papers, rows)


# --- what ships ---


def test_the_dutch_list_of_2026_is_whole(dutch):
    factors = list(dutch.factors.values())
    rounding = [f for f in factors if f.stages == "split" and f.total - f.direct - f.upstream != 0]
    assert len(factors) == 229
    assert len(rounding) == 8
    assert sum(f.stages == "direct-only" for f in factors) == 24
    assert sum(f.status == "withdrawn" for f in factors) == 13
    assert [f.name for f in factors if f.status == "variable"] == ["Stroometiket"]
    assert max(abs(f.total - f.direct - f.upstream) for f in rounding) == Decimal("0.003")


def test_rows_of_the_posting_examples(dutch):
    def values(*key):
        return {k: str(v) for k, v in dutch.find(*key).values().items()}

    fuels = "Brandstoffen voertuigen en schepen"
    blend = "Fossiele brandstoffen met bio-bijmenging"
    assert values(fuels, blend, "Benzine E10", "liter") == {
        "direct": "2.139", "upstream": "0.655", "total": "2.794", "biogenic": "0.149", "energy": "31.31",
    }  # fmt: skip
    assert values(fuels, "Hernieuwbare brandstoffen", "Biodiesel HVO", "liter")["biogenic"] == "2.446"
    assert values("Elektriciteit", "", "Grijze Stroom", "kWh")["total"] == "0.483"
    assert values("Personenvervoer", "Vliegtuig", "Europees (700 - 2.500 km)", "reizigerskilometer") == {
        "direct": "0.152", "upstream": "0.021", "total": "0.172", "energy": "1.01",
    }  # fmt: skip


def test_waste_posts_its_total_and_memo_values_are_never_posted(dutch):
    waste = [f for f in dutch.factors.values() if f.nature in ("waste", "wastewater")]
    assert len(waste) == 31
    assert all(set(f.values()) == {"total"} for f in waste)
    assert all("infrastructure" in f.memo for f in dutch.factors.values() if f.nature == "energy"
               and f.kind == "electricity" and f.status == "active")  # fmt: skip


def test_gases_name_their_ledger_column(dutch):
    gas = {f.name: f.gas for f in dutch.factors.values() if f.nature == "gas"}
    expected = {
        "R134a": "hfc", "R410a": "hfc", "R22": "other", "R744 CO2": "co2", "Lachgas (N2O)": "n2o",
        "Methaan (CH4) niet fossiel": "ch4", "Stikstof trifluoride (NF3)": "nf3",
        "Zwavel Hexafluoride (SF6)": "sf6", "Desfluraan (HFE-236ea2)": "other", "R290 Propaan": "other",
    }  # fmt: skip
    assert {name: gas[name] for name in expected} == expected
    assert all(f.gas == "unsplit" for f in dutch.factors.values() if f.nature != "gas")
    assert all(f.stages == "release" for f in dutch.factors.values() if f.nature == "gas")


def test_name_and_unit_alone_are_not_enough(dutch):
    pairs = [(f.name, f.publisher_unit) for f in dutch.factors.values()]
    assert len({p for p in pairs if pairs.count(p) > 1}) == 9


def test_second_hand_values_are_off_and_carry_their_own_papers():
    library = shipped_libraries()[SECOND_HAND]
    assert library.papers.default is False
    assert shipped_libraries()[NL2026].papers.default is True
    for factor in library.factors.values():
        papers = factor.second_hand
        assert papers is not None
        assert papers.sources
        assert papers.note.nl != papers.note.en
        assert factor.id.endswith(f"/{papers.list_year}")


def test_second_hand_values_hold_nothing_derived():
    library = shipped_libraries()[SECOND_HAND]
    grey = ("Elektriciteit", "", "Grijze Stroom", "kWh")
    assert [f.second_hand.list_year for f in library.find_all(*grey)] == [2017, 2019, 2024, 2025]
    assert library.find(*grey, year=2022) is None
    assert library.find(*grey, year=2024).total == Decimal("0.536")


def test_a_retroactive_value_counts_from_the_year_it_was_announced_for():
    library = shipped_libraries()[SECOND_HAND]
    key = (
        "Brandstoffen voertuigen en schepen",
        "Fossiele brandstoffen met bio-bijmenging",
        "Diesel B7",
        "liter",
    )
    assert library.find(*key, year=2020).total == Decimal("3.262")
    assert library.find(*key, year=2019) is None


def test_a_name_of_several_years_without_a_year_is_an_error():
    library = shipped_libraries()[SECOND_HAND]
    with pytest.raises(CatalogueError) as caught:
        library.find("Elektriciteit", "", "Grijze Stroom", "kWh")
    assert codes(caught) == {"factor_ambiguous"}


def test_the_validity_of_an_official_list_does_not_hide_its_factors(dutch):
    assert dutch.find("Elektriciteit", "", "Grijze Stroom", "kWh", year=2022) is not None
    assert dutch.find("Elektriciteit", "", "Grijze Stroom", "MWh") is None


def test_ids_are_stable_slugs(dutch):
    assert factor_id(("Personenvervoer", "Vliegtuig", "Regionaal (<700 km)", "reizigerskilometer")) == (
        "personenvervoer/vliegtuig/regionaal-lt-700-km/reizigerskilometer"
    )
    assert "elektriciteit/grijze-stroom/kwh" in dutch.factors


# --- files ---


@pytest.mark.parametrize("name", [NL2026, SECOND_HAND])
def test_round_trip_gives_the_same_library_and_bytes(tmp_path, name):
    library = load_library(CATALOGUE / "factors" / name)
    write_library(library, tmp_path / name)
    again = load_library(tmp_path / name)
    assert again == library
    assert again.content_hash == library.content_hash
    for file in ("library.toml", "factors.csv"):
        assert (tmp_path / name / file).read_bytes() == (CATALOGUE / "factors" / name / file).read_bytes()


def test_an_edition_is_never_written_over(folder, dutch):
    with pytest.raises(StoreError):
        write_library(dutch, folder)


@pytest.mark.parametrize("paper", [name for name, field in LibraryPapers.model_fields.items() if field.is_required()])
def test_a_library_that_lacks_a_paper_does_not_load(folder, paper):
    path = folder / "library.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f"{paper} =")]
    assert len(kept) == len(lines) - 1
    path.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_library(folder)
    assert [(i.code, i.location.column) for i in caught.value.issues] == [("field_invalid", paper)]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('geography = "NL"', 'geography = ""', "field_invalid"),
        ('geography = "NL"', 'geography = "NL"\ncolour = "green"', "field_invalid"),
        ("valid_to = 2026-12-31", "valid_to = 2025-12-31", "library_validity_reversed"),
        ('gwp_basis = "AR6"', 'gwp_basis = "AR7"', "field_invalid"),
    ],
)
def test_papers_that_are_wrong_do_not_load(folder, old, new, code):
    path = folder / "library.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_library(folder)
    assert codes(caught) == {code}


def test_an_official_library_names_the_publishers_file(folder):
    path = folder / "library.toml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "source_file" not in line), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_library(folder)
    assert codes(caught) == {"library_source_file_missing"}


@pytest.mark.parametrize(
    ("old", "new", "code", "row"),
    [
        ("2.794,2.139,0.655", "2.798,2.139,0.655", "factor_does_not_add", 13),
        ("2.794,2.139,0.655", "NaN,2.139,0.655", "field_invalid", 13),
        ("2.794,2.139,0.655", "2.794,2.139", "table_row_width", 13),
        ("id,nature,", "ident,nature,", "table_columns_differ", 1),
        ("benzine-e10/liter,fuel", "benzine-e95/liter,fuel", "factor_id_differs", 13),
        (
            "Benzine E10,liter,liquid-volume,l",
            "Benzine E10,liter,liquid-volume,kWh",
            "factor_unit_unknown",
            13,
        ),
    ],
)
def test_a_changed_table_names_its_row(folder, old, new, code, row):
    path = folder / "factors.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_library(folder)
    assert [(i.code, i.location.row) for i in caught.value.issues] == [(code, row)]
    assert caught.value.issues[0].location.file == f"{NL2026}/factors.csv"


def test_missing_files_and_a_wrong_folder_are_named(folder, tmp_path):
    other = folder.rename(tmp_path / "other")
    with pytest.raises(CatalogueError) as caught:
        load_library(other)
    assert codes(caught) == {"library_folder_differs"}
    (other / "factors.csv").unlink()
    with pytest.raises(CatalogueError) as caught:
        load_library(other)
    assert codes(caught) == {"library_file_missing"}


def test_the_content_hash_follows_every_digit_and_every_paper(dutch):
    one = next(iter(dutch.factors.values()))

    def change(factor: Factor) -> Factor:
        return factor.model_copy(update={"biogenic": Decimal("0.001")}) if factor.id == one.id else factor

    assert remake(dutch, change).content_hash != dutch.content_hash
    assert remake(dutch, lambda f: f).content_hash == dutch.content_hash
    papers = dutch.papers.model_copy(update={"attribution": "else"})
    assert Library(papers, dutch.factors).content_hash != dutch.content_hash


# --- rules ---

FUEL = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen-met-bio-bijmenging/diesel-b7/liter"
POWER = "elektriciteit/grijze-stroom/kwh"
LABEL = "elektriciteit/stroometiket/kwh"
FLIGHT = "personenvervoer/vliegtuig/europees-700-2-500-km/reizigerskilometer"
GLASS = "afval/recycling/glas/ton"
WATER = "afval/afvalwater/afvalwater/vervuilingseenheid"
GAS = "koudemiddelen/hfc-s/r134a/kg"
OLD = "personenvervoer/auto/benzine-klein/voertuigkilometer"
ONE = Decimal(1)


@pytest.mark.parametrize(
    ("ident", "update", "code"),
    [
        (FUEL, {"total": Decimal("3.254")}, "factor_does_not_add"),
        (FUEL, {"upstream": None}, "factor_stages_incomplete"),
        (FUEL, {"total": None, "direct": None, "upstream": None}, "factor_stages_incomplete"),
        (FUEL, {"biogenic": -ONE}, "factor_biogenic_misplaced"),
        (FUEL, {"energy_mj": Decimal(0)}, "factor_energy_invalid"),
        (FUEL, {"memo": {"avoided": ONE}}, "factor_memo_unknown"),
        (FUEL, {"losses": "unknown"}, "factor_paper_misplaced"),
        (FUEL, {"gas": "n2o"}, "factor_gas_unknown"),
        (FUEL, {"url": ""}, "factor_paper_missing"),
        (POWER, {"losses": None}, "factor_paper_missing"),
        (POWER, {"basis": None}, "factor_paper_missing"),
        (POWER, {"nature": "fuel", "losses": None, "basis": None, "memo": {}}, "factor_nature_differs"),
        (LABEL, {"total": ONE}, "factor_variable_with_values"),
        (FLIGHT, {"radiative_forcing": None}, "factor_paper_missing"),
        (FLIGHT, {"distance_rule": None}, "factor_paper_missing"),
        (GLASS, {"direct": ONE, "upstream": ONE}, "factor_total_only"),
        (GLASS, {"biogenic": ONE}, "factor_biogenic_misplaced"),
        (WATER, {"total": Decimal(30)}, "factor_does_not_add"),
        (GAS, {"gas": "unsplit"}, "factor_gas_unknown"),
        (GAS, {"gas": "hfc-134a"}, "factor_gas_unknown"),
        (OLD, {"total": ONE}, "factor_withdrawn_with_values"),
    ],
)
def test_each_rule_of_a_factor_is_enforced(dutch, ident, update, code):
    def change(factor: Factor) -> Factor:
        return factor.model_copy(update=update) if factor.id == ident else factor

    with pytest.raises(CatalogueError) as caught:
        remake(dutch, change)
    assert code in codes(caught)
    assert {issue.values["factor"] for issue in caught.value.issues} == {ident}


def _second_hand(factor: Factor, first: int, last: int) -> Factor:
    papers = SecondHand(
        list_year=first,
        valid_from=date(first, 1, 1),
        valid_to=date(last, 12, 31),
        confidence="single",
        sources=("https://example.org/",),
        note={"nl": "n", "en": "e"},
    )
    ident = factor_id(factor.key, first)
    return factor.model_copy(update={"second_hand": papers, "id": ident})


def test_two_values_of_one_name_may_not_count_on_one_day(dutch):
    papers = shipped_libraries()[SECOND_HAND].papers
    first, second = (_second_hand(dutch.factors[POWER], *years) for years in ((2019, 2020), (2020, 2021)))
    with pytest.raises(CatalogueError) as caught:
        build_library(papers, [(Location("x", 2), first), (Location("x", 3), second)])
    assert [(i.code, i.location.row) for i in caught.value.issues] == [("factor_validity_overlaps", 3)]


def test_second_hand_papers_belong_to_second_hand_libraries_only(dutch):
    papers = shipped_libraries()[SECOND_HAND].papers
    with pytest.raises(CatalogueError) as caught:
        build_library(papers, [(Location("x", 2), dutch.factors[POWER])])
    assert codes(caught) == {"factor_second_hand_differs"}
    with pytest.raises(CatalogueError) as caught:
        build_library(dutch.papers, [(Location("x", 2), _second_hand(dutch.factors[POWER], 2019, 2019))])
    assert codes(caught) == {"factor_second_hand_differs"}


def test_a_second_hand_library_cannot_be_on_by_default():
    library = shipped_libraries()[SECOND_HAND]
    papers = library.papers.model_copy(update={"default": True})
    with pytest.raises(CatalogueError) as caught:
        build_library(papers, [(Location("x", 2), next(iter(library.factors.values())))])
    assert codes(caught) == {"library_second_hand_default"}


def test_an_empty_library_and_the_same_factor_twice_are_refused(dutch):
    with pytest.raises(CatalogueError) as caught:
        build_library(dutch.papers, [])
    assert codes(caught) == {"library_empty"}
    with pytest.raises(CatalogueError) as caught:
        build_library(dutch.papers, [(Location("x", n), dutch.factors[POWER]) for n in (2, 3)])
    assert codes(caught) == {"factor_twice"}
