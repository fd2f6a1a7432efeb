"""What is wrong with a cell or a row, before it is known which rows it concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from trede.kernel.issues import Param

_SHOWN = 60


class Problem(NamedTuple):
    """An issue code with its parameters, for one distinct cell value."""

    code: str
    params: dict[str, Param]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one data row. `position` counts data rows from 0; `column` is a heading of the file."""

    position: int
    column: str | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of a file: its value, and its basis (`chosen`, `profile`, or how it was detected)."""

    value: str | int | None
    basis: str
    params: dict[str, Param] = field(default_factory=dict)


def shown(text: str) -> str:
    """Return a cell's text, cut to what fits in a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
