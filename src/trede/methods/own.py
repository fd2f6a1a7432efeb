"""An organisation's own calculation model: a file that declares an activity type and the method that calculates it.

The file is tested in full before it counts. What comes out is an activity type and a method like those that ship, under an id
that begins with `own:`, so that it cannot take the place of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trede.catalogue.inputs import PostedAs
from trede.catalogue.vocabulary import ActivityType, Attribute, Vocabulary
from trede.methods.model import Leg, Method, Methods, check_type
from trede.methods.own_checks import check_file
from trede.methods.own_file import PREFIX, ModelFile, parse_file


@dataclass(frozen=True)
class OwnModel:
    """A model that passed every test, in one version of its file."""

    file: ModelFile
    version: int
    activity: ActivityType
    method: Method

    @property
    def id(self) -> str:
        """Its id without the prefix."""
        return self.file.id

    @property
    def type(self) -> str:
        """The id of its activity type, which is also that of its method."""
        return self.activity.id

    def asks(self) -> dict[str, Any]:
        """Return what it asks of a record. Two versions that ask the same can calculate the same records."""
        asked = {"unit", "kind", "above", "at_least", "at_most", "needed_when"}
        figures = {
            name: {**declared.model_dump(mode="json", include=asked), "needed": declared.needed}
            for name, declared in self.file.inputs.items()
        }
        choices = {name: [sorted(each.values), each.default] for name, each in self.file.attributes.items()}
        return {"quantity": self.file.quantity.model_dump(), "inputs": figures, "attributes": choices}


def read_model(data: bytes, name: str, version: int, words: Vocabulary, methods: Methods) -> OwnModel:
    """Read the file of a model and test all of it.

    Args:
        name: what issues call the file.
        version: the number of the version that this is.
        words: the shipped types, which its legs may count as.
        methods: the shipped methods.

    Raises:
        CatalogueError: an issue per fault, each at its line and column.
    """
    source, file = parse_file(data, name)
    gives = check_file(file, source, words, methods)
    ident = PREFIX + file.id
    activity, method = _activity(ident, file), _method(ident, file, version, gives)
    check_type(activity, Methods({**methods.methods, ident: method}), words)
    return OwnModel(file, version, activity, method)


def _activity(ident: str, file: ModelFile) -> ActivityType:
    return ActivityType(
        id=ident,
        name=file.name,
        kind=file.quantity.kind,
        method=ident,
        attributes={n: Attribute(name=c.name, values=c.values, default=c.default) for n, c in file.attributes.items()},
        inputs=dict(file.inputs),
        posts=tuple(
            PostedAs(leg=leg.id, type=leg.counts_as, attributes=leg.attributes, group=leg.group, when=leg.when)
            for leg in file.leg
        ),
        sample=file.sample,
        **({"applies": file.applies} if file.applies else {}),
    )


def _method(ident: str, file: ModelFile, version: int, gives: Sequence[str]) -> Method:
    return Method(
        id=ident,
        version=version,
        name=file.name,
        reference=file.reference,
        explanation=file.explanation or file.name,
        category=file.category,
        rank=file.rank,
        time=file.time,
        quantity=file.quantity.unit,
        inputs={name: declared.unit for name, declared in file.inputs.items()},
        leg=tuple(
            Leg(id=leg.id, formula=leg.formula, requires=leg.requires, gives=given, unit=leg.unit)
            for leg, given in zip(file.leg, gives, strict=True)
        ),
    )
