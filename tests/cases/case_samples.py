"""A small case and the ways to change it."""

from __future__ import annotations

from trede.cases.model import Case
from trede.cases.reading import load_case
from trede.cases.running import CaseResult, run_case
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue

FILE = "small.toml"

SMALL = """\
id = "small"
title = "Two fills"

[source]
publication = "by hand"
address = "https://example.org/"

[settings]
years = [2026]

[[factor]]
name = "own petrol"
activity = "fuel-vehicle"
attributes = { fuel = "petrol-e10" }
unit = "l"
direct = 2.10
upstream = 0.60
biogenic = 0.15
energy_mj = 31
source = "by hand"

[[activity]]
type = "fuel-vehicle"
attributes = { fuel = "petrol-e10", control = "controlled" }
quantity = 10
unit = "l"
date = 2026-03-14
document = "B1"

[[activity]]
type = "fuel-vehicle"
attributes = { fuel = "petrol-e10", control = "controlled" }
quantity = 20
unit = "l"
date = 2026-03-15

[[expect]]
what = "heading"
standard = "ladder"
heading = "scope-1"
value = 81.0
unit = "kg"
"""
"""30 l × 2.70 kg/l = 81 kg; 63 kg of it direct, 4.5 kg biogenic beside it, 930 MJ."""


def changed(*changes: tuple[str, str]) -> str:
    """Return the small case with texts replaced, each at its first place; a text that is not there is a mistake."""
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def expecting(*lines: str) -> str:
    """Return the small case with another expectation."""
    return SMALL.partition("[[expect]]")[0] + "[[expect]]\n" + "\n".join(lines) + "\n"


def load(text: str) -> Case:
    return load_case(text.encode(), FILE)


def run(text: str) -> CaseResult:
    return run_case(load(text), FILE)


def faults(text: str) -> list[Issue]:
    """Return the issues of a case that cannot be run."""
    try:
        run(text)
    except TredeError as error:
        return list(error.issues)
    raise AssertionError("the case ran")
