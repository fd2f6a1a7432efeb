"""The command that corrects one record: correct."""

from __future__ import annotations

from typing import Any

from trede.cli.context import Context
from trede.cli.deciding import add_decision, why
from trede.cli.intake import print_batch, read_number
from trede.cli.language import Speaker
from trede.intake.fields import QUALITIES
from trede.kernel.errors import TredeError
from trede.workspace.correcting import FIELDS, correct


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = add_decision(commands, speaker, "correct", run_correct)
    parser.add_argument("record", help=say("help.correct.record"))
    parser.add_argument("--quantity", help=say("help.correct.quantity"))
    parser.add_argument("--start", help=say("help.correct.start"))
    parser.add_argument("--end", help=say("help.correct.end"))
    parser.add_argument("--site", help=say("help.correct.site"))
    parser.add_argument("--department", help=say("help.correct.department"))
    parser.add_argument("--project", help=say("help.correct.project"))
    parser.add_argument("--quality", choices=QUALITIES, help=say("help.correct.quality"))
    parser.add_argument("--supplier", help=say("help.correct.supplier"))
    parser.add_argument("--note", help=say("help.correct.note"))
    parser.add_argument("--credit", action="store_true", help=say("help.correct.credit"))


def run_correct(context: Context) -> int:
    """Correct or credit a record."""
    args = context.args
    changes = {name: value for name in FIELDS if (value := getattr(args, name)) is not None}
    if bool(changes) == args.credit:
        raise TredeError.of("correct_or_credit")
    if "quantity" in changes:
        changes["quantity"] = f"{read_number(changes['quantity']):f}"
    said = why(context)
    made = correct(context.workspace, args.record, changes, said["reason"], said["person"])
    print_batch(context, made.batch, made.issues)
    return 0
