"""Exports as suppliers, meters and charging networks write them: moments, units in cells, periods in one cell."""

from datetime import date
from typing import Any

import pytest
from intake_samples import KEY

from trede.intake import Staging, inspect_file, load_profile, stage
from trede.kernel.errors import IntakeError

POWER = """
id = "stroom"
title = "Stroom"
source = "stroom"
{file}
[columns.quantity]
header = "Verbruik"
{columns}
[constants]
activity_type = "electricity"
unit = "kWh"
"""
INTERVAL = """[columns.start]
header = "Van"
[columns.end]
header = "Tot"
"""


def taken(text: str, columns: str, file: str = "") -> Staging:
    profile = load_profile(POWER.format(file=file, columns=columns).encode(), "stroom.toml")
    return stage(text.encode(), "stroom.csv", profile, key=KEY)


def days(staging: Staging) -> list[tuple[Any, Any]]:
    return [(row["start"], row["end"]) for row in staging.records.to_pylist()]


def test_the_last_quarter_of_an_hour_of_a_year_stays_in_it() -> None:
    text = "Van;Tot;Verbruik\n2024-12-31 23:30;2024-12-31 23:45;1,5\n2024-12-31 23:45;2025-01-01 00:00;1,25\n"

    assert days(taken(text, INTERVAL)) == [(date(2024, 12, 31), date(2024, 12, 31))] * 2


def test_days_written_with_a_midnight_behind_them_stay_days() -> None:
    text = "Van;Tot;Verbruik\n2024-01-01 00:00:00;2024-01-31 00:00:00;150\n"

    assert days(taken(text, INTERVAL)) == [(date(2024, 1, 1), date(2024, 1, 31))]


def test_ends_that_are_the_beginning_of_the_next_row_are_settled_by_a_person() -> None:
    text = "Van;Tot;Verbruik\n01-12-2023;01-01-2024;31\n01-01-2024;31-01-2024;30\n"

    with pytest.raises(IntakeError) as error:
        taken(text, INTERVAL)
    settled = taken(text, INTERVAL, '[file]\nend_day = "excluded"')

    assert [(issue.code, issue.values["count"]) for issue in error.value.issues] == [("ends_touch_starts", 1)]
    assert not settled.issues
    assert days(settled) == [(date(2023, 12, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 1, 30))]


def test_a_single_end_that_touches_is_told() -> None:
    rows = [f"01-{m:02}-2024;{25 + m % 3}-{m:02}-2024;31" for m in range(1, 8)]
    text = "\n".join(["Van;Tot;Verbruik", *rows, "15-08-2024;01-09-2024;1", "01-09-2024;20-09-2024;2", ""])

    assert [issue.code for issue in taken(text, INTERVAL).issues] == ["ends_touch_starts"]


def test_a_period_in_one_cell_in_the_file_s_own_date_format() -> None:
    text = "Periode;Verbruik\n01-01-2024 t/m 31-01-2024;1.234,50\nfebruari 2024;934\n"

    assert days(taken(text, "[columns.period]\nheader = 'Periode'")) == [
        (date(2024, 1, 1), date(2024, 1, 31)),
        (date(2024, 2, 1), date(2024, 2, 29)),
    ]


def test_a_unit_behind_the_number_must_be_the_row_s_unit() -> None:
    text = "Periode;Verbruik\n2024-01;12,5 kWh\n2024-02;1.300,25kwh\n2024-03;2 MWh\n2024-04;15km\n"

    staging = taken(text, "[columns.period]\nheader = 'Periode'")

    assert [str(q) for q in staging.records["quantity"].to_pylist()] == ["12.500000", "1300.250000"]
    found = [(issue.location.row, issue.code) for issue in staging.issues]
    assert found[:1] == [(4, "unit_in_cell_differs")]
    assert {row for row, _ in found} == {4, 5}
    assert staging.counts["rejected"] == 2


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<html><table><tr><td>kWh</td></tr></table></html>", "html"),
        ('<?xml version="1.0"?><verbruik><kwh>1</kwh></verbruik>', "xml"),
        ('{"verbruik": [1, 2]}', "json"),
    ],
)
def test_markup_is_no_table_whatever_its_name(text: str, kind: str) -> None:
    with pytest.raises(IntakeError) as error:
        inspect_file(text.encode(), "verbruik.xls")

    assert [(issue.code, issue.values["kind"]) for issue in error.value.issues] == [("file_not_text", kind)]
