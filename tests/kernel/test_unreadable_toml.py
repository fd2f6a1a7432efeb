"""A file that is no TOML: the line, and what is wrong in the reader's language."""

from __future__ import annotations

import pytest

from trede.cli.language import Speaker
from trede.kernel.errors import CatalogueError
from trede.kernel.models import read_toml

SAMPLES = [
    ("toml_twice", b'name = "a"\nname = "b"\n', 2),
    ("toml_twice", b"[a]\n[a]\n", 2),
    ("toml_twice", b"x = { a = 1, a = 2 }\n", 1),
    ("toml_bracket", b"[[entity]\nid = 1\n", 1),
    ("toml_bracket", b"years = [2024, 2025\n", None),
    ("toml_text", b'\nname = "a\n', 2),
    ("toml_text", b'path = "c:\\users"\n', 1),
    ("toml_date", b"from = 2024-02-30\n", 1),
    ("toml_value", b"name = Firm\n", 1),
    ("toml_line", b"name\n", 1),
    ("toml_line", b"a = 1 b = 2\n", 1),
    ("toml_encoding", b'a = 1\nname = "caf\xe9"\n', 2),
    ("toml_other", b"a = " + b"9" * 5_000, None),
]


@pytest.mark.parametrize(("fault", "data", "row"), SAMPLES)
def test_the_line_and_the_fault_are_named(fault: str, data: bytes, row: int | None) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_toml(data, "file.toml")
    (issue,) = caught.value.issues
    assert (issue.code, issue.values["fault"], issue.location.row) == ("toml_unreadable", fault, row)
    assert (issue.location.place is None) == (row is None)
    told = {language: Speaker(language).issue(issue) for language in ("nl", "en")}
    assert told["nl"] != told["en"]
    assert all("file.toml" in text for text in told.values())
    if fault != "toml_other":
        assert all(issue.values["detail"] not in text for text in told.values())
