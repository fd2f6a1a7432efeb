"""What the pages offer, the API offers: every page and form has its operations, or a reason why it has none."""

from __future__ import annotations

import re

from test_web_api_examples import DOCS
from test_web_matrix import MATRIX as PAGES
from web_operations import MATRIX

from trede_web.api.models import REACH
from trede_web.roles import Power

SHORTEST = 20
WEAKER = {
    ("own_factor", "GET"),
    ("base_year_change", "GET"),
    ("materiality_change", "GET"),
    ("model_new", "GET"),
    ("sample_new", "GET"),
    ("divide", "GET"),
    ("estimate_new", "GET"),
    ("thing", "GET"),
    ("figures", "GET"),
    ("override", "POST"),
}
"""Forms that only who works sees; what they are filled from anybody may read."""


def offered() -> dict[tuple[str, str], str]:
    """Return the table of the page: pages with their operations, or the reason."""
    text = DOCS.read_text("utf-8").partition("## What the pages do")[2]
    return {(name, method): says for name, method, says in re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", text, re.M)}


def test_every_page_has_its_operations_or_a_reason() -> None:
    found = offered()
    assert set(found) == {(name, method) for name, method, _ in PAGES}
    for key, says in found.items():
        named = re.findall(r"`(\w+)`", says)
        assert set(named) <= set(MATRIX), key
        assert named or len(says) >= SHORTEST, key


def test_an_operation_asks_what_the_page_asks() -> None:
    powers = {(name, method): power for name, method, power in PAGES}
    for key, says in offered().items():
        for name in re.findall(r"`(\w+)`", says):
            power, at = MATRIX[name]
            assert power == powers[key] or key in WEAKER, (key, name)
            assert key[1] == "POST" or at.startswith("GET "), (key, name)
    assert all(REACH["manage"] >= {power} for power in Power)


def test_every_operation_is_of_a_page() -> None:
    named = {name for says in offered().values() for name in re.findall(r"`(\w+)`", says)}
    beside = set(
        re.findall(r"`(\w+)`", DOCS.read_text("utf-8").partition("## What the pages do")[2].partition("| page |")[0])
    )
    assert set(MATRIX) - named == beside - named
