"""Shapes of files that wait for a mapping, of their check, of profiles, and of quick entry."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from trede_web.api.problems import Remark
from trede_web.api.shapes.amounts import AChoice, parts
from trede_web.api.shapes.drawing import Planned
from trede_web.api.shapes.work import Counts


class WaitingFile(Schema):
    """A file that waits until somebody says what its columns are."""

    id: UUID
    name: str
    sha256: str
    size: int
    person: str
    created_at: datetime
    began_with: str
    checked: bool

    @staticmethod
    def resolve_person(obj: Any) -> str:
        """Return who brought it."""
        return str(obj.person)

    @staticmethod
    def resolve_checked(obj: Any) -> bool:
        """Whether it was checked."""
        return bool(obj.checked)


class WaitingFiles(Schema):
    """The files that wait, the oldest first."""

    items: list[WaitingFile]


class FileSetting(Schema):
    """How the file is written in one respect: `value` was chosen, `guess` is used while nothing is."""

    name: str
    label: str
    guess: str
    why: str
    value: str
    options: list[AChoice]


class Text(Schema):
    """A text of a column and what it means; `remembered` when that comes from a saved profile."""

    text: str
    value: str
    understood: bool
    remembered: bool


class Column(Schema):
    """A column of the file: what stands in it and which field it fills. `choices` are the values that the field takes."""

    number: int
    letter: str
    heading: str
    samples: list[str]
    field: str
    field_name: str = Field(alias="name")
    also: list[str] = Field(description="Further fields that it fills")
    how: str
    leaves_out: bool = Field(description="Whether rows can be left out by what stands here")
    personal: bool
    can_be_personal: bool
    translations: list[Text]
    choices: list[AChoice]


class FileConstant(Schema):
    """A value for the whole file; without options any text."""

    name: str
    label: str
    value: str
    needed: bool
    options: list[AChoice]
    why: str


class FieldGroup(Schema):
    """Fields that a column can fill."""

    name: str
    fields: list[AChoice]


class Mapping(Schema):
    """A file that waits with its mapping as far as it is; `ready` when it can be checked, else `needs` says what lacks."""

    file: WaitingFile
    settings: list[FileSetting]
    told: list[Remark]
    columns: list[Column]
    fields: list[Annotated[FieldGroup, parts("name", "fields")]]
    types: list[AChoice]
    constants: list[FileConstant]
    sources: list[AChoice]
    title: str
    source: str
    taken: str | None = None
    crosstab: bool
    blanks: str
    control_total: str
    control_rows: str
    replaces: str
    needs: list[str]
    wrong: list[Remark]
    rows: int
    ready: bool


class Repair(Schema):
    """A kind of problem.

    `repair` says what solves it for all its rows: `translate`, `optional`, `blank`, `closing`, or nothing here.
    """

    number: int
    count: int
    fate: str
    text: str
    repair: str
    field: str
    cell: str
    choices: list[AChoice]
    examples: list[str]
    column: str


class CheckedRow(Schema):
    """A row with a problem."""

    address: str
    fate: str
    reason: str
    cells: list[str]


class ReadRow(Schema):
    """A row that was accepted, and what was read in it."""

    address: str
    cells: list[str]
    type: str
    quantity: str
    when: str


class ControlInFull(Schema):
    """A control total: `agrees`, `explained`, `accepted` or `differs`."""

    name: str
    stated: str
    computed: str
    difference: str
    status: str
    unreadable: str


class WeightLine(Schema):
    """A heading, or the total: as it is, what comes to it, as it would be."""

    name: str
    now: Planned
    more: Planned
    then: Planned


class WeightYear(Schema):
    """A year that the file touches; `open` are its records without a factor then, `came` how many of them are new."""

    year: int
    published: bool
    is_first: bool
    lines: list[WeightLine]
    total: WeightLine
    open: int
    came: int


class Weight(Schema):
    """What a file would do to the totals under the first standard; nothing of it is kept as a result."""

    state: str
    standard: str
    years: list[WeightYear]
    left: str


class Check(Schema):
    """What would become of each row; nothing is stored. Without `counts` the file as a whole cannot be taken in."""

    counts: Counts | None = None
    whole: int
    sums: list[str]
    controls: list[ControlInFull]
    differs: bool = Field(description="Whether control totals differ, so that taking in asks a reason")
    subtotals: bool = Field(description="Whether those may be subtotals")
    kinds: list[Repair]
    headings: list[str]
    rows: list[CheckedRow]
    accepted: list[ReadRow]
    refused: list[Remark]
    remarks: list[Remark]
    again: str
    replaces: int
    fresh: bool = Field(description="Whether it is of the mapping as it is now")


class ProfileFile(Schema):
    """A batch that a profile read."""

    batch: str
    file: str


class ProfileLine(Schema):
    """A saved profile, with the batches that it read, the newest first."""

    id: str
    title: str
    source: str
    versions: int
    columns: int
    files: list[Annotated[ProfileFile, parts("batch", "file")]]


class ProfileLines(Schema):
    """The saved profiles by title."""

    items: list[ProfileLine]


class GridCell(Schema):
    """A figure as it was typed; `state` is `wrong`, `doubtful`, `far` or nothing."""

    month: int
    text: str
    state: str


class GridLine(Schema):
    """A line of the grid: a meter or site, its unit, a figure for each month."""

    meter: str
    site: str
    unit: str
    cells: list[GridCell]
    total: str


class GridAttribute(Schema):
    """What the type of activity asks beside, with the value and those to choose from."""

    name: str
    label: str
    value: str
    options: list[str]


class Grid(Schema):
    """Figures of a year by month, as they are or as they were sent; `before` is the batch that storing replaces."""

    source: str
    type: str
    year: int
    attributes: list[Annotated[GridAttribute, parts("name", "label", "value", "options")]]
    lines: list[GridLine]
    wrong: list[str]
    remarks: list[str]
    before: str
    sources: list[AChoice]
    types: list[AChoice]
    sites: list[AChoice]
    units: list[str]
