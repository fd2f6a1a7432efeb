"""The command that shows what the investments of a run finance: portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from trede.analysis.portfolio import Holdings, portfolio
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.tables import RULE, Row, table
from trede.engine.activities import Input

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
    command.set_defaults(run=run_portfolio)


def run_portfolio(context: Context) -> int:
    """Print the holdings of runs by asset class and currency."""
    workspace, say = context.workspace, context.speaker.say
    for name in context.args.name:
        run = workspace.find_run(name)
        batches = (workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"])
        found = portfolio(run, [Input(batch.id, batch.records_path) for batch in batches])
        context.line()
        context.line(f"{run.spec['period']} · {run.id}")
        if not found:
            context.say("portfolio.none")
            continue
        context.line(table(_rows(context.speaker, found), right=range(2, len(HEADS))))
        context.line()
        context.line("  " + say("portfolio.basis"))
    return 0


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
