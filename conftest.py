"""Groups of tests: one that the machine cannot run is named at the end, and is a failure where all are asked for."""

from __future__ import annotations

import os
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "group(name): needs something of the machine, such as a browser or a database server"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: the tests in a browser wait a good part of their time."""
    return (os.cpu_count() or 1) + 1


def _left_out(reporter: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for report in reporter.stats.get("skipped", []):
        for name in (value for key, value in report.user_properties if key == "group"):
            counts[name] = counts.get(name, 0) + 1
    return counts


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.user_properties += [("group", mark.args[0]) for mark in item.iter_markers("group")]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for name, count in _left_out(terminalreporter).items():
        terminalreporter.write_line(f"left out: group {name} ({count} tests), which this machine cannot run")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        reporter is not None
        and os.environ.get("TREDE_ALL_GROUPS") == "1"
        and _left_out(reporter)
        and not session.exitstatus
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
