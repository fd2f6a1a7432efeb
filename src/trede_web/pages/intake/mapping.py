"""A file that waits: map its columns, check what becomes of each row, take it in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from trede_web.bridge.intake.batches import batch_lines, profiles
from trede_web.bridge.intake.checking import check_page, repaired
from trede_web.bridge.intake.controls import SUBTOTALS, differing, readable, with_subtotals
from trede_web.bridge.intake.fields import Fields
from trede_web.bridge.intake.mapping import completed, filled_in, slug
from trede_web.bridge.intake.mapping_page import MappingPage, mapping_page, remember
from trede_web.bridge.intake.meaning import NEW
from trede_web.bridge.intake.taking_in import begin_with, print_of
from trede_web.bridge.intake.weighing import KIND as WEIGH
from trede_web.bridge.intake.weighing import WeightShown, weight_shown
from trede_web.bridge.speaking import Told, Voice
from trede_web.door import door
from trede_web.inbox.models import Staged
from trede_web.pages.evidence.papers import waiting_paper
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, problem, show
from trede_web.people.models import log
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

ROWS = ("sheet", "encoding", "delimiter", "header_row")
"""Settings that decide what the rows and columns are: the file must be looked at again."""
ALL_NEW = "-new-all"
"""The answer that all texts that could be sites are new ones."""
SETTINGS = ("sheet", "encoding", "delimiter", "header_row", "decimal", "dates", "end_day")


class Reason(forms.Form):
    """Why a file is taken in although its control totals differ."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def staged(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """Show what stands in the columns and what they mean; keep what a person fills in, and go on with it."""
    found = _find(seat, staged)
    if found.is_paper:
        return waiting_paper(request, seat, found)
    if request.method != "POST":
        return _page(request, seat, found)
    if not seat.works:
        return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
    before = found.chosen
    keep(seat, found, request.POST.dict(), voice())
    if getattr(request, "htmx", False) and any(before.get(name) != found.chosen.get(name) for name in ROWS):
        return HttpResponseClientRedirect(_look(seat, found).url)
    match request.POST.get("do"):
        case "look":
            return _look(seat, found)
        case "begin":
            found.note(**begin_with(seat.books, request.POST.get("profile", ""), found.look), checked={})
            return redirect("staged", seat.organisation.slug, found.pk)
        case "later":
            return redirect("imports", seat.organisation.slug)
        case "check":
            return _ask_check(request, seat, found)
    if getattr(request, "htmx", False):
        return render(request, "parts/mapping.html", {"seat": seat, **_facts(seat, found)})
    return redirect("staged", seat.organisation.slug, found.pk)


def _look(seat: Seat, found: Staged) -> HttpResponseRedirect:
    """Have the file looked at under the settings that are chosen now."""
    return start(seat, "look", found.name, staged=str(found.pk), chosen=found.chosen)


def _ask_check(request: HttpRequest, seat: Seat, found: Staged) -> HttpResponse:
    """Have a mapping checked; one that is not whole is shown again with what is needed."""
    errors = [Problem(each.text, "mapping") for each in what_is_needed(seat, found, voice())]
    return _page(request, seat, found, errors, 422) if errors else _start(seat, found, "check")


def what_is_needed(seat: Seat, found: Staged, says: Voice) -> list[Told]:
    """Return what keeps a mapping from being checked; what saved profiles knew of its texts is written into it."""
    page = page_of_file(seat, found, says)
    found.note(draft=remember(found.draft, page))
    needs = [Told("error", text, "mapping_open") for text in page.needs] + page.wrong
    if not readable(found.control_total, found.control_rows):
        needs.append(Told("error", says.word("need.control_total"), "control_total_unreadable"))
    return needs


def page_of_file(seat: Seat, found: Staged, says: Voice) -> MappingPage:
    """Return what is shown of a file that waits."""
    return mapping_page(seat.books, found.look, found.chosen, found.draft, found.began_with, says)


def _start(seat: Seat, found: Staged, kind: str) -> HttpResponse:
    return start(seat, kind, found.name, staged=str(found.pk), **asked_of(found))


def asked_of(found: Staged) -> dict[str, Any]:
    """Return what a check or taking in is asked to do; it goes along with the job, so that later changes do not touch it."""
    return {
        "draft": found.draft,
        "chosen": found.chosen,
        "control_total": found.control_total,
        "control_rows": found.control_rows,
        "replaces": found.replaces,
    }


def _find(seat: Seat, staged: str) -> Staged:
    found: Staged | None = seat.organisation.staged.filter(pk=staged).first()
    if found is None:
        raise Http404
    return found


def _facts(seat: Seat, found: Staged) -> dict[str, Any]:
    return {
        "staged": found, "profiles": profiles(seat.books),
        "page": page_of_file(seat, found, voice()),
        "batches": [line for line in batch_lines(seat.books) if line.active],
    }  # fmt: skip


def _page(
    request: HttpRequest, seat: Seat, found: Staged, errors: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    return show(request, seat, "intake/staged.html", "imports", status, errors=errors or [], **_facts(seat, found))


def _chosen(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that the form has, without those that are left to be guessed."""
    given = {name: form.get(f"set-{name}", "").strip(" ") for name in SETTINGS}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value}
    row = chosen.pop("header_row", "")
    return chosen | ({"header_row": int(row)} if row.isascii() and row.isdigit() and int(row) else {})


def keep(seat: Seat, found: Staged, given: Mapping[str, str], says: Voice) -> None:
    """Keep what the form says: closing the page loses nothing."""
    chosen = _chosen(given)
    found.note(chosen=chosen)
    form = {name: str(value)[:1000] for name, value in given.items()}
    if not found.look.get("columns") or "title" not in form:
        return
    if slug(form.get("source_other", "")):
        form["source"] = form["source_other"]
    draft = filled_in(found.draft, found.look, form, Fields(seat.books, says), chosen, found.began_with)
    found.note(draft=draft, replaces=form.get("replaces", "")[:64], **_controls(form))


def _controls(form: Mapping[str, str]) -> dict[str, str]:
    """Return the control totals that a form gives."""
    return {name: form.get(name, "").strip()[:30] for name in ("control_total", "control_rows")}


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """Show what would become of each row; take the file in as it was checked.

    With control totals that differ, that takes a reason, which is recorded as a decision.
    """
    found = _find(seat, staged)
    if request.method == "POST" and not seat.works:
        return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
    if not is_fresh(found):
        return redirect("staged", seat.organisation.slug, found.pk)
    if request.method != "POST":
        return _check_page(request, seat, found)
    if not found.checked["counts"]:
        return _check_page(request, seat, found, [])
    reason = Reason(request.POST)
    if not reason.is_valid() and differing(found.checked):
        return _check_page(request, seat, found, [problem("form.reason_needed", "reason")])
    why = reason.cleaned_data.get("reason", "")
    return start(seat, "commit", found.name, staged=str(found.pk), **to_take_in(found, why))


def to_take_in(found: Staged, reason: str) -> dict[str, Any]:
    """Return what taking a checked file in is asked to do; with control totals that differ, they are accepted for a reason."""
    differences = [(each.get("what", "quantity"), each["difference"]) for each in differing(found.checked)]
    if not differences:
        return asked_of(found)
    return asked_of(found) | {
        "accepted": {"differences": differences, "sheet": found.checked["sheet"], "reason": reason}
    }


def is_fresh(found: Staged) -> bool:
    """Whether the last check is of what is filled in now."""
    return bool(found.checked) and found.checked["of"] == print_of(asked_of(found))


def _check_page(request: HttpRequest, seat: Seat, found: Staged, errors: list[Problem] | None = None) -> HttpResponse:
    page = check_page(seat.books, found.checked, found.draft, voice())
    return show(
        request, seat, "intake/staged_check.html", "imports", 200 if errors is None else 422, page=page, staged=found,
        errors=errors or [], weight=weight_of(seat, found, voice()),
    )  # fmt: skip


def weight_of(seat: Seat, found: Staged, says: Voice) -> WeightShown:
    """Return what the file would do to the totals, as far as that is known."""
    jobs = seat.organisation.jobs.filter(kind=WEIGH, asked__staged=str(found.pk), asked__of=found.checked.get("of", ""))
    return weight_shown(seat.books, jobs.order_by("-created_at").first(), says)


@door(Power.READ)
@require_safe
def weight(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """The part of the check that says what the file would do to the totals; it renews itself until that is known."""
    found = _find(seat, staged)
    return render(
        request, "parts/weight.html", {"seat": seat, "staged": found, "weight": weight_of(seat, found, voice())}
    )


@door(Power.WORK)
@require_POST
def controls(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """Check again, with other control totals or with totals that are subtotals."""
    found = _find(seat, staged)
    if not is_fresh(found):
        return redirect("staged", seat.organisation.slug, found.pk)
    if request.POST.get("answer") == SUBTOTALS:
        found.note(draft=with_subtotals(found.draft, found.checked))
        return _start(seat, found, "check")
    given = _controls(request.POST.dict())
    if not readable(given["control_total"], given["control_rows"]):
        return _check_page(request, seat, found, [problem("need.control_total", "control_total")])
    found.note(**given)
    return _start(seat, found, "check")


@door(Power.WORK)
@require_POST
def repair(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """Solve one kind of problem for all its rows, and check again."""
    found = _find(seat, staged)
    if request.POST.get("answer") in (NEW, ALL_NEW) and (sites := _new_sites(request, seat, found)):
        said = {"new_sites": sites, "reason": voice().word("meaning.reason", file=found.name)}
        return start(seat, "check", found.name, staged=str(found.pk), **asked_of(found), **said)
    if mend_kind(seat, found, request.POST.get("kind", ""), request.POST.get("answer", ""), voice()):
        return _start(seat, found, "check")
    if not found.checked:
        return redirect("staged", seat.organisation.slug, found.pk)
    number = request.POST.get("kind", "")
    field = f"answer-{number}" if number.isdecimal() else ""
    return _check_page(request, seat, found, [problem("check.choose_answer", field)])


def _new_sites(request: HttpRequest, seat: Seat, found: Staged) -> list[str]:
    """Return the texts that a person says are new sites: that of one kind of problem, or all that could be."""
    if not found.checked:
        return []
    kinds = check_page(seat.books, found.checked, found.draft, voice()).kinds
    every, number = request.POST["answer"] == ALL_NEW, request.POST.get("kind")
    return [each.cell for each in kinds if each.may_be_new and (every or str(each.number) == number)]


def mend_kind(seat: Seat, found: Staged, number: str, answer: str, says: Voice) -> bool:
    """Solve one kind of problem in the mapping of a file; False when the check has no such kind or answer."""
    if not found.checked or not found.draft.get("columns"):
        return False
    kind = next((each for each in found.checked.get("kinds", []) if str(each["number"]) == number), None)
    page = check_page(seat.books, found.checked, found.draft, says)
    offer = next((each for each in page.kinds if str(each.number) == number), None)
    if kind is None or offer is None or not offer.repair:
        return False
    if answer not in ("-blank", "-optional", "-leave-out", "-closing"):
        named = {name: value for value, name in offer.choices} | {value: value for value, _ in offer.choices}
        answer = named.get(answer, "")
    if not answer:
        return False
    mended = repaired(found.draft, kind, offer.field, answer)
    found.note(draft=completed(mended, found.look, Fields(seat.books, says)))
    return True


@door(Power.WORK)
@require_POST
def drop(request: HttpRequest, seat: Seat, staged: str) -> HttpResponse:
    """Leave a file out: it was never taken in, and goes."""
    found = _find(seat, staged)
    if request.POST.get("sha256") != found.sha256:
        if found.is_paper:
            return waiting_paper(request, seat, found, [problem("map.drop_other", "")])
        return _page(request, seat, found, [problem("map.drop_other", "mapping")], 422)
    log(seat.organisation, seat.person, "staged_dropped", file=found.name, sha256=found.sha256[:12])
    found.forget()
    return redirect("imports", seat.organisation.slug)
