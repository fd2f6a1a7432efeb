"""The rules that a factor must keep before it may be used (accounting rules, sections 1, 2, 4 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from trede.catalogue.currencies import MONEY
from trede.catalogue.factor import Factor, factor_id
from trede.catalogue.units import unit_registry
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.issues import Issue, Location, Param

ROUNDING = Decimal("0.003")
"""How far a total may lie from direct + upstream: the largest difference in the Dutch list of 2026."""

MEMO: dict[str, frozenset[str]] = {
    "fuel": frozenset({"energy"}),
    "energy": frozenset({"infrastructure"}),
    "gas": frozenset({"ar4"}),
    "transport": frozenset({"energy"}),
    "air": frozenset({"energy"}),
    "waste": frozenset({"transport", "processing", "avoided"}),
    "wastewater": frozenset({"co2", "ch4", "n2o"}),
    **dict.fromkeys(("water", "material", "stay", "work"), frozenset()),
    "spend": frozenset({"share_basic", "share_margins", "share_taxes"}),
}
"""Memo values by nature. Parts of waste are no stages, of waste water gases; `energy` of a withdrawn one;
what a price consists of."""

NATURE_OF_KIND = {**dict.fromkeys(("electricity", "heat", "cold"), "energy"), MONEY: "spend"}
"""Kinds of quantity that belong to one nature, which has no others."""

PAPERS = {
    "energy": ("losses", "basis"),
    "air": ("radiative_forcing", "distance_rule"),
    "spend": ("sector", "price_basis", "margins"),
}
"""Papers that only these factors have, and must have; `unknown` is an answer, nothing is not."""

Finding = tuple[str, str, dict[str, Param]]
"""Issue code, column, parameters."""

TOTAL_ONLY = frozenset({"gas", "waste", "wastewater", "water", "material", "stay", "work", "spend"})

GIVEN = frozenset({(True, True, True), (True, False, False), (False, True, False), (False, False, True)})
"""Which of total, direct and upstream a factor may have: all, or one."""


def check_factor(factor: Factor, location: Location) -> list[Issue]:
    """Return an error for each rule that the factor breaks; `location` says where it was read."""
    return [
        Issue.error(code, Location(location.file, location.row, column), factor=factor.id, **params)
        for code, column, params in _broken(factor)
    ]


def _broken(factor: Factor) -> Iterator[Finding]:
    year = factor.second_hand.list_year if factor.second_hand else None
    if factor.id != (expected := factor_id(factor.key, year)):
        yield "factor_id_differs", "id", {"expected": expected}
    registry = unit_registry()
    if factor.kind not in registry.kinds or registry.find(factor.kind, factor.unit) is None:
        yield "factor_unit_unknown", "unit", {"kind": factor.kind, "unit": factor.unit}
    if factor.gas not in GAS_COLUMNS or (factor.gas == "unsplit") == (factor.nature == "gas"):
        yield "factor_gas_unknown", "gas", {"gas": factor.gas}
    if not factor.url and factor.second_hand is None:
        yield "factor_paper_missing", "url", {"paper": "url"}
    yield from _papers(factor)
    yield from _values(factor)
    yield from _sums(factor)


def _papers(factor: Factor) -> Iterator[Finding]:
    own = factor.nature if factor.nature in NATURE_OF_KIND.values() else None
    if NATURE_OF_KIND.get(factor.kind) != own:
        yield "factor_nature_differs", "nature", {"nature": factor.nature, "kind": factor.kind}
    for nature, names in PAPERS.items():
        for name in names:
            if (factor.nature == nature) and getattr(factor, name) is None:
                yield "factor_paper_missing", name, {"paper": name}
            if (factor.nature != nature) and getattr(factor, name) is not None:
                yield "factor_paper_misplaced", name, {"paper": name, "nature": factor.nature}


def _values(factor: Factor) -> Iterator[Finding]:
    total, direct, upstream = factor.total, factor.direct, factor.upstream
    values = (total, direct, upstream, factor.biogenic, factor.energy_mj)
    if factor.status == "withdrawn" and any(value is not None for value in values):
        yield "factor_withdrawn_with_values", "status", {}
    elif factor.status == "variable" and (total is not None or direct is not None):
        yield "factor_variable_with_values", "status", {}
    elif factor.status == "active":
        given = tuple(value is not None for value in (total, direct, upstream))
        if given not in GIVEN:
            yield "factor_stages_incomplete", "total", {}
    if factor.nature in TOTAL_ONLY and (direct is not None or upstream is not None):
        yield "factor_total_only", "direct", {"nature": factor.nature}
    if factor.biogenic is not None and (factor.nature != "fuel" or factor.biogenic < 0):
        params: dict[str, Param] = {"nature": factor.nature, "value": str(factor.biogenic)}
        yield "factor_biogenic_misplaced", "biogenic", params
    if factor.energy_mj is not None and factor.energy_mj <= 0:
        yield "factor_energy_invalid", "energy_mj", {"value": str(factor.energy_mj)}
    for name in sorted(set(factor.memo) - MEMO[factor.nature]):
        yield "factor_memo_unknown", "memo", {"name": name, "nature": factor.nature}


def _sums(factor: Factor) -> Iterator[Finding]:
    if factor.total is None:
        return
    if factor.direct is not None and factor.upstream is not None:
        parts = factor.direct + factor.upstream
    elif factor.nature == "wastewater" and factor.memo:
        parts = sum(factor.memo.values(), Decimal(0))
    else:
        return
    if abs(factor.total - parts) > ROUNDING:
        yield (
            "factor_does_not_add",
            "total",
            {"total": str(factor.total), "parts": str(parts), "tolerance": str(ROUNDING)},
        )
