"""Fixtures that several folders share: workspaces that are built once and copied where a test writes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from trede.workspace import Workspace
from workspaces import Copy, build_example, build_small, clock

settings.register_profile("trede", deadline=None)
settings.load_profile("trede")
"""A slow machine is no failure."""


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The example organisation, imported, decided and calculated. Read only; use `copy` to change one."""
    return build_example(tmp_path_factory.mktemp("example") / "workspace")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A few fills and one gas bill, nothing calculated yet. Read only; use `copy` to change one."""
    return build_small(tmp_path_factory.mktemp("small") / "workspace")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Return a function that copies a workspace, to change the copy."""

    def make(workspace: Workspace) -> Workspace:
        target = tmp_path / f"copy-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(workspace.layout.root, target)
        return Workspace(target, clock)

    return make
