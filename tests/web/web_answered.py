"""What the API takes of the records that pages show: each field stands in an answer, or is of the screen alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from ninja import schema

WORDS = {"text", "said_margin", "said_quantity", "said_quality", "state_name", "view_name"}
"""Words for what stands beside them as a code or a number."""
DRAWN = {"share", "bar", "around", "drawing", "drawn", "chart", "sizes", "waterfall", "number", "letters"}
"""How long a bar is, where a line is drawn, which number it has on the page."""
ASKING = {"choices", "address", "asked", "chosen", "heads", "groups", "years", "months", "here"}
PLACED = {"before", "after", "first", "last"}
"""What an address says, links, what can be chosen in a list, and which part of a list it is."""
SCREEN = {
    "bridge.results.charts.ChartShown": {"head", "lines", "run", "citation"},  # `chart` has columns and rows of its own
    "bridge.factors.choices.ListLine": {"years_used"},  # `used`, once more for links
    "bridge.results.completeness.Cell": {"name"}, "bridge.intake.grid.Cell": {"name", "heading"},
    "bridge.results.dividing.StatementPage": {"division", "made"},  # `title`, `key` and `basis` are of it
    "bridge.ledger.doubles.Double": {"mg"},  # `stake` is in tonnes
    "bridge.factors.editions.Edition": {"ref"}, "bridge.factors.uses.RecordsPage": {"use"},
    "bridge.factors.factor.FactorPage": {"ref", "description", "beside"},
    "bridge.results.footprint.FootprintPage": {"bases"},  # they are among `totals`
    "bridge.results.causes.Line": {"cause"},
    "bridge.ledger.history.HistoryPage": {"sheet", "sites", "qualities"},  # `evidence_about` has rows, `part` the sites
    "bridge.intake.batches.BatchPage": {"in_cells", "held", "rejected", "reason", "stretches"},  # `rows`; what somebody typed
    "bridge.ledger.ledger.LedgerPage": {"calculated", "lines", "more", "more_chosen", "chips", "views"},  # `records`
    "bridge.intake.mapping_page.ColumnRow": {"by_name"}, "bridge.intake.mapping_page.Translation": {"guessed"},
    "bridge.intake.meaning.Question": {"unknown", "near", "others", "worth"},  # `text`, `rows` and `choices` are of it
    "bridge.boundary.organisation.EntityNode": {"sites"},  # each of `sites` names its entity
    "bridge.welcome.overview.Result": {"lines"},  # those of the footprint
    "bridge.factors.queue.Line": {"rows"},
    "bridge.results.scope3.Scope3Page": {"bases", "order"},
    "bridge.results.trails.TrailPage": {"in_kilograms"},
    "bridge.welcome.attention.Point": {"mg"},  # `tonnes`
    "bridge.intake.weighing.Line": {"kept"},
}  # fmt: skip


@contextmanager
def watched(patch: pytest.MonkeyPatch) -> Iterator[dict[type, set[str]]]:
    """Note which fields of which records are answered."""
    seen: dict[type, set[str]] = defaultdict(set)
    getter: Any = schema.DjangoGetter
    plain = getter.__getattr__

    def noted(self: Any, name: str) -> Any:
        if is_dataclass(self._obj):
            seen[type(self._obj)].add(name)
        return plain(self, name)

    patch.setattr(getter, "__getattr__", noted)
    yield seen


def left_out(seen: dict[type, set[str]]) -> dict[str, set[str]]:
    """Return the fields that no answer has and that are not known to be of the screen."""
    found: dict[str, set[str]] = {}
    for kind, names in seen.items():
        of = f"{kind.__module__}.{kind.__name__}".removeprefix("trede_web.")
        rest = {field.name for field in fields(kind)} - names - WORDS - DRAWN - ASKING - PLACED - SCREEN.get(of, set())
        if rest:
            found[of] = rest
    return found
