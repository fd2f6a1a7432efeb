"""The example organisation, taken in and calculated once."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue.files import CATALOGUE
from trede.cli.main import main

EXAMPLE = CATALOGUE / "example"
YEARS = ("2022", "2023", "2024")
FILES = {
    "tankpas-2022": "tankpas", "tankpas-2023": "tankpas", "tankpas-2024-verbeterd": "tankpas",
    "elektriciteit-per-vestiging": "elektriciteit", "gas-per-vestiging": "gas", "reizen": "reizen", "laadpas": "laadpas",
}  # fmt: skip


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the example with the corrected deliveries, the double fills dropped and the list of 2026 pinned."""
    folder = tmp_path_factory.mktemp("example") / "workspace"
    why = ("--by", "test", "--reason", "as the example is meant")

    def trede(*arguments: str) -> None:
        assert main(["--lang", "en", "-w", str(folder), *arguments]) == 0, arguments

    trede("init", str(folder), "--organisation", str(EXAMPLE / "organisation.toml"))
    for name, profile in FILES.items():
        trede("import", str(EXAMPLE / f"files/{name}.csv"), "--profile", str(EXAMPLE / f"profiles/{profile}.toml"))
    batch = next(
        path.parent.name
        for path in folder.glob("batches/*/made.json")
        if "tankpas-2024-verbeterd" in path.read_text("utf-8")
    )
    trede("decide", batch, "373", "841", "--drop", *why)
    trede("pin", "co2emissiefactoren-2026-08-20", "--years", *YEARS, *why)
    trede("run", *YEARS)
    return folder
