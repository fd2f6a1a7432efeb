"""The jobs that take files in: at once when a profile reads the file, else after a person mapped and checked it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trede.cli.language import catalogue
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.identity import sha256
from trede.workspace import Workspace
from trede.workspace.drafting import draft_of, look_at, profile_data, profile_of_draft, rename_profile, settings_of
from trede.workspace.expecting import DIFFERING
from trede.workspace.importing import import_file, preview_file
from trede.workspace.mending import mend as mend_rows
from trede.workspace.naming import add_site
from trede.workspace.recognising import TEMPLATE, recognise
from trede_web.bridge.evidence.papers import draw_ahead
from trede_web.bridge.evidence.viewer import PAPERS, WITHIN, is_pdf, picture_kind
from trede_web.bridge.intake.checking import refused, seen_in
from trede_web.bridge.intake.controls import accept, expected_of
from trede_web.bridge.intake.mapping import Draft
from trede_web.bridge.intake.weighing import KIND as WEIGH
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.speaking import LANGUAGES

if TYPE_CHECKING:
    from trede.intake.profile import Profile
    from trede_web.inbox.models import Staged
    from trede_web.work.models import Job


def take_in(workspace: Workspace, job: Job) -> Outcome:
    """Take a file in by a profile; one that no profile reads waits for a person."""
    data, name = job.file("data"), job.title
    if name.lower().endswith(PAPERS) and (is_pdf(data[:WITHIN]) or picture_kind(data[:8])):
        return _wait_as_paper(workspace, job, data)
    profile = None
    try:
        profile = _profile(workspace, job, data)
        if job.asked.get("first"):
            return _check_first(workspace, job, data, profile)
        replaces = job.asked.get("replaces") or None
        if replaces and job.attempts > 1 and (done := _taken_in(workspace, sha256(data), replaces)):
            return done
        imported = import_file(
            workspace, data, name, profile, replaces=replaces, step=job.advance, **expected_of(job.asked)
        )  # fmt: skip
    except TredeError as error:
        if not (isinstance(error, IntakeError) or error.issues[0].code == "profile_needed"):
            raise
        return _wait(workspace, job, data, profile, error)
    issues = [issue.to_json() for issue in imported.issues]
    batch = imported.batch
    return Outcome({"batch": batch.id, "again": imported.again}, issues, {"batch": batch.id, **batch.counts})


def _profile(workspace: Workspace, job: Job, data: bytes) -> Profile:
    """Return the profile that came along, that was chosen, or that reads the file."""
    if job.asked.get("with_profile"):
        return workspace.save_profile(job.file("profile"), "profile.toml")
    if job.asked.get("profile"):
        saved = workspace.profiles()
        if job.asked["profile"] not in saved:
            raise TredeError.of("profile_unknown", profile=job.asked["profile"], known=sorted(saved))
        return saved[job.asked["profile"]]
    job.advance("recognising")
    return recognise(workspace, data, job.title)


def _wait(workspace: Workspace, job: Job, data: bytes, profile: Profile | None, error: TredeError) -> Outcome:
    """Put the file in the queue; what is wrong under a profile that was chosen is told there."""
    # A file in the template has nothing to map: what is wrong stands in its rows, so those are shown.
    if profile is not None and (profile.id == TEMPLATE or any(issue.code in DIFFERING for issue in error.issues)):
        return _check_first(workspace, job, data, profile)
    try:
        seen = look_at(data, job.title, {}).to_json()
    except TredeError as unreadable:
        raise unreadable from error
    began_with = ""
    if profile is not None:
        seen["issues"] += [issue.to_json() for issue in error.issues]
        began_with = profile.id if profile.id in workspace.profiles() else ""
        seen["draft"] = draft_of(profile) if began_with else seen["draft"]
    job.keep_waiting(data, sha256(data), seen, began_with)
    return Outcome({"staged": str(job.pk)})


def _wait_as_paper(workspace: Workspace, job: Job, data: bytes) -> Outcome:
    """Put a PDF or a photo in the queue: a person enters the figures from it, or says what it proves."""
    digest = sha256(data)
    if workspace.evidence.is_removed(digest):
        raise TredeError(workspace.evidence.get(digest).removed())
    job.keep_waiting(data, digest, {"paper": True, "draft": {}}, "")
    if is_pdf(data[:WITHIN]):
        draw_ahead(workspace.layout.root, digest, job.upload / "data", 1)
    return Outcome({"staged": str(job.pk)})


def _check_first(workspace: Workspace, job: Job, data: bytes, profile: Profile) -> Outcome:
    """Put a file that a profile reads in the queue as well, checked: a person looks at it before it is taken in."""
    seen = look_at(data, job.title, {}).to_json() | {"draft": draft_of(profile)}
    job.keep_waiting(data, sha256(data), seen, profile.id if profile.id in workspace.profiles() else "")
    staged = job.organisation.staged.get(pk=job.pk)
    staged.note(draft=seen["draft"])
    names = ("draft", "chosen", "control_total", "control_rows", "replaces")
    _check(workspace, job, staged, {name: getattr(staged, name) for name in names})
    return Outcome({"staged": str(job.pk), "checked": True})


def _taken_in(workspace: Workspace, digest: str, replaced: str) -> Outcome | None:
    """Return what an earlier attempt came to, if its batch took the place of the one that it corrects."""
    for batch in workspace.active_batches():
        if batch.file_sha256 == digest and any(ident.startswith(replaced) for ident in batch.replaces):
            return Outcome({"batch": batch.id}, said={"batch": batch.id, **batch.counts})
    return None


def look(workspace: Workspace, job: Job) -> Outcome:
    """Look at a file that waits once more, under other settings."""
    staged, chosen = job.staged, job.asked["chosen"]
    seen = look_at(staged.read(), staged.name, chosen).to_json()
    had = {column["heading"] for column in staged.look.get("columns", [])}
    same = had == {column["heading"] for column in seen["columns"]}
    draft = {**staged.draft, "file": seen["draft"]["file"]} if same and staged.draft else seen["draft"]
    staged.note(look=seen, draft=draft, chosen=chosen, checked={})
    return Outcome({"staged": str(staged.pk)})


def check(workspace: Workspace, job: Job) -> Outcome:
    """Find out what would become of a file that waits; nothing is stored."""
    staged, asked, sites = job.staged, job.asked, job.asked.get("new_sites", [])
    if sites:
        asked = {**asked, "draft": _with_sites(workspace, job, asked["draft"], sites)}
        staged.note(draft=asked["draft"])
    _check(workspace, job, staged, asked)
    return Outcome({"staged": str(staged.pk)}, said={"sites": sites} if sites else {})


def _with_sites(workspace: Workspace, job: Job, draft: Draft, names: Sequence[str]) -> Draft:
    """Add what a file calls sites to the organisation; return its draft, which has them when it lists its texts."""
    why = {"reason": job.asked["reason"], "person": str(job.person), "made_at": workspace.clock()}
    added = {name: add_site(workspace, name, why) for name in names}
    column = draft["columns"]["site"]
    if not column.get("values"):
        return draft
    return {**draft, "columns": {**draft["columns"], "site": {**column, "values": {**column["values"], **added}}}}


def _check(workspace: Workspace, job: Job, staged: Staged, asked: Mapping[str, Any]) -> None:
    profile = profile_of_draft(workspace, asked["draft"])
    try:
        ready = preview_file(
            workspace, staged.read(), staged.name, profile, replaces=asked["replaces"] or None,
            overrides=settings_of(asked["chosen"]), step=job.advance, **expected_of(asked),
        )  # fmt: skip
        checked = seen_in(ready)
    except TredeError as error:
        checked = refused(error.issues, asked["draft"])
    said = print_of(asked)
    staged.note(checked={**checked, "of": said})
    if checked["counts"] and checked["counts"]["accepted"] and not checked["again"]:
        names = ("draft", "chosen", "control_total", "control_rows", "replaces")
        job.follow(WEIGH, staged=str(staged.pk), of=said, **{name: asked.get(name, "") for name in names})


def commit(workspace: Workspace, job: Job) -> Outcome:
    """Take a file that waits in, as it was checked, and keep its mapping as a profile.

    Differences of control totals that the person saw and gave a reason for are accepted with it, by a decision.
    """
    staged, draft = job.staged, job.asked["draft"]
    profile = profile_of_draft(workspace, draft)
    accepted = job.asked.get("accepted")
    if accepted:
        why = {"reason": accepted["reason"], "person": str(job.person), "made_at": workspace.clock()}
        accept(workspace, {"sha256": staged.sha256, **accepted}, why)
    imported = import_file(
        workspace, staged.read(), staged.name, profile, replaces=job.asked["replaces"] or None,
        overrides=settings_of(job.asked["chosen"]), step=job.advance, **expected_of(job.asked),
    )  # fmt: skip
    if profile.id != TEMPLATE:
        workspace.save_profile(profile_data(draft), f"{profile.id}.toml")
    batch = imported.batch
    issues = [issue.to_json() for issue in imported.issues]
    said = {"batch": batch.id, "profile": profile.id, **batch.counts}
    return Outcome({"batch": batch.id}, issues, said | ({"reason": accepted["reason"]} if accepted else {}))


def print_of(asked: Mapping[str, Any]) -> str:
    """Return a fingerprint of what a check is of: the draft, the settings, the expected totals, and what is replaced."""
    about = [asked.get(name, "") for name in ("draft", "chosen", "control_total", "control_rows", "replaces")]
    return sha256(json.dumps(about, sort_keys=True).encode())[:16]


def begin_with(workspace: Workspace, ident: str, seen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the draft that begins with a saved profile; without one the first guess of the file."""
    saved = workspace.profiles()
    if ident not in saved:
        return {"draft": seen["draft"], "began_with": ""}
    return {"draft": draft_of(saved[ident]), "began_with": ident}


def mend(workspace: Workspace, job: Job) -> Outcome:
    """Take in rejected rows that were mended, and set them aside where they were rejected."""
    batch = workspace.batch_store.get(job.asked["batch"])
    data = job.file("data")
    why = {"reason": job.asked["reason"], "person": str(job.person), "made_at": workspace.clock()}
    headings = {catalogue(language)["head.row"] for language in LANGUAGES}
    mended, _ = mend_rows(workspace, batch, data, job.title, headings, why, job.advance)
    issues = [issue.to_json() for issue in mended.issues]
    return Outcome({"batch": mended.batch.id}, issues, {"batch": mended.batch.id, **mended.batch.counts})


def rename(workspace: Workspace, job: Job) -> Outcome:
    """Give a saved profile another name."""
    ident, title = job.asked["profile"], job.asked["name"]
    rename_profile(workspace, ident, title)
    return Outcome({"profile": ident}, said={"profile": ident, "name": title})
