"""Commands about figures that stand in for one that nobody gave: `trede estimates list | import | template`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.catalogue.estimates import ANYWHERE, Estimate, OwnEstimate, shipped_estimates
from trede.catalogue.files import CATALOGUE
from trede.cli.context import Context, read_file
from trede.cli.language import Speaker
from trede.cli.tables import RULE, table
from trede.kernel.errors import StoreError
from trede.workspace.estimates import import_estimates


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    parser = commands.add_parser("estimates", help=say("help.estimates"), description=say("help.estimates"))
    actions = parser.add_subparsers(dest="action", required=True, metavar=say("help.command"))
    listing = actions.add_parser("list", help=say("help.estimates.list"), description=say("help.estimates.list"))
    listing.set_defaults(run=run_list)
    taking = actions.add_parser("import", help=say("help.estimates.import"), description=say("help.estimates.import"))
    taking.add_argument("file", type=Path, help=say("help.estimates.file"))
    taking.set_defaults(run=run_import)
    blank = actions.add_parser(
        "template", help=say("help.estimates.template"), description=say("help.estimates.template")
    )
    blank.set_defaults(run=run_template)


def run_list(context: Context) -> int:
    """List the estimates, own ones before those that ship: so they are asked."""
    try:
        estimates = context.workspace.known().estimates
    except StoreError:
        estimates = shipped_estimates()
    speaker = context.speaker
    rows = [
        _row(speaker, entry) for ident in sorted({*estimates.own, *estimates.entries}) for entry in estimates.of(ident)
    ]
    head = [
        speaker.say(f"head.{name}")
        for name in ("estimate", "value", "in_unit", "holds_for", "holds", "whose", "source")
    ]
    context.line(table([head, RULE, *rows], right=(1,)))
    return 0


def _row(speaker: Speaker, entry: Estimate) -> list[str]:
    where = [] if entry.geography == ANYWHERE else [entry.geography]
    holds = [*where, *(f"{name}={value}" for name, value in sorted(entry.attributes.items()))]
    whose = "estimates.own" if isinstance(entry, OwnEstimate) else "estimates.shipped"
    valid = f"{speaker.day(entry.valid_from)} – {speaker.day(entry.valid_to)}"
    return [
        entry.id,
        speaker.number(entry.value),
        entry.unit,
        ", ".join(holds),
        valid,
        speaker.say(whose),
        entry.source,
    ]


def run_import(context: Context) -> int:
    """Test a list of own estimates and store it in the place of the one before."""
    path: Path = context.args.file
    found = import_estimates(context.workspace, read_file(path), path.name)
    count = sum(len(entries) for entries in found.own.values())
    context.say("estimates.same" if found.again else "estimates.imported", count=count, version=found.version)
    return 0


def run_template(context: Context) -> int:
    """Print a list to start from; it can be imported as it stands."""
    context.line((CATALOGUE / "own_estimates_template.toml").read_text("utf-8").rstrip())
    return 0
