"""The file of an own calculation model: read strictly, with the line and column of everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from trede.catalogue.inputs import Applies, Input, Sample
from trede.kernel.errors import CatalogueError
from trede.kernel.faults import fault_of
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict, Text, read_toml
from trede.kernel.toml_places import Path, Places, places
from trede.methods.model import Time

PREFIX = "own:"
"""What the id of an activity type begins with that an organisation declared itself."""

MAX_BYTES = 100_000
MOST_LEGS = 20

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
InputName = Annotated[str, Field(pattern=r"^(custom\.)?[a-z][a-z0-9_]*$", max_length=40)]
Value = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=40)]
Line = Annotated[str, Field(min_length=3, max_length=500)]


def _flat(value: Any) -> Any:
    """Accept `[inputs.custom.bags]`, which TOML reads as a table in a table, for the figure `custom.bags`."""
    if isinstance(value, dict) and isinstance(value.get("custom"), dict) and "name" not in value["custom"]:
        rest = {key: entry for key, entry in value.items() if key != "custom"}
        return rest | {f"custom.{key}": entry for key, entry in value["custom"].items()}
    return value


class Counted(Strict):
    """What the quantity of a record is: a kind of units, and the one that the formulas count in."""

    kind: str
    unit: str


class Choice(Strict):
    """An attribute that a record chooses a value of."""

    name: Text
    values: tuple[Value, ...] = Field(min_length=1, max_length=100)
    default: str | None = None


class OwnLeg(Strict):
    """One flow of the model: a formula, the unit of its result, and the activity type that the result counts as."""

    id: Id
    formula: str
    unit: str
    requires: tuple[str, ...] = ()
    counts_as: str
    attributes: dict[str, str] = {}
    group: str | None = None
    when: dict[str, tuple[str, ...]] = {}


class ModelFile(Strict):
    """The file of a model, as `docs/models.md` describes it."""

    id: Id
    name: Text
    reference: Line
    explanation: Text | None = None
    category: str = Field(default="", pattern=r"^(scope-[12]|scope-3\.([1-9]|1[0-5]))?$")
    rank: int = Field(default=1, ge=1, le=9)
    time: Time = "activity-year"
    applies: Applies | None = None
    quantity: Counted
    inputs: Annotated[dict[InputName, Input], BeforeValidator(_flat)] = {}
    attributes: dict[Name, Choice] = {}
    leg: tuple[OwnLeg, ...] = Field(min_length=1, max_length=MOST_LEGS)
    sample: Sample


@dataclass(frozen=True)
class Source:
    """A file of a model while it is tested: where issues about it stand."""

    name: str
    places: Places

    def at(self, path: Path, beyond: int = 0) -> Location:
        """Return the line and column of a field, or of a sign inside its text."""
        apart = [part.split(".") if isinstance(part, str) and path[0] == "inputs" else [part] for part in path]
        flat = tuple(part for parts in apart for part in parts)
        line, column = self.places.find(path if path in self.places.at else flat, beyond)
        return Location(self.name, line, ".".join(map(str, path)) or None, column)


M = TypeVar("M", bound=Strict)


def parse_file(data: bytes, name: str) -> tuple[Source, ModelFile]:
    """Read the file of a model; raises what `parse_toml` raises."""
    return parse_toml(ModelFile, data, name)


def parse_toml(model: type[M], data: bytes, name: str) -> tuple[Source, M]:
    """Read a file that a person wrote, with the places of everything in it.

    Raises:
        CatalogueError: `model_too_large`, `toml_unreadable`, or a `field_invalid` per broken field.
    """
    if len(data) > MAX_BYTES:
        raise CatalogueError.of("model_too_large", Location(file=name), bytes=len(data), most=MAX_BYTES)
    raw = read_toml(data, name)
    source = Source(name, places(data.decode("utf-8-sig")))
    try:
        return source, model.model_validate(raw)
    except ValidationError as error:
        raise CatalogueError.from_issues(
            Issue.error(
                "field_invalid", source.at(tuple(p for p in problem["loc"] if p != "[key]")), **fault_of(problem)
            )
            for problem in error.errors()
        ) from error
