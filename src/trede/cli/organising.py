"""The command that shows or replaces the description of the organisation: organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.cli.context import Context, read_file
from trede.cli.deciding import why
from trede.cli.language import Speaker
from trede.cli.tables import table
from trede.workspace.descriptions import descriptions
from trede.workspace.moving import moved_sites


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    text = speaker.say("help.organisation")
    parser = commands.add_parser("organisation", help=text, description=text)
    parser.add_argument("file", type=Path, nargs="?", help=speaker.say("help.organisation.file"))
    parser.add_argument("--reason", help=speaker.say("help.organisation.reason"))
    parser.add_argument("--by", help=speaker.say("help.by"))
    parser.add_argument("--versions", action="store_true", help=speaker.say("help.organisation.versions"))
    parser.set_defaults(run=run_organisation)


def run_organisation(context: Context) -> int:
    """Show the description in force, or store a next one and show what changed."""
    if context.args.versions:
        return _list(context)
    if context.args.file is None:
        return _show(context)
    path: Path = context.args.file
    told = why(context) if context.args.reason is not None else None
    found = context.workspace.describe(read_file(path), path.name, told)
    say = context.speaker.say
    context.say("organisation.changed" if found else "organisation.same", name=context.workspace.organisation.name)
    rows = [[say(f"change.{c.kind}"), c.part, c.id, c.name, ", ".join(c.fields)] for c in found]
    if rows:
        context.line(table(rows))
    for issue in moved_sites(context.workspace, context.workspace.active_batches()) if found else ():
        context.line(context.speaker.issue(issue))
    return 0


def _list(context: Context) -> int:
    """List every description that was stored."""
    rows = []
    for each in descriptions(context.workspace):
        made = context.speaker.day(each.made_at.date()) if each.made_at else "–"
        rows.append([str(each.version.number), each.version.id, made, each.person or "–", each.reason or "–"])
    context.line(table(rows))
    return 0


def _show(context: Context) -> int:
    organisation = context.workspace.organisation
    facts = organisation.model_dump(mode="json")
    plain = [[part, str(value)] for part, value in facts.items() if not isinstance(value, list)]
    context.line(table(plain))
    for part, things in facts.items():
        if isinstance(things, list) and things:
            context.line()
            context.line(f"{part}:")
            context.line(table([_thing(thing) for thing in things]))
    return 0


def _thing(thing: dict[str, Any]) -> list[str]:
    """Return a thing's id and name, and whatever else was said of it as it stands in `organisation.toml`."""
    first = [str(thing.get("id", "")), str(thing.get("name", ""))]
    rest = {key: value for key, value in thing.items() if key not in ("id", "name") and value not in (None, [], "")}
    shown = {k: ", ".join(map(str, v)) if isinstance(v, list) else str(v) for k, v in rest.items()}
    return [*first, "; ".join(f"{key} = {value}" for key, value in shown.items())]
