"""Who may have which kind of job done. It is looked at again when a job begins: a role may have been withdrawn meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from trede_web.bridge.jobs.doing import FOLLOWING
from trede_web.people.models import Membership
from trede_web.roles import Power
from trede_web.work.models import Job

ASKS: Mapping[str, Power] = {
    **dict.fromkeys(
        ("bridge", "bundle", "divide", "download", "draw", "examine", "hold", "report", "verify"), Power.READ
    ),
    "publish": Power.PUBLISH, "erase": Power.MANAGE, "example": Power.MANAGE, "export": Power.MANAGE,
}  # fmt: skip
"""The power that a kind asks; others ask `work`."""


def may_begin(job: Job) -> bool:
    """Whether who asked for a job may still do so. What follows on other jobs the system asks for: it goes on."""
    if job.kind in FOLLOWING:
        return True
    found = Membership.objects.filter(user=job.person, user__is_active=True, organisation=job.organisation).first()
    return found is not None and found.may(ASKS.get(job.kind, Power.WORK))
