"""The web application under load: `python -m bench.web [PEOPLE] [SECONDS]`.

One organisation with a million ledger rows over two years, a server of its own, and people who each open another page every
two seconds or so: any page that a link leads to within four clicks of the year overview. Printed for each kind of page: how
often it was opened, and the middle, the 95th percentile and the longest of the answers in milliseconds, the transport over
loopback included. Aims: 300 ms at the 95th percentile, 150 ms for a part of a page.
"""

from __future__ import annotations

import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

FILES = 4
ROWS = 110_000
YEARS = (2023, 2024)
SITES = 40
LIST = "co2emissiefactoren-2026-08-20"
PERSON, PASSWORD = "bench@bench.example", "een lang genoeg wachtwoord"
THINKING = 2.0
"""Seconds between two pages of one person, on average."""
OF_A_KIND = 12
"""Addresses of one kind of page that are opened at most."""
PARTS = re.compile(r"_part$|_rows$")
LINK = re.compile(r'(?:href|hx-get)="([^"#]+)"')


def prepare() -> None:
    """Make the organisation, its person and its two calculated years in the data folder of the environment."""
    import django  # noqa: PLC0415 - only this process has Django's settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from trede.intake.checking import load_profile  # noqa: PLC0415
    from trede.kernel.periods import Period  # noqa: PLC0415
    from trede.organisation.decisions import Pin  # noqa: PLC0415
    from trede.workspace import Workspace  # noqa: PLC0415
    from trede.workspace.importing import import_file  # noqa: PLC0415
    from trede.workspace.running import run_period  # noqa: PLC0415
    from trede_web.people.models import Membership, Organisation, User  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    organisation = Organisation.named("Bench")
    organisation.slug = "bench"
    sites = "".join(
        f'[[site]]\nid = "s{n:02d}"\nname = "Site {n:02d}"\nentity = "firm"\ncountry = "NL"\n' for n in range(SITES)
    )
    described = f'name = "Bench"\ncountry = "NL"\n[[entity]]\nid = "firm"\nname = "Firm"\n{sites}'
    described += '[[source]]\nid = "bench"\nname = "Fuel cards"\nfrom_year = 2023\n'
    workspace = Workspace.create(organisation.folder, described.encode(), "organisation.toml")
    profile = load_profile(PROFILE, "bench.toml")
    for number in range(FILES):
        year = YEARS[number * len(YEARS) // FILES]
        import_file(workspace, fills(number, year), f"fills-{year}-{number}.csv", profile)
    workspace.decide(Pin(library=LIST, years=YEARS, reason="bench", person="bench", made_at=workspace.now))
    rows = sum(run_period(workspace, Period.year(year)).result["rows"] for year in YEARS)
    organisation.save(force_insert=True)
    user = User.objects.create_user(PERSON, "Bench", PASSWORD)
    Membership.objects.create(user=user, organisation=organisation, role="owner")
    print(f"{FILES * ROWS:,} records, {rows:,} ledger rows, {SITES} sites, years {YEARS[0]} and {YEARS[1]}")


PROFILE = b"""
id = "bench"
title = "Bench"
source = "bench"
[file]
delimiter = ";"
decimal = ","
dates = "dd-mm-yyyy"
[columns.document]
header = "Bonnummer"
[columns.date]
header = "Datum"
[columns.site]
header = "Vestiging"
[columns.fuel]
header = "Product"
values = { "Euro 95 (E10)" = "petrol-e10", "Diesel B7" = "diesel-b7", "HVO100" = "hvo100" }
[columns.quantity]
header = "Liters"
[columns.supplier]
header = "Tankstation"
[constants]
activity_type = "fuel-vehicle"
control = "controlled"
delivery = "invoice"
unit = "l"
quality = "measured"
[unique]
fields = ["document"]
"""


def fills(number: int, year: int) -> bytes:
    """Return a fuel-card export."""
    rng = random.Random(number)
    lines = ["Bonnummer;Datum;Vestiging;Product;Liters;Tankstation"]
    for row in range(ROWS):
        cents = rng.randint(800, 7000)
        fuel = rng.choice(("Euro 95 (E10)", "Diesel B7", "HVO100"))
        day = f"{rng.randint(1, 28):02d}-{rng.randint(1, 12):02d}-{year}"
        place = f"Site {rng.randint(0, SITES - 1):02d}"
        lines.append(
            f"B{number}{row:06d};{day};{place};{fuel};{cents // 100},{cents % 100:02d};Station {rng.randint(1, 400)}"
        )
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the data folder on a free port; give the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "trede_web", "serve", "--port", str(port), "--without-example"]
    server = subprocess.Popen(command, env=_environment(folder), stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                build_opener().open(f"{address}/login/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TREDE_WEB_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "trede_web.settings"}


class Person:
    """Somebody who is logged in."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = CookieJar()
        self._browser: OpenerDirector = build_opener(HTTPCookieProcessor(jar))
        self.get("/login/")
        token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
        form = urlencode({"login": PERSON, "password": PASSWORD, "csrfmiddlewaretoken": token}).encode()
        self._browser.open(Request(f"{address}/login/", form, {"Referer": address})).close()

    def get(self, path: str) -> tuple[float, str | None]:
        """Open a page; return milliseconds, and its text when it is a page."""
        start = time.perf_counter()
        with self._browser.open(self.address + path, timeout=60) as answer:
            body = answer.read()
            page = answer.headers.get_content_type() == "text/html" and not answer.headers.get("Content-Disposition")
        return 1000 * (time.perf_counter() - start), body.decode() if page else None


def kinds_of_pages(person: Person, start: str) -> dict[str, list[str]]:
    """Follow the links from the overview; return some addresses of each kind of page of the organisation."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415

    found: dict[str, list[str]] = defaultdict(list)
    known, waiting = {start}, [start]
    for _ in range(4):
        following: list[str] = []
        for path in waiting:
            try:
                name = str(resolve(urlsplit(path).path).url_name)
            except Resolver404:
                continue
            if len(found[name]) >= OF_A_KIND:
                continue
            _, text = person.get(path)
            if text is None:
                continue
            found[name].append(path)
            for link in LINK.findall(text):
                whole = urljoin(path, link.replace("&amp;", "&"))
                if whole.startswith("/o/") and whole not in known:
                    known.add(whole)
                    following.append(whole)
        waiting = following
    return {name: paths for name, paths in found.items() if paths}


def main() -> None:
    """Prepare, serve, let people work, and print what it took."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with tempfile.TemporaryDirectory(prefix="trede-load-") as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "bench.web", "prepare"], env=_environment(folder), check=True)
        os.environ.update(_environment(folder))
        import django  # noqa: PLC0415

        django.setup()
        with serving(folder) as address:
            first = Person(address)
            pages = kinds_of_pages(first, f"/o/bench/{YEARS[-1]}/")
            print_times(work(address, pages, people, seconds), people, seconds)


def work(address: str, pages: dict[str, list[str]], people: int, seconds: int) -> dict[str, list[float]]:
    """Let people open pages, each kind as often; return the milliseconds by kind."""
    times: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + seconds

    def one(number: int) -> None:
        rng, person = random.Random(number), Person(address)
        while time.monotonic() < end:
            time.sleep(rng.expovariate(1 / THINKING))
            kind = rng.choice(sorted(pages))
            times[kind].append(person.get(rng.choice(pages[kind]))[0])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def print_times(times: dict[str, list[float]], people: int, seconds: int) -> None:
    """Print a line for each kind of page, and one for all pages and for all parts."""
    print(f"{people} people for {seconds} s, another page each {THINKING:g} s; milliseconds")
    print(f"{'':28}{'times':>7}{'middle':>9}{'95 %':>9}{'longest':>9}")
    parts = [each for kind, found in times.items() if PARTS.search(kind) for each in found]
    whole = [each for kind, found in times.items() if not PARTS.search(kind) for each in found]
    for kind, found in [*sorted(times.items()), ("all pages (aim 300)", whole), ("all parts (aim 150)", parts)]:
        if found:
            high = statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]
            print(f"{kind:28}{len(found):7}{statistics.median(found):9.0f}{high:9.0f}{max(found):9.0f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        main()
