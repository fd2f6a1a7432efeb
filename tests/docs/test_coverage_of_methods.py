"""Every method has the seven things that make it whole, and the table that says so is made from the catalogue."""

from docs_reading import DOCS

from method_coverage import HEAD, examples, rows
from trede.catalogue.vocabulary import vocabulary
from trede.methods.model import shipped_methods


def test_no_cell_is_empty() -> None:
    for row in rows():
        assert len(row) == len(HEAD)
        assert [name for name, cell in zip(HEAD, row, strict=True) if not cell] == [], row[0]


def test_every_method_that_posts_stands_in_the_table() -> None:
    listed = {row[1].strip("`") for row in rows()}
    assert listed == {method.id for method in shipped_methods().methods.values() if method.flow or method.leg}


def test_pages_that_the_table_points_to_are_there() -> None:
    methods, types = ((DOCS / f"{page}.md").read_text("utf-8") for page in ("methods", "activity-types"))
    for method in shipped_methods().methods.values():
        assert f"\n## {method.id}\n" in methods
    for kind in vocabulary().types:
        assert f"\n## {kind}\n" in types


def test_an_example_that_was_made_up_says_so() -> None:
    assert ("constructed-foundation", False) in examples()["storage-heat"]
    assert ("tg-8-1-leased-office", True) in examples()["asset-gas"]
