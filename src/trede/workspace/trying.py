"""An own calculation model and one record: trying it, the whole road from a row to the ledger in a folder that is gone
afterwards, and taking the record in."""

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
from trede.kernel.errors import IntakeError, StoreError, TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.methods.own import OwnModel
from trede.methods.own_file import PREFIX
from trede.trace.record import RecordTrail, explain_record
from trede.workspace.expecting import Expected
from trede.workspace.importing import Imported, import_file, prepare
from trede.workspace.running import changing, make_shelf, pin_inputs
from trede.workspace.workspace import Workspace

NAME = "record"
"""What issues call the record that is tried."""

FIELDS = ("quantity", "unit", "date", "start", "end", "site", "entity", "geography", "quality", "document", "note")
"""What a record of any model may say beside the model's own fields."""


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


def record_file(workspace: Workspace, model: OwnModel, given: Mapping[str, str], source: str) -> tuple[bytes, Profile]:
    """Write one record of a model as a file, with the profile that reads it.

    Args:
        given: the record's fields, as a file in the template has them; without a unit the model's, without a day today.
        source: the source that the record stands under.

    Raises:
        TredeError: `model_field_unknown` or `model_quantity_missing`.
    """
    fields = {"unit": model.file.quantity.unit, "date": workspace.clock().date().isoformat(), **given}
    if {"start", "end", "year", "period"} & set(given):
        del fields["date"]
    allowed = [*FIELDS, *model.activity.attributes, *model.activity.inputs]
    for name in fields:
        if name not in allowed:
            raise TredeError.of("model_field_unknown", name=name, known=allowed)
    if "quantity" not in fields:
        raise TredeError.of("model_quantity_missing", unit=model.file.quantity.unit)
    numbers = (text for name, text in fields.items() if name == "quantity" or name in model.activity.inputs)
    decimal = "," if any("," in text for text in numbers) else "."
    settings = {"delimiter": "\t", "decimal": decimal, "dates": "yyyy-mm-dd", "header_row": 1}
    profile = Profile(
        id=source, title=source, source=source, file=FileSettings.model_validate(settings),
        columns={name: Column(header=(name,)) for name in fields}, constants={"activity_type": model.type},
    )  # fmt: skip
    return csv_bytes([list(fields), list(fields.values())], "\t"), profile


def enter_record(workspace: Workspace, model: str, given: Mapping[str, str]) -> Imported:
    """Take one record of an own model in, under a source of the model's own; the very same record again counts once.

    Args:
        model: the id of the model, without its prefix.
        given: as of `record_file`, with every number in one notation, days as `2026-03-01`.

    Raises:
        StoreError: `model_unknown`.
        IntakeError, TredeError: as of `record_file` and `import_file`.
    """
    known = workspace.models_in_use
    if PREFIX + model not in known:
        raise StoreError.of("model_unknown", model=model, known=[each.id for each in known.values()])
    data, profile = record_file(workspace, known[PREFIX + model], given, f"model-{model}")
    day = given.get("start") or given.get("date") or workspace.clock().date().isoformat()
    return import_file(workspace, data, f"{model}-{day}.csv", profile)


@contextmanager
def try_record(workspace: Workspace, model: OwnModel, given: Mapping[str, str]) -> Iterator[Tried]:
    """Take one record in, calculate it and explain it, without storing anything in the workspace.

    Args:
        given: the record's fields, as a file in the template has them; without a unit the model's, without a day today.

    Yields:
        What it comes to; its tables are gone afterwards.

    Raises:
        IntakeError: a field is unknown, missing or wrong.
        TredeError: what `record_file` raises.
    """
    known = workspace.known().with_models([model])
    data, profile = record_file(workspace, model, given, "try")
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

        said = {each.content: each.made() for each in changing(workspace.decisions.in_force())}
        run = RunStore(Path(folder) / "runs").write(spec, {"made_at": workspace.now, "decisions": said}, fill)
        posted = run.result["rows"] > 0
        trail = explain_record(run, record["record_id"], {batch.id: batch}, known) if posted else None
        yield Tried(run, trail, run.issues)
