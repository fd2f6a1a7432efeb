"""The example organisation, taken in and calculated once."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue.files import CATALOGUE
from trede.cli.main import main
from workspaces import EXAMPLE_FILES, profile_path

EXAMPLE = CATALOGUE / "example"
YEARS = ("2022", "2023", "2024")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the example with the corrected deliveries, the double fills dropped and the list of 2026 pinned."""
    folder = tmp_path_factory.mktemp("example") / "workspace"
    why = ("--by", "test", "--reason", "as the example is meant")

    def trede(*arguments: str) -> None:
        assert main(["--lang", "en", "-w", str(folder), *arguments]) == 0, arguments

    trede("init", str(folder), "--organisation", str(EXAMPLE / "organisation.toml"))
    for name in EXAMPLE_FILES:
        trede("import", str(EXAMPLE / "files" / name), "--profile", str(profile_path(name)))
    batch = next(
        path.parent.name
        for path in folder.glob("batches/*/made.json")
        if "tankpas-2024-verbeterd" in path.read_text("utf-8")
    )
    trede("decide", batch, "373", "841", "--drop", *why)
    trede("pin", "co2emissiefactoren-2026-08-20", "--years", *YEARS, *why)
    trede("run", *YEARS)
    return folder
