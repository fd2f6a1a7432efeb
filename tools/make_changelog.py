"""Put the fragments of `changelog.d/` into CHANGELOG.md: `python tools/make_changelog.py VERSION YYYY-MM-DD`.

The fragments move to `changelog.d/released/VERSION/`, so that the stated totals of the example stay readable.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

import trede
from trede.kernel.models import Strict, Text, load

ROOT = Path(__file__).resolve().parent.parent
MARK = "<!-- versions -->\n"
KINDS = {"added": "Added", "changed": "Changed", "fixed": "Fixed", "removed": "Removed", "data": "Data"}
PACKAGES = {path.parent.name for path in Path(trede.__file__).parent.glob("*/__init__.py")}
AREAS = PACKAGES | {"web", "docs", "tests", "tools", "bench"}
NAME = re.compile(r"\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.toml")

Sentence = Annotated[str, Field(min_length=10, pattern=r"\.$")]


class Summary(Text):
    """A sentence in both languages."""

    nl: Sentence
    en: Sentence


class Effect(Summary):
    """What a change does to results of the same files."""

    changes: bool


class Fragment(Strict):
    """One change."""

    kind: Literal["added", "changed", "fixed", "removed", "data"]
    areas: Annotated[tuple[str, ...], Field(min_length=1)]
    summary: Summary
    effect_on_results: Effect
    example_totals: dict[str, int] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Fragment:
        if unknown := set(self.areas) - AREAS:
            raise ValueError(f"unknown areas: {sorted(unknown)}")
        if self.effect_on_results.changes != bool(self.example_totals):
            raise ValueError("example_totals belong to a change of results, and only to that")
        return self


def fragments(folder: Path) -> dict[str, Fragment]:
    """Return the fragments of a folder by file name, in order.

    Raises:
        CatalogueError: a fragment that is not valid.
        ValueError: a file that is not named as a fragment, or a number that stands twice.
    """
    paths = sorted(folder.glob("*.toml"))
    numbers = [path.name[:4] for path in paths]
    wrong = [p.name for p in paths if not NAME.fullmatch(p.name) or numbers.count(p.name[:4]) > 1]
    if wrong:
        raise ValueError(f"not the name of a fragment, or its number twice: {wrong}")
    return {path.name: load(Fragment, path) for path in paths}


def section(version: str, day: date, found: dict[str, Fragment]) -> str:
    """Write the section of a version."""
    lines = [f"## {version} ({day.isoformat()})", ""]
    for kind, title in KINDS.items():
        entries = [f for f in found.values() if f.kind == kind]
        if entries:
            lines += [f"### {title}", "", *(f"- {f.summary.en} ({f.summary.nl})" for f in entries), ""]
    effects = [f.effect_on_results for f in found.values() if f.effect_on_results.changes]
    lines += ["### Effect on results", "", *(f"- {e.en} ({e.nl})" for e in effects or [_NO_EFFECT]), ""]
    totals = [f.example_totals for f in found.values() if f.example_totals]
    if totals:
        lines += ["| the example organisation | mg CO2e |", "|---|---|"]
        lines += [f"| `{name}` | {mg:,} |" for name, mg in totals[-1].items()]
        lines.append("")
    return "\n".join(lines)


_NO_EFFECT = Effect(
    nl="Geen: dezelfde bestanden geven dezelfde getallen.",
    en="None: the same files give the same figures.",
    changes=False,
)


def release(root: Path, version: str, day: date) -> None:
    """Write the section of a version into CHANGELOG.md and move its fragments."""
    folder = root / "changelog.d"
    found = fragments(folder)
    changelog = root / "CHANGELOG.md"
    text = changelog.read_text("utf-8")
    changelog.write_text(text.replace(MARK, f"{MARK}\n{section(version, day, found)}", 1), encoding="utf-8")
    released = folder / "released" / version
    released.mkdir(parents=True)
    for name in found:
        (folder / name).rename(released / name)


if __name__ == "__main__":
    release(ROOT, sys.argv[1], date.fromisoformat(sys.argv[2]))
