"""Control totals: what the file or a person says the sum should be, against the sum of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from trede.kernel.issues import Issue, Location, Param

What = Literal["quantity", "rows"]


@dataclass(frozen=True, slots=True)
class Control:
    """A total stated in row `row` (None: given by a person) against the sum of the readable quantities that it is of.

    These are all of the file, or those since the subtotal before it (`since`), of one column or row of a cross-tab; then
    `place` is the column of the stated total.

    The sum counts accepted, held and rejected rows alike, since the sender's total does too. `unreadable` are
    the rows (from 1) whose quantity cannot be read: they may explain a difference that they could together make up,
    which is one above zero and, where the profile says what is plausible, inside that range for each of them.
    """

    row: int | None
    stated: Decimal
    computed: Decimal
    unreadable: tuple[int, ...]
    between: tuple[Decimal, Decimal] | None = None
    place: int | None = None
    since: int | None = None
    """Of a subtotal: the first row that it counts."""
    what: What = "quantity"
    """Of what it is the total: of the quantities, or the number of rows with data."""
    unit: str | None = None
    """Of a total that names one of the units of its file, as written there: it counts the rows with that unit alone."""

    @property
    def difference(self) -> Decimal:
        """Stated less computed."""
        return self.stated - self.computed

    @property
    def status(self) -> Literal["agrees", "explained", "differs"]:
        """`agrees` to the last decimal; `explained` when unreadable rows may account for the difference."""
        if self.difference == 0:
            return "agrees"
        low, high = self.between or (Decimal(0), None)
        count = len(self.unreadable)
        fits = self.difference >= low * count and (high is None or self.difference <= high * count)
        return "explained" if count and self.difference > 0 and fits else "differs"

    def to_json(self) -> dict[str, Any]:
        """Return everything JSON-able; amounts as text."""
        return {
            "row": self.row,
            "stated": _plain(self.stated),
            "computed": _plain(self.computed),
            "difference": _plain(self.difference),
            "unreadable": list(self.unreadable),
            "status": self.status,
        } | {name: value for name, value in self._named() if value is not None}

    def _named(self) -> tuple[tuple[str, int | str | None], ...]:
        return (
            ("place", self.place),
            ("since", self.since),
            ("what", None if self.what == "quantity" else self.what),
            ("unit", self.unit),
        )

    def issue(self, name: str, column: str) -> Issue | None:
        """Return an error when the total differs, a warning when unreadable rows explain it, else None."""
        if self.status == "agrees":
            return None
        params: dict[str, Param] = {
            "stated": _plain(self.stated),
            "computed": _plain(self.computed),
            "difference": _plain(self.difference),
        }
        where = Location(file=name, row=self.row, column=column, place=self.place)
        if self.what == "rows":
            return Issue.error("control_rows_differ", Location(file=name), **params)
        if self.status == "differs" and self.since is not None:
            return Issue.error("subtotal_differs", where, since=self.since, **params)
        if self.status == "differs":
            return Issue.error("control_total_differs", where, **params)
        rows = [str(row) for row in self.unreadable]
        return Issue.warning("control_total_explained", where, rows=rows, **params)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
