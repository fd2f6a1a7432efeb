"""Every sentence of the report is there in both languages, is used, and takes the same values."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import pytest

import trede.report
from trede.analysis.bridge import CAUSES
from trede.analysis.contributions import SHARED
from trede.analysis.findings import DETECTORS
from trede.catalogue.standards import standards
from trede.intake.fields import QUALITIES
from trede.inventory.categories import State
from trede.inventory.completeness import SourceStatus
from trede.inventory.intensity import Origin
from trede.organisation.decision_log import _ADAPTER
from trede.organisation.decisions import AttachedTo, Override, Trigger
from trede.organisation.materiality import Influence, Relevance
from trede.report.wording import words

PACKAGE = Path(trede.report.__file__).parent
KINDS = _ADAPTER.json_schema()
TOLD = [
    said["properties"] for name, said in KINDS["$defs"].items() if "kind" in said["properties"] or name == "Meaning"
]
"""Fields that are told one by one: of decisions, and not of the parts that have fields of their own."""
FIELDS = {name for properties in TOLD for name in properties} - {
    "kind",
    "reason",
    "person",
    "made_at",
}
ENDS = {
    "basis.": {"none", *(basis for standard in standards().values() for basis in standard.bases)},
    "quality.": {*QUALITIES, "not-stated"},
    "source.": get_args(get_type_hints(SourceStatus)["status"]),
    "cause.": CAUSES,
    "decision.": set(KINDS["discriminator"]["mapping"]),
    "fact.": FIELDS,
    "category.": {*get_args(State), "reason"},
    "error_source.": {"factor", "record", *SHARED},
    "influence.": get_args(Influence),
    "relevance.": get_args(Relevance),
    "choice.": {"accept", "drop", "set-aside"},
    "double.": set(DETECTORS),
    "denominator.": {"missing", *get_args(Origin)} - {"stated"},
    "gwp.": {"none", "unknown"},
    "open.": {"held", "rejected"},
    "warn.": {"missing", "contradicted", "gaps", "doubles", "held", "rejected"},
    "slot.": get_args(get_type_hints(Override)["slot"]),
    "trigger.": get_args(Trigger),
    "attached.": get_args(AttachedTo),
    "method.": {"rounding", "location", "market", "quality"},
}
"""What may follow the beginning of a code that is put together, where the source does not say."""


CALLS = ("word", "statement", "enumeration")


def used() -> tuple[set[str], set[str]]:
    """Return the codes that the source gives in full, and the beginnings of those that it puts together."""
    whole, starts = set(), set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in words("nl"):
                whole.add(node.value)  # also as a default or in a list
            match node:
                case ast.Call(func=ast.Attribute(attr="name"), args=[ast.Constant(value=family), _]):
                    starts.add(f"{family}.")
            if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") not in CALLS:
                continue
            for code in ast.walk(node.args[0]) if node.args else ():
                if isinstance(code, ast.JoinedStr):
                    assert isinstance(code.values[0], ast.Constant)
                    starts.add(str(code.values[0].value))
                elif isinstance(code, ast.Constant) and re.fullmatch(r"[a-z]+(\.[a-z0-9_-]+)*", str(code.value)):
                    whole.add(str(code.value))
    return whole, starts


WHOLE, STARTS = used()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_code_has_a_sentence(language: str) -> None:
    wanted = {code for code in WHOLE if "." in code or code in ("plain", "months", "period", "valid")}
    wanted |= {start + end for start in STARTS & set(ENDS) for end in ENDS[start]}
    assert sorted(wanted - set(words(language))) == []
    assert len(wanted) > 150


def test_no_sentence_is_left_over() -> None:
    free = tuple(STARTS - set(ENDS))
    known = {*WHOLE, *(start + end for start, ends in ENDS.items() for end in ends)}
    assert [code for code in words("nl") if code not in known and not code.startswith(free)] == []


def test_both_languages_say_the_same_things() -> None:
    assert set(words("nl")) == set(words("en"))
    for code, text in words("nl").items():
        assert {f for _, f, _, _ in Formatter().parse(text)} == {
            f for _, f, _, _ in Formatter().parse(words("en")[code])
        }
        assert not re.search(r"\b(je|jij|jouw)\b", text.lower()), f"{code}: formal Dutch says u"
