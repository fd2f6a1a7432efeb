"""The command `trede`: the parser and the one place where errors become sentences and exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import duckdb
import pyarrow as pa

import trede.cli.factors as factor_commands
from trede.cli import (
    allocating,
    attaching,
    bundling,
    calculating,
    certainty,
    checking,
    comparing,
    correcting,
    deciding,
    estimates,
    explaining,
    findings,
    intake,
    materiality,
    models,
    organising,
    planning,
    portfolio,
    publishing,
    registering,
    removing,
    reporting,
    sampling,
    spending,
    status,
    template,
)
from trede.cli.arguments import parser_type
from trede.cli.context import Context
from trede.cli.language import LANGUAGES, Speaker, choose_language
from trede.kernel.errors import TredeError

AREAS = (
    template, intake, models, estimates, organising, attaching, removing, deciding, correcting, findings, spending, sampling,
    registering, materiality, factor_commands, calculating, status, publishing, explaining, bundling, comparing, planning,
    certainty, allocating, portfolio, reporting, checking,
)  # fmt: skip


def build_parser(speaker: Speaker) -> argparse.ArgumentParser:
    """Return the parser of all commands, with help in one language."""
    parser = parser_type(speaker)(prog="trede", description=speaker.say("help.trede"))
    parser.add_argument("--lang", choices=LANGUAGES, help=speaker.say("help.lang"))
    parser.add_argument("-w", "--workspace", metavar=speaker.say("meta.folder"), help=speaker.say("help.workspace"))
    commands = parser.add_subparsers(dest="command", metavar=speaker.say("help.command"), required=True)
    for area in AREAS:
        area.register(commands, speaker)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit code 0: done; 1: it could not be done, or verification says no; 2: wrong use."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    speaker = Speaker(choose_language(_asked(arguments)))
    args = build_parser(speaker).parse_args(arguments)
    try:
        code: int = args.run(Context(args, speaker))
    except TredeError as error:
        for issue in error.issues:
            print(speaker.issue(issue), file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except (OSError, pa.ArrowException, duckdb.Error) as error:
        print(speaker.say("storage_unreadable", detail=str(error).partition("\n")[0]), file=sys.stderr)
        return 1
    return code


def _asked(arguments: Sequence[str]) -> str | None:
    for at, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and at + 1 < len(arguments):
            return arguments[at + 1]
    return None
