"""An organisation's own spend factors: a supplier's kilograms per euro, with the papers that money takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from factor_sentences import say

from trede.cli.main import main
from trede.factors.importers import IMPORTERS
from trede.factors.importers.own import SPEND_PAPERS, template
from trede.kernel.errors import CatalogueError

PAPERS, _, TABLE = template().partition("\n\n")
SPEND = "price_year;2025\nprice_country;NL\nvat;excluded\nclassification;supplier\n"
OWN = (
    f"{PAPERS}\n{SPEND}\nname;kind;unit;nature;total;sector;price_basis;margins\n"
    "Printing by our supplier;money;€;spend;0,21;18;purchaser;included\n"
)


def refused(text: str) -> set[tuple[str, str | None]]:
    with pytest.raises(CatalogueError) as caught:
        IMPORTERS["own"](text.encode(), "own.csv", date(2026, 11, 22))
    for issue in caught.value.issues:
        say(issue)
    return {(issue.code, issue.location.column) for issue in caught.value.issues}


def test_an_own_spend_factor_has_its_papers() -> None:
    library = IMPORTERS["own"](OWN.encode(), "own.csv", date(2026, 11, 22))
    (factor,) = library.factors.values()
    assert (factor.total, factor.unit, factor.sector) == (Decimal("0.21"), "EUR", "18")
    assert library.papers.spend is not None
    assert (library.papers.spend.price_year, library.papers.spend.vat) == (2025, "excluded")


@pytest.mark.parametrize("paper", SPEND_PAPERS)
def test_each_paper_of_spend_is_required(paper: str) -> None:
    lines = [line for line in OWN.splitlines() if not line.startswith(f"{paper};")]
    assert refused("\n".join(lines)) == {("field_invalid", f"spend.{paper}")}


def test_a_table_without_papers_of_spend_is_refused() -> None:
    assert refused(OWN.replace(SPEND, "")) == {("library_spend_papers_missing", "spend")}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("purchaser", "retail", ("field_invalid", "price_basis")),
        ("purchaser", "", ("factor_paper_missing", "price_basis")),
        ("vat;excluded", "vat;21 %", ("field_invalid", "spend.vat")),
        ("price_year;2025", "price_year;last", ("field_invalid", "spend.price_year")),
        ("€", "$", ("own_unit_unknown", "unit")),
    ],
)
def test_what_is_wrong_is_said(old: str, new: str, found: tuple[str, str]) -> None:
    assert refused(OWN.replace(old, new)) == {found}


def test_a_spend_factor_is_shown_with_the_papers_of_its_money(capsys: pytest.CaptureFixture[str]) -> None:
    factor = "defra-spend-2022#products/69-1-legal-services/gbp"
    assert main(["--lang", "en", "factors", "show", factor]) == 0
    shown = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert shown["price_basis"] == shown["vat"] == shown["margins"] == "unknown"
    assert (shown["price_year"], shown["price_country"], shown["sector"]) == ("2022", "GB", "69.1")
