"""Both languages are complete: every sentence that a page or a code asks for is there, in both, with the same values."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

import pytest

from trede.analysis.bridge import CAUSES
from trede.analysis.measuring import Place
from trede.catalogue.factor import Confidence, Nature, Stages
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import catalogue
from trede.factors.spending import BY_CODE
from trede.inventory.completeness import Status
from trede.organisation.allocation import Selection
from trede.organisation.parts import Approach, Frequency
from trede.workspace.history import What
from trede.workspace.journal import STATES as STATES_OF_RECORDS
from trede.workspace.proving import WHAT, State
from trede.workspace.queue import KINDS as ASKED
from trede_web.api.models import REACH
from trede_web.api.problems import PROBLEMS, SAID
from trede_web.bridge.boundary.base_year import STATES as BASE_STATES
from trede_web.bridge.boundary.editing import ROWS
from trede_web.bridge.boundary.parts import FIELDS, PARTS
from trede_web.bridge.factors.beside import FACTS
from trede_web.bridge.factors.choices import ABOUT_FACTORS, FILES
from trede_web.bridge.factors.papers import NUMBERS
from trede_web.bridge.factors.queue import KNOWN_WHY
from trede_web.bridge.factors.shelf import COLUMNS as FACTOR_COLUMNS
from trede_web.bridge.factors.shelf import FACETS, SORTS
from trede_web.bridge.intake.fields import GROUPS, READING_KINDS
from trede_web.bridge.jobs.doing import KINDS, QUIET
from trede_web.bridge.jobs.preparing import STEPS as MADE
from trede_web.bridge.ledger.asking import COLUMNS
from trede_web.bridge.ledger.attributes import CODES
from trede_web.bridge.ledger.exporting import FIELDS as LEDGER_FIELDS
from trede_web.bridge.ledger.history import READ
from trede_web.bridge.models.samples import DRAWN, UNIT_FIELDS
from trede_web.bridge.results.completeness import SIGNS
from trede_web.bridge.results.declaring import KINDS as DIVISIONS
from trede_web.bridge.results.declaring import NATURES
from trede_web.bridge.results.report import FILES as REPORT_FILES
from trede_web.bridge.results.scope3 import INFLUENCES, ORDERS, RELEVANCES
from trede_web.bridge.speaking import OWN, Freshness, words
from trede_web.bridge.welcome.attention import Kind
from trede_web.comments.models import KINDS as COMMENTED
from trede_web.pages.about.accessibility import CHECKS, KEYBOARD, NOT_TESTED, SCREENS, SHORT, TROUBLES
from trede_web.pages.about.accessibility import STATES as STATES_LOOKED_AT
from trede_web.pages.results.dividing import FILES as STATEMENTS
from trede_web.pages.welcome.welcome import NEEDS
from trede_web.paper.process import FAULTS
from trede_web.roles import Power, Role
from trede_web.work.models import STATES
from trede_web.work.progress import DOING

WEB = Path(__file__).parents[2] / "src" / "trede_web"
DECISIONS = {kind.model_fields["kind"].default for kind in ABOUT_FACTORS}
FAMILIES: dict[str, set[str]] = {
    "role": {role.value for role in Role},
    "role_may": {role.value for role in Role},
    "refused_power": {power.value for power in Power},
    "job": set(KINDS),
    "paper_fault": set(FAULTS),
    "job_state": {state for state, _ in STATES},
    "job_says": {state for state, _ in STATES},
    "making_step": set(MADE),
    "trouble": {"full", "away"},
    "trouble_says": {"full", "away"},
    "attention_of": set(get_args(Kind)),
    "attention_why": set(get_args(Kind)),
    "severity": {"error", "warning", "notice"},
    "fate": {"whole", "whole_cells", "accepted", "set_aside", "held", "rejected"},
    "rows_of": {"held", "rejected"},
    "pages_of": {"held", "rejected"},
    "fresh": {"current", "stale", "older-version"},
    "fresh_long": {"never", "current", "stale", "older-version"},
    "go_kind": {"site", "unit", "project", "source", "batch"},
    "glance_state": {"never", "published", *get_args(Freshness)},
    "glance_waits": {"sources", "rows", "unmatched", "begin"},
    "rung": {"total", "slice", "heading", "group", "account", "period"},
    "trace_of": {"slice", "heading", "group", "account", "period"},
    "part": {"slice", "heading", "group", "account", "period"},
    "plan_other": {
        "organisation",
        "catalogue",
        "approach",
        "cutting",
        "money",
        "certificates",
        "models",
        "estimates",
        "ledger_version",
        "format",
        "lists",
        "gwp",
        "period",
    },
    "report_file": set(REPORT_FILES),
    "base_state": set(BASE_STATES),
    "base_says": set(BASE_STATES),
    "base_year_field": {"year", "threshold", "triggers", "rule"},
    "sample_drawn": set(DRAWN),
    "sample_unit": set(UNIT_FIELDS),
    "relevance": set(RELEVANCES),
    "relevance_says": set(RELEVANCES),
    "influence": set(INFLUENCES),
    "scope3_order": set(ORDERS),
    "bridge_title": {"higher", "lower", "same"},
    "bridge_column": {"what", "heading", *Place._fields, "mg"},
    "cause_says": set(CAUSES),
    "cell": set(SIGNS),
    "step": {"organisation", "sources", "collect", "calculate", "factors", "review", "publish"},
    "step_hint": {"missing", "rows", "factors", "review"},
    "step_says": {"organisation", "sources", "collect", "calculate", "factors", "review", "publish"},
    "welcome_need": set(NEEDS),
    "approach": set(get_args(Approach)),
    "approach_says": set(get_args(Approach)),
    "associates": {"outside", "category-15"},
    "financial": {"true", "false", "joint"},
    "asset": {"building", "vehicles"},
    "lease_kind": {"operating", "finance"},
    "lease_role": {"lessee", "lessor"},
    "organisation_more": {"losses", "profile", "split", "money"},
    "frequency": set(get_args(Frequency)),
    "new": set(PARTS),
    "thing_says": set(PARTS),
    "owned_label": set(ROWS),
    "changed": {"added", "removed", "changed"},
    "source_state": {*get_args(Status), "not-expected"},
    "queue_kind": {"value", *ASKED},
    "queue_rank": {"rows", "worth", "stake"},
    "spend_category": set(vocabulary()["spend"].attributes["category"].values) - {BY_CODE},
    "meaning": {"new", "leave-out", "new_site", "new_sites", "reason"},
    "weight": {"failed", "overtaken"},
    "control_state": {"agrees", "explained", "accepted", "differs"},
    "control_of": {"quantity", "rows", "row", "since"},
    "queue_why": {*KNOWN_WHY, "other"},
    "proposal": {"other_year", "second_hand", "search", "chosen", "own", "name", "part", "chart", "payer_4", "payer_9"},
    "decided": set(DECISIONS),
    "decision": set(DECISIONS),
    "publisher": set(FILES),
    "facet": set(FACETS),
    "factors_sort": set(SORTS),
    "factor_column": set(FACTOR_COLUMNS),
    "nature": set(get_args(Nature)),
    "gases": {"split", "whole"},
    "stages": set(get_args(Stages)),
    "kind": set(unit_registry().kinds),
    "value": set(NUMBERS),
    "status": {"withdrawn", "variable"},
    "confidence": set(get_args(Confidence)),
    "paper": set(FACTS),
    "proof_to": {"batch", "record", "source", "document"},
    "called": {
        value
        for kind in vocabulary().types.values()
        for name, attribute in kind.attributes.items()
        if name not in CODES and not (attribute.codes or attribute.values_from)
        for value in attribute.values
    },
    "how": {"guessed", "chosen", "ignored", "spread"},
    "job_step": set(DOING),
    "fields": set(GROUPS),
    "reading_kind": set(READING_KINDS),
    "sign": {"semicolon", "comma", "tab", "bar", "point"},
    "end_day": {"included", "excluded"},
    "record_state": set(STATES_OF_RECORDS),
    "ledger_filter": {*COLUMNS, "q", "period"},
    "ledger_field": set(LEDGER_FIELDS),
    "read": set(READ),
    "event": set(get_args(What)),
    "comment_on": set(COMMENTED),
    "screen": set(SCREENS),
    "keyboard": set(KEYBOARD),
    "state_of": set(STATES_LOOKED_AT),
    "trouble_of": set(TROUBLES),
    "check_of": set(CHECKS),
    "not_tested": set(NOT_TESTED),
    "falls_short": set(SHORT),
    "pattern_told": {"error", "warning", "notice"},
    "pattern_site": {"head", "east", "shed"},
    "receiver_kind": set(DIVISIONS),
    "division_nature": set(NATURES),
    "division_nature_says": set(NATURES),
    "divide_of": set(Selection.model_fields),
    "divide_field": {"title", "start", "end", "receiver", "nature", "key", "basis", "whole"},
    "divide_help": {"title", "key", "basis", "whole"},
    "statement_kind": set(STATEMENTS),
    "proof_check": set(WHAT),
    "proof_how": set(WHAT),
    "proof_state": set(get_args(State)),
    "token_power": {*REACH, "comment"},
    "token_may": set(REACH),
    "problem": set(PROBLEMS),
    "problem_says": set(PROBLEMS),
    "field_fault": set(SAID),
}
"""Members of a family, which templates choose by a value."""
OPEN_FAMILIES = {"change", "detail", "label", "help", "choice", "part", "unread"}
"""Those whose members are collected from the source."""


def asked() -> set[str]:
    """Return every code that a template or a module names as it stands."""
    found: set[str] = set()
    for path in WEB.rglob("*.html"):
        found |= set(re.findall(r"{% say ['\"]([\w.-]+)['\"]", path.read_text("utf-8")))
    for path in WEB.rglob("*.py"):
        found |= set(re.findall(r"\b(?:word|problem)\(\s*[\"']([\w.-]+)[\"']", path.read_text("utf-8")))
    found = {code for code in found if not code.endswith(".")} | {"batch.choose_rows", "form.reason_needed"}
    found |= {"factor.rose", "factor.fell", "queue.choose"}
    found |= {"bridge.balanced", "bridge.equal", "bridge.rise", "bridge.fall"}
    found |= {f"record.{name}" for name in ("site", "project", "department", "document", "supplier", "note")}
    return found | {f"{family}.{member}" for family, members in FAMILIES.items() for member in members}


def logged() -> set[str]:
    """Return the acts that the change log can name."""
    text = "\n".join(path.read_text("utf-8") for path in (WEB / "pages").rglob("*.py"))
    plain = set(re.findall(r"\b(?:log|seat\.note)\([^\"]*?\"(\w+)\"", text))
    return plain | {f"{when}_{kind}" for kind in KINDS - QUIET for when in ("asked", "job")}


def test_both_languages_have_the_same_codes() -> None:
    assert set(words("nl")) == set(words("en"))


def test_every_code_that_is_asked_for_is_there() -> None:
    assert asked() - set(words("nl")) == set()
    assert {f"change.{what}" for what in logged()} - set(words("nl")) == set()


def test_every_family_that_templates_use_is_known() -> None:
    used = {
        f for path in WEB.rglob("*.html") for f in re.findall(r"{% say_of ['\"](\w+)['\"]", path.read_text("utf-8"))
    }
    assert used <= set(FAMILIES) | OPEN_FAMILIES


def test_no_sentence_is_left_over() -> None:
    families = tuple(f"{name}." for name in OPEN_FAMILIES)
    wanted = asked()
    spare = {c for c in words("nl") if not c.startswith((OWN, *families)) and c not in wanted}
    assert spare == set()
    assert {c for c in words("nl") if c.startswith("change.")} == {f"change.{what}" for what in logged()}


def test_every_field_of_a_form_has_its_words() -> None:
    known = words("nl")
    for part, fields in FIELDS.items():
        for each in fields:
            assert f"label.{part}.{each.name}" in known or f"label.{each.name}" in known, (part, each.name)
            assert {f"choice.{choice}" for choice in each.choices} <= set(known)
    wanted = {f"help.{part}.{each.name}" for part, fields in FIELDS.items() for each in fields}
    assert {code for code in known if code.startswith("help.")} <= wanted
    unread = re.findall(r"\"(unread\.\w+)\"", "".join(p.read_text("utf-8") for p in WEB.rglob("*.py")))
    assert set(unread) == {code for code in known if code.startswith("unread.")}


def values(text: str) -> set[str]:
    """Return the values that a sentence names."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_name_the_same_values() -> None:
    assert {c for c in words("nl") if values(words("nl")[c]) != values(words("en")[c])} == set()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_remedy_is_a_command(language: str) -> None:
    """What the library says with a command has a sentence of the pages, which names the page."""
    told = {
        code for code, text in catalogue(language).items() if "." not in code and re.search(r"\btrede [a-z]{3,}", text)
    }
    assert len(told) > 60
    assert {code for code in told if OWN + code not in words(language)} == set()


@pytest.mark.parametrize("code", sorted(c.removeprefix(OWN) for c in words("nl") if c.startswith(OWN)))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_own_words_for_an_issue_use_the_values_that_the_library_gives(code: str, language: str) -> None:
    if code.startswith("job_"):
        return
    assert values(words(language)[OWN + code]) <= values(catalogue(language)[code])
    assert "trede " not in words(language)[OWN + code].lower().replace("trede gemaakt", "").replace("trede made", "")


def test_no_page_has_words_of_its_own() -> None:
    """Text between tags comes from the catalogue; signs, units and the name of the product stand as they are."""
    plain = re.compile(r"{%.*?%}|{{.*?}}|<[^>]*>|&\w+;", re.S)
    allowed = {
        "Trede",
        "CSV",
        "JSON",
        "TOML",
        "Enter",
        "Ctrl",
        "J",
        "K",
        "N",
        "S",
        "?",
        "1",
        "9",
        "≈",
        "!",
        "t",
        "kg",
        "G",
        "CO₂e",
        "English",
        "Nederlands",
        "·",
        "/",
        "=",
        "✓",
        "×",
        "↑",
        "↓",
        "–",
        "…",
        "12",
        "(",
        ")",
        ":",
        ".",
        ",",
    }
    for path in WEB.rglob("*.html"):
        left = set(re.split(r"[\s]+", plain.sub(" ", path.read_text("utf-8")))) - {""}
        assert {word for word in left if word.strip("().,:·/") not in allowed | {""}} == set(), path.name
