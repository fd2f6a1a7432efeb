from datetime import date
from decimal import Decimal

import pytest
from factor_sentences import say

from trede.catalogue.library import build_library, load_library, write_library
from trede.cli.main import main
from trede.factors.importers import IMPORTERS
from trede.factors.importers.own import PAPERS, template
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location

DAY = date(2026, 11, 22)
FUEL = "Example: a litre of fuel with two stages;Examples;;liquid-volume;l;fuel;3,0;2,5;0,5;;36,0;;;;;;;;;"


def take_in(text: str):
    return IMPORTERS["own"](text.encode(), "own.csv", DAY)


def changed(old: str, new: str) -> str:
    assert old in template()
    return template().replace(old, new)


def refused(text: str) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(CatalogueError) as caught:
        take_in(text)
    for issue in caught.value.issues:
        say(issue)
    return [(issue.code, issue.location.row, issue.location.column) for issue in caught.value.issues]


def test_the_template_can_be_imported_as_it_is(tmp_path):
    library = take_in(template())
    papers = library.papers
    assert (papers.id, papers.kind, papers.publisher) == ("own-own-factors-2026-01-31", "own", "own")
    assert (papers.valid_from, papers.valid_to, papers.last_checked) == (date(2026, 1, 1), date(2026, 12, 31), DAY)
    fuel, power, waste = library.factors.values()
    assert fuel.values() == {
        "total": Decimal("3.0"), "direct": Decimal("2.5"), "upstream": Decimal("0.5"), "energy": Decimal("36.0"),
    }  # fmt: skip
    assert (fuel.place, fuel.url) == ("row 17", papers.url)
    assert (power.losses, power.stages) == ("unknown", "total-only")
    assert waste.url == "https://example.org/waste"
    write_library(library, tmp_path / library.id)
    assert load_library(tmp_path / library.id).content_hash == library.content_hash


def test_commas_and_points_do_as_well():
    text = template().replace(",", ".").replace(";", ",").replace("decimal,.", 'decimal,"."')
    ours, theirs = take_in(text), take_in(template())
    assert ours.factors == theirs.factors


def test_what_a_spreadsheet_adds_does_no_harm():
    rows = ["\ufeff" + template().splitlines()[0] + ";;;", *template().splitlines()[1:], ";;;;", ""]
    assert take_in("\r\n".join(rows)).factors == take_in(template()).factors


def test_gases_are_columns():
    text = changed("gwp_basis;unknown", "gwp_basis;AR5").replace(FUEL, FUEL[:-2] + "2,472;0,001;")
    fuel = next(iter(take_in(text).factors.values()))
    assert fuel.gases == {"direct": {"co2": Decimal("2.472"), "ch4": Decimal("0.001")}}


def with_uncertainty(value: str) -> str:
    heading, *_ = (line for line in template().splitlines() if line.startswith("name;"))
    rows = [f"{line};{value if line == FUEL else ''}" for line in template().split(heading)[1].strip().splitlines()]
    return "\n".join([template().split(heading)[0] + heading + ";uncertainty", *rows])


def test_a_publisher_may_give_an_uncertainty(tmp_path):
    library = take_in(with_uncertainty("2,5"))
    fuel, power, _ = library.factors.values()
    assert (fuel.uncertainty, power.uncertainty, library.papers.uncertainty) == (Decimal("2.5"), None, "published")
    write_library(library, tmp_path / library.id)
    again = load_library(tmp_path / library.id)
    assert (again.content_hash, again.factors) == (library.content_hash, library.factors)
    assert library.content_hash != take_in(template()).content_hash
    papers = library.papers.model_copy(update={"uncertainty": "not-published"})
    with pytest.raises(CatalogueError) as caught:
        build_library(papers, [(Location(), fuel)])
    assert [issue.code for issue in caught.value.issues] == ["library_uncertainty_differs"]


@pytest.mark.parametrize("value", ["0", "-3", "2,555", "veel"])
def test_an_uncertainty_is_a_percentage(value):
    ((code, row, column),) = refused(with_uncertainty(value))
    assert (code, row, column) in {("field_invalid", 17, "uncertainty"), ("own_number_unreadable", 17, "uncertainty")}


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_is_required(paper):
    lines = [line for line in template().splitlines() if not line.startswith(f"{paper};")]
    assert refused("\n".join(lines)) == [("own_paper_missing", 1, None)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("paper;value", "name;value", ("own_first_line_missing", 1, None)),
        ("licence;", "license;", ("own_paper_unknown", 8, None)),
        ("licence;own data", "title;own data", ("own_paper_twice", 8, None)),
        ("decimal;,", "decimal;'", ("own_decimal_unknown", 1, "decimal")),
        ("edition;2026-01-31", "edition;31 January", ("field_invalid", None, "edition")),
        ("gwp_basis;unknown", "gwp_basis;AR9", ("field_invalid", None, "gwp_basis")),
        ("name;category;", "name;colour;", ("own_column_unknown", 16, None)),
        ("name;category;", "name;name;", ("own_column_twice", 16, None)),
        (";nature;", ";;", ("own_column_missing", 16, None)),
        ("3,0;2,5", "3.0;2,5", ("own_number_unreadable", 17, "total")),
        ("3,0;2,5", "1.003,0;2,5", ("own_number_unreadable", 17, "total")),
        ("liquid-volume;l", "volume;l", ("own_kind_unknown", 17, "kind")),
        ("liquid-volume;l", "liquid-volume;kg", ("own_unit_unknown", 17, "unit")),
        ("l;fuel", "l;petrol", ("field_invalid", 17, "nature")),
        ("3,0;2,5", "4,0;2,5", ("factor_does_not_add", 17, "total")),
        ("unknown;unknown", ";unknown", ("factor_paper_missing", 18, "losses")),
        ("https://example.org/waste;;;", "https://example.org/waste;;;;5", ("own_row_too_long", 19, None)),
        ("Example: a kWh of power", "", ("field_invalid", 18, "name")),
    ],
)
def test_what_is_wrong_is_said_with_its_row_and_column(old, new, expected):
    assert expected in refused(changed(old, new))


def test_all_wrong_cells_are_named_at_once():
    text = changed("3,0;2,5", "x;y").replace("mass;t", "mass;bucket")
    assert refused(text) == [
        ("own_number_unreadable", 17, "total"), ("own_number_unreadable", 17, "direct"), ("own_unit_unknown", 19, "unit"),
    ]  # fmt: skip


def test_a_block_without_a_table_is_refused():
    assert refused(template().partition("\n\n")[0]) == [("own_table_missing", None, None)]


def test_the_command_prints_the_template(capsys):
    assert main(["factors", "template"]) == 0
    assert take_in(capsys.readouterr().out).factors == take_in(template()).factors
