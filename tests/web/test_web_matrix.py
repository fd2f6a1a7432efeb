"""Who may open what: every route for every role, strangers and nobody. A new route without an entry fails."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from web_operations import bundled, planned
from web_site import PASSWORD, Site, kept, wait
from web_states import REFUSED

from trede_web.api.models import Token
from trede_web.bridge.books import open_books
from trede_web.bridge.factors.choices import revocable
from trede_web.comments.models import Comment
from trede_web.door import View
from trede_web.keeping.export import file_of
from trede_web.people.models import Invitation
from trede_web.roles import POWERS, Power, Role
from trede_web.urls import OF_AN_ORGANISATION, OPEN
from trede_web.work.models import Job

READ, COMMENT, WORK, PUBLISH, MANAGE = Power.READ, Power.COMMENT, Power.WORK, Power.PUBLISH, Power.MANAGE
MATRIX: list[tuple[str, str, Power]] = [
    ("overview", "GET", READ),
    ("year", "GET", READ),
    ("source", "POST", WORK),
    ("calculate", "GET", READ),
    ("calculate", "POST", WORK),
    ("look_ahead", "POST", WORK),
    ("plan", "GET", READ),
    ("pin", "POST", WORK),
    ("footprint", "GET", READ),
    ("drawing", "GET", READ),
    ("chart_file", "GET", READ),
    ("scope_3", "GET", READ),
    ("say_category", "POST", WORK),
    ("category", "GET", READ),
    ("materiality", "GET", READ),
    ("materiality_change", "GET", WORK),
    ("materiality_change", "POST", WORK),
    ("bridge", "GET", READ),
    ("bridge", "POST", READ),
    ("bridge_table", "GET", READ),
    ("bridge_drawing", "GET", READ),
    ("bridge_file", "GET", READ),
    ("base_year", "GET", READ),
    ("base_year", "POST", READ),
    ("base_year_change", "GET", WORK),
    ("base_year_change", "POST", WORK),
    ("report", "GET", READ),
    ("report", "POST", READ),
    ("report_chapter", "GET", READ),
    ("report_file", "GET", READ),
    ("report_drawing", "GET", READ),
    ("completeness", "GET", READ),
    ("doubles", "GET", READ),
    ("settle", "POST", WORK),
    ("publish", "GET", READ),
    ("publish", "POST", PUBLISH),
    ("receivers", "GET", READ),
    ("receivers", "POST", READ),
    ("divide", "GET", WORK),
    ("divide", "POST", WORK),
    ("statement", "GET", READ),
    ("statement_file", "GET", READ),
    ("prove", "GET", READ),
    ("prove", "POST", READ),
    ("make_bundle", "POST", READ),
    ("bundle_file", "GET", READ),
    ("examine", "GET", READ),
    ("examine", "POST", READ),
    ("examined", "GET", READ),
    ("organisation", "GET", READ),
    ("thing", "GET", WORK),
    ("thing", "POST", WORK),
    ("figures", "GET", WORK),
    ("figures", "POST", WORK),
    ("upload", "POST", WORK),
    ("save", "POST", WORK),
    ("versions", "GET", READ),
    ("version", "GET", READ),
    ("version_file", "GET", READ),
    ("sources", "GET", READ),
    ("source_page", "GET", READ),
    ("restore", "GET", MANAGE),
    ("restore", "POST", MANAGE),
    ("imports", "GET", READ),
    ("imports", "POST", WORK),
    ("imports_part", "GET", READ),
    ("template", "GET", READ),
    ("batch", "GET", READ),
    ("rows", "GET", READ),
    ("decide", "POST", WORK),
    ("grid", "GET", READ),
    ("grid", "POST", WORK),
    ("grid_check", "POST", WORK),
    ("mend", "POST", WORK),
    ("withdraw", "POST", WORK),
    ("staged", "GET", READ),
    ("staged", "POST", WORK),
    ("staged_check", "GET", READ),
    ("staged_check", "POST", WORK),
    ("staged_repair", "POST", WORK),
    ("settle_meaning", "POST", WORK),
    ("staged_weight", "GET", READ),
    ("staged_controls", "POST", WORK),
    ("staged_drop", "POST", WORK),
    ("profiles", "GET", READ),
    ("profile_rename", "POST", WORK),
    ("profile_text", "GET", READ),
    ("attach", "POST", WORK),
    ("evidence_view", "GET", READ),
    ("evidence_picture", "GET", READ),
    ("evidence_page", "GET", READ),
    ("evidence_part", "GET", READ),
    ("evidence_part", "POST", READ),
    ("evidence", "GET", READ),
    ("erase", "POST", MANAGE),
    ("factors", "GET", READ),
    ("factors_csv", "GET", READ),
    ("factors_json", "GET", READ),
    ("factors_compare", "GET", READ),
    ("factor_records", "GET", READ),
    ("factor", "GET", READ),
    ("lists", "GET", READ),
    ("lists", "POST", WORK),
    ("pin_years", "POST", WORK),
    ("own_factor", "GET", WORK),
    ("own_factor", "POST", WORK),
    ("own_template", "GET", READ),
    ("revoke", "POST", WORK),
    ("override", "POST", WORK),
    ("estimates", "GET", READ),
    ("estimate_new", "GET", WORK),
    ("estimate_new", "POST", WORK),
    ("estimate_withdraw", "POST", WORK),
    ("samples", "GET", READ),
    ("sample_new", "GET", WORK),
    ("sample_new", "POST", WORK),
    ("sample", "GET", READ),
    ("sample_text", "GET", READ),
    ("sample_again", "POST", WORK),
    ("models", "GET", READ),
    ("model_new", "GET", WORK),
    ("model_new", "POST", WORK),
    ("method", "GET", READ),
    ("tried", "GET", READ),
    ("model", "GET", READ),
    ("model_text", "GET", READ),
    ("model_template", "GET", READ),
    ("model_use", "POST", WORK),
    ("model_withdraw", "POST", WORK),
    ("matching", "GET", READ),
    ("settle_match", "POST", WORK),
    ("choices", "GET", READ),
    ("go", "GET", READ),
    ("glance", "GET", READ),
    ("job", "GET", READ),
    ("ready", "GET", READ),
    ("people", "GET", READ),
    ("invite", "POST", MANAGE),
    ("uninvite", "POST", MANAGE),
    ("remove", "POST", MANAGE),
    ("offer_reset", "POST", MANAGE),
    ("changes", "GET", READ),
    ("data", "GET", MANAGE),
    ("require_codes", "POST", MANAGE),
    ("export", "POST", MANAGE),
    ("export_file", "GET", MANAGE),
    ("tokens", "GET", READ),
    ("tokens", "POST", READ),
    ("withdraw_token", "POST", READ),
    ("trace", "GET", READ),
    ("ledger", "GET", READ),
    ("ledger_download", "GET", READ),
    ("ledger_file", "GET", READ),
    ("ledger_file", "POST", READ),
    ("record", "GET", READ),
    ("correct", "POST", WORK),
    ("comments", "GET", READ),
    ("thread", "GET", READ),
    ("thread", "POST", COMMENT),
    ("take_back", "POST", COMMENT),
]
NEEDS_MORE = {
    "factor_records",
    "statement",
    "statement_file",
    "withdraw_token",
    "examined",
    "prove",
    "make_bundle",
    "estimate_withdraw",
}
"""Those that answer not found: without what is asked behind their address, or to who did not ask for it."""
PUBLIC = {
    "home",
    "example",
    "bring",
    "together",
    "account_login",
    "account_logout",
    "account_change_password",
    "language",
    "invitation",
    "mfa_authenticate",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "forgotten",
    "reset",
    "api",
    "openapi",
    "accessibility",
    "patterns",
    "patterns_drawing",
    "house_style",
}
"""Routes outside an organisation: `home` and `together` show a person's own organisations, the others no data.

The operations of the API have a matrix of their own, in test_web_api.py."""


def facts(site: Site) -> dict[str, Any]:
    """Return what the addresses of our organisation are made of."""
    books = site.ours.folder
    decision = next(iter(revocable(open_books(books))))
    batch = sorted(path.name for path in (books / "batches").iterdir())[0]
    run = sorted(path.name for path in (books / "runs").iterdir())[0]
    digest = sorted(path.name for path in (books / "evidence").iterdir())[0]
    job = Job.objects.create(
        organisation=site.ours, person=site.person(), kind="calculate", state="done", asked={"year": 2024}
    )
    exported = Job.objects.create(organisation=site.ours, person=site.person(), kind="export", state="done")
    file_of(exported).parent.mkdir()
    file_of(exported).write_bytes(b"PK")
    offer, _ = Invitation.offer(site.ours, "new@ours.example", Role.AUDITOR, site.person())
    record = open_books(site.ours.folder).batch_store.get(batch).records()["record_id"][0].as_py()
    comment = Comment.objects.create(
        organisation=site.ours, person=site.person(), kind="record", about=record, text="Klopt dit?"
    )
    member = site.ours.memberships.get(role="auditor").pk
    token, _ = Token.issue(site.ours, site.person(), "a program", "read", timezone.now() + timedelta(days=1))
    plan, bundle = planned(site, run), bundled(site, run)
    examined = Job.objects.create(organisation=site.ours, person=site.person(), kind="examine", state="done")
    sample = Job.objects.create(
        organisation=site.ours, person=site.person(), kind="sample", state="done", asked={"design": "id = 1"},
        result={"title": "x", "how": "x", "start": "2024-01-01", "end": "2024-12-31", "unit": "supplier", "auxiliary": "",
                "strata": [], "measures": [], "fits": False},
    )  # fmt: skip
    worked = {"steps": [], "nothing": "", "sums": [], "factors": []}
    tried = Job.objects.create(
        organisation=site.ours, person=site.person(), kind="try", state="done",
        result={"model": "delivery-bikes", "tried": {"nl": worked, "en": worked}},
    )  # fmt: skip
    return {
        "chart": "sources", "kind": "xlsx", "chapter": "summary", "plan": plan.pk, "bundle": bundle.pk,
        "examined": examined.pk, "allocation": "huurders",
        "year": 2024, "batch": batch, "fate": "rejected", "digest": digest, "job": job.pk, "invitation": offer.pk,
        "member": member, "export": exported.pk, "address": f"{run}/ladder:market",
        "library": "co2emissiefactoren-2026-08-20",
        "factor": "elektriciteit/grijze-stroom/kwh", "decision": decision,
        "profile": "tankpas", "staged": wait(site, "wacht.csv"),
        "record": record, "topic": "record", "about": record, "comment": comment.pk, "form": "csv",
        "part": "site",
        "number": 1,
        "token": token.pk,
        "key": "0" * 16,
        "model": "delivery-bikes",
        "method": "travel-distance",
        "tried": tried.pk,
        "sample": sample.pk,
    }  # fmt: skip


def address(name: str, organisation: str, known: dict[str, Any]) -> str:
    """Return the address of a route in an organisation."""
    [pattern] = [each for each in OF_AN_ORGANISATION if each.name == name]
    wanted = pattern.pattern.converters
    return reverse(name, kwargs={"organisation": organisation, **{part: known[part] for part in wanted}})


def test_every_route_has_an_entry() -> None:
    assert {name for name, _, _ in MATRIX} == {each.name for each in OF_AN_ORGANISATION}
    assert {each.name for each in OPEN} == PUBLIC


def test_every_view_of_an_organisation_goes_through_the_door() -> None:
    for each in OF_AN_ORGANISATION:
        view: View = each.callback  # type: ignore[assignment]
        weakest = READ if any(n == each.name and p == READ for n, _, p in MATRIX) else None
        assert view.power == (weakest or next(p for n, _, p in MATRIX if n == each.name)), each.name


def addressed(site: Site) -> dict[str, Any]:
    """Prepare what addresses lead to; return what they are made of."""
    site.modelled()
    site.bridged(2023, 2024)
    site.reported(2024)  # after what changes the folder
    return facts(site)


@pytest.mark.parametrize(("name", "method", "power"), MATRIX, ids=str)
def test_matrix(name: str, method: str, power: Power) -> None:
    site, known = kept("routes", addressed, to_change=method == "POST")
    where = address(name, "ours", known | ({"chapter": "cover"} if name == "report_drawing" else {}))

    def status(who: str | None) -> int:
        client = site.client(who)
        return (client.post(where) if method == "POST" else client.get(where)).status_code

    assert status(None) == 302
    assert status("owner@theirs.example") == 404
    for role in sorted(Role, key=lambda r: r == Role.OWNER):
        found = status(f"{role}@ours.example")
        if power in POWERS[role]:
            assert found in (200, 302, 422, *([404] if name in NEEDS_MORE else [])), (
                role,
                found,
            )
            assert found != 422 or name in REFUSED, "a form that was refused is a state to be looked at: web_states.py"
        else:
            assert found == 403, (role, found)


OURS = {
    "batch", "digest", "job", "member", "export", "address", "profile", "staged", "record", "about", "comment",
    "token", "decision", "bundle", "examined", "model", "tried", "key", "sample",
}  # fmt: skip
"""Parts of an address that name something of one organisation."""
NAMING = {each.name for each in OF_AN_ORGANISATION if set(each.pattern.converters) & OURS}


@pytest.mark.parametrize(("name", "method", "power"), [each for each in MATRIX if each[0] in NAMING], ids=str)
def test_what_is_ours_is_not_found_under_the_neighbours_address(name: str, method: str, power: Power) -> None:
    site, known = kept("routes", addressed)
    client = site.client("owner@theirs.example")
    where = address(name, "theirs", known)
    answer = (
        client.post(where, {"reason": "a reason", "choice": "drop", "row": "1", "text": "of ours", "what": "credit"})
        if method == "POST"
        else client.get(where)
    )
    assert answer.status_code == 404
    assert site.ours.memberships.count() == len(Role)


def test_a_neighbours_invitation_is_not_withdrawn(site: Site) -> None:
    offer, _ = Invitation.offer(site.ours, "new@ours.example", Role.AUDITOR, site.person())
    site.client("owner@theirs.example").post(reverse("uninvite", args=["theirs", offer.pk]))
    assert Invitation.still_open().filter(pk=offer.pk).exists()


def test_a_stranger_gets_the_same_answer_as_for_what_is_not_there(site: Site) -> None:
    client = site.client("owner@theirs.example")
    first, second = (client.get(reverse("year", args=[slug, 2024])) for slug in ("ours", "nobodys"))
    assert first.status_code == second.status_code == 404

    def plain(answer: Any, slug: str) -> bytes:
        lines = answer.content.replace(slug.encode(), b"").splitlines()
        return b"\n".join(line for line in lines if b"csrfmiddlewaretoken" not in line)

    assert plain(first, "ours") == plain(second, "nobodys")


def test_home_shows_own_organisations_only(site: Site) -> None:
    page = site.client("owner@theirs.example").get("/").content.decode()
    assert "De buren" in page
    assert "Ons bedrijf" not in page


@pytest.mark.parametrize(
    "tail",
    [
        "imports/*/",
        "imports/..%2f..%2f/",
        "trace/*/ladder/",
        "trace/../x/",
        "evidence/../",
        "jobs/8c2d0d6a-0000-4000-8000-000000000000/",
    ],
)
def test_addresses_that_lead_nowhere(site: Site, tail: str) -> None:
    assert site.client().get(f"/o/ours/{tail}").status_code == 404


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    client = site.client()
    client.handler.enforce_csrf_checks = True
    answer = client.post(reverse("calculate", args=["ours", 2024]))
    assert answer.status_code == 403
    assert "Dit formulier is verlopen" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_route_answers_the_methods_of_its_entries_alone(site: Site) -> None:
    known = facts(site)
    for each in OF_AN_ORGANISATION:
        methods = {method for name, method, _ in MATRIX if name == each.name}
        where = address(str(each.name), "ours", known)
        client = site.client()
        if "POST" not in methods:
            assert client.post(where).status_code == 405, each.name
        if "GET" not in methods:
            assert client.get(where).status_code == 405, each.name


def test_failed_log_ins_are_limited(site: Site) -> None:
    client = site.client(None)
    tries = [client.post("/login/", {"login": "owner@ours.example", "password": f"wrong {n}"}) for n in range(7)]
    last = client.post("/login/", {"login": "owner@ours.example", "password": PASSWORD})
    assert {answer.status_code for answer in tries} <= {200, 429}
    assert last.status_code in (200, 429)
    assert client.get("/").status_code == 302


def test_headers(site: Site) -> None:
    answer = site.client().get(reverse("year", args=["ours", 2024]))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert b"style=" not in answer.content
    assert b"http://" not in answer.content.replace(b"http://www.w3.org", b"")
