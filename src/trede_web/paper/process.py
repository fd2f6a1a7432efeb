"""Having a page drawn: a new process for each, ended when it takes too long; whatever it does, the answer is a page or a code."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
WIDTH, LONGEST = 1240, 2600
"""Pixels: a page of A4 is 1240 across at 150 per inch; the longest side of any page has at most `LONGEST`."""
TEXT = 20_000
"""Characters of a page's text that are kept."""
SECONDS, PATIENCE = 20, 60
"""Seconds of work that a page may take, and of waiting on a busy machine."""
MEGABYTES = 1024
PAGES = 1000
"""Pages of one file that are drawn: the first ones."""
FAULTS = frozenset({"encrypted", "broken", "no_page", "size", "large", "slow", "many"})
"""Why there is no picture of a page."""
_ENDED = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
"""How a process ends that worked longer than it may."""


@dataclass(frozen=True)
class Page:
    """A page that was drawn. `cut`: there is more text than `text` holds."""

    count: int
    width: int
    height: int
    text: str
    cut: bool
    picture: bytes


@dataclass(frozen=True)
class Fault:
    """A page that was not drawn: one of `FAULTS`."""

    code: str


def draw(
    path: Path, number: int, *, seconds: int = SECONDS, patience: float = PATIENCE, megabytes: int = MEGABYTES
) -> Page | Fault:
    """Draw a page of a PDF, from 1."""
    if number > PAGES:
        return Fault("many")
    asked = [str(each) for each in (number, WIDTH, LONGEST, TEXT, seconds, megabytes)]
    try:
        with path.open("rb") as file:
            done = subprocess.run(  # noqa: S603 - our own program, and numbers
                [sys.executable, "-I", str(CHILD), *asked], stdin=file, capture_output=True, env={}, cwd="/",
                timeout=patience, check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Fault("slow")
    return _read(done)


def _read(done: subprocess.CompletedProcess[bytes]) -> Page | Fault:
    """Read what the process answered; one that was ended by its limits, or fell, answered nothing."""
    line, _, picture = done.stdout.partition(b"\n")
    if done.returncode or not line:
        return Fault("slow" if done.returncode in _ENDED else "broken")
    facts = json.loads(line)
    return Fault(facts["fault"]) if "fault" in facts else Page(picture=picture, **facts)
