"""A program with a token, for tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone
from web_site import Site

from trede_web.api.models import Token


@dataclass(frozen=True)
class Program:
    """Asks with a token, without cookies."""

    secret: str
    language: str = "nl"
    slug: str = "ours"

    def send(
        self, method: str, path: str, data: Any = None, *, form: bool = False, headers: dict[str, str] | None = None
    ) -> Any:
        """Ask, and return Django's answer; a path without `/` in front is of the organisation."""
        where = path if path.startswith("/") else f"/api/v1/organisations/{self.slug}/{path}"
        sent = {"accept-language": self.language, "authorization": f"Bearer {self.secret}", **(headers or {})}
        given = {"data": data} if form else {"data": json.dumps(data or {}), "content_type": "application/json"}
        return getattr(Client(), method.lower())(where, headers=sent, **({} if method == "GET" else given))

    def read(self, path: str) -> Any:
        """Return what an operation answers."""
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def ask(self, path: str, data: Any = None) -> Any:
        """Ask for a job and return it."""
        answer = self.send("POST", path, data)
        assert answer.status_code == 202, answer.content
        return answer.json()


def token(site: Site, email: str, power: str, **facts: Any) -> Token:
    """Make a token of a person, in the organisation that they are a member of."""
    return _issue(site, email, power, **facts)[0]


def program(site: Site, email: str = "owner@ours.example", power: str = "publish", **facts: Any) -> Program:
    """Return a program with a new token of a person."""
    return Program(_issue(site, email, power, **facts)[1], slug=email.partition("@")[2].partition(".")[0])


def _issue(site: Site, email: str, power: str, **facts: Any) -> tuple[Token, str]:
    person = site.person(email)
    organisation = site.theirs if email.endswith("theirs.example") else site.ours
    made, secret = Token.issue(organisation, person, "proef", power, timezone.now() + timedelta(days=1))
    if facts:
        Token.objects.filter(pk=made.pk).update(**facts)
    return made, secret
