"""Samples: drawing one, working its design out, and taking the rest in."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import work
from trede_web.bridge.models.samples import design_faults, draw_sample, sample_batches
from trede_web.pages.jobs import ask
from trede_web.pages.models.samples import FIELDS, LONGEST
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
HERE = "/organisations/{organisation}/samples"
Line = Annotated[str, Field(max_length=500)]


class Rests(Schema):
    """What was extrapolated and counts: files of records of the quality `extrapolated`."""

    items: list[work.Batch]


class Drawing(work.Given):
    """From which list a sample is drawn and how; `units` has a name on each line, the auxiliary behind a semicolon."""

    title: Line
    ident: Annotated[str, Field(max_length=40)]
    first: Annotated[str, Field(max_length=10, description="Such as 2024-01-01")]
    last: Annotated[str, Field(max_length=10)]
    types: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=100)]
    unit: Annotated[str, Field(max_length=20)]
    units: Annotated[str, Field(max_length=LONGEST)]
    auxiliary: Line = ""
    drawn: Annotated[str, Field(max_length=20)]
    count: Annotated[str, Field(max_length=6)] = ""
    margin: Annotated[str, Field(max_length=20)] = ""
    spread: Annotated[str, Field(max_length=20)] = ""
    named: Annotated[str, Field(max_length=LONGEST)] = ""
    how: Line
    low: Annotated[str, Field(max_length=20)] = ""
    high: Annotated[str, Field(max_length=20)] = ""
    basis: Line = ""
    source: Line = ""
    seed: Annotated[str, Field(max_length=40)] = ""


class Design(work.Given):
    """The text of a design, as TOML."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]


@operation(router, "GET", HERE, Rests)
def samples(request: HttpRequest, organisation: str) -> Any:
    """List what was extrapolated.

    The files that count; those that are drawn are jobs of the kind `sample`.
    """
    return {"items": sample_batches(seat_of(request).books)}


@operation(router, "POST", HERE, work.Job, power=Power.WORK, status=202)
def draw_a_sample(request: HttpRequest, organisation: str, given: Drawing) -> Any:
    """Draw a sample.

    A job; its result says who was drawn, and what the records come to when they are there. Nothing is taken in.
    """
    seat, asked = seat_of(request), given.model_dump()
    sent = {name: asked[name].strip() for name in FIELDS} | {"types": given.types}
    drawn, wrong = draw_sample(seat.books, sent | {"seed": given.seed or secrets.token_hex(4)}, plain_voice())
    if drawn is None:
        raise ProblemError("invalid", fields=[fault(name, "form") for name in wrong])
    _sound(seat, drawn.text)
    return Status(202, ask(seat, "sample", drawn.title, design=drawn.text))


@operation(router, "POST", f"{HERE}/trial", work.Job, power=Power.WORK, status=202)
def work_out_sample(request: HttpRequest, organisation: str, given: Design) -> Any:
    """Work a design out.

    A job: what the sample has, what follows for the rest, and the interval. Nothing is taken in.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "sample", _sound(seat, given.text), design=given.text))


@operation(router, "POST", f"{HERE}/extrapolation", work.Job, power=Power.WORK, status=202)
def extrapolate_sample(request: HttpRequest, organisation: str, given: Design) -> Any:
    """Take the rest of a sample in.

    A job: records of the quality `extrapolated`, in the place of what the design gave before.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "extrapolate", _sound(seat, given.text), design=given.text))


def _sound(seat: Any, text: str) -> str:
    title, told = design_faults(seat.books, text, voice())
    if told:
        raise ProblemError("invalid", issues=told)
    return title
