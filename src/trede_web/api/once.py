"""A request with the header `Idempotency-Key`: sent again, it does nothing twice and gets the answer of the first time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from trede_web.api.models import Once, Token
from trede_web.api.problems import ProblemError, fault

HEADER = "Idempotency-Key"
AGAIN = "Idempotency-Replayed"
"""The header of an answer that was given before."""
SERVER_FAULT = 500


class AnsweredError(Exception):
    """The request was answered before; not an error, but the way past the operation."""

    def __init__(self, once: Once) -> None:
        self.once = once
        super().__init__()


def claim(request: HttpRequest, token: Token) -> Once | None:
    """Claim a request by its key; None when it has none.

    Raises:
        AnsweredError: it was done before.
        ProblemError: `invalid`, `key_used` for another request, or `key_busy`: the first one is still being done.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not re.fullmatch(r"[!-~]{1,100}", key):
        raise ProblemError("invalid", fields=[fault(HEADER, "form")])
    once, mine = Once.claim(token, key, _print_of(request))
    if once.asked != _print_of(request):
        raise ProblemError("key_used")
    if once.status is not None:
        raise AnsweredError(once)
    if not mine:
        raise ProblemError("key_busy", {"Retry-After": "5"})
    return once


def keep_answer(run: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what an operation answers to a request that was claimed; of one that was refused nothing is kept."""

    def kept(request: HttpRequest, **parts: Any) -> Any:
        response = run(request, **parts)
        once: Once | None = getattr(request, "once", None)
        if once is not None:
            if response.status_code < 400:
                once.done(response.status_code, response.content.decode())
            elif response.status_code < SERVER_FAULT:
                once.delete()
            else:
                once.let_go()
        return response

    return kept


def answer_again(request: HttpRequest, error: Any) -> HttpResponse:
    """Return the answer that was given before."""
    once: Once = error.once
    return HttpResponse(once.answer, status=once.status, content_type="application/json", headers={AGAIN: "true"})


def _print_of(request: HttpRequest) -> str:
    """Return a hash of what is asked: method, address, and the body or the fields and files of the form."""
    parts = [f"{request.method} {request.get_full_path()}".encode()]
    if (request.content_type or "").startswith("multipart/"):
        for name, values in sorted(request.POST.lists()):
            parts += [name.encode(), *(value.encode("utf-8", "replace") for value in values)]
        for name, files in sorted(request.FILES.lists()):
            parts.append(name.encode())
            for file in files:
                parts += [(file.name or "").encode("utf-8", "replace"), _hash_of(file)]
    else:
        parts.append(request.body)
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _hash_of(file: Any) -> bytes:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.digest()
