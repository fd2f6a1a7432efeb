"""Files that wait: say what their columns are, have them checked, take them in or leave them out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import waiting, work
from trede_web.bridge.intake.checking import check_page
from trede_web.bridge.intake.controls import differing, readable, with_subtotals
from trede_web.bridge.intake.mapping_page import MappingPage
from trede_web.bridge.intake.taking_in import begin_with
from trede_web.inbox.models import Staged
from trede_web.pages.intake.mapping import (
    SETTINGS,
    asked_of,
    is_fresh,
    keep,
    mend_kind,
    page_of_file,
    to_take_in,
    weight_of,
    what_is_needed,
)
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import plain_voice

router = Router()
WAITING = "/organisations/{organisation}/imports/waiting"
FILE = f"{WAITING}/{{uuid:staged}}"
Short = Annotated[str, Field(max_length=1000)]


class ColumnMeaning(work.Given):
    """What a column is: the field that it fills (empty: not used; `-minus`: taken off the quantity, as credit off debit), what
    its texts mean, and whether it names people."""

    field: Annotated[str, Field(max_length=80)]
    values: dict[Short, Short] = {}
    personal: bool = False


class Meaning(work.Given):
    """What is said of a file; what is not said stays as it is. Columns by their number."""

    settings: dict[str, Annotated[str, Field(max_length=80)]] = {}
    columns: dict[int, ColumnMeaning] = {}
    constants: dict[Annotated[str, Field(max_length=80)], Short] = {}
    title: Annotated[str, Field(max_length=120)] | None = None
    source: Annotated[str, Field(max_length=80)] | None = None
    taken: Annotated[str, Field(max_length=20)] | None = None
    blanks: Short | None = None
    control_total: Annotated[str, Field(max_length=30)] | None = None
    control_rows: Annotated[str, Field(max_length=30)] | None = None
    replaces: Annotated[str, Field(max_length=64)] | None = None


class Beginning(work.Given):
    """The saved profile to begin with; empty: the first guess of the file."""

    profile: Annotated[str, Field(max_length=80)] = ""


class RepairAnswer(work.Given):
    """Which kind of problem (its `number`), and a value of its field; or `-optional`, `-blank`, `-leave-out`, `-closing`."""

    kind: int
    answer: Annotated[str, Field(min_length=1, max_length=400)]


class Accepting(work.Given):
    """Why a file is taken in although its control totals differ; empty when they agree."""

    reason: Annotated[str, Field(pattern=r"^(.{3,500})?$")] = ""


class Controls(work.Given):
    """What a file is expected to add up to (a number, how many rows), or that its own totals are subtotals."""

    control_total: Annotated[str, Field(max_length=30)] = ""
    control_rows: Annotated[str, Field(max_length=30)] = ""
    subtotals: bool = False


class Dropping(work.Given):
    """The hash of the file, so that no other one is left out."""

    sha256: Annotated[str, Field(min_length=64, max_length=64)]


def _find(seat: Seat, staged: UUID) -> Staged:
    found: Staged | None = seat.organisation.staged.select_related("person").filter(pk=staged).first()
    if found is None:
        raise Http404
    return found


def _mapping(seat: Seat, found: Staged) -> dict[str, Any]:
    page: MappingPage = page_of_file(seat, found, plain_voice())
    names = ("settings", "told", "columns", "fields", "types", "constants", "sources", "title", "source", "taken", "crosstab",
             "blanks", "needs", "wrong", "rows", "ready")  # fmt: skip
    about = {name: getattr(found, name) for name in ("control_total", "control_rows", "replaces")} | {"file": found}
    return about | {name: getattr(page, name) for name in names}


@operation(router, "GET", WAITING, waiting.WaitingFiles)
def waiting_files(request: HttpRequest, organisation: str) -> Any:
    """List the files that wait.

    Files that no profile reads, until somebody says what their columns are.
    """
    return {"items": seat_of(request).organisation.staged.select_related("person")}


@operation(router, "GET", FILE, waiting.Mapping)
def mapping(request: HttpRequest, organisation: str, staged: UUID) -> Any:
    """Read a file that waits.

    How it is written, what stands in its columns, what each is taken for, and what is still needed.
    """
    seat = seat_of(request)
    return _mapping(seat, _find(seat, staged))


@operation(router, "POST", f"{FILE}/mapping", waiting.Mapping, power=Power.WORK)
def say_columns(request: HttpRequest, organisation: str, staged: UUID, given: Meaning) -> Any:
    """Say what columns are.

    The mapping is kept, and the answer shows it. When a setting changes what the rows are (`sheet`, `encoding`, `delimiter`,
    `header_row`), have the file looked at again by `look_again`.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    wrong = [f"settings.{name}" for name in given.settings if name not in SETTINGS]
    wrong += [f"columns.{number}" for number in given.columns if not 0 <= number < len(found.look.get("columns", []))]
    if wrong:
        raise ProblemError("invalid", fields=[fault(name, "choice") for name in wrong])
    keep(seat, found, _form(found, given), plain_voice())
    return _mapping(seat, found)


def _form(found: Staged, given: Meaning) -> dict[str, str]:
    """Return what is said as the page's form says it."""
    form = {f"set-{name}": text for name, text in {**_strings(found.chosen), **given.settings}.items()}
    for number, column in given.columns.items():
        form[f"column-{number}"] = column.field
        form |= {f"own-{number}": "1"} if column.personal else {}
        texts = {" ".join(text.split()).casefold(): value for text, value in column.values.items()}
        for place, text in enumerate(found.look["columns"][number]["values"]):
            plain = " ".join(text.split()).casefold()
            form |= {f"value-{number}-{place}": texts[plain]} if plain in texts else {}
    form |= {f"constant-{name}": text for name, text in given.constants.items()}
    form["title"] = found.draft.get("title", "") if given.title is None else given.title
    form["control_total"] = found.control_total if given.control_total is None else given.control_total
    form["control_rows"] = found.control_rows if given.control_rows is None else given.control_rows
    form["replaces"] = found.replaces if given.replaces is None else given.replaces
    said = {"source": given.source, "taken": given.taken, "blanks": given.blanks}
    return form | {name: text for name, text in said.items() if text is not None}


def _strings(chosen: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in chosen.items()}


@operation(router, "POST", f"{FILE}/beginning", waiting.Mapping, power=Power.WORK)
def begin_again(request: HttpRequest, organisation: str, staged: UUID, given: Beginning) -> Any:
    """Begin with another profile.

    Or with the first guess of the file; what was said of its columns goes.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    found.note(**begin_with(seat.books, given.profile, found.look), checked={})
    return _mapping(seat, found)


@operation(router, "POST", f"{FILE}/look", work.Job, power=Power.WORK, status=202)
def look_again(request: HttpRequest, organisation: str, staged: UUID) -> Any:
    """Have a file looked at again.

    A job: under the settings that are chosen now.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    return Status(202, ask(seat, "look", found.name, staged=str(found.pk), chosen=found.chosen))


@operation(router, "POST", f"{FILE}/check", work.Job, power=Power.WORK, status=202)
def ask_check(request: HttpRequest, organisation: str, staged: UUID) -> Any:
    """Have a file checked.

    A job that finds out what would become of each row; nothing is stored. `invalid` with what is needed
    while the mapping is not whole.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if needs := what_is_needed(seat, found, plain_voice()):
        raise ProblemError("invalid", issues=needs)
    return Status(202, ask(seat, "check", found.name, staged=str(found.pk), **asked_of(found)))


@operation(router, "GET", f"{FILE}/check", waiting.Check)
def check(request: HttpRequest, organisation: str, staged: UUID) -> Any:
    """Read the check of a file.

    The four fates that add up to the file, and the problems by what solves them. A file that was not checked is not found.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if not found.checked:
        raise Http404
    page = check_page(seat.books, found.checked, found.draft, plain_voice())
    names = (
        "whole", "sums", "controls", "differs", "subtotals", "kinds", "headings", "rows", "accepted", "refused", "remarks",
        "again", "replaces",
    )  # fmt: skip
    about = {"counts": page.counts or None, "fresh": is_fresh(found)}
    return about | {name: getattr(page, name) for name in names}


@operation(router, "POST", f"{FILE}/repair", work.Job, power=Power.WORK, status=202)
def repair(request: HttpRequest, organisation: str, staged: UUID, given: RepairAnswer) -> Any:
    """Solve a kind of problem.

    For all rows that have it, by what the check offers; the job is the check that follows.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if not mend_kind(seat, found, str(given.kind), given.answer, plain_voice()):
        raise ProblemError("invalid", fields=[fault("answer", "choice")])
    return Status(202, ask(seat, "check", found.name, staged=str(found.pk), **asked_of(found)))


@operation(router, "POST", f"{FILE}/taking-in", work.Job, power=Power.WORK, status=202)
def commit(request: HttpRequest, organisation: str, staged: UUID, given: Accepting) -> Any:
    """Take a checked file in.

    A job; its `result` names the batch, and the mapping is kept as a profile. `not_so` while the mapping as it is
    now was not checked. With control totals that differ it asks a reason, which is kept as a decision.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if not is_fresh(found) or not found.checked["counts"]:
        raise ProblemError("not_so")
    if differing(found.checked) and not given.reason:
        raise ProblemError("invalid", fields=[fault("reason", "missing")])
    return Status(202, ask(seat, "commit", found.name, staged=str(found.pk), **to_take_in(found, given.reason)))


@operation(router, "GET", f"{FILE}/weight", waiting.Weight)
def weight(request: HttpRequest, organisation: str, staged: UUID) -> Any:
    """Read what a file would do to the totals.

    Of the years that it touches, once the worker weighed the file after its check: `state` is `busy`, `failed`, `overtaken`,
    `done` or `none`.
    """
    seat = seat_of(request)
    return weight_of(seat, _find(seat, staged), plain_voice())


@operation(router, "POST", f"{FILE}/controls", work.Job, power=Power.WORK, status=202)
def controls(request: HttpRequest, organisation: str, staged: UUID, given: Controls) -> Any:
    """Check again with other control totals.

    The job is that check. `subtotals`: those of the file that differ each count the rows since the one before.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if not is_fresh(found):
        raise ProblemError("not_so")
    if given.subtotals:
        found.note(draft=with_subtotals(found.draft, found.checked))
    elif not readable(given.control_total, given.control_rows):
        raise ProblemError("invalid", fields=[fault("control_total", "number")])
    else:
        found.note(control_total=given.control_total, control_rows=given.control_rows)
    return Status(202, ask(seat, "check", found.name, staged=str(found.pk), **asked_of(found)))


@operation(router, "POST", f"{FILE}/removal", waiting.WaitingFiles, power=Power.WORK)
def leave_out(request: HttpRequest, organisation: str, staged: UUID, given: Dropping) -> Any:
    """Leave a file out.

    It was never taken in, and goes. The answer is what still waits.
    """
    seat = seat_of(request)
    found = _find(seat, staged)
    if given.sha256 != found.sha256:
        raise ProblemError("invalid", fields=[fault("sha256", "choice")])
    seat.note("staged_dropped", file=found.name, sha256=found.sha256[:12])
    found.forget()
    return {"items": seat.organisation.staged.select_related("person")}
