"""Mapping a file step by step: a look at it, the draft of a profile that a person fills in, and the profile of it.

A draft has the shape of a [profile](docs/intake.md), with empty texts where something is still to be filled in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as dataclass_field
from typing import Any, cast

from trede.intake.checking import load_profile
from trede.intake.comparing import compared
from trede.intake.headings import read_heading
from trede.intake.inspection import LISTED_VALUES, Inspection, inspect_file
from trede.intake.ledger_columns import classification_of
from trede.intake.profile import Profile
from trede.intake.settings import FileSettings
from trede.intake.starter import spread_periods, starter_profile
from trede.kernel.addresses import letter
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.issues import Issue
from trede.kernel.toml_text import toml_text
from trede.workspace.workspace import Workspace

SAMPLES = 3
SETTABLE = frozenset(
    {
        "encoding_ambiguous", "delimiter_ambiguous", "sheet_ambiguous", "sheet_unknown", "header_not_found",
        "header_row_missing", "quote_broken", "encoding_wrong", "encoding_contradicted", "decimal_ambiguous", "dates_ambiguous",
    }
)  # fmt: skip
"""What keeps a file from being read until a person chooses a setting."""
_LASTING = {"decimal", "dates"}
"""Guessed settings that a draft keeps for the next file; of the others that file tells more than this one."""
_TITLE = re.compile(r"^title\s*=.*$", re.M)


@dataclass(frozen=True)
class Seen:
    """A column of a file: its letter and heading, the first different texts in it, and whether the heading is a period.

    `many` says that there are more texts than `values` lists.
    """

    letter: str
    heading: str
    values: list[str]
    many: bool
    period: bool


@dataclass(frozen=True)
class Look:
    """What a file looks like under the settings that were chosen, and a first draft of its profile.

    `settings` has value, basis and parameters by name. Without `columns` the file cannot be read as rows before `issues` are
    settled.
    """

    rows: int
    settings: dict[str, dict[str, Any]]
    sheets: list[str]
    columns: list[Seen]
    draft: dict[str, Any]
    issues: list[dict[str, Any]]
    above: dict[str, dict[str, Any]] = dataclass_field(default_factory=dict)
    """By constant of the draft the text above the table, or the name of the sheet (without a row), that it was read in."""

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self)


def look_at(data: bytes, name: str, chosen: Mapping[str, Any]) -> Look:
    """Look at a file.

    Args:
        chosen: settings by name, as in `[file]` of a profile; the others are detected.

    Raises:
        IntakeError: the file cannot be read, whatever is chosen.
        TredeError: `setting_invalid`.
    """
    settings = settings_of(chosen)
    try:
        found = inspect_file(data, name, settings)
    except IntakeError as error:
        if not {issue.code for issue in error.issues} <= SETTABLE:
            raise
        sheets = [sheet for issue in error.issues for sheet in cast(list[str], issue.values.get("sheets", []))]
        return Look(0, {}, sheets, [], {}, [issue.to_json() for issue in error.issues])
    started = starter_profile(found)
    draft = tomllib.loads(started.text)
    draft["columns"] = {field: _listed(column) for field, column in _flat(draft.get("columns", {})).items()}
    told = _LASTING | ({"header_row"} if draft.get("crosstab", {}).get("heading_rows") else set())
    draft["file"] = {name: value for name, value in draft.get("file", {}).items() if name in told} | dict(chosen)
    return Look(
        found.rows, found.dialect.to_json(), _sheets(found), _columns(found), draft,
        [issue.to_json() for issue in found.issues if issue.code not in ("decimal_ambiguous", "dates_ambiguous")],
        {name: asdict(above) for name, above in started.above.items()},
    )  # fmt: skip


def settings_of(chosen: Mapping[str, Any]) -> FileSettings | None:
    """Return chosen settings, None without any.

    Raises:
        TredeError: `setting_invalid`.
    """
    given = {name: value for name, value in chosen.items() if value not in (None, "")}
    try:
        return FileSettings.model_validate(given) if given else None
    except ValueError as error:
        raise TredeError.of("setting_invalid", settings=[f"{k}={v}" for k, v in given.items()]) from error


def _sheets(found: Inspection) -> list[str]:
    if found.dialect.sheet is None:
        return []
    others = [o for i in found.issues if i.code == "sheets_left_out" for o in cast(list[str], i.values["others"])]
    return [str(found.dialect.sheet.value), *others]


def _columns(found: Inspection) -> list[Seen]:
    spread = {compared(title) for title in spread_periods(found)}
    return [
        Seen(
            letter(index), title, list(found.values[index][:LISTED_VALUES]), len(found.values[index]) > LISTED_VALUES,
            compared(title) in spread,
        )
        for index, title in enumerate(found.headings)
    ]  # fmt: skip


def _flat(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns by field, those of `custom` among them."""
    custom = columns.get("custom", {})
    own = {f"custom.{name}": column for name, column in custom.items()} if "header" not in custom else {}
    return {field: column for field, column in columns.items() if not (field == "custom" and own)} | own


def _listed(column: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: column.get(name, "") for name in ("header", "minus") if name in column or name == "header"}
    return {**column, **{name: [of] if isinstance(of, str) else list(of) for name, of in lists.items()}}


def draft_of(profile: Profile) -> dict[str, Any]:
    """Return a saved profile as a draft, to change it."""
    data = profile.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return {"constants": {}, **data, "columns": {field: _listed(column) for field, column in data["columns"].items()}}


def profile_data(draft: Mapping[str, Any]) -> bytes:
    """Return a draft as the TOML of a profile; `Workspace.save_profile` or `profile_of_draft` tests it."""
    return toml_text({key: value for key, value in draft.items() if value not in ({}, [], None)}).encode()


def profile_of_draft(workspace: Workspace, draft: Mapping[str, Any], name: str = "profile.toml") -> Profile:
    """Return the profile of a draft.

    Raises:
        CatalogueError: what is missing or wrong in it.
    """
    return load_profile(profile_data(draft), name, workspace.words)


def wrong_in(workspace: Workspace, draft: Mapping[str, Any]) -> list[Issue]:
    """Return what keeps a draft from being a profile; nothing when it is one."""
    try:
        profile_of_draft(workspace, draft)
    except TredeError as error:
        return list(error.issues)
    return []


def remembered(workspace: Workspace) -> dict[str, dict[str, str]]:
    """Return the translations of all saved profiles: by field and text, as compared, the value that a person gave it."""
    found: dict[str, dict[str, str]] = {}
    for profile in workspace.profiles().values():
        for field, column in profile.columns.items():
            found.setdefault(field, {}).update({compared(k): v for k, v in column.values.items() if k != "*"})
    return found


def reads_as_period(heading: str) -> bool:
    """Whether a heading is a month, quarter, half-year or year."""
    return read_heading(heading) is not None


def codes_of(heading: str, values: Sequence[str]) -> str | None:
    """Return what codes of what was bought are, as the heading or the form of a column tells; None when neither does."""
    return classification_of(heading, values)


def stored_profile(workspace: Workspace, ident: str) -> bytes:
    """Return a saved profile as it is stored, in its latest version.

    Raises:
        TredeError: `profile_unknown`.
    """
    if ident not in workspace.profiles():
        raise TredeError.of("profile_unknown", profile=ident, known=sorted(workspace.profiles()))
    latest = workspace.profile_versions(ident).latest()
    assert latest is not None
    return latest.read()


def rename_profile(workspace: Workspace, ident: str, title: str) -> Profile:
    """Give a saved profile another title, which changes nothing in what is read; the rest of its text stays as it is.

    Raises:
        TredeError: `profile_unknown`.
        CatalogueError: the title is empty.
    """
    text = stored_profile(workspace, ident).decode()
    line = toml_text({"title": " ".join(title.split())}).strip()
    return workspace.save_profile(_TITLE.sub(lambda _: line, text, count=1).encode(), f"{ident}.toml")
