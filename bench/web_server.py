"""A server of its own for the load on the web application, and somebody who is logged in there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from bench.web_data import PERSON

PROC = Path("/proc")
Files = Mapping[str, tuple[str, bytes]]
"""Name and bytes of a file, by the field of the form."""
PATIENCE = 300.0
"""Seconds after which a job counts as lost."""


class Server:
    """The application on a free port, with its worker."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "trede_web", "serve", "--port", str(port), "--without-example"]
        self._environment = environment(folder)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                build_opener().open(f"{self.address}/login/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(30)

    def processor(self) -> float:
        """Return the seconds of processor that the pages took so far; 0 where the system does not say."""
        ticks = [_stat(child) for what, child in self._parts() if what == "pages"]
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> list[tuple[str, int, int]]:
        """Return of each process what it does, its memory now and at its highest, in MB."""
        found = []
        for what, child in self._parts():
            told = (PROC / str(child) / "status").read_text()
            now, highest = (int(re.findall(rf"{name}:\s+(\d+) kB", told)[0]) // 1024 for name in ("VmRSS", "VmHWM"))
            found.append((what, now, highest))
        return found

    def _parts(self) -> list[tuple[str, int]]:
        """Return the processes that answer pages and do jobs; nothing on a system without /proc."""
        children = PROC / f"{self._process.pid}/task/{self._process.pid}/children"
        every = [children, *(PROC / str(self._process.pid) / "task").glob("*/children")]
        ids = {int(each) for path in every if path.exists() for each in path.read_text().split()}
        named = ((ident, (PROC / str(ident) / "cmdline").read_bytes().split(b"\0")) for ident in sorted(ids))
        return [("jobs" if b"work" in command else "pages", ident) for ident, command in named]


def _stat(process: int) -> int:
    fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def environment(folder: Path) -> dict[str, str]:
    """Return the variables under which everything runs."""
    return {**os.environ, "TREDE_WEB_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "trede_web.settings"}


def new_session() -> str:
    """Return a session of the person: logging in eight times at once is refused, as it should be."""
    from django.test import Client  # noqa: PLC0415 - only after the set-up of Django

    from trede_web.people.models import User  # noqa: PLC0415

    client = Client()
    client.force_login(User.objects.get(email=PERSON), "allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value


@dataclass(frozen=True)
class Answer:
    """What came back: milliseconds, the text of a page (None: of a file), the address that it led to, the headers."""

    ms: float
    text: str | None
    address: str
    headers: Message


class Person:
    """Somebody who is logged in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._jar = CookieJar()
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))
        self._session = new_session()
        self.get("/o/bench/imports/")  # a page with a form: now there is a token for it

    def get(self, path: str, *, part: bool = False) -> Answer:
        """Open a page, or ask for a part of one as htmx does."""
        return self._send(Request(self.address + path, headers={"HX-Request": "true"} if part else {}))

    def ask(
        self, path: str, form: Mapping[str, str], files: Files | None = None, *, until: Callable[[], bool]
    ) -> tuple[float, float]:
        """Send a form, perhaps with files; return the milliseconds to the answer, and until what it asks for is done."""
        begin = time.perf_counter()
        answer = self._send(self._form(path, form, files))
        while not until():
            time.sleep(1)
            if time.perf_counter() - begin > PATIENCE:
                raise TimeoutError(path)
        return answer.ms, 1000 * (time.perf_counter() - begin)

    def _form(self, path: str, form: Mapping[str, str], files: Files | None = None) -> Request:
        token = next(cookie.value for cookie in self._jar if cookie.name == "csrftoken")
        fields = {**form, "csrfmiddlewaretoken": token or ""}
        headers = {"Referer": self.address}
        if files is None:
            return Request(self.address + path, urlencode(fields).encode(), headers)
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        for name, (file, data) in files.items():
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
            parts += [head.encode(), data, b"\r\n"]
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        return Request(self.address + path, body, {**headers, "Content-Type": f"multipart/form-data; boundary={mark}"})

    def _send(self, request: Request) -> Answer:
        tokens = [f"{cookie.name}={cookie.value}" for cookie in self._jar if cookie.name == "csrftoken"]
        request.add_header("Cookie", "; ".join([f"sessionid={self._session}", *tokens]))
        start = time.perf_counter()
        with self._browser.open(request, timeout=60) as answer:
            if "/login/" in answer.geturl():
                raise PermissionError(request.full_url)  # what would be measured then is the page to log in
            body = answer.read()
            ms = 1000 * (time.perf_counter() - start)
            page = answer.headers.get_content_type() == "text/html" and not answer.headers.get("Content-Disposition")
            return Answer(ms, body.decode() if page else None, answer.geturl(), answer.headers)
