"""Workspaces for tests: the example organisation's, and small ones with hand-made fuel cards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

from trede.activity.batches import Batch
from trede.engine.runs import Run
from trede.inventory.completeness import source_status
from trede.inventory.publication import Published
from trede.kernel.periods import Period
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import HeldRow, Pin, SourceState
from trede.workspace import Workspace
from trede.workspace.findings import keep_both, open_findings
from trede.workspace.importing import Imported, import_file, reimport
from trede.workspace.publishing import missing_months, publish
from trede.workspace.running import run_period

Copy = Callable[[Workspace], Workspace]
"""What the fixture `copy` gives: a copy of a workspace, to change."""

EXAMPLE = Path(__file__).parents[1] / "src" / "trede" / "catalogue" / "example"
SAMPLES = Path(__file__).parent / "samples"
"""Two plain tables of yearly amounts by site, with their profiles."""
EXAMPLE_FILES = (
    "tankpas-2022.csv", "tankpas-2023.csv", "tankpas-2024-verbeterd.csv", "meterstanden-hoofdkantoor.csv",
    "verhuurder-elektriciteit.csv", "aardgas-per-maand.xlsx", "reizen.csv", "laadpas.csv",
)  # fmt: skip
"""The example's files that count in the end."""
LIST_2026 = "co2emissiefactoren-2026-08-20"
YEARS = (2022, 2023, 2024)
KEY = bytes(range(32))
WHEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BY: dict[str, Any] = {"reason": "a reason", "person": "Quality officer", "made_at": WHEN}


def clock() -> datetime:
    """Return the one moment at which every test takes place."""
    return WHEN


def create(root: Path) -> Workspace:
    """Make an empty workspace of the example organisation; all have the same secret, so the same pseudonyms."""
    with mock.patch("trede.workspace.layout.os.urandom", return_value=KEY):
        return Workspace.create(root, (EXAMPLE / "organisation.toml").read_bytes(), "organisation.toml", clock)


def read_example(name: str) -> bytes:
    """Return the bytes of an example file, or of a sample."""
    path = EXAMPLE / "files" / name
    return (path if path.exists() else SAMPLES / name).read_bytes()


def profile_path(name: str) -> Path:
    """Return the example's profile, or the sample's, that reads a file of this name."""
    profile = f"{Path(name).stem.partition('-')[0]}.toml"
    path = EXAMPLE / "profiles" / profile
    return path if path.exists() else SAMPLES / profile


def profile_bytes(name: str) -> bytes:
    """Return what stands in that profile."""
    return profile_path(name).read_bytes()


def take_in(workspace: Workspace, name: str, data: bytes | None = None, **options: Any) -> Imported:
    """Import a file (the example's, unless bytes are given) under the example's profile for its name."""
    profile = workspace.save_profile(profile_bytes(name), f"{name}.toml")
    return import_file(workspace, read_example(name) if data is None else data, name, profile, **options)


def pin(workspace: Workspace, years: tuple[int, ...] = YEARS, library: str = LIST_2026) -> Recorded:
    """Pin a list for years."""
    return workspace.decide(Pin(library=library, years=years, **BY))


def held_rows(batch: Batch) -> list[int]:
    """Return the numbers of the rows that wait for a decision."""
    return [row["row"] for row in batch.rows().to_pylist() if row["fate"] == "held"]


def decide_held(workspace: Workspace, batch: Batch, choice: Any, rows: Iterable[int] | None = None) -> Batch:
    """Decide about held rows (all unless named) and import the file again with the decisions."""
    for row in held_rows(batch) if rows is None else rows:
        workspace.decide(HeldRow(file_sha256=batch.file_sha256, row=row, choice=choice, **BY))
    return reimport(workspace, batch).batch


def run(workspace: Workspace, period: str | int, **options: Any) -> Run:
    """Calculate a period."""
    return run_period(workspace, Period.parse(str(period)), **options)


def build_example(root: Path) -> Workspace:
    """Take all files of the example in, drop the two double fills, mend 2024, pin the list and calculate each year."""
    workspace = create(root)
    for name in ("tankpas-2022.csv", "tankpas-2023.csv"):
        take_in(workspace, name)
    sent = take_in(workspace, "tankpas-2024.csv").batch
    sent = decide_held(workspace, sent, "drop")
    mended = take_in(workspace, "tankpas-2024-verbeterd.csv", replaces=sent.id).batch
    decide_held(workspace, mended, "drop")
    for name in EXAMPLE_FILES[3:]:
        take_in(workspace, name)
    pin(workspace)
    for year in YEARS:
        run(workspace, year)
    return workspace


@dataclass(frozen=True)
class Fill:
    """One line of a fuel card."""

    document: str
    day: date
    litres: str
    product: str = "Euro 95 E10"
    credit_of: str = ""
    plate: str = "QP-433-F"
    driver: str = "Bestuurder 09"


FILLS = (
    Fill("B1", date(2023, 3, 1), "40,00"),
    Fill("B2", date(2024, 1, 5), "38,70"),
    Fill("B3", date(2024, 2, 7), "55,78", "Diesel B7"),
    Fill("B4", date(2024, 2, 9), "12,50", "HVO100"),
    Fill("B5", date(2024, 3, 3), "50,05", plate="8-BQG-24", driver="Bestuurder 16"),
)

HEADINGS = (
    "Bonnummer;Datum;Tijd;Kaartnummer;Kenteken;Bestuurder;Tankstation;Product;Liters;Prijs per liter;Bedrag;"
    "Creditering van bon"
)


def dutch(text: str) -> Decimal:
    """Read a Dutch number."""
    return Decimal(text.replace(".", "").replace(",", "."))


def fuel_card(fills: Iterable[Fill] = FILLS, total: str | None = None) -> bytes:
    """Write a fuel-card export at 2 euros a litre, with a total row (a right one unless `total` says otherwise)."""
    fills = list(fills)
    lines = [HEADINGS]
    for fill in fills:
        amount = f"{dutch(fill.litres) * 2:.2f}".replace(".", ",")
        lines.append(
            f"{fill.document};{fill.day:%d-%m-%Y};09:53;9000-0009;{fill.plate};{fill.driver};Pompstation Zuiderbrug;"
            f"{fill.product};{fill.litres};2,00;{amount};{fill.credit_of}"
        )
    stated = total or f"{sum(dutch(fill.litres) for fill in fills):.2f}".replace(".", ",")
    lines.append(f"Totaal;;;;;;;;{stated};;;")
    return "\r\n".join([*lines, ""]).encode("cp1252")


GAS = b"Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\nHK;2023-07-01;2024-06-30;1550;factuur\r\n"


def build_small(root: Path) -> Workspace:
    """A workspace with a handful of fills in two years and one gas bill over both."""
    workspace = create(root)
    take_in(workspace, "tankpas.csv", fuel_card())
    take_in(workspace, "gas.csv", GAS)
    pin(workspace)
    return workspace


def account_for(workspace: Workspace, year: int) -> None:
    """Say of every source that is missing in a year that there is none."""
    period, decisions = Period.year(year), workspace.decisions.in_force()
    for found in source_status(workspace.organisation, workspace.active_batches(), period, decisions):
        if found.status == "missing":
            workspace.decide(SourceState(source=found.source, year=year, status="none", **BY))


def snapshot(root: Path) -> dict[str, str]:
    """Return the hash of every stored file by its path; two equal snapshots mean that nothing was stored."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def active_ids(workspace: Workspace) -> set[str]:
    """Return the ids of the batches that count."""
    return {batch.id for batch in workspace.active_batches()}


def publish_sample(
    workspace: Workspace, period: Period, reason: str = "annual report", *, restates: bool = False
) -> Published:  # fmt: skip
    """Publish a sample of a period: months without records do not stand in the way, and every double count is kept."""
    for finding in open_findings(workspace, period):
        keep_both(workspace, finding, "both are right", "Quality officer")
    incomplete = "a sample of the year" if missing_months(workspace, period) else ""
    return publish(workspace, period, reason, "Quality officer", restates=restates, incomplete=incomplete)
