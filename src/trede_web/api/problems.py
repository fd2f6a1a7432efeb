"""What cannot be answered, as problem details (RFC 9457): a code, and sentences in the reader's language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from trede_web.bridge.books import TredeError
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.speaking import Told
from trede_web.door import GONE, NOT_FOUND
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.preparing import preparing

LOGGER = logging.getLogger("trede_web")
MEDIA = "application/problem+json"
PROBLEMS = {
    "unreadable": 400, "token_needed": 401, "token_unknown": 401, "power_lacking": 403, "codes_needed": 403,
    "not_found": 404, "method_unknown": 405, "not_so": 409, "list_changed": 409, "not_ready": 409, "key_busy": 409,
    "gone": 410, "too_large": 413, "invalid": 422, "key_used": 422, "too_many": 429, "broken": 500, "unavailable": 503,
    "full": 507,
}  # fmt: skip
"""Every code with its status."""
SPECIAL = frozenset({"token_unknown", "codes_needed", "list_changed", "not_ready", "key_busy", "key_used"})
"""Codes that do not stand for their status."""
OF_STATUS = {status: code for code, status in PROBLEMS.items() if code not in SPECIAL}
WAIT = {"Retry-After": "2"}
"""What is said with an answer that is being made."""
KINDS = {
    "missing": "missing", "string_too_short": "too_short", "too_short": "too_short", "string_too_long": "too_long",
    "too_long": "too_long", "literal_error": "choice", "enum": "choice", "int_parsing": "number", "int_type": "number",
    "greater_than_equal": "number", "less_than_equal": "number", "extra_forbidden": "extra", "string_type": "text",
    "string_pattern_mismatch": "form",
}  # fmt: skip
"""What is said of a field, by the code of the check that it failed; of others `form`."""
SAID = frozenset(KINDS.values())


class Fault(Schema):
    """What is wrong with one field of what was sent."""

    field: str
    code: str
    text: str


class Remark(Schema):
    """A finding of the library: its code, and its sentence with its place in front."""

    severity: str
    code: str
    text: str


class Problem(Schema):
    """Problem details as RFC 9457 has them. `code` stays as it is; `title` and `detail` are in the language asked for."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: list[Fault] = []
    issues: list[Remark] = []


class ProblemError(Exception):
    """A request that cannot be answered."""

    def __init__(
        self,
        code: str,
        headers: Mapping[str, str] | None = None,
        issues: Sequence[Told] = (),
        fields: Sequence[Fault] = (),
    ) -> None:
        self.code, self.headers, self.issues, self.fields = code, headers or {}, issues, fields
        super().__init__(code)


def answer(
    code: str, *, fields: Sequence[Fault] = (), issues: Sequence[Told] = (), headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a problem."""
    word, status = voice().word, PROBLEMS[code]
    body = Problem(
        type=f"/api/#{code}", title=word(f"problem.{code}"), status=status, detail=word(f"problem_says.{code}"), code=code,
        fields=list(fields), issues=[Remark(severity=i.severity, code=i.code, text=i.text) for i in issues],
    )  # fmt: skip
    response = JsonResponse(body.model_dump(), status=status, content_type=MEDIA)
    for name, value in (headers or {}).items():
        response[name] = value
    if status == PROBLEMS["token_needed"]:
        response["WWW-Authenticate"] = "Bearer"
    return response


def handle(api: NinjaAPI) -> None:
    """Let every fault of an operation become a problem."""
    api.add_exception_handler(ProblemError, _problem)
    api.add_exception_handler(Http404, lambda request, error: answer("not_found"))
    api.add_exception_handler(RequestDataTooBig, lambda request, error: answer("too_large"))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _refused)
    api.add_exception_handler(TredeError, _told)
    api.add_exception_handler(NotReadyError, _not_ready)


def _not_ready(request: HttpRequest, error: Any) -> HttpResponse:
    """Say that an answer is being made, and have that done."""
    seat: Seat = request.auth  # type: ignore[attr-defined]
    preparing(seat.organisation, seat.person)
    return answer("unavailable", headers=WAIT)


def _problem(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(error.code, headers=error.headers, issues=error.issues, fields=error.fields)


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return answer(OF_STATUS.get(error.status_code, "unreadable"))


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    fields = []
    for each in error.errors:
        source, *where = map(str, each["loc"])
        where = where[1:] if source == "body" else where  # the name that the operation has for it is not theirs
        fields.append(fault(".".join(where), KINDS.get(each["type"], "form")))
    return answer("invalid", fields=fields)


def fault(field: str, code: str) -> Fault:
    """Return what is wrong with a field."""
    return Fault(field=field, code=code, text=voice().word(f"field_fault.{code}"))


def _told(request: HttpRequest, error: Any) -> HttpResponse:
    if any(issue.code in NOT_FOUND for issue in error.issues):
        return answer("not_found")
    if any(issue.code in GONE for issue in error.issues):
        return answer("gone", issues=voice().told_all(error.issues))
    LOGGER.warning("%s: %s", request.path, error)
    return answer("not_so", issues=voice().told_all(error.issues))


def problems(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let what is refused under `/api/` before an operation is found, or behind it, be a problem as well, not a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        refused = response.status_code >= 400 and request.path_info.startswith("/api/")
        if not refused or response.headers.get("Content-Type") == MEDIA:
            return response
        kept = {name: value for name in ("Allow", "Retry-After") if (value := response.headers.get(name))}
        return answer(OF_STATUS.get(response.status_code, "broken"), headers=kept)

    return middleware
