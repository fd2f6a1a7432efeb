"""Comments: all of an organisation, those about one thing, and taking one back by a note."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.subjects import subject
from trede_web.comments.models import BATCH, KINDS, LONGEST, RECORD, Comment, thread_of
from trede_web.door import door
from trede_web.pages.showing import Problem, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

ENTRIES = 50


class Said(forms.Form):
    """What somebody says."""

    text = forms.CharField(min_length=2, max_length=LONGEST)


class Note(forms.Form):
    """Why a comment is taken back."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def comments(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the comments of the organisation, the newest first."""
    found = (
        seat.organisation.comments.filter(removes=None)
        .select_related("person", "note", "note__person")
        .order_by("-at", "-id")
    )
    entries = Paginator(found, ENTRIES).get_page(request.GET.get("page"))
    return show(request, seat, "people/comments.html", "comments", entries=entries)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, seat: Seat, topic: str, about: str) -> HttpResponse:
    """Show what was said about one thing; a form adds to it."""
    found = subject(seat.books, topic, about, voice()) if topic in KINDS else None
    if found is None:
        raise Http404
    ident, title = found
    errors: list[Problem] = []
    if request.method == "POST":
        if not seat.comments:
            return render(request, "refused.html", {"seat": seat, "power": Power.COMMENT.value}, status=403)
        form = Said(request.POST)
        if form.is_valid():
            return _add(seat, topic, ident, form.cleaned_data["text"])
        errors = [problem("comments.empty", "comment", longest=LONGEST)]
    return show(
        request, seat, "people/thread.html", "comments", 422 if errors else 200,
        thread=thread_of(seat.organisation, topic, ident, request.GET.get("until", "")), kind=topic, about=ident,
        title=title, back=place_of(seat, topic, ident), errors=errors, text=request.POST.get("text", ""),
    )  # fmt: skip


def _add(seat: Seat, kind: str, about: str, text: str) -> HttpResponse:
    made = add_comment(seat, kind, about, text)
    return redirect(f"{place_of(seat, kind, about, own=True)}#comment-{made.pk}")


def add_comment(seat: Seat, kind: str, about: str, text: str) -> Comment:
    """Store what somebody says about something."""
    with transaction.atomic():
        made = Comment.objects.create(
            organisation=seat.organisation, person=seat.person, kind=kind, about=about, text=text.strip()
        )
        seat.note("commented", kind=kind, about=about)
    return made


@door(Power.COMMENT)
@require_POST
def take_back(request: HttpRequest, seat: Seat, comment: int) -> HttpResponse:
    """Take a comment back by a note: who wrote it, and who manages the organisation, may."""
    found = seat.organisation.comments.filter(pk=comment, removes=None).select_related("person").first()
    if found is None:
        raise Http404
    form = Note(request.POST)
    where = reverse("thread", args=[seat.organisation.slug, found.kind, found.about])
    if not form.is_valid():
        return show(
            request, seat, "people/thread.html", "comments", 422, thread=thread_of(seat.organisation, found.kind, found.about),
            kind=found.kind, about=found.about, title=found.about, back=place_of(seat, found.kind, found.about),
            errors=[problem("form.reason_needed", f"take-back-{found.pk}")],
        )  # fmt: skip
    if found.person_id != seat.person.pk and not seat.manages:
        return render(request, "refused.html", {"seat": seat, "power": Power.MANAGE.value}, status=403)
    add_note(seat, found, form.cleaned_data["reason"])
    return redirect(f"{where}#comment-{found.pk}")


def add_note(seat: Seat, comment: Comment, reason: str) -> None:
    """Take a comment back by a note; of two at once, one."""
    with transaction.atomic():
        note, made = Comment.objects.get_or_create(
            removes=comment,
            defaults={
                "organisation": seat.organisation, "person": seat.person, "kind": comment.kind, "about": comment.about,
                "text": reason,
            },
        )  # fmt: skip
        if made:
            seat.note("comment_taken_back", kind=comment.kind, about=comment.about, reason=note.text)


def place_of(seat: Seat, kind: str, about: str, *, own: bool = False) -> str:
    """Return the page of what a comment is about; `own`: where its comments are read."""
    slug = seat.organisation.slug
    if kind == RECORD:
        return reverse("record", args=[slug, about])
    if own:
        return reverse("thread", args=[slug, kind, about])
    if kind == BATCH:
        return reverse("batch", args=[slug, about])
    if kind == "year":
        return reverse("year", args=[slug, about])
    return reverse("overview", args=[slug])
