"""The command that compares: the exact bridge between two footprints."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trede.analysis.bridge import CAUSES, Bridge, Cause, Steps, add_up
from trede.analysis.measuring import Place
from trede.analysis.uncertainty import Interval, difference, under
from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, find_standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.cli.calculating import print_lists, print_unmatched
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.registering import name_base_year
from trede.cli.tables import RULE, Row, table
from trede.cli.uncertainty import tonnes as half_tonnes
from trede.cli.uncertainty import whole_percent
from trede.inventory.footprint import share
from trede.kernel.amounts import shown
from trede.workspace.comparing import compare

GROUPS = ("heading", "account", "site", "entity", "type")
LARGEST = 8
"""Contributions that are listed."""

Counts = Callable[[Place], bool]
"""Whether a place stands under the standard that is printed."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = commands.add_parser("compare", help=say("help.compare"), description=say("help.compare"))
    parser.add_argument("before", help=say("help.compare.side"))
    parser.add_argument("after", help=say("help.compare.side"))
    choose_rows(parser, speaker)
    parser.set_defaults(run=run_compare)


def choose_rows(parser: ArgumentParser, speaker: Speaker) -> None:
    """Add the options of a command that prints a bridge."""
    parser.add_argument("--standard", nargs="*", default=[], help=speaker.say("help.compare.standard"))
    parser.add_argument("--by", choices=GROUPS, default="heading", help=speaker.say("help.compare.by"))


def run_compare(context: Context) -> int:
    """Print why one footprint differs from another, under each wanted standard and basis."""
    bridge = compare(context.workspace, context.args.before, context.args.after)
    print_bridge(context, bridge)
    name_base_year(context)
    for side in (bridge.before, bridge.after):
        context.line()
        context.say("show.run", period=side.period.name, run=side.run.id)
        print_lists(context, side.run)
        print_unmatched(context, side.run)
    return 0


def print_bridge(context: Context, bridge: Bridge) -> None:
    """Print a bridge under each wanted standard and basis. The command has `--standard`, `--by`, `before` and `after`."""
    wanted = [find_standard(name) for name in context.args.standard] or list(standards().values())[:1]
    totals = [(standard, basis) for standard in wanted for basis in standard.bases]
    ranges = difference(bridge.before, bridge.after, [under(*total) for total in totals])
    for (standard, basis), found in zip(totals, ranges, strict=True):
        _print_view(context, bridge, standard, basis, found)
    context.line()
    context.say("compare.order")
    if bridge.turned:
        context.say("compare.turned")
    context.say("compare.same_period" if bridge.same_period else "compare.other_period")


def _print_view(context: Context, bridge: Bridge, standard: Standard, basis: str, interval: Interval) -> None:
    speaker = context.speaker
    say, tonnes = speaker.say, speaker.tonnes

    def counts(place: Place) -> bool:
        return place.basis in ("none", basis) and place.account in standard.heading_of

    total = bridge.total(counts)
    mark = "" if standard.verified else f" ({say('standard.unverified')})"
    lines = _lines(context, bridge, standard, counts)
    labels = _labels(context, bridge)
    head: Row = [say("head.tonnes"), labels[0], *(say(f"cause.{cause}") for cause in CAUSES), labels[1]]
    rows: list[Row] = [["  " * n.depth + n.label, *(tonnes(mg) for mg in _figures(n.steps))] for n in lines]
    last: Row = [say("sum_total"), *(tonnes(mg) for mg in _figures(total))]
    context.line()
    context.line(f"{standard.name.get(speaker.language)}, {say(f'basis_of.{basis}')}{mark}")
    context.line(table([head, RULE, *rows, RULE, last], right=range(1, len(head))))
    context.line()
    context.line("  " + say("compare.exact", before=speaker.number(total.before), after=speaker.number(total.after)))
    causes: list[Row] = [_exactly(speaker, say(f"cause.{cause}"), mg, total) for cause, mg in total.causes.items()]
    last = _exactly(speaker, say("compare.difference"), total.after - total.before, total)
    context.line(table([*causes, RULE, last], right=(1, 2)))
    context.line("  " + _interval(speaker, interval))
    context.line("  " + say("compare.rounded"))
    if _looks_wrong(total, lines):
        context.line("  " + say("rounding_note"))
    _print_largest(context, bridge, standard, basis, counts, total)


def _interval(speaker: Speaker, found: Interval) -> str:
    if not found.known or (not found.half and found.mg):
        return speaker.say("uncertainty.no_difference")
    share = whole_percent(speaker, found.share)
    return speaker.say("uncertainty.of_difference", interval=half_tonnes(speaker, found), share=share)


def _exactly(speaker: Speaker, label: str, mg: int, total: Steps) -> Row:
    return [f"  {label}", _signed(speaker.number(mg), mg), _percent(speaker, mg, total)]


def _labels(context: Context, bridge: Bridge) -> list[str]:
    """Name the sides by the periods as they were asked for; two of one name get the number of their run beside it."""
    asked = (context.args.before, context.args.after)
    sides = (bridge.before, bridge.after)
    names = [text.partition(":")[2] or side.period.name for text, side in zip(asked, sides, strict=True)]
    if names[0] != names[1]:
        return names
    return [f"{name} ({side.run.id[:8]})" for name, side in zip(names, sides, strict=True)]


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    depth: int
    steps: Steps


def _lines(context: Context, bridge: Bridge, standard: Standard, counts: Counts) -> list[_Line]:
    """Return what has an amount on any side, in the order of the standard's headings or by size."""
    speaker, by = context.speaker, context.args.by
    if by == "heading":
        return [line for line in _headings(speaker, bridge, standard, counts) if any(_figures(line.steps))]
    fields = {"account": "account", "site": "site", "entity": "entity", "type": "activity_type"}
    grouped = bridge.group(lambda place: getattr(place, fields[by]) or "" if counts(place) else None)
    found = [_Line(_name(speaker, by, name), 0, steps) for name, steps in grouped.items()]
    return sorted(found, key=lambda line: (-max(abs(line.steps.before), abs(line.steps.after)), line.label))


def _headings(speaker: Speaker, bridge: Bridge, standard: Standard, counts: Counts) -> Iterator[_Line]:
    by_account = bridge.group(lambda place: place.account if counts(place) else None)
    depth: dict[str, int] = {}
    for heading in standard.headings:
        depth[heading.id] = 0 if heading.parent is None else depth[heading.parent] + 1
        steps = add_up(by_account[name] for name in standard.accounts_under(heading.id) if name in by_account)
        yield _Line(heading.name.get(speaker.language), depth[heading.id], steps)


def _name(speaker: Speaker, by: str, name: str) -> str:
    if by == "account":
        return _account(speaker, name)
    if by == "type":
        return _type(speaker, name)
    return name or speaker.say("compare.no_site")


def _figures(steps: Steps) -> list[int]:
    return [steps.before, *steps.causes.values(), steps.after]


def _looks_wrong(total: Steps, lines: Sequence[_Line]) -> bool:
    """Whether shown figures do not add up, along a row or down a column."""
    for steps in (total, *(line.steps for line in lines)):
        before, *causes, after = (shown(mg, decimals=2) for mg in _figures(steps))
        if before + sum(causes) != after:
            return True
    columns = zip(_figures(total), *(_figures(line.steps) for line in lines if line.depth == 0), strict=True)
    return any(shown(whole, decimals=2) != sum(shown(part, decimals=2) for part in parts) for whole, *parts in columns)


def _print_largest(
    context: Context, bridge: Bridge, standard: Standard, basis: str, counts: Counts, total: Steps
) -> None:
    """Print the largest contributions by cause, account and site, with the addresses of the account on both sides."""
    speaker = context.speaker
    say = speaker.say
    grouped = bridge.group(lambda place: (place.account, place.site or "") if counts(place) else None)
    parts: list[tuple[int, Cause, str, str]] = [
        (mg, cause, account, site)
        for (account, site), steps in grouped.items()
        for cause, mg in steps.causes.items()
        if mg
    ]
    if not parts:
        return
    parts.sort(key=lambda part: (-abs(part[0]), CAUSES.index(part[1]), part[2:]))
    rows: list[Row] = []
    for mg, cause, account, site in parts[:LARGEST]:
        where = f"{standard.short}:{basis}/{standard.heading_of[account]}/{account}"
        name = _account(speaker, account) + (f", {site}" if site else "")
        tonnes = _signed(speaker.tonnes(mg), mg)
        rows.append([name, say(f"cause.{cause}"), tonnes, _percent(speaker, mg, total), where])
    context.line()
    context.line("  " + say("compare.largest", shown=len(rows), all=len(parts)))
    heads = [say(f"head.{name}") for name in ("part", "cause", "tonnes", "of_before")]
    context.line(table([[*heads, say("compare.address")], RULE, *rows], right=(2, 3)))
    names = dict.fromkeys(text.partition(":")[0] for text in (context.args.before, context.args.after))
    context.line("  " + say("compare.next", addresses=[f"{name}/{rows[0][-1]}" for name in names]))


def _account(speaker: Speaker, account_id: str) -> str:
    account = chart()[account_id]
    return f"{account.group_name.get(speaker.language)}: {account.stage_name.get(speaker.language)}"


def _type(speaker: Speaker, type_id: str) -> str:
    return vocabulary()[type_id].name.get(speaker.language) if type_id in vocabulary() else type_id


def _percent(speaker: Speaker, mg: int, total: Steps) -> str:
    return _signed(speaker.percent(share(mg, total.before), 1), mg * total.before) if total.before else "–"


def _signed(text: str, sign: int) -> str:
    """Put a plus before a rise that does not show as zero."""
    return f"+{text}" if sign > 0 and any(digit in text for digit in "123456789") else text
