"""Pages for what cannot be shown: each says what happened and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing here, or it is not this visitor's: the answer is the same."""
    return render(request, "not_found.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """A form that is too old, or does not come from here."""
    return render(request, "forbidden.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Something is wrong in the application."""
    return render(request, "broken.html", status=500)
