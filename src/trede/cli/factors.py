"""Commands about factor libraries: `trede factors search | list | show | used | import | template`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from trede.catalogue.library import Factor
from trede.catalogue.shelves import Libraries, shipped_libraries
from trede.cli.context import Context, read_file
from trede.cli.language import Speaker
from trede.cli.tables import RULE, table
from trede.factors.search import search
from trede.kernel.errors import StoreError, TredeError
from trede.trace.usage import uses
from trede.workspace.libraries import PUBLISHERS, own_template, read_list, store_library


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    parser = commands.add_parser("factors", help=say("help.factors"), description=say("help.factors"))
    actions = parser.add_subparsers(dest="action", required=True, metavar=say("help.command"))
    find = actions.add_parser("search", help=say("help.factors.search"), description=say("help.factors.search"))
    find.add_argument("text", nargs="+", help=say("help.factors.text"))
    find.add_argument("--year", type=int, help=say("help.factors.year"))
    find.add_argument("--unit", help=say("help.factors.unit"))
    find.add_argument("--limit", type=int, default=10, help=say("help.factors.limit"))
    find.set_defaults(run=run_search)
    listing = actions.add_parser("list", help=say("help.factors.list"), description=say("help.factors.list"))
    listing.set_defaults(run=run_list)
    show = actions.add_parser("show", help=say("help.factors.show"), description=say("help.factors.show"))
    show.add_argument("factor", help=say("help.factor"))
    show.set_defaults(run=run_show)
    used = actions.add_parser("used", help=say("help.factors.used"), description=say("help.factors.used"))
    used.add_argument("factor", help=say("help.factor"))
    used.add_argument("name", help=say("help.factors.used.run"))
    used.set_defaults(run=run_used)
    importing = actions.add_parser("import", help=say("help.factors.import"), description=say("help.factors.import"))
    importing.add_argument("file", type=Path, help=say("help.file"))
    importing.add_argument("--publisher", default="co2emissiefactoren", choices=PUBLISHERS, help=say("help.publisher"))
    importing.add_argument("--checked", type=date.fromisoformat, help=say("help.checked"))
    importing.set_defaults(run=run_import)
    blank = actions.add_parser("template", help=say("help.factors.template"), description=say("help.factors.template"))
    blank.set_defaults(run=run_template)


def _libraries(context: Context) -> Libraries:
    """Return the workspace's libraries, or those that ship when there is no workspace here."""
    try:
        return context.workspace.libraries
    except StoreError:
        return shipped_libraries()


def run_search(context: Context) -> int:
    """Search factors by words in Dutch or English."""
    args, speaker = context.args, context.speaker
    libraries = list(_libraries(context).values())
    hits = search(libraries, " ".join(args.text), year=args.year, unit=args.unit, limit=args.limit)
    if not hits:
        context.say("factors.nothing", text=" ".join(args.text))
        return 1
    head = [speaker.say(f"head.{name}") for name in ("factor", "total", "direct", "upstream", "unit", "list")]
    rows = [
        [_name(h.factor), *_values(speaker, h.factor), h.factor.unit, f"{h.library.id}#{h.factor.id}"] for h in hits
    ]
    context.line(table([head, RULE, *rows], right=(1, 2, 3)))
    context.say("factors.unit_note")
    return 0


def _name(factor: Factor) -> str:
    return f"{factor.name} ({factor.subcategory})" if factor.subcategory else factor.name


def _values(speaker: Speaker, factor: Factor) -> list[str]:
    values = factor.values()
    return [speaker.number(values[n]) if n in values else "–" for n in ("total", "direct", "upstream")]


def run_list(context: Context) -> int:
    """List the libraries at hand."""
    speaker = context.speaker
    rows = []
    for library in _libraries(context).values():
        papers = library.papers
        valid = (
            f"{papers.valid_from.year}–{papers.valid_to.year}"
            if papers.valid_from.year != papers.valid_to.year
            else str(papers.valid_from.year)
        )
        rows.append(
            [
                library.id,
                papers.title,
                valid,
                str(len(library.factors)),
                speaker.say(f"library.{papers.kind}"),
                papers.licence,
            ]
        )
    head = [speaker.say(f"head.{n}") for n in ("list", "title", "valid", "factors", "kind", "licence")]
    context.line(table([head, RULE, *rows], right=(3,)))
    return 0


def run_show(context: Context) -> int:
    """Show one factor with all its papers."""
    library_id, _, factor_id = context.args.factor.partition("#")
    libraries = _libraries(context)
    if library_id not in libraries:
        raise TredeError.of("library_unknown", library=library_id, known=sorted(libraries))
    library = libraries[library_id]
    if factor_id not in library.factors:
        raise TredeError.of("factor_unknown", factor=factor_id, library=library_id)
    factor = library.factors[factor_id]
    speaker = context.speaker
    facts: dict[str, Any] = {
        **factor.model_dump(mode="json", exclude_none=True, exclude={"second_hand", "memo", "gases"}),
        **{f"memo.{name}": value for name, value in factor.memo.items()},
        **{f"gases.{symbol}.{gas}": str(kg) for symbol, split in factor.gases.items() for gas, kg in split.items()},
        "valid": " – ".join(speaker.day(d) for d in library.validity(factor)),
    }
    if factor.second_hand is not None:
        facts |= {
            "confidence": factor.second_hand.confidence,
            "sources": list(factor.second_hand.sources),
            "note": factor.second_hand.note.get(speaker.language),
        }
    papers = library.papers
    facts |= {
        "publisher": papers.publisher_name, "list": papers.title, "edition": speaker.day(papers.edition),
        "licence": papers.licence, "gwp_basis": papers.gwp_basis, "last_checked": speaker.day(papers.last_checked),
        "uncertainty": papers.uncertainty,
    }  # fmt: skip
    if papers.spend is not None and factor.nature == "spend":
        facts |= papers.spend.model_dump(mode="json")
    context.line(table([[name, speaker.value(value)] for name, value in facts.items()]))
    return 0


def run_used(context: Context) -> int:
    """Show what a run counts with a factor."""
    speaker, ref = context.speaker, context.args.factor
    run = context.workspace.find_run(context.args.name)
    words = context.workspace.known_of(run.spec).vocabulary
    found = uses(run, ref)
    if not found:
        context.say("factors.unused", factor=ref, run=run.id)
        return 1
    head = [
        speaker.say(f"head.{name}") for name in ("used.activity", "used.basis", "records", "used.quantity", "tonnes")
    ]
    rows = [
        [
            words[use.activity_type].name.get(speaker.language),
            "" if use.basis == "none" else speaker.say(f"basis_of.{use.basis}"), speaker.number(use.records),
            f"{speaker.number(use.quantity)} {use.unit}", speaker.tonnes(use.mg),
        ]
        for use in found
    ]  # fmt: skip
    context.line(table([head, RULE, *rows], right=(2, 3, 4)))
    return 0


def run_import(context: Context) -> int:
    """Build a library from a publisher's file and keep it in the workspace."""
    args = context.args
    checked = args.checked or context.workspace.clock().date()
    library = read_list(args.publisher, read_file(args.file), args.file.name, checked)
    store_library(context.workspace, library)
    context.say("factors.imported", library=library.id, factors=len(library.factors))
    return 0


def run_template(context: Context) -> int:
    """Print the table in which an organisation writes its own factors."""
    context.line(own_template().rstrip("\n"))
    return 0
