"""House rules of the repository: links lead somewhere, modules are small and say what they are, nothing names a machine."""

import ast
import re
import statistics
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from docs_reading import DOCS, ROOT, SOURCE, markdown, modules, name_of, repository_files

HARD, SOFT = 800, 400
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?^```$|`[^`]*`", re.S | re.M)
_TEXT = {".py", ".md", ".toml", ".csv", ".txt", ".lock", ".sh", ".cfg", ".json", ".yml", ".yaml", ".in", ""}
MACHINE = tuple(f"/{word}" for word in ("work/", "root/", "tmp/w"))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", markdown(), ids=name_of)
def test_links_resolve(path: Path) -> None:
    broken = []
    for target in _LINK.findall(_CODE.sub("", path.read_text("utf-8"))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = unquote(target).partition("#")
        found = (path.parent / file).resolve() if file else path
        here = found.exists() and ROOT in (found, *found.parents)
        if not here or (anchor and anchor not in anchors(found)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_every_page_is_in_an_index(path: Path) -> None:
    if path.name not in ("README.md", "0000-template.md"):
        assert f"({path.name})" in (path.parent / "README.md").read_text("utf-8")


def test_decision_records_follow_the_template() -> None:
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in records] == list(range(len(records)))
    for path in records[1:]:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert re.search(r"^- Status: (proposed|accepted|replaced by \d{4})$", text, re.M), path.name
        assert re.search(r"^- Date: \d{4}-\d{2}-\d{2}$", text, re.M), path.name
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"], path.name


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_modules_are_small() -> None:
    sizes = {name_of(path): lines(path) for path in modules()}
    own = sorted(lines(path) for path in modules() if SOURCE in path.parents)
    large = {name: size for name, size in sizes.items() if size > SOFT}
    report = f"{len(own)} modules in src, median {statistics.median(own):.0f} lines, largest {own[-1]}"
    print(f"{report}; over {SOFT}: {large}")  # noqa: T201
    assert {name: size for name, size in sizes.items() if size > HARD} == {}
    assert sum(size <= SOFT for size in own) >= 0.9 * len(own)


@pytest.mark.parametrize("path", [p for p in modules() if SOURCE in p.parents], ids=name_of)
def test_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_every_package_has_a_docstring_and_is_on_the_map() -> None:
    code = {path.parent for path in modules() if path.parent != SOURCE and SOURCE in path.parents}
    assert [name_of(folder) for folder in sorted(code) if not (folder / "__init__.py").is_file()] == []
    packages = sorted(folder.name for folder in code if folder.parent == SOURCE)
    drawn = re.findall(r"^\| `(\w+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.M)
    assert sorted(drawn) == packages


def test_map_stands_in_the_order_of_the_import_rule() -> None:
    rule = (ROOT / "pyproject.toml").read_text("utf-8").partition("layers = [")[2].partition("]")[0]
    layers = [name for name in re.findall(r'"(\w+)"', rule) if not name.startswith("__")]
    drawn = re.findall(r"^\| `(\w+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.M)
    assert drawn == layers[::-1]


def tracked() -> list[Path]:
    """The files under version control; without it, all files of the repository."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    paths = [ROOT / name for name in found.stdout.split("\0") if name] if found.returncode == 0 else []
    return [path for path in paths if path.is_file()] or repository_files()


def test_nothing_names_a_machine() -> None:
    found = {
        f"{name_of(path)}: {word}"
        for path in {*tracked(), *repository_files()}
        if path.suffix in _TEXT
        for word in MACHINE
        if word in path.read_text("utf-8", errors="replace")
    }
    assert found == set()
