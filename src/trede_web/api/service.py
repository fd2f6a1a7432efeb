"""The collection of operations, and its description as OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import cleandoc
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from ninja.decorators import decorate_view
from ninja.openapi.schema import OpenAPISchema

from trede_web.api.key import Bearer
from trede_web.api.once import HEADER, AnsweredError, answer_again, keep_answer
from trede_web.api.problems import MEDIA, PROBLEMS, Problem, handle
from trede_web.door import Seat
from trede_web.roles import Power

ABOUT = """What the pages offer, for programs. Every figure is the library's: exact milligrams with the question whose answer
they are. Texts are in the language of `Accept-Language` (`nl`, `en`); numbers in texts are plain: a point, no sign for
thousands, days as 2024-03-01. A change is a job: the answer is 202 with the job, to be asked for until it is `done` or
`failed`. Tokens are made on the page Tokens of an organisation."""
TAGS = {
    "organisation": "The organisation of the token, its years and its sources",
    "people": "Who works here, invitations, tokens",
    "imports": "Files taken in, files that wait, quick entry, what became of each row, evidence, taking everything along",
    "records": "The activity ledger: records, their history, corrections, and comments",
    "factors": "The factors of all lists",
    "results": "Calculate, footprints and where each figure comes from",
    "publication": "Double counts, the checklist, publishing",
    "log": "Jobs and the change log",
}
KEY = {
    "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 100},
    "description": "Sent again with the same key within a day, the request does nothing twice and gets the same answer",
}  # fmt: skip
ALWAYS = ("token_needed", "power_lacking", "not_found", "invalid", "too_many")
"""Problems that any operation can answer with."""

Operation = Callable[..., Any]


def operation(
    router: Router, method: str, path: str, shape: Any, *, power: Power = Power.READ, status: int = 200,
    file: str | None = None, problems: tuple[str, ...] = (),
) -> Callable[[Operation], Operation]:  # fmt: skip
    """Add an operation: its first line is its summary, the rest its description, its name its id.

    Args:
        shape: of the answer.
        power: what it asks of the token.
        file: the kind of file that it answers with, instead of a shape.
        problems: what it can answer with beside `ALWAYS`.
    """
    statuses = sorted({PROBLEMS[code] for code in (*ALWAYS, *problems)})
    responses = {status: shape, **dict.fromkeys(statuses, Problem)}
    content = {file: {"schema": {"type": "string", "contentMediaType": file}}} if file else None

    def add(view: Operation) -> Operation:
        summary, _, rest = cleandoc(view.__doc__ or "").partition("\n")
        extra: dict[str, Any] = {"x-power": power.value}
        if content:
            extra["responses"] = {status: {"content": content}}
        door = Bearer(power)
        if method == "POST":
            extra["parameters"] = [KEY]
            decorate_view(keep_answer)(view)
        added: Operation = router.api_operation(
            [method], path, response=responses, auth=door, operation_id=view.__name__, summary=summary.rstrip("."),
            description=" ".join(rest.split()) or summary, openapi_extra=extra,
        )(view)  # fmt: skip
        models = added._ninja_operation.models  # type: ignore[attr-defined]
        queries = [model for model in models if model.__ninja_param_source__ == "query"]
        door.known = frozenset(name for model in queries for name in model.__ninja_flatten_map__)
        return added

    return add


def seat_of(request: HttpRequest) -> Seat:
    """Return the seat that the door gave."""
    seat: Seat = request.auth  # type: ignore[attr-defined]
    return seat


class Service(NinjaAPI):
    """Describes problems as what they are."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description."""
        found = super().get_openapi_schema(**options)
        for path in found["paths"].values():
            for each in path.values():
                for status, told in each["responses"].items():
                    if int(status) >= 400:
                        told["content"] = {MEDIA: next(iter(told["content"].values()))}
        return found


@cache
def service() -> Service:
    """Return the API with all its operations."""
    from trede_web.api.operations import (  # noqa: PLC0415 - they use this module
        base_year,
        comments,
        describing,
        doing,
        drawing,
        factors,
        figures,
        intake,
        keeping,
        lists,
        matching,
        organisation,
        people,
        planning,
        records,
        reporting,
        settling,
        typing_in,
        waiting,
    )  # fmt: skip

    made = Service(
        title="Trede", version="1", description=" ".join(ABOUT.split()), docs_url=None, openapi_url=None,
        urls_namespace="api", openapi_extra={"tags": [{"name": n, "description": text} for n, text in TAGS.items()]},
    )  # fmt: skip
    handle(made)
    made.add_exception_handler(AnsweredError, answer_again)
    for tag, module in (
        ("organisation", organisation), ("organisation", describing), ("people", people), ("imports", intake),
        ("imports", waiting), ("imports", typing_in), ("imports", keeping), ("records", records), ("records", comments),
        ("factors", factors), ("factors", lists), ("factors", matching), ("results", figures), ("results", drawing),
        ("results", planning), ("results", reporting), ("results", base_year), ("publication", settling), ("log", doing),
    ):  # fmt: skip
        made.add_router("/v1", module.router, tags=[tag])
    return made
