"""Who works here in which role, invitations by link, and the change log."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.door import door
from trede_web.pages.people.logbook import told
from trede_web.pages.showing import problem, show
from trede_web.people.models import ROLES, Invitation, Membership, Organisation, User, log
from trede_web.roles import Power, Role
from trede_web.seat import Seat

ENTRIES = 50
"""Of the change log on one page."""


class Offer(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField()
    role = forms.ChoiceField(choices=ROLES)


class NewPerson(forms.Form):
    """Somebody who takes up an invitation and was not here before."""

    name = forms.CharField(max_length=120, min_length=2)
    password = forms.CharField(widget=forms.PasswordInput, strip=False)

    def clean_password(self) -> str:
        """Refuse a password that is easy to guess."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


@door(Power.READ)
@require_safe
def people(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List who works here; owners also see the open invitations."""
    return people_page(request, seat)


def people_page(request: HttpRequest, seat: Seat, status: int = 200, **facts: object) -> HttpResponse:
    """Show who works here; with what was just made, or is wrong."""
    members = seat.organisation.memberships.select_related("user").order_by("user__name")
    offers = Invitation.still_open().filter(organisation=seat.organisation) if seat.manages else []
    return show(
        request,
        seat,
        "people/people.html",
        "people",
        status,
        members=members,
        offers=offers,
        roles=[r.value for r in Role],
        **facts,
    )


@door(Power.MANAGE)
@require_POST
def invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Make an invitation; its link is shown once, to be sent by whoever invites."""
    form = Offer(request.POST)
    if not form.is_valid():
        return people_page(request, seat, 422, errors=[problem("people.email_needed", "email")])
    made, secret = offer_place(seat, form.cleaned_data["email"], Role(form.cleaned_data["role"]))
    return people_page(request, seat, made=made, link=request.build_absolute_uri(reverse("invitation", args=[secret])))


def offer_place(seat: Seat, email: str, role: Role) -> tuple[Invitation, str]:
    """Make an invitation; return it with the secret of its link."""
    with transaction.atomic():
        made, secret = Invitation.offer(seat.organisation, email, role, seat.person)
        seat.note("invited", email=made.email, role=made.role)
    return made, secret


@door(Power.MANAGE)
@require_POST
def uninvite(request: HttpRequest, seat: Seat, invitation: int) -> HttpResponse:
    """Withdraw an invitation."""
    withdraw_offer(seat, invitation)
    return redirect("people", seat.organisation.slug)


def withdraw_offer(seat: Seat, invitation: int) -> bool:
    """Withdraw an invitation; False when there is none that is open."""
    found = Invitation.still_open().filter(organisation=seat.organisation, pk=invitation)
    offer = found.first()
    with transaction.atomic():
        if offer is None or not found.update(withdrawn_at=timezone.now()):
            return False
        seat.note("uninvited", email=offer.email, role=offer.role)
    return True


@door(Power.MANAGE)
@require_POST
def remove(request: HttpRequest, seat: Seat, member: int) -> HttpResponse:
    """Take somebody's place away. The last owner stays."""
    removed = take_place_away(seat, member)
    if removed is None:
        return people_page(request, seat, 422, errors=[problem("people.last_owner", "email")])
    return redirect("home") if removed == seat.person.pk else redirect("people", seat.organisation.slug)


def take_place_away(seat: Seat, member: int) -> int | None:
    """Take somebody's place away; return the id of the person, None when it is the last owner, who stays."""
    with transaction.atomic():
        Organisation.objects.select_for_update().get(
            pk=seat.organisation.pk
        )  # one at a time: two owners could remove each other
        found = seat.organisation.memberships.select_related("user").filter(pk=member).first()
        if found is None:
            raise Http404
        owners = seat.organisation.memberships.filter(role=Role.OWNER.value).count()
        if found.role == Role.OWNER.value and owners == 1:
            return None
        seat.note("removed", email=found.user.email, role=found.role)
        found.delete()
    return int(found.user_id)


@door(Power.READ)
@require_safe
def changes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The change log: who did what, when."""
    entries = Paginator(seat.organisation.log.select_related("person"), ENTRIES).get_page(request.GET.get("page"))
    lines = [told(entry, seat.organisation.slug) for entry in entries]
    return show(request, seat, "people/changes.html", "changes", entries=entries, lines=lines)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take up an invitation: as who is logged in, or with a new account for the address that was invited."""
    offer = Invitation.open_for(secret)
    if offer is None:
        return render(request, "people/invitation_gone.html", status=404)
    known = User.objects.filter(email=offer.email).first()
    person = request.user if request.user.is_authenticated else None
    form = NewPerson(request.POST or None)
    if request.method == "POST" and person is not None and person.email == offer.email:
        return _take_up(request, offer, person)
    if request.method == "POST" and known is None and person is None and form.is_valid():
        made = form.cleaned_data
        with transaction.atomic():
            joined = User.objects.create_user(offer.email, made["name"], made["password"])
        return _take_up(request, offer, joined)
    facts = {"offer": offer, "form": form, "person": person, "known": known is not None}
    return render(request, "people/invitation.html", facts, status=422 if request.method == "POST" else 200)


def _take_up(request: HttpRequest, offer: Invitation, person: User) -> HttpResponse:
    """Make the invited a member, who was one already stays what they are; of two at once, one."""
    with transaction.atomic():
        taken = Invitation.still_open().filter(pk=offer.pk).update(accepted_at=timezone.now())
        if not taken:
            return render(request, "people/invitation_gone.html", status=404)
        Membership.objects.get_or_create(
            user=person, organisation=offer.organisation, defaults={"role": offer.role}
        )  # fmt: skip
        log(offer.organisation, person, "joined", role=offer.role)
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("overview", offer.organisation.slug)
