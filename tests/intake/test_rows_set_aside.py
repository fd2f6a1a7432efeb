"""Rows that are no activity: left out by the profile, or set aside by a person after they were rejected."""

from decimal import Decimal

import pytest
from intake_samples import PROFILE, ROWS, TOTALS, changed, csv, one, profile, refused, staged

from trede.kernel.addresses import Address
from trede.kernel.errors import CatalogueError

WASH = "18-03-2024;B4;AB-123-C;Wasbeurt;;;12,50;Utrecht;"
COSTS = "19-03-2024;B5;AB-123-C;kosten  PAS;1,00;2,50;2,50;Utrecht;"
LEAVING = PROFILE.replace(
    '[columns.fuel]\nheader = "Product"', '[columns.fuel]\nheader = "Product"\nleave_out = ["Wasbeurt", "Kosten pas"]'
)


def test_the_profile_leaves_rows_out_with_their_reason() -> None:
    found = staged(csv(*ROWS, WASH, COSTS), LEAVING)
    assert found.counts == {"accepted": 3, "set_aside": 3, "held": 0, "rejected": 0}
    rows = found.rows.to_pylist()[4:]
    assert [(row["fate"], row["code"], row["column"], row["detail"]) for row in rows] == [
        ("set_aside", "left_out", "Product", '{"value":"Wasbeurt"}'),
        ("set_aside", "left_out", "Product", '{"value":"kosten  PAS"}'),
    ]
    assert found.issues == ()
    # Without the line the same rows are rejected, and nothing is left out by itself.
    assert staged(csv(*ROWS, WASH, COSTS)).counts["rejected"] == 2


def test_a_row_that_is_left_out_is_no_original_of_a_duplicate() -> None:
    double = changed(c1="B4")
    found = staged(csv(WASH, double), LEAVING)
    assert found.counts == {"accepted": 1, "set_aside": 2, "held": 0, "rejected": 0}


def test_the_senders_total_has_the_quantity_of_a_row_that_is_left_out() -> None:
    total = "Totaal;;;;{};;;;"
    stated = Decimal("40.50") + Decimal("1.00")
    right = csv(ROWS[0], WASH, COSTS, total.format(str(stated).replace(".", ",")))
    assert [control.status for control in staged(right, LEAVING + TOTALS).controls] == ["agrees"]
    # A wash without litres explains no difference.
    wrong = csv(ROWS[0], WASH, COSTS, total.format("99,00"))
    assert one(staged(wrong, LEAVING + TOTALS), "control_total_differs")


def test_a_file_of_rows_that_are_left_out_is_taken_in() -> None:
    assert staged(csv(WASH), LEAVING).counts == {"accepted": 0, "set_aside": 2, "held": 0, "rejected": 0}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('leave_out = ["Wasbeurt"', 'leave_out = ["diesel"'),
        ('header = "Kenteken"', 'header = "Kenteken"\nleave_out = ["AB-123-C"]'),
        ('leave_out = ["Wasbeurt", "Kosten pas"]', "leave_out = []"),
    ],
)
def test_a_contradicting_profile_does_not_load(old: str, new: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        profile(LEAVING.replace(old, new))
    assert [issue.code for issue in caught.value.issues] == ["field_invalid"]


def test_profiles_without_it_are_what_they_were() -> None:
    assert all("leave_out" not in column for column in profile().canonical()["columns"].values())


def test_a_rejected_row_is_set_aside_by_decision() -> None:
    data = csv(*ROWS, WASH)
    found = staged(data, accept_held={Address(5): "set-aside"})
    assert found.counts == {"accepted": 3, "set_aside": 2, "held": 0, "rejected": 0}
    assert found.issues == ()
    row = found.rows.to_pylist()[4]
    assert row["code"] == "set_aside_by_decision"
    assert '"held_for":"value_unknown"' in row["detail"]
    for row_number, choice in ((2, "set-aside"), (5, "accept"), (5, "drop")):
        refused(lambda n=row_number, c=choice: staged(data, accept_held={Address(n): c}), "decision_not_held")


def test_a_total_that_cannot_be_read_can_be_set_aside() -> None:
    data = csv(*ROWS, "Totaal;;;;zie bijlage;;;;")
    assert staged(data, PROFILE + TOTALS).counts["rejected"] == 1
    assert staged(data, PROFILE + TOTALS, accept_held={Address(5): "set-aside"}).counts["rejected"] == 0


def test_a_decision_about_a_row_hides_no_issue_of_another() -> None:
    data = csv(*ROWS, WASH, "Totaal;;;;1,00;;;;")
    found = staged(data, PROFILE + TOTALS, accept_held={Address(5): "set-aside"})
    assert one(found, "control_total_differs").location.row == 6
