"""The report of the example organisation, made once in each language."""

from __future__ import annotations

import pytest
from report_samples import teller

from trede.report.document import Document
from trede.workspace import Workspace
from trede.workspace.reporting import make_report


@pytest.fixture(scope="session")
def dutch(example: Workspace) -> Document:
    """Three years, in Dutch."""
    return make_report(example, ["2024", "2022", "2023"], "nl", teller("nl"))


@pytest.fixture(scope="session")
def english(example: Workspace) -> Document:
    """One year, in English."""
    return make_report(example, ["2024"], "en", teller("en"))
