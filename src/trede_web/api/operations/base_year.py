"""The base year: how it stands, having it held against its publication, and another policy."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import base_year as shapes
from trede_web.api.shapes import work
from trede_web.bridge.boundary.base_year import base_year_page, check_draft, draft_sent
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
BASE = "/organisations/{organisation}/base-year"


class Policy(work.Given):
    """The policy, the decision that it takes the place of (`base`, empty for none), and why. The threshold is a percentage."""

    year: Annotated[str, Field(pattern="^[0-9]{4}$")]
    threshold: Annotated[str, Field(max_length=20)]
    triggers: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]
    rule: Annotated[str, Field(max_length=500)]
    base: Annotated[str, Field(max_length=64)] = ""
    reason: work.Reason


@operation(router, "GET", BASE, shapes.BaseYear)
def base_year(request: HttpRequest, organisation: str) -> Any:
    """Read the base year.

    Its policy, what differs from its publication, and whether that is above the threshold.
    """
    return base_year_page(seat_of(request).books, plain_voice())


@operation(router, "POST", BASE, work.Job, status=202)
def hold_base_year(request: HttpRequest, organisation: str) -> Any:
    """Have the base year held against its publication.

    A job that changes nothing, so a token that reads may ask for it, when `state` is `waiting`.
    """
    seat = seat_of(request)
    if base_year_page(seat.books, plain_voice()).state != "waiting":
        raise ProblemError("not_so")
    return Status(202, ask(seat, "hold"))


@operation(router, "POST", f"{BASE}/policy", work.Job, power=Power.WORK, status=202, problems=("list_changed",))
def say_base_year(request: HttpRequest, organisation: str, given: Policy) -> Any:
    """Record the policy of the base year.

    A job. `list_changed` when somebody else changed the policy since `base`.
    """
    seat, facts = seat_of(request), given.model_dump(exclude={"reason"})
    draft = draft_sent({name: value if isinstance(value, list) else [value] for name, value in facts.items()})
    found, wrong = check_draft(seat.books, draft, voice())
    if found is None:
        raise ProblemError("invalid", fields=[fault(name, "form") for name in wrong])
    if found.overtaken:
        raise ProblemError("list_changed")
    return Status(202, ask(seat, "base_year", draft.year, reason=given.reason, **found.values))
