"""How an operation is added, and who stands behind a request."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.decorators import decorate_view

from trede_web.api.key import Bearer
from trede_web.api.once import HEADER, keep_answer
from trede_web.api.problems import PROBLEMS, Problem
from trede_web.roles import Power
from trede_web.seat import Seat

KEY = {
    "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 100},
    "description": "Sent again with the same key within a day, the request does nothing twice and gets the same answer",
}  # fmt: skip
ALWAYS = ("token_needed", "power_lacking", "not_found", "invalid", "too_many")
"""Problems that any operation can answer with."""

Operation = Callable[..., Any]


def operation(
    router: Router, method: str, path: str, shape: Any, *, power: Power = Power.READ, status: int = 200,
    file: str | None = None, problems: tuple[str, ...] = (), once: bool = True,
) -> Callable[[Operation], Operation]:  # fmt: skip
    """Add an operation: its first line is its summary, the rest its description, its name its id.

    Args:
        shape: of the answer.
        power: what it asks of the token.
        file: the kind of file that it answers with, instead of a shape.
        problems: what it can answer with beside `ALWAYS`.
        once: whether the answer to a request that is sent again with its key is kept; not of one that only asks.
    """
    statuses = sorted({PROBLEMS[code] for code in (*ALWAYS, *problems)})
    responses = {status: shape, **dict.fromkeys(statuses, Problem)}
    content = {file: {"schema": {"type": "string", "contentMediaType": file}}} if file else None

    def add(view: Operation) -> Operation:
        summary, _, rest = cleandoc(view.__doc__ or "").partition("\n")
        extra: dict[str, Any] = {"x-power": power.value}
        if content:
            extra["responses"] = {status: {"content": content}}
        door = Bearer(power, once=once)
        if once and method == "POST":
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
