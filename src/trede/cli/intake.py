"""Commands that take files in: init, inspect, profiles, import, batches, rows, withdraw."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from trede.activity.batches import Batch
from trede.cli.attaching import print_attached
from trede.cli.context import Context, read_file
from trede.cli.language import Speaker
from trede.cli.tables import RULE, table
from trede.intake.checking import load_profile
from trede.intake.inspection import inspect_file
from trede.intake.profile import Profile
from trede.intake.settings import FileSettings
from trede.intake.starter import starter_profile
from trede.intake.template import NO_TEMPLATE, TEMPLATE, template_profile
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue
from trede.workspace import Workspace
from trede.workspace.importing import import_file

SHOWN = 5
"""Problems of one kind that are printed in full; the rest is counted."""


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    init = commands.add_parser("init", help=say("help.init"), description=say("help.init"))
    init.add_argument("folder", type=Path, help=say("help.init.folder"))
    init.add_argument("--organisation", type=Path, required=True, metavar="TOML", help=say("help.init.organisation"))
    init.set_defaults(run=run_init)

    inspect = commands.add_parser("inspect", help=say("help.inspect"), description=say("help.inspect"))
    inspect.add_argument("file", type=Path, help=say("help.file"))
    inspect.add_argument("--write", type=Path, metavar="TOML", help=say("help.inspect.write"))
    _settings(inspect, speaker)
    inspect.set_defaults(run=run_inspect)

    profiles = commands.add_parser("profiles", help=say("help.profiles"), description=say("help.profiles"))
    profiles.add_argument("--save", type=Path, metavar="TOML", help=say("help.profiles.save"))
    profiles.set_defaults(run=run_profiles)

    importing = commands.add_parser("import", help=say("help.import"), description=say("help.import"))
    importing.add_argument("file", type=Path, help=say("help.file"))
    importing.add_argument("--profile", metavar=say("meta.profile"), help=say("help.import.profile"))
    importing.add_argument("--source", metavar="ID", help=say("help.import.source"))
    importing.add_argument("--replaces", metavar="BATCH", help=say("help.import.replaces"))
    importing.add_argument("--supersede", action="store_true", help=say("help.import.supersede"))
    importing.add_argument("--control-total", metavar=say("meta.number"), help=say("help.import.control"))
    importing.add_argument("--control-rows", type=int, metavar=say("meta.number"), help=say("help.import.rows"))
    _settings(importing, speaker)
    importing.set_defaults(run=run_import)

    batches = commands.add_parser("batches", help=say("help.batches"), description=say("help.batches"))
    batches.set_defaults(run=run_batches)

    rows = commands.add_parser("rows", help=say("help.rows"), description=say("help.rows"))
    rows.add_argument("batch", help=say("help.batch"))
    rows.add_argument("--fate", choices=("accepted", "set_aside", "held", "rejected"), help=say("help.rows.fate"))
    rows.add_argument("--csv", type=Path, metavar="CSV", help=say("help.rows.csv"))
    rows.set_defaults(run=run_rows)


def _settings(parser: Any, speaker: Speaker) -> None:
    for name in ("encoding", "delimiter", "decimal", "header-row", "dates", "end-day", "sheet", "merged"):
        kind = int if name == "header-row" else str
        parser.add_argument(f"--{name}", type=kind, help=speaker.say(f"help.set.{name}"))


def _overrides(context: Context) -> FileSettings | None:
    args = context.args
    given = {
        "encoding": args.encoding,
        "delimiter": {"tab": "\t", "\\t": "\t"}.get(args.delimiter, args.delimiter),
        "decimal": args.decimal,
        "header_row": args.header_row,
        "dates": args.dates,
        "end_day": args.end_day,
        "sheet": args.sheet,
        "merged": args.merged,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        return None
    try:
        return FileSettings.model_validate(given)
    except ValueError as error:
        raise TredeError.of("setting_invalid", settings=[f"{k}={v}" for k, v in given.items()]) from error


def run_init(context: Context) -> int:
    """Make a workspace."""
    source: Path = context.args.organisation
    workspace = Workspace.create(context.args.folder, read_file(source), source.name)
    context.say("init.done", folder=str(context.args.folder), name=workspace.organisation.name)
    return 0


def run_inspect(context: Context) -> int:
    """Show how a file is written, and write a starting profile."""
    path: Path = context.args.file
    found = inspect_file(read_file(path), path.name, _overrides(context))
    speaker = context.speaker
    rows = []
    for name, choice in found.dialect.to_json().items():
        unsettled = "–" if choice["basis"] == "workbook" else "?"
        value = {"\t": "tab", None: unsettled}.get(choice["value"], choice["value"])
        rows.append(
            [speaker.say(f"setting.{name}"), str(value), speaker.say(f"basis_{choice['basis']}", **choice["params"])]
        )
    context.say("inspect.head", file=path.name, rows=found.rows)
    context.line(table(rows))
    context.line()
    context.line(table([found.headings, RULE, *found.first_rows]))
    for issue in found.issues:
        context.line(speaker.issue(issue))
    if context.args.write:
        starter = starter_profile(found)
        context.args.write.write_text(starter.text, encoding="utf-8")
        context.say("inspect.written", path=str(context.args.write))
        if starter.shape:
            context.line("  " + speaker.say("inspect.shape", shape=speaker.say(f"shape.{starter.shape}")))
        if starter.rivals:
            context.line("  " + speaker.say("inspect.rivals", columns=", ".join(starter.rivals)))
        if starter.unsure:
            context.line("  " + speaker.say("inspect.unsure", columns=", ".join(starter.unsure)))
        if starter.unused:
            context.line("  " + speaker.say("inspect.unused", columns=", ".join(starter.unused)))
    return 0


def run_profiles(context: Context) -> int:
    """List or save profiles."""
    if context.args.save:
        path: Path = context.args.save
        profile = context.workspace.save_profile(read_file(path), path.name)
        context.say("profiles.saved", profile=profile.id)
        return 0
    rows = [[p.id, p.title, p.source] for p in context.workspace.profiles().values()]
    context.line(table(rows) if rows else context.speaker.say("profiles.none"))
    return 0


def _profile(context: Context, data: bytes, file_name: str) -> tuple[Profile, bytes | None]:
    """Return the profile that is asked for, and its text when it comes from a file: saved once the import succeeds.

    Without one the file must be in the template.

    Raises:
        TredeError: `profile_needed`, with the shape that the file seems to have, `profile_unknown`, `source_with_profile`.
        IntakeError: what `template_profile` raises about a file that is in the template.
    """
    args = context.args
    if args.profile is None:
        try:
            words = context.workspace.words
            return template_profile(data, file_name, args.source or TEMPLATE, _overrides(context), words), None
        except IntakeError as error:
            if error.issues[0].code not in NO_TEMPLATE:
                raise
        starter = starter_profile(inspect_file(data, file_name, _overrides(context)))
        kind = context.speaker.say(f"shape.{starter.shape or 'table'}")
        raise TredeError.of(
            "profile_needed", file=str(args.file), shape=kind, saved=sorted(context.workspace.profiles())
        )
    if args.source:
        raise TredeError.of("source_with_profile")
    path = Path(args.profile)
    if path.suffix == ".toml" or path.exists():
        text = read_file(path)
        return load_profile(text, path.name, context.workspace.words), text
    saved = context.workspace.profiles()
    if args.profile not in saved:
        raise TredeError.of("profile_unknown", profile=args.profile, known=sorted(saved))
    return saved[args.profile], None


def run_import(context: Context) -> int:
    """Import one file; the four fates are printed and add up to the file."""
    args = context.args
    path: Path = args.file
    data = read_file(path)
    profile, text = _profile(context, data, path.name)
    imported = import_file(
        context.workspace, data, path.name, profile,
        replaces=args.replaces, supersede=args.supersede, overrides=_overrides(context),
        control_total=None if args.control_total is None else read_number(args.control_total),
        control_rows=args.control_rows,
    )  # fmt: skip
    if text is not None:
        context.workspace.save_profile(text, Path(args.profile).name)
    if imported.again:
        context.say("import.again", file=path.name, batch=imported.batch.id)
    print_batch(context, imported.batch, imported.issues)
    return 0


def read_number(text: str) -> Decimal:
    """Read a number of the command line, with a decimal comma or point and no sign for thousands.

    Raises:
        TredeError: `control_total_unreadable`.
    """
    plain = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(plain):
        raise TredeError.of("control_total_unreadable", text=text)
    return Decimal(plain.replace(",", "."))


def print_batch(context: Context, batch: Batch, issues: Sequence[Issue]) -> None:
    """Print what became of a file."""
    speaker = context.speaker
    counts = batch.counts
    head = "import.head_cells" if batch.in_cells else "import.head"
    context.say(head, file=batch.file_name, rows=speaker.number(sum(counts.values())), batch=batch.id)
    rows: list[Sequence[str]] = [
        [speaker.say(f"fate.{fate}"), speaker.number(n)] for fate in _FATES for n in [counts[fate]]
    ]
    context.line(table([*rows, RULE, [speaker.say("fate.all"), speaker.number(sum(counts.values()))]], right=(1,)))
    dialect = batch.facts["dialect"]
    shown = {"\t": "tab", None: "–"}
    settings = [
        f"{speaker.say(f'setting.{n}')} {shown.get(c['value'], c['value'])}"
        for n in _SETTINGS
        for c in [dialect.get(n)]
        if c
    ]
    context.line("  " + "; ".join(settings))
    agreeing = [control for control in batch.facts["controls"] if control["status"] == "agrees"]
    if len(agreeing) > SHOWN:
        context.line("  " + speaker.say("control.all_agree", count=len(agreeing)))
    for control in batch.facts["controls"]:
        if len(agreeing) > SHOWN and control["status"] == "agrees":
            continue
        figures = {n: speaker.number(control[n]) for n in ("stated", "computed", "difference")}
        code = f"control.{control.get('what', 'total')}.{control['status']}"
        context.line("  " + speaker.say(code, **figures, rows=control["unreadable"]))
    print_issues(context, [issue for issue in issues if issue.code != "control_total_explained"])


def print_issues(context: Context, issues: Sequence[Issue]) -> None:
    """Print issues, the first few of each kind in full and the rest counted."""
    seen: Counter[str] = Counter()
    for issue in issues:
        seen[issue.code] += 1
        if seen[issue.code] <= SHOWN:
            context.line("  " + context.speaker.issue(issue))
    for code, count in seen.items():
        if count > SHOWN:
            context.line("    " + context.speaker.say("issues.more", count=count - SHOWN, kind=code))


def run_batches(context: Context) -> int:
    """List all batches, those that count no more marked."""
    active = {batch.id for batch in context.workspace.active_batches()}
    say = context.speaker.say
    head = [
        say("head.batch"),
        say("head.source"),
        say("head.file"),
        *(say(f"head.{f}") for f in _FATES),
        say("head.state"),
    ]
    rows = [
        [
            b.id,
            b.source,
            b.origin,
            *(str(b.counts[f]) for f in _FATES),
            say("state.active" if b.id in active else "state.out"),
        ]
        for b in context.workspace.batches()
    ]
    context.line(table([head, RULE, *rows], right=(3, 4, 5, 6)))
    return 0


_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_FATES = ("accepted", "set_aside", "held", "rejected")
_SETTINGS = ("sheet", "encoding", "delimiter", "decimal", "header_row", "dates")


def with_reasons(batch: Batch, rows: pa.Table, speaker: Speaker) -> Iterator[list[str]]:
    """Yield the headings and then each physical row that some rows or cells are of, with its number and what is wrong behind it.

    Args:
        rows: of that batch, as `Batch.rows` gives them.
    """
    told: dict[int, list[str]] = {number: [] for number in rows["row"].to_pylist()}
    for issue in batch.problems_in(rows):
        at, reason = issue.location.address, speaker.tell(issue)
        told[at.row].append(f"{at}: {reason}" if at.place else reason)
    yield [*batch.headings(), speaker.say("head.row"), speaker.say("head.reason")]
    cells = batch.cells_of(told)  # in one go: reading them row by row takes minutes for a large file
    for number, reasons in sorted(told.items()):
        yield [*cells[number], str(number), " ".join(reasons)]


def run_rows(context: Context) -> int:
    """List the physical rows of a batch, or write them as CSV with the reason in a column, to mend and import again."""
    batch = context.workspace.batch_store.get(context.args.batch)
    speaker = context.speaker
    wanted = [context.args.fate] if context.args.fate else ["held", "rejected"]
    if context.args.csv:
        rows = batch.rows(*wanted)
        context.args.csv.write_bytes(csv_bytes(with_reasons(batch, rows, speaker)))
        context.say("rows.written", path=str(context.args.csv), rows=len(rows))
        return 0
    reasons = {issue.location.address: speaker.tell(issue) for issue in batch.problems(*wanted)}
    for row in batch.rows(*wanted).to_pylist():
        text = " | ".join(row["cells"])
        at = Address(row["row"], row["column_number"])
        context.line(f"  {at!s:>6}  {speaker.say('fate.' + row['fate'])}: {reasons.get(at, '')}")
        context.line(f"          {text}")
    print_attached(context, [batch])
    return 0
