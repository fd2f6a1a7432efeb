"""Saying what a file calls a place: a new site of that name, or another name for a place that is there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from trede.kernel.errors import TredeError
from trede.organisation.editing import NAME, with_thing
from trede.organisation.writing import has_comments, to_toml
from trede.workspace.describing import require_described
from trede.workspace.workspace import Workspace

PARTS = {"site": "site", "entity": "entity", "department": "unit", "project": "project"}
"""Fields of a file that name a place, with their table in the description."""


def add_site(workspace: Workspace, name: str, why: Mapping[str, Any]) -> str:
    """Store a description with one site more, of the organisation's first entity; return the site's id.

    A site that is called so already is that site. What stands in the description stays as it was written, comments included.

    Raises:
        TredeError: what is wrong with the name, or `description_overtaken`.
    """
    latest, organisation = workspace.organisation_versions.latest(), workspace.organisation
    known = organisation.site_names.get(" ".join(name.split()).casefold())
    if known is not None or latest is None:
        return known or ""
    values = {
        "id": _free(name, {site.id for site in organisation.site}), "name": " ".join(name.split()),
        "entity": organisation.entity[0].id, "country": organisation.country,
    }  # fmt: skip
    lines = [f"{field} = {json.dumps(value, ensure_ascii=False)}" for field, value in values.items()]
    text = "\n".join([latest.read().decode("utf-8-sig").rstrip(), "", "[[site]]", *lines, ""]).encode()
    try:
        require_described(text, NAME)
    except TredeError:
        text = to_toml(with_thing(organisation, "site", values))
    workspace.describe(text, NAME, why, latest.id)
    return values["id"]


def may_rename(workspace: Workspace) -> bool:
    """Whether another name can be added without losing what somebody wrote beside the description by hand."""
    latest = workspace.organisation_versions.latest()
    return latest is not None and not has_comments(latest.read())


def add_name(workspace: Workspace, field: str, ident: str, name: str, why: Mapping[str, Any]) -> None:
    """Store a description in which a place has one more name that files call it by.

    Args:
        field: one of `PARTS`.

    Raises:
        TredeError: there is no such place, the name is another's, or `description_overtaken`.
    """
    latest, part = workspace.organisation_versions.latest(), PARTS[field]
    things: Any = getattr(workspace.organisation, part)
    had = next((thing.aliases for thing in things if thing.id == ident), ())
    plain = " ".join(name.split())
    if latest is not None and plain.casefold() not in {each.casefold() for each in had}:
        after = with_thing(workspace.organisation, part, {"aliases": [*had, plain]}, ident)
        workspace.describe(to_toml(after), NAME, why, latest.id)


def _free(name: str, taken: set[str]) -> str:
    """Return an id made of a name that no site has yet."""
    plain = re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "site"
    return next(ident for n in range(1, len(taken) + 3) if (ident := plain if n == 1 else f"{plain}-{n}") not in taken)
