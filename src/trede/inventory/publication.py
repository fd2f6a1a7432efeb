"""Publications: what somebody made public of a period, by which run, with the totals as they stood. Never changed.

publications/0001-….json, chained like decisions. A period that is published again is restated: both records stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from trede.catalogue.standards import standards
from trede.engine.runs import Run
from trede.inventory.categories import CategoryView, State
from trede.inventory.completeness import SourceStatus, Status
from trede.inventory.coverage import Coverage
from trede.inventory.footprint import footprint_of
from trede.inventory.unmatched import Excluded
from trede.kernel.errors import StoreError
from trede.kernel.identity import pretty_json
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict
from trede.kernel.versions import Version, Versions
from trede.organisation.decided import SHORTEST_REASON, Omission
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import Category


class Total(Strict):
    """A total under one standard on one basis, in milligrams; what stands beside it; and the total by data quality."""

    standard: str
    basis: str
    mg: int
    biogenic_mg: int
    outside_mg: int
    """Outside the organisation's boundary."""
    quality: dict[str, int]


class Said(Strict):
    """What a decision says of something that is not in the footprint; `estimate` in tonnes CO2e."""

    decision: str
    person: str
    reason: str
    estimate: Decimal | None = None
    basis: str = ""

    @classmethod
    def of(cls, recorded: Recorded) -> Said:
        """Keep what a decision says."""
        decision = recorded.decision
        assert isinstance(decision, Omission)
        return cls(
            decision=recorded.id, person=decision.person, reason=decision.reason, estimate=decision.estimate,
            basis=decision.basis,
        )  # fmt: skip


class Source(Strict):
    """One source in one year of the period."""

    source: str
    name: str
    year: int
    status: Status
    records: int
    months: int | None = None
    """The calendar months of the year that its records touch; None in what an earlier version published."""
    said: Said | None = None

    @classmethod
    def of(cls, found: SourceStatus) -> Source:
        """Keep the state of a source."""
        return cls(
            source=found.source, name=found.name, year=found.period.start.year, status=found.status, records=found.records,
            months=found.months, said=Said.of(found.said) if found.said else None,
        )  # fmt: skip


class MissingMonths(Strict):
    """Months without a record of a source that delivered others, at a site or (None) as a whole."""

    source: str
    name: str
    site: str | None
    months: tuple[str, ...]

    @classmethod
    def of(cls, found: Coverage) -> MissingMonths:
        """Keep the gaps of a source."""
        months = tuple(f"{month:%Y-%m}" for month in found.gaps)
        return cls(source=found.source, name=found.name, site=found.site, months=months)


class LeftOut(Strict):
    """Records without a factor that somebody left out."""

    activity_type: str
    attributes: dict[str, str]
    records: int
    said: Said

    @classmethod
    def of(cls, found: Excluded) -> LeftOut:
        """Keep what a decision leaves out."""
        what = found.decision
        return cls(
            activity_type=what.activity_type, attributes=what.attributes, records=found.records,
            said=Said.of(found.recorded),
        )  # fmt: skip


class CategoryKept(Strict):
    """A category of scope 3 that is not, or not wholly, in the footprint, as somebody said."""

    category: Category
    state: State
    said: Said

    @classmethod
    def of(cls, found: CategoryView) -> CategoryKept:
        """Keep what was said of a category."""
        assert found.said is not None
        return cls(category=found.category, state=found.state, said=Said.of(found.said))


class Publication(Strict):
    """One published footprint. `content` are the content hashes of its run's tables."""

    format: Literal["trede-publication-1"] = "trede-publication-1"
    period: str
    version: int
    """1 for the first publication of a period, 2 for its first restatement."""
    restates: str | None
    """The publication before it of the same period."""
    run: str
    gwp: str | None = None
    """The GWP set of the run; None in what an earlier version published."""
    content: dict[str, str]
    totals: tuple[Total, ...]
    sources: tuple[Source, ...]
    """The source register as it stood."""
    left_out: tuple[LeftOut, ...]
    missing: tuple[MissingMonths, ...] = ()
    categories: tuple[CategoryKept, ...] = ()
    """What was said of categories of scope 3 that are left out or not calculated yet."""
    incomplete: str | None = None
    """Why the missing months did not stand in the way; None when there are none."""
    trede: str
    """The version of Trede that published."""
    reason: str = Field(min_length=SHORTEST_REASON)
    person: str = Field(min_length=1)
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """A publication with its id."""

    id: str
    number: int
    publication: Publication


class PublicationLog:
    """The folder `publications/`: numbered files, each chained to the one before it."""

    def __init__(self, folder: Path) -> None:
        self.versions = Versions(folder, ".json")

    def record(self, publication: Publication) -> Published:
        """Append a publication."""
        return _read(self.versions.append(pretty_json(publication.model_dump(mode="json"))))

    def all(self) -> list[Published]:
        """Return every publication in order."""
        return [_read(version) for version in self.versions.all()]

    def of_period(self, period: str) -> list[Published]:
        """Return the publications of a period, the one that is in force last."""
        return [found for found in self.all() if found.publication.period == period]

    def of_run(self, run: str) -> list[Published]:
        """Return the publications that name a run."""
        return [found for found in self.all() if found.publication.run == run]

    def check(self) -> list[Issue]:
        """Return an issue for each file that was changed or is missing."""
        return self.versions.check()


def totals_of(run: Run) -> tuple[Total, ...]:
    """Return a run's totals under each standard and basis."""
    views = [footprint_of(run, standard, basis) for standard in standards().values() for basis in standard.bases]
    return tuple(
        Total(
            standard=v.standard.id, basis=v.basis, mg=v.total, biogenic_mg=v.biogenic, outside_mg=v.outside,
            quality=v.by_quality,
        )
        for v in views
    )  # fmt: skip


def contents_of(result: dict[str, Any]) -> dict[str, str]:
    """Return the content hashes of a run's tables by their name."""
    end = "_content"
    return {name.removesuffix(end): value for name, value in sorted(result.items()) if name.endswith(end)}


def _read(version: Version) -> Published:
    try:
        publication = Publication.model_validate(json.loads(version.read()))
    except ValueError as error:
        raise StoreError.of("stored_file_changed", Location(file=f"publications/{version.path.name}")) from error
    return Published(version.id, version.number, publication)
