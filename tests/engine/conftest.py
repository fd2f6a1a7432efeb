"""`calculate`: rows of activities in, a finished run out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from engine_samples import Outcome, run

Calculate = Callable[..., Outcome]


@pytest.fixture
def calculate(tmp_path: Path) -> Calculate:
    """Return a function like `engine_samples.run`; each call has a folder of its own."""
    count = 0

    def call(rows: Iterable[dict[str, Any]], **given: Any) -> Outcome:
        nonlocal count
        count += 1
        return run(tmp_path / f"run{count}", rows, **given)

    return call
