"""The pattern page shows what the pages are made of, and the accessibility statement says what the tests do: no more, no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from web_browser import AXE, CHROMIUM, NARROW, WIDE, ZOOMED, browsing, serving
from web_site import Page, Site, text_of

from trede_web.pages.accessibility import AXE as AXE_SAID
from trede_web.pages.accessibility import KEYBOARD, NARROWEST, SCREENS, WIDTHS

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "src" / "trede_web" / "templates"
HOUR, SET_UP, MAPPING, LEDGER, SAFETY, FACTORS, TOKENS, REPORT, OWN = (
    f"test_web_{name}.py"
    for name in (
        "first_hour", "set_up", "mapping_browser", "ledger_browser", "safety_browser", "factors_browser", "api_browser",
        "report_browser", "patterns",
    )
)  # fmt: skip
GOING, KEYS_ALONE = "test_web_going.py", "test_somebody_goes_through_the_house_by_keyboard"
LOOKS: dict[tuple[str, str], tuple[str, str, tuple[str, ...]]] = {
    ("login", "nl"): (HOUR, "sign_in", ('look("log-in")', 'look("log-in, refused")')),
    ("password", "nl"): (HOUR, "sign_in", ('look("password")',)),
    ("imports", "nl"): (HOUR, "deliver", ('look("import, filled")',)),
    ("batch", "nl"): (HOUR, "mend", ('look("batch with faults")',)),
    ("calculate", "nl"): (HOUR, "calculate", ('look("calculation, without factors")',)),
    ("footprint", "nl"): (HOUR, "calculate", ('look("footprint")',)),
    ("doubles", "nl"): (HOUR, "settle", ('look("doubles")',)),
    ("publish", "nl"): (HOUR, "publish", ('look("published")',)),
    ("report", "nl"): (REPORT, "_read", ('look("report"', 'look("report, chapter"')),
    ("report", "en"): (REPORT, "_read_in_english", ('look("report in English")',)),
    ("completeness", "nl"): (HOUR, "compare", ('look("completeness")',)),
    ("plan", "nl"): (HOUR, "compare", ('look("plan, nothing new")',)),
    ("bridge", "nl"): (HOUR, "compare", ('look("bridge, one year")', 'look("bridge")')),
    ("people", "nl"): (HOUR, "invite", ('look("people, invited")',)),
    ("overview", "nl"): (HOUR, "trace", ('look("year")',)),
    ("trace", "nl"): (HOUR, "trace", ('look("account")', 'look("month")')),
    ("record", "nl"): (LEDGER, "_correct", ('look("record")',)),
    ("correction", "nl"): (LEDGER, "_correct", ('look("record, correction refused")', 'look("record, corrected")')),
    ("changes", "nl"): (HOUR, "owner", ('look("change log")',)),
    ("not_here", "nl"): (HOUR, "owner", ('look("not here")',)),
    ("invitation", "en"): (HOUR, "read", ('look("invitation")',)),
    ("record", "en"): (HOUR, "read", ('look("record for the auditor")',)),
    **{
        (screen, "en"): (HOUR, "read", (f'"{path}/"', 'look(f"{path} for the auditor")'))
        for screen, path in {
            "overview": "2024", "imports": "imports", "calculate": "2024/calculate", "footprint": "2024/footprint",
            "bridge": "2024/bridge", "completeness": "2024/completeness", "doubles": "2024/doubles",
            "publish": "2024/publish", "people": "people", "changes": "changes",
        }.items()
    },
    ("welcome", "nl"): (SET_UP, "test_an_organisation_is_set_up", ('look("welcome")',)),
    ("form", "nl"): (SET_UP, "change_by_keyboard", ('look("entity, wrong")',)),
    ("change", "nl"): (SET_UP, "change_by_keyboard", ('look("check")',)),
    ("sources", "nl"): (SET_UP, "register", ('look("sources, none")', 'look("source")')),
    ("amounts", "nl"): (SET_UP, "figures", ('look("figures")',)),
    ("organisation", "nl"): (SET_UP, "figures", ('look("organisation, filled")',)),
    ("versions", "en"): (SET_UP, "read_in_english", ('look("versions")', 'look("version")')),
    ("organisation", "en"): (SET_UP, "read_in_english", ('look("organisation in English")',)),
    ("welcome", "en"): (SET_UP, "read_in_english", ('look("welcome in English")',)),
    ("profiles", "nl"): (MAPPING, "test_map_check_and_take_in", ('look("profiles, none")',)),
    ("waiting", "nl"): (MAPPING, "test_map_check_and_take_in", ('look("inbox")',)),
    ("grid", "nl"): (MAPPING, "typed", ('look("grid, empty")', 'look("grid, with a fault")')),
    ("columns", "nl"): (MAPPING, "fuel", ('look("columns, all filled in")',)),
    ("check", "nl"): (MAPPING, "fuel", ('look("check")',)),
    ("evidence", "nl"): (MAPPING, "fuel", ('look("evidence, a table")',)),
    ("ledger", "nl"): (LEDGER, "_find", ('look("ledger")', 'look("ledger, nothing found")')),
    ("comments", "nl"): (LEDGER, "test_a_record_is_found_commented_on_and_corrected", ('look("comments")',)),
    ("forgotten", "nl"): (SAFETY, "turn_on", ('look("forgotten")',)),
    ("codes", "nl"): (SAFETY, "turn_on", ('look("codes off")', 'look("codes on")')),
    ("codes_steps", "nl"): (SAFETY, "turn_on", ('look("activate")', 'look("deactivate")')),
    ("data", "nl"): (SAFETY, "keep", ('look("data filled")',)),
    ("code", "en"): (SAFETY, "log_in_with_code", ('look("code en")',)),
    ("codes", "en"): (SAFETY, "test_safety", ('"/codes/"', 'look(path + " en")')),
    ("data", "en"): (SAFETY, "test_safety", ("/data/", 'look(path + " en")')),
    ("reset", "en"): (SAFETY, "test_safety", ('look("reset en")',)),
    ("forgotten", "en"): (SAFETY, "test_safety", ('look("forgotten en")',)),
    ("queue", "nl"): (FACTORS, "work_through", ('look("queue")', 'look("keys")')),
    ("choices", "nl"): (FACTORS, "work_through", ('look("choices")',)),
    ("factors", "nl"): (FACTORS, "look_at_factors", ('look("factors, found")', 'look("factors, side by side")')),
    ("factor", "nl"): (FACTORS, "look_at_factors", ('look("factor")', 'look("factor, records")')),
    ("own_factor", "en"): (FACTORS, "make_own", ('look("own factor")', 'look("own factor, refused")')),
    ("lists", "en"): (FACTORS, "make_own", ('look("lists")',)),
    ("go", "nl"): (GOING, KEYS_ALONE, ('look("go to", zoomed=True)',)),
    ("organisations", "nl"): (GOING, KEYS_ALONE, ('look("organisations", zoomed=True)',)),
    ("organisations", "en"): (GOING, KEYS_ALONE, ('look("organisations in English")',)),
    ("go", "en"): (GOING, KEYS_ALONE, ('look("go to in English", zoomed=True)',)),
    ("tokens", "nl"): (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("a new token")',)),
    ("tokens", "en"): (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("tokens in English")',)),
    ("api", "nl"): (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("the operations")',)),
    ("api", "en"): (TOKENS, "test_a_token_by_keyboard_from_an_empty_database", ('look("the operations in English")',)),
    **{
        (screen, language): (OWN, "test_both_pages_in_a_browser", (f'"/{screen}/"', "look(path"))
        for screen in ("patterns", "accessibility")
        for language in ("nl", "en")
    },
}  # fmt: skip
"""Where a test looks at a screen in a language: file, function, and what stands in it."""
WALKS = {
    "begin": (HOUR, "test_by_keyboard_alone", "outlineStyle"),
    "entity": (SET_UP, "change_by_keyboard", "keys.press"),
    "months": (MAPPING, "typed", "ArrowDown"),
    "find": (LEDGER, "_find", 'press("Enter")'),
    "match": (FACTORS, "work_through", "Control+Enter"),
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
    assert set(LOOKS) == {(screen, language) for screen, languages in SCREENS.items() for language in languages}
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
    assert (WIDE[0], NARROW[0]) == WIDTHS
    assert ZOOMED[0] == NARROWEST


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


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_both_pages_in_a_browser(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        visitor.log_in(server.email, server.password)
        for language in ("nl", "en"):
            for path in ("/patterns/", "/accessibility/"):
                visitor.open(path)
                assert visitor.page.get_attribute("html", "lang") == language
                visitor.look(path + language, zoomed=True)
            visitor.page.locator("button[name=language]").click()
            visitor.wait_for(f"html:not([lang={language}])")
        assert visitor.faults == []
