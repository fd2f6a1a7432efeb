"""One record: the cell that it stands in, the sum with its numbers, the factor and why, and what the sum rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trede.catalogue.vocabulary import Vocabulary
from trede.cli.amounts import money_working
from trede.cli.uncertainty import of_record
from trede.kernel.addresses import Address, column_number, letter
from trede.kernel.periods import Period
from trede.trace.record import Derivation, Posting, RecordTrail
from trede.workspace import Workspace
from trede_web.bridge.evidence.originals import removal_of
from trede_web.bridge.evidence.viewer import Proof, proofs_of_record
from trede_web.bridge.figures import Figure
from trede_web.bridge.intake.fields import Fields
from trede_web.bridge.results.footprint import account_name
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import named

if TYPE_CHECKING:
    from trede.activity.batches import Batch
    from trede.engine.runs import Run

AROUND = 3
"""Rows of the file that are shown above and below the record's."""


@dataclass(frozen=True)
class Sum:
    """One amount that the record posts."""

    account: str
    basis: str
    working: str
    kilograms: str
    figure: Figure
    posted: str
    biogenic: str
    gases: list[str] = field(default_factory=list)

    @property
    def sides(self) -> list[tuple[str, str]]:
        """Quantity and factor, each as number and unit, of a sum that is nothing more than these two."""
        found = [part.partition(" ") for part in self.working.split(" × ")]
        plain = len(found) == 2 and all(number[:1].isdecimal() and " " not in unit for number, _, unit in found)
        return [(number, unit) for number, _, unit in found] if plain else []


@dataclass(frozen=True)
class FactorCard:
    """The factor's papers, and why it was chosen."""

    name: str
    title: str
    place: str
    url: str
    method: str
    why: str
    others: list[str]
    uncertainty: list[str]


@dataclass(frozen=True)
class Sheet:
    """The record's row among its neighbours, as the file has them; personal cells are pseudonyms.

    `column` is the index of the cell with the quantity.
    """

    letters: list[str]
    headings: list[str]
    rows: list[tuple[int, list[str]]]
    row: int
    column: int | None


@dataclass(frozen=True)
class RecordPage:
    """Everything about a record."""

    run: str
    period: str
    record: str
    title: str
    quantity: str
    unit: str
    when: str
    quality: str
    facts: list[tuple[str, str]]
    file: str
    file_id: str
    removed: str
    batch: str
    address: str
    cell: str
    cells: list[tuple[str, str, str, str]]
    sheet: Sheet
    steps: list[str]
    sums: list[Sum]
    factors: list[FactorCard]
    nothing: str
    proofs: list[Proof]


def record_page(workspace: Workspace, run: Run, trail: RecordTrail, voice: Voice) -> RecordPage:
    """Return the page of a record."""
    record, batch = trail.record, trail.batch
    own = next((cell for cell in trail.cells if cell.field == "quantity" and cell.letter), None)
    cell = f"{own.letter}{record['row']}" if own else str(record["row"])
    sites = {site.id: site.name for site in workspace.organisation.site}
    facts = [
        (
            voice.word(f"record.{name}"),
            sites.get(str(record[name]), str(record[name])) if name == "site" else str(record[name]),
        )
        for name in ("site", "project", "department", "document", "supplier", "note")
        if record.get(name)
    ]
    column = None if own is None or own.letter is None else column_number(own.letter) - 1
    working, named_fields = working_of(workspace, run, trail, voice), Fields(workspace, voice)
    return RecordPage(
        run=run.id, period=run.period.name, record=record["record_id"],
        title=trail.known.vocabulary[record["activity_type"]].name.get(voice.language),
        quantity=voice.number(record["quantity"]), unit=record["unit"], when=_when(record, voice),
        quality=voice.say(f"quality.{record['quality']}"), facts=facts, file=batch.origin, file_id=batch.file_sha256,
        removed=removal_of(workspace, batch.file_sha256, voice),
        batch=batch.id, address=str(Address(record["row"], record["column_number"])), cell=cell,
        cells=[(c.heading or "", c.letter or "", c.text or "", named_fields.name(c.field)) for c in trail.cells],
        sheet=sheet_of(batch, record, column), steps=working.steps, sums=working.sums,
        factors=working.factors, nothing=working.nothing, proofs=proofs_of_record(workspace, batch, record),
    )  # fmt: skip


@dataclass(frozen=True)
class Working:
    """How a record comes to its amounts, without the page around it; `nothing` says why it posts nothing."""

    steps: list[str]
    sums: list[Sum]
    factors: list[FactorCard]
    nothing: str


def working_of(workspace: Workspace, run: Run, trail: RecordTrail, voice: Voice) -> Working:
    """Return the working of a record."""
    by_factor = {(p.row["factor"], p.row["decision"]): p for p in trail.postings}
    return Working(
        list(_steps(run, trail, voice)), [_sum(run, posting, voice) for posting in trail.postings],
        [_factor(workspace, run, trail.record, posting, voice) for posting in by_factor.values()],
        _nothing(run, trail, voice),
    )  # fmt: skip


def _when(record: Mapping[str, Any], voice: Voice) -> str:
    first = voice.day(record["start"])
    return first if record["end"] == record["start"] else f"{first} – {voice.day(record['end'])}"


def sheet_of(batch: Batch, record: Mapping[str, Any], column: int | None) -> Sheet:
    """Return the row of a record among its neighbours; `column` is that of the quantity."""
    row = int(record["row"])
    headings = batch.headings()
    header = 0 if batch.in_cells else int(batch.facts["dialect"]["header_row"]["value"])
    cells_of = batch.cells_between(max(header + 1, row - AROUND), row + AROUND)
    rows = [(number, cells) for number, cells in cells_of.items() if cells]
    width = max([len(headings), *(len(cells) for _, cells in rows)])
    letters = [letter(index) for index in range(width)]
    filled = [(number, cells + [""] * (width - len(cells))) for number, cells in rows]
    return Sheet(letters, headings + [""] * (width - len(headings)), filled, row, column)


def _steps(run: Run, trail: RecordTrail, voice: Voice) -> Iterator[str]:
    """Say what was done before the sum: readings, a part of a period, quantities that a method made."""
    record = trail.record
    custom = json.loads(record["custom"] or "{}")
    if record["opening_row"] is not None:
        yield voice.say(
            "record.readings", row=record["opening_row"], first=voice.number(custom["reading_from"]),
            last=voice.number(custom["reading_to"]),
        )  # fmt: skip
    if "multiplied_by" in custom:
        yield voice.say("record.multiplied", factor=voice.number(custom["multiplied_by"]))
    for derivation in trail.derivations:
        yield from _derived(derivation, trail.known.vocabulary, voice)
        yield from _parts(run, derivation.row, voice)
    if not trail.derivations:
        yield from _parts(run, record, voice)


def _derived(derivation: Derivation, known: Vocabulary, voice: Voice) -> Iterator[str]:
    row = derivation.row
    kind = known[row["activity_type"]].name.get(voice.language)
    yield f"{derivation.working(voice.number)} = {voice.number(row['quantity'])} {row['unit']} · {kind}"
    declared = known[row["recorded_type"]].inputs if row["recorded_type"] in known else {}
    for name, origin in derivation.origins.items():
        what = declared[name].name.get(voice.language) if name in declared else name
        yield voice.say("record.stood_in", input=what, origin=origin)


def _parts(run: Run, record: Mapping[str, Any], voice: Voice) -> Iterator[str]:
    days = Period(record["start"], record["end"]).days
    spread = run.cutting.spreads.get(record["activity_type"])
    for number, piece, quantity in run.cutting.parts(record, run.period):
        if number:
            yield voice.say(
                "record.part_spread" if spread else "record.part", start=voice.day(piece.start), end=voice.day(piece.end),
                days=piece.days, of=days, quantity=voice.number(record["quantity"]), part=voice.number(quantity),
                unit=record["unit"], profile=spread and spread.id, source=spread and spread.source,
            )  # fmt: skip


def _sum(run: Run, posting: Posting, voice: Voice) -> Sum:
    row = posting.row
    working = posting.working(voice.number) if posting.amount is None else money_working(voice, posting)
    code = "record.posted" if row["share"] else "record.outside"
    gases = [
        f"{voice.say(f'gas.{part.column}')}: {voice.number(kg)} kg CO2e" for part, kg in posting.by_gas
    ]  # fmt: skip
    return Sum(
        account=account_name(row["account"], voice),
        basis="" if row["basis"] == "none" else voice.say(f"basis_of.{row['basis']}"),
        working=working, kilograms=voice.number(posting.exact_kg),
        figure=Figure(row["co2e"], f"{run.id}/{row['record_id']}"), posted=voice.say(code, mg=voice.number(row["co2e"])),
        biogenic=voice.say("record.biogenic", mg=voice.number(row["biogenic_co2"])) if row["biogenic_co2"] else "",
        gases=gases,
    )  # fmt: skip


def _factor(workspace: Workspace, run: Run, record: Mapping[str, Any], posting: Posting, voice: Voice) -> FactorCard:
    row, reason = posting.row, posting.reason
    library_id, _, factor_id = (row["factor"] or "").partition("#")
    library = workspace.libraries.get(library_id)
    factor = library.factors.get(factor_id) if library else None
    decision = run.decisions.get(row["decision"])
    said = {"id": "", "person": "", "reason": ""}
    if decision:
        said = {
            "id": decision.get("recorded", decision["id"]),
            "person": decision["person"],
            "reason": decision["reason"],
        }
    lines = [
        line for text in of_record(voice, record, row, posting.plan, run.cutting.ratings) for line in text.splitlines()
    ]
    return FactorCard(
        name=named(factor.name, library.papers, voice) if factor and library else factor_id,
        title=library.papers.title if library else library_id,
        place=factor.place if factor else "", url=factor.url if factor else "", method=row["method"],
        why=voice.say(f"why.{reason['why']}", **said), others=[_candidate(entry, voice) for entry in reason["runners_up"][:4]],
        uncertainty=[" ".join(line.split()) for line in lines],
    )  # fmt: skip


def _candidate(entry: Mapping[str, Any], voice: Voice) -> str:
    total = voice.number(entry["total"]) if entry["total"] else "–"
    code = entry["why"]
    why = voice.say(code if code.startswith("binding_") else f"candidate.{code}")
    return f"{entry['factor']} ({entry['library']}): {total} kg/{entry['unit']}: {why}"


def _nothing(run: Run, trail: RecordTrail, voice: Voice) -> str:
    """Say why a record posts nothing; of one that does, nothing."""
    ident = trail.record["record_id"]
    cover = next((d for d in run.decisions.values() if ident in d.get("records", ())), None)
    if cover:
        beside = ", ".join(cover["covered_by"][:3])
        return voice.say(
            "record.covered_by", beside=beside, id=cover.get("recorded", cover["id"]), person=cover["person"],
            reason=cover["reason"],
        )  # fmt: skip
    if trail.postings:
        return ""
    if trail.replaced_by:
        return voice.say("record.replaced_by", records=", ".join(trail.replaced_by[:3]))
    return voice.say("record.nothing_posted")
