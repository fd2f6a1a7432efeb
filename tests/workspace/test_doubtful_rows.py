"""Rows that are doubtful beside their file: years mistyped backwards, credits that name nothing, accepted duplicates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trede.activity.batches import Batch
from trede.intake import load_profile
from trede.kernel.errors import StoreError, TredeError
from trede.kernel.issues import Issue
from trede.organisation.decisions import AcceptDifference, HeldRow, Revoke
from trede.workspace import Workspace
from trede.workspace.deciding import decision_about
from trede.workspace.findings import credits_of
from trede.workspace.importing import Imported, import_file, reimport
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, Copy, Fill, create, decide_held, fuel_card, profile_bytes, take_in

UNKNOWN_SOURCE = profile_bytes("tankpas.csv").replace(b'source = "tankpas"', b'source = "tweede-pas"')


def told(found: Imported, code: str) -> list[Issue]:
    return [issue for issue in found.issues if issue.code == code]


def unregistered(workspace: Workspace, data: bytes) -> Imported:
    return import_file(workspace, data, "tweede.csv", load_profile(UNKNOWN_SOURCE, "tweede.toml"))


def decide(workspace: Workspace, batch: Batch, choice: Any, *words: str, **options: Any) -> Batch:
    workspace.decide(decision_about(workspace, batch, choice, words, lambda: BY, **options))
    return reimport(workspace, batch).batch


def refused(workspace: Workspace, batch: Batch, choice: Any, *words: str, **options: Any) -> Issue:
    before = len(list(workspace.decisions.all()))
    with pytest.raises(TredeError) as error:
        decide(workspace, batch, choice, *words, **options)
    assert len(list(workspace.decisions.all())) == before
    return error.value.issues[0]


# -- years


def test_what_lies_before_the_source_begins_is_held(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    found = take_in(
        workspace, "tankpas.csv", fuel_card([*FILLS, replace(FILLS[0], document="B6", day=date(2004, 3, 1))])
    )
    (issue,) = told(found, "starts_before_source")
    assert issue.location.row == 7
    assert issue.values == {"start": "2004-03-01", "source": "tankpas", "year": 2022}
    assert found.batch.counts["held"] == 1
    assert decide_held(workspace, found.batch, "accept").counts["accepted"] == 6
    assert verify(workspace).good


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [("2021-07-01", "2022-06-30", 0), ("2012-07-01", "2022-06-30", 1), ("2021-01-01", "2021-12-31", 1)],
)
def test_a_bill_over_the_turn_of_the_year_is_not_before_its_source(
    tmp_path: Path, first: str, last: str, held: int
) -> None:
    workspace = create(tmp_path / "w")
    head = "Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\n"
    profile = load_profile(profile_bytes("gas.csv"), "gas.toml")
    found = import_file(workspace, f"{head}HK;{first};{last};1550;factuur\r\n".encode(), "gas.csv", profile)
    assert len(told(found, "starts_before_source")) == held


@pytest.mark.parametrize(
    ("days", "far"),
    [
        ([date(2024, 1, 1), date(2024, 6, 1), date(2014, 3, 1)], [4]),
        ([date(2014, 1, 1), date(2024, 6, 1), date(2014, 3, 1)], [3]),
        ([date(2022, 2, 1), date(2024, 1, 1), date(2024, 6, 1)], []),  # within two years
        ([date(2014, 1, 1), date(2019, 6, 1), date(2024, 3, 1)], []),  # no larger part
        ([date(2014, 1, 1), date(2024, 1, 1)], []),
        ([date(year, 1, 1) for year in range(2012, 2025, 2)], []),  # a long row of years hangs together
    ],
)
def test_without_a_register_what_is_far_from_the_rest_is_held(tmp_path: Path, days: list[date], far: list[int]) -> None:
    fills = [Fill(f"B{number}", day, "20,00") for number, day in enumerate(days)]
    found = unregistered(create(tmp_path / "w"), fuel_card(fills))
    assert [issue.location.row for issue in told(found, "far_from_rest")] == far
    assert found.batch.counts["held"] == len(far)


def test_what_is_far_says_from_what(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    fills = [
        Fill("A", date(2024, 1, 1), "20,00"),
        Fill("B", date(2014, 1, 1), "20,00"),
        Fill("C", date(2024, 5, 1), "2,00"),
    ]
    found = unregistered(workspace, fuel_card(fills))
    (issue,) = told(found, "far_from_rest")
    assert issue.values == {"start": "2014-01-01", "first": "2024-01-01", "last": "2024-05-01"}
    assert decide_held(workspace, found.batch, "drop").counts["set_aside"] == 3
    assert verify(workspace).good


# -- credits

CREDIT = Fill("C1", date(2024, 1, 9), "-38,70")


def test_a_credit_that_names_nothing_is_held_with_its_candidates(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    other_car = replace(FILLS[1], document="B7", plate="8-BQG-24")
    later = replace(FILLS[1], document="B8", day=date(2024, 1, 10))
    other_product = replace(FILLS[1], document="B9", product="Diesel B7")
    found = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, CREDIT, other_car, later, other_product]))
    (issue,) = told(found, "negative_without_credit")
    assert issue.location.row == 7
    assert issue.values == {"value": "-38.7", "candidates": ["B2 (tankpas.csv:3)"]}
    assert found.batch.counts["held"] == 1
    assert verify(workspace).good


def test_an_accepted_credit_names_its_record(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    take_in(workspace, "tankpas.csv", fuel_card())
    held = take_in(workspace, "tankpas-credit.csv", fuel_card([CREDIT, Fill("B9", date(2024, 2, 1), "7,00")])).batch
    assert refused(workspace, held, "accept", "2").values == {"rows": ["2"], "candidates": ["B2 (tankpas.csv:3)"]}
    assert refused(workspace, held, "accept", "2", credit_of="B77").code == "credit_record_unknown"
    done = decide(workspace, held, "accept", "2", credit_of="B2")
    assert done.counts == {"accepted": 2, "set_aside": 2, "held": 0, "rejected": 0}
    (credit,) = (r for r in done.records().to_pylist() if r["quantity"] < 0)
    assert (credit["credit_of"], credit["document"]) == ("B2", "C1")
    assert [len(credits) for credits in credits_of(workspace).values()] == [1]
    assert reimport(workspace, done).again
    assert verify(workspace).good

    again = take_in(workspace, "tankpas-later.csv", fuel_card([CREDIT]))
    assert [issue.code for issue in again.issues] == ["duplicate_of_stored"]
    twice = decide(workspace, again.batch, "accept", "2")
    (problem,) = twice.problems("held")
    assert (problem.code, problem.values["candidates"]) == ("negative_without_credit", [])


def test_a_credit_may_name_the_id_of_a_record(tmp_path: Path) -> None:
    """Where a source has no document numbers."""
    workspace = create(tmp_path / "w")
    text = profile_bytes("tankpas.csv").decode()
    text = text[: text.index("[unique]")].replace("[columns.document]", "[columns.custom.bon]")
    profile = load_profile(text.encode(), "tankpas.toml")
    found = import_file(workspace, fuel_card([FILLS[1], CREDIT]), "tankpas.csv", profile)
    (record,) = found.batch.records().to_pylist()
    (issue,) = told(found, "negative_without_credit")
    assert issue.values["candidates"] == [f"{record['record_id']} (tankpas.csv:2)"]
    done = decide(workspace, found.batch, "accept", "3", credit_of=record["record_id"])
    assert sum(r["quantity"] for r in done.records().to_pylist()) == 0
    (credit,) = (r for r in done.records().to_pylist() if r["quantity"] < 0)
    assert dict(credits_of(workspace)) == {record["record_id"]: frozenset({credit["record_id"]})}
    assert verify(workspace).good


def test_accepting_without_a_name_lets_no_credit_through(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    found = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, CREDIT])).batch
    for credit_of in (None, "B77", "C1"):
        workspace.decide(HeldRow(file_sha256=found.file_sha256, row=7, choice="accept", credit_of=credit_of, **BY))
        again = reimport(workspace, found).batch
        assert [problem.code for problem in again.problems("held")] == ["negative_without_credit"]
    assert verify(workspace).good


# -- duplicates


def equal_rows(workspace: Workspace, count: int, name: str) -> Imported:
    text = profile_bytes("tankpas.csv").decode()
    profile = load_profile(text[: text.index("[unique]")].encode(), "tankpas.toml")
    padding = [Fill(name, date(2024, 7, 1), "9,00")]
    return import_file(workspace, fuel_card([*padding, *[FILLS[1]] * count]), name, profile)


def ids(workspace: Workspace) -> list[str]:
    return [r["record_id"] for batch in workspace.active_batches() for r in batch.records().to_pylist()]


def test_an_accepted_duplicate_is_a_record_of_its_own(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    equal_rows(workspace, 2, "one.csv")
    second = equal_rows(workspace, 3, "two.csv").batch
    assert [problem.location.row for problem in second.problems("held")] == [3, 4]
    second = decide(workspace, second, "accept", "4")
    after_one = set(ids(workspace))
    second = decide(workspace, second, "accept", "3")
    third = equal_rows(workspace, 1, "three.csv").batch
    decide(workspace, third, "accept", "3")
    found = ids(workspace)
    assert len(found) == len(set(found)) == 3 + 4 + 2
    assert after_one < set(found)
    assert reimport(workspace, second).again
    assert verify(workspace).good


def test_a_kept_id_is_never_that_of_a_row_that_still_waits(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    equal_rows(workspace, 1, "one.csv")
    second = equal_rows(workspace, 2, "two.csv").batch
    assert second.counts["held"] == 1
    done = decide(workspace, second, "accept", "3")
    assert len(set(ids(workspace))) == 2 + 3
    assert done.counts["held"] == 0


# -- several rows at once


def test_a_range_and_all_of_one_reason_are_one_decision(small: Workspace, copy: Copy) -> None:
    for words, code, rows in (
        (("3-4",), None, [3, 4]),
        (("2", "4"), None, [2, 4]),
        (("all",), "duplicate_of_stored", [2, 3, 4]),
        (("1-9", "3"), "duplicate_of_stored", [2, 3, 4]),
        (("1-9",), None, [2, 3, 4, 5]),
    ):
        workspace = copy(small)
        ahead = Fill("B9", date(2031, 1, 1), "20,00")
        held = take_in(workspace, "tankpas-later.csv", fuel_card([*FILLS[:3], ahead])).batch
        done = decide(workspace, held, "drop", *words, code=code)
        last = list(workspace.decisions.all())[-1]
        assert isinstance(last.decision, HeldRow)
        assert [at.row for at in last.decision.addresses] == rows
        assert [p.location.row for p in done.problems("held")] == [row for row in (2, 3, 4, 5) if row not in rows]
        workspace.decide(Revoke(decision=last.id, **BY))
        assert reimport(workspace, done).batch.counts["held"] == 4


def test_rows_are_decided_all_or_none(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    held = take_in(workspace, "tankpas-later.csv", fuel_card(FILLS[:3])).batch
    for words, code, expected in (
        (("2", "7"), None, "row_not_held"),
        (("2", "drie"), None, "row_not_held"),
        (("2", "9-20"), None, "rows_none_in_range"),
        (("all",), None, "rows_all_of_what"),
        (("all",), "starts_in_future", "issue_of_no_row"),
    ):
        assert refused(workspace, held, "drop", *words, code=code).code == expected
    assert refused(workspace, held, "accept", "2", credit_of="B2").code == "credit_of_one_row"


def test_the_last_decision_about_one_of_several_rows_prevails(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    held = take_in(workspace, "tankpas-later.csv", fuel_card(FILLS[:3])).batch
    done = decide(workspace, held, "drop", "2-4")
    workspace.decide(HeldRow(file_sha256=held.file_sha256, source="tankpas", row=3, choice="accept", **BY))
    done = reimport(workspace, done).batch
    assert [r["row"] for r in done.records().to_pylist()] == [3]
    assert verify(workspace).good


# -- decisions


def test_a_decision_is_taken_back_once(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    kept = workspace.decisions.in_force()[-1]
    first = workspace.decide(Revoke(decision=kept.id, **BY))
    with pytest.raises(StoreError) as error:
        workspace.decide(Revoke(decision=kept.id, **BY))
    (issue,) = error.value.issues
    assert issue.code == "decision_revoked_already"
    assert issue.values == {"decision": kept.id, "by": first.id, "person": BY["person"], "reason": BY["reason"]}
    workspace.decide(Revoke(decision=first.id, **BY))
    workspace.decide(Revoke(decision=kept.id, **BY))
    assert kept.id not in {r.id for r in workspace.decisions.in_force()}


def test_an_earlier_decision_about_a_difference_keeps_its_content() -> None:
    said = AcceptDifference(file_sha256="a", difference=Decimal(4), **BY)
    assert said.model_dump(mode="json", exclude_defaults=True).keys() == {
        "file_sha256", "difference", "reason", "person", "made_at",
    }  # fmt: skip
