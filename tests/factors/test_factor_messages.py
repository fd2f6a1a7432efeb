import re
from pathlib import Path

import pytest
from factor_sentences import MESSAGES

import trede
from trede.catalogue.bindings import bindings_for, publishers

PACKAGE = Path(trede.__file__).parent
MODULES = [
    *(PACKAGE / "catalogue" / f"{name}.py" for name in ("bindings", "gwp", "library", "rules", "splits", "tables")),
    *sorted((PACKAGE / "factors" / "importers").glob("*.py")),
]
RAISED = {
    code
    for path in MODULES
    for code in re.findall(
        r'(?:\.of|\.error|yield|_?wrong|_stop)[(\s]*"([a-z0-9_]+)"', path.read_text(encoding="utf-8")
    )
}


def test_every_code_has_a_sentence_in_both_languages_and_none_is_left_over():
    reasons = {row.reason_code for p in publishers() for rows in bindings_for(p).rows.values() for row in rows}
    assert len(RAISED) > 40
    assert set(MESSAGES["nl"]) == set(MESSAGES["en"]) == RAISED | reasons


@pytest.mark.parametrize("code", sorted(MESSAGES["nl"]))
def test_both_languages_use_the_same_parameters(code):
    used = {language: set(re.findall(r"{(\w+)}", MESSAGES[language][code])) for language in MESSAGES}
    assert used["nl"] == used["en"]
