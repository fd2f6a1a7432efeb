"""Every type on a user's whole road: its template, import, run, ledger rows, explanation; with inputs, in both languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from method_coverage import factors
from trede.catalogue.template import shown_samples, template
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.cli.language import Speaker
from trede.cli.main import main
from trede.cli.template_file import template_csv
from trede.intake.template import template_profile
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.workspace.explaining import explain
from trede.workspace.importing import import_file
from trede.workspace.running import run_period
from trede.workspace.verifying import verify
from workspaces import create, pin

POSTING = [k for k in vocabulary().types.values() if not k.posts and not k.refused and shipped_methods()[k.method].flow]
PLAIN = [kind for kind in POSTING if factors(kind) != ["own factor"]]
"""What posts by itself; a type without a list that ships is calculated by a case, with a factor of its own."""
TYPES = [kind for kind in vocabulary().types.values() if kind.posts]
YEAR = 2026
"""The year of the Dutch list: only what the British list answers has to be pinned."""
BRITISH = "desnz-2025"
OTHER_YEARS = {"spend-with-vat": 2023}
"""Types whose list is of another year."""


def year_of(kind: ActivityType) -> int:
    return OTHER_YEARS.get(kind.id, YEAR)


def as_filled_in(kind: ActivityType, language: str) -> bytes:
    """Return the type's template with its example as a row that counts."""
    speaker = Speaker(language)
    text = template_csv(speaker, {kind.id: kind}).decode("utf-8-sig")
    day = template().example.day
    marked, plain = template().example.marked(kind, language), kind.name.get(language)
    return text.replace(marked, plain).replace(speaker.day(day), speaker.day(day.replace(year=year_of(kind)))).encode()


ROADS = [*((kind, "nl") for kind in PLAIN), *((kind, language) for kind in TYPES for language in ("nl", "en"))]


@pytest.mark.parametrize(("kind", "language"), ROADS, ids=lambda value: getattr(value, "id", value))
def test_the_template_leads_to_the_ledger_and_back(
    kind: ActivityType, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = create(tmp_path / "firm")
    data = as_filled_in(kind, language)
    result = import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    assert result.batch.facts["counts"]["accepted"] == 1, result.batch.facts
    (record,) = result.batch.records().to_pylist()
    assert record["activity_type"] == kind.id
    pin(workspace, (YEAR,), BRITISH)
    found = run_period(workspace, Period.year(year_of(kind)))
    assert not found.table("unmatched").num_rows, found.result["issues"]
    ledger = found.table("ledger").to_pylist()
    assert ledger
    assert {row["record_id"] for row in ledger} == {record["record_id"]}
    _, trail = explain(workspace, f"{found.id}/{record['record_id']}", None)
    assert bool(trail.derivations) == bool(kind.posts)  # type: ignore[union-attr]
    for posting in trail.postings:  # type: ignore[union-attr]
        assert abs(posting.exact_mg - posting.row["co2e"]) <= 1
    if language == "nl":
        assert verify(workspace, found).good
    capsys.readouterr()
    assert main(["--lang", language, "-w", str(tmp_path / "firm"), "explain", f"{found.id}/{record['record_id']}"]) == 0
    out = capsys.readouterr().out
    assert kind.name.get(language) in out
    for name, figure in shown_samples({kind.id: kind})[kind.id].inputs.items():
        assert Speaker(language).number(figure) in out, name


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.id)
def test_an_example_row_that_was_left_in_does_not_count(kind: ActivityType, tmp_path: Path) -> None:
    workspace = create(tmp_path / "firm")
    data = template_csv(Speaker("nl"), {kind.id: kind})
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    counted = [*rows, [cell.replace(template().example.marker.nl + ": ", "") for cell in rows[1]]]
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(counted)
    result = import_file(
        workspace, text.getvalue().encode(), "own.csv", template_profile(text.getvalue().encode(), "own.csv")
    )
    counts: dict[str, Any] = result.batch.facts["counts"]
    assert (counts["accepted"], counts["set_aside"]) == (1, 2)
