"""Commands about spend: what codes mean (`sectors`), and what did not count (`spend`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.cli.context import Context, read_file
from trede.cli.deciding import add_decision, record, why
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.kernel.disk import disk
from trede.organisation.decisions import SectorMap
from trede.workspace.spending import Pile, read_sector_map, to_fill_in, uncounted

SHOWN = 25
"""Codes that are shown; the file has all of them."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    sectors = add_decision(commands, speaker, "sectors", run_sectors)
    sectors.add_argument("file", type=Path, help=say("help.sectors.file"))
    spend = commands.add_parser("spend", help=say("help.spend"), description=say("help.spend"))
    spend.add_argument("name", help=say("help.spend.run"))
    spend.add_argument("--csv", type=Path, help=say("help.spend.csv"))
    spend.set_defaults(run=run_spend)


def run_sectors(context: Context) -> int:
    """Record what codes of spend mean, from a file."""
    path: Path = context.args.file
    entries = read_sector_map(read_file(path), path.name)
    record(context, SectorMap(name=path.name, entries=entries, **why(context)))
    aside = sum(1 for entry in entries if entry.exclude)
    number = context.speaker.number
    context.say("sectors.done", count=number(len(entries) - aside), aside=number(aside))
    return 0


def run_spend(context: Context) -> int:
    """Show the spend of a run that did not count, the largest amounts first."""
    run = context.workspace.find_run(context.args.name)
    found = uncounted(run)
    _print(context, "spend.open", found.open)
    _print(context, "spend.aside", found.aside)
    if not found.open:
        context.say("spend.nothing_open")
    elif context.args.csv:
        disk.write_bytes(context.args.csv, to_fill_in(found.open))
        context.say("spend.written", path=str(context.args.csv), count=context.speaker.number(len(found.open)))
    else:
        context.say("spend.next", run=context.args.name)
    return 0


def _print(context: Context, heading: str, piles: Sequence[Pile]) -> None:
    if not piles:
        return
    speaker = context.speaker
    euros = speaker.number(sum((pile.euros for pile in piles), Decimal(0)), 2)
    context.say(heading, records=speaker.number(sum(pile.records for pile in piles)), euros=euros)
    say = speaker.say
    head: Row = [
        say("head.spend.classification"), say("head.spend.code"), say("head.spend.records"), say("head.spend.euros"),
        say("head.spend.problem"),
    ]  # fmt: skip
    rows: list[Row] = [
        [
            pile.classification,
            pile.code,
            speaker.number(pile.records),
            _amounts(speaker, pile),
            _why(speaker, pile.problem),
        ]
        for pile in piles[:SHOWN]
    ]
    context.line(table([head, RULE, *rows], right=(2, 3)))
    if len(piles) > SHOWN:
        context.say("spend.more", count=speaker.number(len(piles) - SHOWN))
    context.line()


def _why(speaker: Speaker, problem: str) -> str:
    """Write why spend did not count in a few words; a reason without words of its own is named by its code."""
    return speaker.say(f"spend.why.{problem}") if speaker.knows(f"spend.why.{problem}") else problem


def _amounts(speaker: Speaker, pile: Pile) -> str:
    others = [f"{speaker.number(amount, 2)} {currency}" for currency, amount in sorted(pile.others.items())]
    return " + ".join([*([speaker.number(pile.euros, 2)] if pile.euros or not others else []), *others])
