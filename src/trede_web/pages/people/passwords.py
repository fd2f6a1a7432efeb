"""A forgotten password: a link that works once, from an owner, from whoever runs the server, or by e-mail."""

from __future__ import annotations

import logging
import threading

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.door import door
from trede_web.pages.people.people import people_page
from trede_web.pages.showing import Problem, problem
from trede_web.people.models import Reset, User, log
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import Voice, voice

LOGGER = logging.getLogger("trede_web")


class Forgotten(forms.Form):
    """Whose password."""

    email = forms.EmailField()


@door(Power.MANAGE)
@require_POST
def offer(request: HttpRequest, seat: Seat, member: int) -> HttpResponse:
    """Make a link with which a member chooses a new password; it is shown once.

    Who also works elsewhere is not an owner's to let in: the link would open the other organisation too.
    """
    found = seat.organisation.memberships.select_related("user").filter(pk=member).first()
    if found is None:
        raise Http404
    person = found.user
    owned = seat.person.memberships.filter(role="owner").values("organisation")
    if person.memberships.exclude(organisation__in=owned).exists():
        return people_page(request, seat, 422, errors=[voice().word("reset.not_here", name=person.name)])
    with transaction.atomic():
        secret = Reset.offer(person, seat.organisation)
        log(seat.organisation, seat.person, "reset_offered", email=person.email)
    link = request.build_absolute_uri(reverse("reset", args=[secret]))
    return people_page(request, seat, reset=person, reset_link=link)


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a new password by a link. One-time codes stay as they are: the log-in asks for them."""
    found = Reset.open_for(secret)
    if found is None:
        return render(request, "people/reset_gone.html", status=404)
    errors: list[Problem] = []
    if request.method == "POST":
        password = request.POST.get("password", "")
        try:
            validate_password(password, found.person)
        except ValidationError as error:
            errors = [Problem(text, "password") for text in error.messages]
        else:
            with transaction.atomic():
                if not found.use(password):
                    return render(request, "people/reset_gone.html", status=404)
                if found.organisation is not None:
                    log(found.organisation, found.person, "reset_used")
            return redirect("account_login")
    return render(
        request, "people/reset.html", {"person": found.person, "errors": errors}, status=422 if errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail; the answer is the same whether there is such an account or not."""
    form = Forgotten(request.POST or None)
    if request.method == "POST" and settings.MAIL and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if (limited := ratelimit.consume_or_429(request, action="reset_password", key=email)) is not None:
            return limited  # type: ignore[no-any-return]  # allauth has no types
        where = request.build_absolute_uri(reverse("reset", args=["_"])).removesuffix("_/")
        threading.Thread(target=_send, args=(email, where, voice()), name="reset").start()
        return render(request, "people/forgotten.html", {"sent": True})
    errors = [problem("reset.email_needed", "email")] if request.method == "POST" and settings.MAIL else []
    return render(
        request, "people/forgotten.html", {"mail": settings.MAIL, "errors": errors}, status=422 if errors else 200
    )


def _send(email: str, where: str, voice: Voice) -> None:
    """Send the link, if there is an account; in a thread, so that the time of the answer tells nobody."""
    try:
        person = User.objects.filter(email=email, is_active=True).first()
        if person is not None:
            link = f"{where}{Reset.offer(person)}/"
            text = voice.word("reset.mail", name=person.name, link=link)
            send_mail(voice.word("reset.mail_subject"), text, None, [person.email])
    except OSError:
        LOGGER.exception("no e-mail could be sent")
    finally:
        connection.close()
