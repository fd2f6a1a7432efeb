"""The job that makes what the pages of a large organisation need: it follows on a job that changed the folder, and on a visitor
who finds something missing, as after a new version of Trede."""

from __future__ import annotations

from trede_web.bridge.jobs.doing import PREPARE
from trede_web.bridge.jobs.preparing import state_of
from trede_web.people.models import Organisation, User
from trede_web.work.models import DONE, FAILED, QUEUED, RUNNING, Job


def prepare_later(organisation: Organisation, person: User) -> Job:
    """Return the job that will make what pages need; it is asked for unless one waits.

    One that is being done may be of an earlier state of the folder. Those that are done are forgotten.
    """
    jobs = organisation.jobs.filter(kind=PREPARE)
    waiting = jobs.filter(state=QUEUED).first()
    if waiting is not None:
        return waiting
    jobs.filter(state=DONE).delete()
    return Job.ask(organisation, person, PREPARE, state=state_of(organisation.folder))


def preparing(organisation: Organisation, person: User) -> Job:
    """Return the job that a visitor waits for: one that is open, one that failed at the folder as it stands, else a new one."""
    last = organisation.jobs.filter(kind=PREPARE).exclude(state=DONE).order_by("-created_at").first()
    if last is not None and (last.state in (QUEUED, RUNNING) or _stands(last)):
        return last
    return prepare_later(organisation, person)


def _stands(failed: Job) -> bool:
    return failed.state == FAILED and failed.asked["state"] == state_of(failed.organisation.folder)
