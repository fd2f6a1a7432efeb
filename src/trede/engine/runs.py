"""Runs as stored: a folder that exists when it is whole, named after the hash of what went in and what came out.

runs/<id>/run.json           spec (pinned inputs) and result (content hashes, issues); the id is the hash of this file
          plan.parquet       every distinct key with its flows, values and reasons
          ledger.parquet     one row per activity part × flow × basis, sorted by account, site and date
          totals.parquet     sums by account, basis, entity, site, project, month, quality: pages read only these
          outside.parquet    the same sums of what is outside the boundary; a run of version 0.1.0 has none
          unmatched.parquet  records that posted nothing, with the code of the reason
          covered.parquet    ledger rows that records would have posted which others cover; in no total
          derived.parquet    what records with inputs came to, with formula and figures; a run of version 0.1.0 has none
          rates.parquet      exchange rates of the days of amounts of money; a run of version 0.1.0 has none
          index.parquet      record id → ledger row
          made.json          when, by which versions; hashes of the files (sealed)
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trede.activity.records import filled
from trede.catalogue.gwp import DEFAULT_GWP
from trede.engine.cutting import Cutting
from trede.engine.deriving import DERIVED
from trede.engine.instruments import Settle
from trede.engine.money import RATES, MoneySettings
from trede.kernel.disk import disk, file_hash, keep, stored_folders, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, pretty_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period
from trede.kernel.sealed import check_seal, read_json, seal, unseal
from trede.ledger.schema import LEDGER, TOTALS

FILES = (
    "plan.parquet", "ledger.parquet", "totals.parquet", "outside.parquet", "unmatched.parquet", "covered.parquet",
    "derived.parquet", "rates.parquet", "index.parquet",
)  # fmt: skip
_ADDED = {"outside": TOTALS, "covered": LEDGER, "derived": DERIVED, "rates": RATES}
"""Tables that runs of version 0.1.0 do not have: nothing was outside the boundary then, covered or derived."""
_FILLED = {"ledger": LEDGER, "covered": LEDGER, "totals": TOTALS, "outside": TOTALS}
LIBRARIES = ("duckdb", "pyarrow", "numpy")


@dataclass(frozen=True)
class Run:
    """One stored run; tables are read when asked for."""

    id: str
    folder: Path
    spec: dict[str, Any]
    result: dict[str, Any]
    made: dict[str, Any]

    @property
    def period(self) -> Period:
        """The period that was calculated."""
        return Period.parse(self.spec["period"])

    @property
    def gwp(self) -> str:
        """The GWP set of what is split by gas; a run of version 0.1.0 names none, and split nothing."""
        return str(self.spec.get("gwp", DEFAULT_GWP))

    @property
    def issues(self) -> list[Issue]:
        """The issues of the run."""
        return [Issue.from_json(issue) for issue in self.result["issues"]]

    @property
    def decisions(self) -> dict[str, dict[str, Any]]:
        """The decisions that the run rests on, by the id that ledger rows carry, with person and reason."""
        made = self.made.get("decisions", {})
        return {entry["id"]: {**entry, **made.get(entry["id"], {})} for entry in self.spec["decisions"]}

    def stored(self, name: str) -> pa.Table:
        """Return `plan`, `ledger`, `totals`, `outside`, `unmatched`, `covered`, `derived`, `rates` or `index` as stored."""
        if name in _ADDED and f"{name}_content" not in self.result:
            return _ADDED[name].empty_table()
        return pq.read_table(self.folder / f"{name}.parquet")

    def table(self, name: str) -> pa.Table:
        """Return a table like `stored`, ledger rows and totals with the columns that an earlier version did not have yet."""
        found = self.stored(name)
        return filled(found, _FILLED[name]) if name in _FILLED else found

    @property
    def cutting(self) -> Cutting:
        """What the organisation's description decided about the run."""
        return Cutting.from_json(self.spec.get("cutting", {}))

    @property
    def money(self) -> MoneySettings:
        """How the run brought amounts of money to their factors."""
        return MoneySettings.from_json(self.spec.get("money", {}))

    @property
    def settle(self) -> Settle:
        """What the certificates of the run were settled over; version 0.1.0 took the run's period."""
        return "calendar-year" if self.spec.get("certificates") == "calendar-year" else "period"


def covered_records(spec: Mapping[str, Any]) -> set[str]:
    """Return the ids of the records that a run's decisions let post nothing, because others cover them."""
    entries = [entry for entry in spec["decisions"] if entry["kind"] == "covered-by"]
    return {record for entry in entries for record in entry["records"]}


class RunStore:
    """The folder `runs/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, spec: dict[str, Any], facts: dict[str, Any], fill: Callable[[Path], dict[str, Any]]) -> Run:
        """Store a run; `fill` calculates into a folder and returns the result. An equal run is returned as it stands.

        Args:
            facts: what is told beside the run and lies outside its id: `made_at`, and who made its decisions.
        """
        with writing_aside(self.folder) as aside:
            data = pretty_json({"spec": spec, "result": fill(aside)})
            ident = sha256(data)[:SHORT]
            if not (self.folder / ident).exists():
                disk.write_bytes(aside / "run.json", data)
                made = {
                    **facts,
                    "versions": {name: version(name) for name in ("trede", *LIBRARIES)},
                    "python": platform.python_version(),
                    "files": {name: file_hash(aside / name) for name in FILES},
                }
                disk.write_bytes(aside / "made.json", seal(made))
                keep(aside, ident)
        return self.get(ident)

    def get(self, ident: str) -> Run:
        """Return a run by id or by a beginning of it that is unique.

        Raises:
            StoreError: `run_unknown` or `run_ambiguous`.
        """
        found = stored_folders(self.folder, ident)
        if not found or not ident:
            raise StoreError.of("run_unknown", run=ident)
        if len(found) > 1:
            raise StoreError.of("run_ambiguous", run=ident, found=[p.name for p in found])
        folder = found[0]
        content = read_json(folder / "run.json")
        return Run(folder.name, folder, content["spec"], content["result"], unseal(folder / "made.json"))

    def ids(self) -> list[str]:
        """Return the ids of all runs."""
        return [p.name for p in stored_folders(self.folder)]

    def all(self) -> Iterator[Run]:
        """Yield all runs in the order in which they were made."""
        yield from sorted((self.get(ident) for ident in self.ids()), key=lambda run: (run.made["made_at"], run.id))

    def check_files(self, ident: str) -> list[Issue]:
        """Return an issue for each file of a run that is missing or changed."""
        folder = self.folder / ident
        where = f"runs/{ident}"
        issues = check_seal(folder / "made.json", f"{where}/made.json")
        manifest = folder / "run.json"
        if not manifest.exists():
            return [*issues, Issue.error("stored_file_missing", Location(file=f"{where}/run.json"))]
        if sha256(manifest.read_bytes())[:SHORT] != ident:
            issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/run.json")))
        if issues:
            return issues
        for name, expected in unseal(folder / "made.json")["files"].items():
            path = folder / name
            if not path.exists():
                issues.append(Issue.error("stored_file_missing", Location(file=f"{where}/{name}")))
            elif file_hash(path) != expected:
                issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/{name}")))
        return issues
