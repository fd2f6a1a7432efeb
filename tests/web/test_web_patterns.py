"""The pattern page shows what the pages are made of, and the accessibility statement says what the tests do: no more, no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from web_browser import AXE, CHROMIUM, NARROW, WIDE, ZOOMED, browsing, serving
from web_site import Page, Site, text_of

from trede_web.pages.about.accessibility import AXE as AXE_SAID
from trede_web.pages.about.accessibility import BETWEEN, KEYBOARD, SCREENS, WIDTHS

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "src" / "trede_web" / "templates"
HOUR, SET_UP, MAPPING, LEDGER, SAFETY, FACTORS, TOKENS, REPORT, OWN = (
    f"test_web_{name}.py"
    for name in (
        "first_hour", "set_up", "mapping_browser", "ledger_browser", "safety_browser", "factors_browser", "api_browser",
        "report_browser", "patterns",
    )
)  # fmt: skip
ASSESS = "test_web_assess_browser.py"
PROOF = "test_web_proving_browser.py"
QUEUE = "test_web_queue_browser.py"
GOING, KEYS_ALONE = "test_web_going.py", "test_somebody_goes_through_the_house_by_keyboard"
LOOKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "login": (HOUR, "sign_in", ('look("log-in")', 'look("log-in, refused")')),
    "password": (HOUR, "sign_in", ('look("password")',)),
    "imports": (HOUR, "deliver", ('look("import, filled")',)),
    "batch": (HOUR, "mend", ('look("batch with faults")',)),
    "calculate": (HOUR, "calculate", ('look("calculation, without factors")',)),
    "footprint": (HOUR, "calculate", ('look("footprint")',)),
    "doubles": (HOUR, "settle", ('look("doubles")',)),
    "publish": (HOUR, "publish", ('look("published")',)),
    "report": (REPORT, "_read", ('look("report"', 'look("report, chapter"')),
    "period": (REPORT, "_halves", ('look("footprint of a half', 'look("bridge of halves')),
    "base_year": (REPORT, "_base_year", ('look("base year, none', 'look("base year, form', 'look("base year"')),
    "scope_3": (ASSESS, "_categories", ('look("scope 3, empty")', 'look("category, refused"', 'look("scope 3")')),
    "models": (ASSESS, "_model", ('look("models, none")', 'look("model, refused"', 'look("tried")', 'look("model")')),
    "samples": (ASSESS, "_sample", ('look("samples, none")', 'look("sample, refused"', 'look("sample")', 'look("samples")')),
    "estimates": (ASSESS, "_estimate", ('look("estimates, none")', 'look("estimate, refused"', 'look("estimates")')),
    "materiality": (ASSESS, "_score", ('look("materiality, none")', 'look("materiality, refused"', 'look("materiality")')),
    "prove": (PROOF, "recompute", ('look("recompute, not yet")', 'look("recomputed")')),
    "receivers": (PROOF, "divide", ('look("receivers, none")', 'look("division, refused"', 'look("statement")')),
    "together": (PROOF, "together", ('look("together")',)),
    "examine": (PROOF, "examine", ('look("examine")', 'look("a good bundle")', 'look("a bad bundle")')),
    "completeness": (HOUR, "compare", ('look("completeness")',)),
    "plan": (HOUR, "compare", ('look("plan, nothing new")',)),
    "bridge": (HOUR, "compare", ('look("bridge, one year")', 'look("bridge")')),
    "people": (HOUR, "invite", ('look("people, invited")',)),
    "overview": (HOUR, "trace", ('look("year")',)),
    "trace": (HOUR, "trace", ('look("account")', 'look("month")')),
    "record": (LEDGER, "_correct", ('look("record")',)),
    "correction": (LEDGER, "_correct", ('look("record, correction refused")', 'look("record, corrected")')),
    "changes": (HOUR, "owner", ('look("change log")',)),
    "not_here": (HOUR, "owner", ('look("not here")',)),
    "invitation": (HOUR, "read", ('look("invitation")',)),
    "welcome": (SET_UP, "test_an_organisation_is_set_up", ('look("welcome")',)),
    "form": (SET_UP, "change_by_keyboard", ('look("entity, wrong")',)),
    "change": (SET_UP, "change_by_keyboard", ('look("check")',)),
    "sources": (SET_UP, "register", ('look("sources, none")', 'look("source")')),
    "amounts": (SET_UP, "figures", ('look("figures")',)),
    "organisation": (SET_UP, "figures", ('look("organisation, filled")',)),
    "versions": (SET_UP, "read_in_english", ('look("versions")', 'look("version")')),
    "profiles": (MAPPING, "test_map_check_and_take_in", ('look("profiles, none")',)),
    "waiting": (MAPPING, "test_map_check_and_take_in", ('look("inbox")',)),
    "grid": (MAPPING, "typed", ('look("grid, empty")', 'look("grid, with a fault")')),
    "columns": (MAPPING, "fuel", ('look("columns, all filled in")',)),
    "check": (MAPPING, "fuel", ('look("check")',)),
    "evidence": (MAPPING, "fuel", ('look("evidence, a table")',)),
    "ledger": (LEDGER, "_find", ('look("ledger")', 'look("ledger, nothing found")')),
    "comments": (LEDGER, "test_a_record_is_found_commented_on_and_corrected", ('look("comments")',)),
    "forgotten": (SAFETY, "turn_on", ('look("forgotten")',)),
    "codes": (SAFETY, "turn_on", ('look("codes off")', 'look("codes on")')),
    "codes_steps": (SAFETY, "turn_on", ('look("activate"', 'look("deactivate")')),
    "data": (SAFETY, "keep", ('look("data filled")',)),
    "code": (SAFETY, "log_in_with_code", ('look("code en")',)),
    "reset": (SAFETY, "test_safety", ('look("reset en")',)),
    "queue": (QUEUE, "all_kinds", ('look("queue, full")', 'look("queue, after a wrong', 'look("queue, done")')),
    "controls": (QUEUE, "control_totals", ('look("check, totals differ")', 'look("check, totals add up")')),
    "queue_keys": (FACTORS, "work_through", ('look("queue")', 'look("keys")')),
    "choices": (FACTORS, "work_through", ('look("choices")',)),
    "factors": (FACTORS, "look_at_factors", ('look("factors, found")', 'look("factors, side by side")')),
    "factor": (FACTORS, "look_at_factors", ('look("factor")', 'look("factor, records")')),
    "own_factor": (FACTORS, "make_own", ('look("own factor")', 'look("own factor, refused")')),
    "lists": (FACTORS, "make_own", ('look("lists")',)),
    "tokens": (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("a new token")',)),
    "api": (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("the operations")',)),
    "go": (GOING, KEYS_ALONE, ('look("go to")',)),
    "organisations": (GOING, KEYS_ALONE, ('look("organisations")',)),
    "paper": (MAPPING, "from_paper", ('look("paper")', 'look("evidence, a page of a PDF")')),
    "patterns": (OWN, "test_both_pages_in_a_browser", ('"/patterns/"', "look(path")),
    "accessibility": (OWN, "test_both_pages_in_a_browser", ('"/accessibility/"', "look(path")),
}  # fmt: skip
"""Where a test looks at a screen, which is in both languages: file, function, and what stands in it."""
WALKS = {
    "begin": (HOUR, "test_by_keyboard_alone", "outlineStyle"),
    "entity": (SET_UP, "change_by_keyboard", "keys.press"),
    "months": (MAPPING, "typed", "ArrowDown"),
    "find": (LEDGER, "_find", 'press("Enter")'),
    "match": (FACTORS, "work_through", "Control+Enter"),
    "queue": (QUEUE, "all_kinds", 'keyboard.press("Tab")'),
    "go": (GOING, KEYS_ALONE, "Control+k"),
    "token": (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", 'press("Space")'),
}
"""Where a test walks a path by keyboard."""


def text_in(file: str, function: str) -> str:
    """Return the text of a function of the tests."""
    text = (HERE / file).read_text("utf-8")
    [found] = [e for e in ast.walk(ast.parse(text)) if isinstance(e, ast.FunctionDef) and e.name == function]
    return ast.get_source_segment(text, found) or ""


def test_the_statement_says_what_the_tests_look_at() -> None:
    assert sorted(LOOKS) == sorted(SCREENS)
    for file, function, marks in LOOKS.values():
        assert [mark for mark in marks if mark not in text_in(file, function)] == [], (file, function)
    assert set(WALKS) == set(KEYBOARD)
    for file, function, mark in WALKS.values():
        assert mark in text_in(file, function)


def test_every_test_that_looks_has_screens_in_the_statement() -> None:
    looking = {path.name for path in HERE.glob("test_*.py") if ".look(" in path.read_text("utf-8")}
    assert looking == {file for file, _, _ in LOOKS.values()}


def test_the_statement_names_the_tools_that_are_used() -> None:
    assert AXE.startswith(f"/*! axe v{AXE_SAID}\n")
    assert (WIDE[0], ZOOMED[0]) == WIDTHS
    assert NARROW[0] == BETWEEN


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_leads_to_the_statement(site: Site, language: str) -> None:
    stranger, owner = site.client(None, language), site.client(language=language)
    for client, path in ((stranger, "/login/"), (stranger, "/nowhere/"), (owner, "/"), (owner, "/o/ours/2024/")):
        assert "/accessibility/" in Page(text_of(client.get(path))).links(), path
    answer = stranger.get("/accessibility/")
    assert answer.status_code == 200
    assert "EN 301 549" in text_of(answer)


def test_the_patterns_are_for_who_is_logged_in(site: Site) -> None:
    for path in ("/patterns/", "/patterns/drawing/"):
        assert site.client(None).get(path).status_code == 302
        assert site.client("auditor@ours.example").get(path).status_code == 200


def test_the_patterns_show_every_kind_that_the_pages_have(site: Site) -> None:
    """A button, alert, label or table of a new kind does not go without a place on the page."""
    page = text_of(site.client().get("/patterns/"))
    kinds = re.compile(r"utrecht-(?:alert|button|form-field|status-badge|table)--[a-z][a-z-]*")
    used = {kind for path in TEMPLATES.rglob("*.html") for kind in kinds.findall(path.read_text("utf-8"))}
    assert {"utrecht-alert--ok", "utrecht-status-badge--published"} <= used
    assert used - set(kinds.findall(page)) == set()
    parts = Page(page)
    shown = {name for each in parts.elements for name in each.attributes.get("class", "").split()}
    assert {"trede-demo", "trede-tasks", "trede-grid", "trede-progress", "trede-chips", "trede-pages", "trede-cell",
            "trede-steps", "trede-figure", "trede-trace", "trede-dialog", "trede-mini"} <= shown  # fmt: skip
    ids = [each.attributes["id"] for each in parts.elements if "id" in each.attributes]
    assert sorted(ids) == sorted(set(ids))
    amounts = [int(each.attributes["value"]) for each in parts.find("data")]
    assert sum(amounts[1:4]) == amounts[0] == amounts[4]


@pytest.mark.group("browser")
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_both_pages_in_a_browser(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        visitor.log_in(server.email, server.password)
        for path in ("/patterns/", "/accessibility/"):
            visitor.open(path)
            visitor.look(path)
        assert visitor.faults == []
