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
    "bridge.charts.ChartShown": {"head", "lines", "run", "citation"},  # `chart` has columns and rows of its own
    "bridge.choices.ListLine": {"years_used"},  # `used`, once more for links
    "bridge.completeness.Cell": {"name"}, "bridge.grid.Cell": {"name", "heading"},
    "bridge.dividing.StatementPage": {"division", "made"},  # `title`, `key` and `basis` are of it
    "bridge.doubles.Double": {"mg"},  # `stake` is in tonnes
    "bridge.editions.Edition": {"ref"}, "bridge.factor_records.RecordsPage": {"use"},
    "bridge.factor.FactorPage": {"ref", "description", "beside"},
    "bridge.footprint.FootprintPage": {"bases"},  # they are among `totals`
    "bridge.causes.Line": {"cause"},
    "bridge.history.HistoryPage": {"sheet", "sites", "qualities"},  # `evidence_about` has rows, `part` the sites
    "bridge.intake.BatchPage": {"in_cells", "held", "rejected", "reason", "stretches"},  # `rows`; what somebody typed
    "bridge.ledger.LedgerPage": {"calculated", "lines", "more", "more_chosen", "chips", "views"},  # `records`
    "bridge.mapping_page.ColumnRow": {"by_name"}, "bridge.mapping_page.Translation": {"guessed"},
    "bridge.meaning.Question": {"unknown", "near", "others", "worth"},  # `text`, `rows` and `choices` are of it
    "bridge.organisation.EntityNode": {"sites"},  # each of `sites` names its entity
    "bridge.overview.Result": {"lines"},  # those of the footprint
    "bridge.queue.Line": {"rows"},
    "bridge.scope3.Scope3Page": {"bases", "order"},
    "bridge.trails.TrailPage": {"in_kilograms"},
    "bridge.attention.Point": {"mg"},  # `tonnes`
    "bridge.weighing.Line": {"kept"},
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
