"""JSON files that show when they were touched: each carries the hash of the rest of itself as `seal`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trede.kernel.identity import canonical_json, pretty_json, sha256
from trede.kernel.issues import Issue, Location


def seal(data: dict[str, Any]) -> bytes:
    """Serialise with a seal over everything else."""
    return pretty_json({**data, "seal": sha256(canonical_json(data))})


def unseal(path: Path) -> dict[str, Any]:
    """Read a sealed file without its seal; `check_seal` says whether it was touched."""
    data: dict[str, Any] = json.loads(path.read_bytes())
    data.pop("seal", None)
    return data


def check_seal(path: Path, name: str) -> list[Issue]:
    """Return an issue when the file is not, byte for byte, what was sealed."""
    try:
        raw = path.read_bytes()
        whole = isinstance(json.loads(raw), dict) and raw == seal(unseal(path))
    except FileNotFoundError:
        return [Issue.error("stored_file_missing", Location(file=name))]
    except ValueError:
        whole = False
    return [] if whole else [Issue.error("stored_file_changed", Location(file=name))]
