"""Quantities and energy by source, energy by carrier, and biogenic CO2, which stands outside the scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trede.catalogue.accounts import chart
from trede.catalogue.standards import find_standard
from trede.catalogue.vocabulary import CARRIERS, vocabulary
from trede.report.document import Cell, Column, Figure, Row, Section, Table, number
from trede.report.frame import Frame, masses
from trede.report.matter import Covered

J_PER_GJ, J_PER_KWH, J_PER_MWH = 10**9, 3_600_000, 3_600_000_000
MEASURED_STAGES = ("direct", "lifecycle")
"""Stages whose rows hold a record's quantity once."""


OTHERS = ("scope-3.2", *(f"scope-3.{number}" for number in range(8, 16)))
"""Headings of the GHG Protocol whose energy somebody else uses: lessees, buyers, franchisees, borrowers."""
OTHERS_GROUPS = "purchased-goods."
"""Account groups of category 1 whose energy is a supplier's; hired people who work for the organisation are not."""


def energy(frame: Frame) -> Section:
    """Quantity of each source in the latest run, with its final energy in every run."""
    words, matter = frame.words, frame.matter
    joules = [_joules(frame, covered) for covered in matter.runs]
    quantities = _quantities(frame, matter.latest)
    columns = (
        Column(words.word("head.group"), width=1),
        Column(words.word("head.quantity"), frame.run_name(matter.latest), figure=True),
        Column(words.word("head.unit")),
        *(Column(frame.run_name(c), "GJ", figure=True, lined=c is matter.first) for c in matter.runs),
        Column(frame.run_name(matter.latest), "kWh", figure=True),
    )
    rows = []
    for group in chart().groups:
        if group not in quantities and not any(group in found for found in joules):
            continue
        per_unit = quantities.get(group, {})
        amounts = [found.get(group, 0) for found in joules]
        if len(per_unit) == 1:
            ((unit, quantity),) = per_unit.items()
            rows.append(_row(frame.group(group), number(quantity, 2), unit, amounts))
            continue
        rows.append(_row(frame.group(group), None, "", amounts))
        nothing: tuple[Cell, ...] = (None,) * (len(amounts) + 1)
        rows += [Row(("", number(quantity, 2), unit, *nothing), 1) for unit, quantity in sorted(per_unit.items())]
    totals = [sum(found.values()) for found in joules]
    rows.append(_row(words.word("row.total"), None, "", totals, total=True))
    notes = (words.statement("note.energy"),)
    table = Table(words.word("title.energy"), columns, tuple(rows), notes)
    return frame.section("energy", (table, _by_carrier(frame), _biogenic(frame)))


def _row(label: str, quantity: Figure | None, unit: str, joules: list[int], *, total: bool = False) -> Row:
    heat = [number(Decimal(j) / J_PER_GJ, 2) for j in joules]
    power = number(Decimal(joules[-1]) / J_PER_KWH, 0)
    return Row((label, quantity, unit, *heat, power), 0, "total" if total else "body")


def _is_own(account: str) -> bool:
    """Whether the energy of an account is used by the organisation, its people or its transport."""
    heading = find_standard("ghg").heading_of.get(account)
    return heading not in OTHERS and not account.startswith(OTHERS_GROUPS)


def _joules(frame: Frame, covered: Covered) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for row in covered.totals:
        if frame.counts(row) and row["energy_j"] and _is_own(row["account"]):
            sums[chart()[row["account"]].group] += int(row["energy_j"])
    return sums


def _quantities(frame: Frame, covered: Covered) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in covered.totals:
        group = chart()[row["account"]].group
        if frame.counts(row) and row["stage"] in MEASURED_STAGES and group not in vocabulary().released:
            sums[group][row["unit"]] += row["quantity"]
    return sums


def _by_carrier(frame: Frame) -> Table:
    """Final energy of the latest run by carrier: renewable, not renewable, and what nobody told."""
    words = frame.words
    sums: dict[str | None, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in frame.matter.latest.totals:
        if frame.counts(row) and row["energy_j"] and _is_own(row["account"]):
            share: Decimal | None = row["renewable_share"]
            parts = (0, 0, 1) if share is None else (share, 1 - share, 0)
            found = sums[row["carrier"]]
            sums[row["carrier"]] = [sum_ + row["energy_j"] * part for sum_, part in zip(found, parts, strict=True)]
    names = {carrier: words.word(f"carrier.{carrier}") for carrier in CARRIERS} | {None: words.word("row.no_carrier")}
    rows = [_energies(name, sums[carrier]) for carrier, name in names.items() if carrier in sums]
    totals = [sum((found[at] for found in sums.values()), Decimal(0)) for at in range(3)]
    rows.append(replace(_energies(words.word("row.total"), totals), role="total"))
    columns = (
        Column(words.word("head.carrier"), width=1),
        *(
            Column(words.word(f"head.{name}"), "MWh", figure=True)
            for name in ("renewable", "not_renewable", "not_told")
        ),
        Column(words.word("row.total"), "MWh", figure=True),
    )
    notes = (words.statement("note.carrier"), frame.view_note)
    return frame.noted(Table(words.word("title.carrier"), columns, tuple(rows), notes))


def _energies(label: str, joules: Sequence[Decimal]) -> Row:
    return Row((label, *(number(j / J_PER_MWH, 1) for j in (*joules, sum(joules, Decimal(0))))))


def _biogenic(frame: Frame) -> Table:
    words, matter = frame.words, frame.matter
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(matter.runs))
    for at, covered in enumerate(matter.runs):
        for row in covered.totals:
            if frame.counts(row) and row["biogenic_co2"]:
                sums[chart()[row["account"]].group][at] += int(row["biogenic_co2"])
    rows = [
        Row((frame.group(group), *masses(sums[group], frame.at_each(beside=f"biogenic:{group}"))))
        for group in chart().groups
        if group in sums
    ]
    totals = [covered.view(frame.standard, frame.basis).biogenic for covered in matter.runs]
    rows.append(Row((words.word("row.total"), *masses(totals, frame.at_each(beside="biogenic"))), 0, "total"))
    columns = (
        Column(words.word("head.group"), width=1),
        *frame.mass_columns((frame.run_name(c) for c in matter.runs), units=("unit.tonnes_co2", "unit.milligrams_co2")),
    )
    table = Table(words.word("title.biogenic"), columns, tuple(rows), (words.statement("note.biogenic"),))
    return frame.noted(table)
