"""What is written as TOML is read back as it was."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.intake.checking import load_profile
from trede.kernel.toml_text import toml_text
from workspaces import EXAMPLE

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = TEXTS | st.integers(-(10**12), 10**12) | st.booleans() | st.lists(TEXTS, max_size=3)
TABLES = st.dictionaries(TEXTS, VALUES, max_size=4)


@given(st.dictionaries(TEXTS, VALUES | TABLES | st.dictionaries(TEXTS, TABLES, max_size=3), max_size=5))
def test_any_data_come_back(data: dict[str, Any]) -> None:
    assert tomllib.loads(toml_text(data)) == data


@given(st.lists(TABLES.filter(bool), min_size=1, max_size=3))
def test_tables_in_a_list_come_back(tables: list[dict[str, Any]]) -> None:
    assert tomllib.loads(toml_text({"totals": tables, "a": 1})) == {"totals": tables, "a": 1}


def test_what_is_none_is_left_out_and_decimals_stay_exact() -> None:
    assert toml_text({"a": None, "between": [Decimal("0.5"), Decimal("1E+2")]}) == 'between = ["0.5", "100"]\n'


@pytest.mark.parametrize("path", sorted((EXAMPLE / "profiles").glob("*.toml")), ids=lambda path: path.stem)
def test_a_profile_is_the_same_after_writing(path: Any) -> None:
    profile = load_profile(path.read_bytes(), path.name)
    data = profile.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    assert load_profile(toml_text(data).encode(), path.name).canonical() == profile.canonical()
