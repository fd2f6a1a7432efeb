"""The activity ledger: records by filter, one record with its history, and correcting it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.operations.doing import Limit
from trede_web.api.problems import WAIT, ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import ledger, work
from trede_web.bridge.ledger.asking import read_asked
from trede_web.bridge.ledger.exporting import some_rows
from trede_web.bridge.ledger.history import history_page
from trede_web.bridge.ledger.journals import journal_at_hand, ready_journal
from trede_web.bridge.ledger.ledger import ledger_page
from trede_web.bridge.speaking import Told
from trede_web.pages.jobs import ask
from trede_web.pages.ledger.downloads import MOST_AT_ONCE, ask_file, ready_file, wanted
from trede_web.roles import Power
from trede_web.words import plain_voice, voice
from trede_web.work.models import FAILED

router = Router()
RECORDS = "/organisations/{organisation}/records"
ANY_FILE = "application/octet-stream"
RECORD = f"{RECORDS}/{{hash:record}}"
Short = Annotated[str | None, Field(max_length=200)]
SORTS = "`date`, `quantity`, `co2e`, `type`, `site`, `supplier` or `source`; with `-` in front from high to low"


class Wanted(work.Given):
    """Which records; each filter leaves those that have the value."""

    year: Annotated[int | None, Field(ge=1990, le=2099)] = None
    view: Annotated[
        str, Field(max_length=40, description="Standard and basis of the amounts, such as `ghg:location`")
    ] = ""
    type: Short = None
    site: Short = None
    entity: Short = None
    unit: Short = None
    project: Short = None
    source: Short = None
    supplier: Short = None
    batch: Short = None
    state: Short = None
    month: Short = None
    q: Annotated[Short, Field(description="Words that stand in the record")] = None
    sort: Annotated[str, Field(max_length=20, description=SORTS)] = "-date"


class Filter(Wanted):
    """What is asked of the ledger, in pages."""

    cursor: Annotated[str, Field(pattern="^([0-9a-f]{1,64}-[0-9]{1,9})?$")] = ""
    limit: Limit = 50


class Grouped(Wanted):
    """By what records are summed up."""

    group: Literal["type", "site", "month", "source", "supplier", "batch", "state", "entity", "unit", "project"]


class RecordChanges(work.Given):
    """What a record should be. Only what is said is changed; an empty text takes a value away."""

    quantity: Annotated[Decimal | None, Field(gt=0, max_digits=24)] = None
    start: date | None = None
    end: date | None = None
    site: Short = None
    department: Short = None
    project: Short = None
    quality: Short = None
    supplier: Short = None
    note: Annotated[str | None, Field(max_length=500)] = None


class Correction(work.Given):
    """What is to be different (`changes`; none of it: the record is taken back as a whole), and why."""

    changes: RecordChanges | None = None
    reason: work.Reason


@operation(router, "GET", RECORDS, ledger.Records, problems=("list_changed", "unavailable"))
def records(request: HttpRequest, organisation: str, given: Query[Filter]) -> Any:
    """List records.

    The activity ledger by filter, search and order, every record with what became of it and what it posts. `next` is the
    `cursor` of the page after this one; when the accounts change in between, the answer is `list_changed`.
    """
    seat = seat_of(request)
    books = seat.books
    journal = ready_journal(books, seat.organisation.journals)
    key = journal.path.parent.name
    of, _, begin = given.cursor.partition("-")
    if of not in ("", key):
        raise ProblemError("list_changed")
    said = {name: str(value) for name, value in given.model_dump(exclude={"cursor", "limit"}).items() if value}
    start, limit = int(begin or 0), given.limit
    items, more = some_rows(books, journal, read_asked(said, given.year), start, limit, plain_voice())
    return {"items": items, "next": f"{key}-{start + limit}" if more else None}


@operation(router, "GET", f"{RECORDS}/groups", ledger.Groups)
def record_groups(request: HttpRequest, organisation: str, given: Query[Grouped]) -> Any:
    """Sum records up.

    By type, site, month, source, supplier, batch, state, entity, unit or project: how many, what they are together in
    each unit, and their tonnes.
    """
    seat = seat_of(request)
    journal = ready_journal(seat.books, seat.organisation.journals)
    said = {name: str(value) for name, value in given.model_dump().items() if value}
    return ledger_page(seat.books, journal, read_asked(said, given.year), plain_voice())


@operation(router, "GET", f"{RECORDS}/files/{{str:form}}", None, file=ANY_FILE, problems=("broken", "unavailable"))
def records_file(request: HttpRequest, organisation: str, form: str, given: Query[Wanted]) -> HttpResponseBase:
    """Download records.

    All that the filters leave, however many: `csv`, `excel` (CSV as a Dutch Excel opens it), `xlsx` or `json`. A large file is
    made first: `unavailable` with `Retry-After` until it is there.
    """
    seat = seat_of(request)
    journal = ready_journal(seat.books, seat.organisation.journals)
    said = {name: str(value) for name, value in given.model_dump().items() if value}
    file = wanted(seat, journal, said, form, given.year)
    found = ready_file(seat, journal, file)
    if found is None:
        last = (
            seat.organisation.jobs.filter(kind="download", asked__state=file.path.stem).order_by("-created_at").first()
        )
        if last is not None and last.state == FAILED:
            raise ProblemError("broken", issues=voice().told_stored(last.issues))
        if ask_file(seat, file) is None:
            told = voice().word("ledger_file.busy", count=MOST_AT_ONCE)
            raise ProblemError("too_many", WAIT, issues=[Told("error", told, "files_being_made")])
        raise ProblemError("unavailable", WAIT)
    return found


@operation(router, "GET", RECORD, ledger.RecordInFull)
def record(request: HttpRequest, organisation: str, record: str) -> Any:
    """Read a record.

    As it was read from its file, what happened to it, and the ledger rows that it made.
    """
    seat = seat_of(request)
    return history_page(seat.books, journal_at_hand(seat.books, seat.organisation.journals), record, plain_voice())


@operation(router, "POST", f"{RECORD}/corrections", work.Job, power=Power.WORK, status=202)
def correct(request: HttpRequest, organisation: str, record: str, given: Correction) -> Any:
    """Correct a record, or take it back.

    A job: a reversal, and a record with the changes in its place. Both stay to be seen. Without `changes` it is only taken back.
    """
    seat = seat_of(request)
    page = history_page(seat.books, None, record, plain_voice())
    asked = {} if given.changes is None else given.changes.model_dump(exclude_none=True)
    said = {name: f"{value:f}" if isinstance(value, Decimal) else str(value) for name, value in asked.items()}
    changes = {name: text for name, text in said.items() if page.now.get(name) != text}
    if given.changes is not None and not changes:
        raise ProblemError("invalid", issues=[Told("error", voice().word("correct.nothing"), "nothing_changed")])
    return Status(202, ask(seat, "correct", page.title, record=page.record, changes=changes, reason=given.reason))
