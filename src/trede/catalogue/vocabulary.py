"""The vocabulary of activity types: what an organisation can record, from `activities/*.toml`."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_args

from pydantic import model_validator

from trede.catalogue.airports import canonical_route
from trede.catalogue.files import CATALOGUE
from trede.catalogue.inputs import Applies, Input, Measure, PostedAs, Sample
from trede.catalogue.substances import substances
from trede.catalogue.units import unit_registry
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, Text, load
from trede.kernel.quantities import Unit

CERTIFICATES = "certificates"
"""The type of a claim on certificates: what it covers is renewable as its technology says."""

Carrier = Literal["electricity", "heat", "cold", "gas", "liquid-fuel", "solid-fuel", "hydrogen"]
"""What brings energy to where it is used."""
CARRIERS: tuple[Carrier, ...] = get_args(Carrier)


class Attribute(Strict):
    """An attribute that chooses a factor or an account; without a default it must be given.

    With `like`, its values are those of the attribute of the same name of another type. With `codes` it takes the codes of a
    table, and `values` are examples of them. With `values_from` it takes the codes of the classification that the
    attribute of that name says (`catalogue.spending`).
    """

    name: Text
    values: tuple[str, ...] = ()
    like: str | None = None
    default: str | None = None
    codes: Literal["airports"] | None = None
    values_from: str | None = None

    def read(self, name: str, text: str) -> str:
        """Return a value as records keep it; `name` is what the attribute is called in an issue.

        Raises:
            TredeError: `attribute_value_unknown`, or what is wrong with a code.
        """
        if self.codes is not None:
            return canonical_route(text)
        if self.values_from is not None:  # tested where the classification is known
            return " ".join(text.split())
        kept = next((value for value in self.values if value.casefold() == text.casefold()), None)
        if kept is None:
            raise TredeError.of("attribute_value_unknown", attribute=name, value=text, allowed=list(self.values))
        return kept


class UnitAlias(Strict):
    """A name of a unit that is allowed only when the record's attributes say what it means."""

    unit: str
    requires: dict[str, tuple[str, ...]]


class Substitute(Strict):
    """Attributes that are replaced, with an issue, when a claim lacks its evidence."""

    when: dict[str, tuple[str, ...]]
    set: dict[str, str]
    issue: str


class Refusal(Strict):
    """Attributes with which a record is not counted, and the issue that says why and what to record instead."""

    when: dict[str, tuple[str, ...]]
    issue: str


class Release(Strict):
    """A gas that is let go: the attribute that says which substance it is, and the account group for what is outside Kyoto.

    The Kyoto Protocol covers CO2, CH4, N2O, HFC, PFC, SF6 and NF3; the GHG Protocol reports other gases outside the scopes.
    """

    attribute: str
    outside: str


class ActivityType(Strict):
    """One type of activity.

    `best_quality` caps the data quality of what is posted: a distance may be measured, litres made of it are calculated.
    `refused` is the code of the issue that each record of the type is: it posts nothing until others take its place.
    `needs_direct` refuses factors without direct emissions: what drives on power or hydrogen is not counted by such a type.
    `carrier` says what brings the energy, and `renewable` which part of it, from 0 to 1, is from renewable sources: always, or by
    an attribute. A value that is not named is unknown.
    `needs_factor` names the values of attributes with which a row must bring a factor of its own: a meter's correction.
    `by_sector`: the factor is that of a sector in a spend list, not that of a binding. `in_full` names the values of attributes
    with which a record counts on its first day, whatever days it names: what is bought counts in the year of purchase.
    `inputs` are figures beside the quantity; a type with `posts` is calculated by a method with legs, and posts what they
    give as records of other types. `measures` are figures that follow from an attribute. `refusal` names what is not counted.
    `sample` is a record of the type as its template shows one; `applies` says for which days and countries it was made. Of the
    inputs, `shares` add up to 1, and each of `parts` is at most the whole that stands behind it.
    """

    id: str
    name: Text
    kind: str
    method: str
    attributes: dict[str, Attribute] = {}
    accounts: dict[str, str] = {}
    inputs: dict[str, Input] = {}
    measures: dict[str, Measure] = {}
    posts: tuple[PostedAs, ...] = ()
    refusal: tuple[Refusal, ...] = ()
    sample: Sample | None = None
    applies: Applies | None = None
    shares: tuple[str, ...] = ()
    parts: dict[str, str] = {}
    unit_aliases: dict[str, UnitAlias] = {}
    substitute: tuple[Substitute, ...] = ()
    best_quality: Literal["calculated", "extrapolated"] | None = None
    needs_direct: bool = False
    release: Release | None = None
    refused: str | None = None
    needs_factor: dict[str, tuple[str, ...]] = {}
    carrier: dict[str, str] = {}
    renewable: dict[str, str] = {}
    by_sector: bool = False
    in_full: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _consistent(self) -> ActivityType:
        if self.kind not in unit_registry().kinds:
            raise ValueError(f"unknown kind {self.kind}")
        if self.release is not None and not set(self.attributes[self.release.attribute].values) <= set(substances()):
            raise ValueError(
                f"unknown substances: {set(self.attributes[self.release.attribute].values) - set(substances())}"
            )
        _check_choice("carrier", self.carrier, self.attributes, CARRIERS)
        _check_choice("renewable", self.renewable, self.attributes, None)
        wrong = [
            n for n, a in self.attributes.items() if a.values_from is not None and a.values_from not in self.attributes
        ]
        if wrong or not set(self.in_full) <= set(self.attributes):
            raise ValueError(f"unknown attributes: {sorted({*wrong, *self.in_full} - set(self.attributes))}")
        if self.posts:
            return self._derived()
        if "always" in self.accounts:
            if len(self.accounts) != 1:
                raise ValueError("'always' stands alone")
            return self
        by = self.accounts.get("by")
        if by not in self.attributes:
            raise ValueError(f"accounts by unknown attribute {by}")
        missing = set(self.attributes[by].values) ^ (set(self.accounts) - {"by"})
        if missing:
            raise ValueError(f"accounts do not match the values of {by}: {sorted(missing)}")
        return self

    def _derived(self) -> ActivityType:
        """Check what a type with legs says of itself; what it posts is checked when the whole vocabulary is there."""
        if self.accounts:
            raise ValueError("a type that posts through others has no accounts of its own")
        if not {*self.shares, *self.parts, *self.parts.values()} <= set(self.inputs):
            raise ValueError("shares and parts name inputs")
        shared = set(self.inputs) & {*self.attributes, "quantity", "unit"}
        if shared:
            raise ValueError(f"inputs with the name of another field: {sorted(shared)}")
        for name, measure in self.measures.items():
            if name in self.inputs or measure.route not in self.attributes or not self.attributes[measure.route].codes:
                raise ValueError(f"{name} measures no attribute with airports")
        conditions = (*(i.needed_when for i in self.inputs.values()), *(r.when for r in self.refusal), self.in_full)
        for condition in conditions:
            for name, values in condition.items():
                if name not in self.attributes or not set(values) <= set(self.attributes[name].values):
                    raise ValueError(f"a condition names {name}={'/'.join(values)}, which is not there")
        for posted in self.posts:
            named = {v.removeprefix("@") for v in posted.attributes.values() if v.startswith("@")} | set(posted.when)
            if isinstance(posted.group, dict):
                named.add(posted.group["by"])
                missing = set(self.attributes[posted.group["by"]].values) ^ (set(posted.group) - {"by"})
                if missing:
                    raise ValueError(f"groups do not match the values of {posted.group['by']}: {sorted(missing)}")
            if not named <= set(self.attributes):
                raise ValueError(f"leg {posted.leg} names unknown attributes: {sorted(named - set(self.attributes))}")
        return self

    def refused_as(self, attributes: Mapping[str, str]) -> str | None:
        """Return the code of the issue with which a record is refused, or None."""
        return next(
            (r.issue for r in self.refusal if all(attributes.get(n) in allowed for n, allowed in r.when.items())), None
        )

    def posted(self, leg: str) -> PostedAs:
        """Return how a leg of the type's method is posted."""
        return next(posted for posted in self.posts if posted.leg == leg)

    def uneven(self, given: Mapping[str, Decimal]) -> dict[str, str] | None:
        """Return what the shares of a record come to, as parameters of an issue, when they do not add up to 1."""
        total = sum((given[name] for name in self.shares if name in given), Decimal(0))
        if not self.shares or total == 1:
            return None
        return {"sum": f"{total.normalize():f}", "inputs": ", ".join(self.shares)}

    def excess(self, given: Mapping[str, Decimal]) -> Iterator[dict[str, str]]:
        """Yield, as parameters of an issue, each part that is more than its whole."""
        for part, whole in self.parts.items():
            if part in given and whole in given and given[part] > given[whole]:
                value, limit = (f"{given[name].normalize():f}" for name in (part, whole))
                yield {"part": part, "value": value, "whole": whole, "limit": limit}

    @property
    def groups(self) -> tuple[str, ...]:
        """The account groups that records of this type may post to."""
        return tuple(group for name, group in self.accounts.items() if name != "by")

    def posting_to(self, group: str) -> ActivityType:
        """Return this type posting to another account group; `x.*` keeps the last part of its own."""
        family, star, _ = group.partition("*")
        if not star:
            return self.model_copy(update={"accounts": {"always": group}})
        moved = {n: g if n == "by" else family + g.rpartition(".")[2] for n, g in self.accounts.items()}
        return self.model_copy(update={"accounts": moved})

    def account_group(self, attributes: Mapping[str, str]) -> str:
        """Return the account group that records with these attributes post to."""
        if "always" in self.accounts:
            return self.accounts["always"]
        return self.accounts[attributes[self.accounts["by"]]]

    def group_of_gas(self, column: str, attributes: Mapping[str, str]) -> str:
        """Return the account group of an amount in one column: that of the type, or the one outside the scopes."""
        if self.release is not None and column == "other":
            return self.release.outside
        return self.account_group(attributes)

    def counts_in_full(self, attributes: Mapping[str, str]) -> bool:
        """Whether a record with these attributes counts on its first day, whatever days it names."""
        return any(attributes.get(name) in values for name, values in self.in_full.items())

    def carrier_of(self, attributes: Mapping[str, str]) -> str | None:
        """Return what brings the energy of records with these attributes (a `Carrier`), or None when it is unknown."""
        return _choose(self.carrier, attributes)

    def renewable_share(self, attributes: Mapping[str, str]) -> str | None:
        """Return the part of the energy from renewable sources as an exact decimal, or None when it is unknown."""
        return _choose(self.renewable, attributes)

    def factor_asked_by(self, attributes: Mapping[str, str]) -> str | None:
        """Return the attribute by which rows must bring a factor that their quantity is multiplied by, or None."""
        return next((name for name, values in self.needs_factor.items() if attributes.get(name) in values), None)

    def find_unit(self, name: str, attributes: Mapping[str, str]) -> Unit | None:
        """Return the unit that `name` means for this type, or None; an alias counts only with its attributes."""
        alias = self._alias(name)
        if alias is not None and all(attributes.get(k) in v for k, v in alias.requires.items()):
            name = alias.unit
        return unit_registry().find(self.kind, name)

    def attributes_asked_by(self, unit: str) -> Mapping[str, tuple[str, ...]]:
        """Return the attributes, with their values, that say what a unit means for this type; empty when it needs none."""
        alias = self._alias(unit)
        return alias.requires if alias else {}

    def _alias(self, unit: str) -> UnitAlias | None:
        name = unicodedata.normalize("NFKC", unit).strip().casefold()  # m³ is m3
        return next((a for n, a in self.unit_aliases.items() if n.casefold() == name), None)


def _choose(rules: Mapping[str, str], attributes: Mapping[str, str]) -> str | None:
    """Return what holds always, or for the value of the attribute `by`."""
    return rules.get("always") or rules.get(attributes.get(rules.get("by", ""), ""))


def _check_choice(
    name: str, rules: Mapping[str, str], attributes: Mapping[str, Attribute], allowed: Collection[str] | None
) -> None:
    """Refuse rules by an unknown attribute or value, and a result that is not allowed (None: a number from 0 to 1)."""
    if not rules:
        return
    by = rules.get("by", "")
    known = {"always"} if "always" in rules else set(attributes[by].values) if by in attributes else set()
    told = {key: value for key, value in rules.items() if key != "by"}
    if not set(told) <= known or ("always" in rules and len(rules) > 1):
        raise ValueError(f"{name}: unknown attribute or values: {sorted(set(told) - known)}")
    wrong = [v for v in told.values() if (v not in allowed if allowed is not None else not 0 <= Decimal(v) <= 1)]
    if wrong:
        raise ValueError(f"{name}: not allowed: {wrong}")


class _File(Strict):
    activity: tuple[ActivityType, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All activity types by id."""

    types: Mapping[str, ActivityType]

    def __getitem__(self, type_id: str) -> ActivityType:
        return self.types[type_id]

    def __contains__(self, type_id: str) -> bool:
        return type_id in self.types

    @property
    def released(self) -> frozenset[str]:
        """The account groups of gases that are let go: each row of a blend has the whole quantity, so they have no sum."""
        kinds = [kind for kind in self.types.values() if kind.release is not None]
        groups = {group for kind in kinds for by, group in kind.accounts.items() if by != "by"}
        return frozenset(groups | {kind.release.outside for kind in kinds if kind.release is not None})

    def to_json(self) -> dict[str, Any]:
        """Return everything that can change a result, for hashing and pinning."""
        return {t.id: t.model_dump(mode="json", exclude={"name", "sample"}) for t in self.types.values()}


@cache
def vocabulary() -> Vocabulary:
    """Load the shipped vocabulary."""
    types: dict[str, ActivityType] = {}
    for path in sorted((CATALOGUE / "activities").glob("*.toml")):
        for activity in load(_File, path).activity:
            if activity.id in types:
                raise CatalogueError.of("id_twice", Location(file=path.name), id=activity.id)
            types[activity.id] = activity
    shared = _names(types, "attributes") & _names(types, "inputs")
    if shared:
        raise CatalogueError.of("id_twice", Location(file="activities"), id=", ".join(sorted(shared)))
    types = {ident: _with_values(activity, types) for ident, activity in types.items()}
    for activity in types.values():
        _check_posts(activity, types)
    return Vocabulary(types)


def _with_values(activity: ActivityType, types: Mapping[str, ActivityType]) -> ActivityType:
    """Return a type whose attributes that are like another type's have its values."""
    like = {name: attribute for name, attribute in activity.attributes.items() if attribute.like}
    if not like:
        return activity
    found = dict(activity.attributes)
    for name, attribute in like.items():
        like_type = types.get(str(attribute.like))
        other = like_type.attributes.get(name) if like_type else None
        if other is None or attribute.values:
            raise CatalogueError.of(
                "attribute_like_nothing", Location(file=activity.id, column=name), type=attribute.like
            )
        found[name] = attribute.model_copy(update={"values": other.values})
    return activity.model_copy(update={"attributes": found})


def _names(types: Mapping[str, ActivityType], part: Literal["attributes", "inputs"]) -> set[str]:
    return {name for kind in types.values() for name in getattr(kind, part)}


def _check_posts(activity: ActivityType, types: Mapping[str, ActivityType]) -> None:
    """Check that each leg is posted as a whole record of a type that posts by itself."""
    for posted in activity.posts:
        target = types.get(posted.type)
        where = Location(file=f"{activity.id}.posts", column=posted.leg)
        if target is None or target.posts:
            raise CatalogueError.of("posts_unknown_type", where, type=posted.type)
        wanted = {name for name, attribute in target.attributes.items() if attribute.default is None}
        wrong = [
            name
            for name, value in posted.attributes.items()
            if name not in target.attributes or (value[:1] != "@" and value not in target.attributes[name].values)
        ]
        if wrong or not wanted <= set(posted.attributes):
            raise CatalogueError.of("posts_unknown_attributes", where, wrong=sorted({*wrong, *wanted}))
