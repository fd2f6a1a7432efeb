"""Bridges are made of the same hand-made activities as the engine's tests."""

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a new folder at each step."""
    return (tmp_path_factory.mktemp("side") for _ in itertools.count())
