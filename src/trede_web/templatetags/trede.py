"""Tags: sentences, numbers, and figures that always carry their question and a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from trede_web.bridge.boundary.editing import Input
from trede_web.bridge.boundary.proposing import label_of
from trede_web.bridge.factors.choices import ChoiceLine
from trede_web.bridge.factors.shelf import Asked
from trede_web.bridge.factors.uses import Use
from trede_web.bridge.figures import Figure
from trede_web.bridge.grouping import grouped
from trede_web.bridge.results.causes import Change
from trede_web.bridge.results.completeness import Cell, Row
from trede_web.bridge.results.per_unit import PerUnit
from trede_web.bridge.speaking import words
from trede_web.bridge.tongues import Said
from trede_web.house_style import HouseStyle
from trede_web.menu import menu
from trede_web.pages.showing import Problem
from trede_web.words import voice

register = template.Library()


@register.simple_tag
def say(code: str, **values: Any) -> str:
    """Write a sentence of the catalogue."""
    return voice().word(code, **values)


@register.simple_tag
def say_of(family: str, member: str, **values: Any) -> str:
    """Write the word for a member of a family, such as `role.` and `owner`."""
    return voice().word(f"{family}.{member}", **values)


@register.simple_tag
def house() -> HouseStyle | None:
    """Return the house style, if there is one."""
    found: HouseStyle | None = settings.HOUSE_STYLE
    return found


@register.simple_tag
def options(field: str, choices: Sequence[tuple[str, str]], chosen: str = "") -> SafeString:
    """Write the options of a list; activity types, of which there are many, in parts by scope and category."""
    written = []
    for part, members in grouped(field, choices, voice()):
        lines = format_html_join(
            "", '<option value="{}"{}{}>{}</option>',
            ((value, tongue(name), mark_safe(" selected") if value == chosen else "", plain(name)) for value, name in members),
        )  # fmt: skip
        written.append(format_html('<optgroup label="{}">{}</optgroup>', part, lines) if part else lines)
    return format_html_join("", "{}", ((part,) for part in written))


@register.filter
def plain(value: object) -> str:
    """Write a text without the marks of other languages, where no element can stand: in a title, an option, an attribute."""
    return str(value)


@register.filter
def tongue(value: object) -> SafeString:
    """Return the attribute that says in which other language a whole text is; nothing when it is the page's."""
    language = value.language if isinstance(value, Said) else ""
    return format_html(' lang="{}"', language) if language else mark_safe("")


@register.filter
def number(value: int) -> str:
    """Write a whole number."""
    return voice().number(value)


@register.filter
def tonnes(what: Figure) -> str:
    """Write an amount of somebody else's accounts in tonnes: there is nothing here that it leads to."""
    return voice().tonnes(what.mg)


@register.filter
def days(value: str) -> str:
    """Write a stored day, such as 2026-11-22, as the language does."""
    year, month, day = value.split("-")
    return f"{day}-{month}-{year}" if voice().language == "nl" else value


@register.inclusion_tag("parts/go.html", takes_context=True)
def go_to(context: RequestContext) -> dict[str, Any]:
    """Put in the page where somebody can go by keyboard."""
    return {"seat": context["seat"], "ways": menu(context["seat"].organisation.slug, context["year"])}


@register.simple_tag(takes_context=True)
def figure(
    context: RequestContext, what: Figure, unit: str = "t", decimals: int = 2, look: str = "trede-trace"
) -> SafeString:
    """Write an amount as a link to where it comes from.

    Args:
        unit: `t`, `kg`, or `mg` for every milligram of it.
    """
    speaker = voice()
    match unit:
        case "kg":
            text = speaker.kilograms(what.mg, decimals)
        case "mg":
            text = speaker.number(what.mg)
        case _:
            text = speaker.tonnes(what.mg, decimals)
    return format_html(
        '<a class="{}" href="{}"><data value="{}" data-query="{}">{}</data></a>',
        look, trace_address(context, what), what.mg, what.query, text,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def headline(context: RequestContext, what: Figure) -> SafeString:
    """Write the one large figure of a page: three digits that count."""
    tonnes = abs(what.mg) / 10**9
    decimals = 0 if tonnes >= 100 else 1 if tonnes >= 10 else 2
    return figure(context, what, decimals=decimals, look="fig trede-trace")


@register.simple_tag(takes_context=True)
def divided(context: RequestContext, what: PerUnit) -> SafeString:
    """Write a total per unit as a link to its chart, on the page of the total that was divided."""
    return format_html(
        '<a class="trede-trace" href="{}#chart-intensity-{}"><data value="{}" data-query="{}">{}</data>'
        '<span class="vh"> {}</span></a>',
        trace_address(context, what.figure), what.chart, what.figure.mg, what.figure.query, what.text, what.name,
    )  # fmt: skip


@register.simple_tag
def change(what: Change, where: str) -> SafeString:
    """Write a difference as a link to what it consists of."""
    return format_html(
        '<a class="trede-trace" href="{}"><data value="{}" data-query="{}">{}</data></a>',
        where, what.mg, what.query, what.text,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def side(context: RequestContext, what: Figure) -> SafeString:
    """Write the total of a side of a bridge: of a part of a run as a link to what it consists of, on the same page."""
    where = "#accounts" if ":" in what.query.partition("/")[0] else trace_address(context, what)
    return figure_at(what, where)


@register.simple_tag
def figure_at(what: Figure, where: str) -> SafeString:
    """Write an amount in tonnes as a link to the page that takes it apart."""
    return format_html(
        '<a class="trede-trace" href="{}"><data value="{}" data-query="{}">{}</data></a>',
        where, what.mg, what.query, voice().tonnes(what.mg),
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def statement_address(context: RequestContext, allocation: str, receiver: str) -> str:
    """Return the address of what one receiver gets, under what this page shows."""
    page = context["page"]
    where = reverse("statement", args=[context["seat"].organisation.slug, context["year"], allocation])
    return f"{where}?{urlencode({'receiver': receiver, 'view': page.view, 'period': page.period})}"


@register.simple_tag
def stake(what: Figure) -> SafeString:
    """Write about how much is at stake; what stands around it leads to where it comes from."""
    speaker = voice()
    text = speaker.word("queue.about", amount=f"{speaker.tonnes(what.mg)} t")
    return format_html('<data value="{}" data-query="{}">{}</data>', what.mg, what.query, text)


@register.simple_tag
def shelf_address(asked: Asked, q: str | None = None) -> str:
    """Return the address of what is asked of the factors, or of the same with other words."""
    return asked.address() if q is None else asked.address(q=q)


@register.simple_tag(takes_context=True)
def records_address(context: RequestContext, use: Use | ChoiceLine) -> str:
    """Return the address of the records behind what is counted with a factor."""
    where = reverse("factor_records", args=[context["seat"].organisation.slug])
    return f"{where}?{urlencode({'of': use.asked})}"


@register.simple_tag(takes_context=True)
def bridge_address(
    context: RequestContext, name: str = "bridge", cause: str = "", before: str = "", view: str = "", kind: str = "",
) -> str:  # fmt: skip
    """Return the address of the bridge of this page, of one of its causes, of its download, or from another side."""
    wanted = context["wanted"]
    asked = {"from": before or wanted.before, "view": view or context["page"].view}
    asked |= {} if wanted.period == str(context["year"]) else {"period": wanted.period}
    asked |= {"cause": cause} if cause else {}
    where = reverse(name, args=[context["seat"].organisation.slug, context["year"], *([kind] if kind else [])])
    return f"{where}?{urlencode(asked)}{'#detail' if cause else ''}"


@register.simple_tag(takes_context=True)
def trace(context: RequestContext, what: Figure) -> str:
    """Return the address of the page where a figure comes from."""
    return trace_address(context, what)


def trace_address(context: RequestContext, what: Figure) -> str:
    """Return the page of a figure's question, in the organisation of this page."""
    return reverse("trace", args=[context["seat"].organisation.slug, what.address])


PLACES = {
    "publish_rows_held": "imports",
    "publish_rows_rejected": "imports",
    "publish_correction_loose": "imports",
    "publish_double_count": "doubles",
    "publish_source_missing": "year",
    "source_contradicted": "year",
}
"""The page on which an obstacle is taken away; of others the calculation."""


@register.simple_tag(takes_context=True)
def place_of(context: RequestContext, code: str) -> str:
    """Return the address of the page on which an obstacle to publication is taken away."""
    name = PLACES.get(code, "calculate")
    slug = context["seat"].organisation.slug
    return reverse(name, args=[slug] if name == "imports" else [slug, context["year"]])


@register.filter
def percent(share: float) -> str:
    """Write a share as the length of a bar of 100, as SVG has numbers."""
    return f"{share * 100:.2f}"


LENGTH, LEAST = 1000, 6
"""Of a bar that is made of parts, and of the smallest part that can still be seen."""


@register.filter
def lengths(counts: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return name, start and width of each part of a bar; a part that is not nothing can be seen."""
    parts = [(name, count) for name, count in counts.items() if count]
    free, whole = LENGTH - LEAST * len(parts), sum(count for _, count in parts)
    found, start = [], 0
    for name, count in parts:
        width = LEAST + free * count // whole
        found.append((name, start, width))
        start += width
    return found


@register.filter
def cell_query(cell: Cell, row: Row) -> str:
    """Return what an address says to look into a month of a source."""
    return urlencode({"source": row.source, "site": row.site, "month": cell.month})


@register.filter
def waiting(jobs: list[dict[str, Any]]) -> bool:
    """Whether any of these jobs is still to be done."""
    return any(each["job"].is_open for each in jobs)


@register.filter
def still_open(jobs: list[dict[str, Any]]) -> int:
    """Return how many of these jobs are still to be done."""
    return sum(each["job"].is_open for each in jobs)


@register.simple_tag
def field_label(part: str, name: str) -> str:
    """Write what a field of the organisation's description is called."""
    return label_of(part, name, voice())


@register.simple_tag
def field_help(part: str, name: str) -> str:
    """Write what helps to fill a field in; nothing when there is no need."""
    return words(voice().language).get(f"help.{part}.{name}", "")


@register.simple_tag
def described(each: Input, help_text: str) -> SafeString:
    """Write the attributes by which a field is tied to its help and its error."""
    ids = " ".join(f"{sign}-{each.name}" for sign, said in (("h", help_text), ("e", each.error)) if said)
    return format_html(
        "{}{}{}", format_html(' aria-describedby="{}"', ids) if ids else "",
        mark_safe(' aria-invalid="true"') if each.error else "", " required" if each.required else "",
    )  # fmt: skip


LABELS = {
    "login": "login.email", "password": "login.password", "oldpassword": "password.old", "password1": "password.new",
    "password2": "password.again", "code": "codes.code", "name": "people.name",
}  # fmt: skip
"""What the fields of Django's forms are called."""


@register.simple_tag(takes_context=True)
def problems(context: dict[str, Any]) -> list[Any]:
    """Return what is wrong in a form, each with the id of its field: of a form of ours, or one of Django's."""
    form = context.get("form")
    if context.get("errors") or not isinstance(form, BaseForm) or not form.errors:
        return list(context.get("errors") or ())
    fields = [field for field in form if not field.is_hidden]
    first = fields[0].id_for_label if fields else ""
    found = [Problem(str(error), first) for error in form.non_field_errors()]
    for field in fields:
        found += [Problem(f"{voice().word(LABELS[field.name])}: {error}", field.id_for_label) for error in field.errors]
    return found


@register.simple_tag(takes_context=True)
def tied(context: dict[str, Any], field: str, help_id: str = "") -> SafeString:
    """Write the attributes by which a field is tied to its help, and to what `parts/errors.html` says is wrong with it."""
    wrong = any(getattr(each, "field", "") == field for each in problems(context))
    ids = " ".join(each for each in (f"e-{field}" if wrong else "", help_id) if each)
    return format_html(
        "{}{}",
        format_html(' aria-describedby="{}"', ids) if ids else "",
        mark_safe(' aria-invalid="true"') if wrong else "",
    )


@register.simple_tag(takes_context=True)
def opened(context: dict[str, Any], field: str) -> SafeString:
    """Write that details are open, when something is wrong with the field in them."""
    wrong = any(getattr(each, "field", "") == field for each in problems(context))
    return mark_safe(" open") if wrong else SafeString()


@register.simple_tag
def part_name(part: str) -> str:
    """Write what a part of the description is called, or a field of its own."""
    return words(voice().language).get(f"part.{part}") or label_of("", part, voice())


@register.filter
def get(values: dict[str, str], name: str) -> str:
    """Return what stands under a name; nothing when it is not there."""
    return values.get(name, "")


@register.filter
def drawing(svg: str) -> SafeString:
    """Put a drawing of our own making in the page: its `svg` element alone."""
    return mark_safe(svg[svg.index("<svg") :])  # noqa: S308 - made by the server, of no text that people gave


@register.filter
def coded(text: str) -> SafeString:
    """Write what stands between backquotes as code."""
    pieces = ((part, "<code>{}</code>" if number % 2 else "{}") for number, part in enumerate(text.split("`")))
    return format_html_join("", "{}", ((format_html(how, part),) for part, how in pieces))


@register.simple_tag
def numbered(*parts: str | int) -> str:
    """Return the name of a field of a form with numbered lines: `row-2-market`."""
    return "-".join(map(str, parts))


@register.filter
def beside(values: Sequence[Any], names: Sequence[str]) -> list[tuple[str, Any]]:
    """Return values with the name of each."""
    return list(zip(names, values, strict=True))
