"""What rows are worth that wait for the meaning of a text: tonnes, else euros, else their number."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from trede.intake.template import template_profile
from trede.workspace.importing import import_file
from trede.workspace.worth import Worth, held_worth, ranked_unknown
from workspaces import create

FILE = b"""activity_type;quantity;unit;start;end;site;fuel;category;classification;code
electricity;1;kWh;2024-02-01;2024-02-29;Oost;;;;
electricity;10;kWh;2024-02-01;2024-02-29;Hal A;;;;
electricity;20;kWh;2024-03-01;2024-03-31;Hal A;;;;
electricity;9000;kWh;2024-02-01;2024-02-29;Hal B;;;;
spend;700;EUR;2024-02-01;2024-02-01;Hal C;;1;nace-2;62
fuel-vehicle;5;l;2024-02-01;2024-02-01;;turbo;;;
fuel-vehicle;6;l;2024-02-02;2024-02-02;;turbo;;;
fuel-vehicle;6;l;2024-02-03;2024-02-03;;turbo;;;
"""


def test_the_most_tonnes_go_first_then_euros_then_rows(tmp_path: Path) -> None:
    firm = create(tmp_path / "firm")
    imported = import_file(firm, FILE, "sjabloon.csv", template_profile(FILE, "sjabloon.csv"))
    assert imported.batch.counts["rejected"] == 7
    found = ranked_unknown(firm)
    assert [each.text for each, _ in found] == ["Hal B", "Hal A", "Hal C", "turbo"], "not by the number of rows"
    (_, most), (_, less), (_, money), (_, unknown) = found
    assert most.mg is not None
    assert less.mg is not None
    assert most.mg == 300 * less.mg, "9000 against 30 kWh with one value"
    assert (money.mg, money.euros) == (None, Decimal(700))
    assert (unknown.mg, unknown.euros) == (None, None), "without the fuel there is no factor"


TWICE = b"""activity_type;quantity;unit;start;end;site
electricity;10;kWh;2024-02-01;2024-02-29;
electricity;40;kWh;2024-03-01;2024-03-31;
"""


def test_rows_that_are_held_come_to_about_what_they_say(tmp_path: Path) -> None:
    firm = create(tmp_path / "firm")
    again = TWICE.replace(b";40;", b";41;")
    first, second = (
        import_file(firm, data, f"{name}.csv", template_profile(data, f"{name}.csv", "meters")).batch
        for name, data in (("one", TWICE), ("two", again))
    )
    assert (first.counts["held"], second.counts["held"]) == (0, 1), "the same days once more"
    assert held_worth(firm, first.id) == Worth()
    assert held_worth(firm, second.id).mg == 5_360_000, "10 kWh"
