"""What `trede show --by` prints: the total by entity, site, project or department."""

from __future__ import annotations

from collections.abc import Sequence

from trede.catalogue.standards import Standard
from trede.cli.context import Context
from trede.cli.tables import RULE, Row, table
from trede.engine.runs import Run
from trede.inventory.grouping import total_by
from trede.organisation.model import Belonging


def print_groups(context: Context, runs: Sequence[Run], standard: Standard, basis: str, what: Belonging) -> None:
    """Print tonnes CO2e of each run; the rows add up to the total of the standard."""
    speaker = context.speaker
    found = [total_by(run.table("totals").to_pylist(), standard, basis, what) for run in runs]
    names = context.workspace.organisation.called(what)
    known = {ident for sums in found for ident in sums if ident is not None}
    order = [*(ident for ident in names if ident in known), *sorted(known - names.keys())]
    rows: list[Row] = [[speaker.say(f"by.{what}"), *(run.period.name for run in runs)], RULE]
    for ident in order:
        label = names.get(ident, ident)
        shown = label if label == ident else f"{label} ({ident})"
        rows.append([shown, *(speaker.tonnes(sums.get(ident, 0)) for sums in found)])
    if any(None in sums for sums in found):
        rows.append([speaker.say(f"by.no_{what}"), *(speaker.tonnes(sums.get(None, 0)) for sums in found)])
    rows += [RULE, [speaker.say("sum_total"), *(speaker.tonnes(sum(sums.values())) for sums in found)]]
    context.line()
    context.line(table(rows, right=range(1, len(runs) + 1)))
