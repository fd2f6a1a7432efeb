"""Testing an own calculation model: names, units, formulas, what each leg counts as, and its sample. Every fault has its place.

A leg counts as a shipped type that posts by itself, so no model can rest on another and there are no cycles.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from trede.catalogue.accounts import chart
from trede.catalogue.countries import countries
from trede.catalogue.currencies import MONEY
from trede.catalogue.inputs import Input
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.intake.fields import METER_FIELDS, PERIOD_FIELDS, TEXT_FIELDS
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Param
from trede.kernel.models import of_some_length
from trede.kernel.toml_places import Path
from trede.methods.additive import degree
from trede.methods.dimensions import TRUTH, Dimension, check, dimension, innermost_wrong, show
from trede.methods.evaluate import evaluate
from trede.methods.formula import FUNCTIONS, Name, Node, Placed, names, parse, parse_placed
from trede.methods.model import CALENDAR, Methods
from trede.methods.own_file import ModelFile, OwnLeg, Source

TAKEN = frozenset(
    {"quantity", "unit", "activity_type", "factor", "uncertainty", *CALENDAR, *FUNCTIONS}
    | {*TEXT_FIELDS, *PERIOD_FIELDS, *METER_FIELDS}
)
"""Names that mean something else in a file, a profile or a formula."""

COMPOUND: Mapping[str, str] = {
    "tkm": "t·km", "short-ton-mi": "short-ton·mi", "pkm": "person·km", "pmi": "person·mi",
}  # fmt: skip
"""Units that are a product of two others."""

_BESIDE = frozenset("·/")
_SHOWN = 20


def check_file(file: ModelFile, source: Source, words: Vocabulary, methods: Methods) -> list[str]:
    """Test a file and return the dimension that each leg gives.

    Raises:
        CatalogueError: every fault, each at its line and column.
    """
    tester = _Tester(file, source, words, methods)
    issues = list(tester.faults())
    if issues:
        raise CatalogueError(*issues[:_SHOWN])
    return tester.gives


class _Tester:
    def __init__(self, file: ModelFile, source: Source, words: Vocabulary, methods: Methods) -> None:
        self.file, self.source, self.words, self.methods = file, source, words, methods
        self.gives: list[str] = []
        self.used: set[str] = set()
        self.unread = False
        """Whether a formula could not be read; then nobody knows what it uses."""

    def faults(self) -> Iterator[Issue]:
        """Yield what is wrong; the sample is tested when all else is right."""
        found = [*self._texts(), *self._quantity(), *self._names(), *self._figures(), *self._legs(), *self._unused()]
        yield from found
        if not found:
            yield from self._sample()

    def _fault(self, code: str, path: Path, beyond: int = 0, **params: Param) -> Issue:
        return Issue.error(code, self.source.at(path, beyond), **params)

    def _texts(self) -> Iterator[Issue]:
        for path, text in (
            (("name",), self.file.name),
            *((("inputs", n, "name"), i.name) for n, i in self.file.inputs.items()),
        ):
            for language in ("nl", "en"):
                told = text.get(language)
                if not told or len(told) > 100 or not told.isprintable():
                    yield self._fault("model_name_unfit", (*path, language), most=100)

    def _quantity(self) -> Iterator[Issue]:
        kind, unit = self.file.quantity.kind, self.file.quantity.unit
        yield from self._unit(("quantity",), kind, unit)
        for at, country in enumerate(self.file.applies.countries if self.file.applies else ()):
            if country not in countries():
                yield self._fault("country_unknown", ("applies", "countries", at), value=country)

    def _unit(self, path: Path, kind: str, unit: str) -> Iterator[Issue]:
        registry = unit_registry()
        if kind not in registry.kinds:
            yield self._fault("model_kind_unknown", (*path, "kind"), value=kind, known=sorted(registry.kinds))
            return
        found = registry.find(kind, unit)
        if found is None or found.id != unit:
            known = list(dict.fromkeys(u.id for (k, _), u in registry.units.items() if k == kind))
            yield self._fault("model_unit_unknown", (*path, "unit"), value=unit, kind=kind, known=known)

    def _names(self) -> Iterator[Issue]:
        """Names of figures and attributes must not mean two things in one file."""
        kinds = self.words.types.values()
        attributes = {name for kind in kinds for name in kind.attributes}
        figures = {name for kind in kinds for name in kind.inputs}
        for name in self.file.inputs:
            if name in TAKEN | attributes or name in self.file.attributes:
                yield self._fault("model_input_taken", ("inputs", name), name=name)
        for name, choice in self.file.attributes.items():
            if name in TAKEN | figures:
                yield self._fault("model_input_taken", ("attributes", name), name=name)
            if choice.default is not None and choice.default not in choice.values:
                path = ("attributes", name, "default")
                allowed = list(choice.values)
                yield self._fault("model_attribute_value", path, attribute=name, value=choice.default, allowed=allowed)

    def _figures(self) -> Iterator[Issue]:
        for name, declared in self.file.inputs.items():
            path = ("inputs", name)
            parts = declared.unit.replace("/", "·").split("·") if declared.unit else []
            if declared.unit.count("/") > 1 or not all(_is_symbol(part) for part in parts):
                yield self._fault("model_unit_unreadable", (*path, "unit"), value=declared.unit)
            elif declared.kind is not None:
                yield from self._unit(path, declared.kind, declared.unit)
            for attribute, values in declared.needed_when.items():
                yield from self._chosen((*path, "needed_when", attribute), attribute, values)
            if declared.default is not None and not declared.allows(declared.default):
                yield self._fault(
                    "model_figure_out_of_bounds", (*path, "default"), name=name, value=f"{declared.default:f}",
                    bounds=declared.bounds,
                )  # fmt: skip

    def _chosen(self, path: Path, attribute: str, values: tuple[str, ...]) -> Iterator[Issue]:
        """Test a condition on the record's own attributes."""
        choice = self.file.attributes.get(attribute)
        if choice is None:
            yield self._fault("model_attribute_unknown", path, name=attribute, known=sorted(self.file.attributes))
            return
        self.used.add(attribute)
        for value in values:
            if value not in choice.values:
                allowed = list(choice.values)
                yield self._fault("model_attribute_value", path, attribute=attribute, value=value, allowed=allowed)

    def _legs(self) -> Iterator[Issue]:
        known = {name: dimension(text) for name, text in CALENDAR.items()}
        known |= {name: dimension(declared.unit) for name, declared in self.file.inputs.items()}
        known["quantity"] = dimension(self.file.quantity.unit)
        for at, leg in enumerate(self.file.leg):
            path: Path = ("leg", at)
            if leg.id in {other.id for other in self.file.leg[:at]}:
                yield self._fault("model_leg_twice", (*path, "id"), leg=leg.id)
            yield from self._formula((*path, "formula"), leg, known)
            for number, text in enumerate(leg.requires):
                yield from self._condition((*path, "requires", number), text, known)
            yield from self._counted(path, leg)
            for attribute, values in leg.when.items():
                yield from self._chosen((*path, "when", attribute), attribute, values)

    def _formula(self, path: Path, leg: OwnLeg, known: Mapping[str, Dimension]) -> Iterator[Issue]:
        placed = yield from self._parsed(path, leg.formula)
        if placed is None:
            return
        found = yield from self._dimension(path, placed, known, leg.formula)
        if found is None:
            return
        self.gives.append(show(found))
        if degree(placed.tree, lambda name: name == "quantity") != 1:
            yield self._fault("model_not_proportional", path, formula=leg.formula)
        wanted = {dimension(leg.unit), dimension(COMPOUND.get(leg.unit, leg.unit))}
        if found not in wanted:
            yield self._fault("model_leg_gives", path, formula=leg.formula, found=show(found), unit=leg.unit)

    def _condition(self, path: Path, text: str, known: Mapping[str, Dimension]) -> Iterator[Issue]:
        placed = yield from self._parsed(path, text)
        found = (yield from self._dimension(path, placed, known, text)) if placed else None
        if found is not None and found != TRUTH:
            yield self._fault("model_no_comparison", path, formula=text)

    def _parsed(self, path: Path, text: str) -> Generator[Issue, None, Placed | None]:
        """Parse a formula; what is wrong is told with what stands there and what could."""
        try:
            return parse_placed(text)
        except CatalogueError as error:
            (issue,) = error.issues
            position = int(str(issue.values["position"]))
            position += len(text[position - 1 :]) - len(text[position - 1 :].lstrip())
            shown, self.unread = text[:200], True
            if issue.code == "formula_too_large":
                yield self._fault("formula_too_large", path, position - 1, formula=shown, position=position)
                return None
            code = "model_sign_expected" if _ends_a_value(text[: position - 1]) else "model_value_expected"
            found = text[position - 1 : position + 9].strip()
            yield self._fault(code, path, position - 1, formula=shown, position=position, found=found or None)
            return None

    def _dimension(
        self, path: Path, placed: Placed, known: Mapping[str, Dimension], text: str
    ) -> Generator[Issue, None, Dimension | None]:
        """Return the dimension of a formula, or say which part of it means nothing."""
        self.used |= set(names(placed.tree))
        try:
            return check(placed.tree, known)
        except CatalogueError as error:
            wrong: Node = innermost_wrong(placed.tree, known)
            place = placed.place(wrong)
            (issue,) = error.issues
            told: dict[str, Param] = {**issue.values, "formula": text, "position": place + 1}
            if issue.code == "formula_name_unknown" and isinstance(wrong, Name):
                told["closest"] = get_close_matches(wrong.name, list(known), 1)
            code = "model_name_unknown" if issue.code == "formula_name_unknown" else "model_dimensions"
            yield Issue.error(code, self.source.at(path, place), **told)
            return None

    def _counted(self, path: Path, leg: OwnLeg) -> Iterator[Issue]:
        """Test what a leg counts as: a shipped type that posts by itself, with its attributes, unit and accounts."""
        target = self.words.types.get(leg.counts_as)
        if target is None or not self._posts(target):
            known = [kind.id for kind in self.words.types.values() if self._posts(kind)]
            closest = get_close_matches(leg.counts_as, known, 3)
            yield self._fault(
                "model_counts_as_unknown", (*path, "counts_as"), value=leg.counts_as, known=closest or known
            )
            return
        yield from self._unit(path, target.kind, leg.unit)
        for name, value in leg.attributes.items():
            yield from self._attribute((*path, "attributes", name), target, name, value)
        lacking = [n for n, a in target.attributes.items() if a.default is None and n not in leg.attributes]
        for name in lacking:
            allowed = list(target.attributes[name].values)
            yield self._fault(
                "model_attribute_missing", (*path, "counts_as"), type=target.id, attribute=name, allowed=allowed
            )
        if leg.group is not None:
            stages = [flow.stage for flow in self.methods[target.method].flow]
            groups = {account.rpartition(".")[0] for account in chart().accounts}
            fitting = sorted(g for g in groups if all(f"{g}.{stage}" in chart().accounts for stage in stages))
            if leg.group not in fitting:
                closest = get_close_matches(leg.group, fitting, 3)
                yield self._fault(
                    "model_group_unknown", (*path, "group"), value=leg.group, type=target.id, known=closest or fitting
                )

    def _posts(self, kind: ActivityType) -> bool:
        plain = not (kind.posts or kind.refused or kind.by_sector) and kind.kind != MONEY
        return plain and bool(self.methods[kind.method].flow)

    def _attribute(self, path: Path, target: ActivityType, name: str, value: str) -> Iterator[Issue]:
        attribute = target.attributes.get(name)
        if attribute is None:
            yield self._fault("model_attribute_unknown", path, name=name, known=sorted(target.attributes))
            return
        given: tuple[str, ...] = (value,)
        if value.startswith("@"):
            own = self.file.attributes.get(value[1:])
            if own is None:
                known = sorted(self.file.attributes)
                yield self._fault("model_attribute_unknown", path, name=value[1:], known=known)
                return
            self.used.add(value[1:])
            given = own.values
        for each in given:
            if each not in attribute.values or target.factor_asked_by({name: each}):
                allowed = list(attribute.values)
                yield self._fault("model_attribute_value", path, attribute=name, value=each, allowed=allowed)

    def _unused(self) -> Iterator[Issue]:
        """A figure or attribute that nothing names would be asked for and left out of account."""
        for section, declared in (("inputs", self.file.inputs), ("attributes", self.file.attributes)):
            for name in declared:
                if name not in self.used and not self.unread:
                    yield self._fault("model_unused", (section, name), name=name)

    def _sample(self) -> Iterator[Issue]:
        """The sample must be a record that the model can calculate."""
        sample, path = self.file.sample, ("sample",)
        if unit_registry().find(self.file.quantity.kind, sample.unit) is None:
            yield from self._unit(path, self.file.quantity.kind, sample.unit)
            return
        for name, choice in self.file.attributes.items():
            value = sample.attributes.get(name, choice.default)
            if value not in choice.values:
                allowed = list(choice.values)
                yield self._fault("model_attribute_value", path, attribute=name, value=value, allowed=allowed)
        for section, given in (("attributes", sample.attributes), ("inputs", sample.inputs)):
            for name in given:
                if name not in getattr(self.file, section):
                    yield self._fault("model_unused", ("sample", section, name), name=name)
        figures = dict[str, Decimal | None]()
        for name, declared in self.file.inputs.items():
            text = sample.inputs.get(name)
            figures[name] = figure = _figure(text, declared)
            if figure is None and (text is not None or declared.needed):
                at = ("sample", "inputs", name)
                yield self._fault("model_figure_out_of_bounds", at, name=name, value=text, bounds=declared.bounds)
        if all(figures[name] is not None for name in self.file.inputs):
            yield from self._worked(figures)

    def _worked(self, figures: Mapping[str, Decimal | None]) -> Iterator[Issue]:
        """Work the sample out; only a whole one can be."""
        kind, unit = self.file.quantity.kind, self.file.quantity.unit
        quantity = self.file.sample.quantity
        if kind != MONEY:
            quantity = unit_registry().convert(quantity, kind, self.file.sample.unit, unit)
        calendar = {"days": Decimal(1), "year_days": Decimal(365), "period": Decimal(1)}
        values = {**calendar, **figures, "quantity": quantity}
        for at, leg in enumerate(self.file.leg):
            if evaluate(parse(leg.formula), values) is None:
                yield self._fault("model_sample_undefined", ("leg", at, "formula"), formula=leg.formula)


def _is_symbol(text: str) -> bool:
    """Whether a text can be a symbol of a dimension: letters and digits, with hyphens inside."""
    return bool(text) and text.replace("-", "").isalnum() and not _BESIDE & set(text)


def _ends_a_value(text: str) -> bool:
    """Whether what stands before a place is the end of a number, name or bracket, so that a sign must follow."""
    last = text.rstrip()[-1:]
    return last.isalnum() or last in tuple("_)]")


def _figure(text: str | None, declared: Input) -> Decimal | None:
    """Return a figure of the sample within its bounds; of one that is not given, what stands in; else None."""
    if text is None:
        return Decimal(1) if declared.whole else declared.default
    try:
        value = of_some_length(Decimal(text))
    except (InvalidOperation, ValueError):
        return None
    return value if declared.allows(value) else None
