"""Own calculation models of a workspace: adding a version, and withdrawing one. Whole or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trede.activity.batches import Batch
from trede.intake.comparing import compared
from trede.kernel.errors import CatalogueError, StoreError
from trede.kernel.issues import Issue, Location
from trede.kernel.versions import Versions
from trede.methods.known import shipped
from trede.methods.own import OwnModel, read_model
from trede.methods.own_file import PREFIX
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import WithdrawModel
from trede.workspace.store import read_stored
from trede.workspace.workspace import Workspace


@dataclass(frozen=True)
class Added:
    """A stored model; `again` says that the very same text was its latest version already."""

    model: OwnModel
    again: bool


def try_model(workspace: Workspace, data: bytes, name: str) -> OwnModel:
    """Read and test a model as it would be added, without storing anything.

    Raises:
        CatalogueError: every fault with its line and column, `model_name_taken`, `model_input_taken` or
            `model_estimate_unknown`.
    """
    base = shipped()
    first = read_model(data, name, 1, base.vocabulary, base.methods)
    versions = workspace.model_versions(first.id)
    model = read_model(data, name, _number(versions, data), base.vocabulary, base.methods)
    issues = [*_names_taken(workspace, model, name), *_estimates_unknown(workspace, model, name)]
    if issues:
        raise CatalogueError(*issues)
    return model


def add_model(workspace: Workspace, data: bytes, name: str) -> Added:
    """Store a model, or the next version of one.

    Raises:
        CatalogueError: what `try_model` raises.
        StoreError: `model_withdrawn`, or `model_asks_otherwise` when there are records that another version took in.
    """
    with workspace.writing():
        model = try_model(workspace, data, name)
        versions = workspace.model_versions(model.id)
        last = versions.latest()
        again = last is not None and last.read() == data
        if last is not None and not again:
            _require_same_question(workspace, model, read_stored(last), name)
        if last is not None and model.type not in workspace.models_in_use:
            raise StoreError.of("model_withdrawn", Location(file=name), model=model.id)
        versions.append(data)
    return Added(model, again)


def withdraw_model(workspace: Workspace, decision: WithdrawModel) -> Recorded:
    """Withdraw a model: no file can name it any more.

    Raises:
        StoreError: `model_unknown`, or `model_in_use` with the files whose records count.
    """
    known = workspace.models_in_use
    if PREFIX + decision.model not in known:
        raise StoreError.of("model_unknown", model=decision.model, known=[model.id for model in known.values()])
    held = _holding(workspace.active_batches(), PREFIX + decision.model)
    if held:
        files = [f"{batch.file_name} ({batch.id})" for batch in held]
        raise StoreError.of("model_in_use", model=decision.model, files=files)
    return workspace.decide(decision)


def _number(versions: Versions, data: bytes) -> int:
    last = versions.latest()
    if last is None:
        return 1
    return last.number if last.read() == data else last.number + 1


def _holding(batches: list[Batch], kind: str) -> list[Batch]:
    return [batch for batch in batches if kind in {name for name, _ in batch.kinds}]


def _require_same_question(workspace: Workspace, model: OwnModel, before: OwnModel, name: str) -> None:
    """Refuse to ask another thing than records were taken in with: their figures would mean something else."""
    held = _holding(workspace.batches(), model.type)
    asked, now = before.asks(), model.asks()
    changed = [part for part in asked if asked[part] != now[part]]
    if held and changed:
        files = [batch.file_name for batch in held]
        raise StoreError.of("model_asks_otherwise", Location(file=name), model=model.id, changed=changed, files=files)


def _names_taken(workspace: Workspace, model: OwnModel, name: str) -> Iterator[Issue]:
    """A name that another type has would be ambiguous in a template, as a field with two meanings in a profile."""
    others = {ident: kind for ident, kind in workspace.known().vocabulary.types.items() if ident != model.type}
    for language in ("nl", "en"):
        told = model.activity.name.get(language)
        for ident, kind in others.items():
            if compared(told) in {compared(kind.name.nl), compared(kind.name.en)}:
                where = Location(file=name, column=f"name.{language}")
                yield Issue.error("model_name_taken", where, name=told, type=ident)
    own = [kind for ident, kind in others.items() if ident.startswith(PREFIX)]
    figures = {field for kind in own for field in kind.inputs}
    choices = {field for kind in own for field in kind.attributes}
    for field in sorted((set(model.activity.inputs) & choices) | (set(model.activity.attributes) & figures)):
        yield Issue.error("model_input_taken", Location(file=name), name=field)


def _estimates_unknown(workspace: Workspace, model: OwnModel, name: str) -> Iterator[Issue]:
    """An estimate that stands in for a figure must be there, in the figure's unit."""
    estimates = workspace.known().estimates
    for field, declared in model.activity.inputs.items():
        if declared.estimate is None:
            continue
        where = Location(file=name, column=f"inputs.{field}.estimate")
        found = estimates.of(declared.estimate)
        if not found:
            known = sorted({*estimates.entries, *estimates.own})
            yield Issue.error("model_estimate_unknown", where, value=declared.estimate, known=known)
        for unit in sorted({entry.unit for entry in found} - {declared.unit}):
            yield Issue.error("model_estimate_unit", where, value=declared.estimate, found=unit, unit=declared.unit)
