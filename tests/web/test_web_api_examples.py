"""Every operation has an example on the page of the API, and each example works as it stands."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from test_web_api import operations
from test_web_assess_browser import VANS
from test_web_choosing import SECOND_HAND
from test_web_evidence import PNG
from test_web_papers import pdf
from web_answered import left_out, watched
from web_api import program, token
from web_site import Site, wait

from trede.intake.template import template_profile
from trede.organisation.decisions import Pin, Revoke
from trede.workspace.importing import import_file
from trede_web.bridge.books import open_books
from trede_web.bridge.models.models import model_text
from trede_web.work.models import Job
from workspaces import BY, read_example

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
LIST, FACTOR = "co2emissiefactoren-2026-08-20", "elektriciteit/grijze-stroom/kwh"
METERS = "Meter;Gebouw;Maand;Verbruik\nA1;hoofdkantoor;2025-01;1.234,5\nA1;;2025-02;20\n"
SHED = """activity_type;quantity;unit;start;end;site
electricity;10;kWh;2024-02-01;2024-02-29;Schuur 7
electricity;1;kWh;2024-03-01;2024-03-31;hoofdkantoor
"""
OTHER = {
    "title": "Meters", "source": "meters", "constants": {"activity_type": "electricity", "unit": "kWh"},
    "columns": {"0": {"field": "meter"}, "1": {"field": "site"}, "2": {"field": "period"}, "3": {"field": "quantity"}},
}  # fmt: skip
VANS_SOURCE = "vans"
DESIGN = f"""id = "vans"
title = "Vans"
how = "Drawn by lot from the list of vans"
start = 2024-01-01
end = 2024-12-31
unit = "supplier"
[records]
activity_types = ["fuel-vehicle"]
source = "{VANS_SOURCE}"
[[stratum]]
id = "all"
drawn = "random"
size = 20
units = ["Alfa", "Bravo", "Charlie", "Delta"]
"""
REFUSED = {"publish": "publish_rows_held"}
"""Jobs of examples that the library refuses for the example organisation as it ships, with why."""


class Shell:
    """Does the commands of the page: fills names in from what the application has, and keeps what is downloaded."""

    def __init__(self, site: Site) -> None:
        self.site, self.who = site, program(site, power="manage")
        self.files: dict[str, bytes] = {"meter.png": PNG}
        self.last: dict[str, Any] = {}
        self.known: dict[str, str] = {}
        self.asked: set[str] = set()

    def value(self, name: str) -> str:
        """Return what a name stands for now."""
        if name in NAMES:
            return NAMES[name](self)
        if name not in self.known:
            self.known[name] = ONCE[name](self)
        return self.known[name]

    def read(self, path: str) -> Any:
        """Read an answer."""
        return self.who.read(path)

    def do(self, text: str) -> None:
        """Do one command, and the job that it asks for."""
        method, path, data, form, headers = "GET", "", "", {}, {}
        kept, words = "", iter(shlex.split(text.replace("\\\n", " ").removeprefix("curl ")))
        for word in words:
            if word == "-X":
                method = next(words)
            elif word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            elif word == "-d":
                method, data = "POST", next(words)
            elif word == "-F":
                method = "POST"
                name, _, value = self.filled(next(words)).partition("=")
                form[name] = self.file(value[1:]) if value.startswith("@") else value
            elif word == "-o":
                kept = next(words)
            else:
                path = self.filled(word)
        assert path.startswith("/api/"), text
        assert headers.pop("Authorization", "") == "Bearer $TOKEN", text
        headers.pop("Content-Type", None)
        given = form or (json.loads(self.filled(data, quoted=True)) if data else None)
        answer = self.who.send(method, path, given, form=bool(form), headers=headers)
        assert answer.status_code in (200, 201, 202), (text, answer.content)
        name = self.operation(method, path.partition("?")[0])
        self.asked.add(name)
        if kept:
            self.files[kept] = b"".join(answer.streaming_content) if answer.streaming else answer.content
            return
        self.last = answer.json()
        if answer.status_code == 202:
            self.site.work()
            for job in self.last if isinstance(self.last, list) else [self.last]:
                found = self.who.send("GET", job["href"]).json()
                codes = {issue["code"] for issue in found["issues"]}
                assert found["state"] == "done" or REFUSED.get(name) in codes, (text, found["issues"])

    def filled(self, text: str, *, quoted: bool = False) -> str:
        """Return a text with its names filled in; `quoted` within JSON."""

        def fill(name: re.Match[str]) -> str:
            value = self.value(name[1])
            return json.dumps(value)[1:-1] if quoted else value

        return re.sub(r"\$([A-Z0-9_]+)", fill, text)

    def file(self, name: str) -> SimpleUploadedFile:
        """Return a file to send."""
        if name == "mended.csv":
            return SimpleUploadedFile(name, self.files["rejected.csv"].replace(b"4O,10", b"40,10"))
        return SimpleUploadedFile(name, self.files.get(name) or read_example(name))

    @staticmethod
    def operation(method: str, path: str) -> str:
        """Return the operation at an address: the one with the most words of its own in it."""
        found = [
            (len(re.sub(r"{\w+}", "", told["at"])), name) for name, told in operations().items()
            if re.fullmatch(re.sub(r"\\{(address|factor)\\}", ".+", re.escape(told["at"])).replace("\\{", "{").replace("\\}", "}")
                            .replace("{", "(?P<_").replace("}", ">[^/]+)"), f"{method} {path}")
        ]  # fmt: skip
        return max(found)[1]

    def waiting(self, text: str) -> str:
        """Bring a file that waits."""
        return wait(self.site, "meters.csv", text)

    def mapped(self) -> str:
        """Bring a file that waits, mapped and checked, with a site that nobody knows."""
        ident = self.waiting(METERS)
        self.who.send("POST", f"imports/waiting/{ident}/mapping", OTHER)
        self.who.ask(f"imports/waiting/{ident}/check")
        self.site.work()
        return ident

    def batch(self) -> dict[str, Any]:
        """Return a batch in force with rows that were rejected."""
        found = self.read("imports?limit=200")["items"]
        active = [each for each in found if each["active"] and each["file"].endswith(".csv")]
        return next((each for each in active if each["counts"]["rejected"]), active[0])

    def used(self) -> dict[str, Any]:
        """Return what a year counts something with from the list."""
        found: list[dict[str, Any]] = self.read("years/2024/choices")["items"]
        return next(each for each in found if each["library"] == LIST)

    def paper(self) -> str:
        """Add a PDF; return its hash."""
        file = SimpleUploadedFile("nota.pdf", pdf("Factuur"))
        self.who.send("POST", "evidence", {"file": file, "to": f"batch:{self.batch()['id']}"}, form=True)
        self.site.work()
        return str(Job.objects.filter(kind="attach").latest("created_at").result["evidence"])

    def design(self) -> str:
        """Take in a sample of four vans of twenty; return its design."""
        if VANS_SOURCE not in {batch.source for batch in open_books(self.site.ours.folder).active_batches()}:
            books = open_books(self.site.ours.folder)
            import_file(books, VANS.encode(), "vans.csv", template_profile(VANS.encode(), "vans.csv", VANS_SOURCE))
        return DESIGN

    def asking(self) -> str:
        """Take in a file with a site that nobody knows; return the text as the queue asks it."""
        books = open_books(self.site.ours.folder)
        import_file(books, SHED.encode(), "shed.csv", template_profile(SHED.encode(), "shed.csv", "shed"))
        found = self.read("years/2024/matches?limit=200")["items"]
        return str(next(each["id"] for each in found if each["kind"] == "value"))

    def unmatched(self) -> str:
        """Have a year calculated without the list that was pinned; return the first group that has no factor then."""
        books = open_books(self.site.ours.folder)
        for recorded in books.decisions.in_force():
            if isinstance(recorded.decision, Pin):
                books.decide(Revoke(decision=recorded.id, **BY))
        self.who.ask("years/2024/calculation")
        self.site.work()
        return str(self.read("years/2024/matches")["items"][0]["id"])


ONCE: dict[str, Callable[[Shell], str]] = {
    "RUN": lambda s: s.read("years/2024/footprint")["run"],
    "INVITATION": lambda s: str(s.read("people")["invitations"][0]["id"]),
    "OTHER_TOKEN": lambda s: str(token(s.site, "owner@ours.example", "read").pk),
    "STAGED": lambda s: s.waiting("Meter;Maand;Verbruik\nA1;2025-01;1.234,5\nA2;2025-01;20\n"),
    "OTHER_STAGED": Shell.mapped,
    "SECOND_HAND": lambda s: next(
        f"{SECOND_HAND}/{each.id}"
        for each in open_books(s.site.ours.folder).libraries[SECOND_HAND].factors.values()
        if each.nature == "energy"
    ),
    "MATCH": Shell.unmatched,
    "TEXT": Shell.asking,
    "PLAN": lambda s: s.last["id"],
    "PDF": Shell.paper,
    "CHAPTER": lambda s: s.read("years/2024/report?since=2023")["chapters"][0]["id"],
}
"""What stays the same on the page once it is filled in."""
NAMES: dict[str, Callable[[Shell], str]] = {
    "TREDE": lambda s: "", "ORGANISATION": lambda s: "ours", "LIST": lambda s: LIST, "FACTOR": lambda s: FACTOR,
    "OTHER_FACTOR": lambda s: "elektriciteit/windkracht/kwh", "USED": lambda s: s.used()["factor"],
    "TYPE": lambda s: s.used()["activity_type"], "BASIS": lambda s: s.used()["basis"],
    "ENTITY": lambda s: s.read("description")["entities"][0]["id"],
    "BATCH": lambda s: s.batch()["id"], "JOB": lambda s: str(Job.objects.latest("created_at").pk),
    "ROW": lambda s: s.read(f"imports/{s.batch()['id']}/rows/held")["items"][0]["address"],
    "EVIDENCE": lambda s: s.read(f"imports/{s.batch()['id']}")["evidence"],
    "PICTURE": lambda s: Job.objects.filter(kind="attach").latest("created_at").result["evidence"],
    "RECORD": lambda s: s.read("records?year=2024&source=reizen&limit=1")["items"][0]["record"],
    "COMMENT": lambda s: str(s.read("comments")["items"][0]["id"]),
    "DESCRIPTION": lambda s: s.last["description"], "BASE": lambda s: s.last["base"],
    "MEMBER": lambda s: str(next(p["id"] for p in s.read("people")["people"] if p["role"] == "auditor")),
    "SHA256": lambda s: s.read(f"imports/waiting/{s.value('OTHER_STAGED')}")["file"]["sha256"],
    "CALCULATION": lambda s: s.read("years/2024/proofs")["items"][0]["run"],
    "BUNDLE": lambda s: s.read("years/2024/bundles")["items"][0]["id"],
    "EXAMINED": lambda s: str(Job.objects.filter(kind="examine").latest("created_at").pk),
    "EXPORT": lambda s: s.read("exports")["items"][0]["id"],
    "ANSWER": lambda s: s.read(f"years/2024/matches/{s.value('MATCH')}")["candidates"][0]["key"],
    "MEANING": lambda s: s.read(f"years/2024/matches/{s.value('TEXT')}")["meaning"]["choices"][0]["id"],
    "OPTION": lambda s: s.read(f"overrides/{LIST}/{FACTOR}")["items"][0]["key"],
    "DECISION": lambda s: s.read("years/2024/choices")["decisions"][0]["id"],
    "DESIGN": Shell.design,
    "KEY": lambda s: s.read("estimates")["own"][0]["key"],
    "MODEL_TEXT": lambda s: model_text(open_books(s.site.ours.folder), ""),
    "OTHER_MODEL_TEXT": lambda s: s.value("MODEL_TEXT").replace("delivery-bikes", "bike-rides").replace(
        "Bezorging per bakfiets", "Fietsritten").replace("Delivery by cargo bike", "Bike rides"),
    "FINDING": lambda s: s.read("years/2024/doubles")["items"][0]["id"],
}  # fmt: skip
"""What is looked up each time."""


def test_each_example_works_and_each_operation_has_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = Shell(site)
    with watched(monkeypatch) as seen:
        for block in re.findall(r"^```sh\n(.+?)^```", DOCS.read_text("utf-8"), re.S | re.M):
            for text in re.findall(r"^(curl .+?)(?<!\\)$", block, re.S | re.M):
                shell.do(text)
    assert left_out(seen) == {}, "what a page shows, the API answers too"
    assert set(operations()) - shell.asked == {"hold_base_year", "calculate_allocations"}, (
        "they are asked for after a publication that differs, and of many records"
    )
