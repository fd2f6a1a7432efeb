"""The command remove-original."""

from __future__ import annotations

from typing import Any

from trede.cli.attaching import print_removed
from trede.cli.context import Context
from trede.cli.deciding import add_decision, why
from trede.cli.language import Speaker
from trede.workspace.removing import remove_original


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    parser = add_decision(commands, speaker, "remove-original", run_remove)
    parser.add_argument("original", help=speaker.say("help.original"))


def run_remove(context: Context) -> int:
    """Remove the bytes of an original on request; hash, records and reason stay."""
    asked = why(context)
    found = remove_original(context.workspace, context.args.original, asked["reason"], asked["person"])
    print_removed(context, found)
    return 0
