"""The command that runs case files: `trede check`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.cases.folder import SHIPPED, Outcome, run_path
from trede.cases.model import Expect
from trede.cases.running import CaseResult, Comparison
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.tables import RULE, table


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    check = commands.add_parser("check", help=say("help.check"), description=say("help.check"))
    check.add_argument("path", nargs="?", type=Path, default=SHIPPED, help=say("help.check.path"))
    check.set_defaults(run=run_check)


def run_check(context: Context) -> int:
    """Run the cases and print each figure beside what was expected. Exit code 1 when one does not hold."""
    outcomes = []
    for outcome in run_path(context.args.path):
        _print(context, outcome)
        outcomes.append(outcome)
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    figures = [comparison for result in results for comparison in result.comparisons]
    wrong = [outcome.file for outcome in outcomes if not outcome.holds]
    context.line()
    context.say(
        "check.summary", cases=len(outcomes), figures=len(figures), held=sum(c.holds for c in figures),
        good=len(outcomes) - len(wrong),
    )  # fmt: skip
    if wrong:
        context.say("check.wrong", files=wrong)
    return 1 if wrong else 0


def _print(context: Context, outcome: Outcome) -> None:
    context.line()
    result = outcome.result
    if result is None:
        context.say("check.not_run", file=outcome.file)
    else:
        context.say("check.case", file=outcome.file, title=result.case.title_in(context.speaker.language))
        context.line(_figures(context.speaker, result))
    for issue in outcome.issues if result is None else result.issues:
        context.line("  " + context.speaker.issue(issue))


def _figures(speaker: Speaker, result: CaseResult) -> str:
    head = [
        "",
        *(speaker.say(f"check.head.{name}") for name in ("what", "expected", "within", "got", "difference", "unit")),
    ]
    rows = [_row(speaker, comparison) for comparison in result.comparisons]
    return table([head, RULE, *rows], right=(2, 3, 4, 5))


def _row(speaker: Speaker, comparison: Comparison) -> list[str]:
    expect = comparison.expect
    printed = _decimals(expect.value)
    beyond = max(printed, _decimals(expect.allowed)) + 2
    return [
        speaker.say("check.ok" if comparison.holds else "check.no"),
        _name(speaker, expect),
        speaker.number(expect.value, printed),
        f"± {speaker.number(expect.allowed)}",
        speaker.number(comparison.got, beyond),
        speaker.number(comparison.difference, beyond),
        expect.unit,
    ]


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # a value that is no number does not load
    return max(0, -exponent)


def _name(speaker: Speaker, expect: Expect) -> str:
    """Write what is expected like an address of `trede explain`, where it has one."""
    basis = f":{expect.basis}" if expect.basis else ""
    if expect.standard is not None:
        return f"{expect.standard}{basis}/{expect.heading}" if expect.heading else f"{expect.standard}{basis}"
    return f"{expect.account or speaker.say(f'check.{expect.what}')}{basis}"
