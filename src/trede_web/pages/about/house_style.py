"""The sheet, the letters and the logo of a house style; anybody may ask for them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trede_web.house_style import SHEET, HouseStyle
from trede_web.security import PICTURE_POLICY


@require_safe
def house_style(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with one of its files."""
    style: HouseStyle | None = settings.HOUSE_STYLE
    if style is None or name not in (SHEET, *style.files):
        raise Http404
    data, kind = (style.css.encode(), "text/css") if name == SHEET else style.files[name]
    answer = HttpResponse(data, content_type=kind, headers={"Cache-Control": "public, max-age=3600"})
    if kind == "image/svg+xml":
        answer.headers["Content-Security-Policy"] = PICTURE_POLICY
    return answer
