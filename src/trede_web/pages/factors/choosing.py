"""Choosing factors: the queue of what needs one, what a year counts with, lists, own factors, and taking a choice back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.factors import own
from trede_web.bridge.factors.choices import FILES, choices_page, lists_page, override_options, read_option, revocable
from trede_web.bridge.factors.factor import factor_page
from trede_web.bridge.factors.queue import NONE, item_of, next_after, queue_page
from trede_web.bridge.intake.meaning import LEAVE_OUT, NEW, Question, questions
from trede_web.bridge.runs.calculating import lists
from trede_web.bridge.speaking import Told
from trede_web.door import door
from trede_web.pages.factors.factors import HERE
from trede_web.pages.intake.imports import download, plain_name
from trede_web.pages.jobs import ask, start
from trede_web.pages.showing import Problem, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import Job

QUEUE = "matching"
QUEUED = ("match", "mean")
"""Kinds of jobs that settle what stands in the queue."""
SCOPE_3, MODELS = "scope_3", "models"
BACK = (SCOPE_3, MODELS, "receivers")
"""Other pages on which decisions are taken back."""
FIRST, LAST = 1990, 2100


class Reason(forms.Form):
    """Why something is chosen, or taken back."""

    reason = forms.CharField(min_length=3, max_length=500)


class Answer(Reason):
    """What answers a group of records without a factor."""

    item = forms.RegexField(r"[0-9a-f]{8,64}")
    answer = forms.CharField(max_length=400)
    sector = forms.CharField(max_length=40, required=False)
    category = forms.CharField(max_length=20, required=False)

    def clean(self) -> dict[str, str]:
        """Put a sector from the list of all in the place of `other`."""
        asked: dict[str, str] = self.cleaned_data
        sector = asked.pop("sector", "")
        return {**asked, "answer": sector if asked.get("answer") == "other" else asked.get("answer", "")}


class Named(Reason):
    """A factor by name for some records in some years."""

    records = forms.CharField(max_length=2000)
    years = forms.RegexField(r"\s*(?:(?:199\d|20\d\d)[\s,;]*)+")
    country = forms.RegexField(r"[A-Za-z]{2}", required=False)


class ForYears(Reason):
    """A list for years that it is not of."""

    library = forms.CharField(max_length=120)
    years = forms.RegexField(r"\s*(?:(?:199\d|20\d\d)[\s,;]*)+")


class Own(forms.Form):
    """One factor of the organisation's own."""

    name = forms.CharField(min_length=2, max_length=120)
    unit = forms.CharField(max_length=60)
    nature = forms.ChoiceField(choices=[(name, name) for name in own.NATURES])
    total = forms.CharField(max_length=30, required=False)
    direct = forms.CharField(max_length=30, required=False)
    upstream = forms.CharField(max_length=30, required=False)
    uncertainty = forms.CharField(max_length=30, required=False)
    publisher_name = forms.CharField(min_length=2, max_length=200)
    url = forms.CharField(min_length=2, max_length=400)
    notes = forms.CharField(max_length=own.NOTES, required=False)
    of = forms.CharField(max_length=300, required=False)
    """The value from second hand that it is taken over from."""
    reason = forms.CharField(max_length=500, required=False)


def busy(seat: Seat, year: int) -> dict[str, str]:
    """Return the groups that a job is settling now."""
    found = seat.organisation.jobs.filter(kind__in=QUEUED, state__in=("queued", "running"))
    return {job.asked["item"]: str(job.pk) for job in found if job.kind == "mean" or job.asked.get("year") == year}


@door(Power.READ)
@require_safe
def matching(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the queue, and one group of it with its candidates."""
    return _queue(request, seat, year, request.GET.get("at", ""))


def _queue(request: HttpRequest, seat: Seat, year: int, at: str, errors: list[Problem] | None = None) -> HttpResponse:
    page = queue_page(seat.books, year, at, request.GET.get("words", "").strip()[:100], busy(seat, year), voice())
    failed = seat.organisation.jobs.filter(kind__in=QUEUED, state="failed").order_by("-finished_at")[:3]
    told = [each for job in failed if job.asked.get("year") == year for each in voice().told_stored(job.issues)]
    template = "factors/matching.html" if page and page.lines else "factors/matching_empty.html"
    return show(
        request, seat, template, QUEUE, 422 if errors else 200, page=page, year=year, errors=errors or [], told=told,
        none=NONE, new=NEW, leave_out=LEAVE_OUT, words=request.GET.get("words", ""), reason=request.POST.get("reason", ""),
    )  # fmt: skip


@door(Power.WORK)
@require_POST
def settle(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Settle a group, and go on to the next one."""
    form = Answer(request.POST)
    if not form.is_valid():
        word, field = ("queue.choose", "answers") if "answer" in form.errors else ("form.reason_needed", "reason")
        return _queue(request, seat, year, request.POST.get("item", ""), [problem(word, field)])
    asked = form.cleaned_data
    if not asked["answer"]:
        return _queue(request, seat, year, asked["item"], [problem("queue.choose", "answers")])
    found = item_of(seat.books, year, asked["item"], voice())
    if found is None:
        raise Http404
    name, is_open, needs_category = found
    if needs_category and asked["answer"] != NONE and not asked["category"]:
        return _queue(request, seat, year, asked["item"], [problem("queue.category_needed", "category")])
    waiting = busy(seat, year)
    after = next_after(seat.books, year, asked["item"], waiting, voice())
    if is_open and asked["item"] not in waiting:
        ask(seat, "match", name, year=year, **asked)
    return _go_on(seat, year, after)


def _go_on(seat: Seat, year: int, after: str) -> HttpResponse:
    where = reverse("matching", args=[seat.organisation.slug, year])
    return redirect(f"{where}?{urlencode({'at': after})}" if after else where)


@door(Power.WORK)
@require_POST
def mean(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Record what a text in files means, for all rows that have it, and go on to the next question."""
    ident, answer = request.POST.get("item", ""), request.POST.get("answer", "")
    if answer == "other":
        answer = request.POST.get("value", "")
    if not answer:
        return _queue(request, seat, year, ident, [problem("check.choose_answer", "answers")])
    found = question_of(seat, ident)
    named = dict(found.others) | dict(found.near)
    answer = next((value for value, name in named.items() if name == answer), answer)
    if answer not in found.answers:
        return _queue(request, seat, year, ident, [problem("check.choose_answer", "answers")])
    waiting = busy(seat, year)
    after = next_after(seat.books, year, ident, waiting, voice())
    if ident not in waiting:
        ask_meaning(seat, year, found, answer)
    return _go_on(seat, year, after)


def question_of(seat: Seat, ident: str) -> Question:
    """Return what rows ask under an id.

    Raises:
        Http404: nothing.
    """
    found = next((each for each in questions(seat.books, voice()) if each.unknown.id == ident), None)
    if found is None:
        raise Http404
    return found


def ask_meaning(seat: Seat, year: int, question: Question, answer: str) -> Job:
    """Ask that a meaning is recorded: one of the question's answers. The reason says what was answered, by its name."""
    text, named = question.unknown.text, dict(question.others) | dict(question.near)
    said = named.get(answer) or voice().word(f"meaning.{answer[1:]}")
    return ask(
        seat, "mean", text, year=year, item=question.unknown.id, text=text, field=question.field, answer=answer,
        reason=voice().word("queue.meant", text=text, answer=said),
    )  # fmt: skip


@door(Power.READ)
@require_safe
def choices(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show what a year counts with: the default, or what somebody chose."""
    return show(
        request, seat, "factors/choices.html", "choices", page=choices_page(seat.books, year, voice()), year=year
    )


@door(Power.WORK)
@require_POST
def revoke(request: HttpRequest, seat: Seat, decision: str) -> HttpResponse:
    """Take a decision back; `page` says where it was asked, beside the choices of a year."""
    form, year = Reason(request.POST), request.POST.get("year", "")
    of = int(year) if year.isdecimal() and len(year) == len("2024") else None
    page = next((name for name in BACK if request.POST.get("page") == name), "")
    if decision not in revocable(seat.books):
        raise Http404
    if not form.is_valid():
        errors = [problem("form.reason_needed", f"why-{decision}")]
        if page == MODELS:
            return redirect(page, seat.organisation.slug)
        if of is None:
            return _shelves(request, seat, errors)
        if page:
            return redirect(page, seat.organisation.slug, of)
        choices = choices_page(seat.books, of, voice())
        return show(request, seat, "factors/choices.html", "choices", 422, page=choices, errors=errors, year=of)
    asked = {"year": of, "reason": form.cleaned_data["reason"]} | ({"page": page} if page else {})
    return start(seat, "revoke", decision, decision=decision, **asked)


@door(Power.WORK)
@require_POST
def override(request: HttpRequest, seat: Seat, library: str, factor: str) -> HttpResponse:
    """Use a factor for some records."""
    form = Named(request.POST)
    options = {option.key for option in override_options(seat.books, library, factor, voice())}
    if not form.is_valid() or form.cleaned_data["records"] not in options:
        page = factor_page(seat.books, library, factor, voice())
        facts = {"options": override_options(seat.books, library, factor, voice())}
        field = next((name for name in ("records", "years", "reason") if name in form.errors), "records")
        errors = [problem("override.fill_in", "years-of" if field == "years" else field)]
        return show(request, seat, "factors/factor.html", HERE, 422, page=page, errors=errors, **facts)
    asked = form.cleaned_data
    kind, attributes, slot = read_option(asked["records"])
    return start(
        seat, "override", factor, library=library, factor=factor, activity_type=kind, attributes=attributes, slot=slot,
        years=_years(asked["years"]), country=asked["country"].upper(), reason=asked["reason"],
    )  # fmt: skip


def _years(text: str) -> list[int]:
    plain = "".join(sign if sign.isdecimal() else " " for sign in text)
    return sorted({int(part) for part in plain.split()})


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def shelves(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the lists at hand; bring one in, from the publisher's own file or as a table of own factors."""
    if request.method != "POST":
        return _shelves(request, seat)
    if not seat.works:
        return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
    file, publisher = request.FILES.get("file"), request.POST.get("publisher", "")
    if file is None or publisher not in (*FILES, "own"):
        return _shelves(request, seat, [problem("lists.no_file", "file")])
    name = plain_name(file)
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // 1024**2
        return _shelves(request, seat, [problem("imports.too_large", "file", file=name, limit=limit)])
    job = ask(seat, "list", name, {"data": file.read()}, publisher=publisher)
    return redirect(reverse("job", args=[seat.organisation.slug, job.pk]) + "?wait")


def _shelves(request: HttpRequest, seat: Seat, errors: list[Problem] | None = None) -> HttpResponse:
    return show(
        request, seat, "factors/lists.html", "lists", 422 if errors else 200, lists=lists_page(seat.books, voice()),
        pinnable=lists(seat.books), publishers=FILES, errors=errors or [], limit=settings.UPLOAD_LIMIT // 1024**2,
    )  # fmt: skip


@door(Power.WORK)
@require_POST
def pin_years(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Record that a list counts for years."""
    form = ForYears(request.POST)
    if not form.is_valid() or form.cleaned_data["library"] not in {choice.id for choice in lists(seat.books)}:
        return _shelves(request, seat, [problem("form.reason_needed", "years" if "years" in form.errors else "reason")])
    asked = form.cleaned_data
    return start(
        seat, "pin", asked["library"], library=asked["library"], years=_years(asked["years"]), reason=asked["reason"]
    )


@door(Power.READ)
@require_safe
def own_template(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Download the table of own factors, with examples to replace."""
    return download(
        f"{voice().word('own.file')}.csv", own.own_template().encode("utf-8-sig"), "text/csv; charset=utf-8"
    )


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def own_factor(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make one factor of the organisation's own."""
    ref = request.POST.get("of", request.GET.get("of", ""))
    filled = own.taken_over(seat.books, ref, voice()) if ref else {}
    if filled is None:
        raise Http404
    if request.method != "POST":
        return _own(request, seat, filled, [])
    form = Own(request.POST)
    given = {name: request.POST.get(name, "").strip() for name in (*Own.base_fields, "from", "to")}
    errors = [] if form.is_valid() else [problem("own.fill_in", next(iter(form.errors)))]
    errors += [
        Problem(fault, name) for name in own.VALUES if given[name] and (fault := own.number_fault(given[name], voice()))
    ]
    if given["of"] and len(given["reason"]) < 3:
        errors.append(problem("own.reason_needed", "reason"))
    if given["unit"] not in dict(own.own_units(voice())):
        errors.append(problem("own.no_unit", "unit"))
    spans = [int(given[name]) if given[name].isdecimal() else 0 for name in ("from", "to")]
    if not FIRST <= spans[0] <= spans[1] <= LAST:
        errors.append(problem("own.years", "from"))
    if errors:
        return _own(request, seat, given, errors)
    today = timezone.localdate()
    data = own.table(given | ({"notes": noted(given)} if given["of"] else {}), today)
    told = own.faults("own", data, "factor.csv", today, voice())
    if told:
        return _own(request, seat, given, [], told)
    job = ask(
        seat,
        "list",
        f"{given['name'][:100]}.csv",
        {"data": data},
        publisher="own",
        taken_over=given["of"],
        reason=given["reason"],
    )
    return redirect(reverse("job", args=[seat.organisation.slug, job.pk]) + "?wait")


def noted(given: Mapping[str, Any]) -> str:
    """Return the remark of a value from second hand: what it was taken from, and why somebody took it over."""
    return voice().word("own.taken_over", of=given["of"], reason=given["reason"], notes=given["notes"])


def _own(
    request: HttpRequest, seat: Seat, given: dict[str, str], errors: list[Problem], told: list[Told] | None = None
) -> HttpResponse:
    return show(
        request, seat, "factors/own_factor.html", "lists", 422 if errors or told else 200, given=given, errors=errors,
        told=told or [],
        units=own.own_units(voice()), natures=own.NATURES, this_year=timezone.localdate().year,
    )  # fmt: skip
