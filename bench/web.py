"""The web application under load: `python -m bench.web [PEOPLE] [SECONDS] [FOLDER]`.

One organisation with a million ledger rows over two years, and a server of its own. In FOLDER the data stay for another time;
without it they are thrown away. Measured, in milliseconds, transport over loopback included:

1. the first look at each kind of page after a restart of the server, by one person;
2. PEOPLE who each open another page or part of a page every two seconds or so, of all that links lead to within four clicks;
3. the same, while two of them are editors: they correct a record or take a small file in, and wait for that job.

Aims: 300 ms at the 95th percentile for a page, 150 ms for a part of one. The processor's time per answer, of the server's
process alone, does not depend on what else the machine does. At the end the memory of each process stands: at its highest.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import cast
from urllib.parse import urljoin, urlsplit

from bench.web_data import PROFILE, YEARS, fills, prepare
from bench.web_server import Person, Server, environment
from trede_web.state import prepare as make_ready

THINKING = 2.0
"""Seconds between two pages of one person, on average."""
EDITING = 10.0
"""Seconds between two changes of one editor, on average."""
EDITORS = 2
OF_A_KIND = 12
"""Addresses of one kind of page that are opened at most."""
SMALL = 40
"""Rows of a file that an editor takes in."""
PAGE, PART = 300, 150
"""Milliseconds at the 95th percentile."""
LINK = re.compile(r'(href|hx-get)="([^"#]+)"')
FILE = re.compile(r"_(download|csv|json|file|text|template)$|^template$")
"""Kinds of addresses that are files to keep: they take as long as they are large."""
START = f"/o/bench/{YEARS[-1]}/"
READY = "/o/bench/ready/"

Times = dict[str, list[float]]
"""Milliseconds by kind of page; the kind of a part ends in ` *`."""


def kinds_of_pages(person: Person) -> dict[str, list[str]]:
    """Follow the links from the overview; return some addresses of each kind of page, and of each kind of part."""
    from django.urls import Resolver404, resolve  # noqa: PLC0415 - only after the set-up of Django

    found: dict[str, list[str]] = defaultdict(list)
    known, waiting = {START}, [(START, False)]
    for _ in range(4):
        following: list[tuple[str, bool]] = []
        for path, part in waiting:
            try:
                name = f"{resolve(urlsplit(path).path).url_name}{' *' if part else ''}"
            except Resolver404:
                continue
            if len(found[name]) >= OF_A_KIND or FILE.search(name):
                continue
            text = person.get(path, part=part).text
            if text is None:
                continue
            found[name].append(path)
            for way, link in LINK.findall(text):
                whole = urljoin(path, link.replace("&amp;", "&"))
                if whole.startswith("/o/") and whole not in known:
                    known.add(whole)
                    following.append((whole, way == "hx-get"))
        waiting = following
    return {name: paths for name, paths in found.items() if paths} | {"ready *": [READY]}


def wait_until_ready(person: Person) -> float:
    """Wait until the worker has made what the pages need; return how many seconds that took."""
    begin = time.monotonic()
    while "HX-Trigger" not in person.get(READY, part=True).headers:
        time.sleep(0.2)
    return time.monotonic() - begin


def first_looks(person: Person, pages: Mapping[str, Sequence[str]]) -> Times:
    """Open one page of each kind."""
    kinds = sorted(pages)
    random.Random(0).shuffle(kinds)
    return {kind: [person.get(pages[kind][0], part=kind.endswith("*")).ms] for kind in kinds}


def work(address: str, pages: Mapping[str, Sequence[str]], seconds: int, people: int, editors: int) -> Times:
    """Let people open pages, each kind as often, and editors change something; return the milliseconds by kind."""
    times: Times = defaultdict(list)
    end = time.monotonic() + seconds

    def read(number: int) -> None:
        rng, person = random.Random(number), Person(address)
        while time.monotonic() < end:
            time.sleep(rng.expovariate(1 / THINKING))
            kind = rng.choice(sorted(pages))
            times[kind].append(person.get(rng.choice(pages[kind]), part=kind.endswith("*")).ms)

    def edit(number: int) -> None:
        rng, person = random.Random(number), Person(address)
        while time.monotonic() < end:
            time.sleep(rng.expovariate(1 / EDITING))
            change: Callable[[Person, random.Random], tuple[str, float, float]] = rng.choice((correct, bring))
            kind, answered, done = change(person, rng)
            times[f"{kind}: asked"].append(answered)
            times[f"({kind}: done)"].append(done)

    jobs = [(read, number) for number in range(people - editors)] + [(edit, number) for number in range(editors)]
    threads = [threading.Thread(target=job, args=(number,)) for job, number in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def correct(person: Person, rng: random.Random) -> tuple[str, float, float]:
    """Correct the quantity of some record; return the milliseconds to the answer and to the end of the job."""
    wait_until_ready(person)
    page = f"/o/bench/ledger/?year={YEARS[0]}&state=counted&page={rng.randint(1, 2000)}"
    records = re.findall(r"/o/bench/records/([0-9a-f]{24})/", person.get(page).text or "")
    form = {
        "what": "correct",
        "reason": "De bon zegt iets anders",
        "quantity": f"{rng.randint(8, 70)},{rng.randint(0, 9)}",
    }
    record = f"/o/bench/records/{rng.choice(records)}/"

    def corrected() -> bool:
        return 'id="corrected"' in (person.get(record).text or "")

    return "correct", *person.ask(f"{record}correct/", form, until=corrected)


def bring(person: Person, rng: random.Random) -> tuple[str, float, float]:
    """Take a small file in; return the milliseconds to the answer and to the end of the job."""
    number = rng.randint(1000, 10**6)
    name, data = f"klein-{number}.csv", fills(number, YEARS[-1], SMALL)

    def taken_in() -> bool:
        return f">{name}</a><br>" in (person.get("/o/bench/imports/part/", part=True).text or "")

    files = {"files": (name, data), "profile_file": ("bench.toml", PROFILE)}
    return "import", *person.ask("/o/bench/imports/", {}, files, until=taken_in)


def print_times(title: str, times: Times, processor: float) -> None:
    """Print a line for each kind of page, then all pages and all parts against their aims.

    Args:
        processor: seconds of the pages' process.
    """
    count = sum(len(found) for kind, found in times.items() if not kind.startswith("("))
    print(f"{title}; milliseconds, and {1000 * processor / max(count, 1):.0f} ms of processor per answer")
    print(f"{'':28}{'times':>7}{'middle':>9}{'95 %':>9}{'longest':>9}")
    for kind, found in sorted(times.items()):
        _line(kind, found)
    for kind, aim, is_part in (("all pages", PAGE, False), ("all parts (*)", PART, True)):
        chosen = [
            ms
            for name, found in times.items()
            if not name.startswith("(") and name.endswith("*") == is_part
            for ms in found
        ]
        if chosen:
            high = _line(kind, chosen)
            print(f"  {kind}: 95 % {high:.0f} ms, ratio {high / aim:.2f} to the aim of {aim} ms")


def _line(kind: str, found: Sequence[float]) -> float:
    high = statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]
    print(f"{kind:28}{len(found):7}{statistics.median(found):9.0f}{high:9.0f}{max(found):9.0f}")
    return cast(float, high)


def main() -> None:
    """Prepare, serve, let people work, and print what it took."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    kept = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    with nullcontext(str(kept)) if kept else tempfile.TemporaryDirectory(prefix="trede-load-") as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.update(environment(folder))
        if not (folder / "trede.sqlite3").exists():
            subprocess.run([sys.executable, "-m", "bench.web", "prepare"], check=True)
        make_ready()  # the key by which sessions are signed, here and by the server
        import django  # noqa: PLC0415 - only now is the folder known

        django.setup()
        with Server(folder) as server:
            first = Person(server.address)
            print(f"made ready for the pages in {wait_until_ready(first):.1f} s")
            pages = kinds_of_pages(first)
        with Server(folder) as server:
            first = Person(server.address)
            time.sleep(5)  # the server reads the factor lists beside its first answers
            before = server.processor()
            print_times("First look after a restart", first_looks(first, pages), server.processor() - before)
            for editors in (0, EDITORS):
                before = server.processor()
                times = work(server.address, pages, seconds, people, editors)
                title = f"{people} people for {seconds} s" + (f", {editors} of them editors" if editors else "")
                print_times(title, times, server.processor() - before)
            print(f"made ready for the pages again in {wait_until_ready(first):.1f} s")
            for what, now, highest in server.memory():
                print(f"memory of {what}: {now:,} MB, at its highest {highest:,} MB")


if __name__ == "__main__":
    if sys.argv[1:] == ["prepare"]:
        prepare()
    else:
        main()
