"""What a row records: activity type, attributes and unit, tested per distinct combination."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from trede.catalogue.currencies import MONEY
from trede.catalogue.spending import canonical_code
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.intake.columns import Codes, Field, combine
from trede.intake.problems import Finding, Problem, shown
from trede.kernel.errors import TredeError
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Param


@dataclass(frozen=True)
class Meaning:
    """Per row the number of its combination; per combination the values (null where wrong) and problems."""

    codes: Codes
    activity_type: pa.Array
    attributes: pa.Array
    unit: pa.Array
    problems: dict[int, list[tuple[str | None, Problem]]]
    words: Vocabulary

    def says(self, number: int, unit: str) -> bool:
        """Whether a text means the unit of a combination (null when that combination is wrong)."""
        kind = self.words.types[self.activity_type[number].as_py()]
        found = kind.find_unit(unit, json.loads(self.attributes[number].as_py()))
        return found is not None and found.id == self.unit[number].as_py()

    def findings(self) -> Iterator[Finding]:
        """Yield the problems of each row that has any."""
        if self.problems:
            for position in np.flatnonzero(np.isin(self.codes, list(self.problems))).tolist():
                for heading, problem in self.problems[int(self.codes[position])]:
                    yield Finding(position, heading, problem)

    def without_factor(self, factor: Field | None) -> Iterator[Finding]:
        """Yield a problem per row whose type and attributes ask for a factor of its own, and that has none."""
        asking: dict[int, Problem] = {}
        for number, name in enumerate(self.activity_type.to_pylist()):
            chosen = json.loads(self.attributes[number].as_py())
            attribute = self.words[name].factor_asked_by(chosen) if name else None
            if attribute:
                asking[number] = Problem("factor_missing", {"attribute": attribute, "value": chosen[attribute]})
        missing = np.isin(self.codes, list(asking))
        if factor is not None:
            missing &= ~factor.present() & ~factor.bad()
        for position in np.flatnonzero(missing).tolist():
            yield Finding(position, factor.heading if factor else None, asking[int(self.codes[position])])


def resolve(fields: Mapping[str, Field], rows: int, words: Vocabulary) -> Meaning:
    """Resolve `activity_type`, the attributes and `unit`, given as translated fields.

    An attribute that the row's type does not have is left out of account. A required attribute without a
    value is a problem that lists the allowed ones; nothing is filled in but the vocabulary's defaults.
    """
    parts = list(fields.values())
    first, codes = combine(parts, rows)
    types: list[str | None] = []
    attributes: list[str | None] = []
    units: list[str | None] = []
    problems: dict[int, list[tuple[str | None, Problem]]] = {}
    for number, row in enumerate(first.tolist()):
        result = _Row(fields, row, words)
        kind = result.activity_type()
        chosen = result.attributes(kind) if kind else {}
        unit = result.unit(kind, chosen) if kind else None
        types.append(kind.id if kind else None)
        attributes.append(canonical_json(chosen).decode())
        units.append(unit)
        if result.problems:
            problems[number] = result.problems
    text = pa.string()
    return Meaning(codes, pa.array(types, text), pa.array(attributes, text), pa.array(units, text), problems, words)


class _Row:
    """The reading of one combination; collects its problems."""

    def __init__(self, fields: Mapping[str, Field], row: int, words: Vocabulary) -> None:
        self.fields, self.words = fields, words
        self.row = row
        self.problems: list[tuple[str | None, Problem]] = []

    def _value(self, name: str) -> str | None:
        """Return a field's value; its own problem (a formula, an unknown translation) is collected."""
        field = self.fields[name]
        number = int(field.codes[self.row])
        if number in field.problems:
            self._add(name, field.problems[number])
            return None
        value = field.values[number].as_py()
        return None if value is None else str(value)

    def _add(self, name: str, problem: Problem) -> None:
        field = self.fields.get(name)
        self.problems.append((field.heading if field else None, problem))

    def activity_type(self) -> ActivityType | None:
        value = self._value("activity_type")
        if value is None:
            if not self.problems:
                self._add("activity_type", Problem("cell_empty", {}))
            return None
        found = self.words.types.get(value.casefold())
        if found is None:
            allowed = sorted(self.words.types)
            self._add("activity_type", Problem("activity_type_unknown", {"value": shown(value), "allowed": allowed}))
        return found

    def attributes(self, kind: ActivityType) -> dict[str, str]:
        chosen: dict[str, str] = {}
        for name, attribute in kind.attributes.items():
            before = len(self.problems)
            value = self._value(name) if name in self.fields else None
            if len(self.problems) > before:
                continue
            allowed: list[str] = list(attribute.values)
            if value is None and attribute.default is None:
                self._add(
                    name,
                    Problem("attribute_missing", {"attribute": name, "type": kind.id, "allowed": allowed}),
                )
            elif value is None:
                chosen[name] = str(attribute.default)
            elif attribute.values_from is not None:
                self._code(name, value, chosen.get(attribute.values_from), chosen)
            else:
                try:
                    chosen[name] = attribute.read(name, value)
                except TredeError as error:
                    params = {key: shown(v) if isinstance(v, str) else v for key, v in error.issues[0].values.items()}
                    self._add(name, Problem(error.issues[0].code, params))
        return chosen

    def _code(self, name: str, value: str, classification: str | None, chosen: dict[str, str]) -> None:
        """Read the code of an open attribute; without the classification, which has its own problem, it means nothing."""
        if classification is None:
            return
        try:
            chosen[name] = canonical_code(classification, value)
        except TredeError as error:
            self._add(name, Problem(error.issues[0].code, {**error.issues[0].values, "value": shown(value)}))

    def unit(self, kind: ActivityType, chosen: Mapping[str, str]) -> str | None:
        value = self._value("unit")
        if value is None:
            if self.fields["unit"].problems.get(int(self.fields["unit"].codes[self.row])) is None:
                self._add("unit", Problem("cell_empty", {}))
            return None
        found = kind.find_unit(value, chosen)
        if found is None:
            told: dict[str, Param] = {"value": shown(value), "type": kind.id}
            if asked := kind.attributes_asked_by(value):
                (name, values), *_ = asked.items()
                self._add("unit", Problem("unit_needs_attribute", {**told, "attribute": name, "allowed": list(values)}))
            elif kind.kind == MONEY:
                self._add("unit", Problem("currency_not_named", told))
            else:
                allowed = [*unit_registry().names(kind.kind), *kind.unit_aliases]
                self._add("unit", Problem("unit_not_of_type", {**told, "allowed": allowed}))
        return found.id if found else None
