"""The application, fresh for each test."""

from __future__ import annotations

import pytest
from web_site import Site, fresh


@pytest.fixture
def site() -> Site:
    """The application with the example organisation, its neighbour, and a person for each role."""
    return fresh()
