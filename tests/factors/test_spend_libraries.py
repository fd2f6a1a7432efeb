"""The spend libraries as they ship: published values, the sums that publishers give, and the importers of their files."""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from factor_sentences import say
from foreign_files import ROOT, SHARED

from trede.catalogue.factor import Factor
from trede.catalogue.files import CATALOGUE
from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import Library, library_files, load_library
from trede.catalogue.shelves import shipped_libraries
from trede.factors.importers import IMPORTERS
from trede.kernel.errors import CatalogueError

CHECKED = date(2026, 11, 22)
MADE = {
    "figaro-nl-2023": 183,
    "defra-spend-2022": 110,
    "epa-supply-chain-1.2": 2032,
    "epa-supply-chain-1.3": 2032,
    "epa-hub-2025": 288,
}


def shipped(name: str) -> Library:
    return shipped_libraries()[name]


def sector(name: str, code: str, margins: str = "included", basis: str = "purchaser") -> Factor:
    (found,) = [
        f for f in shipped(name).factors.values() if (f.sector, f.margins, f.price_basis) == (code, margins, basis)
    ]
    return found


@pytest.mark.parametrize(("name", "count"), MADE.items())
def test_what_ships_is_whole_and_comes_back_to_the_byte(name: str, count: int) -> None:
    library = load_library(CATALOGUE / "factors" / name)
    assert len(library.factors) == count
    for file, data in library_files(library).items():
        assert data == (CATALOGUE / "factors" / name / file).read_bytes()


def test_only_the_dutch_one_is_on_by_default() -> None:
    assert [name for name in MADE if shipped(name).papers.default] == ["figaro-nl-2023"]


@pytest.mark.parametrize(
    ("name", "papers"),
    [
        ("figaro-nl-2023", (2023, "NL", "excluded", "NACE Rev. 2")),
        ("defra-spend-2022", (2022, "GB", "unknown", "SIC 2007, 110 groups")),
        ("epa-supply-chain-1.2", (2021, "US", "unknown", "NAICS 2017")),
        ("epa-supply-chain-1.3", (2022, "US", "unknown", "NAICS 2017")),
    ],
)
def test_papers_of_spend(name: str, papers: tuple[int, str, str, str]) -> None:
    spend = shipped(name).papers.spend
    assert spend is not None
    assert (spend.price_year, spend.price_country, spend.vat, spend.classification) == papers
    currency = {"NL": "EUR", "GB": "GBP", "US": "USD"}[spend.price_country]
    assert {(f.nature, f.kind, f.unit) for f in shipped(name).factors.values()} == {("spend", "money", currency)}


@pytest.mark.parametrize(
    ("name", "code", "margins", "basis", "value"),
    [
        ("figaro-nl-2023", "A01", "included", "purchaser", "1.01763"),
        ("figaro-nl-2023", "A01", "excluded", "purchaser", "1.00745"),
        ("figaro-nl-2023", "A01", "excluded", "basic", "1.09898"),
        ("figaro-nl-2023", "H50", "included", "purchaser", "1.133"),
        ("figaro-nl-2023", "J62_63", "included", "purchaser", "0.07817"),
        ("figaro-nl-2023", "M69_70", "included", "purchaser", "0.07672"),
        ("figaro-nl-2023", "K65", "excluded", "basic", "0.05363"),
        ("defra-spend-2022", "01", "unknown", "unknown", "2.633028617575275"),
        ("defra-spend-2022", "24.4-5", "unknown", "unknown", "0.02072738810634512"),
        ("defra-spend-2022", "69.1", "unknown", "unknown", "0.0517873549977246"),
        ("epa-supply-chain-1.2", "562212", "included", "purchaser", "10.989"),
        ("epa-supply-chain-1.2", "327310", "included", "purchaser", "3.858"),
        ("epa-supply-chain-1.2", "111110", "excluded", "purchaser", "1.223"),
        ("epa-supply-chain-1.3", "111110", "included", "purchaser", "0.532"),
        ("epa-supply-chain-1.3", "111110", "excluded", "purchaser", "0.488"),
    ],
)
def test_published_values(name: str, code: str, margins: str, basis: str, value: str) -> None:
    assert sector(name, code, margins, basis).total == Decimal(value)


def test_figaro_keeps_the_arithmetic_of_its_publisher() -> None:
    """Shares are one; rebased = basic × its share; with margins = rebased + share of margins × 125.05, per 1,000 euro."""
    codes = {f.sector for f in shipped("figaro-nl-2023").factors.values()}
    assert len(codes) == 61
    for code in sorted(code for code in codes if code):
        whole = sector("figaro-nl-2023", code)
        rebased = sector("figaro-nl-2023", code, "excluded").total
        basic = sector("figaro-nl-2023", code, "excluded", "basic").total
        assert whole.total is not None
        assert rebased is not None
        assert basic is not None
        assert abs(sum(whole.memo.values()) - 1) <= Decimal("0.0001"), code
        assert abs(basic * whole.memo["share_basic"] - rebased) <= Decimal("0.00001") + basic * Decimal("0.0001"), code
        margin = whole.memo["share_margins"] * Decimal("0.12505")
        assert abs(rebased + margin - whole.total) <= Decimal("0.00002"), code


def test_figaro_carries_its_own_licence() -> None:
    papers = shipped("figaro-nl-2023").papers
    beside = (CATALOGUE / "factors" / "figaro-nl-2023" / "LICENCE.txt").read_text("utf-8")
    assert papers.licence == "CC BY-SA 4.0"
    for words in ("Ecodex (https://getecodex.com)", "DOI 10.5281/zenodo.23157020", "CC BY-SA 4.0"):
        assert words in papers.attribution
        assert words in beside


def test_gases_of_the_american_factors() -> None:
    """Soybeans with margins: 0.172 kg CO2 + 0.000482 kg CH4 × 28 + 0.0013 kg N2O × 265 + the others = 0.532."""
    soy = sector("epa-supply-chain-1.3", "111110")
    split = soy.gases["total"]
    assert (split["co2"], split["ch4"], split["n2o"]) == (Decimal("0.172"), Decimal("0.000482"), Decimal("0.0013"))
    assert (split["sf6"], split["nf3"]) == (Decimal("4.48e-9"), Decimal("1.43e-9"))
    hfc = {
        "12400": "4.57e-9",
        "677": "7.2e-8",
        "3170": "1.08e-7",
        "1300": "1.76e-7",
        "4800": "2.99e-8",
        "8060": "3.45e-10",
    }
    assert split["hfc"] == sum(Decimal(gwp) * Decimal(kg) for gwp, kg in hfc.items())
    assert sum(soy.by_gas("total", gwp_set("AR5")).values()) == soy.total == Decimal("0.532")
    ar6 = soy.by_gas("total", gwp_set("AR6"))
    assert (ar6["ch4"], ar6["n2o"]) == (Decimal("0.000482") * 27, Decimal("0.0013") * 273)


def test_what_the_gases_leave_is_little() -> None:
    """Under `unsplit` stand the unnamed HFCs and PFCs (at most 0.02 kg) and the rounding of three decimals."""
    for factor in shipped("epa-supply-chain-1.3").factors.values():
        rest = factor.gases["total"].get("unsplit", Decimal(0))
        assert factor.total is not None
        assert -Decimal("0.001") - factor.total / 100 <= rest <= Decimal("0.03") + factor.total / 20, factor.id


@pytest.mark.parametrize(
    ("key", "symbol", "value"),
    [
        # 2602 kg CO2 + 276 g CH4 × 28 + 40 g N2O × 265
        (("Stationary combustion", "Coal and Coke", "Anthracite", "short ton"), "direct", "2620.328"),
        # CO2 of biomass stands outside: 126 g × 28 + 63 g × 265
        (("Stationary combustion", "Biomass Fuels - Solid", "Wood and Wood Residuals", "short ton"), "direct", "20.223"),
        (("Stationary combustion", "Biomass Fuels - Solid", "Wood and Wood Residuals", "short ton"), "biogenic", "1640"),
        (("Freight", "", "Rail", "short ton-mile"), "direct", "0.0211773"),
        (("Waste", "Recycled", "Aluminum Cans", "short ton"), "total", "60"),
    ],
)  # fmt: skip
def test_values_of_the_american_hub(key: tuple[str, str, str, str], symbol: str, value: str) -> None:
    factor = shipped("epa-hub-2025").find(*key)
    assert factor is not None
    assert factor.values()[symbol] == Decimal(value)


def test_american_power_is_per_region_without_losses() -> None:
    """771.523 lb CO2, 0.057 lb CH4 and 0.008 lb N2O per MWh, a pound being 0.45359237 kg."""
    factor = shipped("epa-hub-2025").find("Electricity", "US Average", "US Average", "MWh")
    assert factor is not None
    pounds = Decimal("771.523") + Decimal("0.057") * 28 + Decimal("0.008") * 265
    assert factor.direct == pytest.approx(pounds * Decimal("0.45359237"), abs=Decimal("1e-8"))
    assert (factor.losses, factor.basis) == ("excluded", "generation")


@pytest.mark.shared
@pytest.mark.skipif(not (SHARED / "epa_ef_hub_2025").is_dir(), reason="no publishers' files")
def test_rebuilding_gives_the_shipped_bytes() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import make_spend

    made = {library.id: library for library in make_spend.libraries(SHARED)}
    assert set(made) == set(MADE)
    for name, library in made.items():
        for file, data in library_files(library).items():
            assert data == (CATALOGUE / "factors" / name / file).read_bytes(), name


# --- the publishers' files ---

FIGARO = (
    "year,country_code,country,nace_code,product,valuation_year,share_basic_value,share_trade_transport_margins,"
    "share_taxes_less_subsidies,total_basic_prices,total_purchaser_prices_rebased,total_purchaser_prices_with_margins\n"
    "2022,NL,Netherlands,A01,Crops,2022,0.9,0.1,0.0,1000.0,900.0,915.0\n"
    '2023,NL,Netherlands,A01,"Crops, animals",2023,0.9167,0.0814,0.0019,1098.98,1007.45,1017.63\n'
    "2023,BE,Belgium,A01,Crops,2023,0.9,0.1,0.0,1.0,1.0,1.0\n"
)
HEAD = (
    "2017 NAICS Code,2017 NAICS Title,GHG,Unit,Supply Chain Emission Factors without Margins,"
    "Margins of Supply Chain Emission Factors,Supply Chain Emission Factors with Margins,Reference USEEIO Code\n"
)
UNIT = '"kg CO2e/2022 USD, purchaser price"'
MASS = '"kg/2022 USD, purchaser price"'
TOGETHER = f"{HEAD}111110,Soybean Farming,All GHGs,{UNIT},0.488,0.044,0.532,1111A0\n"
BY_GAS = (
    f"{HEAD}111110,Soybean Farming,Carbon dioxide,{MASS},0.134,0.0378,0.172,1111A0\n"
    f"111110,Soybean Farming,Methane,{MASS},3.31e-04,1.51e-04,4.82e-04,1111A0\n"
    f"111110,Soybean Farming,Nitrous oxide,{MASS},0.0013,3.96e-06,0.0013,1111A0\n"
    f'111110,Soybean Farming,"HFCs and PFCs, unspecified",{UNIT},0.000358,0.000486,0.000844,1111A0\n'
)
EPA = "SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv"


def zipped(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return data.getvalue()


def refused(publisher: str, data: bytes | str, name: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        IMPORTERS[publisher](data.encode() if isinstance(data, str) else data, name, CHECKED)
    for issue in caught.value.issues:
        say(issue)
    return [issue.code for issue in caught.value.issues]


def test_the_file_of_figaro_gives_the_latest_year_of_the_netherlands() -> None:
    library = IMPORTERS["figaro"](FIGARO.encode(), "figaro.csv", CHECKED)
    assert library.id == "figaro-nl-2023-2026-11-22"
    assert [str(f.total) for f in library.factors.values()] == ["1.01763", "1.00745", "1.09898"]
    assert library.papers.spend == shipped("figaro-nl-2023").papers.spend


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("NL,Netherlands", "FR,France", ["figaro_country_missing"]),
        ("0.0019", "0.0190", ["figaro_row_does_not_add"]),
        ("1098.98", "1198.98", ["figaro_row_does_not_add"]),
        ("1017.63", "997.63", ["figaro_row_does_not_add"]),
        ("1017.63", "n/a", ["import_number_unreadable"]),
        ("nace_code", "nace", ["import_heading_missing"]),
    ],
)
def test_a_file_of_figaro_that_is_wrong(old: str, new: str, codes: list[str]) -> None:
    assert refused("figaro", FIGARO.replace(old, new), "figaro.csv") == codes


def test_one_american_file_gives_values_and_both_give_gases() -> None:
    alone = IMPORTERS["epa-supply-chain"](TOGETHER.encode(), EPA, CHECKED)
    both = IMPORTERS["epa-supply-chain"](zipped(CO2e=TOGETHER, byGHG=BY_GAS), "both_v1.3.0_.zip", CHECKED)
    assert alone.id == both.id == "epa-supply-chain-1.3-2026-11-22"
    assert [f.total for f in alone.factors.values()] == [f.total for f in both.factors.values()]
    assert [f.gases for f in alone.factors.values()] == [{}, {}]
    for factor in both.factors.values():
        assert sum(factor.by_gas("total", gwp_set("AR5")).values()) == factor.total
    assert both.papers.gwp_basis == "AR5"


@pytest.mark.parametrize(
    ("data", "name", "codes"),
    [
        (TOGETHER, "factors.csv", ["epa_edition_unknown"]),
        (TOGETHER, EPA.replace("1.3", "9.9"), ["epa_edition_unknown"]),
        (BY_GAS, EPA, ["epa_total_missing"]),
        (TOGETHER.replace("All GHGs", "Xenon"), EPA, ["epa_gas_unknown", "epa_years_differ"]),
        (TOGETHER.replace("purchaser price", "producer price"), EPA, ["epa_unit_unknown", "epa_years_differ"]),
        (TOGETHER.replace("kg CO2e/", "kg/"), EPA, ["epa_unit_unknown", "epa_years_differ"]),
        (TOGETHER + TOGETHER.partition("\n")[2], EPA, ["epa_row_twice"]),
        (TOGETHER + TOGETHER.partition("\n")[2].replace("111110", "111120").replace("2022", "2021"), EPA,
         ["epa_years_differ"]),
        (zipped(a=TOGETHER.replace("0.532", "0.632"), b=BY_GAS), EPA, ["epa_gases_do_not_add"]),
        (TOGETHER.replace("0.488", "?"), EPA, ["import_number_unreadable"]),
        (TOGETHER.replace("GHG,Unit", "GHG,Units"), EPA, ["import_heading_missing"]),
        (b"PK\x03\x04 not a zip", EPA, ["table_unreadable"]),
        (b"\xff\xfe", EPA, ["table_unreadable"]),
    ],
)  # fmt: skip
def test_an_american_file_that_is_wrong(data: bytes | str, name: str, codes: list[str]) -> None:
    assert refused("epa-supply-chain", data, name) == codes


def test_what_ships_stays_small() -> None:
    folders = [CATALOGUE / "money", *(CATALOGUE / "factors" / name for name in MADE)]
    assert sum(path.stat().st_size for folder in folders for path in Path(folder).iterdir()) < 3_000_000
