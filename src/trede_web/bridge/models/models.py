"""Calculation models: the organisation's own, in their versions, and the methods that ship; trying one and taking a record in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.catalogue.files import CATALOGUE
from trede.catalogue.standards import find_standard
from trede.cli.template_file import template_workbook
from trede.kernel.errors import StoreError, TredeError
from trede.organisation.decisions import WithdrawModel
from trede.workspace import Workspace
from trede.workspace.models import add_model, try_model, withdraw_model
from trede.workspace.trying import enter_record, sample_record, try_record
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.evidence.originals import places_of
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.recording import why_of
from trede_web.bridge.ledger.attributes import choices_of
from trede_web.bridge.ledger.record import working_of
from trede_web.bridge.speaking import LANGUAGES, Told, Voice

if TYPE_CHECKING:
    from trede.catalogue.inputs import Input
    from trede.methods.model import Method
    from trede.methods.own import OwnModel
    from trede_web.work.models import Job

FILE = "model.toml"
"""What issues call a model that was typed in."""


@dataclass(frozen=True)
class ModelLine:
    """An own model in the list."""

    id: str
    name: str
    version: int
    counts_as: list[str]
    reference: str
    in_use: bool


@dataclass(frozen=True)
class MethodLine:
    """A method that ships, in the list: the category that it is of, its rank there, and how many activity types it serves."""

    id: str
    name: str
    category: str
    rank: int
    reference: str
    types: int


@dataclass(frozen=True)
class ModelsPage:
    """The models of the organisation, and the methods that ship."""

    own: list[ModelLine]
    shipped: list[MethodLine]


@dataclass(frozen=True)
class Formula:
    """What a method makes: its name, formula, the unit of the result, and what that counts as."""

    id: str
    formula: str
    unit: str
    counts_as: str


@dataclass(frozen=True)
class Figure:
    """A figure that a record gives beside its quantity; `else_` says what stands in where nobody gives one, and its source."""

    id: str
    name: str
    unit: str
    bounds: str
    needed: bool
    else_: str


@dataclass(frozen=True)
class Choice:
    """An attribute with its values; `chosen` is that of the worked example, or the default."""

    id: str
    name: str
    values: list[tuple[str, str]]
    chosen: str
    needed: bool


@dataclass(frozen=True)
class MethodPage:
    """A method that ships."""

    id: str
    name: str
    version: int
    explanation: str
    reference: str
    category: str
    rank: int
    formulas: list[Formula]
    figures: list[Figure]
    types: list[str]


@dataclass(frozen=True)
class Withdrawal:
    """A decision to withdraw a model."""

    id: str
    person: str
    day: str
    reason: str
    in_force: bool


@dataclass(frozen=True)
class ModelPage:
    """An own model: what it asks, what it makes, its worked example as a record, its text and its versions."""

    method: MethodPage
    type: str
    in_use: bool
    unit: str
    choices: list[Choice]
    sample: dict[str, str]
    sites: list[str]
    versions: int
    text: str
    history: list[Withdrawal]


def models_page(workspace: Workspace, voice: Voice) -> ModelsPage:
    """Return all models and methods."""
    in_use, known = workspace.models_in_use, workspace.known()
    own = [
        ModelLine(
            model.id, model.activity.name.get(voice.language), model.version, _names(workspace, model, voice),
            model.file.reference, model.type in in_use,
        )
        for model in workspace.models().values()
    ]  # fmt: skip
    served: dict[str, int] = {}
    for kind in known.vocabulary.types.values():
        served[kind.method] = served.get(kind.method, 0) + 1
    mine = {model.type for model in workspace.models().values()}
    shipped = [
        MethodLine(
            each.id, each.name.get(voice.language), _category(each.category, voice), each.rank, each.reference,
            served.get(each.id, 0),
        )
        for each in known.methods.methods.values() if each.id not in mine
    ]  # fmt: skip
    return ModelsPage(own, sorted(shipped, key=lambda line: line.name.casefold()))


def method_page(workspace: Workspace, ident: str, voice: Voice) -> MethodPage | None:
    """Return a method that ships; None when there is none of that id."""
    method = workspace.known().methods.methods.get(ident)
    return None if method is None else _method(workspace, method, voice)


def model_page(workspace: Workspace, ident: str, voice: Voice) -> ModelPage:
    """Return an own model.

    Raises:
        StoreError: `model_unknown`.
    """
    model = find_model(workspace, ident)
    versions = workspace.model_versions(ident)
    last = versions.latest()
    in_force = {recorded.id for recorded in workspace.decisions.in_force()}
    history = [
        Withdrawal(r.id, d.person, d.made_at.date().isoformat(), d.reason, r.id in in_force)
        for r in workspace.decisions.all() if isinstance(d := r.decision, WithdrawModel) and d.model == ident
    ]  # fmt: skip
    sample = {
        name: voice.number(Decimal(text)) if name == "quantity" or name in model.activity.inputs else text
        for name, text in sample_record(model).items()
    }  # fmt: skip
    choices = [
        Choice(
            name, each.name.get(voice.language), choices_of(name, each.values, voice),
            sample.get(name) or each.default or "", each.default is None,
        )
        for name, each in model.activity.attributes.items()
    ]  # fmt: skip
    return ModelPage(
        _method(workspace, model.method, voice), model.type, model.type in workspace.models_in_use,
        model.file.quantity.unit, choices, sample, [site.name for site in workspace.organisation.site],
        len(versions.all()), last.read().decode("utf-8-sig") if last else "", history[::-1],
    )  # fmt: skip


def find_model(workspace: Workspace, ident: str) -> OwnModel:
    """Return an own model, also one that was withdrawn.

    Raises:
        StoreError: `model_unknown`.
    """
    found = {model.id: model for model in workspace.models().values()}
    if ident not in found:
        raise StoreError.of("model_unknown", model=ident, known=sorted(found))
    return found[ident]


def model_text(workspace: Workspace, ident: str) -> str:
    """Return the text of a model to change; without an id one to start from.

    Raises:
        StoreError: `model_unknown`.
    """
    if not ident:
        return (CATALOGUE / "own_model_template.toml").read_text("utf-8")
    last = workspace.model_versions(find_model(workspace, ident).id).latest()
    return last.read().decode("utf-8-sig") if last else ""


def model_faults(workspace: Workspace, text: str, voice: Voice) -> tuple[str, list[Told]]:
    """Test the text of a model; return its id, or what is wrong in it with line and character."""
    try:
        return try_model(workspace, text.encode(), FILE).id, []
    except TredeError as error:
        return "", voice.told_all(error.issues)


def model_template(workspace: Workspace, ident: str, voice: Voice) -> bytes:
    """Return the workbook to fill in with records of a model.

    Raises:
        StoreError: `model_unknown`.
    """
    model = find_model(workspace, ident)
    return template_workbook(voice, {model.type: model.activity}, places_of(workspace))


def read_record(
    workspace: Workspace, ident: str, given: Mapping[str, str], voice: Voice
) -> tuple[dict[str, str], dict[str, str]]:
    """Read a record of a model from a form; return its fields for the library, and what is wrong by field.

    Raises:
        StoreError: `model_unknown`.
    """
    model = find_model(workspace, ident)
    wrong: dict[str, str] = {}
    fields: dict[str, str] = {}
    numbers = {"quantity": True} | {name: each.needed for name, each in model.activity.inputs.items()}
    for name, needed in numbers.items():
        text = given.get(name, "").strip()
        found = read_amount(text, voice) if text else None
        if found is not None:
            fields[name] = f"{found:f}"
        elif text or needed:
            wrong[name] = voice.word("model.no_number")
    for name, each in model.activity.attributes.items():
        text = given.get(name, "").strip()
        if text in each.values:
            fields[name] = text
        elif text or each.default is None:
            wrong[name] = voice.word("model.no_choice")
    for name in ("start", "end"):
        if not given.get(name):
            wrong[name] = voice.word("model.no_day")
    if not wrong and given["end"] < given["start"]:
        wrong["end"] = voice.word("model.end_first")
    extra = {
        name: given[name].strip()[:200] for name in ("start", "end", "site", "note") if given.get(name, "").strip()
    }
    return fields | extra | {"unit": model.file.quantity.unit}, wrong


def keep_model(workspace: Workspace, job: Job) -> Outcome:
    """Store a model, or its next version."""
    added = add_model(workspace, job.file("model"), FILE)
    said = {"model": added.model.id, "version": added.model.version}
    return Outcome(dict(said), said=said)


def end_model(workspace: Workspace, job: Job) -> Outcome:
    """Withdraw a model."""
    why, model = why_of(workspace, job), job.asked["model"]
    said = {"model": model, "reason": why["reason"]}
    try:
        withdraw_model(workspace, WithdrawModel(model=model, **why))
    except TredeError as error:
        gone = error.issues[0].code == "model_unknown" and any(m.id == model for m in workspace.models().values())
        if not (job.attempts > 1 and gone):  # an earlier attempt withdrew it
            raise
    return Outcome({"model": model}, said=said)


def take_record(workspace: Workspace, job: Job) -> Outcome:
    """Take a record of a model in."""
    imported = enter_record(workspace, job.asked["model"], job.asked["record"])
    issues = [issue.to_json() for issue in imported.issues]
    said = {"model": job.asked["model"], "batch": imported.batch.id}
    return Outcome(dict(said), issues, said)


def try_out(workspace: Workspace, job: Job) -> Outcome:
    """Calculate a record with a model, in a folder that is gone afterwards; what it comes to is told in each language."""
    asked = job.asked
    if asked.get("text"):
        model = try_model(workspace, asked["text"].encode(), FILE)
    else:
        model = find_model(workspace, asked["model"])
    found = worked_out(workspace, model, asked["record"] or sample_record(model))
    return Outcome({"model": model.id, "tried": found["told"]}, found["issues"])


def worked_out(workspace: Workspace, model: OwnModel, record: Mapping[str, str]) -> dict[str, Any]:
    """Return what a record comes to by a model, in each language; nothing of it is stored in the workspace."""
    with try_record(workspace, model, record) as tried:
        told = {
            language: _told(workspace, tried.run, tried.trail, Voice(language)) if tried.trail else None
            for language in LANGUAGES
        }
        return {"told": told, "issues": [issue.to_json() for issue in tried.issues]}


def _told(workspace: Workspace, run: Any, trail: Any, voice: Voice) -> dict[str, Any]:
    found = working_of(workspace, run, trail, voice)
    return {
        "steps": found.steps, "nothing": found.nothing,
        "sums": [
            {"account": each.account, "basis": each.basis, "working": each.working, "kilograms": each.kilograms}
            for each in found.sums
        ],
        "factors": [{"name": each.name, "title": each.title, "why": each.why} for each in found.factors],
    }  # fmt: skip


def _names(workspace: Workspace, model: OwnModel, voice: Voice) -> list[str]:
    words = workspace.known().vocabulary
    return list(dict.fromkeys(words[leg.counts_as].name.get(voice.language) for leg in model.file.leg))


def _category(name: str, voice: Voice) -> str:
    """Name the heading that a method is of; of a method of none, nothing."""
    if not name:
        return ""
    headings = {heading.id: heading.name.get(voice.language) for heading in find_standard("ghg").headings}
    return headings.get(name, name)


def _method(workspace: Workspace, method: Method, voice: Voice) -> MethodPage:
    words = workspace.known().vocabulary.types
    types = [kind for kind in words.values() if kind.method == method.id]
    posted = {each.leg: words[each.type].name.get(voice.language) for kind in types for each in kind.posts}
    formulas = [Formula(leg.id, leg.formula, leg.unit, posted.get(leg.id, "")) for leg in method.leg]
    formulas += [
        Formula(flow.id, " − ".join((flow.formula, *(f"[{each}]" for each in flow.minus))), "kgCO2e", "")
        for flow in method.flow
    ]
    declared = {name: each for kind in types for name, each in kind.inputs.items()}
    figures = [_figure(name, each, voice) for name, each in declared.items()]
    names: Iterable[str] = (kind.name.get(voice.language) for kind in types)
    return MethodPage(
        method.id, method.name.get(voice.language), method.version, method.explanation.get(voice.language),
        method.reference, _category(method.category, voice), method.rank, formulas, figures, sorted(set(names)),
    )  # fmt: skip


def _figure(name: str, each: Input, voice: Voice) -> Figure:
    stands_in = ""
    if each.default is not None:
        stands_in = voice.word("model.default", value=voice.number(each.default), source=each.source)
    elif each.estimate is not None:
        stands_in = voice.word("model.estimate", estimate=each.estimate)
    elif each.whole:
        stands_in = voice.word("model.whole")
    elif each.optional:
        stands_in = voice.word("model.optional")
    return Figure(name, each.name.get(voice.language), each.unit, each.bounds, each.needed, stands_in)
