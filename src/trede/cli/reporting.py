"""The command that writes the report: a PDF, a workbook, or both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.cli.calculating import by_activity
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.kernel.errors import TredeError


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = commands.add_parser("report", help=say("help.report"), description=say("help.report"))
    parser.add_argument("name", nargs="+", help=say("help.run_name"))
    parser.add_argument("--pdf", type=Path, metavar=say("meta.file"), help=say("help.report.pdf"))
    parser.add_argument("--xlsx", type=Path, metavar=say("meta.file"), help=say("help.report.xlsx"))
    parser.set_defaults(run=run_report)


def run_report(context: Context) -> int:
    """Write the report of one or more runs."""
    from trede.workspace.reporting import make_report, write_report

    args, speaker = context.args, context.speaker
    if args.pdf is None and args.xlsx is None:
        raise TredeError.of("report_without_file")
    report = make_report(
        context.workspace, args.name, speaker.language,
        lambda issues: [speaker.issue(issue) for issue in by_activity(speaker, issues)],
    )  # fmt: skip
    for path in write_report(report, pdf=args.pdf, xlsx=args.xlsx):
        context.say("report.made", path=str(path), kilobytes=speaker.number(path.stat().st_size // 1000))
    return 0
