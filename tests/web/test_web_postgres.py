"""On PostgreSQL: the tests that rest on the database run again there; the change log, odd text and both owners besides."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import web_postgres

HERE = Path(__file__).parent
SERVER = os.environ.get(web_postgres.SERVER)
PARTS = {
    "work": {
        "jobs": "not process_that_dies or (calculate and appear)",
        "trouble": "lost or waits_for or outcome",
        "backup": "published or work or sqlite",
        "once": "",
    },
    "doors": {
        "matrix": "not test_matrix or POST or people or changes",
        "queries": "",
        "state": "",
        "database": "",
        "pages": "invit or access or owner or sign or new_organisation or description or publication",
    },
}
"""Which tests of which files run together: each part makes the example once. Where the database decides: what only reads folders
is the same on each; of the matrix, what writes and lists people."""


@pytest.mark.group("postgres")
@pytest.mark.skipif(not SERVER, reason=f"{web_postgres.SERVER} names no server; see tools/with_postgres.sh")
@pytest.mark.parametrize("part", PARTS)
def test_on_postgres(part: str) -> None:
    files = [str(HERE / f"test_web_{name}.py") for name in PARTS[part]]
    chosen = " or ".join(f"(test_web_{name}.py and ({which or 'test'}))" for name, which in PARTS[part].items())
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", *files, "-k", chosen]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TREDE_WEB_"))}
    environment[web_postgres.USED] = str(SERVER)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
