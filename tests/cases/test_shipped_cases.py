"""Every case that ships holds, and would not hold if a figure were another."""

from pathlib import Path

import pytest

from trede.cases.folder import SHIPPED, find_cases, run_path
from trede.cases.reading import load_case

FILES = find_cases(SHIPPED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_case_holds(path: Path) -> None:
    (outcome,) = run_path(path)
    assert outcome.result is not None
    comparisons = outcome.result.comparisons
    assert [(c.expect, c.got) for c in comparisons if not c.holds] == []
    assert outcome.holds
    if outcome.result.case.id.startswith("posting-"):  # these hold to the milligram
        assert [c.difference for c in comparisons] == [0] * len(comparisons)


def test_they_are_the_posting_examples_and_the_published_ones() -> None:
    names = {path.stem for path in FILES}
    posting = {int(name.split("-")[1]) for name in names if name.startswith("posting-")}
    assert posting == set(range(1, 19))
    assert {"third-party-both-bases", "ms-lab3-electricity", "ms-lab3-electric-car"} <= names
    assert {"tg-5-1-waste", "tg-7-2-commuting", "nz-stationary-fuels"} <= names


def test_a_broken_case_fails_alone(tmp_path: Path) -> None:
    for path in FILES[:3]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    broken = tmp_path / "posting-01-petrol.toml"
    text = (SHIPPED / broken.name).read_text("utf-8")
    assert "135.006080" in text
    broken.write_text(text.replace("135.006080", "135.006081", 1), "utf-8")
    outcomes = {outcome.file: outcome for outcome in run_path(tmp_path)}
    assert [name for name, outcome in outcomes.items() if not outcome.holds] == [broken.name]
    result = outcomes[broken.name].result
    assert result is not None
    (wrong,) = (comparison for comparison in result.comparisons if not comparison.holds)
    assert (wrong.expect.heading, str(wrong.difference)) == ("scope-1", "-0.000001")


def test_ids_are_unique_and_named_by_their_file() -> None:
    ids = [load_case(path.read_bytes(), path.name).id for path in FILES]
    assert len(ids) == len(set(ids))
    assert [path.name for path, ident in zip(FILES, ids, strict=True) if not path.stem.startswith(ident)] == []


def test_titles_are_in_both_languages() -> None:
    cases = [load_case(path.read_bytes(), path.name) for path in FILES]
    assert [case.id for case in cases if case.title_in("nl") == case.title_in("en")] == []
