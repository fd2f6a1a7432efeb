"""Changing the organisation's description: read a part, check a change, store it with a reason, and look back."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import describing, registers, work
from trede_web.bridge.books import TredeError
from trede_web.bridge.boundary.descriptions import description_page, description_text, descriptions
from trede_web.bridge.boundary.facts import Change, changed, part_facts
from trede_web.bridge.boundary.organisation import organisation_page
from trede_web.bridge.boundary.parts import FIELDS, PARTS
from trede_web.bridge.boundary.proposing import base_of, propose
from trede_web.pages.boundary.editing import LARGEST
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask
from trede_web.pages.showing import known_years
from trede_web.roles import Power
from trede_web.words import plain_voice

router = Router()
DESCRIPTION = "/organisations/{organisation}/description"
TOML = "application/toml"
Text = Annotated[str, Field(max_length=LARGEST, description="The whole description as TOML")]


class OneChange(work.Given):
    """A thing to add (no `id`), change or take out. Of `values` null takes a field out; those not named stay."""

    part: str = Field(description=", ".join(PARTS), pattern="|".join(f"^{part}$" for part in PARTS))
    id: Annotated[str, Field(max_length=120)] = ""
    values: dict[str, Any] = {}
    remove: bool = False


class Proposed(work.Given):
    """Either `changes`, or a whole `description`. With `base` it is refused when somebody changed it since."""

    changes: Annotated[list[OneChange], Field(max_length=500)] = []
    description: Annotated[str, Field(max_length=LARGEST)] = ""
    base: Annotated[str, Field(max_length=64)] = ""


class Described(work.Given):
    """A description that was checked, the one that it was made from, and why."""

    description: Text
    base: Annotated[str, Field(max_length=64)]
    reason: work.Reason


@operation(router, "GET", DESCRIPTION, registers.Description)
def description(request: HttpRequest, organisation: str) -> Any:
    """Read the organisation's description.

    Legal entities as a tree with dated ownership and what counts of each, sites, departments, projects, leased assets and what
    emissions are divided by, as in force today.
    """
    seat = seat_of(request)
    return organisation_page(seat.books, timezone.localdate(), known_years(seat), plain_voice())


@operation(router, "GET", f"{DESCRIPTION}/parts/{{part:part}}", describing.DescriptionPart)
def part(request: HttpRequest, organisation: str, part: str) -> Any:
    """Read a part of the description.

    `organisation`, `entity`, `site`, `unit`, `project`, `source`, `denominator` or `lease`: the things of it, as a change takes
    them. Denominators have their figures by year, entities their dated ownership.
    """
    found = part_facts(seat_of(request).books, part)
    return {"part": found.part, "base": found.base, "things": found.things, "fields": FIELDS[part]}


@operation(router, "POST", f"{DESCRIPTION}/check", describing.Proposal, power=Power.WORK, problems=("list_changed",))
def check_change(request: HttpRequest, organisation: str, given: Proposed) -> Any:
    """Check a change of the description.

    Before and after, field by field, and which calculations and publications it touches. Nothing is stored.
    """
    books, voice = seat_of(request).books, plain_voice()
    if bool(given.changes) == bool(given.description):
        raise ProblemError("invalid", fields=[fault("changes", "missing" if not given.changes else "extra")])
    if given.base and given.base != base_of(books):
        raise ProblemError("list_changed")
    try:
        if given.description:
            return propose(books, given.description.encode(), base_of(books), voice)
        return changed(books, [Change(each.part, each.id, each.values, each.remove) for each in given.changes], voice)
    except TredeError as error:
        raise ProblemError("invalid", issues=voice.told_all(error.issues)) from error


@operation(router, "POST", DESCRIPTION, work.Job, power=Power.WORK, status=202)
def change(request: HttpRequest, organisation: str, given: Described) -> Any:
    """Change the description.

    A job; it fails when somebody else changed the description since `base`, or when records name what it leaves out.
    """
    asked = {"description": given.description.encode()}
    return Status(202, ask(seat_of(request), "describe", "", asked, base=given.base, reason=given.reason))


@operation(router, "GET", f"{DESCRIPTION}/versions", describing.StoredVersions)
def versions(request: HttpRequest, organisation: str) -> Any:
    """List the earlier descriptions.

    Every one that was stored, with day, person and reason.
    """
    return {"items": descriptions(seat_of(request).books, plain_voice())}


@operation(router, "GET", f"{DESCRIPTION}/versions/{{int:number}}", describing.StoredVersionInFull)
def version(request: HttpRequest, organisation: str, number: int) -> Any:
    """Read an earlier description.

    Its text, and what it changed from the one before it.
    """
    found = description_page(seat_of(request).books, number, plain_voice())
    if found is None:
        raise Http404
    return found


@operation(router, "GET", f"{DESCRIPTION}/versions/{{int:number}}/file", None, file=TOML)
def version_file(request: HttpRequest, organisation: str, number: int) -> HttpResponse:
    """Download an earlier description.

    `organisation.toml` as it was stored.
    """
    data = description_text(seat_of(request).books, number)
    if data is None:
        raise Http404
    return download("organisation.toml", data, TOML)
