"""Every part of a page that htmx replaces, and how a test has it replaced. A new one without an entry fails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from web_states import MANY, OURS, SLOW

TEMPLATES = Path(__file__).parents[2] / "src" / "trede_web" / "templates"


@dataclass(frozen=True)
class Swap:
    """A part that is replaced while somebody stands in it.

    Attributes:
        where: the page.
        asks: what the address of the request for the part has in it.
        focus: what has focus when the answer comes; it is not moved when the request is made by the person there.
        lands: what has focus afterwards; empty: what it was, or what looks the same.
        says: how often something is said.
        does: a script that has the part asked for; empty: the page does so itself.
    """

    where: str
    asks: str
    focus: str
    lands: str = ""
    says: int = 1
    does: str = ""


READY = "document.body.dispatchEvent(new Event('trede-ready'))"
CHANGE = "document.querySelector('{}').dispatchEvent(new Event('change', {{bubbles: true}}))"
GRID = "?source=snelle-invoer&type=electricity"

SWAPS: dict[str, tuple[Swap, ...]] = {
    "welcome/home.html": (Swap("/", "/glance/", "tr[hx-get] a", "tr a", says=0),),  # a row of a table that is being filled
    "runs/publish.html": (Swap(f"{SLOW}/2024/publish/", "/2024/publish/", "#main a", does=READY),),
    "being_made.html": (Swap(f"{SLOW}/ledger/?year=2024", "/ledger/", "#main a", does=READY),),
    "welcome/overview.html": (
        Swap(f"{OURS}/2024/", "/completeness/", "[hx-get*=completeness] .trede-scroll", "#months", says=0),  # more of it
    ),
    "intake/grid.html": (
        Swap(f"{OURS}/2024/grid/{GRID}", "/grid/", "[name=cell-0-1]", does=CHANGE.format("[name=cell-0-0]")),
    ),
    "intake/staged.html": (
        Swap(f"{OURS}/imports/waiting/{{staged}}/", "/waiting/", "button[value=look]", does=CHANGE.format("#map select")),
    ),
    "results/report_wait.html": (Swap(f"{OURS}/2023/report/", "/report/", "#job button", "#job"),),
    "results/bridge_wait.html": (Swap(f"{OURS}/2024/bridge/?from=2022", "/bridge/", "#job button", "#job"),),
    "ledger/ledger_file.html": (
        Swap(f"{MANY}/ledger/file/xlsx/?year=all", "/ledger/file/", "#job button", "#job"),
    ),
    "parts/go.html": (
        Swap(f"{OURS}/go/", "/go/?q=tank", "#go-q", does="document.querySelector('[data-open-go]').click();"
        "document.querySelector('[data-go-dialog] #go-q').value = 'tank';"
        "document.querySelector('#go-q').dispatchEvent(new Event('input', {bubbles: true}))"),
    ),
    "parts/imports.html": (Swap(f"{SLOW}/imports/", "/imports/part/", "#came-in td a, #came-in th a"),),
    "parts/making.html": (Swap(f"{SLOW}/2024/doubles/", "/ready/", "#main a"),),
    "parts/weight.html": (),
    "parts/paper.html": (
        Swap(f"{OURS}/2024/grid/{GRID}&paper={{paper_digest}}&page=1", "/part/", "#paper-after", "#paper",
             does="document.querySelector('#paper-after').click()"),
    ),
    "parts/job.html": (Swap(f"{SLOW}/jobs/{{job_running}}/", "/jobs/", "#job a"),),
}  # fmt: skip
"""The replacements of each template; those of the same form, or of the same part in another state, are tried once."""

ALIKE: dict[str, tuple[int, str]] = {
    "welcome/overview.html": (1, "goes on as publish.html does"),
    "boundary/base_year.html": (1, "the form of bridge_wait.html"),
    "results/receivers.html": (1, "the form of bridge_wait.html"),
    "parts/weight.html": (1, "holds no focus while it waits; its answer is read in test_web_checks.py"),
    "parts/paper.html": (
        4,
        "the same part, one page on: the page before, the drawing that is waited for, and its two forms",
    ),
}
"""How many replacements of a template are not tried, and why."""

WATCH = """() => {
  const regions = [...document.querySelectorAll('[role=status], [aria-live]')];
  window.trede = {said: [], before: document.activeElement.outerHTML.slice(0, 90)};
  for (const region of regions) new MutationObserver(() => {
    const text = region.textContent.replaceAll(/\\s+/g, ' ').trim();
    if (region.isConnected && text) trede.said.push(text);
  }).observe(region, {childList: true, characterData: true, subtree: true});
  window.trede.done = new Promise(done => document.addEventListener('htmx:afterSettle', done, {once: true}));
}"""
"""Listens to the live regions that are there: a screen reader hears no others."""

LOOK = """async ([focus, lands, calls]) => {
  const never = new Promise(done => setTimeout(done, 20_000, 'never'));
  if (await Promise.race([trede.done, never]) === 'never') return ['the part was not replaced'];
  await new Promise(done => setTimeout(done, 60));
  const faults = [], now = document.activeElement, shows = now.outerHTML.slice(0, 90);
  if (now === document.body) faults.push(`focus is lost; it was on ${trede.before}`);
  else if (!now.matches(lands || focus)) faults.push(`focus was on ${trede.before}, is on ${shows}`);
  if (trede.said.length !== calls) faults.push(`said ${trede.said.length} times: ${trede.said.join(' | ')}`);
  return faults;
}"""
