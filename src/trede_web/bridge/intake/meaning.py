"""Saying once what a text in files means: the draft, the description and the files that follow from an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.drafting import draft_of, profile_data, profile_of_draft, settings_of
from trede.workspace.expecting import Expected
from trede.workspace.importing import import_file, profile_of
from trede.workspace.naming import PARTS, add_name, add_site, may_rename
from trede.workspace.recognising import TEMPLATE
from trede.workspace.unknown import Unknown, fields_of, find_unknown, texts_of
from trede.workspace.worth import Worth, ranked_unknown
from trede_web.bridge.intake.checking import repaired
from trede_web.bridge.intake.fields import Choice, Fields
from trede_web.bridge.intake.mapping import Draft, completed, types_of
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.speaking import LANGUAGES, Voice

if TYPE_CHECKING:
    from trede_web.work.models import Job

NEW, LEAVE_OUT = "-new", "-leave-out"
"""Answers beside the values of a field: it is a new site; rows with this text are no activity."""
NEAR = 5
"""Values that look like the text and are offered first."""


@dataclass(frozen=True)
class Question:
    """A text that means nothing yet, as a page asks it. `near` are the choices that look like it, `others` the rest."""

    unknown: Unknown
    field: str
    name: str
    near: list[Choice]
    others: list[Choice]
    may_be_new: bool
    once: bool
    """Whether the answer holds for these files only: the template has words of its own."""
    worth: Worth
    """What its rows would come to; it ranks."""

    @property
    def answers(self) -> set[str]:
        """What may be answered."""
        return {value for value, _ in self.choices} | {LEAVE_OUT} | ({NEW} if self.may_be_new else set())

    @property
    def choices(self) -> list[Choice]:
        """The values that it can be, those that look like it first."""
        return [*self.near, *self.others]


def questions(workspace: Workspace, voice: Voice) -> list[Question]:
    """Return what the rejected rows of all files ask: by tonnes, then by euros, then by the number of rows."""
    fields = Fields(workspace, voice)
    found = (_question(workspace, each, worth, fields) for each, worth in ranked_unknown(workspace))
    return [each for each in found if each is not None]


def _question(workspace: Workspace, unknown: Unknown, worth: Worth, fields: Fields) -> Question | None:
    """Return a question; None of a text that only a corrected file can answer."""
    draft = _draft(workspace, unknown)
    types = types_of(draft, fields.types)
    field = next((name for name in unknown.fields if fields.choices(name, types)), unknown.fields[0])
    choices = fields.choices(field, types)
    if not choices and field != "site":
        return None
    plain = {name.casefold(): (value, name) for value, name in choices}
    plain |= {value.casefold(): (value, name) for value, name in choices}
    matches = get_close_matches(unknown.text.casefold(), plain, n=NEAR, cutoff=0.5)
    near = list(dict.fromkeys(plain[match] for match in matches))
    once = unknown.profile == TEMPLATE and field not in PARTS
    return Question(
        unknown, field, fields.name(field), near, [each for each in choices if each not in near], field == "site", once,
        worth,
    )  # fmt: skip


def _draft(workspace: Workspace, unknown: Unknown) -> Draft:
    return draft_of(profile_of(workspace.batch_store.get(unknown.askers[0].batch)))


def mean(workspace: Workspace, job: Job) -> Outcome:
    """Record what a text means, remember it for later files, and read the files again that ask for it."""
    asked = job.asked
    said = {"text": asked["text"], "answer": asked["answer"]}
    try:
        unknown = find_unknown(workspace, asked["item"])
    except TredeError:
        if job.attempts > 1:
            return Outcome({"year": asked["year"]}, said=said)
        raise
    fields = Fields(workspace, Voice(LANGUAGES[0]))
    why = {"reason": asked["reason"], "person": str(job.person), "made_at": workspace.clock()}
    answer, field, place = asked["answer"], asked["field"], asked["field"] in PARTS
    if answer == NEW:
        answer = add_site(workspace, unknown.text, why)
    elif place and answer != LEAVE_OUT and not _closed(workspace, unknown, field) and may_rename(workspace):
        add_name(workspace, field, answer, unknown.text, why)
    batches = [workspace.batch_store.get(asker.batch) for asker in unknown.askers]
    seen = sorted({text for batch in batches for text in texts_of(batch, unknown.column)} | {unknown.text})
    look = {"columns": [{"heading": unknown.column, "values": seen}]}

    def told(draft: Draft) -> Draft:
        """Return a draft that knows the text; one that reads it by the names of the description stays as it is."""
        by_name = place and answer != LEAVE_OUT and not draft["columns"][field].get("values")
        if by_name and fields.understood(field, unknown.text, ()) == answer:
            return draft
        return completed(repaired(draft, {"text": unknown.text}, field, answer), look, fields)

    for batch in batches:
        profile = profile_of_draft(workspace, told(draft_of(profile_of(batch))))
        expected, overrides = Expected.of(batch), batch.facts["overrides"]
        import_file(
            workspace, workspace.evidence.get(batch.file_sha256).read(), batch.file_name, profile, supersede=True,
            control_total=expected.total, control_rows=expected.rows, overrides=settings_of(overrides), step=job.advance,
        )  # fmt: skip
    saved = workspace.profiles().get(unknown.profile)
    if saved is not None and field in fields_of(saved, unknown.column):
        workspace.save_profile(profile_data(told(draft_of(saved))), f"{saved.id}.toml")
    return Outcome({"year": asked["year"]}, said={**said, "count": unknown.rows})


def _closed(workspace: Workspace, unknown: Unknown, field: str) -> bool:
    """Whether a column has a list of texts with their meaning, so that names of the description do not count in it."""
    column: Mapping[str, Any] = _draft(workspace, unknown)["columns"][field]
    return bool(column.get("values"))
