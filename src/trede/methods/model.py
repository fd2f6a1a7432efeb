"""Methods as data: flows with formulas, checked for their dimensions when they load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from pydantic import model_validator

from trede.catalogue.accounts import chart
from trede.catalogue.currencies import MONEY
from trede.catalogue.files import CATALOGUE
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary, vocabulary
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, Text, load
from trede.methods.additive import degree
from trede.methods.dimensions import TRUTH, Dimension, check, dimension, show
from trede.methods.formula import Binary, Name, Node, Number, names, parse

KG, ENERGY = dimension("kg"), dimension("MJ")

FACTOR_VALUES: Mapping[str, Dimension] = {
    "total": dimension("kg/Q"),
    "direct": dimension("kg/Q"),
    "upstream": dimension("kg/Q"),
    "biogenic": dimension("kg/Q"),
    "lost": dimension("kg/Q"),
    "lost_generation": dimension("kg/Q"),
    "energy": dimension("MJ/Q"),
}
"""What a factor offers to a formula, per unit Q of the activity: kg CO2e (biogenic: kg CO2) and MJ.

`lost` and `lost_generation` are what is lost on the way per unit delivered, by its life cycle or its generation alone; they
are there when the organisation counts losses."""


AS_RECORDED = "currency"
"""The unit of a leg that gives money: that of the record, since a currency is no multiple of another."""

AMOUNTS = ("total", "direct", "upstream", "lost", "lost_generation")
"""The values that may be split by gas: a formula is proportional to them, so that each gas can be calculated by itself."""


class Flow(Strict):
    """One ledger row that a record gives.

    `formula` gives kilograms CO2e; `group` is its account group where that is not the activity's own. `minus` names flows whose
    milligrams are taken off *after* rounding: so the publisher's rounding is mg(total) − mg(direct) − mg(upstream). A flow is
    made when every value it names is there; `unless` names values whose presence makes it needless.
    """

    id: str
    stage: Literal["direct", "upstream", "lifecycle", "rounding"]
    basis: Literal["none", "location", "market"] = "none"
    formula: str
    group: str | None = None
    minus: tuple[str, ...] = ()
    biogenic: str | None = None
    energy: str | None = None
    unless: tuple[str, ...] = ()


Boundary = Literal["cradle-to-gate", "use", "well-to-wheel", "treatment", "none"]
"""What a method must at least cover (Scope 3 Standard, table 5.4): all emissions up to the gate; those of the use of energy
by somebody else (their scopes 1 and 2); vehicle and fuel supply; the treatment of waste; or nothing that could be checked."""

Time = Literal["activity-year", "in-full"]
"""When emissions count: in the year of the activity, day by day; or in full on the record's first day, whatever comes later
(capital goods in the year of purchase, sold products with their whole life; Scope 3 Standard, section 5.4)."""


CALENDAR = {"days": "day", "year_days": "day/yr", "period": "year"}
"""What each formula may name beside the inputs: the days of the record, those of the year in which it begins, and the length of
the record in calendar years (of a product that was sold, its life from the sale on)."""


class Leg(Strict):
    """One quantity that a method makes of a record and its inputs; the activity type says how it is posted.

    The formula is proportional to `quantity`, so that a credit cancels its invoice and parts of a period add up. `gives` is
    its dimension, in the units of the inputs, and `unit` the unit of the posted quantity that this is. `requires` are
    comparisons that must hold, such as a part that is no larger than the whole; `days` and `year_days` are the days of the
    record and those of the year in which it begins.
    """

    id: str
    formula: str
    requires: tuple[str, ...] = ()
    gives: str
    unit: str

    @cached_property
    def tree(self) -> Node:
        """The parsed formula."""
        return parse(self.formula)

    @cached_property
    def conditions(self) -> tuple[Node, ...]:
        """The parsed comparisons."""
        return tuple(parse(text) for text in self.requires)

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The inputs that the formula and its conditions name, each once."""
        own = {"quantity", *CALENDAR}
        found = (name for tree in (self.tree, *self.conditions) for name in names(tree))
        return tuple(dict.fromkeys(name for name in found if name not in own))

    @cached_property
    def calendar(self) -> tuple[str, ...]:
        """The days that the formula names."""
        return tuple(dict.fromkeys(name for name in names(self.tree) if name in CALENDAR))


class Method(Strict):
    """A way to come from a record to amounts, or from a record and its inputs to other quantities (`leg`).

    `quantity` and `inputs` are the dimensions that the legs' formulas count in. `rank` is the place among the methods of a
    category, 1 the most specific; `boundary` and `time` are what it must cover and when that counts.
    """

    id: str
    version: int
    name: Text
    reference: str
    explanation: Text
    category: str = ""
    rank: int = 1
    boundary: Boundary = "none"
    time: Time = "activity-year"
    slots: tuple[Literal["main", "upstream", "location", "market"], ...] = ()
    flow: tuple[Flow, ...] = ()
    quantity: str = ""
    inputs: dict[str, str] = {}
    leg: tuple[Leg, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Method:
        known: dict[str, Dimension] = {"quantity": dimension("Q")}
        known |= {f"{slot}.{value}": dim for slot in self.slots for value, dim in FACTOR_VALUES.items()}
        ids = [flow.id for flow in self.flow]
        if len(ids) != len(set(ids)):
            raise ValueError(f"two flows of one name in {self.id}")
        for flow in self.flow:
            for text, wanted in ((flow.formula, KG), (flow.biogenic, KG), (flow.energy, ENERGY)):
                if text is None:
                    continue
                try:
                    found = check(parse(text), known)
                except CatalogueError as error:
                    raise ValueError(f"flow {flow.id}: {error}") from error
                if found != wanted:
                    raise ValueError(f"flow {flow.id}: {text} gives {show(found)}, not {show(wanted)}")
            for text in (flow.biogenic, flow.energy):
                if text is not None and not _plain(parse(text)):
                    raise ValueError(
                        f"flow {flow.id}: {text} is not of the shape quantity * x, the one that stands beside"
                    )
            if len({name.partition(".")[0] for name in self._named(flow) if "." in name}) > 1:
                raise ValueError(f"flow {flow.id}: its formulas name two slots, whose factors may have two units")
            if degree(parse(flow.formula), lambda name: name.partition(".")[2] in AMOUNTS) is None:
                raise ValueError(f"flow {flow.id}: {flow.formula} is not proportional to the factor's kilograms")
            unknown = set(flow.minus) - set(ids[: ids.index(flow.id)])
            if unknown:
                raise ValueError(f"flow {flow.id} takes off {sorted(unknown)}, which do not stand before it")
            if not set(flow.unless) <= set(known):
                raise ValueError(f"flow {flow.id}: unless names an unknown value")
        return self

    @model_validator(mode="after")
    def _legs_sound(self) -> Method:
        if bool(self.leg) == bool(self.slots or self.flow) and self.leg:
            raise ValueError(f"{self.id} posts by flows or by legs, not by both")
        known = {"quantity": dimension(self.quantity)} | {
            name: dimension(text) for name, text in {**CALENDAR, **self.inputs}.items()
        }
        for leg in self.leg:
            try:
                found = check(leg.tree, known)
                untrue = [
                    text for text, tree in zip(leg.requires, leg.conditions, strict=True) if check(tree, known) != TRUTH
                ]
            except CatalogueError as error:
                raise ValueError(f"leg {leg.id}: {error}") from error
            if untrue:
                raise ValueError(f"leg {leg.id}: {untrue} is no comparison")
            if found != dimension(leg.gives):
                raise ValueError(f"leg {leg.id}: {leg.formula} gives {show(found)}, not {leg.gives}")
            if degree(leg.tree, lambda name: name == "quantity") != 1:
                raise ValueError(f"leg {leg.id}: {leg.formula} is not proportional to the quantity")
        return self

    def _named(self, flow: Flow) -> set[str]:
        by_id = {other.id: other.formula for other in self.flow}
        return {
            name for text in (flow.formula, *(by_id.get(i, "0") for i in flow.minus)) for name in names(parse(text))
        }

    @cached_property
    def trees(self) -> Mapping[str, Node]:
        """The parsed formula of each flow."""
        return {flow.id: parse(flow.formula) for flow in self.flow}

    @property
    def ref(self) -> str:
        """Name and version, as ledger rows carry it."""
        return f"{self.id}@{self.version}"

    def find_flow(self, flow_id: str) -> Flow:
        """Return a flow by id."""
        return next(flow for flow in self.flow if flow.id == flow_id)

    def symbols(self, flow: Flow) -> list[str]:
        """Return the factor values that a flow's formulas name (its `minus` flows included), each once."""
        trees = [self.trees[flow.id], *(self.trees[other] for other in flow.minus)]
        found = [name for tree in trees for name in names(tree)]
        return list(dict.fromkeys(name for name in found if "." in name))


def _plain(tree: Node) -> bool:
    """Whether a formula is `quantity * x`, with x a value of a factor or a number."""
    return (
        isinstance(tree, Binary)
        and tree.op == "*"
        and tree.left == Name("quantity")
        and isinstance(tree.right, Name | Number)
    )


class _File(Strict):
    method: tuple[Method, ...]


@dataclass(frozen=True)
class Methods:
    """All methods by id."""

    methods: Mapping[str, Method]

    def __getitem__(self, method_id: str) -> Method:
        return self.methods[method_id]

    def to_json(self) -> dict[str, Any]:
        """Return everything that can change a result."""
        return {m.id: m.model_dump(mode="json", exclude={"name", "explanation"}) for m in self.methods.values()}

    def find_leg(self, method_id: str, leg_id: str) -> Leg:
        """Return a leg of a method."""
        return next(leg for leg in self.methods[method_id].leg if leg.id == leg_id)

    def called(self, names: Iterable[str], language: str) -> list[str]:
        """Return what methods are called, each once; `names` are ids with their version, as ledger rows carry them."""
        idents = (name.partition("@")[0] for name in names)
        known = self.methods
        return list(dict.fromkeys(known[i].name.get(language) if i in known else i for i in idents))


@cache
def shipped_methods() -> Methods:
    """Load the shipped methods; every activity type's method must be among them."""
    found: dict[str, Method] = {}
    for path in sorted((CATALOGUE / "methods").glob("*.toml")):
        for method in load(_File, path).method:
            if method.id in found:
                raise CatalogueError.of("id_twice", Location(file=path.name), id=method.id)
            found[method.id] = method
    words, methods = vocabulary(), Methods(found)
    for activity in words.types.values():
        check_type(activity, methods, words)
    return methods


def check_type(activity: ActivityType, methods: Methods, words: Vocabulary) -> None:
    """Check a type against its method: every leg posted once, in a unit of what it is posted as, every input known."""
    method = methods.methods.get(activity.method)
    where = Location(file=f"{activity.id}.method")
    if method is None:
        raise CatalogueError.of("method_unknown", where, method=activity.method)
    if sorted({posted.leg for posted in activity.posts}) != sorted({leg.id for leg in method.leg}):
        raise CatalogueError.of("method_legs_differ", where, method=method.id)
    figures = {name: declared.unit for name, declared in activity.inputs.items()} | dict.fromkeys(
        activity.measures, "km"
    )
    if any(figures.get(name) != unit for name, unit in method.inputs.items()):
        raise CatalogueError.of("method_inputs_differ", where, method=method.id, inputs=sorted(method.inputs))
    for posted in activity.posts:
        target = words[posted.type]
        leg = next(leg for leg in method.leg if leg.id == posted.leg)
        groups = {group for moved in posted.groups for group in target.posting_to(moved).groups}
        accounts = {f"{group}.{flow.stage}" for group in groups for flow in methods[target.method].flow}
        fits = (
            leg.unit == AS_RECORDED if target.kind == MONEY else unit_registry().find(target.kind, leg.unit) is not None
        )
        if not fits or not accounts <= set(chart().accounts):
            raise CatalogueError.of("method_leg_unpostable", where, leg=leg.id, type=target.id)
