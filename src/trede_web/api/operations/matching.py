"""What has no factor: the queue, one group with its candidates, the answer; and what a year counts with."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.operations.doing import Limit
from trede_web.api.paging import Cursor, page_of
from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import matching, work
from trede_web.bridge.factors.choices import choices_page, override_options, read_option, revocable
from trede_web.bridge.factors.queue import NONE, item_of, queue_page
from trede_web.pages.factors.choosing import ask_meaning, busy, question_of
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import plain_voice

router = Router()
HERE = "/organisations/{organisation}"
YEAR = f"{HERE}/years/{{year:year}}"
Years = Annotated[list[Annotated[int, Field(ge=1990, le=2099)]], Field(min_length=1, max_length=50)]


class Answer(work.Given):
    """The `key` of a candidate or sector, or `none`: nothing fits. Spend in some lists needs a category of scope 3 too."""

    answer: Annotated[str, Field(min_length=1, max_length=400)]
    category: Annotated[str, Field(max_length=20)] = ""
    reason: work.Reason


class MeaningGiven(work.Given):
    """The `id` of one of the choices; `-new`: it is a new site; `-leave-out`: rows with this text are no activity."""

    answer: Annotated[str, Field(min_length=1, max_length=400)]


class Override(work.Given):
    """Which factor counts for which records (the `key` of an option) in which years, and why."""

    library: Annotated[str, Field(max_length=120)]
    factor: Annotated[str, Field(max_length=200)]
    records: Annotated[str, Field(max_length=2000)]
    years: Years
    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    reason: work.Reason


class TakenBack(work.Given):
    """Why a decision is taken back."""

    reason: work.Reason


def _queue(seat: Seat, year: int, at: str = "", words: str = "") -> Any:
    found = queue_page(seat.books, year, at, words, busy(seat, year), plain_voice())
    if found is None:
        raise Http404
    return found


@operation(router, "GET", f"{YEAR}/matches", matching.Matches, problems=("list_changed",))
def matches(request: HttpRequest, organisation: str, year: int, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """List what a year asks.

    Texts in files that mean nothing yet; records without a factor, accounts whose sector is only proposed, spend without a
    category: groups of the last calculation, the largest stake first in each kind, with what was decided about them. A year that
    is not calculated is not found, unless a text waits.
    """
    found = _queue(seat_of(request), year)
    items, after = page_of(found.lines, [line.id for line in found.lines], cursor, limit)
    return {"run": found.run, "left": found.left, "done": found.done, "items": items, "next": after}


@operation(router, "GET", f"{YEAR}/matches/{{hash:item}}", matching.MatchInFull)
def match(
    request: HttpRequest, organisation: str, year: int, item: str, q: Annotated[str, Query(max_length=100)] = ""
) -> Any:
    """Read a group that waits for an answer.

    Why it waits, some of its rows, and what could answer it and why; with `q` also what a search finds. Of a text that means
    nothing yet what it can mean.
    """
    found = _queue(seat_of(request), year, item, q.strip())
    current = found.item or found.question
    if current is None or current.line.id != item:
        raise Http404
    return current


@operation(router, "POST", f"{YEAR}/matches/{{hash:item}}", work.Job, power=Power.WORK, status=202)
def settle_match(request: HttpRequest, organisation: str, year: int, item: str, given: Answer) -> Any:
    """Answer a group that waits.

    A job: the answer is recorded with reason and name, and holds for later files too.
    """
    seat = seat_of(request)
    found = item_of(seat.books, year, item, plain_voice())
    if found is None:
        raise Http404
    name, is_open, needs_category = found
    if needs_category and given.answer != NONE and not given.category:
        raise ProblemError("invalid", fields=[fault("category", "missing")])
    if not is_open or item in busy(seat, year):
        raise ProblemError("not_so")
    return Status(202, ask(seat, "match", name, year=year, item=item, **given.model_dump()))


@operation(
    router,
    "POST",
    f"{YEAR}/matches/{{hash:item}}/meaning",
    work.Job,
    power=Power.WORK,
    status=202,
    problems=("not_so",),
)
def say_meaning(request: HttpRequest, organisation: str, year: int, item: str, given: MeaningGiven) -> Any:
    """Say what a text in files means.

    A job: for all rows that have it. The files that ask are read again, whatever their year, and later ones know it too.
    """
    seat = seat_of(request)
    found = question_of(seat, item)
    if given.answer not in found.answers:
        raise ProblemError("invalid", fields=[fault("answer", "choice")])
    if item in busy(seat, year):
        raise ProblemError("not_so")
    return Status(202, ask_meaning(seat, year, found, given.answer))


@operation(router, "GET", f"{YEAR}/choices", matching.Choices)
def choices(request: HttpRequest, organisation: str, year: int) -> Any:
    """Read what a year counts with.

    The factor of each type of activity: the default, or what somebody chose, with who, when and why.
    """
    return choices_page(seat_of(request).books, year, plain_voice())


@operation(router, "GET", f"{HERE}/overrides/{{list:library}}/{{factor:factor}}", matching.Options)
def override_choices(request: HttpRequest, organisation: str, library: str, factor: str) -> Any:
    """List the records that a factor could count.

    Those of its kind of quantity, by type of activity and attributes.
    """
    return {"items": override_options(seat_of(request).books, library, factor, plain_voice())}


@operation(router, "POST", f"{HERE}/overrides", work.Job, power=Power.WORK, status=202)
def override(request: HttpRequest, organisation: str, given: Override) -> Any:
    """Use a factor for some records.

    A job: from the next calculation they count with it, in these years.
    """
    seat = seat_of(request)
    if given.records not in {
        each.key for each in override_options(seat.books, given.library, given.factor, plain_voice())
    }:
        raise ProblemError("invalid", fields=[fault("records", "choice")])
    kind, attributes, slot = read_option(given.records)
    about = given.model_dump(exclude={"records"}) | {"years": sorted(set(given.years))}
    return Status(
        202, ask(seat, "override", given.factor, activity_type=kind, attributes=attributes, slot=slot, **about)
    )


@operation(router, "POST", f"{HERE}/decisions/{{hash:decision}}/revocation", work.Job, power=Power.WORK, status=202)
def revoke(request: HttpRequest, organisation: str, decision: str, given: TakenBack) -> Any:
    """Take a decision about factors back.

    A job: an override, a pinned list, a factor or sector that was chosen. Its id stands in `choices` and `lists`.
    """
    seat = seat_of(request)
    if decision not in revocable(seat.books):
        raise Http404
    return Status(202, ask(seat, "revoke", decision, decision=decision, year=None, reason=given.reason))
