"""Commands that record what a person decided: decide, withdraw, pin, override, take-in, revoke, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from trede.catalogue.countries import find_country
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.cli.context import Context, read_file
from trede.cli.intake import print_batch, read_number
from trede.cli.language import Speaker
from trede.cli.tables import table
from trede.intake.source import chosen_sheet
from trede.kernel.errors import TredeError
from trede.kernel.identity import sha256
from trede.organisation.decided import SHORTEST_REASON
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import AcceptDifference, Decision, HeldRow, Override, Pin, RejectedRow, Revoke, TakeIn
from trede.workspace.deciding import decision_about
from trede.workspace.importing import reimport

LONGEST = 80
"""Characters of a table in a decision that are listed."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    decide = add_decision(commands, speaker, "decide", run_decide)
    decide.add_argument("batch", help=speaker.say("help.batch"))
    decide.add_argument("row", nargs="+", help=speaker.say("help.decide.row"))
    choice = decide.add_mutually_exclusive_group(required=True)
    choice.add_argument("--drop", action="store_const", const="drop", dest="choice", help=speaker.say("help.drop"))
    choice.add_argument(
        "--accept", action="store_const", const="accept", dest="choice", help=speaker.say("help.accept")
    )
    choice.add_argument(
        "--set-aside", action="store_const", const="set-aside", dest="choice", help=speaker.say("help.set_aside")
    )
    decide.add_argument("--issue", metavar="CODE", help=speaker.say("help.decide.issue"))
    decide.add_argument("--credit-of", metavar=speaker.say("meta.credit"), help=speaker.say("help.decide.credit"))

    accept = add_decision(commands, speaker, "accept-difference", run_accept_difference)
    accept.add_argument("file", type=Path, help=speaker.say("help.file"))
    accept.add_argument("--difference", required=True, help=speaker.say("help.difference"))
    accept.add_argument("--sheet", help=speaker.say("help.difference.sheet"))
    accept.add_argument("--rows", action="store_true", help=speaker.say("help.difference.rows"))

    withdraw = add_decision(commands, speaker, "withdraw", run_withdraw)
    withdraw.add_argument("batch", help=speaker.say("help.batch"))

    pin = add_decision(commands, speaker, "pin", run_pin)
    pin.add_argument("library", help=speaker.say("help.library"))
    pin.add_argument("--years", type=int, nargs="+", required=True, help=speaker.say("help.years"))
    pin.add_argument("--types", nargs="*", default=[], help=speaker.say("help.types"))
    pin.add_argument("--rule", default="", help=speaker.say("help.rule"))

    override = add_decision(commands, speaker, "override", run_override)
    override.add_argument("activity_type", help=speaker.say("help.type"))
    override.add_argument("factor", help=speaker.say("help.factor"))
    override.add_argument("--attributes", nargs="*", default=[], metavar="K=V", help=speaker.say("help.attributes"))
    override.add_argument("--years", type=int, nargs="+", required=True, help=speaker.say("help.years"))
    override.add_argument(
        "--slot", choices=("main", "location", "market"), default="main", help=speaker.say("help.slot")
    )
    override.add_argument("--country", help=speaker.say("help.country"))

    take = add_decision(commands, speaker, "take-in", run_take_in)
    take.add_argument("factor", help=speaker.say("help.factor"))

    revoke = add_decision(commands, speaker, "revoke", run_revoke)
    revoke.add_argument("decision", help=speaker.say("help.decision"))

    listing = commands.add_parser(
        "decisions", help=speaker.say("help.decisions"), description=speaker.say("help.decisions")
    )
    listing.set_defaults(run=run_decisions)


def add_decision(commands: Any, speaker: Speaker, name: str, run: Any) -> Any:
    """Add a command that records a decision: with a reason and the name of who decides."""
    text = speaker.say(f"help.{name}")
    parser = commands.add_parser(name, help=text, description=text)
    parser.add_argument("--reason", required=True, help=speaker.say("help.reason"))
    parser.add_argument("--by", help=speaker.say("help.by"))
    parser.set_defaults(run=run)
    return parser


def why(context: Context) -> dict[str, Any]:
    """Return reason, person and time of a decision.

    Raises:
        TredeError: `reason_too_short` or `person_missing`.
    """
    reason = context.args.reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise TredeError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    return {"reason": reason, "person": context.person, "made_at": context.workspace.clock()}


def record(context: Context, decision: Decision) -> Recorded:
    """Record a decision and say so."""
    recorded = context.workspace.decide(decision)
    context.say("decision.recorded", id=recorded.id, reason=decision.reason, person=decision.person)
    return recorded


def run_decide(context: Context) -> int:
    """Decide about held or rejected rows, all or none, and import the file again with the decision."""
    workspace, args = context.workspace, context.args
    batch = workspace.batch_store.get(args.batch)
    decision = decision_about(
        workspace, batch, args.choice, args.row, lambda: why(context), code=args.issue, credit_of=args.credit_of
    )
    record(context, decision)
    if decision.others:
        context.say("decide.rows", count=context.speaker.number(len(decision.addresses)))
    imported = reimport(workspace, batch)
    print_batch(context, imported.batch, imported.issues)
    return 0


def run_accept_difference(context: Context) -> int:
    """Accept that a control total differs, of a workbook that of one sheet."""
    path: Path = context.args.file
    data = read_file(path)
    sheet = chosen_sheet(data, path.name, context.args.sheet)
    difference = read_number(context.args.difference)
    what: Literal["quantity", "rows"] = "rows" if context.args.rows else "quantity"
    decision = AcceptDifference(
        file_sha256=sha256(data), difference=difference, sheet=sheet, what=what, **why(context)
    )  # fmt: skip
    record(context, decision)
    return 0


def run_withdraw(context: Context) -> int:
    """Withdraw a batch."""
    batch = context.workspace.withdraw(context.args.batch, why(context)["reason"], context.person)
    context.say("withdraw.done", batch=batch.id, file=batch.file_name)
    return 0


def run_pin(context: Context) -> int:
    """Pin a library for years outside its own."""
    args = context.args
    require_types(args.types)
    _require_library(context, args.library)
    if context.workspace.libraries[args.library].papers.kind == "secondhand":
        raise TredeError.of("pin_secondhand", library=args.library)
    decision = Pin(
        library=args.library, years=tuple(args.years), activity_types=tuple(args.types), source_rule=args.rule,
        **why(context),
    )  # fmt: skip
    record(context, decision)
    return 0


def run_override(context: Context) -> int:
    """Use one named factor for an activity type."""
    args = context.args
    require_types([args.activity_type])
    library, factor = _factor(context, args.factor)
    attributes = read_attributes(args.activity_type, args.attributes)
    decision = Override(
        activity_type=args.activity_type, attributes=attributes, years=tuple(args.years), slot=args.slot,
        library=library, factor=factor, geography=_country(args.country), **why(context),
    )  # fmt: skip
    record(context, decision)
    return 0


def _country(text: str | None) -> str | None:
    code = None if text is None else find_country(text)
    if text is not None and code is None:
        raise TredeError.of("country_unknown", value=text)
    return code


def run_take_in(context: Context) -> int:
    """Take one second-hand value in."""
    library, factor = _factor(context, context.args.factor)
    record(context, TakeIn(library=library, factor=factor, **why(context)))
    return 0


def run_revoke(context: Context) -> int:
    """Take a decision back; one about a file's rows makes its batch anew, and so does taking its revocation back."""
    workspace = context.workspace
    record(context, Revoke(decision=context.args.decision, **why(context)))
    made = {r.id: r.decision for r in workspace.decisions.all()}
    taken_back = made[context.args.decision]
    while isinstance(taken_back, Revoke):
        taken_back = made[taken_back.decision]
    if isinstance(taken_back, HeldRow | RejectedRow):
        for batch in workspace.active_batches():
            of_it = taken_back.source in (None, batch.source) and taken_back.sheet in (None, batch.sheet)
            if batch.file_sha256 == taken_back.file_sha256 and of_it:
                imported = reimport(workspace, batch)
                print_batch(context, imported.batch, imported.issues)
    return 0


def run_decisions(context: Context) -> int:
    """List all decisions with person and reason."""
    in_force = {recorded.id for recorded in context.workspace.decisions.standing()}
    rows = []
    for recorded in context.workspace.decisions.all():
        decision = recorded.decision
        facts = decision.model_dump(mode="json", exclude={"kind", "reason", "person", "made_at"}, exclude_defaults=True)
        what = ", ".join(f"{name}={_short(context.speaker, value)}" for name, value in facts.items())
        state = "" if recorded.id in in_force else context.speaker.say("state.out")
        made = context.speaker.day(decision.made_at.date())
        rows.append([recorded.id, made, decision.kind, what, decision.person, decision.reason, state])
    context.line(table(rows) if rows else context.speaker.say("decisions.none"))
    return 0


def _short(speaker: Speaker, value: object) -> object:
    """Return a value of a decision; of a long list its first two and how many there are; of what has an id that, and of
    another table its beginning.
    """
    if isinstance(value, dict) and "id" in value:
        return value["id"]
    if isinstance(value, dict) and len(text := str(value)) > LONGEST:
        return f"{text[:LONGEST]}…"
    if not isinstance(value, list) or len(value) <= 4:
        return value
    return f"[{value[0]}, {value[1]}, … {speaker.number(len(value))}]"


def require_types(names: Sequence[str], words: Vocabulary | None = None) -> None:
    """Refuse names that are no activity type, of those that ship or of others."""
    types = (words or vocabulary()).types
    for name in names:
        if name not in types:
            raise TredeError.of("activity_type_unknown", value=name, allowed=sorted(types))


def read_attributes(activity_type: str, pairs: Sequence[str], words: Vocabulary | None = None) -> dict[str, str]:
    """Read `name=value` pairs; one that means nothing is refused, since without it the decision would reach further."""
    attributes = (words or vocabulary())[activity_type].attributes
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or name not in attributes:
            raise TredeError.of("attribute_pair_unreadable", pair=pair, known=sorted(attributes))
        found[name] = attributes[name].read(name, value)
    return found


def _require_library(context: Context, library_id: str) -> None:
    if library_id not in context.workspace.libraries:
        raise TredeError.of("library_unknown", library=library_id, known=sorted(context.workspace.libraries))


def _factor(context: Context, ref: str) -> tuple[str, str]:
    library_id, _, factor = ref.partition("#")
    _require_library(context, library_id)
    if factor not in context.workspace.libraries[library_id].factors:
        raise TredeError.of("factor_unknown", factor=factor, library=library_id)
    return library_id, factor
