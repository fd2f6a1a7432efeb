"""Saying how far a long piece of work is, to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Watch = Callable[[float], object]
"""Is told which share of a piece of work is done, from 0 to 1; it never goes back but when the work begins anew."""


class Step(Protocol):
    """Is told the name of a step, and which share of it is done."""

    def __call__(self, name: str, share: float = 0.0, /) -> object:
        """Take note of it."""


def silent(_name: str, _share: float = 0.0, /) -> None:
    """Tell nobody of a step."""


def unseen(_share: float, /) -> None:
    """Tell nobody of a share."""
