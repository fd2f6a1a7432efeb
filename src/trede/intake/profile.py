"""A profile: how one source's files are mapped to activity records. A TOML file, read strictly."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from trede.intake.comparing import compared
from trede.intake.settings import FileSettings
from trede.intake.shapes import Crosstab, Exact, Filled, Headings, Readings, in_order
from trede.kernel.models import Strict

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Column(Strict):
    """Where a field comes from, and how its cells are read."""

    header: Annotated[Headings, Field(min_length=1)]
    values: dict[str, str] = Field(default_factory=dict)
    """Translations by cell text, compared by `comparing.compared`; `*` stands for every other text."""
    leave_out: Annotated[tuple[Filled, ...], Field(min_length=1)] | None = None
    """Texts of cells whose row is no activity (a car wash on a fuel card): it is set aside; compared as `values` are."""
    optional: bool = False
    personal: bool = False
    between: tuple[Exact, Exact] | None = None
    minus: Annotated[Headings, Field(min_length=1)] | None = None
    """Of the quantity: the column that is taken off, such as credit beside debit."""

    @model_validator(mode="after")
    def _distinct(self) -> Column:
        if len({compared(key) for key in self.values}) != len(self.values):
            raise ValueError("two values differ in case or blanks only")
        in_order(self.between)
        if self.leave_out and self.personal:
            raise ValueError("rows cannot be left out by a personal column")
        if {compared(text) for text in self.leave_out or ()} & {compared(key) for key in self.values}:
            raise ValueError("a value is both translated and left out")
        return self


class Total(Strict):
    """Rows that are totals: the cell in `column` starts with `starts_with`, the quantity cell is the sum.

    With `scope = "block"` it is a subtotal: the sum of the rows since the subtotal before it.
    """

    column: Filled
    starts_with: Filled
    sums: Annotated[str, StringConstraints(pattern="^quantity$")] = "quantity"
    scope: Literal["block"] | None = None


class Unique(Strict):
    """Fields whose values together may occur once in a file."""

    fields: Annotated[tuple[str, ...], Field(min_length=1)]


class Check(Strict):
    """Arithmetic inside a row: the product of some columns equals another within the tolerance."""

    product: Annotated[tuple[Filled, ...], Field(min_length=1)]
    equals: Filled
    tolerance: Annotated[Exact, Field(ge=0)] = Decimal(0)


def _flat(value: Any) -> Any:
    """Accept `[columns.custom.km]`, which TOML reads as a table in a table, for the field `custom.km`."""
    if isinstance(value, dict) and isinstance(value.get("custom"), dict) and "header" not in value["custom"]:
        rest = {key: entry for key, entry in value.items() if key != "custom"}
        return rest | {f"custom.{key}": entry for key, entry in value["custom"].items()}
    return value


def _texts(value: Any) -> Any:
    """Accept whole numbers as constants (`year = 2024`), and a table `custom`."""
    if not isinstance(value, dict):
        return value
    flat = dict(value)
    custom = flat.pop("custom", {})
    if isinstance(custom, dict):
        flat |= {f"custom.{key}": entry for key, entry in custom.items()}
    return {key: str(v) if isinstance(v, int) and not isinstance(v, bool) else v for key, v in flat.items()}


class Profile(Strict):
    """One source's mapping; `checking.load_profile` reads one and tests it against the vocabulary."""

    id: Slug
    title: Filled
    source: Filled
    file: FileSettings = FileSettings()
    columns: Annotated[dict[str, Column], BeforeValidator(_flat)]
    constants: Annotated[dict[str, Filled], BeforeValidator(_texts)] = Field(default_factory=dict)
    totals: tuple[Total, ...] = ()
    unique: Unique | None = None
    checks: tuple[Check, ...] = ()
    crosstab: Crosstab | None = None
    readings: Readings | None = None
    closing_lines: Literal["set-aside"] | None = None
    """What becomes of lines of text below the table; None: they are rejected, until somebody says that they are no data."""

    @model_validator(mode="after")
    def _readings_follow_each_other(self) -> Profile:
        if self.readings is not None and any(column.leave_out for column in self.columns.values()):
            raise ValueError("leave_out is not for meter readings: the next reading would count from another one")
        return self

    def canonical(self) -> dict[str, Any]:
        """Return everything that can change what is read from a file, JSON-able and ready for hashing."""
        return self.model_dump(mode="json", exclude={"title"}, exclude_none=True)

    @property
    def amount(self) -> str | None:
        """The field whose column holds the figures; None for a cross-tab, which has them in many."""
        if self.crosstab is not None:
            return None
        return "quantity" if self.readings is None else "meter_reading"

    @property
    def between(self) -> tuple[Decimal, Decimal] | None:
        """The plausible range of a quantity."""
        shape = self.crosstab or self.readings
        if shape is not None:
            return shape.between
        return self.columns["quantity"].between if "quantity" in self.columns else None

    @property
    def has_personal(self) -> bool:
        """Whether any column holds personal data."""
        return any(column.personal for column in self.columns.values())
