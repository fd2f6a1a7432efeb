"""Pages for what cannot be shown: each says what happened and what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import Resolver404, resolve

from trede_web.trouble import is_away, is_full


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or it is not this visitor's: the answer is the same."""
    return render(request, "about/not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """A form that is too old, or does not come from here."""
    return render(request, "about/forbidden.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something is wrong in the application, or around it: a full disk, a database that is away. The page asks no database."""
    error = sys.exc_info()[1]
    if is_full(error):
        return _passing(request, "full", 507)
    if is_away(error):
        return _passing(request, "away", 503)
    return render(request, "about/broken.html", status=500)


def _passing(request: HttpRequest, what: str, status: int) -> HttpResponse:
    response = render(request, "about/trouble.html", {"what": what}, status=status)
    response["Retry-After"] = "60"
    return response


def only_does(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give an address that does something and shows nothing a page: it stays behind after a form, and may be opened again."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET" and not response.content:
            shown = render(
                request, "about/only_does.html", {"above": _above(request.path)}, status=response.status_code
            )
            shown["Allow"] = response["Allow"]
            return shown
        return response

    return answer


def _above(path: str) -> str:
    """Return the nearest address above one that leads somewhere."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return path
