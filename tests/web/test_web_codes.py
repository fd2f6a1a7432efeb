"""One-time codes and forgotten passwords: what opens an account, what no longer does, and who may help whom."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse
from web_site import PASSWORD, Page, Site, text_of

from trede_web import mail as mailing
from trede_web.people.codes import has_codes
from trede_web.people.models import LogEntry, Membership, Reset
from trede_web.roles import Role

OWNER = "owner@ours.example"


def code_of(secret: str) -> str:
    """Return the code that an app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def logged_in(site: Site, email: str = OWNER) -> Client:
    """Log in by the form."""
    client = site.client(None)
    assert client.post("/login/", {"login": email, "password": PASSWORD}).status_code == 302
    return client


def turn_on(client: Client) -> tuple[str, list[str]]:
    """Turn codes on; return the secret and the recovery codes."""
    on = reverse("mfa_activate_totp")
    again = client.get(on)["Location"]
    assert client.post(again, {"password": "not this one", "next": on}).status_code == 200
    page = Page(text_of(client.post(again, {"password": PASSWORD, "next": on}, follow=True)))
    [secret] = [e.text for e in page.find("code") if e.attributes.get("id") == "secret"]
    assert page.find("svg")
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    recovery = [e.text for e in Page(text_of(answer)).find("code")]
    assert len(recovery) == 10
    cache.clear()
    return secret, recovery


def second_step(site: Site, code: str) -> Client:
    """Log in with a password and a code."""
    client = logged_in(site)
    assert client.get("/").status_code == 302, "a password alone opens nothing"
    client.post(reverse("mfa_authenticate"), {"code": code})
    return client


def test_a_password_alone_is_not_enough(site: Site) -> None:
    secret, recovery = turn_on(logged_in(site))
    assert secret not in str(list(Authenticator.objects.values()))
    assert second_step(site, code_of(secret)).get("/").status_code == 200
    assert second_step(site, code_of(secret)).get("/").status_code == 302, "a code works once"
    assert second_step(site, "000000").get("/").status_code == 302
    assert second_step(site, recovery[0]).get("/").status_code == 200
    assert second_step(site, recovery[0]).get("/").status_code == 302


def test_the_servers_log_tells_who_came_in_and_who_did_not(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "trede_web.people"):
        turn_on(logged_in(site))
        site.client(None).post("/login/", {"login": "x@y.example\nlog-in of", "password": "a secret"})
        site.client(None).post("/login/", {"login": OWNER, "password": "a secret"})
        second_step(site, "000000")
    number = site.person().pk
    said = [record.getMessage() for record in caplog.records if record.name == "trede_web.people"]
    assert f"log-in of person {number} from 127.0.0.1" in said
    assert f"refused log-in as '{OWNER}' from 127.0.0.1" in said
    assert f"wrong code of person {number} from 127.0.0.1" in said
    assert not [line for line in said if "secret" in line or "000000" in line or "\n" in line]


def test_recovery_codes_are_shown_once(site: Site) -> None:
    client = logged_in(site)
    _, recovery = turn_on(client)
    again = text_of(client.get(reverse("mfa_view_recovery_codes")))
    assert not [code for code in recovery if code in again]
    assert "al een keer getoond" in again


def test_secrets_of_another_key_open_nothing(site: Site) -> None:
    secret, recovery = turn_on(logged_in(site))
    with override_settings(SECRET_KEY=PASSWORD):
        for code in (code_of(secret), recovery[0], code_of("")):
            assert second_step(site, code).get("/").status_code == 302


def test_turning_off_asks_who_it_is(site: Site) -> None:
    turn_on(logged_in(site))
    client = site.client()
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "/login/again/" in answer["Location"]
    assert has_codes(site.person())


def test_an_organisation_asks_for_codes(site: Site) -> None:
    owner, auditor = logged_in(site), site.client("auditor@ours.example")
    where = reverse("require_codes", args=["ours"])
    assert owner.post(where, {"required": "1"}).status_code == 422, "first the owner's own"
    turn_on(owner)
    assert owner.post(where, {"required": "1"}).status_code == 302
    refused = auditor.get(reverse("year", args=["ours", 2024]))
    assert refused.status_code == 403
    assert "Zet eerst eenmalige codes aan" in text_of(refused)
    assert auditor.get(reverse("evidence", args=["ours", "0" * 64])).status_code == 403
    assert owner.get(reverse("year", args=["ours", 2024])).status_code == 200
    stranger = site.client("owner@theirs.example")
    assert stranger.get(reverse("year", args=["ours", 2024])).status_code == 404
    with_codes = logged_in(site, "auditor@ours.example")
    turn_on(with_codes)
    assert with_codes.get(reverse("year", args=["ours", 2024])).status_code == 200
    owner.post(where, {"required": "0"})
    assert [entry.what for entry in LogEntry.objects.order_by("pk")] == ["codes_required", "codes_not_required"]


def offered(site: Site, email: str) -> str:
    """Let the owner make a link for a member; return its path, or nothing."""
    member = site.ours.memberships.get(user__email=email).pk
    page = Page(text_of(site.client().post(reverse("offer_reset", args=["ours", member]))))
    found = [e.text for e in page.find("code")]
    return found[0].partition("testserver")[2] if found else ""


def test_an_owner_makes_a_link_that_works_once(site: Site) -> None:
    editor = site.client("editor@ours.example")
    path = offered(site, "editor@ours.example")
    assert path.rstrip("/").rpartition("/")[2] not in str(list(Reset.objects.values()))
    visitor = site.client(None)
    assert "editor@ours.example" in text_of(visitor.get(path))
    assert visitor.post(path, {"password": "short"}).status_code == 422
    assert editor.get("/").status_code == 200
    assert visitor.post(path, {"password": "een splinternieuw wachtwoord"})["Location"] == "/login/"
    assert editor.get("/").status_code == 302, "every session has ended"
    assert visitor.post(path, {"password": "nog een ander wachtwoord"}).status_code == 404
    tried = visitor.post("/login/", {"login": "editor@ours.example", "password": "een splinternieuw wachtwoord"})
    assert tried.status_code == 302
    assert [entry.what for entry in LogEntry.objects.order_by("pk")] == ["reset_offered", "reset_used"]


def test_a_newer_link_and_time_end_a_link(site: Site) -> None:
    first, second = offered(site, "editor@ours.example"), offered(site, "editor@ours.example")
    assert site.client(None).get(first).status_code == 404
    Reset.objects.update(expires_at="2020-01-01T00:00Z")
    assert site.client(None).get(second).status_code == 404


def test_who_works_elsewhere_too_is_not_an_owners_to_let_in(site: Site) -> None:
    Membership.objects.create(user=site.person("consultant@ours.example"), organisation=site.theirs, role=Role.OWNER)
    assert offered(site, "consultant@ours.example") == ""
    assert not Reset.objects.exists()


def test_a_new_password_does_not_pass_the_code(site: Site) -> None:
    turn_on(logged_in(site))
    Reset.offer(site.person())
    site.client(None).post(f"/reset/{Reset.offer(site.person())}/", {"password": "een splinternieuw wachtwoord"})
    client = site.client(None)
    client.post("/login/", {"login": OWNER, "password": "een splinternieuw wachtwoord"})
    assert client.get("/").status_code == 302


def test_without_e_mail_the_page_says_whom_to_ask(site: Site) -> None:
    client = site.client(None)
    assert "Vraag de eigenaar" in text_of(client.get(reverse("forgotten")))
    client.post(reverse("forgotten"), {"email": OWNER})
    assert not Reset.objects.exists()


def test_by_e_mail_the_answer_tells_nobody_who_has_an_account(site: Site) -> None:
    client = site.client(None)
    with override_settings(MAIL=True):
        assert client.post(reverse("forgotten"), {"email": "x"}).status_code == 422
        asked = [client.post(reverse("forgotten"), {"email": e}) for e in (OWNER, "nobody@ours.example")]
        for thread in threading.enumerate():
            if thread.name == "reset":
                thread.join()
    first, second = ([e.text for e in Page(text_of(answer)).elements] for answer in asked)
    assert first == second
    [sent] = mail.outbox
    assert sent.to == [OWNER]
    link = next(line for line in sent.body.splitlines() if line.startswith("http"))
    assert client.get(link.partition("testserver")[2]).status_code == 200


def test_whoever_runs_the_server_makes_a_link(site: Site) -> None:
    turn_on(logged_in(site))
    command = [sys.executable, "-m", "trede_web", "person", OWNER, "--reset", "--without-codes"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    path = done.stdout.strip().partition(":8000")[2]
    assert not has_codes(site.person())
    assert site.client(None).get(path).status_code == 200


@pytest.mark.parametrize(
    ("given", "sender", "host"),
    [("smtp://u:p%40@mail.example", "a@b.example", "mail.example"), ("smtps://mail.example", "", ""), ("x", "a", "")],
)
def test_the_mail_server_is_read_from_the_environment(
    given: str, sender: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(mailing.VARIABLE, given)
    monkeypatch.setenv(mailing.FROM, sender)
    if not host:
        with pytest.raises(mailing.MailAddressError):
            mailing.mail()
        return
    found = mailing.mail()
    assert found is not None
    assert (found.host, found.port, found.password) == (host, 587, "p@")
