"""Findings: records that probably say the same thing twice, and the tonnes that are at stake.

A finding names the records on both sides: those that should post nothing because the others hold the same energy already
(`records`), and the others (`beside`). Nothing changes by itself: a person marks the records as covered, or says that both
are right. The rules are those of the accounting rules, sections 2 and 9.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from trede.analysis import twice
from trede.catalogue.pcaf import asset_classes
from trede.engine.activities import Input, load_activities
from trede.engine.deriving import derive, deriving_types
from trede.engine.duck import connect
from trede.engine.plan import GROUP, VIA
from trede.kernel.identity import canonical_json, sha256
from trede.kernel.periods import Period
from trede.methods.known import Known, shipped

ID_LENGTH = 8
"""Hexadecimal digits of a finding's id."""

VIA_OF, GROUP_OF = "coalesce(via, '')", "coalesce(posts_to, '')"
"""Of a derived activity the type and leg that it comes from, and the account group that it posts to; empty for any other."""

LOOKED_AT = (
    "batch", "record_id", '"row"', "activity_type", "attributes", "quantity", "unit", "start", '"end"', "entity", "site",
    "geography", "meter", "document", "credit_of", "supplier", "vehicle",
)  # fmt: skip
"""The columns of activities that detectors look at."""

CHARGING, METER, NETTED = "electricity-vehicle", "electricity", "electricity-netted"
DISTANCES = ("freight", "freight-vehicle")
TREATMENTS = ("waste", "waste-landfill", "waste-material")
TWO_WAYS = (
    ("travel-air", "flight-route"), ("travel-air-class", "flight-route"), ("hotel-stay", "hotel-energy"),
    ("telework", "telework-energy"),
    *((distance, used) for distance in ("travel-car", "travel-hired-car", "travel-car-shared")
      for used in ("travel-fuel", "travel-power")),
)  # fmt: skip
"""Pairs of activity types that tell one journey or night: the first by a distance or an average, the second by what it took."""
KILOMETRES, TONNE_KILOMETRES, LITRES = "vehicle-distance", "freight-distance", "liquid-volume"
"""Kinds of quantity: ways to say what one vehicle used."""


def _via(*types: str) -> str:
    """Return SQL for a row that comes from a record of one of these types, which others post for."""
    names = ", ".join(f"'{name}'" for name in types)
    return f"made_of IN ({names})"


def _of(types: Sequence[str]) -> str:
    return f"activity_type IN ({', '.join(repr(name) for name in types)})"


def _recorded(types: Sequence[str]) -> str:
    """Return SQL for the records of some types with a document, as they were recorded."""
    names = ", ".join(f"'{name}'" for name in types)
    return f"SELECT * FROM activity WHERE document IS NOT NULL AND way IN ({names})"


def _spans(wanted: str, by: str) -> str:
    """Return SQL for the records of a kind by some columns and year: first and last day, and their ids."""
    return f"""
        SELECT {by}, CAST(extract(year FROM start) AS VARCHAR) AS year, min(start) AS first, max("end") AS last,
               list(DISTINCT record_id) AS records
        FROM activity JOIN kind_of USING (activity_type) WHERE {wanted} GROUP BY ALL
    """


_METERED = """
    SELECT record_id, batch, meter, activity_type, attributes, unit, sum(quantity) AS quantity, min(start) AS start,
           max("end") AS "end"
    FROM activity WHERE meter IS NOT NULL AND quantity > 0 GROUP BY ALL
"""
"""Whole records: of their parts by year, each of two records could begin before the other."""

_EARLIER = """(PARTITION BY meter, activity_type, attributes ORDER BY start, "end" DESC, record_id
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"""

_HOLDINGS = f"""
    SELECT * FROM activity WHERE document IS NOT NULL AND quantity > 0
     AND {_via(*asset_classes())}
"""
"""What holdings of a portfolio are attributed, by document."""

_GOODS = f"""
    SELECT *, CASE WHEN split_part({GROUP_OF}, '.', 2) = 'hybrid' THEN 2
                   WHEN activity_type = 'material' OR split_part({GROUP_OF}, '.', 2) = 'materials' THEN 3
                   ELSE 1 END AS method_rank
    FROM activity
    WHERE document IS NOT NULL AND quantity > 0
      AND (split_part({GROUP_OF}, '.', 1) IN ('purchased-goods', 'capital-goods')
           OR (activity_type = 'material' AND {GROUP_OF} = '')
           OR (activity_type = 'reported-emissions' AND {GROUP_OF} = ''
               AND json_extract_string(attributes, '$.category') IN ('1', '2')))
      AND split_part({GROUP_OF}, '.', 2) <> 'spend'
"""
"""What was bought, by how specific its method is: the supplier's figure, its parts, an average."""

_DERIVED = f"""
    SELECT *, coalesce(json_extract_string(attributes, '$.species'), '') AS species
    FROM activity WHERE document IS NOT NULL AND {VIA_OF} <> '' AND quantity > 0
"""


DETECTORS: Mapping[str, str] = {
    # Charging at the office beside the office's own meter. A session that names no site is held against every meter of
    # the organisation in that country.
    "charging_beside_meter": f"""
        SELECT c.record_id AS record, m.records AS beside, coalesce(c.site, '') AS site, m.year, c.quantity, c.unit,
               c.start, c."end"
        FROM activity c JOIN ({_spans(f"activity_type = '{METER}' AND {GROUP_OF} = ''", "site, geography")}) m
          ON c.activity_type = '{CHARGING}' AND json_extract_string(c.attributes, '$.place') = 'office'
         AND c.geography = m.geography AND (c.site IS NULL OR c.site = m.site)
         AND CAST(extract(year FROM c.start) AS VARCHAR) = m.year AND c.start <= m.last AND m.first <= c."end"
    """,
    # Kilometres or tonne-kilometres of a vehicle beside the litres that it tanked; the litres are the better measure.
    "kilometres_beside_litres": f"""
        SELECT k.record_id AS record, s.records AS beside, k.vehicle, s.year, k.quantity, k.unit, k.start, k."end"
        FROM activity k JOIN kind_of USING (activity_type)
        JOIN ({_spans(f"kind = '{LITRES}' AND vehicle IS NOT NULL", "vehicle")}) s
          ON kind IN ('{KILOMETRES}', '{TONNE_KILOMETRES}') AND k.vehicle = s.vehicle
         AND CAST(extract(year FROM k.start) AS VARCHAR) = s.year AND k.start <= s.last AND s.first <= k."end"
    """,
    # One purchase by two methods: the less specific one would post nothing.
    "goods_by_two_methods": f"""
        SELECT b.record_id AS record, list(DISTINCT a.record_id) AS beside, b.document, b.quantity, b.unit, b.start, b."end"
        FROM ({_GOODS}) a JOIN ({_GOODS}) b
          ON a.document = b.document AND a.entity IS NOT DISTINCT FROM b.entity AND a.method_rank < b.method_rank
         AND a.record_id <> b.record_id
        GROUP BY ALL
    """,
    # The rest of a chain by an average, while its materials and transport are there one by one.
    "hybrid_rest_beside_parts": f"""
        SELECT r.record_id AS record, list(DISTINCT p.record_id) AS beside, r.document, r.quantity, r.unit, r.start, r."end"
        FROM ({_DERIVED}) r JOIN ({_DERIVED}) p
          ON r.document = p.document AND r.entity IS NOT DISTINCT FROM p.entity
         AND r.made_of IN ('hybrid-remainder', 'hybrid-remainder-mass')
         AND p.made_of IN ('hybrid-material', 'hybrid-transport')
        GROUP BY ALL
    """,
    # Gas that leaks from a product is gas that it contains; what it contains is counted as released already.
    "leak_beside_contained": f"""
        SELECT l.record_id AS record, list(DISTINCT c.record_id) AS beside, l.document, l.species, l.quantity, l.unit,
               l.start, l."end"
        FROM ({_DERIVED}) l JOIN ({_DERIVED}) c
          ON l.document = c.document AND l.entity IS NOT DISTINCT FROM c.entity AND l.species = c.species
         AND l.made_of = 'product-leak' AND c.made_of = 'product-contained-gas'
        GROUP BY ALL
    """,
    # The same number, type, quantity and unit in two batches: the later batch repeats.
    "document_in_two_files": """
        SELECT b.record_id AS record, [a.record_id] AS beside, b.document, b.quantity, b.unit, b.start, b."end"
        FROM activity a JOIN activity b ON a.document = b.document AND a.activity_type = b.activity_type
         AND a.quantity = b.quantity AND a.unit = b.unit AND a.start <= b."end" AND b.start <= a."end"
        JOIN batch_no first ON a.batch = first.batch JOIN batch_no later ON b.batch = later.batch AND first.no < later.no
    """,
    # The invoice of a line of spend at another activity too: what was bought counts from its own figures there.
    "spend_beside_activity": """
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.document, s.quantity, s.unit, s.start, s."end"
        FROM activity s JOIN activity o
          ON s.activity_type = 'spend' AND o.document = s.document
         AND (s.supplier IS NULL OR o.supplier IS NULL OR s.supplier = o.supplier)
        JOIN kind_of other ON o.activity_type = other.activity_type AND other.kind <> 'money'
        WHERE abs(date_diff('day', s.start, o.start)) <= 366
        GROUP BY ALL
    """,
    # A bill of purchase minus feed-in whose days have their gross purchase too. One day of difference is a reading.
    "netted_beside_gross": f"""
        SELECT n.record_id AS record, list(DISTINCT g.record_id) AS beside, coalesce(n.site, '') AS site,
               coalesce(n.meter, '') AS meter, CAST(extract(year FROM n.start) AS VARCHAR) AS year, n.quantity, n.unit,
               n.start, n."end"
        FROM activity n JOIN activity g
          ON n.activity_type = '{NETTED}' AND g.activity_type = '{METER}' AND n.geography = g.geography
         AND g.posts_to IS NULL
         AND CASE WHEN n.meter IS NULL OR g.meter IS NULL THEN n.site = g.site ELSE n.meter = g.meter END
         AND n.start <= g."end" AND g.start <= n."end"
        GROUP BY ALL
        HAVING date_diff('day', n.start, min(g.start)) <= 1 AND date_diff('day', max(g."end"), n."end") <= 1
    """,
    # A building's energy by area beside a meter of the same site, kind and days: the meter is the better measure.
    "area_share_beside_meter": """
        SELECT s.record_id AS record, list(DISTINCT m.record_id) AS beside, s.site, s.activity_type AS type,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.quantity, s.unit, s.start, s."end"
        FROM activity s JOIN activity m
          ON s.activity_type = m.activity_type AND s.site = m.site AND s.record_id <> m.record_id
         AND s.start <= m."end" AND m.start <= s."end"
         AND s.via LIKE 'asset-%.area' AND coalesce(m.via, '') NOT LIKE 'asset-%.area'
        GROUP BY ALL
    """,
    # Power or heat sold on beside the purchase of the same meter or, without meters, site: the meter counted that as well.
    "sold_on_beside_purchase": f"""
        SELECT s.record_id AS record, list(DISTINCT p.record_id) AS beside, coalesce(s.site, '') AS site,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.quantity, s.unit, s.start, s."end"
        FROM (SELECT * FROM activity WHERE {_via("electricity-sold-on", "heat-sold-on")}) s
        JOIN (SELECT * FROM activity WHERE activity_type IN ('{METER}', 'heat') AND {VIA_OF} = '') p
          ON s.activity_type = p.activity_type AND s.geography = p.geography AND s.start <= p."end" AND p.start <= s."end"
         AND CASE WHEN s.meter IS NULL OR p.meter IS NULL THEN s.site = p.site ELSE s.meter = p.meter END
        GROUP BY ALL
    """,
    # Periods of one meter that overlap by more than one shared day: the one that begins later would post nothing. Equal
    # periods in one file are two tariffs of a meter; in two files the later one repeats the earlier.
    "meter_twice": f"""
        SELECT record_id AS record, [other.id] AS beside, meter, quantity, unit, start, "end"
        FROM (SELECT *, max({{'until': "end", 'days': "end" - start, 'since': start, 'id': record_id}}) OVER {_EARLIER} AS other
              FROM ({_METERED}))
        WHERE other.id <> record_id AND date_diff('day', start, least("end", other.until)) >= 1
          AND NOT (start = other.since AND "end" = other.until)
        UNION ALL
        SELECT record_id AS record, [before.id] AS beside, meter, quantity, unit, start, "end"
        FROM (SELECT metered.*, no, min(no) OVER same AS earliest,
                     min({{'no': no, 'id': record_id}}) OVER same AS before
              FROM ({_METERED}) metered JOIN batch_no USING (batch)
              WINDOW same AS (PARTITION BY meter, activity_type, attributes, start, "end"))
        WHERE no > earliest
    """,
    # Tonne- or vehicle-kilometres beside the fuel or power that the carrier used for the same transport: one document, or the
    # power of one vehicle on the same days (its litres: see above). The fuel or power is the better measure.
    "distance_beside_carrier_fuel": f"""
        SELECT d.record_id AS record, list(DISTINCT f.record_id) AS beside,
               CASE WHEN d.vehicle = f.vehicle THEN d.vehicle ELSE d.document END AS shared,
               d.quantity, d.unit, d.start, d."end"
        FROM (SELECT * FROM activity WHERE {_of(DISTANCES)} AND NOT coalesce({_via("waste-transport")}, false)) d
        JOIN (SELECT * FROM activity WHERE {_via("freight-fuel", "freight-fuel-distance", "freight-power")}) f
          ON d.start <= f."end" AND f.start <= d."end"
         AND CASE WHEN d.vehicle = f.vehicle THEN f.activity_type = '{METER}' ELSE d.document = f.document END
        GROUP BY ALL
    """,
    # Transport of waste beside a treatment of the same document, or of the same site on the same days: a treatment factor may
    # hold the collection (the British ones do).
    "waste_transport_beside_treatment": f"""
        SELECT t.record_id AS record, list(DISTINCT w.record_id) AS beside, coalesce(t.site, '') AS site, t.quantity, t.unit,
               t.start, t."end"
        FROM (SELECT * FROM activity WHERE {_via("waste-transport")}) t
        JOIN (SELECT * FROM activity WHERE {_of(TREATMENTS)} AND NOT coalesce({_via("product-end-of-life")}, false)) w
          ON (t.document = w.document OR coalesce(t.site, '') = coalesce(w.site, ''))
         AND t.start <= w."end" AND w.start <= t."end"
        GROUP BY ALL
    """,
    # One journey or hotel night of one document in two ways: as a distance or an average, and by its airports, fuel or power.
    "journey_in_two_ways": f"""
        SELECT a.record_id AS record, list(DISTINCT b.record_id) AS beside, a.document, a.quantity, a.unit, a.start, a."end"
        FROM ({_recorded([less for less, _ in TWO_WAYS])}) a
        JOIN (VALUES {", ".join(map(str, TWO_WAYS))}) pairs(less, better) ON a.way = less
        JOIN ({_recorded([better for _, better in TWO_WAYS])}) b
          ON b.way = better AND a.document = b.document AND a.start <= b."end" AND b.start <= a."end"
        GROUP BY ALL
    """,
    # Kilometres of a car as travel, such as commuting, beside the power that the same car charged: under control, all its power
    # counts already, commuting included.
    "travel_beside_charging": f"""
        SELECT k.record_id AS record, s.records AS beside, k.vehicle, s.year, k.quantity, k.unit, k.start, k."end"
        FROM activity k JOIN ({_spans(f"activity_type = '{CHARGING}' AND vehicle IS NOT NULL", "vehicle")}) s
          ON k.activity_type IN ('travel-car', 'travel-hired-car') AND k.vehicle = s.vehicle
         AND CAST(extract(year FROM k.start) AS VARCHAR) = s.year AND k.start <= s.last AND s.first <= k."end"
    """,
    # A holding is a balance: that of an earlier day of the year, or the same amount of the same day, is counted again.
    "holding_twice": f"""
        SELECT a.record_id AS record, list(DISTINCT b.record_id) AS beside, a.document,
               CAST(extract(year FROM a."end") AS VARCHAR) AS year, a.quantity, a.unit, a.start, a."end"
        FROM ({_HOLDINGS}) a JOIN ({_HOLDINGS}) b
          ON a.document = b.document AND a.entity IS NOT DISTINCT FROM b.entity AND a.attributes = b.attributes
         AND extract(year FROM a."end") = extract(year FROM b."end")
         AND (a."end" < b."end" OR (a."end" = b."end" AND a.quantity = b.quantity AND a.record_id > b.record_id))
        GROUP BY ALL
    """,
    **twice.DETECTORS,
}
"""Code → SQL over `activity`, `kind_of` and `batch_no` that gives pairs: a record, and the records that hold the same.

A record of several legs may name in `leg` which one a pair is about.
"""

FACTS: Mapping[str, tuple[str, ...]] = {
    "charging_beside_meter": ("site", "year"),
    "goods_by_two_methods": ("document",),
    "hybrid_rest_beside_parts": ("document",),
    "leak_beside_contained": ("document", "species"),
    "kilometres_beside_litres": ("vehicle", "year"),
    "netted_beside_gross": ("site", "meter", "year"),
    "sold_on_beside_purchase": ("site", "year"),
    "area_share_beside_meter": ("site", "type", "year"),
    "document_in_two_files": ("document",),
    "spend_beside_activity": ("document",),
    "meter_twice": ("meter",),
    "distance_beside_carrier_fuel": ("shared",),
    "waste_transport_beside_treatment": ("site",),
    "journey_in_two_ways": ("document",),
    "travel_beside_charging": ("vehicle", "year"),
    "holding_twice": ("document", "year"),
    **twice.FACTS,
}
"""Code → the columns by which pairs are gathered into one finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One probable double count within a period.

    Attributes:
        code: what kind it is; a shell has a sentence for `finding.<code>`.
        records: ids of the records that would post nothing, sorted.
        beside: ids of the records that hold the same already, sorted.
        facts: what tells it apart for a reader: the site, the vehicle's pseudonym, the meter or the document.
        quantity: sum of the quantities of `records` in `unit`; None when their units differ.
        period: the days of `records`.
    """

    code: str
    records: tuple[str, ...]
    beside: tuple[str, ...]
    facts: dict[str, str]
    quantity: Decimal | None
    unit: str | None
    period: Period

    @property
    def id(self) -> str:
        """The same for the same records, whatever else is in the books."""
        return sha256(canonical_json([self.code, self.records]))[:ID_LENGTH]


def find_double_counts(
    inputs: Sequence[Input], period: Period, kinds: Mapping[str, str], folder: Path,
    covered: Collection[str] = (), kept: Collection[tuple[str, str]] = (), known: Known | None = None,
) -> list[Finding]:  # fmt: skip
    """Look for double counts among the records that touch a period, by every one of `DETECTORS`.

    Args:
        inputs: the batches that count, in the order in which they came.
        kinds: kind of quantity by activity type, from the vocabulary.
        folder: where the engine may write.
        covered: ids of records that are covered by others already.
        kept: (code, record id) of which somebody said that it is no double count.
        known: what records are calculated by; what ships, unless said.
    """
    with connect(folder) as con:
        words = known or shipped()
        derived = derive(inputs, words.vocabulary, words.methods, words.estimates).rows
        load_activities(con, inputs, period, None, covered, derived, deriving_types(words.vocabulary))
        con.register("batch_no", pa.table({"batch": [i.batch for i in inputs], "no": list(range(len(inputs)))}))
        con.register("kind_of", pa.table({"activity_type": list(kinds), "kind": list(kinds.values())}))
        twice.register_headings(con)
        _gather_activities(con)
        pairs = {
            code: [row for row in con.sql(query).to_arrow_table().to_pylist() if (code, row["record"]) not in kept]
            for code, query in DETECTORS.items()
        }
    found = [finding for code, rows in pairs.items() for finding in _gathered(code, rows, FACTS[code])]
    return sorted(found, key=lambda finding: (finding.code, finding.period, finding.records))


def _gather_activities(con: duckdb.DuckDBPyConnection) -> None:
    """Put what detectors look at in a table: some thirty questions read it, so files and attributes are read once.

    `via` and `made_of` are of what a derived activity comes from, `way` is the type that a person recorded.
    """
    columns = ", ".join(f"activity.{name}" for name in LOOKED_AT)
    con.execute(f"""
        CREATE TEMP TABLE looked_at AS
        WITH told AS (
            SELECT attributes, json_extract_string(attributes, '$.{VIA}') AS via, split_part(via, '.', 1) AS made_of,
                   json_extract_string(attributes, '$."{GROUP}"') AS posts_to
            FROM (SELECT DISTINCT attributes FROM activity)
        )
        SELECT {columns}, via, made_of, posts_to, coalesce(made_of, activity_type) AS way
        FROM activity JOIN told USING (attributes)
    """)
    con.execute("CREATE OR REPLACE VIEW activity AS FROM looked_at")


def _gathered(code: str, pairs: Sequence[Mapping[str, Any]], by: Sequence[str]) -> Iterator[Finding]:
    """Gather rows (record, beside, what tells apart, quantity, unit, start, end) into findings."""
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in pairs:
        found[tuple(row[name] for name in by)].append(row)
    for facts, rows in found.items():
        records = {row["record"] for row in rows}
        units = {row["unit"] for row in rows}
        parts = {(row["record"], row["start"], row.get("leg")): row["quantity"] for row in rows}
        yield Finding(
            code=code,
            records=tuple(sorted(records)),
            beside=tuple(sorted({ident for row in rows for ident in row["beside"]} - records)),
            facts={name: value for name, value in zip(by, facts, strict=True) if value},
            quantity=sum(parts.values(), Decimal(0)) if len(units) == 1 else None,
            unit=units.pop() if len(units) == 1 else None,
            period=Period(min(row["start"] for row in rows), max(row["end"] for row in rows)),
        )
