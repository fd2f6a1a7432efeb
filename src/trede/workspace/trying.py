"""Trying an own calculation model on one record: the whole road from a row to the ledger, in a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trede.activity.batches import BatchStore
from trede.catalogue.gwp import DEFAULT_GWP
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.cutting import Cutting
from trede.engine.money import MoneySettings
from trede.engine.runs import Run, RunStore
from trede.intake.profile import Column, Profile
from trede.intake.settings import FileSettings
from trede.intake.staging import stage
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.methods.own import OwnModel
from trede.trace.record import RecordTrail, explain_record
from trede.workspace.expecting import Expected
from trede.workspace.importing import prepare
from trede.workspace.running import make_shelf, pin_inputs
from trede.workspace.workspace import Workspace

NAME = "record"
"""What issues call the record that is tried."""


@dataclass(frozen=True)
class Tried:
    """What one record comes to; `trail` is None when it posts nothing, and then `issues` say why."""

    run: Run
    trail: RecordTrail | None
    issues: list[Issue]


def sample_record(model: OwnModel) -> dict[str, str]:
    """Return the fields of a model's sample."""
    sample = model.file.sample
    return {"quantity": f"{sample.quantity:f}", "unit": sample.unit, **sample.attributes, **sample.inputs}


@contextmanager
def try_record(workspace: Workspace, model: OwnModel, given: Mapping[str, str]) -> Iterator[Tried]:
    """Take one record in, calculate it and explain it, without storing anything in the workspace.

    Args:
        given: the record's fields, as a file in the template has them; without a unit the model's, without a day today.

    Yields:
        What it comes to; its tables are gone afterwards.

    Raises:
        IntakeError: a field is unknown, missing or wrong.
        TredeError: `model_field_unknown` or `model_quantity_missing`.
    """
    known = workspace.known().with_models([model])
    fields = {"unit": model.file.quantity.unit, "date": workspace.clock().date().isoformat(), **given}
    if {"start", "end", "year", "period"} & set(given):
        del fields["date"]
    allowed = ["quantity", "unit", "date", "start", "end", "site", "entity", "geography", "quality"]
    allowed += [*model.activity.attributes, *model.activity.inputs]
    for name in fields:
        if name not in allowed:
            raise TredeError.of("model_field_unknown", name=name, known=allowed)
    if "quantity" not in fields:
        raise TredeError.of("model_quantity_missing", unit=model.file.quantity.unit)
    decimal = "," if any("," in text for text in fields.values()) else "."
    profile = Profile(
        id="try",
        title="try",
        source="try",
        file=FileSettings.model_validate(
            {"delimiter": "\t", "decimal": decimal, "dates": "yyyy-mm-dd", "header_row": 1}
        ),
        columns={name: Column(header=(name,)) for name in fields},
        constants={"activity_type": model.type},
    )
    data = csv_bytes([list(fields), list(fields.values())], "\t")
    organisation = workspace.organisation
    staging = stage(
        data, NAME, profile, key=workspace.key, sites=organisation.site_names, entities=organisation.entity_names,
        words=known.vocabulary,
    )  # fmt: skip
    settled, facts = prepare(workspace, staging, [], [], [], Expected(), None)
    if not settled.records.num_rows:
        raise IntakeError(*(staging.issues or settled.issues))
    with tempfile.TemporaryDirectory(prefix="trede-try-") as folder:
        made: dict[str, Any] = {"file_name": NAME, "made_at": workspace.now, "decisions": 0, "replaces": []}
        made["profile_title"] = profile.title
        batch = BatchStore(Path(folder) / "batches").write(
            facts, profile.canonical(), settled.records, settled.rows, made
        )
        record = settled.records.to_pylist()[0]
        period = Period.year(record["start"].year)
        spec = pin_inputs(workspace, period, "pins", DEFAULT_GWP, [batch], known)
        shelf = make_shelf(workspace, spec, workspace.decisions.in_force())

        def fill(target: Path) -> dict[str, Any]:
            return compute(
                [Input(batch.id, batch.records_path)], period, known.vocabulary, known.methods, shelf, target,
                cutting=Cutting.from_json(spec["cutting"]), money=MoneySettings.from_json(spec["money"]),
                estimates=known.estimates,
            ).to_json()  # fmt: skip

        run = RunStore(Path(folder) / "runs").write(spec, {"made_at": workspace.now, "decisions": {}}, fill)
        posted = run.result["rows"] > 0
        trail = explain_record(run, record["record_id"], {batch.id: batch}, known) if posted else None
        yield Tried(run, trail, run.issues)
