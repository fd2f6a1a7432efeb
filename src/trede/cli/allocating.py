"""Commands about allocation: declaring one (`allocate`), and what those in force make of a run (`allocated`)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.catalogue.standards import Standard, find_standard, standards
from trede.cli.calculating import basis_title
from trede.cli.context import Context, read_file
from trede.cli.deciding import add_decision, record, why
from trede.cli.intake import print_issues
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.inventory.allocating import Allocated, Amounts, by_heading
from trede.kernel.disk import disk
from trede.kernel.exporting import csv_bytes
from trede.organisation.allocation import Allocation
from trede.organisation.decisions import Allocate
from trede.workspace.allocating import allocated, read_allocation

COLUMNS = ("allocation", "standard", "basis", "heading", "account", "part", "receiver", "key", "key_total", "mg")
"""Columns of the CSV file. `part` is receiver, not-allocated, crossing or beside; in milligrams they add up to the total."""
HEADS = ("receiver", "key", "share", "tonnes")


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    declare = add_decision(commands, speaker, "allocate", run_allocate)
    declare.add_argument("file", type=Path, help=say("help.allocate.file"))
    show = commands.add_parser("allocated", help=say("help.allocated"), description=say("help.allocated"))
    show.add_argument("name", help=say("help.run_name"))
    show.add_argument("--standard", nargs="*", default=[], help=say("help.standard"))
    show.add_argument("--csv", type=Path, help=say("help.allocated.csv"))
    show.set_defaults(run=run_allocated)


def run_allocate(context: Context) -> int:
    """Declare an allocation."""
    path: Path = context.args.file
    found = read_allocation(context.workspace, read_file(path), path.name)
    record(context, Allocate(name=path.name, allocation=found.allocation, **why(context)))
    print_issues(context, found.issues)
    context.say("allocate.done", id=found.allocation.id, count=context.speaker.number(len(found.allocation.receivers)))
    return 0


def run_allocated(context: Context) -> int:
    """Show a run under each allocation."""
    run = context.workspace.find_run(context.args.name)
    wanted = [find_standard(name) for name in context.args.standard] or list(standards().values())
    found, issues = allocated(context.workspace, run)
    if not found:
        context.say("allocate.none", period=run.period.name)
    for each in found:
        _print_allocation(context, each, wanted)
    print_issues(context, issues)
    if context.args.csv:
        disk.write_bytes(context.args.csv, csv_bytes([COLUMNS, *_lines(found, wanted)]))
        context.say("allocate.written", path=str(context.args.csv))
    return 0


def _print_allocation(context: Context, found: Allocated, wanted: list[Standard]) -> None:
    speaker, said = context.speaker, found.allocation
    days = {"start": speaker.day(said.start), "end": speaker.day(said.end)}
    nature = speaker.say(f"allocate.{said.nature}")
    context.line()
    context.say("allocate.head", title=said.title, id=said.id, **days)
    context.line("  " + speaker.say("allocate.key", key=said.key, nature=nature, basis=said.basis))
    for standard in wanted:
        for basis in standard.bases:
            context.line()
            context.line(f"  {basis_title(speaker, standard, basis)}")
            context.line(table(list(_rows(context, found, standard, basis)), right=(1, 2, 3), indent="    "))


def _rows(context: Context, found: Allocated, standard: Standard, basis: str) -> Iterator[Row]:
    """Yield receivers with key, share and tonnes, what is not allocated, and how it adds up to the standard's total."""
    speaker, said = context.speaker, found.allocation
    names = _names(context, said)
    total, left = said.total, said.total - sum(said.receivers.values(), Decimal(0))

    def tonnes(*amounts: Amounts) -> str:
        return speaker.tonnes(sum(sum(by_heading(each, standard, basis).values()) for each in amounts))

    yield [speaker.say(f"head.allocate.{name}") for name in HEADS]
    yield RULE
    for receiver in sorted(said.receivers, key=lambda name: (-said.receivers[name], name)):
        key = said.receivers[receiver]
        yield [
            names.get(receiver, receiver), speaker.number(key.normalize()), speaker.percent(key / total, 1),
            tonnes(found.divided[receiver]),
        ]  # fmt: skip
    if left:
        share = speaker.percent(left / total, 1)
        rest = tonnes(found.divided[None])
        yield [speaker.say("allocate.left"), speaker.number(left.normalize()), share, rest]
    if any(found.crossing.values()):
        yield [speaker.say("allocate.crossing"), "", "", tonnes(found.crossing)]
    yield RULE
    every = [*found.divided.values(), found.crossing]
    yield [speaker.say("allocate.of"), speaker.number(total.normalize()), "", tonnes(*every)]
    yield [speaker.say("allocate.beside"), "", "", tonnes(found.beside)]
    yield [speaker.say("sum_total"), "", "", tonnes(*every, found.beside)]


def _names(context: Context, said: Allocation) -> dict[str, str]:
    """Return the names of receivers that the organisation describes, by id."""
    organisation = context.workspace.organisation
    match said.receiver:
        case "project" | "department" | "entity" | "site":
            return dict(organisation.called(said.receiver))
        case _:
            return {}


def _lines(found: list[Allocated], wanted: list[Standard]) -> Iterator[list[str]]:
    for each in found:
        said = each.allocation
        pieces: list[tuple[str, str, str, Amounts]] = [
            ("not-allocated", "", "", amounts)
            if name is None
            else ("receiver", name, f"{said.receivers[name]:f}", amounts)
            for name, amounts in each.divided.items()
        ]
        pieces += [("crossing", "", "", each.crossing), ("beside", "", "", each.beside)]
        for standard in wanted:
            for basis in standard.bases:
                for part, receiver, key, amounts in pieces:
                    for (account, on), mg in sorted(amounts.items()):
                        heading = standard.heading_of.get(account)
                        if heading is not None and on in ("none", basis) and mg:
                            about = [said.id, standard.id, basis, heading, account, part, receiver, key]
                            yield [*about, f"{said.total:f}", str(mg)]
