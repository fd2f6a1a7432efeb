"""Describing the organisation: the file as such, and what in it has to fit the shipped vocabulary."""

from __future__ import annotations

from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.organisation.model import Organisation, load_organisation


def require_described(data: bytes, name: str) -> Organisation:
    """Read a description that is about to be stored.

    Raises:
        CatalogueError: what `load_organisation` raises, or `split_type_unknown`.
    """
    organisation = load_organisation(data, name)
    unknown = [kind for kind in organisation.split if kind not in vocabulary()]
    if unknown:
        raise CatalogueError.from_issues(
            Issue.error("split_type_unknown", Location(file=name, column=f"split.{kind}"), activity_type=kind)
            for kind in unknown
        )
    return organisation
