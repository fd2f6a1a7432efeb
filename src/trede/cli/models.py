"""Commands about own calculation models: models, model add, model try, model show, model withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trede.cli.calculating import by_activity
from trede.cli.context import Context, read_file
from trede.cli.deciding import why
from trede.cli.explaining import print_record
from trede.cli.language import Speaker
from trede.cli.tables import RULE, table
from trede.kernel.errors import StoreError, TredeError
from trede.methods.own import OwnModel
from trede.organisation.decisions import WithdrawModel
from trede.workspace.models import add_model, try_model, withdraw_model
from trede.workspace.trying import Tried, sample_record, try_record


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    listing = commands.add_parser("models", help=say("help.models"), description=say("help.models"))
    listing.set_defaults(run=run_models)
    parser = commands.add_parser("model", help=say("help.model"), description=say("help.model"))
    actions = parser.add_subparsers(dest="action", required=True, metavar=say("help.command"))
    add = actions.add_parser("add", help=say("help.model.add"), description=say("help.model.add"))
    add.add_argument("file", type=Path, help=say("help.model.file"))
    add.set_defaults(run=run_add)
    attempt = actions.add_parser("try", help=say("help.model.try"), description=say("help.model.try"))
    attempt.add_argument("file", type=Path, help=say("help.model.file"))
    attempt.add_argument("--record", nargs="+", default=[], metavar="K=V", help=say("help.model.record"))
    attempt.set_defaults(run=run_try)
    show = actions.add_parser("show", help=say("help.model.show"), description=say("help.model.show"))
    show.add_argument("model", help=say("help.model.id"))
    show.set_defaults(run=run_show)
    withdraw = actions.add_parser("withdraw", help=say("help.model.withdraw"), description=say("help.model.withdraw"))
    withdraw.add_argument("model", help=say("help.model.id"))
    withdraw.add_argument("--reason", required=True, help=say("help.reason"))
    withdraw.add_argument("--by", help=say("help.by"))
    withdraw.set_defaults(run=run_withdraw)


def run_models(context: Context) -> int:
    """List the own models with what their flows count as."""
    speaker, say = context.speaker, context.speaker.say
    in_use = context.workspace.models_in_use
    rows = [
        [
            model.type,
            model.activity.name.get(speaker.language),
            str(model.version),
            ", ".join(dict.fromkeys(leg.counts_as for leg in model.file.leg)),
            model.file.reference,
            "" if model.type in in_use else say("models.withdrawn"),
        ]
        for model in context.workspace.models().values()
    ]
    head = [say(f"head.{name}") for name in ("type", "name", "version", "counts_as", "reference", "state")]
    context.line(table([head, RULE, *rows], right=(2,)) if rows else say("models.none"))
    return 0


def run_add(context: Context) -> int:
    """Test a model and store it, or the next version of it."""
    path: Path = context.args.file
    added = add_model(context.workspace, read_file(path), path.name)
    model = added.model
    context.say("models.same" if added.again else "models.added", model=model.type, version=model.version)
    _print_legs(context, model)
    return 0


def run_try(context: Context) -> int:
    """Calculate one record with a model, and show the working; nothing is stored."""
    path: Path = context.args.file
    model = try_model(context.workspace, read_file(path), path.name)
    context.say("models.sound", model=model.type, version=model.version)
    _print_legs(context, model)
    given = _pairs(context.args.record) or sample_record(model)
    if not context.args.record:
        context.say("models.sample")
    with try_record(context.workspace, model, given) as tried:
        return _print_tried(context, tried)


def _print_tried(context: Context, tried: Tried) -> int:
    if tried.trail is not None:
        print_record(context, tried.run, tried.trail)
    for issue in by_activity(context.speaker, tried.issues):
        context.line("  " + context.speaker.issue(issue))
    context.line()
    context.say("models.not_stored")
    return 0 if tried.trail is not None and not tried.run.table("unmatched").num_rows else 1


def _print_legs(context: Context, model: OwnModel) -> None:
    words = context.workspace.known().vocabulary
    rows = [
        [leg.id, leg.formula, leg.unit, "→ " + words[leg.counts_as].name.get(context.speaker.language)]
        for leg in model.file.leg
    ]
    context.line(table(rows))


def _pairs(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name or not value.strip() or name in found or not pair.isprintable():
            raise TredeError.of("model_pair_unreadable", pair=pair)
        found[name] = value.strip()
    return found


def run_show(context: Context) -> int:
    """Print the file of a model as it is stored, to read or to change and add again."""
    version = context.workspace.model_versions(context.args.model).latest() if _known(context) else None
    if version is None:
        known = [model.id for model in context.workspace.models().values()]
        raise StoreError.of("model_unknown", model=context.args.model, known=known)
    context.line(version.read().decode("utf-8-sig").rstrip())
    return 0


def _known(context: Context) -> bool:
    return context.args.model in {model.id for model in context.workspace.models().values()}


def run_withdraw(context: Context) -> int:
    """Let a model take in no more records."""
    recorded = withdraw_model(context.workspace, WithdrawModel(model=context.args.model, **why(context)))
    decision = recorded.decision
    context.say("decision.recorded", id=recorded.id, reason=decision.reason, person=decision.person)
    return 0
