"""The page on which columns are mapped: what the file shows, what was guessed, what was chosen, what is still needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from trede.kernel.issues import Location
from trede.workspace import Workspace
from trede.workspace.drafting import remembered, wrong_in
from trede_web.bridge.intake.fields import WHEN, Choice, Fields, units_of
from trede_web.bridge.intake.mapping import (
    ASIDE,
    LEAVE_OUT,
    Draft,
    asks_factor,
    field_of,
    fields_of,
    may_be_personal,
    types_of,
)
from trede_web.bridge.ledger.attributes import choices_of
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.catalogue.vocabulary import ActivityType

SAMPLES = 3
SHORT_LIST = 8
_WORD = re.compile(r"[a-z0-9]+")
MOST_VALUES = 40
"""Values of one column that can be translated on the page; further ones come up in the check."""
OPTIONS: dict[str, tuple[str, ...]] = {
    "encoding": ("utf-8", "utf-8-sig", "cp1252", "iso-8859-15", "cp850", "utf-16"),
    "delimiter": (";", ",", "\t", "|"),
    "decimal": (",", "."),
    "dates": (
        "dd-mm-yyyy", "d-m-yyyy", "dd/mm/yyyy", "d/m/yyyy", "mm/dd/yyyy", "m/d/yyyy", "yyyy-mm-dd", "dd.mm.yyyy", "yyyymmdd",
        "dd-mm-yy", "d mmm yyyy", "dd-mmm-yy", "dd-mm-yyyy hh:mm", "yyyy-mm-dd hh:mm",
    ),
    "end_day": ("included", "excluded"),
}  # fmt: skip
"""What each setting can be chosen to be."""


@dataclass(frozen=True)
class Setting:
    """How the file is written in one respect. `guess` is what is used while nothing is chosen."""

    name: str
    label: str
    guess: str
    why: str
    value: str
    options: list[Choice]

    @property
    def is_open(self) -> bool:
        """Whether it is neither told by the file nor chosen."""
        return not self.guess and not self.value


@dataclass(frozen=True)
class Translation:
    """A text of a column and what it means: `remembered` from a saved profile, or `guessed` from its words."""

    number: int
    text: str
    value: str
    understood: bool
    remembered: bool
    guessed: bool = False


@dataclass(frozen=True)
class ColumnRow:
    """A column: what stands in it and what it means. `how`: `guessed`, `chosen`, `ignored` or `spread`."""

    number: int
    letter: str
    heading: str
    samples: list[str]
    field: str
    name: str
    also: list[str]
    how: str
    personal: bool
    can_be_personal: bool
    translations: list[Translation]
    choices: list[Choice]
    by_name: bool
    leaves_out: bool = False
    """Whether rows can be left out by what stands here."""

    @property
    def to_translate(self) -> int:
        """How many texts still have no meaning."""
        return sum(not (each.understood or each.value) for each in self.translations)

    @property
    def is_open(self) -> bool:
        """Whether what its texts mean is in sight: while something is asked, and as long as it is a short list."""
        return bool(self.to_translate) or 0 < sum(not each.understood for each in self.translations) <= SHORT_LIST


@dataclass(frozen=True)
class Constant:
    """A value for the whole file."""

    name: str
    label: str
    value: str
    needed: bool
    options: list[Choice]
    """Nothing: any text."""
    why: str = ""
    """Where a value that is proposed was read."""


@dataclass(frozen=True)
class MappingPage:
    """Everything on the page."""

    settings: list[Setting]
    told: list[Told]
    columns: list[ColumnRow] = field(default_factory=list)
    fields: list[tuple[str, list[Choice]]] = field(default_factory=list)
    types: list[Choice] = field(default_factory=list)
    type: str = ""
    type_constant: bool = False
    constants: list[Constant] = field(default_factory=list)
    sources: list[Choice] = field(default_factory=list)
    title: str = ""
    source: str = ""
    taken: str | None = None
    crosstab: bool = False
    blanks: str = ""
    needs: list[str] = field(default_factory=list)
    wrong: list[Told] = field(default_factory=list)
    rows: int = 0
    ready: bool = False

    @property
    def source_known(self) -> bool:
        """Whether the source is among those to choose from."""
        return self.source in dict(self.sources)


def mapping_page(
    workspace: Workspace,
    look: Mapping[str, Any],
    chosen: Mapping[str, Any],
    draft: Draft,
    began_with: str,
    voice: Voice,
) -> MappingPage:
    """Return the page of a file that waits."""
    fields = Fields(workspace, voice)
    told = voice.told_stored(look.get("issues", []))
    settings = list(_settings(look, chosen, draft, voice))
    if not look.get("columns"):
        return MappingPage(settings, told)
    types = types_of(draft, fields.types)
    columns = list(_columns(look, draft, fields, types, remembered(workspace)))
    needs = list(_needs(workspace, settings, columns, draft, types, fields, began_with))
    wrong = [] if needs else [voice.told(replace(issue, location=Location())) for issue in wrong_in(workspace, draft)]
    return MappingPage(
        settings, told, columns=columns, fields=fields.offered(types or _guessed(draft, fields), draft["columns"]),
        types=fields.type_choices(), type=draft["constants"].get("activity_type", ""),
        type_constant="activity_type" not in draft["columns"],
        constants=[_explained(each, look, voice) for each in _constants(draft, types, fields)],
        sources=sources_of(workspace), title=draft.get("title", ""),
        source=draft.get("source", ""), taken=draft["readings"].get("taken", "") if "readings" in draft else None,
        crosstab="crosstab" in draft, blanks=" ".join(draft.get("crosstab", {}).get("blanks", [])), needs=needs, wrong=wrong,
        rows=look["rows"], ready=not needs and not wrong,
    )  # fmt: skip


def _settings(look: Mapping[str, Any], chosen: Mapping[str, Any], draft: Draft, voice: Voice) -> Iterator[Setting]:
    told, sheets = look.get("settings", {}), look.get("sheets", [])
    workbook = bool(sheets)
    for name in ("sheet", "encoding", "delimiter", "header_row", "decimal", "dates", "end_day"):
        if (name == "sheet") != workbook and name in ("sheet", "encoding", "delimiter"):
            continue
        found = told.get(name, {"value": None, "basis": "", "params": {}})
        given = chosen.get(name)
        guess = "" if found["value"] is None or found["basis"] == "chosen" else str(found["value"])
        if found["basis"] in ("no_decimals", "no_dates", "workbook") and not guess:
            guess = voice.word("map.not_needed")
        why = voice.say(f"basis_{found['basis']}", **found["params"]) if found["basis"] not in ("", "chosen") else ""
        options = [(sheet, sheet) for sheet in sheets] if name == "sheet" else [
            (value, _shown(name, value, voice)) for value in OPTIONS.get(name, ())
        ]  # fmt: skip
        if given and str(given) not in dict(options):
            options.append((str(given), str(given)))
        undated = name == "dates" and "crosstab" in draft and not set(draft["columns"]) & WHEN
        if (name == "end_day" or undated) and not given:
            guess = voice.word("map.not_needed")
        label = voice.word("map.end_day") if name == "end_day" else voice.say(f"setting.{name}")
        label = label[:1].upper() + label[1:]
        yield Setting(name, label, _shown(name, guess, voice), why, "" if given is None else str(given), options)


def _shown(name: str, value: str, voice: Voice) -> str:
    if name == "end_day" and value in OPTIONS["end_day"]:
        return voice.word(f"end_day.{value}")
    if name in ("delimiter", "decimal"):
        signs = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", ".": "point"}
        return voice.word(f"sign.{signs[value]}") if value in signs else value
    return value


def _columns(
    look: Mapping[str, Any],
    draft: Draft,
    fields: Fields,
    types: list[ActivityType],
    known: Mapping[str, Mapping[str, str]],
) -> Iterator[ColumnRow]:
    guess = look["draft"]
    for number, seen in enumerate(look["columns"]):
        heading, used = seen["heading"], fields_of(draft, seen["heading"])
        filled = field_of(draft, heading)
        if seen["period"] and "crosstab" in draft:
            how = "spread"
        elif not filled or filled == ASIDE:
            how = "ignored"
        else:
            how = "guessed" if field_of(guess, heading) == filled else "chosen"
        column = draft["columns"].get(filled, {})
        choices = fields.choices(filled, types)
        sums = [total for total in draft.get("totals", []) if total["column"] == heading]
        translations = list(_translations(seen, filled, column, choices, fields, types, known, sums)) if choices else []
        yield ColumnRow(
            number, seen["letter"], heading, seen["values"][:SAMPLES], filled, fields.name(filled) if used else "",
            [fields.name(each) for each in used[1:]], how, bool(column.get("personal")), may_be_personal(filled),
            translations, choices, by_name=len(choices) > MOST_VALUES,
            leaves_out=not column.get("personal") and "readings" not in draft,
        )  # fmt: skip


def _translations(
    seen: Mapping[str, Any], filled: str, column: Mapping[str, Any], choices: list[Choice], fields: Fields,
    types: list[ActivityType], known: Mapping[str, Mapping[str, str]],
    totals: list[Mapping[str, str]],
) -> Iterator[Translation]:  # fmt: skip
    said = {**column.get("values", {}), **dict.fromkeys(column.get("leave_out", ()), LEAVE_OUT)}
    given = {" ".join(text.split()).casefold(): value for text, value in said.items()}
    allowed = dict(choices)
    sums = [total["starts_with"].casefold() for total in totals]
    for number, text in enumerate(seen["values"][:MOST_VALUES]):
        plain = " ".join(text.split()).casefold()
        understood = plain not in given and (
            bool(fields.understood(filled, text, types)) or any(plain.startswith(word) for word in sums)
        )
        value = given.get(plain, "")
        earlier = known.get(filled, {}).get(plain, "")
        fits = not value and not understood and earlier in allowed
        guess = "" if value or understood or fits else alike(text, list(allowed))
        yield Translation(number, text, (earlier if fits else value) or guess, understood, fits, bool(guess))


def alike(text: str, values: Sequence[str]) -> str:
    """Return the one value that a text seems to name, such as `diesel-b7` of `Diesel (B7)`; nothing when it is not one.

    All words of the value stand in the text, or a word with a digit in it that no other value has.
    """
    words = set(_WORD.findall(text.casefold()))
    parts = {value: set(_WORD.findall(value.casefold())) for value in values}
    whole = [value for value, own in parts.items() if own and own <= words]
    marks = {word for word in words if any(sign.isdigit() for sign in word) and not word.isdigit()}
    marked = [value for value, own in parts.items() if own & marks]
    for found in (whole, marked):
        if len(found) == 1:
            return found[0]
    return ""


def _guessed(draft: Draft, fields: Fields) -> list[ActivityType]:
    """Return the types that have an attribute which a column seems to hold; before a type is chosen there is no better."""
    return [kind for kind in fields.types.values() if set(draft["columns"]) & set(kind.attributes)][:3]


def _constants(draft: Draft, types: list[ActivityType], fields: Fields) -> Iterator[Constant]:
    constants, columns = draft.get("constants", {}), draft["columns"]

    def constant(name: str, *, needed: bool, options: list[Choice] | None = None, label: str = "") -> Constant:
        return Constant(name, label or fields.name(name), constants.get(name, ""), needed, options or [])

    if "unit" not in columns:
        units = list(dict.fromkeys(unit for kind in types for unit in units_of(kind)))
        yield constant("unit", needed=True, options=[(unit, unit) for unit in units])
    months = "crosstab" in draft and draft["crosstab"].get("periods")
    if not set(columns) & (WHEN - {"year"} if months else WHEN) and ("year" in constants or not months):
        yield constant("year", needed=True)
    for kind in types:
        for name, attribute in kind.attributes.items():
            if name not in columns and not (attribute.codes or attribute.values_from):
                needed = attribute.default is None
                title = attribute.name.get(fields.voice.language)
                yield constant(
                    name, needed=needed, options=choices_of(name, attribute.values, fields.voice), label=title
                )
        for name, declared in kind.inputs.items():
            if name not in columns:
                yield constant(name, needed=declared.needed)
    if "factor" not in columns and asks_factor(constants, types):
        yield constant("factor", needed=True)
    if "readings" in draft and "meter" not in columns:
        yield constant("meter", needed=True)
    for name in ("site", "quality"):
        options = fields.choices(name, types)
        if name not in columns and options:
            yield constant(name, needed=False, options=options)


def _explained(constant: Constant, look: Mapping[str, Any], voice: Voice) -> Constant:
    """Return a constant with where it was read, while it has the value that was read there."""
    above = look.get("above", {}).get(constant.name)
    if above is None or above["value"].casefold() != constant.value.casefold():
        return constant
    if above["row"] is None:
        return replace(constant, why=voice.word("map.in_sheet", text=above["text"]))
    return replace(constant, why=voice.word("map.in_row", text=above["text"], row=above["row"]))


def _needs(
    workspace: Workspace, settings: list[Setting], columns: list[ColumnRow], draft: Draft, types: list[ActivityType],
    fields: Fields, began_with: str,
) -> Iterator[str]:  # fmt: skip
    """Yield what is still to be filled in, in words."""
    word, used = fields.voice.word, set(draft["columns"])
    filled = {column.field for column in columns}
    for setting in settings:
        if setting.is_open:
            yield word("need.setting", setting=setting.label)
    if "crosstab" not in draft and not filled & {"quantity", "meter_reading"}:
        yield word("need.quantity")
    if "crosstab" not in draft and not used & WHEN and not draft["constants"].get("year"):
        yield word("need.when")
    if "start" in used and "end" not in used:
        yield word("need.end")
    if not types and "activity_type" not in used:
        yield word("need.type")
    for constant in _constants(draft, types, fields) if types else ():
        if constant.needed and not constant.value and constant.name != "year":
            yield word("need.constant", name=constant.label)
    if "crosstab" in draft and "year" in draft["constants"] and not draft["constants"]["year"]:
        yield word("need.year")
    if draft.get("readings", {}).get("taken") == "":
        yield word("need.taken")
    yield from (
        word("need.translation", column=column.heading, count=column.to_translate)
        for column in columns
        if column.to_translate
    )
    if not draft.get("title"):
        yield word("need.title")
    elif not began_with and draft["id"] in workspace.profiles():
        yield word("need.other_title", title=draft["title"])


def sources_of(workspace: Workspace) -> list[Choice]:
    """Return the sources that the organisation names, and those of the saved profiles."""
    named = {source.id: source.name for source in workspace.organisation.source}
    return [*named.items(), *((p.source, p.source) for p in workspace.profiles().values() if p.source not in named)]


def remember(draft: Draft, page: MappingPage) -> Draft:
    """Return a draft with the translations that saved profiles already had, as the page shows them."""
    columns = dict(draft["columns"])
    for row in page.columns:
        found = {each.text: each.value for each in row.translations if each.remembered or each.guessed}
        if found:
            columns[row.field] = {**columns[row.field], "values": {**columns[row.field].get("values", {}), **found}}
    return {**draft, "columns": columns}
