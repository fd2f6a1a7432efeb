"""A spend factor says whose money it is per, of which year and price basis; without these papers it does not load."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from factor_sentences import say

from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.library import Library, LibraryPapers, build_library, library_files, load_library, write_library
from trede.catalogue.papers import FilledText, SourceFile, SpendPapers
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location

SPEND = SpendPapers(price_year=2023, price_country="NL", vat="excluded", classification="NACE Rev. 2")
DUTCH = shipped_libraries()["co2emissiefactoren-2026-08-20"]


def papers(**changes: Any) -> LibraryPapers:
    return LibraryPapers(
        **{
            "id": "spend-sample", "kind": "official", "publisher": "sample", "publisher_name": "Sample",
            "title": "Sample", "edition": date(2024, 1, 1), "valid_from": date(2023, 1, 1),
            "valid_to": date(2023, 12, 31), "geography": "NL", "licence": "CC0", "attribution": "Sample",
            "url": "https://example.org/", "gwp_basis": "AR5", "gwp_note": FilledText(nl="x", en="x"),
            "uncertainty": "not-published", "importer": "sample 1", "last_checked": date(2024, 1, 1), "default": False,
            "source_file": SourceFile(name="x.csv", sha256="0"), "notes": FilledText(nl="x", en="x"), "spend": SPEND,
            **changes,
        }
    )  # fmt: skip


def factor(**changes: Any) -> Factor:
    key = FactorKey("Purchases", "with margins", "Insurance", changes.get("publisher_unit", "EUR"))
    facts: dict[str, Any] = {
        **key._asdict(), "id": factor_id(key), "nature": "spend", "kind": "money", "unit": "EUR", "status": "active",
        "total": Decimal("0.04"), "place": "x!2", "url": "https://example.org/", "sector": "K65",
        "price_basis": "purchaser", "margins": "included", **changes,
    }  # fmt: skip
    return Factor(**facts)


def build(one: Factor, own: LibraryPapers | None = None) -> Library:
    return build_library(own or papers(), [(Location("x", 2), one)])


def codes(one: Factor, own: LibraryPapers | None = None) -> set[tuple[str, str | None]]:
    with pytest.raises(CatalogueError) as caught:
        build(one, own)
    for issue in caught.value.issues:
        say(issue)
    return {(issue.code, issue.location.column) for issue in caught.value.issues}


def test_a_spend_factor_comes_back_from_its_files(tmp_path: Path) -> None:
    library = build(factor())
    write_library(library, tmp_path / library.id)
    again = load_library(tmp_path / library.id)
    assert again == library
    assert again.content_hash == library.content_hash
    assert again.papers.spend == SPEND
    assert b"sector,price_basis,margins\n" in library_files(library)["factors.csv"]


@pytest.mark.parametrize("paper", ["sector", "price_basis", "margins"])
def test_a_spend_factor_without_a_paper_is_refused(paper: str) -> None:
    assert codes(factor(**{paper: None})) == {("factor_paper_missing", paper)}


@pytest.mark.parametrize("paper", ["price_year", "price_country", "vat", "classification"])
def test_papers_of_spend_that_lack_one_do_not_load(paper: str, tmp_path: Path) -> None:
    library = build(factor())
    write_library(library, tmp_path / library.id)
    path = tmp_path / library.id / "library.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f"{paper} = ", "x = "), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_library(tmp_path / library.id)
    assert f"spend.{paper}" in {issue.location.column for issue in caught.value.issues}


def test_a_library_with_spend_factors_has_papers_of_spend() -> None:
    assert codes(factor(), papers(spend=None)) == {("library_spend_papers_missing", "spend")}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"kind": "mass", "unit": "kg"}, ("factor_nature_differs", "nature")),
        ({"nature": "material", "sector": None, "price_basis": None, "margins": None}, ("factor_nature_differs", "nature")),
        ({"unit": "XXX"}, ("factor_unit_unknown", "unit")),
        ({"direct": Decimal("0.04"), "upstream": Decimal(0)}, ("factor_total_only", "direct")),
        ({"memo": {"avoided": Decimal(1)}}, ("factor_memo_unknown", "memo")),
    ],
)  # fmt: skip
def test_rules_of_a_spend_factor(changes: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in codes(factor(**changes))


def test_no_other_factor_has_a_sector() -> None:
    one = next(iter(DUTCH.factors.values())).model_copy(update={"sector": "K65"})
    assert codes(one, DUTCH.papers) == {("factor_paper_misplaced", "sector")}


def test_older_libraries_keep_their_hash() -> None:
    """Runs pin libraries by this hash: it was this before spend factors were there."""
    assert DUTCH.content_hash[:16] == "4816c2739d576d8b"
