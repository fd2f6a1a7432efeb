"""The example organisation as a newcomer finds it: its files are in, its years calculated, and something is left to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from trede.catalogue.files import CATALOGUE
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.running import run_period

EXAMPLE = CATALOGUE / "example"
EXAMPLE_NAME = "Voorbeeld Schoonmaak B.V."
YEARS = (2022, 2023, 2024)
LIST = "co2emissiefactoren-2026-08-20"
FILES = {
    "tankpas-2022.csv": "tankpas",
    "tankpas-2023.csv": "tankpas",
    "tankpas-2024.csv": "tankpas",
    "reizen.csv": "reizen",
    "laadpas.csv": "laadpas",
    "meterstanden-hoofdkantoor.csv": "meterstanden",
    "verhuurder-elektriciteit.csv": "verhuurder",
    "aardgas-per-maand.xlsx": "aardgas",
}
"""Each file with the profile that reads it. The faults of 2024 are left for the visitor to mend."""


def example_description() -> bytes:
    """Return the description of the example organisation."""
    return (EXAMPLE / "organisation.toml").read_bytes()


def renew_example(folder: Path, person: str) -> None:
    """Put the example back as a newcomer finds it, whatever is there: made beside it, then exchanged for it whole.

    A process that stops leaves the old example, the new one, or none; called again, it gives the new one.
    """
    new, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    make_example(new, person)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def make_example(folder: Path, person: str) -> None:
    """Make the workspace of the example."""
    workspace = Workspace.create(folder, example_description(), "organisation.toml")
    for name, ident in FILES.items():
        profile = workspace.save_profile((EXAMPLE / "profiles" / f"{ident}.toml").read_bytes(), f"{ident}.toml")
        import_file(workspace, (EXAMPLE / "files" / name).read_bytes(), name, profile)
    reason = "Voorbeeld: de lijsten van 2022 tot en met 2024 zijn niet geladen"
    workspace.decide(Pin(library=LIST, years=YEARS, reason=reason, person=person, made_at=workspace.clock()))
    for year in YEARS:
        run_period(workspace, Period.year(year))
