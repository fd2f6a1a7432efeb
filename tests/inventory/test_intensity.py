"""Intensities: which figure divides, and that a missing one is missing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

import pytest

from trede.cli.main import main
from trede.inventory.intensity import Figure, Intensity, figure_of
from trede.kernel.periods import Period
from trede.organisation.parts import Denominator, Value
from trede.workspace import Workspace


def denominator(kind: Literal["stock", "flow"], *given: tuple[str, str], site: str | None = None) -> Denominator:
    values = [
        Value(period=period, value=Decimal(value), site=site, source=period, quality="measured")
        for period, value in given
    ]
    return Denominator(id="d", name="D", unit="u", kind=kind, value=tuple(values))


def found(of: Denominator, period: str, site: str | None = None) -> tuple[Decimal, str] | None:
    figure = figure_of(of, Period.parse(period), site)
    return figure and (figure.value, figure.origin)


STOCK = denominator("stock", ("2023", "40"), ("2024", "44"))
FLOW = denominator("flow", ("2024-Q1", "1"), ("2024-Q2", "2"), ("2024-H2", "10"), ("2025", "30"))


@pytest.mark.parametrize(("of", "period", "expected"), [
    (STOCK, "2024", ("44", "stated")),
    (STOCK, "2024-Q1", ("44", "average")),
    (STOCK, "2024-02", ("44", "average")),
    (STOCK, "2025", None),
    (STOCK, "2024-12..2025-01", None),
    (STOCK, "2022-12..2023-01", None),
    (FLOW, "2024-Q1", ("1", "stated")),
    (FLOW, "2024-H1", ("3", "sum")),
    (FLOW, "2024", ("13", "sum")),
    (FLOW, "2024..2025", ("43", "sum")),
    (FLOW, "2024-01", None),
    (FLOW, "2024-Q3", None),
    (FLOW, "2025-H1", None),
    (FLOW, "2023-07..2024-06", None),
])  # fmt: skip
def test_a_figure_is_stated_or_follows_or_is_missing(
    of: Denominator, period: str, expected: tuple[str, str] | None
) -> None:
    assert found(of, period) == (expected and (Decimal(expected[0]), expected[1]))


def test_a_stock_over_two_years_is_weighed_by_days() -> None:
    figure = figure_of(STOCK, Period.parse("2023-07..2024-06"))
    assert figure is not None
    assert figure.origin == "average"
    assert [value.period for value in figure.behind] == ["2023", "2024"]
    assert abs(Fraction(figure.value) - Fraction(40 * 184 + 44 * 182, 366)) < Fraction(1, 10**30)


def test_the_shorter_period_goes_before_the_longer() -> None:
    of = denominator("stock", ("2024", "44"), ("2024-Q2", "50"))
    assert found(of, "2024") == (Decimal(44), "stated")
    figure = figure_of(of, Period.parse("2024-H1"))
    assert figure is not None
    assert abs(Fraction(figure.value) - Fraction(44 * 91 + 50 * 91, 182)) < Fraction(1, 10**30)


def test_figures_of_a_site_are_not_those_of_the_whole() -> None:
    of = denominator("stock", ("2024", "640"), site="north")
    assert found(of, "2024") is None
    assert found(of, "2024", "south") is None
    assert found(of, "2024", "north") == (Decimal(640), "stated")


def test_a_flow_finds_the_one_way_to_make_a_period_up() -> None:
    """The longest first leads nowhere; the shorter one does."""
    of = denominator("flow", ("2024-01..2024-05", "5"), ("2024-Q1", "1"), ("2024-Q2", "2"))
    assert found(of, "2024-H1") == (Decimal(3), "sum")


def test_an_intensity_is_exact_and_never_zero_for_want_of_a_figure() -> None:
    assert Intensity(10, Figure(Decimal(4), "stated", ())).mg_per_unit == Decimal("2.5")
    assert Intensity(10, None).mg_per_unit is None


def test_shown_beside_the_footprint(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-w", str(example.layout.root), "show", "2024", "--standard", "ladder", "--intensity"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    total = 167_986_353_000
    assert ["Totaal", f"{Decimal(total) / 121 / 10**9:.3f}".replace(".", ",")] in lines
    assert ["Totaal", f"{Decimal(total) / Decimal('6.1') / 10**9:.3f}".replace(".", ",")] in lines
