"""Tags of the ledger: amounts whose question is the ledger itself, and who said what."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trede_web.bridge.figures import Figure
from trede_web.bridge.ledger.ledger import LEDGER, Head
from trede_web.words import voice

register = template.Library()


@register.simple_tag(takes_context=True)
def ledger_figure(context: RequestContext, what: Figure) -> SafeString:
    """Write tonnes as a link to the records that they are the sum of."""
    where = f"{reverse('ledger', args=[context['seat'].organisation.slug])}?{what.query.removeprefix(LEDGER)}"
    return format_html(
        '<a class="trede-trace" href="{}"><data value="{}" data-query="{}">{}</data></a>',
        where, what.mg, what.query, voice().tonnes(what.mg),
    )  # fmt: skip


@register.inclusion_tag("parts/ledger_head.html")
def ledger_head(head: Head, text: str, *, num: bool = False) -> dict[str, Any]:
    """Write the head of a column by which the ledger can be ordered."""
    return {"head": head, "text": text, "num": num}


@register.filter
def said_of(counts: dict[str, int], record: str) -> int:
    """Return how many comments stand with a record."""
    return counts.get(record, 0)


@register.simple_tag
def given_value(given: dict[str, str] | None, name: str, now: str) -> str:
    """Return what somebody filled in, else what is."""
    return (given or {}).get(name, now)
