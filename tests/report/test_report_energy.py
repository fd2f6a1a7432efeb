"""Energy by carrier in the report, and which account groups have no quantity that adds up."""

from __future__ import annotations

from decimal import Decimal

from trede.catalogue.standards import find_standard
from trede.catalogue.vocabulary import vocabulary
from trede.inventory.footprint import footprint_of
from trede.report.document import Document, Figure, Table
from trede.workspace import Workspace

NEAR = Decimal("1e-9")
"""A megawatt-hour is no whole part of a joule: quotients are cut after 28 digits."""


def carriers(document: Document) -> dict[str, list[Decimal]]:
    """Return the figures of the table by carrier."""
    tables = [part for section in document.sections for part in section.parts if isinstance(part, Table)]
    (found,) = (table for table in tables if table.title.startswith("Energy by carrier"))
    return {
        str(row.cells[0]): [Decimal(cell.exact) for cell in row.cells[1:] if isinstance(cell, Figure)]
        for row in found.rows
    }


def test_carriers_add_up_to_the_energy_of_the_footprint(english: Document, example: Workspace) -> None:
    found = carriers(english)
    *parts, total = found.values()
    assert all(abs(sum(column) - whole) < NEAR for column, whole in zip(zip(*parts, strict=True), total, strict=True))
    run = example.run_of("2024")
    assert run is not None
    view = footprint_of(run, find_standard("ladder"), "market")
    assert abs(total[-1] - Decimal(view.energy_j) / 3_600_000_000) < NEAR
    assert abs(total[-1] - sum(total[:-1])) < NEAR


def test_gas_is_not_renewable_and_power_without_certificates_is_unknown(english: Document) -> None:
    found = carriers(english)
    renewable, fossil, unknown, total = found["Gas"]
    assert (renewable, unknown) == (0, 0)
    assert fossil == total > 0
    renewable, fossil, unknown, total = found["Electricity"]
    assert fossil == 0
    assert renewable + unknown == total > 0


def test_groups_of_gases_that_are_let_go_follow_from_the_vocabulary() -> None:
    assert vocabulary().released == {
        "fugitive.refrigerants", "process-emissions", "outside-scopes.refrigerants", "outside-scopes.process",
    }  # fmt: skip
