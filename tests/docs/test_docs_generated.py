"""The generated parts are up to date, and everything that ships is documented."""

import ast
import re
import string
import tomllib
from pathlib import Path

import pytest
from docs_reading import DOCS, SOURCE, modules, name_of

from make_docs import PARTS, render
from trede.catalogue.accounts import chart
from trede.catalogue.gwp import GWP_SETS
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.standards import standards
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import MESSAGES, catalogue
from trede.intake.fields import QUALITIES
from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.schema import LEDGER, TOTAL_KEYS
from trede.methods.model import shipped_methods
from trede.organisation.decision_log import _ADAPTER

RAISING = {"of", "error", "warning", "notice", "Problem"}


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=name_of)
def test_generated_parts_are_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert render(text) == text, "run: .venv/bin/python tools/make_docs.py"


def test_every_generated_part_stands_somewhere() -> None:
    everything = "".join(path.read_text("utf-8") for path in DOCS.glob("*.md"))
    assert [name for name in PARTS if f"<!-- generated: {name} -->" not in everything] == []


@pytest.mark.parametrize("ident", vocabulary().types)
def test_activity_type_is_documented(ident: str) -> None:
    activity = vocabulary()[ident]
    section = re.split(r"^## ", page("activity-types"), flags=re.M)
    own = next(text for text in section if text.startswith(f"{ident}\n"))
    wanted = [activity.method, *activity.attributes, *(v for a in activity.attributes.values() for v in a.values)]
    wanted += [group for key, group in activity.accounts.items() if key != "by"]
    assert [word for word in wanted if f"`{word}`" not in own] == []


@pytest.mark.parametrize("ident", shipped_methods().methods)
def test_method_is_documented(ident: str) -> None:
    assert f"## {ident}\n" in page("methods")
    assert shipped_methods()[ident].reference in page("methods")


def test_accounts_and_standards_are_documented() -> None:
    text = page("accounts-and-standards")
    assert [account for account in chart().accounts if f"| `{account}` |" not in text] == []
    for standard in standards().values():
        assert f"`{standard.id}`" in text
        assert ("not checked against the norm text" in text) or standard.verified
        assert [heading.id for heading in standard.headings if f"| `{heading.id}` |" not in text] == []


def test_libraries_and_gwp_sets_are_documented() -> None:
    text = page("libraries")
    assert [library for library in shipped_libraries() if f"`{library}`" not in text] == []
    assert [name for name in GWP_SETS if name.lower() not in text.lower()] == []
    for library in shipped_libraries().values():
        assert f"{len(library.factors)} " in text


def test_ledger_columns_are_documented() -> None:
    section = page("ledger").partition("## Columns")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_0-9]+)`", section))
    assert set(LEDGER.names) <= named
    assert set(GAS_COLUMNS) | set(QUALITIES) <= named
    totals = page("ledger").partition("## Totals")[2].partition("\n## ")[0].casefold()
    assert [key for key in TOTAL_KEYS if key.replace("gwp_basis", "gwp basis") not in totals] == []


def test_kinds_of_decision_are_documented() -> None:
    kinds = set(_ADAPTER.json_schema()["discriminator"]["mapping"])
    assert kinds
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in page("workspace")] == []


def raised(path: Path) -> set[str]:
    """Codes that a module gives as the first text of an issue."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if name in RAISING and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


CODES = {code for path in modules() if SOURCE in path.parents for code in raised(path)}


def test_codes_are_found_in_the_source() -> None:
    assert {"batch_unknown", "cell_empty", "factor_year_missing", "account_not_mapped"} <= CODES


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_code_has_a_sentence_and_is_documented(language: str) -> None:
    codes = CODES | {rule.issue for activity in vocabulary().types.values() for rule in activity.substitute}
    assert sorted(codes - set(catalogue(language))) == []
    assert [code for code in sorted(codes) if f"| `{code}` |" not in page("messages")] == []


def test_both_languages_say_the_same_things() -> None:
    dutch, english = catalogue("nl"), catalogue("en")
    assert set(dutch) == set(english)
    assert [code for code in dutch if _params(dutch[code]) != _params(english[code])] == []


def test_no_code_has_two_sentences() -> None:
    for language in ("nl", "en"):
        every = [k for path in MESSAGES.glob(f"*.{language}.toml") for k in tomllib.loads(path.read_text("utf-8"))]
        assert sorted({key for key in every if every.count(key) > 1}) == []


def _params(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_reasons_why_a_record_does_not_count_are_documented() -> None:
    engine = SOURCE / "engine"
    codes = raised(SOURCE / "factors" / "matching.py") | raised(engine / "plan.py") | raised(engine / "compute.py")
    codes |= {rule.issue for activity in vocabulary().types.values() for rule in activity.substitute}
    assert [code for code in sorted(codes) if f"`{code}`" not in page("matching")] == []
