"""Classifications, the sectors of spend lists, and the Dutch chart of accounts: each code has its answer, choice or issue."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from trede.catalogue import rgs, sectors
from trede.catalogue.rgs import COLUMNS, Exclusion, read_accounts, rgs_account, rgs_accounts
from trede.catalogue.sectors import correspondence, divisions, sectors_of
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.errors import CatalogueError, TredeError

ROOT = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("TREDE_SHARED", ROOT.parent / "shared")) / "reference"
CHART = REFERENCE / "nl_rgs_referentiegrootboekschema" / "nl_rgs_referentiegrootboekschema.csv"

LISTS = {"figaro": "figaro-nl-2023", "defra-spend": "defra-spend-2022"}
NO_PRODUCT = {"figaro": {"35", "97", "98", "99"}, "defra-spend": {"07", "98", "99"}}
"""Divisions that a list has no product for: energy, households and international bodies; metal ores in Britain."""


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(TredeError) as caught:
        action()
    (issue,) = caught.value.issues
    return issue.code


def test_the_divisions_are_those_of_nace() -> None:
    assert len(divisions()) == 88
    assert Counter(division.section for division in divisions().values())["C"] == 24
    assert all(division.name.nl and division.name.en for division in divisions().values())


@pytest.mark.parametrize(("publisher", "library"), LISTS.items())
def test_every_sector_of_a_list_corresponds_and_no_other(publisher: str, library: str) -> None:
    listed = {factor.sector for factor in shipped_libraries()[library].factors.values()}
    assert set(correspondence()[publisher]) == listed
    codes = [code for own in correspondence()[publisher].values() for code in own]
    assert len(codes) == len(set(codes)), "a code that stands in two sectors has no answer"


@pytest.mark.parametrize("publisher", LISTS)
def test_every_division_has_a_sector(publisher: str) -> None:
    without = {code for code in divisions() if not sectors_of(publisher, "nace-2", code)}
    assert without == NO_PRODUCT[publisher]


def test_a_division_is_one_product_of_figaro() -> None:
    for code in set(divisions()) - NO_PRODUCT["figaro"]:
        assert len(sectors_of("figaro", "nace-2", code)) == 1, code


@pytest.mark.parametrize(
    ("publisher", "scheme", "code", "found"),
    [
        ("figaro", "nace-2", "62", "J62_63"),
        ("figaro", "nace-2", "62.01", "J62_63"),
        ("figaro", "nace-2", "J62.01", "J62_63"),
        ("figaro", "cpa-2.1", "62.01.11", "J62_63"),
        ("figaro", "sbi-2008", "69204", "M69_70"),
        ("figaro", "isic-4", "6920", "M69_70"),
        ("figaro", "nace-2", " 01 ", "A01"),
        ("figaro", "nace-2", "J", "J58 J59_60 J61 J62_63"),
        ("figaro", "nace-2", "B", "B"),
        ("figaro", "nace-2", "35.11", ""),
        ("figaro", "nace-2.1", "62.10", "J62_63"),
        ("figaro", "nace-2.1", "46.71", "G45 G46"),
        ("figaro", "nace-2.1", "95", "G45 S95"),
        ("figaro", "sbi-2025", "6210", "J62_63"),
        ("defra-spend", "sic-2007", "69201", "69.2"),
        ("defra-spend", "sic-2007", "69", "69.1 69.2"),
        ("defra-spend", "nace-2", "10.3", "10.2-3"),
        ("defra-spend", "nace-2", "20.14", "20B"),
        ("defra-spend", "nace-2", "25.6", "25OTHER"),
        ("defra-spend", "nace-2", "33.15", "33.15"),
        ("defra-spend", "nace-2", "33.1", "33.15 33.16 33OTHER"),
        ("epa-supply-chain", "naics-2017", "541211", "541211"),
        ("epa-supply-chain", "naics-2017", "54121", "541211 541213 541214 541219"),
    ],
)
def test_the_sectors_of_a_code(publisher: str, scheme: sectors.Scheme, code: str, found: str) -> None:
    assert " ".join(sectors_of(publisher, scheme, code)) == found


@pytest.mark.parametrize(
    ("publisher", "scheme", "code", "issue"),
    [
        ("figaro", "nace-2", "04", "sector_code_unknown"),
        ("figaro", "nace-2", "6", "sector_code_unknown"),
        ("figaro", "nace-2", "", "sector_code_unknown"),
        ("figaro", "nace-2", "IT", "sector_code_unknown"),
        ("figaro", "nace-2.1", "45", "sector_code_unknown"),
        ("figaro", "nace-2.1", "K", "sector_code_unknown"),
        ("figaro", "sbi-2025", "4511", "sector_code_unknown"),
        ("figaro", "nace-3", "62", "sector_scheme_unknown"),
        ("figaro", "naics-2017", "541211", "sector_list_differs"),
        ("epa-supply-chain", "nace-2", "62", "sector_list_differs"),
        ("epa-supply-chain", "naics-2017", "999999", "sector_code_unknown"),
        ("epa-supply-chain", "naics-2017", "5", "sector_code_unknown"),
        ("desnz", "nace-2", "62", "sector_list_differs"),
    ],
)
def test_a_code_without_an_answer_is_an_issue(publisher: str, scheme: sectors.Scheme, code: str, issue: str) -> None:
    assert refused(lambda: sectors_of(publisher, scheme, code)) == issue


# --- the Dutch chart of accounts ---


@pytest.mark.parametrize(
    ("code", "category", "nace", "exclude"),
    [
        ("WBedHuiBeh", 1, "68", None),  # rent
        ("WBedHuiSch", 1, "81", None),  # cleaning
        ("WBedKanSof", 1, "62", None),  # software
        ("WBedAeaAea", 1, "69", None),  # accountants
        ("WBedVkkVrk", 4, "49", None),  # freight
        ("BMvaTevVvp", 2, "29", None),  # cars bought
        ("BMvaTevCae", None, None, "depreciation"),
        ("WBedHuiGas", None, None, "energy"),
        ("WBedAutBra", None, None, "fuel"),
        ("WPerLesSld", None, None, "wages"),
        ("WAfsAmvBeg", None, None, "depreciation"),
        ("WBelBgr", None, None, "taxes"),
    ],
)
def test_an_account_has_a_sector_or_a_reason(
    code: str, category: int | None, nace: str | None, exclude: str | None
) -> None:
    found = rgs_account(code)
    assert found is not None
    assert (found.category, found.nace, found.exclude) == (category, nace, exclude)
    assert found.why.nl
    assert found.why.en


@pytest.mark.parametrize("code", ["WKprInhInh", "W", "WBed", "", "XYZ", "1234"])
def test_what_is_bought_under_an_account_is_never_guessed(code: str) -> None:
    assert rgs_account(code) is None


def test_every_account_with_a_sector_has_one_product_of_figaro() -> None:
    mapped = [account for account in rgs_accounts().values() if account.nace]
    assert len(mapped) == 115
    for account in mapped:
        assert account.nace is not None
        assert len(sectors_of("figaro", "nace-2", account.nace)) == 1, account.code


def test_every_reason_is_used_and_energy_is_never_spend() -> None:
    assert {a.exclude for a in rgs_accounts().values() if a.exclude} == set(get_args(Exclusion))
    assert not [a.code for a in rgs_accounts().values() if a.nace in {"19", "35"}]


@pytest.mark.parametrize(
    "row",
    [
        "WBedX,1,68,,,a,b",
        "WBedX,1,68,high,wages,a,b",
        "WBedX,,,,,a,b",
        "WBedX,3,68,high,,a,b",
        "WBedX,1,04,high,,a,b",
        "WBedX,,,,holiday,a,b",
        "WBedX,1,68,high,,a,b\nWBedX,1,68,high,,a,b",
    ],
)
def test_a_row_that_says_neither_or_both_does_not_load(row: str) -> None:
    with pytest.raises(CatalogueError):
        read_accounts(f"{','.join(COLUMNS)}\n{row}\n".encode(), "rgs.csv")


def test_papers_name_the_sources() -> None:
    assert "Eurostat" in sectors.papers().attribution
    assert rgs.VERSION in rgs.papers().title


@pytest.mark.shared
@pytest.mark.skipif(not CHART.is_file(), reason="no chart of accounts")
def test_every_code_is_one_of_the_chart() -> None:
    with CHART.open(encoding="utf-8") as file:
        known = {row["rgs_code"] for row in csv.DictReader(file)}
    assert [code for code in rgs_accounts() if code not in known] == []
