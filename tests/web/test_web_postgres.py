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
    "jobs": ["test_web_jobs.py", "-k", "not process_that_dies or (calculate and appear)"],
    "trouble": ["test_web_trouble.py", "-k", "lost or waits_for or outcome"],
    "backup": ["test_web_backup.py", "-k", "published or work or sqlite"],
    "doors": [
        "test_web_matrix.py", "test_web_queries.py", "test_web_state.py", "test_web_database.py",
        "-k", "not test_matrix or POST or people or changes",
    ],
    "once": ["test_web_once.py"],
    "people": ["test_web_pages.py", "-k", "invit or access or owner or sign or new_organisation or description or publication"],
}  # fmt: skip
"""Where the database decides. What only reads folders is the same on each: of the matrix, what writes and lists people."""


@pytest.mark.group("postgres")
@pytest.mark.skipif(not SERVER, reason=f"{web_postgres.SERVER} names no server; see tools/with_postgres.sh")
@pytest.mark.parametrize("part", PARTS)
def test_on_postgres(part: str) -> None:
    [file, *rest] = [str(HERE / each) if each.endswith(".py") else each for each in PARTS[part]]
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", file, *rest]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TREDE_WEB_"))}
    environment[web_postgres.USED] = str(SERVER)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
