"""Detectors of what is counted twice between the categories of scope 3, or by two methods of one category.

They look at where an activity posts. `posted_in` has, for each pair of activity type and attributes, the heading of the GHG
Protocol (`scope-3.4`) and the `family`: the first part of its account group (`freight`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from trede.catalogue.accounts import chart
from trede.catalogue.pcaf import asset_classes
from trede.catalogue.standards import standards
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.engine.plan import GROUP

STANDARD = "ghg-protocol"

OWN = "own:"
"""What the type of an own calculation model begins with (`methods.own_file.PREFIX`)."""

ENERGY_CODES = r"^(05|06|19|35|47\.?3)" "|" r"^(21111|2112|2121|2211|2212|324|4247|447|457)"
"""Codes of fuel and energy: divisions of NACE (CPA, SBI, SIC and ISIC have the same), and industries of NAICS."""

_POSTED = "(SELECT * FROM activity JOIN posted_in USING (activity_type, attributes) WHERE quantity > 0)"

_NUMBER = r"regexp_replace(regexp_replace(upper(document), '(^|[^0-9])0+', '\1', 'g'), '[^A-Z0-9]', '', 'g')"
"""A document number without signs, blanks and leading zeros: `F-0024` and `f24` are one."""

_SPEND = f"""(SELECT *, {_NUMBER} AS number FROM {_POSTED} WHERE activity_type = 'spend')"""

_OTHERS = f"(SELECT * FROM {_POSTED} WHERE activity_type <> 'spend' AND heading IS NOT NULL)"

_SOME = f"""(SELECT * FROM {_OTHERS} WHERE EXISTS (SELECT 1 FROM activity WHERE activity_type = 'spend')
             QUALIFY row_number() OVER
             (PARTITION BY heading, supplier, entity, extract(year FROM start) ORDER BY record_id) <= 20)"""
"""A few of what stands beside spend: each line beside every journey of a year would be too many pairs; without spend none."""

_NOT_APART = "(s.supplier IS NULL OR o.supplier IS NULL OR s.supplier = o.supplier)"

_OTHER_DOCUMENT = "coalesce(s.document <> o.document, true)"
"""One document at both is found by `spend_beside_activity`."""

_SAME_YEAR = "extract(year FROM s.start) = extract(year FROM o.start)"

AVERAGES: Mapping[str, tuple[str, ...]] = {
    "waste-average": ("waste", "waste-landfill", "waste-material", "waste-reported"),
    "storage-average": ("storage-gas", "storage-fuel", "storage-power", "storage-heat"),
    "processing-average": ("partner-electricity", "partner-natural-gas", "partner-fuel", "partner-heat", "partner-emissions"),
    **dict.fromkeys(
        ("asset-average-area", "asset-average-number", "asset-reported"),
        ("asset-power", "asset-gas", "asset-fuel", "asset-heat", "asset-process"),
    ),
}  # fmt: skip
"""Types by an average or a total, with those that measure the same."""

_PAIRS = ", ".join(str((average, better)) for average, measured in AVERAGES.items() for better in measured)

_OWN_FORMULA = "way NOT IN ({})".format(", ".join(f"'{kind}'" for kind in asset_classes()))

_OF_PORTFOLIO = f"""(
    SELECT *, list(attributes) OVER (PARTITION BY record_id) AS legs, {_OWN_FORMULA} AS own_formula
    FROM {_POSTED} WHERE document IS NOT NULL AND family = 'investments')
"""


DETECTORS: Mapping[str, str] = {
    # One invoice under two ways of writing its number, with and without VAT, or with two amounts in two files.
    "invoice_twice": f"""
        SELECT b.record_id AS record, list(DISTINCT a.record_id) AS beside, b.document, coalesce(b.supplier, '') AS supplier,
               b.quantity, b.unit, b.start, b."end"
        FROM {_SPEND} a JOIN {_SPEND} b
          ON a.number = b.number AND a.unit = b.unit AND a.record_id <> b.record_id
         AND (a.supplier IS NULL OR b.supplier IS NULL OR a.supplier = b.supplier)
         AND abs(date_diff('day', a.start, b.start)) <= 366
        JOIN batch_no first ON a.batch = first.batch JOIN batch_no later ON b.batch = later.batch
        WHERE CASE WHEN first.no = later.no
                   THEN a."row" < b."row" AND round(a.quantity, 2) = round(b.quantity, 2)
                    AND (a.document <> b.document OR a.way <> b.way)
                   ELSE first.no < later.no
                    AND NOT (a.document = b.document AND a.quantity = b.quantity AND a.start <= b."end" AND b.start <= a."end")
              END
        GROUP BY ALL
    """,
    # A whole invoice or credit note again in one file, under its own number: each of its lines stands there more than once.
    # One line that occurs twice among others is how invoices look.
    "invoice_booked_twice": """
        SELECT record_id AS record, [original] AS beside, document, coalesce(supplier, '') AS supplier, quantity, unit, start,
               "end"
        FROM (SELECT *, count(*) OVER line AS times, first_value(record_id) OVER (line ORDER BY "row", record_id) AS original
              FROM activity WHERE activity_type = 'spend' AND document IS NOT NULL
              WINDOW line AS (PARTITION BY batch, document, supplier, unit, quantity, attributes, credit_of))
        QUALIFY min(times) OVER (PARTITION BY batch, document, supplier) > 1 AND record_id <> original
    """,
    # One invoice in two currencies: as the supplier wrote it, and as the bank paid it. Amounts are not compared, since no rate is
    # that of the bank; the currency that came first stands.
    "invoice_two_currencies": f"""
        SELECT record_id AS record, firsts AS beside, document, coalesce(supplier, '') AS supplier, quantity, unit, start, "end"
        FROM (SELECT *, list(record_id) FILTER (unit = kept) OVER one AS firsts
              FROM (SELECT s.*, first_value(s.unit) OVER (PARTITION BY s.number, s.supplier, s.start, s.quantity > 0
                                                          ORDER BY came.no, s."row", s.record_id) AS kept
                    FROM (SELECT *, {_NUMBER} AS number FROM activity
                          WHERE activity_type = 'spend' AND document IS NOT NULL AND supplier IS NOT NULL) s
                    JOIN batch_no came ON s.batch = came.batch)
              WINDOW one AS (PARTITION BY number, supplier, start, quantity > 0))
        WHERE unit <> kept AND number <> ''
    """,
    # A supplier's purchases by their own figures, and the money that was paid to the same supplier.
    "spend_beside_supplier": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.supplier,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.quantity, s.unit, s.start, s."end"
        FROM {_SPEND} s JOIN {_OTHERS} o
          ON s.supplier = o.supplier AND s.heading = o.heading AND s.heading IN ('scope-3.1', 'scope-3.2') AND {_SAME_YEAR}
         AND {_OTHER_DOCUMENT}
        GROUP BY ALL
    """,
    # Travel, commuting or transport by money beside the same category by distance, fuel or nights.
    "spend_beside_measured": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.category,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.quantity, s.unit, s.start, s."end"
        FROM (SELECT *, CASE WHEN heading = 'scope-3.1' AND regexp_matches(coalesce(code, ''), '^(51|55|79)') THEN 'scope-3.6'
                             WHEN heading = 'scope-3.1' AND regexp_matches(coalesce(code, ''), '^(49\\.?[245]|50\\.?[24]|52)')
                             THEN 'scope-3.4' ELSE heading END AS category
              FROM {_SPEND}) s
        JOIN {_SOME} o
          ON s.category = o.heading AND s.category IN ('scope-3.4', 'scope-3.6', 'scope-3.7', 'scope-3.9') AND {_SAME_YEAR}
         AND s.entity IS NOT DISTINCT FROM o.entity AND {_NOT_APART} AND {_OTHER_DOCUMENT}
        GROUP BY ALL
    """,
    # Fuel and energy by money beside litres, cubic metres or kilowatt-hours: scope 1 and 2, whose upstream is category 3.
    "energy_by_spend": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.quantity, s.unit, s.start, s."end"
        FROM {_SPEND} s JOIN {_SOME.replace("supplier, ", "")} o
          ON regexp_matches(coalesce(s.code, ''), '{ENERGY_CODES}') AND {_SAME_YEAR}
         AND s.entity IS NOT DISTINCT FROM o.entity AND regexp_matches(o.heading, '^scope-[12]')
        GROUP BY ALL
    """,
    # An average of waste, storage, processing or leased assets beside what measures the same: one document, or one site.
    "average_beside_measured": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.way AS type, coalesce(s.site, '') AS site,
               coalesce(CASE WHEN s.document = o.document THEN s.document END, '') AS document, s.attributes AS leg,
               s.quantity, s.unit, s.start, s."end"
        FROM {_POSTED} s JOIN (VALUES {_PAIRS}) pairs(average, measured) ON s.way = average
        JOIN {_POSTED} o ON o.way = measured AND s.heading = o.heading AND s.start <= o."end" AND o.start <= s."end"
         AND (s.document = o.document OR s.site = o.site)
        GROUP BY ALL
    """,
    # What an own model makes of a record, beside a record of the very same type: its power, and the meter that it hangs on.
    "own_model_beside_measured": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.way AS type, coalesce(s.site, '') AS site,
               coalesce(CASE WHEN s.document = o.document THEN s.document END, '') AS document, s.attributes AS leg,
               s.quantity, s.unit, s.start, s."end"
        FROM (SELECT * FROM {_POSTED} WHERE starts_with(way, '{OWN}')) s JOIN {_POSTED} o
          ON o.way = s.activity_type AND s.heading IS NOT DISTINCT FROM o.heading AND s.start <= o."end" AND o.start <= s."end"
         AND (s.document = o.document OR s.site = o.site OR s.vehicle = o.vehicle)
        GROUP BY ALL
    """,
    # Commuting by an average of all employees beside journeys of the same year.
    "commuting_in_two_ways": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, coalesce(s.site, '') AS site,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.attributes AS leg, s.quantity, s.unit, s.start, s."end"
        FROM (SELECT * FROM {_POSTED} WHERE way = 'commute-average') s JOIN {_OTHERS} o
          ON o.heading = 'scope-3.7' AND o.family = 'commuting' AND o.way <> 'commute-average' AND {_SAME_YEAR}
         AND s.entity IS NOT DISTINCT FROM o.entity AND (s.site IS NULL OR o.site IS NULL OR s.site = o.site)
         AND s.start <= o."end" AND o.start <= s."end"
        GROUP BY ALL
    """,
    # One transport that you pay for, and that others pay for: who pays decides, so it is one of both.
    "transport_in_4_and_9": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.document AS shared, s.quantity, s.unit, s.start,
               s."end"
        FROM {_POSTED} s JOIN {_POSTED} o
          ON s.heading = 'scope-3.9' AND o.heading = 'scope-3.4' AND s.document = o.document
         AND abs(date_diff('day', s.start, o.start)) <= 366
        GROUP BY ALL
    """,
    # Waste of your own operations, and the end of life of what you sold.
    "waste_in_5_and_12": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.document, s.attributes AS leg, s.quantity, s.unit,
               s.start, s."end"
        FROM {_POSTED} s JOIN {_POSTED} o
          ON s.heading = 'scope-3.12' AND o.heading = 'scope-3.5' AND s.document = o.document
         AND abs(date_diff('day', s.start, o.start)) <= 366
        GROUP BY ALL
    """,
    # A product is sold or leased out, and an asset is bought or leased: never both.
    "sold_and_leased": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.document, s.attributes AS leg, s.quantity, s.unit,
               s.start, s."end"
        FROM {_POSTED} s JOIN {_POSTED} o
          ON s.document = o.document AND s.entity IS NOT DISTINCT FROM o.entity
         AND (s.heading, o.heading) IN (('scope-3.13', 'scope-3.11'), ('scope-3.8', 'scope-3.2'))
        GROUP BY ALL
    """,
    # One building under two relations (leased in, leased out, franchise), or a leased asset on a meter of your own.
    "asset_in_two_relations": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, coalesce(s.site, s.meter) AS site,
               CAST(extract(year FROM s.start) AS VARCHAR) AS year, s.attributes AS leg, s.quantity, s.unit, s.start, s."end"
        FROM {_POSTED} s JOIN {_POSTED} o
          ON s.start <= o."end" AND o.start <= s."end"
         AND CASE WHEN o.family IN ('franchises', 'upstream-leased', 'downstream-leased')
                  THEN s.family < o.family AND (s.site = o.site OR s.meter = o.meter)
                  ELSE regexp_matches(o.heading, '^scope-[12]') AND s.meter = o.meter AND s.activity_type = o.activity_type END
         AND s.family IN ('franchises', 'upstream-leased', 'downstream-leased')
        GROUP BY ALL
    """,
    # One holding by two options of PCAF, or by PCAF and a formula of the GHG Protocol.
    "holding_in_two_ways": f"""
        SELECT s.record_id AS record, list(DISTINCT o.record_id) AS beside, s.document,
               CAST(extract(year FROM s."end") AS VARCHAR) AS year, s.attributes AS leg, s.quantity, s.unit, s.start, s."end"
        FROM {_OF_PORTFOLIO} s JOIN {_OF_PORTFOLIO} o
          ON s.document = o.document AND s.entity IS NOT DISTINCT FROM o.entity
         AND extract(year FROM s."end") = extract(year FROM o."end")
         AND CASE WHEN s.way = o.way THEN s.record_id > o.record_id AND s."end" = o."end" AND NOT list_has_any(s.legs, o.legs)
                  ELSE s.own_formula AND NOT o.own_formula END
        GROUP BY ALL
    """,
}
"""Code → SQL over `activity`, `posted_in` and `batch_no` that gives pairs: a record, and the records that hold the same."""

FACTS: Mapping[str, tuple[str, ...]] = {
    "invoice_twice": ("document", "supplier"),
    "invoice_booked_twice": ("document", "supplier"),
    "invoice_two_currencies": ("document", "supplier"),
    "spend_beside_supplier": ("supplier", "year"),
    "spend_beside_measured": ("category", "year"),
    "energy_by_spend": ("year",),
    "average_beside_measured": ("type", "site", "document"),
    "own_model_beside_measured": ("type", "site", "document"),
    "commuting_in_two_ways": ("site", "year"),
    "transport_in_4_and_9": ("shared",),
    "waste_in_5_and_12": ("document",),
    "sold_and_leased": ("document",),
    "asset_in_two_relations": ("site", "year"),
    "holding_in_two_ways": ("document", "year"),
}
"""Code → the columns by which pairs are gathered into one finding."""


def register_headings(con: duckdb.DuckDBPyConnection) -> None:
    """Register `posted_in`: activity type, attributes, code of spend, heading and family, for the view `activity`."""
    known, heading_of = vocabulary(), standards()[STANDARD].heading_of
    of_group: dict[str, str] = {}
    for account in chart().accounts.values():  # the first of a group's stages is the direct one
        if account.id in heading_of:
            of_group.setdefault(account.group, heading_of[account.id])
    rows = []
    for kind, attributes in con.execute(
        "SELECT DISTINCT activity_type, attributes FROM activity ORDER BY ALL"
    ).fetchall():
        given: dict[str, str] = json.loads(attributes)
        group = _group(known[kind], given)
        rows.append((kind, attributes, given.get("code"), of_group.get(group), group.partition(".")[0]))
    columns = zip(*rows, strict=True) if rows else [()] * 5
    names = ("activity_type", "attributes", "code", "heading", "family")
    con.register("posted_in", pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)}))


def _group(kind: ActivityType, given: Mapping[str, str]) -> str:
    """Return the account group of an activity; nothing for a record that posts through others and has not been derived."""
    if not kind.accounts:
        return ""
    moved = given.get(GROUP)
    defaults = {name: each.default for name, each in kind.attributes.items() if each.default is not None}
    return (kind.posting_to(moved) if moved else kind).account_group(defaults | dict(given))
