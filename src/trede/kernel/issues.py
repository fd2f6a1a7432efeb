"""Issues are data: a code, a severity, a location and parameters. Shells turn them into sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from trede.kernel.addresses import Address

Param = str | int | bool | None | list[str]


class Severity(StrEnum):
    """How much an issue weighs: an error stops, a warning stays open, a notice only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Location:
    """Where something stands: a file by name, a physical row (1 is the first), a column by its heading.

    `place` is there for a cell of a cross-tab: the number of its column (1 is column A).
    """

    file: str | None = None
    row: int | None = None
    column: str | None = None
    place: int | None = None

    @property
    def address(self) -> Address:
        """The row and place; row 0 when it is not about a row."""
        return Address(self.row or 0, self.place)

    def to_json(self) -> dict[str, Any]:
        """Return the filled fields."""
        return {k: v for k in ("file", "row", "column", "place") if (v := getattr(self, k)) is not None}


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `code` is stable and documented; `params` hold plain values for the sentence."""

    code: str
    severity: Severity
    location: Location = field(default_factory=Location)
    params: tuple[tuple[str, Param], ...] = ()

    @classmethod
    def make(cls, severity: Severity, code: str, location: Location | None, params: dict[str, Param]) -> Self:
        """Build an issue with its parameters in a fixed order."""
        return cls(code, severity, location or Location(), tuple(sorted(params.items())))

    @classmethod
    def error(cls, code: str, location: Location | None = None, **params: Param) -> Self:
        """Build an issue of severity error."""
        return cls.make(Severity.ERROR, code, location, params)

    @classmethod
    def warning(cls, code: str, location: Location | None = None, **params: Param) -> Self:
        """Build an issue of severity warning."""
        return cls.make(Severity.WARNING, code, location, params)

    @classmethod
    def notice(cls, code: str, location: Location | None = None, **params: Param) -> Self:
        """Build an issue of severity notice."""
        return cls.make(Severity.NOTICE, code, location, params)

    @property
    def values(self) -> dict[str, Param]:
        """The parameters as a mapping."""
        return dict(self.params)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping; `from_json` reads it back."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "location": self.location.to_json(),
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls.make(Severity(data["severity"]), data["code"], Location(**data["location"]), data["params"])

    def __str__(self) -> str:
        where = ", ".join(f"{k} {v}" for k, v in self.location.to_json().items())
        what = ", ".join(f"{k}={v}" for k, v in self.params)
        return f"{self.code}({what})" + (f" at {where}" if where else "")
