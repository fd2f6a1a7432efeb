"""Running a case: records, plan, ledger and footprint by the real engine in a folder that is thrown away, then compare."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trede.activity.quality import hold_down_quality
from trede.activity.records import identify
from trede.cases.checking import days_of
from trede.cases.factors import make_shelf
from trede.cases.model import Case, CaseActivity, Expect
from trede.cases.units import unit_size
from trede.catalogue.standards import find_standard
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.cutting import Cutting
from trede.intake.fields import MAPPED
from trede.intake.figures import canonical_inputs
from trede.inventory.footprint import footprint
from trede.kernel.errors import CatalogueError
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue, Location, Severity
from trede.methods.model import shipped_methods

_ENTITY = "case"


@dataclass(frozen=True)
class Comparison:
    """One expected figure beside what came out, both in the unit of the case; `got` is exact."""

    expect: Expect
    got: Decimal

    @property
    def difference(self) -> Decimal:
        """What came out minus what was expected."""
        return self.got - self.expect.value

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance, its border included."""
        return abs(self.difference) <= self.expect.allowed


@dataclass(frozen=True)
class CaseResult:
    """A case that was run: every comparison, and what the engine had to say."""

    case: Case
    comparisons: tuple[Comparison, ...]
    issues: tuple[Issue, ...]

    @property
    def holds(self) -> bool:
        """Whether all figures hold and every record counts."""
        errors = [issue for issue in self.issues if issue.severity is Severity.ERROR]
        return not errors and all(comparison.holds for comparison in self.comparisons)


def run_case(case: Case, name: str) -> CaseResult:
    """Calculate a case and compare its figures.

    Args:
        name: what errors call the file.

    Raises:
        CatalogueError: an own factor breaks a rule, or an account needs a basis that is not given.
    """
    shelf = make_shelf(case, name)
    rows = [_row(number, activity, case) for number, activity in enumerate(case.activity, start=1)]
    records = identify(hold_down_quality(pa.Table.from_pylist(rows, schema=MAPPED)), case.id)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path = folder / "records.parquet"
        pq.write_table(records, path)
        inputs = [Input(f"case-{case.id}", path)]
        result = compute(
            inputs,
            case.settings.period,
            vocabulary(),
            shipped_methods(),
            shelf,
            folder,
            gwp=case.settings.gwp,
            cutting=Cutting(losses=case.settings.losses),
        )
        totals = pq.read_table(folder / "totals.parquet")
    comparisons = []
    for number, expect in enumerate(case.expect, start=1):
        amount = _amount(expect, totals, Location(file=name, column=f"expect[{number}].basis"))
        comparisons.append(Comparison(expect, Decimal(amount) / unit_size(expect.unit)))
    return CaseResult(case, tuple(comparisons), tuple(result.issues))


def _row(number: int, activity: CaseActivity, case: Case) -> dict[str, Any]:
    kind = vocabulary()[activity.type]
    defaults = {name: a.default for name, a in kind.attributes.items() if a.default is not None}
    unit = kind.find_unit(activity.unit, activity.attributes)
    assert unit is not None  # checked when the case was read
    start, end = days_of(activity, case)
    given = activity.model_dump(exclude={"inputs"}, include=set(MAPPED.names) & set(CaseActivity.model_fields))
    return dict.fromkeys(MAPPED.names) | given | {
        "row": number,
        "activity_type": kind.id,
        "attributes": canonical_json({**defaults, **activity.attributes}).decode(),
        "unit": unit.id,
        "inputs": canonical_inputs(activity.inputs),
        "start": start,
        "end": end,
        "entity": _ENTITY,
    }  # fmt: skip


def _amount(expect: Expect, totals: pa.Table, where: Location) -> int:
    """Return the milligrams (or joules) that came out for an expectation."""
    if expect.standard is not None:
        standard = find_standard(expect.standard)
        view = footprint(totals, standard, expect.basis or standard.bases[0])
        return view.total if expect.heading is None else view.line(expect.heading).mg
    column = {"account": "co2e", "biogenic": "biogenic_co2", "energy": "energy_j"}[expect.what]
    rows = [
        row
        for row in totals.select(["account", "basis", column]).to_pylist()
        if expect.account is None or row["account"] == expect.account
    ]
    bases = sorted({row["basis"] for row in rows} - {"none"})
    if bases and expect.basis is None:
        raise CatalogueError.of("case_basis_missing", where, standard=expect.account or expect.what, allowed=bases)
    return sum(int(row[column]) for row in rows if row["basis"] in ("none", expect.basis))
