"""Every code has its sentence in both languages, with the parameters that are given; and only the shell speaks."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from string import Formatter
from typing import Any, get_args, get_type_hints

import code_sources
import pytest
from code_sources import PACKAGE, trees

from trede.activity.sample_design import Drawn
from trede.analysis.bridge import CAUSES
from trede.analysis.contributions import SHARED
from trede.analysis.findings import DETECTORS
from trede.catalogue.bindings import bindings_for, publishers
from trede.catalogue.factor import Factor, Status
from trede.catalogue.papers import LibraryPapers
from trede.catalogue.rgs import Confidence
from trede.catalogue.standards import standards
from trede.catalogue.template import template
from trede.catalogue.vocabulary import vocabulary
from trede.cli.allocating import HEADS as ALLOCATE_HEADS
from trede.cli.arguments import WRONG
from trede.cli.language import FIELDS, LANGUAGES, MESSAGES, Speaker
from trede.cli.main import build_parser
from trede.cli.portfolio_file import CLASSES, HOLDINGS
from trede.cli.sampling import HEADS as SAMPLE_HEADS
from trede.intake.controls import Control
from trede.intake.fields import FATES, QUALITIES
from trede.intake.settings import FileSettings
from trede.inventory.categories import State
from trede.inventory.completeness import SourceStatus
from trede.inventory.grouping import BELONGINGS
from trede.inventory.intensity import Origin
from trede.kernel.faults import FAULTS, UNREADABLE
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.issues import Issue, Location
from trede.organisation.decisions import Trigger
from trede.organisation.materiality import Influence, Relevance
from trede.workspace.running import Lists

SOURCES = code_sources.find()


def read() -> dict[str, dict[str, dict[str, str]]]:
    """Return sentences by language, area and code."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for path in sorted(MESSAGES.glob("*.toml")):
        area, language, _ = path.name.split(".")
        found[language][area] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


BY_AREA = read()
SENTENCES = {
    language: {code: text for area in areas.values() for code, text in area.items()}
    for language, areas in BY_AREA.items()
}
CODES = sorted(SENTENCES["nl"])


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def literals(*folders: str) -> set[str]:
    """Return every text constant in some packages."""
    return {
        node.value
        for path, tree in trees()
        if path.parent.name in folders
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def choice_bases() -> set[str]:
    """Return how a setting of a file may have come about: the second argument of every `Choice`."""
    found = {"chosen", "profile"}
    for _, tree in trees():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Choice"), args=[_, ast.Constant(value=str(basis)), *_]):
                    found.add(basis)
    return found


def recorded_help() -> set[str]:
    """Return the codes that building the parser asks for."""
    asked = set()

    class Recorder(Speaker):
        def say(self, code: str, /, **params: Any) -> str:
            asked.add(code)
            return super().say(code, **params)

    build_parser(Recorder("en"))
    return asked


SETTINGS = set(FileSettings.model_fields)
FAMILIES: dict[str, Collection[str]] = {
    "fate.": FATES,
    "quality.": {*QUALITIES, "not-stated"},
    "trigger.": get_args(Trigger),
    "source.": get_args(get_type_hints(SourceStatus)["status"]),
    "control.": {
        *(f"total.{status}" for status in get_args(get_type_hints(Control.status.fget)["return"])),
        "rows.agrees",
        "rows.differs",
    },
    "intensity.": get_args(Origin),
    "money.confidence.": get_args(Confidence),
    "library.": get_args(LibraryPapers.model_fields["kind"].annotation),
    "lists.": get_args(Lists),
    "list.": {"pin", "override", "take-in"},
    "basis_of.": {basis for standard in standards().values() for basis in standard.bases},
    "candidate.": {"eligible", "other-year", "other-price", "second-hand", *get_args(Status)} - {"active"},
    "why.": {"own-year", "pin", "override", "taken-in", "by-definition", "gwp"},
    "flight.": {
        value
        for name in ("radiative_forcing", "distance_rule")
        for value in get_args(get_args(Factor.model_fields[name].annotation)[0])
    },
    "setting.": SETTINGS,
    "basis_": choice_bases(),
    "help.set.": {name.replace("_", "-") for name in SETTINGS},
    "help.": {code.removeprefix("help.") for code in recorded_help() if code.startswith("help.")},
    "cause.": CAUSES,
    "by.": BELONGINGS,
    "by.no_": BELONGINGS,
    "finding.": set(DETECTORS),
    "portfolio.": {*CLASSES, *HOLDINGS},
    "spend.why.": {code.removeprefix("spend.why.") for code in CODES if code.startswith("spend.why.")}
    & {*SOURCES.given},
    "head.allocate.": ALLOCATE_HEADS,
    "allocate.": {"physical", "economic"},
    "head.sample.": SAMPLE_HEADS,
    "sample.drawn.": get_args(Drawn),
    "gas.": GAS_COLUMNS,
    "fault.": {*FAULTS, "other", *UNREADABLE, "toml_encoding", "toml_other"},
    "usage.": {*WRONG, "other"},
    "template.help.": {*(column.field for column in template().column), "attribute"},
    "template.head.": {code.removeprefix("template.head.") for code in CODES if code.startswith("template.head.")}
    & literals("cli"),
    "field.": {*FIELDS, "custom"},
    "change.": {"added", "removed", "changed"},
    "check.": {"biogenic", "energy"},
    "help.category.": set(get_args(Relevance)),
    "categories.head.": {code.removeprefix("categories.head.") for code in CODES if code.startswith("categories.head.")}
    & literals("cli"),
    "categories.state.": set(get_args(State)),
    "categories.influence.": set(get_args(Influence)),
    "uncertainty.head.": {
        code.removeprefix("uncertainty.head.") for code in CODES if code.startswith("uncertainty.head.")
    }
    & literals("cli"),
    "uncertainty.source.": {"factor", "record", *SHARED},
    "shape.": {"crosstab", "readings", "table"},
    "check.head.": {code.removeprefix("check.head.") for code in CODES if code.startswith("check.head.")}
    & literals("cli"),
    "head.": {code.removeprefix("head.") for code in CODES if code.startswith("head.")} & literals("cli"),
}
"""What may follow the beginning of a code that is put together."""

REASONS = {row.reason_code for p in publishers() for rows in bindings_for(p).rows.values() for row in rows}
SUBSTITUTED = {rule.issue for kind in vocabulary().types.values() for rule in kind.substitute}
REFUSED = {kind.refused for kind in vocabulary().types.values() if kind.refused} | {
    rule.issue for kind in vocabulary().types.values() for rule in kind.refusal
}
USED = {
    *SOURCES.given,
    *REASONS,
    *SUBSTITUTED,
    *REFUSED,
    *(start + end for start, ends in FAMILIES.items() for end in ends),
}


def test_every_source_of_codes_was_understood() -> None:
    """`rules.py` passes on what its generators yield, which is read there."""
    assert set(SOURCES.unclear) == {"rules.py: code"}
    assert SOURCES.families == set(FAMILIES)
    assert len(SOURCES.given) > 300
    for known in (
        "number_unreadable",
        "duplicate_of_stored",
        "factor_year_missing",
        "site_unknown",
        "factor_total_only",
    ):
        assert known in SOURCES.given


def test_every_code_has_a_sentence_in_both_languages() -> None:
    for language in LANGUAGES:
        assert sorted(USED - set(SENTENCES[language])) == []


def test_no_sentence_is_left_over() -> None:
    assert [code for code in CODES if code not in USED] == []


def test_both_languages_have_the_same_codes_in_the_same_files() -> None:
    assert {area: set(texts) for area, texts in BY_AREA["nl"].items()} == {
        area: set(texts) for area, texts in BY_AREA["en"].items()
    }
    assert set(BY_AREA) == set(LANGUAGES)


def test_no_code_stands_in_two_files() -> None:
    for areas in BY_AREA.values():
        seen: dict[str, str] = {}
        for area, texts in areas.items():
            assert not [code for code in texts if code in seen], area
            seen |= dict.fromkeys(texts, area)


@pytest.mark.parametrize("code", CODES)
def test_parameters_are_the_same_in_both_languages_and_are_given(code: str) -> None:
    wanted = placeholders(SENTENCES["nl"][code])
    assert placeholders(SENTENCES["en"][code]) == wanted
    for given in SOURCES.given.get(code, []):
        assert given is None or wanted <= given, f"given are {sorted(given)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_well_formed(language: str) -> None:
    for code, text in SENTENCES[language].items():
        assert text == text.strip(), code
        assert "  " not in text, code
        assert not re.search(r"\b(je|jij|jouw)\b", text.lower()), f"{code}: formal Dutch says u"


def test_an_issue_is_told_with_its_place() -> None:
    issue = Issue.error("cell_is_error", Location("fills.csv", 3, "Liters"), value="#REF!")
    assert Speaker("nl").issue(issue).startswith("✗ fills.csv, rij 3, kolom Liters: In deze cel staat")
    assert Speaker("en").issue(issue).startswith("✗ fills.csv, row 3, column Liters: ")


@pytest.mark.parametrize(
    ("language", "field", "said"),
    [
        ("nl", "custom.card", "De kolom voor «Eigen kolom: card» ontbreekt."),
        ("nl", "checks", "De kolom voor «Narekenen van de rij» ontbreekt."),
        ("nl", "quantity", "De kolom voor «Hoeveelheid» ontbreekt."),
        ("en", "custom.card", "The column for “Own column: card” is missing."),
        ("en", "meter_reading", "The column for “Meter reading” is missing."),
        ("en", "fuel", "The column for “Fuel” is missing."),
    ],
)
def test_a_missing_column_is_named_as_people_know_it(language: str, field: str, said: str) -> None:
    issue = Issue.error("heading_missing", field=field, expected=["Kaart"], found=["Pas", "Liters"], closest=[])
    told = Speaker(language).tell(issue)
    assert told.startswith(said)
    assert "–" not in told
    assert "  " not in told
    closest = Issue.error("heading_missing", field=field, expected=["Kaart"], found=["Kaarten"], closest=["Kaarten"])
    assert {"nl": "Lijkt erop: Kaarten. ", "en": "Closest: Kaarten. "}[language] in Speaker(language).tell(closest)


def library_modules() -> list[tuple[Path, ast.Module]]:
    return [
        (path, tree) for path, tree in trees() if path.parent != PACKAGE and path.parent.name not in ("cli", "face")
    ]


def test_the_library_prints_nothing_and_knows_no_language() -> None:
    for path, tree in library_modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                assert getattr(node.func, "id", "") not in ("print", "input"), path
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("trede.cli"), path
            if isinstance(node, ast.Import):
                assert not any(alias.name.startswith("trede.cli") for alias in node.names), path


def test_the_librarys_errors_carry_no_sentence() -> None:
    """An error of ours is made of issues; only a validator of a data file may say what is wrong with it in words."""
    for path, tree in library_modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                raised = ast.unparse(node.exc.func)
                if raised.endswith(("Error", ".of")):
                    said = [
                        part.value
                        for part in ast.walk(node.exc)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value.strip()
                    ]
                    assert not said or raised == "ValueError", (path, said)
