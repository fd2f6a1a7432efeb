"""The command that shows or replaces the description of the organisation: organisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.cli.context import Context, read_file
from trede.cli.language import Speaker
from trede.cli.tables import table
from trede.workspace.moving import moved_sites


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    text = speaker.say("help.organisation")
    parser = commands.add_parser("organisation", help=text, description=text)
    parser.add_argument("file", type=Path, nargs="?", help=speaker.say("help.organisation.file"))
    parser.set_defaults(run=run_organisation)


def run_organisation(context: Context) -> int:
    """Show the description in force, or store a next one and show what changed."""
    if context.args.file is None:
        return _show(context)
    path: Path = context.args.file
    found = context.workspace.describe(read_file(path), path.name)
    say = context.speaker.say
    context.say("organisation.changed" if found else "organisation.same", name=context.workspace.organisation.name)
    rows = [[say(f"change.{c.kind}"), c.part, c.id, c.name, ", ".join(c.fields)] for c in found]
    if rows:
        context.line(table(rows))
    for issue in moved_sites(context.workspace, context.workspace.active_batches()) if found else ():
        context.line(context.speaker.issue(issue))
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
