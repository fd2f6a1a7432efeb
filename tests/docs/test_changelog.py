"""Changelog fragments are whole, and a changed result of the example has one that states the new totals."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from docs_reading import ROOT

from make_changelog import Fragment, fragments, release
from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint
from trede.kernel.errors import CatalogueError
from trede.kernel.models import validate
from trede.workspace import Workspace

FOLDER = ROOT / "changelog.d"
YEARS = ("2022", "2023", "2024")
GOOD = {
    "kind": "fixed",
    "areas": ["engine"],
    "summary": {"nl": "Een zin van betekenis.", "en": "A sentence that means something."},
    "effect_on_results": {"changes": False, "nl": "Geen gevolgen hiervan.", "en": "None whatsoever."},
}


def everything() -> dict[str, Fragment]:
    """All fragments, released ones too, in the order of their numbers."""
    folders = [FOLDER, *(FOLDER / "released").glob("*")]
    return dict(sorted(entry for folder in folders for entry in fragments(folder).items()))


def test_fragments_are_valid() -> None:
    found = everything()
    assert found
    assert [int(name[:4]) for name in found] == list(range(1, len(found) + 1))


def test_only_fragments_stand_in_the_folder() -> None:
    strange = [path.name for path in FOLDER.iterdir() if path.suffix != ".toml"]
    assert sorted(strange) in (["README.md"], ["README.md", "released"])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "improved"},
        {"areas": []},
        {"areas": ["nowhere"]},
        {"summary": {"nl": "Alleen Nederlands is te weinig."}},
        {"summary": {"nl": "Zonder punt aan het eind", "en": "Without a full stop"}},
        {"effect_on_results": {"changes": True, "nl": "Alles wordt anders.", "en": "Everything changes."}},
        {"example_totals": {"2024/ladder:market": 1}},
        {"extra": "field"},
    ],
    ids=str,
)
def test_a_broken_fragment_is_refused(change: dict[str, object]) -> None:
    assert validate(Fragment, GOOD, "good.toml").kind == "fixed"
    with pytest.raises(CatalogueError):
        validate(Fragment, {**GOOD, **change}, "bad.toml")


@pytest.mark.parametrize("field", GOOD)
def test_each_field_is_required(field: str) -> None:
    with pytest.raises(CatalogueError):
        validate(Fragment, {name: value for name, value in GOOD.items() if name != field}, "bad.toml")


def test_a_number_stands_once(tmp_path: Path) -> None:
    first = next(FOLDER.rglob("0001-*.toml"))
    shutil.copy(first, tmp_path / "0001-one.toml")
    assert list(fragments(tmp_path)) == ["0001-one.toml"]
    shutil.copy(first, tmp_path / "0001-two.toml")
    with pytest.raises(ValueError, match="0001-two"):
        fragments(tmp_path)


def test_example_totals_are_those_of_the_newest_fragment(example: Path) -> None:
    workspace = Workspace(example)
    found = {
        f"{year}/{standard.short}:{basis}": footprint(workspace.find_run(year).table("totals"), standard, basis).total
        for year in YEARS
        for standard in standards().values()
        for basis in standard.bases
    }
    stated = [f.example_totals for f in everything().values() if f.example_totals]
    assert found == stated[-1], "a result changed: add a changelog fragment with the new totals"


def test_a_release_writes_the_section_and_keeps_the_fragments(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "changelog.d", ignore=shutil.ignore_patterns("released"))
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n<!-- versions -->\n", encoding="utf-8")
    names = list(fragments(tmp_path / "changelog.d"))
    for name in names[2:]:
        (tmp_path / "changelog.d" / name).unlink()
    release(tmp_path, "9.9.9", date(2030, 1, 2))
    text = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert "## 9.9.9 (2030-01-02)\n" in text
    assert "### Effect on results" in text
    kept = fragments(tmp_path / "changelog.d" / "released" / "9.9.9")
    assert list(kept) == names[:2]
    assert all(fragment.summary.en in text and fragment.summary.nl in text for fragment in kept.values())
    assert fragments(tmp_path / "changelog.d") == {}


def test_the_changelog_can_take_a_release() -> None:
    assert (ROOT / "CHANGELOG.md").read_text("utf-8").count("<!-- versions -->\n") == 1
