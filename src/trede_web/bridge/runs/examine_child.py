"""The process that verifies one bundle: `python -I examine_child.py PACKAGES BUNDLE SECONDS MEGABYTES MOST`.

A bundle is hostile until proven otherwise. This process has no secrets and no database; it writes in the folder of `TMPDIR`
alone, which whoever started it removes. It answers JSON on standard output.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

LARGEST = 4 << 30
"""Bytes of one file that it may write."""
LONGEST, MOST = 500, 200
"""Characters of a text, and entries of a list, that it tells."""


def bound(seconds: int, megabytes: int) -> None:
    """Limit what this process may use before it looks at a single byte."""
    for what, limit in (
        (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, megabytes << 20), (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256),
    ):  # fmt: skip
        resource.setrlimit(what, (limit, limit))


def main(bundle: str, most: int) -> dict[str, object]:
    """Verify a bundle and return what was found."""
    from trede.kernel.errors import TredeError  # noqa: PLC0415 - after the limits are set
    from trede.workspace.unbundling import verify_bundle  # noqa: PLC0415

    try:
        verdict = verify_bundle(Path(bundle))
    except TredeError as error:
        return {"issues": [issue.to_json() for issue in error.issues[:most]]}
    return {
        "run": verdict.run, "period": verdict.period, "made_by": verdict.trede["run"], "files": verdict.files,
        "originals": bool(verdict.mapped), "good": verdict.good,
        "checks": [vars(each) for each in verdict.checks], "sums": [vars(each) for each in verdict.sums],
        "issues": [issue.to_json() for issue in verdict.issues[:most]],
        "published": [
            {
                "version": each.publication.version, "period": each.publication.period,
                "person": each.publication.person, "made_at": each.publication.made_at.isoformat(),
                "reason": each.publication.reason,
            }
            for each in verdict.published
        ],
    }  # fmt: skip


def cut(found: object) -> object:
    """Return what was found with no text longer than `LONGEST` and no list longer than `MOST`: a bundle says what it likes."""
    if isinstance(found, str):
        return found if len(found) <= LONGEST else f"{found[:LONGEST]}…"
    if isinstance(found, dict):
        return {name: cut(value) for name, value in found.items()}
    return [cut(each) for each in found[:MOST]] if isinstance(found, list) else found


if __name__ == "__main__":
    packages, path, work, memory, many = sys.argv[1:6]
    bound(int(work), int(memory))
    sys.path.insert(0, packages)
    json.dump(cut(main(path, int(many))), sys.stdout)
