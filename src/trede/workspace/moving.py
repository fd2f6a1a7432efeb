"""Sites that moved: records keep the entity and the country that their site had when their file was taken in."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period
from trede.organisation.reading import load_organisation
from trede.workspace.importing import names_hash
from trede.workspace.workspace import Workspace

NO_SITE = "–"
"""What stands for the records that name no site: they are the organisation's own."""


def moved_sites(workspace: Workspace, batches: Iterable[Batch], period: Period | None = None) -> list[Issue]:
    """Return a warning for each batch and site whose records have the entity or country of an earlier description.

    Records that stated another entity or country than their site's themselves are no part of it. A batch that is imported
    again under the description in force has moved along.

    Args:
        period: counts the records that touch it only.

    Returns:
        `site_entity_changed` and `site_country_changed`.
    """
    versions = [load_organisation(v.read(), v.path.name) for v in workspace.organisation_versions.all()]
    described, now = {names_hash(each): each for each in versions}, workspace.organisation
    issues = []
    for batch in batches:
        then = described.get(batch.facts["organisation"])
        if then is None or names_hash(then) == names_hash(now):
            continue
        records = batch.records()
        if period is not None:
            touching = pc.and_(
                pc.less_equal(records["start"], period.end), pc.greater_equal(records["end"], period.start)
            )
            records = records.filter(touching)
        for column, code, of_then, of_now in (
            ("entity", "site_entity_changed", then.entity_of, now.entity_of),
            ("geography", "site_country_changed", then.country_of, now.country_of),
        ):
            groups = records.group_by(["site", column]).aggregate([([], "count_all")]).to_pylist()
            for group in sorted(groups, key=lambda group: group["site"] or ""):
                before, after = of_then(group["site"]), of_now(group["site"])
                if group[column] == before != after:
                    where = Location(file=batch.file_name)
                    issues.append(
                        Issue.warning(
                            code, where, site=group["site"] or NO_SITE, before=before, after=after,
                            count=group["count_all"], batch=batch.id,
                        )
                    )  # fmt: skip
    return issues
