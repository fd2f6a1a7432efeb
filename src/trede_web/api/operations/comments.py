"""Comments about a record, a batch, a run or a year."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.operations.doing import Limit, Number
from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import ledger, work
from trede_web.bridge.subjects import subject
from trede_web.comments.models import LONGEST
from trede_web.pages.people.comments import add_comment, add_note
from trede_web.roles import Power
from trede_web.words import plain_voice

router = Router()
COMMENTS = "/organisations/{organisation}/comments"


class NewComment(work.Given):
    """What is said, and about what: the id of a record, batch or run, or a year."""

    topic: Literal["record", "batch", "run", "year"]
    about: Annotated[str, Field(max_length=64)]
    text: Annotated[str, Field(min_length=2, max_length=LONGEST)]


class Note(work.Given):
    """Why a comment is taken back."""

    reason: work.Reason


@operation(router, "GET", COMMENTS, ledger.Comments)
def comments(
    request: HttpRequest, organisation: str, topic: Literal["record", "batch", "run", "year"] | None = None,
    about: Annotated[str, Field(max_length=64)] = "", cursor: Number = "", limit: Limit = 50,
) -> Any:  # fmt: skip
    """List the comments.

    The newest first; one that was taken back has the reason in `note`. With `topic` and `about` those about one thing.
    """
    every = seat_of(request).organisation.comments.filter(removes=None)
    if topic:
        every = every.filter(kind=topic)
    if about:
        every = every.filter(about=about)
    found = every.select_related("person", "note", "note__person").order_by("-id")
    if cursor:
        found = found.filter(pk__lt=int(cursor))
    items = list(found[: limit + 1])
    return {"items": items[:limit], "next": str(items[limit - 1].pk) if len(items) > limit else None}


@operation(router, "POST", COMMENTS, ledger.Comment, power=Power.COMMENT, status=201)
def comment(request: HttpRequest, organisation: str, given: NewComment) -> Any:
    """Say something.

    About a record, a batch, a run or a year; it changes no figure.
    """
    seat = seat_of(request)
    found = subject(seat.books, given.topic, given.about, plain_voice())
    if found is None:
        raise Http404
    return Status(201, add_comment(seat, given.topic, found[0], given.text))


@operation(router, "POST", f"{COMMENTS}/{{int:comment}}/note", ledger.Comment, power=Power.COMMENT, status=201)
def take_back(request: HttpRequest, organisation: str, comment: int, given: Note) -> Any:
    """Take a comment back.

    By a note with the reason; the comment stays to be read. Only what was said in the
    name of the token's person; a token that manages takes any back.
    """
    seat = seat_of(request)
    found = seat.organisation.comments.filter(pk=comment, removes=None).select_related("person").first()
    if found is None:
        raise Http404
    if found.person_id != seat.person.pk and not seat.manages:
        raise ProblemError("power_lacking")
    add_note(seat, found, given.reason)
    found.refresh_from_db()
    return Status(201, found)
