"""The command that shows what the investments of a run finance: portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.analysis.portfolio import Holdings, portfolio, positions
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.engine.activities import Input
from trede.engine.runs import Run
from trede.kernel.disk import new_file
from trede.kernel.errors import TredeError

HEADS = (
    "class",
    "currency",
    "holdings",
    "without",
    "outstanding",
    "covered",
    "scope_1_2",
    "scope_3",
    "intensity",
    "score",
)


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    command = commands.add_parser("portfolio", help=say("help.portfolio"), description=say("help.portfolio"))
    command.add_argument("name", nargs="+", help=say("help.portfolio.name"))
    command.add_argument("--xlsx", type=Path, metavar=say("meta.file"), help=say("help.portfolio.xlsx"))
    command.set_defaults(run=run_portfolio)


def run_portfolio(context: Context) -> int:
    """Print the holdings of runs by asset class and currency, or write them to a workbook, each holding too."""
    workspace = context.workspace
    target: Path | None = context.args.xlsx
    if target is not None and target.exists():
        raise TredeError.of("file_exists", path=str(target))
    known = []
    for name in context.args.name:
        run = workspace.find_run(name)
        batches = (workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"])
        inputs = [Input(batch.id, batch.records_path) for batch in batches]
        found = portfolio(run, inputs)
        _print(context, run, found)
        known.append((run, found, positions(run, inputs) if target else []))
    if target:
        from trede.cli.portfolio_file import portfolio_workbook

        new_file(target, portfolio_workbook(context.speaker, known))
        context.say("portfolio.written", path=str(target))
    return 0


def _print(context: Context, run: Run, found: Sequence[Holdings]) -> None:
    speaker = context.speaker
    context.line()
    context.line(f"{run.spec['period']} · {run.id}")
    if not found:
        context.say("portfolio.none")
        return
    context.line(table(_rows(speaker, found), right=range(2, len(HEADS))))
    context.line()
    scores = [
        f"{each.asset_class.name.get(speaker.language)} {each.currency} {speaker.number(each.score_3, 1)}"
        for each in found
        if each.score_3 is not None
    ]
    if scores:
        context.line("  " + speaker.say("portfolio.score_3", scores="; ".join(scores)))
    context.line("  " + speaker.say("portfolio.basis"))


def _rows(speaker: Speaker, found: Sequence[Holdings]) -> list[Row]:
    def number(value: Decimal | None, decimals: int) -> str:
        return "–" if value is None else speaker.number(value, decimals)

    rows: list[Row] = [[speaker.say(f"portfolio.{head}") for head in HEADS], RULE]
    for each in found:
        rows.append(
            [
                each.asset_class.name.get(speaker.language), each.currency, speaker.number(each.count),
                speaker.number(each.without), number(each.outstanding, 0),
                "–" if each.coverage is None else speaker.percent(each.coverage), speaker.tonnes(each.scope_1_2),
                speaker.tonnes(each.scope_3), number(each.intensity, 1), number(each.score, 1),
            ]
        )  # fmt: skip
    return rows
