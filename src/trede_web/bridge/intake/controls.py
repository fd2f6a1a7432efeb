"""Control totals of a file that waits: both numbers and the difference, what a person may do about it, and the decision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import pyarrow.compute as pc

from trede.cli.intake import read_number
from trede.kernel.errors import TredeError
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import AcceptDifference
from trede.workspace import Workspace
from trede_web.bridge.intake.mapping import Draft
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.workspace.importing import Ready

_BLANKS = re.compile("[\\s\u00a0\u202f']")
_AMBIGUOUS = re.compile(r"[-−]?[1-9]\d{0,2}[.,]\d{3}")
SUBTOTALS = "-subtotals"
"""The answer that the totals which differ are subtotals: each counts the rows since the one before it."""


@dataclass(frozen=True)
class ControlLine:
    """A control total: where it is from, what was said, what the rows come to."""

    name: str
    stated: str
    computed: str
    difference: str
    status: str
    """`agrees`, `explained`, `accepted` or `differs`."""
    unreadable: str


def expected_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the control totals that a person gave, as the library takes them.

    Raises:
        TredeError: `control_total_unreadable`.
    """
    return {
        "control_total": total_of(asked.get("control_total", "")),
        "control_rows": rows_of(asked.get("control_rows", "")),
    }


def total_of(text: str) -> Decimal | None:
    """Return a control total as a person wrote it, with a decimal comma or point, thousands grouped or not.

    Raises:
        TredeError: `control_total_unreadable`, also of what may be two numbers (`1.234`).
    """
    plain = _BLANKS.sub("", text)
    if _AMBIGUOUS.fullmatch(plain):
        raise TredeError.of("control_total_unreadable", text=text)
    for group, decimal in ((".", ","), (",", ".")):
        if re.fullmatch(rf"[-−]?\d{{1,3}}(\{group}\d{{3}})+(\{decimal}\d+)?", plain):
            plain = plain.replace(group, "")
    return read_number(plain) if plain else None


def rows_of(text: str) -> int | None:
    """Return a number of rows as a person wrote it, thousands grouped or not.

    Raises:
        TredeError: `control_total_unreadable`.
    """
    plain = "".join(sign for sign in text if sign not in " .,'\u00a0\u202f")
    if plain and not (plain.isascii() and plain.isdigit()):
        raise TredeError.of("control_total_unreadable", text=text)
    return int(plain) if plain else None


def readable(total: str, rows: str) -> bool:
    """Whether the control totals that were given are numbers, or none is."""
    try:
        total_of(total), rows_of(rows)
    except TredeError:
        return False
    return True


def controls_in(ready: Ready) -> list[dict[str, Any]]:
    """Return the control totals of a check, ready for JSON: those of the file with the text that calls them a total."""
    rows, totals = ready.settled.rows, {total.column for total in ready.staging.profile.totals}
    columns = [index for index, heading in enumerate(_header(ready)) if heading.strip() in totals]
    found = []
    for control in ready.staging.controls:
        told = control.to_json()
        if control.row is not None and columns:
            cells = rows.filter(pc.equal(rows["row"], control.row))["cells"].to_pylist()
            texts = [cells[0][index].strip() for index in columns if cells and index < len(cells[0])]
            told["text"] = next(filter(None, texts), "")
        if control.status == "differs" and not ready.differing:
            told["status"] = "accepted"
        found.append(told)
    return found


def _header(ready: Ready) -> list[str]:
    rows, header = ready.settled.rows, ready.staging.dialect.header_row.value
    cells = rows.filter(pc.equal(rows["row"], header))["cells"].to_pylist()
    return list(cells[0]) if cells else []


def differing(checked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the control totals of a check that differ and that nobody accepted."""
    return [control for control in checked.get("controls", []) if control["status"] == "differs"]


def control_lines(checked: Mapping[str, Any], voice: Voice) -> list[ControlLine]:
    """Return the control totals as a page shows them."""
    return [
        ControlLine(
            _name(control, voice), voice.number(control["stated"]), voice.number(control["computed"]),
            voice.number(control["difference"]), control["status"], ", ".join(map(str, control["unreadable"])),
        )
        for control in checked["controls"]
    ]  # fmt: skip


def _name(control: Mapping[str, Any], voice: Voice) -> str:
    if control["row"] is None:
        return voice.word(f"control_of.{control.get('what', 'quantity')}")
    facts = {"row": str(control["row"]), "text": control.get("text", "")}
    if "since" in control:
        return voice.word("control_of.since", since=str(control["since"]), **facts)
    if "unit" in control:
        return voice.word("control_of.unit", unit=control["unit"], **facts)
    return voice.word("control_of.row", **facts)


def may_be_subtotals(checked: Mapping[str, Any], draft: Draft) -> bool:
    """Whether totals that differ may be subtotals: rows of the file that are read as its sum."""
    return bool(draft.get("totals")) and any(_as_sum(control) for control in differing(checked))


def _as_sum(control: Mapping[str, Any]) -> bool:
    return control["row"] is not None and "since" not in control and "place" not in control


def with_subtotals(draft: Draft, checked: Mapping[str, Any]) -> Draft:
    """Return a draft in which the totals that differ count the rows since the one before them.

    A total of the same word that agrees stays the sum of the file: then the others go in front of it, each by its own text.
    """
    controls = [control for control in checked["controls"] if _as_sum(control)]
    texts = list(dict.fromkeys(control["text"] for control in controls if control["status"] == "differs"))
    agreeing = [control["text"].casefold() for control in controls if control["status"] != "differs"]
    totals: list[Mapping[str, Any]] = []
    for total in draft["totals"]:
        word = total["starts_with"].casefold()
        own = [text for text in texts if text.casefold().startswith(word)]
        if not own:
            totals.append(total)
        elif any(text.startswith(word) for text in agreeing):
            totals += [{**total, "starts_with": text, "scope": "block"} for text in own] + [total]
        else:
            totals.append({**total, "scope": "block"})
    return {**draft, "totals": totals}


def accept(workspace: Workspace, ready_of: Mapping[str, Any], why: Mapping[str, Any]) -> None:
    """Record that the control totals of a file differ and that it is taken in nevertheless; what stands is not said again.

    Args:
        ready_of: `sha256` and `sheet` of the file, and the `differences` that the person saw, each with what it is of.
        why: reason, person and time.
    """
    said = {recorded.content for recorded in workspace.decisions.in_force()}
    what: Literal["quantity", "rows"]
    for what, difference in ready_of["differences"]:
        decision = AcceptDifference(
            file_sha256=ready_of["sha256"], difference=Decimal(difference), sheet=ready_of["sheet"], what=what, **why
        )  # fmt: skip
        if Recorded("", 0, decision).content not in said:
            workspace.decide(decision)
