"""Spend that a person should look at: accounts whose sector is only proposed, and codes of which the category is not known.

The reference chart gives each account a sector with its confidence. At low confidence the account holds many things: it counts,
by that proposal, until somebody says what was bought. A code that leaves the category of scope 3 open does not count before
somebody chooses one; of transport it follows from who pays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.catalogue.exchange import EURO
from trede.catalogue.rgs import rgs_account
from trede.engine.duck import quote
from trede.engine.runs import Run
from trede.factors.spending import BY_CODE
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import SectorMap
from trede.workspace.proposing import CATEGORY_UNKNOWN, DOUBTFUL, Waiting
from trede.workspace.spending import in_euros
from trede.workspace.workspace import Workspace

EXAMPLES = 5
"""Rows and texts of one account that are shown."""
CENT = Decimal("0.01")
_LOW = '"confidence":"low"'


def doubtful_accounts(workspace: Workspace, run: Run) -> list[Waiting]:
    """Return the accounts that a run counts by a sector of low confidence, each once for a country and year.

    `euros` is what was booked on them, without VAT, at the rate of each day; amounts of which no rate is known are left out.
    """
    paths = tuple(workspace.batch_store.get(batch["id"]).records_path for batch in run.spec["batches"])
    return list(_doubtful(run.folder, paths))


@lru_cache(maxsize=64)
def _doubtful(folder: Path, paths: tuple[Path, ...]) -> tuple[Waiting, ...]:
    """Gather the accounts; a run never changes."""
    columns = ["plan_key", "activity_type", "attributes", "geography", "year", "reason"]
    plan = pq.read_table(folder / "plan.parquet", columns=columns)
    plan = plan.filter(pc.match_substring(plan["reason"], _LOW))
    keys: dict[int, tuple[Mapping[str, str], str, int, str]] = {}
    for row in plan.to_pylist():
        said, spend = json.loads(row["attributes"]), json.loads(row["reason"]).get("spend", {})
        if spend.get("confidence") == "low":
            keys[row["plan_key"]] = said, row["geography"], row["year"], spend["account"]
    if not keys or not paths:
        return ()
    grouped: dict[tuple[str, str, str, int], list[Waiting]] = {}
    for each in _booked(folder, paths, keys):
        account = each.attributes["classification"], each.attributes["code"], each.geography, each.year
        grouped.setdefault(account, []).append(each)
    return tuple(_together(same) for same in grouped.values())


def _booked(
    folder: Path, paths: Sequence[Path], keys: Mapping[int, tuple[Mapping[str, str], str, int, str]]
) -> Iterable[Waiting]:
    """Yield what was booked, by key of the plan, currency and day; of an amount with VAT in it the part without."""
    files = ", ".join(f"'{quote(path)}'" for path in paths)
    numbers = ", ".join(map(str, keys))
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        source = f"read_parquet([{files}], union_by_name=true)"
        known = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
        said = ", ".join([*(f"r.{name}" for name in ("supplier", "note") if name in known), "NULL"])
        rows = con.execute(
            f"""
            WITH counted AS (
                SELECT DISTINCT record_id, plan_key, batch, "row" FROM '{quote(folder / "ledger.parquet")}'
                WHERE plan_key IN ({numbers})
            )
            SELECT c.plan_key, coalesce(d.unit, r.unit), coalesce(d.start, r.start), count(*),
                   sum(coalesce(d.quantity, r.quantity)),
                   min_by({{batch: c.batch, place: c."row"}}, c."row", {EXAMPLES}),
                   list_distinct(list(DISTINCT coalesce({said})))[1:{EXAMPLES}]
            FROM counted c JOIN {source} r USING (record_id)
            LEFT JOIN '{quote(folder / "derived.parquet")}' d ON d.record_id = r.record_id AND d.activity_type = 'spend'
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
    for key, unit, day, records, amount, examples, texts in rows:
        attributes, place, year, account = keys[key]
        chart = rgs_account(account)
        assert chart is not None
        yield Waiting(
            "", "spend", attributes, EURO, place, year, DOUBTFUL, records, amount, in_euros(amount, unit, day),
            tuple((each["batch"], each["place"]) for each in examples), tuple(filter(None, texts or [])),
            ("nace-2", str(chart.nace)), str(chart.category) if attributes["category"] == BY_CODE else "", account,
        )  # fmt: skip


def _together(same: Sequence[Waiting]) -> Waiting:
    """Return lines of one code as one question, asked of all its currencies and days."""
    first = next((each for each in same if each.attributes["category"] == BY_CODE), same[0])
    euros = sum((each.euros for each in same if each.euros is not None), Decimal(0)).quantize(CENT)
    attributes = {name: value for name, value in first.attributes.items() if name != "via"}
    about = [attributes["classification"], attributes["code"], first.geography, first.year, first.code]
    texts = dict.fromkeys(text for each in same for text in each.texts)
    places = dict.fromkeys(place for each in same for place in each.batches)
    return replace(
        first, id=sha256(canonical_json(about))[:SHORT], attributes=attributes, unit=EURO, quantity=euros, euros=euros,
        records=sum(each.records for each in same), batches=tuple(places)[:EXAMPLES],
        texts=tuple(dict.fromkeys([attributes["code"], *texts]))[: EXAMPLES + 1],
    )  # fmt: skip


def with_categories_asked(waiting: Iterable[Waiting], decisions: Sequence[Recorded]) -> list[Waiting]:
    """Return groups of a run in which a code without a category is asked once, with what it means as far as was recorded.

    Args:
        decisions: those in force.
    """
    others: list[Waiting] = []
    asked: dict[tuple[Any, ...], list[Waiting]] = {}
    for each in waiting:
        if each.code == CATEGORY_UNKNOWN:
            said = each.attributes
            asked.setdefault((said["classification"], said["code"], each.geography, each.year), []).append(each)
        else:
            others.append(each)
    return others + [replace(_together(same), meant=_meant(same[0].attributes, decisions)) for same in asked.values()]


def _meant(attributes: Mapping[str, str], decisions: Sequence[Recorded]) -> tuple[str, str]:
    """Return classification and code that a code was last said to mean; else the code itself."""
    wanted = attributes["classification"], attributes["code"].casefold()
    for recorded in reversed(decisions):
        if isinstance(recorded.decision, SectorMap):
            for entry in reversed(recorded.decision.entries):
                if (entry.classification, entry.code.casefold()) == wanted and entry.to_code:
                    return entry.to_classification, entry.to_code
    return attributes["classification"], attributes["code"]
