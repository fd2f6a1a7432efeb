"""Behind https: what cookies and headers say then. In a process of its own, since settings are read once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ASK = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from trede_web.people.models import User
User.objects.create_user("a@b.example", "A", "een lang genoeg wachtwoord")
client = Client(headers={"x-forwarded-proto": "https", "host": "trede.example"})
first = client.get("/login/")
answer = client.post("/login/", {"login": "a@b.example", "password": "een lang genoeg wachtwoord"})
plain = Client(headers={"host": "elsewhere.example"}).get("/login/").status_code
cookies = {name: {k: bool(v) if k != "path" else v for k, v in morsel.items()} for name, morsel in client.cookies.items()}
print(json.dumps([answer.status_code, dict(first.headers), cookies, plain]))
"""


def test_cookies_and_headers_behind_https(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TREDE_WEB_")}
    environment |= {"TREDE_WEB_DATA": str(tmp_path), "TREDE_WEB_HTTPS": "1", "TREDE_WEB_HOSTS": "trede.example"}
    environment["DJANGO_SETTINGS_MODULE"] = "trede_web.settings"
    asked = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    status, headers, cookies, elsewhere = json.loads(asked.stdout)
    assert status == 302
    assert elsewhere == 400, "a name that is none of ours"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "object-src 'none'" in headers["Content-Security-Policy"]
    assert set(cookies) == {"__Host-session", "__Host-csrf"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, True, "/", False)
    assert cookies["__Host-session"]["httponly"]
