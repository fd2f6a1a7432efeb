"""The command that writes the empty template: template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.kernel.errors import TredeError
from trede.workspace import Workspace


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    text = speaker.say("help.template")
    parser = commands.add_parser("template", help=text, description=text)
    parser.add_argument("file", type=Path, help=speaker.say("help.template.file"))
    parser.add_argument("--types", nargs="+", default=[], metavar="TYPE", help=speaker.say("help.types"))
    parser.set_defaults(run=run_template)


def run_template(context: Context) -> int:
    """Write the template as Excel workbook or CSV, by the file's name; an existing file stays."""
    from trede.cli.template_file import template_csv, template_workbook

    path: Path = context.args.file
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise TredeError.of("template_suffix", path=str(path))
    everything = _words(context).types
    for name in context.args.types:
        if name not in everything:
            raise TredeError.of("activity_type_unknown", value=name, allowed=sorted(everything))
    asked = set(context.args.types) or {name for name, kind in everything.items() if not kind.posts}
    wanted = {name: kind for name, kind in everything.items() if name in asked}
    if path.suffix.lower() == ".csv":
        data = template_csv(context.speaker, wanted)
    else:
        data = template_workbook(context.speaker, wanted, _places(context))
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise TredeError.of("file_exists", path=str(path)) from error
    context.say("template.written", path=str(path), types=len(wanted))
    return 0


def _words(context: Context) -> Vocabulary:
    """Return the activity types of the workspace that is at hand, its own models among them, else those that ship."""
    try:
        return Workspace(context.folder).words
    except TredeError:
        return vocabulary()


def _places(context: Context) -> dict[str, list[str]]:
    """Return the names of sites, entities and departments of the workspace that is at hand, if any."""
    try:
        organisation = Workspace(context.folder).organisation
    except TredeError:
        return {}
    return {
        "site": [site.name for site in organisation.site],
        "entity": [entity.name for entity in organisation.entity],
        "department": [unit.name for unit in organisation.unit],
    }
