"""Tags of the report: its texts, in which each mass is a link to where it comes from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def written(context: RequestContext, pieces: list[list[Any]]) -> SafeString:
    """Write a text of the report."""
    return format_html_join("", "{}", ((piece(context, *each),) for each in pieces))


@register.simple_tag(takes_context=True)
def piece(context: RequestContext, text: str, mg: int | None = None, query: str = "") -> SafeString:
    """Write a part of a text; a mass as a link to its question, a difference to the bridge when there is a page of it."""
    if mg is None:
        return format_html("{}", text)
    return format_html(
        '<a class="trede-trace" href="{}"><data value="{}" data-query="{}">{}</data></a>',
        _where(context, query),
        mg,
        query,
        text,
    )


def _where(context: RequestContext, query: str) -> str:
    slug, (runs, before, after) = context["seat"].organisation.slug, context["bridge"]
    asked, _, beside = query.partition("#")
    first, *below = asked.split("/")
    if runs and first == runs:
        cause = {} if beside == "difference" else {"cause": beside}
        there = {"from": before, "period": after, "view": below[0], **cause}
        return f"{reverse('bridge', args=[slug, context['year']])}?{urlencode(there)}{'#detail' if cause else ''}"
    return reverse("trace", args=[slug, "/".join([first.split("..")[-1], *below])])


@register.simple_tag(takes_context=True)
def report_address(context: RequestContext, name: str, *parts: Any) -> str:
    """Return the address of a page or a file of the report of this page."""
    asked = context["wanted"].asked
    where = reverse(name, args=[context["seat"].organisation.slug, context["year"], *parts])
    return f"{where}?{asked}" if asked else where
