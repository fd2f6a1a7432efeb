"""Reading the repository's Markdown and source for the tests of the documentation."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "trede"
sys.path.insert(0, str(ROOT / "tools"))

_SKIPPED = {"build", "dist", "demo", "bench-data", "__pycache__"}
_FENCE = re.compile(
    r"(?:<!-- (?P<label>[a-z]+)(?:: (?P<name>[^>]+?))? -->\n)?^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.M | re.S
)


@cache
def repository_files() -> tuple[Path, ...]:
    """Return every file of the repository that a person wrote or that a script wrote for it; hidden folders left out."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _SKIPPED and not f.endswith(".egg-info")]
        # In a second working tree `.git` is a file that names the first one.
        found += [Path(folder, name) for name in names if name != ".git"]
    return tuple(sorted(found))


def markdown() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".md"]


def modules() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".py"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """A fenced block; `label` and `name` are those of the comment above it."""

    label: str
    name: str
    kind: str
    body: str


def blocks(path: Path) -> list[Block]:
    text = path.read_text("utf-8")
    return [Block(m["label"] or "", m["name"] or "", m["kind"], m["body"]) for m in _FENCE.finditer(text)]


def sections(path: Path) -> dict[str, str]:
    """Return the text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", path.read_text("utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Give each command of a console block with the output lines that stand below it."""
    command, output = "", []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, output
            command, output = line[2:], []
        else:
            output.append(line)
    if command:
        yield command, output


def tables(text: str) -> list[list[dict[str, str]]]:
    """Return every table of a text as rows by column."""
    found: list[list[dict[str, str]]] = []
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if re.fullmatch(r"\|(-+\|)+", line):
            head = _cells(lines[at - 1])
            rows = []
            for row in lines[at + 1 :]:
                if not row.startswith("|"):
                    break
                rows.append(dict(zip(head, _cells(row), strict=True)))
            found.append(rows)
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
