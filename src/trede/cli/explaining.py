"""Commands that lead back: explain and verify."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from trede.catalogue.accounts import chart
from trede.catalogue.gwp import gwp_set
from trede.catalogue.standards import Standard
from trede.cli.amounts import money_working, print_steps
from trede.cli.attaching import print_evidence
from trede.cli.bundling import is_bundle, run_verify_bundle
from trede.cli.calculating import print_lists
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.cli.uncertainty import of_record
from trede.engine.gases import GWP_PREFIX, GasPart
from trede.engine.runs import Run
from trede.inventory.footprint import share
from trede.kernel.addresses import Address
from trede.kernel.periods import Period
from trede.ledger.consolidating import counted_row
from trede.methods.known import Known
from trede.methods.model import shipped_methods
from trede.trace.breakdown import LIST, Part, Rung
from trede.trace.record import Cell, Derivation, Posting, RecordTrail
from trede.workspace.explaining import explain
from trede.workspace.verifying import verify


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    explain = commands.add_parser("explain", help=say("help.explain"), description=say("help.explain"))
    explain.add_argument("address", help=say("help.address"))
    explain.add_argument("--all", action="store_true", help=say("help.explain.all"))
    explain.set_defaults(run=run_explain)
    check = commands.add_parser("verify", help=say("help.verify"), description=say("help.verify"))
    check.add_argument("name", nargs="?", help=say("help.verify.name"))
    check.set_defaults(run=run_verify)


def run_explain(context: Context) -> int:
    """Explain an address: RUN, RUN/STANDARD[:BASIS][/SLICE][/HEADING[/ACCOUNT[/MONTH]]] or RUN/RECORD."""
    run, found = explain(context.workspace, context.args.address, None if context.args.all else LIST)
    if isinstance(found, RecordTrail):
        print_record(context, run, found)
        return 0
    for rung in found:
        print_rung(context, run, rung)
    return 0


def print_rung(context: Context, run: Run, rung: Rung) -> None:
    """Print a figure and the parts that add up to it."""
    speaker = context.speaker
    standard = rung.standard.name.get(speaker.language)
    name = standard if rung.kind == "total" else _name(speaker, rung.standard, rung.kind, rung.name)
    context.line()
    context.line(f"{name} · {run.period.name} · {standard}, {speaker.say('basis_of.' + rung.basis)}")
    context.line(f"  {speaker.number(rung.mg)} mg = {speaker.tonnes(rung.mg, 3)} t CO2e")
    context.line()
    rows: list[Row] = []
    for part in rung.parts:
        label = _name(speaker, rung.standard, part.kind, part.name)
        rows.append(
            [
                label,
                speaker.number(part.mg),
                speaker.percent(share(part.mg, rung.mg), 1),
                _facts(speaker, part),
                part.address,
            ]
        )
    total: Row = [speaker.say("sum_total"), speaker.number(sum(p.mg for p in rung.parts)), "", "", ""]
    head: Row = [speaker.say(f"head.{n}") for n in ("part", "mg", "share", "facts", "explain")]
    context.line(table([head, RULE, *rows, RULE, total], right=(1, 2)))
    context.line()
    print_lists(context, run)
    example = next((p.address for p in rung.parts if p.address and p.mg), None)
    if example:
        context.line()
        context.say("explain.next", address=example)


def _name(speaker: Speaker, standard: Standard, kind: str, name: str) -> str:
    if kind == "heading":
        return standard.heading(name).name.get(speaker.language)
    if kind == "account":
        account = chart()[name]
        return f"{account.group_name.get(speaker.language)}: {account.stage_name.get(speaker.language)}"
    if kind == "group":
        return chart().groups[name].get(speaker.language)
    if kind == "rest":
        return speaker.say("explain.rest")
    return name


def _facts(speaker: Speaker, part: Part) -> str:
    if part.kind == "record":
        facts = part.facts
        quantity = speaker.number(facts["quantity"])
        site = f", {facts['site']}" if facts["site"] else ""
        return f"{speaker.day(facts['start'])}, {quantity} {facts['unit']}{site}, {speaker.say('at_row', row=facts['row'])}"
    return speaker.say("explain.rows", count=speaker.number(part.rows))


def _print_cells(context: Context, cells: Sequence[Cell]) -> None:
    """Print what stands in the cells of a record."""
    context.line(table([[c.heading or "", c.letter or "", c.text or "", f"→ {c.field}"] for c in cells]))


def print_record(context: Context, run: Run, trail: RecordTrail) -> None:
    """Print one record: the row of the file, the formulas with their numbers, the factor and why."""
    speaker, record = context.speaker, trail.record
    say = speaker.say
    kind = trail.known.vocabulary[record["activity_type"]].name.get(speaker.language)
    when = speaker.day(record["start"])
    if record["end"] != record["start"]:
        when += f" – {speaker.day(record['end'])}"
    context.line()
    context.line(
        f"{kind} · {speaker.number(record['quantity'])} {record['unit']} · {when} · {say('quality.' + record['quality'])}"
    )
    context.line("  " + say("record.id", id=record["record_id"]))
    _print_department(context, record.get("department"))
    context.line()
    context.line(
        say(
            "record.file",
            file=trail.batch.origin,
            row=str(Address(record["row"], record["column_number"])),
            sha=trail.batch.file_sha256[:12],
            batch=trail.batch.id,
        )
    )
    _print_cells(context, trail.cells)
    print_evidence(context, trail.batch, record)
    custom = json.loads(record["custom"] or "{}")
    if record["opening_row"] is not None:
        context.line(
            "  "
            + say(
                "record.readings",
                row=record["opening_row"],
                first=speaker.number(custom["reading_from"]),
                last=speaker.number(custom["reading_to"]),
            )
        )
    if "multiplied_by" in custom:
        context.line("  " + say("record.multiplied", factor=speaker.number(custom["multiplied_by"])))
    if trail.derivations:
        for derivation in trail.derivations:
            _print_derivation(context, run, derivation, trail.known)
    else:
        _print_parts(context, run, record)
    cover = next((d for d in run.decisions.values() if record["record_id"] in d.get("records", ())), None)
    if cover:
        _print_cover(context, cover)
    elif not trail.postings:
        _print_nothing(context, trail)
    for posting in trail.postings:
        _print_posting(context, posting)
    by_factor = {(p.row["factor"], p.row["decision"]): p for p in trail.postings}
    for posting in by_factor.values():
        _print_method(context, posting)
        if posting.row["factor"]:
            _print_factor(context, run, posting)
        for line in of_record(context.speaker, record, posting.row, posting.plan, run.cutting.ratings):
            context.line(line)


def _print_nothing(context: Context, trail: RecordTrail) -> None:
    """Say why a record posted nothing: others are a better figure of the same, or there is no factor for it."""
    context.line()
    if trail.replaced_by:
        context.say("record.replaced_by", records=", ".join(trail.replaced_by[:3]))
    else:
        context.say("record.nothing_posted")


def _print_department(context: Context, ident: str | None) -> None:
    """Name a record's department with its id; one that is not described any more by its id."""
    if ident is not None:
        name = context.workspace.organisation.called("department").get(ident, ident)
        shown = ident if name == ident else f"{name} ({ident})"
        context.line("  " + context.speaker.say("record.department", department=shown))


def _print_cover(context: Context, cover: dict[str, Any]) -> None:
    """Say which records cover this one, and who decided so."""
    first, count = cover["covered_by"][:3], len(cover["covered_by"])
    beside = ", ".join(first) + (f" … ({context.speaker.number(count)})" if count > len(first) else "")
    context.line()
    ident = cover.get("recorded", cover["id"])
    context.say("record.covered_by", beside=beside, id=ident, person=cover["person"], reason=cover["reason"])


def _print_parts(context: Context, run: Run, record: dict[str, Any]) -> None:
    """Say how much of a record that a border cuts is in the run, and by which rule."""
    speaker, days = context.speaker, Period(record["start"], record["end"]).days
    spread = run.cutting.spreads.get(record["activity_type"])
    for number, piece, quantity in run.cutting.parts(record, run.period):
        if number:
            context.line("  " + speaker.say(
                "record.part_spread" if spread else "record.part", start=speaker.day(piece.start),
                end=speaker.day(piece.end), days=piece.days, of=days, quantity=speaker.number(record["quantity"]),
                part=speaker.number(quantity), unit=record["unit"], profile=spread and spread.id,
                source=spread and spread.source,
            ))  # fmt: skip


def _print_derivation(context: Context, run: Run, derivation: Derivation, known: Known) -> None:
    """Print how a method made a quantity of the record and its inputs, and what stood in for a figure."""
    speaker, row = context.speaker, derivation.row
    ident = row["method"].partition("@")[0]
    method = known.methods.methods.get(ident)
    name, source = (method.name.get(speaker.language), method.reference) if method else (ident, "")
    kind = known.vocabulary[row["activity_type"]].name.get(speaker.language)
    context.line()
    context.line(f"  {derivation.working(speaker.number)} = {speaker.number(row['quantity'])} {row['unit']} · {kind}")
    context.line("  " + speaker.say("record.method", name=name, ref=row["method"], source=source))
    recorded = known.vocabulary.types.get(row["recorded_type"])
    declared = recorded.inputs if recorded else {}
    for field, origin in derivation.origins.items():
        if field == "quantity":  # the amount was given; a rate brought it to the currency of the figures
            context.line("    " + speaker.say("record.exchanged", rate=origin))
            continue
        what = declared[field].name.get(speaker.language) if field in declared else field
        context.line("    " + speaker.say("record.stood_in", input=what, origin=origin))
    _print_parts(context, run, row)


def _print_posting(context: Context, posting: Posting) -> None:
    speaker, row = context.speaker, posting.row
    say = speaker.say
    account = chart()[row["account"]]
    basis = "" if row["basis"] == "none" else f" · {say('basis_of.' + row['basis'])}"
    context.line()
    context.line(f"{account.group_name.get(speaker.language)}: {account.stage_name.get(speaker.language)}{basis}")
    working = posting.working(speaker.number)
    if posting.amount is not None:
        working = money_working(speaker, posting)
    context.line(f"  {working} = {speaker.number(posting.exact_kg)} kg CO2e")
    if posting.amount is not None:
        print_steps(context, posting)
    for part, kg in posting.by_gas:
        context.line(f"    {_gas(speaker, part)}: {speaker.number(kg)} kg CO2e")
    if 0 < row["share"] < 1:
        share, counted = speaker.percent(row["share"], 4), speaker.number(counted_row(row))
        context.line("  " + say("record.in_part", mg=speaker.number(row["co2e"]), share=share, counted=counted))
    else:
        context.line("  " + say("record.posted" if row["share"] else "record.outside", mg=speaker.number(row["co2e"])))
    if row["co2e"] != posting.exact_mg:
        context.line("  " + say("record.one_mg", exact=speaker.number(posting.exact_mg)))
    if row["biogenic_co2"]:
        context.line("  " + say("record.biogenic", mg=speaker.number(row["biogenic_co2"])))


def _gas(speaker: Speaker, part: GasPart) -> str:
    """Name a gas of a split amount, with the potential that made CO2e of it."""
    if part.potential is None:
        return speaker.say(f"gas.{part.column}")
    name = speaker.say(f"gas.{part.column}") if part.species in (part.column, None) else str(part.species).upper()
    return speaker.say("record.gas", gas=name, potential=speaker.number(part.potential))


def _print_method(context: Context, posting: Posting) -> None:
    speaker, ref = context.speaker, posting.row["method"]
    context.line()
    method = shipped_methods().methods.get(ref.partition("@")[0])
    name, source = (method.name.get(speaker.language), method.reference) if method else (ref, "")
    context.line(speaker.say("record.method", name=name, ref=ref, source=source))


def _print_factor(context: Context, run: Run, posting: Posting) -> None:
    speaker, row = context.speaker, posting.row
    say = speaker.say
    library_id, _, factor_id = row["factor"].partition("#")
    if library_id.startswith(GWP_PREFIX):
        found = gwp_set(library_id.removeprefix(GWP_PREFIX))
        context.line("  " + say("record.species", title=found.title, species=factor_id))
        context.line(f"    {found.url}")
    library = context.workspace.libraries.get(library_id)
    if library is not None and factor_id in library.factors:
        factor = library.factors[factor_id]
        context.line("  " + say("record.factor", name=factor.name, title=library.papers.title, place=factor.place))
        context.line(f"    {factor.url}")
        if factor.radiative_forcing is not None:
            forcing, rule = factor.radiative_forcing, factor.distance_rule or "unknown"
            context.line("    " + say("record.flight", forcing=say(f"flight.{forcing}"), rule=say(f"flight.{rule}")))
    reason = posting.reason
    if lost := reason.get("losses"):
        of = say("losses_of.generated" if lost["of"] == "generated" else "losses_of.delivered")
        context.line("  " + say(
            "record.losses", value=speaker.number(Decimal(lost["value"])), ratio=speaker.number(Decimal(lost["of_delivered"])),
            share=speaker.percent(Decimal(lost["share"]), 4), of=of, source=lost["source"],
        ))  # fmt: skip
        context.line(
            "    " + say("record.losses_lifecycle" if lost["formula"] == "life-cycle" else "record.losses_generation")
        )
    claim = reason["attributes"].get("claim")
    if claim and row["basis"] == "market":
        context.line("  " + say("record.covered", claim=claim, technology=reason["attributes"]["instrument"]))
    decision = run.decisions.get(row["decision"])
    if decision:
        ident = decision.get("recorded", decision["id"])
        context.line("  " + say(f"why.{reason['why']}", id=ident, person=decision["person"], reason=decision["reason"]))
    else:
        context.line("  " + say(f"why.{reason['why']}", id="", person="", reason=""))
    for candidate in reason["runners_up"][:4]:
        total = speaker.number(candidate["total"]) if candidate["total"] else "–"
        code = candidate["why"]
        why = say(code if code.startswith("binding_") else f"candidate.{code}")
        context.line(
            f"    {say('record.not')} {candidate['factor']} ({candidate['library']}): {total} kg/{candidate['unit']}: {why}"
        )


def run_verify(context: Context) -> int:
    """Verify everything stored, and that every content hash comes out again; or a bundle by itself."""
    if context.args.name and is_bundle(context.args.name):
        return run_verify_bundle(context)
    run = context.workspace.find_run(context.args.name) if context.args.name else None
    verdict = verify(context.workspace, run)
    for issue in verdict.issues:
        context.line(context.speaker.issue(issue))
    context.say(
        "verify.yes" if verdict.good else "verify.no",
        files=context.speaker.number(verdict.files), batches=verdict.batches, runs=len(verdict.runs), names=verdict.runs,
    )  # fmt: skip
    return 0 if verdict.good else 1
