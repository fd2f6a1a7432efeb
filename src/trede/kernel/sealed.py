"""JSON files that show when they were touched: each carries the hash of the rest of itself as `seal`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trede.kernel.errors import StoreError
from trede.kernel.identity import canonical_json, pretty_json, sha256
from trede.kernel.issues import Issue, Location


def seal(data: dict[str, Any]) -> bytes:
    """Serialise with a seal over everything else."""
    return pretty_json({**data, "seal": sha256(canonical_json(data))})


def read_json(path: Path) -> dict[str, Any]:
    """Read a stored JSON object.

    Raises:
        StoreError: `stored_file_changed` when it is none, `stored_file_missing` when it is not there.
    """
    where = Location(file="/".join(path.parts[-2:]))
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise StoreError.of("stored_file_missing", where) from error
    except ValueError as error:
        raise StoreError.of("stored_file_changed", where) from error
    if not isinstance(data, dict):
        raise StoreError.of("stored_file_changed", where)
    return data


def unseal(path: Path) -> dict[str, Any]:
    """Read a sealed file without its seal; `check_seal` says whether it was touched."""
    data = read_json(path)
    data.pop("seal", None)
    return data


def check_seal(path: Path, name: str) -> list[Issue]:
    """Return an issue when the file is not, byte for byte, what was sealed."""
    try:
        whole = path.read_bytes() == seal(unseal(path))
    except FileNotFoundError:
        return [Issue.error("stored_file_missing", Location(file=name))]
    except (StoreError, ValueError):
        whole = False
    return [] if whole else [Issue.error("stored_file_changed", Location(file=name))]
