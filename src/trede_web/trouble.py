"""What is wrong around the application and passes: a full disk, a database that is away. Told apart from faults of its own."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
SAYS_FULL = ("no space left on device", "disk is full", "disk quota exceeded")
"""How engines and databases that give no number say it."""


def is_full(error: BaseException | None) -> bool:
    """Whether an error comes from a disk without room."""
    return any(
        (isinstance(each, OSError) and each.errno in FULL) or any(text in str(each).lower() for text in SAYS_FULL)
        for each in _chain(error)
    )


def is_away(error: BaseException | None) -> bool:
    """Whether an error comes from a database that cannot be reached, or is busy for too long."""
    return any(isinstance(each, OperationalError | InterfaceError) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
