"""Describing the organisation: what in it has to fit the shipped vocabulary, and what records that count name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.catalogue.countries import countries
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import CatalogueError, StoreError
from trede.kernel.issues import Issue, Location
from trede.organisation.changes import Change
from trede.organisation.model import Organisation
from trede.organisation.reading import load_organisation

_IN_USE = {"site": "site_in_use", "entity": "entity_in_use", "unit": "department_in_use"}
"""Tables of the description whose ids records name → the code that refuses to lose one."""

_NAMED_BY = {"site": "site", "entity": "entity", "unit": "department"}
"""Those tables → the field by which a record names one."""


def require_described(data: bytes, name: str) -> Organisation:
    """Read a description that is about to be stored.

    Raises:
        CatalogueError: what `load_organisation` raises, `split_type_unknown` or `country_unknown`.
    """
    organisation = load_organisation(data, name)
    places = {"country": organisation.country, **{f"site[{s.id}].country": s.country for s in organisation.site}}
    nowhere = {column: code for column, code in places.items() if code not in countries()}
    if nowhere:
        raise CatalogueError.from_issues(
            Issue.error("country_unknown", Location(file=name, column=column), value=code)
            for column, code in nowhere.items()
        )
    unknown = [kind for kind in organisation.split if kind not in vocabulary()]
    if unknown:
        raise CatalogueError.from_issues(
            Issue.error("split_type_unknown", Location(file=name, column=f"split.{kind}"), activity_type=kind)
            for kind in unknown
        )
    return organisation


def require_named(batches: Iterable[Batch], found: Sequence[Change], name: str) -> None:
    """Test that nothing disappears that a record names.

    Args:
        name: what errors call the file with the description.

    Raises:
        StoreError: `site_in_use`, `entity_in_use` or `department_in_use`, one for each batch with such records.
    """
    problems = [issue for batch in batches for issue in _orphans(batch, found, name)]
    if problems:
        raise StoreError(*problems)


def _orphans(batch: Batch, found: Sequence[Change], name: str) -> Iterator[Issue]:
    for change in found:
        if change.kind == "removed" and change.part in _IN_USE:
            name_of = _NAMED_BY[change.part]
            count = int(pc.sum(pc.equal(batch.records(name_of)[name_of], change.id)).as_py() or 0)
            if count:
                where = Location(file=name)
                yield Issue.error(
                    _IN_USE[change.part], where, id=change.id, count=count, in_file=batch.file_name, batch=batch.id
                )
