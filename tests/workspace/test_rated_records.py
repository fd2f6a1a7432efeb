"""Ratings of data from the file to the interval: kept always, counted when the organisation names a set."""

from __future__ import annotations

import pytest

from trede.activity.batches import Batch
from trede.catalogue.ratings import ratings
from trede.cli.main import main
from trede.engine.runs import Run
from trede.workspace import Workspace
from trede.workspace.importing import Imported, import_file
from trede.workspace.running import is_current
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, SAMPLES, Copy, run

COLUMNS = """
[columns.uncertainty]
header = "Onzekerheid"
optional = true

[columns.rating]
header = "Kwaliteit"
optional = true

[constants]"""
SETTING = '\n[uncertainty]\nratings = "ecoinvent-2"\n'
HEAD, FIRST, *_ = (SAMPLES / "gas-per-vestiging.csv").read_text("utf-8").splitlines()


@pytest.fixture
def firm(small: Workspace, copy: Copy) -> Workspace:
    return copy(small)


def described(workspace: Workspace) -> None:
    text = (EXAMPLE / "organisation.toml").read_text("utf-8")
    head, sign, rest = text.partition("[[")
    workspace.describe((head + SETTING + sign + rest).encode(), "organisation.toml")


def taken_in(workspace: Workspace, *ends: str) -> Imported:
    text = (SAMPLES / "gas.toml").read_text("utf-8").replace("[constants]", COLUMNS)
    start = f"{HEAD};Onzekerheid;Kwaliteit\r\n"
    rows = [f"HK;2024-01-{n:02};2024-01-{n:02};{100 + n};factuur;{end}\r\n" for n, end in enumerate(ends, start=1)]
    profile = workspace.save_profile(text.encode(), "gas.toml")
    return import_file(workspace, (start + "".join(rows)).encode(), "gas-beoordeeld.csv", profile)


def margins(found: Run, batch: Batch) -> list[int | None]:
    """The uncertainties of a batch's quantities in the order of its rows, one for each record."""
    rows = [row for row in found.table("ledger").to_pylist() if row["batch"] == batch.id and row["stage"] == "direct"]
    return [row["uncertainty_activity"] for row in sorted(rows, key=lambda row: row["row"])]


ENDS = (";12131", ";1,2,1,3,1", "5;(3 3 3 3 3)", ";", ";5-5-5-5-5")


def test_ratings_are_kept_and_count_by_the_set_that_is_named(
    firm: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = taken_in(firm, *ENDS).batch
    kept = ["1;2;1;3;1", "1;2;1;3;1", "3;3;3;3;3", None, "5;5;5;5;5"]
    assert batch.records()["rating"].to_pylist() == kept
    before = run(firm, 2024)
    plain = margins(before, batch)
    assert "ratings" not in before.spec["cutting"]
    assert len(set(plain)) == 2
    default = plain[0]
    assert plain == [default, default, 500, default, default]

    described(firm)
    assert not is_current(firm, before)
    after = run(firm, 2024)
    by = ratings("ecoinvent-2")
    good, poor = (by.margin(rating, "gas-volume-normal") for rating in ("1;2;1;3;1", "5;5;5;5;5"))
    assert margins(after, batch) == [good, good, 500, default, poor]
    assert after.spec["cutting"]["ratings"]["id"] == "ecoinvent-2"
    assert after.table("totals").select(["account", "co2e"]).equals(before.table("totals").select(["account", "co2e"]))
    assert margins(before, batch) == plain
    assert verify(firm).good

    first, _, stated, *_ = batch.records()["record_id"].to_pylist()
    assert main(["--lang", "en", "-w", str(firm.layout.root), "explain", f"{after.id}/{first}"]) == 0
    out = capsys.readouterr().out
    assert "by the rating 1;2;1;3;1 of the record; Pedigree matrix of ecoinvent 2, Frischknecht et al. (2007)" in out
    assert main(["--lang", "en", "-w", str(firm.layout.root), "explain", f"{after.id}/{stated}"]) == 0
    assert "as the file states it of this record" in capsys.readouterr().out


def test_a_run_tells_by_itself_what_ratings_came_to(firm: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another edition of the factors changes no run that was made."""
    taken_in(firm, *ENDS)
    described(firm)
    made = run(firm, 2024)
    kept = made.cutting.ratings
    assert kept == ratings("ecoinvent-2")
    changed = dict(made.spec["cutting"]["ratings"], basic=[[["freight-distance"], "2.00"], [[], "3"]])
    made.spec["cutting"]["ratings"] = changed
    assert made.cutting.ratings is not None
    assert made.cutting.ratings.margin("1;1;1;1;1", "electricity") > kept.margin("1;1;1;1;1", "electricity")


def test_what_is_no_rating_rejects_its_row(firm: Workspace) -> None:
    imported = taken_in(firm, ";goed", ";1-2", ";12131")
    assert [(issue.code, issue.location.row) for issue in imported.issues if issue.location.row] == [
        ("rating_unreadable", 2),
        ("rating_unreadable", 3),
    ]
    assert imported.batch.counts["accepted"] == 1
