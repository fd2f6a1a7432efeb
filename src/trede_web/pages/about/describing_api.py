"""The description of the API: as OpenAPI for programs, and as a page that lists the operations."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trede_web.api.collection import service
from trede_web.api.problems import PROBLEMS


@cache
def document() -> dict[str, Any]:
    """Return the description; it holds nobody's data, so anybody may read it."""
    return dict(service().get_openapi_schema(path_prefix="/api"))


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the description as OpenAPI 3.1."""
    return JsonResponse(document())


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Show the operations by subject, and the problems that they answer with."""
    found = [
        {"method": method.upper(), "path": path, "tag": told["tags"][0], "told": told, "power": told["x-power"]}
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
    ]
    groups = [
        {"tag": tag, "operations": [each for each in found if each["tag"] == tag["name"]]} for tag in document()["tags"]
    ]
    about = document()["info"]["description"]
    return render(
        request, "about/api.html", {"groups": groups, "about": about, "problems": PROBLEMS.items(), "broad": True}
    )
