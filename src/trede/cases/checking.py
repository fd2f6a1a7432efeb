"""What a case must be beyond its shape: known types, attributes, units, dates, headings and accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from trede.cases.model import Case, CaseActivity, Expect, OwnFactor
from trede.cases.units import UNITS
from trede.catalogue.accounts import chart
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.standards import find_standard
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Attribute, vocabulary
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period
from trede.kernel.quantities import QUANTUM
from trede.methods.model import shipped_methods

NEEDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "total": (frozenset({"standard"}), frozenset({"basis"})),
    "heading": (frozenset({"standard", "heading"}), frozenset({"basis"})),
    "account": (frozenset({"account"}), frozenset({"basis"})),
    "biogenic": (frozenset(), frozenset({"basis"})),
    "energy": (frozenset(), frozenset({"basis"})),
}
"""What is expected → the keys that it needs, and those that it may have."""

_LARGEST = Decimal(10) ** 20


def check_case(case: Case, name: str) -> list[Issue]:
    """Return one issue per fault; `name` is what they call the file."""
    known = list(shipped_libraries())
    issues = [
        Issue.error("library_unknown", Location(file=name, column="settings.pins"), library=pin, known=known)
        for pin in case.settings.pins
        if pin not in known
    ]
    documents = {activity.document for activity in case.activity if activity.document}
    used: dict[tuple[str, str, str, str], int] = {}
    for number, factor in enumerate(case.factor, start=1):
        issues += _placed(_factor(factor), name, f"factor[{number}]")
        use = (factor.activity, str(sorted(factor.attributes.items())), factor.slot, factor.geography or "")
        if (first := used.setdefault(use, number)) != number:
            issues.append(Issue.error("case_factor_twice", Location(name, column=f"factor[{number}]"), first=first))
    for number, activity in enumerate(case.activity, start=1):
        issues += _placed(_activity(activity, case, documents), name, f"activity[{number}]")
    for number, expect in enumerate(case.expect, start=1):
        issues += _placed(_expect(expect), name, f"expect[{number}]")
    return issues


def _placed(issues: Iterator[tuple[str, Issue]], name: str, table: str) -> list[Issue]:
    return [
        Issue.make(issue.severity, issue.code, Location(file=name, column=f"{table}.{key}"), issue.values)
        for key, issue in issues
    ]


Faults = Iterator[tuple[str, Issue]]
"""Key of the table, and what is wrong with it."""


def _type(ident: str, key: str) -> Faults:
    if ident not in vocabulary():
        yield key, Issue.error("activity_type_unknown", value=ident, allowed=sorted(vocabulary().types))


def _attributes(kind: ActivityType, given: Mapping[str, str]) -> Faults:
    for name, value in given.items():
        if name not in kind.attributes:
            yield "attributes", Issue.error("case_attribute_unknown", attribute=name, known=list(kind.attributes))
        else:
            yield from _value(kind.attributes[name], name, value)


def _value(attribute: Attribute, name: str, value: str) -> Faults:
    """Refuse a value that the attribute does not have, or that it keeps in other letters."""
    try:
        kept = attribute.read(name, value)
    except TredeError as error:
        yield "attributes", error.issues[0]
        return
    if kept != value:
        yield "attributes", Issue.error("attribute_value_unknown", attribute=name, value=value, allowed=[kept])


def _factor(factor: OwnFactor) -> Faults:
    yield from _type(factor.activity, "activity")
    if factor.activity not in vocabulary():
        return
    kind = vocabulary()[factor.activity]
    yield from _attributes(kind, factor.attributes)
    slots: list[str] = list(shipped_methods()[kind.method].slots)
    if kind.posts:
        yield "activity", Issue.error("case_factor_of_legs", type=kind.id, types=[posted.type for posted in kind.posts])
        return
    if factor.slot not in slots:
        yield "slot", Issue.error("case_slot_unknown", slot=factor.slot, type=kind.id, allowed=slots)
    yield from _unit(kind, factor.unit, factor.attributes)


def _unit(kind: ActivityType, unit: str, attributes: Mapping[str, str]) -> Faults:
    if kind.find_unit(unit, attributes) is None:
        allowed = [*unit_registry().names(kind.kind), *kind.unit_aliases]
        yield "unit", Issue.error("unit_not_of_type", value=unit, type=kind.id, allowed=allowed)


def _activity(activity: CaseActivity, case: Case, documents: set[str]) -> Faults:
    yield from _type(activity.type, "type")
    if activity.type in vocabulary():
        kind = vocabulary()[activity.type]
        yield from _attributes(kind, activity.attributes)
        for name, attribute in kind.attributes.items():
            if attribute.default is None and name not in activity.attributes:
                allowed = list(attribute.values)
                yield "attributes", Issue.error("case_attribute_missing", attribute=name, type=kind.id, allowed=allowed)
        yield from _unit(kind, activity.unit, activity.attributes)
        yield from _inputs(kind, activity)
    if abs(activity.quantity) >= _LARGEST or activity.quantity % QUANTUM:
        yield "quantity", Issue.error("case_quantity_unfit", value=str(activity.quantity))
    if activity.quantity < 0 and not activity.credit_of:
        yield "quantity", Issue.error("case_negative", value=str(activity.quantity))
    if activity.credit_of and activity.credit_of not in documents:
        yield "credit_of", Issue.error("case_credit_unknown", document=activity.credit_of)
    yield from _dates(activity, case)


def _inputs(kind: ActivityType, activity: CaseActivity) -> Faults:
    for name, value in activity.inputs.items():
        if name not in kind.inputs:
            yield "inputs", Issue.error("case_input_unknown", input=name, type=kind.id, known=list(kind.inputs))
        elif not kind.inputs[name].allows(value):
            yield "inputs", Issue.error("input_out_of_range", value=str(value), bounds=kind.inputs[name].bounds)
    for name, declared in kind.inputs.items():
        if declared.needed_with(activity.attributes) and name not in activity.inputs:
            yield "inputs", Issue.error("input_missing", input=name, type=kind.id)
    for facts in kind.excess(activity.inputs):
        yield "inputs", Issue.error("part_above_whole", None, **facts)
    if uneven := kind.uneven(activity.inputs):
        yield "inputs", Issue.error("shares_not_whole", None, **uneven)


def _dates(activity: CaseActivity, case: Case) -> Faults:
    given = {key for key in ("date", "start", "end", "year") if getattr(activity, key) is not None}
    if given not in ({"date"}, {"start", "end"}, {"year"}, set()) or (not given and len(set(case.settings.years)) > 1):
        yield "date", Issue.error("case_dates", found=sorted(given))
        return
    first, last = days_of(activity, case)
    if last < first:
        yield "end", Issue.error("period_reversed", start=first.isoformat(), end=last.isoformat())
    elif case.settings.period.overlap(Period(first, last)) is None:
        yield "date", Issue.error("case_outside_years", start=first.isoformat(), end=last.isoformat())


def days_of(activity: CaseActivity, case: Case) -> tuple[date, date]:
    """Return the first and last day of a record."""
    if activity.date is not None:
        return activity.date, activity.date
    if activity.start is not None and activity.end is not None:
        return activity.start, activity.end
    year = Period.year(activity.year if activity.year is not None else case.settings.years[0])
    return year.start, year.end


def _expect(expect: Expect) -> Faults:
    given = {key for key in ("standard", "heading", "account", "basis") if getattr(expect, key) is not None}
    needed, may = NEEDS[expect.what]
    if not needed <= given <= needed | may:
        wanted, optional = sorted(needed), sorted(may)
        yield "what", Issue.error("case_expect_keys", what=expect.what, needed=wanted, optional=optional)
        return
    units = UNITS["energy" if expect.what == "energy" else "mass"]
    if expect.unit not in units:
        yield "unit", Issue.error("case_unit_unknown", unit=expect.unit, what=expect.what, allowed=list(units))
    if expect.account is not None and expect.account not in chart().accounts:
        group = expect.account.rpartition(".")[0]
        close = [account for account in chart().accounts if account.startswith(f"{group}.")]
        yield "account", Issue.error("case_account_unknown", account=expect.account, close=close)
    if expect.standard is not None:
        yield from _standard(expect)


def _standard(expect: Expect) -> Faults:
    assert expect.standard is not None
    try:
        standard = find_standard(expect.standard)
    except CatalogueError as error:
        yield "standard", error.issues[0]
        return
    try:
        if expect.heading is not None:
            standard.heading(expect.heading)
    except CatalogueError as error:
        yield "heading", error.issues[0]
    if expect.basis not in standard.bases and (expect.basis is not None or len(standard.bases) > 1):
        yield "basis", Issue.error("case_basis_missing", standard=standard.short, allowed=list(standard.bases))
