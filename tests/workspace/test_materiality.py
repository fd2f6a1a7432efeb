"""Materiality: every category of scope 3 is calculated or explained, and combinations of product and market are scored."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from report.report_samples import teller
from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.categories import by_influence, by_size, share_of
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import CatalogueError
from trede.kernel.periods import Period
from trede.organisation.decisions import Revoke
from trede.organisation.materiality import CATEGORIES, CategoryState, Materiality, ranked
from trede.report.document import Listing, Section, Table
from trede.workspace import Workspace
from trede.workspace.materiality import categories_of, materiality, open_categories, read_table
from trede.workspace.reporting import make_report, write_report
from workspaces import Copy, clock, publish_sample

Say = Callable[..., str]
TONNE = 10**9
WHO = "Quality officer"

TABLE = """
lowest = 1
highest = 5
rule = "own method"
[[criterion]]
id = "sector"
name = "Size of the sector"
[[criterion]]
id = "influence"
name = "Own influence"
weight = 2
[[combination]]
activity = "Window cleaning"
market = "Housing"
scores.sector = { score = 4, reason = "many houses" }
scores.influence = { score = 2, reason = "the client decides" }
[[combination]]
activity = "Cleaning of offices"
market = "Business services"
categories = ["1", "7"]
scores.sector = { score = 3, reason = "a third of all offices" }
scores.influence = { score = 4.5, reason = "we choose products and routes" }
[[combination]]
activity = "Cleaning of schools"
market = "Education"
scores.sector = { score = 2, reason = "few schools" }
scores.influence = { score = 3, reason = "contracts of four years" }
"""


@pytest.fixture
def firm(example: Workspace, copy: Copy) -> Workspace:
    return copy(example)


def say(
    workspace: Workspace, relevance: str, *categories: str, years: tuple[int, ...] = (2024,), **more: object
) -> str:
    facts = {"reason": "seen in the annual plan", "person": WHO, "made_at": clock(), **more}
    decision = CategoryState(categories=categories, years=years, relevance=relevance, **facts)  # type: ignore[arg-type]
    return workspace.decide(decision).id


def states(workspace: Workspace, name: str = "2024") -> dict[str, str]:
    return {view.category: view.state for view in categories_of(workspace, workspace.find_run(name))}


def test_categories_are_those_of_the_footprint(example: Workspace) -> None:
    run = example.find_run("2024")
    for basis in ("location", "market"):
        views = categories_of(example, run, basis)
        assert tuple(view.category for view in views) == CATEGORIES
        found = footprint_of(run, find_standard("ghg"), basis)
        assert sum(view.mg for view in views) == found.line("scope-3").mg
        assert {view.category: view.mg for view in views if view.mg} == {
            "3": found.line("scope-3.3").mg, "6": found.line("scope-3.6").mg,
        }  # fmt: skip
        assert all(sum(view.quality.values()) == view.mg for view in views)
    assert sum(share_of(view, views) or Decimal(0) for view in views) == pytest.approx(Decimal(1))
    assert views[5].methods == ("human-powered@1", "travel-distance@1")


def test_what_was_said_decides_the_state(firm: Workspace) -> None:
    assert {name for name, state in states(firm).items() if state != "unexplained"} == {"3", "6"}
    say(firm, "not-relevant", "10", "11", "12", "14")
    say(firm, "not-calculated", "7", estimate=Decimal("12.5"), basis="survey of 2022", influence="high")
    say(firm, "not-calculated", "6", estimate=Decimal(1), basis="trains that were not kept")
    say(firm, "relevant", "1", influence="low")
    found = states(firm)
    assert {found[n] for n in ("10", "11", "12", "14")} == {"not-relevant"}
    assert (found["7"], found["6"], found["3"], found["1"]) == ("not-calculated", "partly", "calculated", "unexplained")
    assert set(states(firm, "2023").values()) == {"calculated", "unexplained"}
    views = categories_of(firm, firm.find_run("2024"))
    assert [view.category for view in by_size(views)][:3] == ["3", "7", "6"]
    assert [view.category for view in by_influence(views)][:3] == ["7", "1", "3"]
    assert (views[6].missing, views[6].size, views[6].mg) == (12_500_000_000, 12_500_000_000, 0)
    assert views[5].size == views[5].mg + TONNE


def test_a_later_word_holds_and_can_be_taken_back(firm: Workspace) -> None:
    say(firm, "not-relevant", "8")
    later = say(firm, "not-calculated", "8")
    assert states(firm)["8"] == "not-calculated"
    firm.decide(Revoke(decision=later, reason="too early", person=WHO, made_at=clock()))
    assert states(firm)["8"] == "not-relevant"


def test_a_notice_names_what_nobody_explained(firm: Workspace) -> None:
    run = firm.find_run("2024")
    [notice] = open_categories(firm, run)
    assert (notice.code, notice.severity) == ("category_unexplained", "notice")
    assert notice.values["categories"] == [c for c in CATEGORIES if c not in ("3", "6")]
    say(firm, "not-relevant", *(c for c in CATEGORIES if c not in ("3", "6")))
    assert open_categories(firm, run) == []


def test_records_of_what_is_said_to_be_irrelevant_are_a_contradiction(firm: Workspace) -> None:
    ident = say(firm, "not-relevant", *CATEGORIES[3:])
    found = {issue.code: issue.values for issue in open_categories(firm, firm.find_run("2024"))}
    assert found["category_contradicted"] == {"category": "6", "period": "2024", "person": WHO, "decision": ident}
    assert found["category_unexplained"]["categories"] == ["1", "2"]


@pytest.mark.parametrize(
    "wrong", [{"relevance": "relevant", "estimate": 1, "basis": "x"}, {"categories": ("1", "2"), "estimate": 1, "basis": "x"},
              {"estimate": 1}, {"categories": ("16",)}, {"categories": ()}, {"influence": "huge"}],
)  # fmt: skip
def test_a_word_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    facts = {"categories": ("1",), "years": (2024,), "relevance": "not-relevant", "reason": "why not", "person": WHO}
    with pytest.raises(ValidationError):
        CategoryState.model_validate({**facts, "made_at": clock(), **wrong})


# -- publishing, report, commands


def test_a_publication_keeps_what_was_said(firm: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    said = say(firm, "not-calculated", "7", estimate=Decimal("12.5"), basis="survey of 2022")
    published = publish_sample(firm, Period.year(2024))
    firm.decide(Revoke(decision=said, reason="calculated now", person=WHO, made_at=clock()))
    [kept] = firm.publications_of("2024")[-1].publication.categories
    assert (kept.category, kept.state, kept.said.decision, kept.said.estimate) == (
        "7",
        "not-calculated",
        said,
        Decimal("12.5"),
    )
    assert published.publication.categories == (kept,)
    assert main(["--lang", "en", "-w", str(firm.layout.root), "publications"]) == 0
    assert f"Category 7 of scope 3: not calculated yet, says {WHO}: seen in the annual plan." in capsys.readouterr().out


def section(workspace: Workspace, language: str = "en") -> Section:
    report = make_report(workspace, ["2024"], language, teller(language))
    title = {"en": "Scope 3 by category", "nl": "Scope 3 naar categorie"}[language]
    return next(found for found in report.sections if found.title == title)


def test_the_report_has_every_category_with_its_reason(firm: Workspace, tmp_path: Path) -> None:
    say(firm, "not-relevant", "10", "14")
    say(firm, "not-calculated", "7", estimate=Decimal("12.5"), basis="survey of 2022", influence="high")
    table = read_table(TABLE.encode(), "pmc.toml")
    firm.decide(Materiality(name="pmc.toml", table=table, reason="yearly", person=WHO, made_at=clock()))
    found = section(firm)
    categories, combinations = (part for part in found.parts if isinstance(part, Table))
    assert len(categories.rows) == 16
    told = {str(row.cells[0]).partition(":")[0]: row.cells for row in categories.rows}
    assert told["Category 14"][1::7] == ("not relevant", f"seen in the annual plan ({WHO})")
    assert told["Category 7"][2] == "high"
    assert told["Category 1"][1] == "not explained"
    assert [row.cells[1] for row in combinations.rows] == [
        "Cleaning of offices",
        "Window cleaning",
        "Cleaning of schools",
    ]
    [open_ones] = [part for part in found.parts if isinstance(part, Listing)]
    assert open_ones.items[0].values["categories"] == "1, 2, 4, 5, 8, 9, 11, 12, 13, 15"
    path = tmp_path / "report.xlsx"
    write_report(make_report(firm, ["2024"], "en", teller("en")), xlsx=path)
    cells = [cell.value for row in load_workbook(path)["Scope 3"].iter_rows() for cell in row]
    assert "we choose products and routes" in cells
    assert "Category 11: use of sold products" in cells
    assert "Scope 3" in load_workbook(path).sheetnames


def test_the_report_says_nothing_is_open_when_all_is_explained(firm: Workspace) -> None:
    say(firm, "not-relevant", *(c for c in CATEGORIES if c not in ("3", "6")))
    assert not [part for part in section(firm, "nl").parts if isinstance(part, Listing)]


def call(workspace: Workspace, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["--lang", "en", "-w", str(workspace.layout.root), *words]) == code
    shown = capsys.readouterr()
    return (shown.err if code else shown.out).replace("\u00a0", " ")


def test_commands_record_and_show(firm: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    why = ("--reason", "survey follows", "--by", WHO)
    call(firm, capsys, "category", "7", "--years", "2024", "--not-calculated", "--influence", "high", "--estimate", "12,5",
         "--basis", "survey of 2022", *why)  # fmt: skip
    call(firm, capsys, "category", "10", "11", "--years", "2024", "--not-relevant", *why)
    shown = call(firm, capsys, "categories", "2024", "--by", "influence")
    lines = [line.strip() for line in shown.splitlines()]
    assert lines[0] == "GHG Protocol, location basis"
    assert lines[3].startswith("Category 7: employee commuting")
    assert "12.50" in lines[3]
    assert "Estimated size: 12.5 tonnes CO2e (survey of 2022)." in shown
    assert "neither calculated nor explained: 1, 2, 4, 5, 8, 9, 12, 13, 14, 15." in shown
    refused = call(firm, capsys, "category", "7", "8", "--years", "2024", "--not-relevant", "--estimate", "1", "--basis", "b",
                   *why, code=1)  # fmt: skip
    assert "An estimate is about one category" in refused
    assert "No combinations of product and market were recorded." in call(firm, capsys, "materiality")
    path = tmp_path / "pmc.toml"
    path.write_text(TABLE, "utf-8")
    assert "reason" in call(firm, capsys, "materiality", str(path), "--by", WHO, code=1)
    call(firm, capsys, "materiality", str(path), *why)
    shown = call(firm, capsys, "materiality")
    assert shown.index("Cleaning of offices") < shown.index("Window cleaning") < shown.index("Cleaning of schools")
    assert "Own influence: the client decides" in shown
    assert "Criteria, weights and scores are the organisation's own." in shown
    assert "table={'lowest': '1'" in call(firm, capsys, "decisions")


# -- the scored combinations


def test_combinations_are_ranked_by_weighted_score() -> None:
    found = ranked(read_table(TABLE.encode(), "pmc.toml"))
    assert [(each.rank, each.combination.market, each.total) for each in found] == [
        (1, "Business services", Decimal(12)), (2, "Housing", Decimal(8)), (2, "Education", Decimal(8)),
    ]  # fmt: skip


def test_the_last_table_is_in_force(firm: Workspace) -> None:
    assert materiality(firm) is None
    table = read_table(TABLE.encode(), "pmc.toml")
    for name in ("first.toml", "second.toml"):
        firm.decide(Materiality(name=name, table=table, reason="yearly", person=WHO, made_at=clock()))
    found = materiality(firm)
    assert found is not None
    assert isinstance(found.decision, Materiality)
    assert (found.decision.name, found.decision.table) == ("second.toml", table)


@pytest.mark.parametrize(
    ("before", "after", "code", "place"),
    [
        ("highest = 5", "highest = 1", "materiality_scale_wrong", "highest"),
        ('id = "influence"', 'id = "sector"', "id_twice", "criterion.1.id"),
        ('"Cleaning of schools"\nmarket = "Education"', '"Window cleaning"\nmarket = "Housing"', "materiality_combination_twice",
         "combination.2"),
        ("scores.sector = { score = 2", "scores.other = { score = 2", "materiality_criterion_unknown",
         "combination.2.scores.other"),
        ('scores.sector = { score = 2, reason = "few schools" }', "", "materiality_score_missing", "combination.2.scores.sector"),
        ("score = 4.5", "score = 5.5", "materiality_score_outside", "combination.1.scores.influence"),
        ('reason = "few schools"', 'reason = ""', "field_invalid", "combination.2.scores.sector.reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(before: str, after: str, code: str, place: str) -> None:
    assert before in TABLE
    with pytest.raises(CatalogueError) as error:
        read_table(TABLE.replace(before, after).encode(), "pmc.toml")
    assert (code, place) in [(issue.code, issue.location.column) for issue in error.value.issues]


def test_the_example_of_the_page_can_be_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "materiality.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert [each.total for each in ranked(read_table(example.encode(), "page.toml"))] == [Decimal(11), Decimal(8)]
