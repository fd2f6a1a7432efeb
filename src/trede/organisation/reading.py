"""Reading `organisation.toml`."""

from __future__ import annotations

from trede.kernel.errors import CatalogueError
from trede.kernel.models import read_toml, validate
from trede.organisation.checking import check
from trede.organisation.model import Organisation


def load_organisation(data: bytes, name: str) -> Organisation:
    """Read `organisation.toml`.

    Raises:
        CatalogueError: `toml_unreadable`, `field_invalid`, or what `checking.check` finds.
    """
    found = validate(Organisation, read_toml(data, name), name)
    issues = list(check(found, name))
    if issues:
        raise CatalogueError.from_issues(issues)
    return found
