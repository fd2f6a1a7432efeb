"""Financed emissions beside the ledger, by the published examples; and a portfolio with its score, coverage and intensity."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from trede.analysis.financed import attribution, evic_adjustment, per_million
from trede.catalogue.pcaf import asset_classes
from trede.catalogue.template import template
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.cli.main import main
from trede.cli.template_file import template_csv
from trede.intake.template import template_profile
from trede.kernel.periods import Period
from trede.workspace.importing import import_file
from trede.workspace.running import run_period
from workspaces import create


def numbers(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def test_enterprise_value_keeps_its_cash() -> None:
    """PCAF Part A (2022), box 5: equity 50, debt 50, cash 20. Without cash more than everything would be attributed."""
    equity, debt, cash = numbers("50", "50", "20")
    assert attribution(equity, equity, debt) == Decimal("0.5")
    assert attribution(equity, equity, debt, cash) == Decimal("0.625")  # printed 63 %
    assert attribution(equity, Decimal(-3), debt) == 1
    assert attribution(equity, Decimal(-3), Decimal(0)) is None


def test_a_share_of_equity() -> None:
    """Microsoft Sustainability Manager, scope 3 page: a bank with 30 % of the equity takes 0.3 of the emissions."""
    assert attribution(Decimal(30), Decimal(100), Decimal(0)) == Decimal("0.3")


def test_enterprise_values_of_two_years() -> None:
    """PCAF Part A (2022), section 5.1: ADJ 0.896, base 100 → 89.6, now 90 → 100.9, change 0.914 %."""
    base, now = numbers("1200", "1000", "800", "600"), numbers("1360", "1120", "880", "640")
    weights = numbers("0.4", "0.3", "0.2", "0.1")
    found = evic_adjustment(weights, base, now)
    assert round(found, 3) == Decimal("0.896")
    tonnes = numbers("60000", "100000", "120000", "120000")
    then = sum(w * t / b for w, t, b in zip(weights, tonnes, base, strict=True))
    later = sum(w * t / c for w, t, c in zip(weights, tonnes, now, strict=True))
    assert (round(then, 1), round(later, 1)) == (100, Decimal("90.5"))  # printed 90
    assert round(then * found, 1) == Decimal("89.6")
    assert round(later / found, 1) == Decimal("100.9")
    assert round((later / found - then) / then * 100, 3) == Decimal("0.914")


@pytest.mark.parametrize(
    ("megatonnes", "nominal", "by_power", "expected"),
    [
        ("11535", "14279937", "23487798", ("0.81", "0.49")),
        ("5107", "21433226", "21433226", ("0.24", "0.24")),
        ("2597", "2868929", "9560220", ("0.91", "0.27")),
        ("1154", "5081770", "5345808", ("0.23", "0.22")),
        ("703", "3861124", "4644166", ("0.18", "0.15")),
        ("626", "1119191", "3338144", ("0.56", "0.19")),
    ],
    ids=["China", "United States", "India", "Japan", "Germany", "Indonesia"],
)
def test_intensities_of_countries(megatonnes: str, nominal: str, by_power: str, expected: tuple[str, str]) -> None:
    """PCAF Part A (2022), table 5-23: production emissions per GDP, thousandths of Mt per million dollars."""
    for gdp, printed in zip((nominal, by_power), expected, strict=True):
        found = per_million(Decimal(megatonnes) * 10**6, Decimal(gdp) * 10**6)
        assert found is not None
        assert round(found / 1000, 2) == Decimal(printed)


def test_every_option_of_every_holding_has_a_score() -> None:
    for kind in vocabulary().types.values():
        if "data_option" in kind.attributes:
            assert set(kind.attributes["data_option"].values) <= set(asset_classes()[kind.id].scores)


def test_a_portfolio_is_weighted_by_what_is_outstanding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "firm")
    speaker, kind = Speaker("en"), vocabulary()["business-loans"]
    head, example = list(csv.reader(io.StringIO(template_csv(speaker, {kind.id: kind}).decode("utf-8-sig"))))[:2]
    shown = template().example
    plain = {shown.marked(kind, "en"): kind.name.en, speaker.day(shown.day): speaker.day(Period.year(2025).end)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for amount, option, equity, debt in (
        ("1000000", "1a", "4000000", "6000000"), ("3000000", "1b", "4000000", "6000000"), ("2000000", "1a", "0", "0"),
    ):  # fmt: skip
        own = {"2500000": amount, "1a": option, "4000000": equity, "6000000": debt, **plain}
        writer.writerow([own.get(cell, cell) for cell in example])
    data = text.getvalue().encode()
    result = import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    assert result.batch.facts["counts"]["accepted"] == 3, result.batch.facts
    run_period(workspace, Period.year(2025))
    capsys.readouterr()
    assert main(["--lang", "en", "-w", str(tmp_path / "firm"), "portfolio", "2025"]) == 0
    out = capsys.readouterr().out
    line = next(line for line in out.splitlines() if "Business loans" in line)
    # 4 of 6 million have emissions: 0.4 × 25,000 t = 10,000 t, 2,500 t per million; score (1 × 1 + 3 × 2) / 4 = 1.75.
    assert line.split()[-10:] == [
        "EUR",
        "3",
        "1",
        "6,000,000",
        "67",
        "%",
        "10,000.00",
        "12,000.00",
        "2,500.0",
        "1.8",
    ], line
