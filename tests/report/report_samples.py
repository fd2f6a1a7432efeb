"""What the tests of the report share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trede.cli.language import Speaker
from trede.kernel.issues import Issue


def teller(language: str) -> Callable[[Sequence[Issue]], list[str]]:
    """Return a shell's way to turn issues into sentences."""
    return lambda issues: [Speaker(language).issue(issue) for issue in issues]
