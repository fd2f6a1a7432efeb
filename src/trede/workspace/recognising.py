"""Which saved profile reads a file: the template first, then the saved profile under which most of it is accepted."""

from __future__ import annotations

from trede.intake.inspection import inspect_file
from trede.intake.profile import Profile
from trede.intake.starter import starter_profile
from trede.intake.template import NO_TEMPLATE, TEMPLATE, template_profile
from trede.kernel.errors import IntakeError, TredeError
from trede.workspace.expecting import Expected
from trede.workspace.importing import stage_decided
from trede.workspace.workspace import Workspace

__all__ = ["TEMPLATE", "recognise"]


def recognise(workspace: Workspace, data: bytes, name: str) -> Profile:
    """Return the profile that reads a file; nothing is stored.

    A file that is in the template needs none. Of the saved profiles the one counts under which most rows are accepted; two
    under which equally many are, are no answer.

    Raises:
        IntakeError: what is wrong in a file that is in the template.
        TredeError: `profile_needed`, with the shape that the file seems to have.
    """
    try:
        return template_profile(data, name, words=workspace.words)
    except IntakeError as error:
        if error.issues[0].code not in NO_TEMPLATE:
            raise
    saved = workspace.profiles()
    fits = {ident: _accepted(workspace, data, name, profile) for ident, profile in saved.items()}
    best = max(fits.values(), default=0)
    found = [ident for ident, rows in fits.items() if rows == best]
    if best and len(found) == 1:
        return saved[found[0]]
    shape = starter_profile(inspect_file(data, name)).shape or "table"
    raise TredeError.of("profile_needed", file=name, shape=shape, saved=sorted(saved))


def _accepted(workspace: Workspace, data: bytes, name: str, profile: Profile) -> int:
    """Return how many rows are accepted under a profile; none when the file is not written that way."""
    try:
        staging, _ = stage_decided(workspace, data, name, profile, [], Expected(), None)
    except TredeError:
        return 0
    found: int = staging.records.num_rows
    return found
