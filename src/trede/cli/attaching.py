"""Commands for evidence of any kind: attach, attachments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trede.activity.batches import Batch
from trede.cli.context import Context, read_file
from trede.cli.language import Speaker
from trede.cli.tables import table
from trede.evidence.store import Evidence
from trede.organisation.decisions import Attach
from trede.workspace.attaching import attach, attachments, require_size

SHOWN_HASH = 12


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    parser = commands.add_parser("attach", help=say("help.attach"), description=say("help.attach"))
    parser.add_argument("file", type=Path, help=say("help.file"))
    parser.add_argument("--to", required=True, metavar="WHAT", help=say("help.attach.to"))
    parser.add_argument("--page", type=int, help=say("help.attach.page"))
    parser.add_argument("--note", default="-", help=say("help.attach.note"))
    parser.add_argument("--by", help=say("help.by"))
    parser.set_defaults(run=run_attach)
    listing = commands.add_parser("attachments", help=say("help.attachments"), description=say("help.attachments"))
    listing.set_defaults(run=run_attachments)


def run_attach(context: Context) -> int:
    """Keep a file and record what it proves."""
    args, path = context.args, context.args.file
    if path.is_file():
        require_size(path.stat().st_size, path.name)
    recorded, again = attach(
        context.workspace, read_file(path), path.name, args.to, person=context.person, page=args.page, note=args.note
    )
    said = recorded.decision
    if isinstance(said, Attach):
        sha = said.file_sha256[:SHOWN_HASH]
        context.say(
            "attach.again" if again else "attach.done",
            id=recorded.id, person=said.person, name=said.name, what=_what(said), sha=sha,
        )  # fmt: skip
    return 0


def run_attachments(context: Context) -> int:
    """List what is attached to what, by whom."""
    speaker = context.speaker
    rows = [
        [
            a.recorded.id, speaker.day(said.made_at.date()), said.name, _page(context, said).removeprefix(", "), _what(said),
            said.person, said.reason, said.file_sha256[:SHOWN_HASH],
        ]
        for a in attachments(context.workspace)
        for said in [a.decision]
    ]  # fmt: skip
    context.line(table(rows) if rows else speaker.say("attach.none"))
    return 0


def print_removed(context: Context, evidence: Evidence) -> None:
    """Say of an original that was removed when, by whom and why."""
    if evidence.removal is not None:
        context.line(f"  {evidence.name}: {context.speaker.tell(evidence.removed())}")


def print_attached(context: Context, batches: Sequence[Batch]) -> None:
    """Say how much is attached to some batches, if anything is."""
    count = sum(any(map(attachment.proves, batches)) for attachment in attachments(context.workspace))
    if count:
        context.say("attach.count", count=count)


def print_evidence(context: Context, batch: Batch, record: Mapping[str, Any]) -> None:
    """Name every file that is attached to a record, and say which originals were removed."""
    if context.workspace.evidence.is_removed(batch.file_sha256):
        print_removed(context, context.workspace.evidence.get(batch.file_sha256))
    for attachment in attachments(context.workspace):
        said = attachment.decision
        if attachment.proves(batch, record):
            context.line("  " + context.speaker.say(
                "attach.evidence", name=said.name, page=_page(context, said), person=said.person,
                sha=said.file_sha256[:SHOWN_HASH], note="" if said.reason == "-" else said.reason,
            ).rstrip())  # fmt: skip
            print_removed(context, context.workspace.evidence.get(said.file_sha256))


def _page(context: Context, said: Attach) -> str:
    return "" if said.page is None else context.speaker.say("attach.page", page=said.page)


def _what(said: Attach) -> str:
    """Write what a file is attached to, as `--to` takes it; of a batch the beginning of its file's hash."""
    if said.to == "batch":
        return f"sha256:{said.target[:SHOWN_HASH]}"
    return f"{said.to}:{said.target}" + (f" ({said.source})" if said.source else "")
