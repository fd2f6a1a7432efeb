"""What a file's rows mean beside what is already stored: records with an identity, and doubtful rows held or decided about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.crediting import UNNAMED_CREDIT, credited, open_credits
from trede.activity.doubts import Setting, doubts, each
from trede.activity.records import addresses, free_ordinals, identify
from trede.activity.stored import Stored
from trede.kernel.addresses import Address
from trede.kernel.issues import Issue

DROPPED_HERE = "duplicate_dropped"
"""Code of a row that was held here and that a person decided to drop."""

ACCEPTED_HERE = "accepted_by_decision"
"""Code of a row that was held here and that a person decided to accept; its detail says what the record has by that."""


@dataclass(frozen=True)
class Choices:
    """What people decided about the rows of a file, by address."""

    made: Mapping[Address, str] = field(default_factory=dict)
    """`accept` or `drop`, where a row is held here."""
    credits: Mapping[Address, str] = field(default_factory=dict)
    """What a row was accepted as a credit of: a document number, or a record id."""


@dataclass(frozen=True)
class Settled:
    """Records with ids, all physical rows with their final fates, and the issues of the rows that were held."""

    records: pa.Table
    rows: pa.Table
    counts: dict[str, int]
    issues: list[Issue]


def settle(mapped: pa.Table, rows: pa.Table, stored: Stored, setting: Setting, choices: Choices) -> Settled:
    """Give the accepted rows of a file their identity and hold those that what is stored makes doubtful.

    A row that equals a stored record and is accepted all the same gets an id of its own: two equal rows stay two.

    Args:
        mapped: accepted rows, and those that are held as unnamed credits, schema `intake.fields.MAPPED`.
        rows: every physical row (or cell) with its fate, as staged.
        setting: what they are looked at by.
        choices: what people decided about rows that are held here.
    """
    records = identify(mapped, setting.source)
    again = pc.is_in(records["record_id"], value_set=stored.record_ids.values)
    repeats = {at: ident for at, (ident,) in each(records.filter(again), "record_id")}
    ordinals = free_ordinals(mapped, setting.source, stored.record_ids.values) if repeats else {}
    if ordinals:
        records = identify(mapped, setting.source, ordinals)
    named = _known(choices.credits, records, stored)
    records = credited(records, named)
    issues = doubts(records, repeats, stored, setting)
    accepted = {at for at in issues if choices.made.get(at) == "accept"}
    for at, issue in open_credits(records, setting.file_name, [(b.file_name, b.records) for b in stored.own]).items():
        if at not in issues or at in accepted:  # accepting alone does not say what is credited
            issues[at] = issue
            accepted.discard(at)
    told: dict[Address, dict[str, Any]] = {at: {"held_for": issues[at].code} for at in sorted(accepted)}
    for at, of in named.items():
        told.setdefault(at, {"held_for": UNNAMED_CREDIT})["credit_of"] = of
    for at in accepted & ordinals.keys():
        told[at]["ordinal"] = ordinals[at]
    issues = {at: issue for at, issue in issues.items() if at not in accepted}
    dropped = {at for at in issues if choices.made.get(at) == "drop"}
    if told or issues:
        rows = _decided(rows, issues, dropped, {at: facts for at, facts in told.items() if at not in issues})
        held = pa.array([at in issues for at in addresses(records)], pa.bool_())
        records = records.filter(pc.invert(held))
    open_ends = sorted((at for at in issues if at not in dropped), key=lambda at: at.order)
    return Settled(records, rows, _counts(rows), [issues[at] for at in open_ends])


def decided_here(rows: pa.Table) -> tuple[dict[Address, int], dict[Address, str]]:
    """Return what decisions gave the records of a stored batch, by address: ordinals, and what they are credits of."""
    found = rows.filter(pc.equal(rows["code"], ACCEPTED_HERE))
    details = {at: json.loads(detail or "{}") for at, (detail,) in each(found, "detail")}
    ordinals = {at: int(detail["ordinal"]) for at, detail in details.items() if "ordinal" in detail}
    return ordinals, {at: str(detail["credit_of"]) for at, detail in details.items() if "credit_of" in detail}


def _known(credits: Mapping[Address, str], records: pa.Table, stored: Stored) -> dict[Address, str]:
    """Return the credits of what is there and is not the row itself, for rows that name nothing themselves."""
    if not credits:
        return {}
    here = {*records["document"].to_pylist(), *records["record_id"].to_pylist()}
    there = stored.holds(set(credits.values()))
    own = {at: names for at, names in each(records, "record_id", "document", "credit_of") if at in credits}
    return {
        at: of
        for at, of in credits.items()
        if at in own and own[at][2] is None and of not in own[at]
        and (of in here or of in there)
    }  # fmt: skip


def _decided(
    rows: pa.Table,
    issues: Mapping[Address, Issue],
    dropped: Collection[Address],
    told: Mapping[Address, dict[str, Any]],
) -> pa.Table:
    """Return the rows with the fates of those that are held or dropped here, and what the others were accepted with."""
    changed = {name: rows[name].to_pylist() for name in ("fate", "code", "detail")}
    for at, address in enumerate(addresses(rows)):
        if address in issues:
            changed["fate"][at] = "set_aside" if address in dropped else "held"
            changed["code"][at] = DROPPED_HERE if address in dropped else issues[address].code
            changed["detail"][at] = json.dumps(issues[address].values, sort_keys=True)
        elif address in told:
            before = json.loads(changed["detail"][at] or "{}")
            changed["code"][at] = ACCEPTED_HERE
            changed["detail"][at] = json.dumps({**told[address], **before}, sort_keys=True)
    for name, values in changed.items():
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pa.array(values, rows.schema.field(name).type))
    return rows


def _counts(rows: pa.Table) -> dict[str, int]:
    found = {entry["values"]: entry["counts"] for entry in pc.value_counts(rows["fate"]).to_pylist()}
    return {fate: int(found.get(fate, 0)) for fate in ("accepted", "set_aside", "held", "rejected")}
