"""The end that every measurement shares: `generate PATH ROWS`, `ours PATH ...` or `bound PATH ...`, figures as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def measure(
    generate: Callable[[Path, int], None],
    ours: Callable[..., Mapping[str, Any]],
    bound: Callable[..., Mapping[str, Any]],
) -> None:
    """Do what the command line asks and print seconds (and bytes) by name."""
    what, *paths = sys.argv[1:]
    found: Mapping[str, Any] = {}
    if what == "generate":
        generate(Path(paths[0]), int(paths[1]))
    else:
        found = (ours if what == "ours" else bound)(*(Path(path) for path in paths))
    print(json.dumps(found))
