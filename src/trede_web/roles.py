"""What a role may do in an organisation."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Of a member of one organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    CONSULTANT = "consultant"
    AUDITOR = "auditor"


class Power(StrEnum):
    """What a page asks of its visitor."""

    READ = "read"
    """See everything of the organisation."""
    COMMENT = "comment"
    """Say something about a record, a file, a calculation or a year; it changes no figure."""
    WORK = "work"
    """Take files in, decide, calculate."""
    PUBLISH = "publish"
    """Make a footprint public."""
    MANAGE = "manage"
    """Invite people and take their place away."""


POWERS: dict[Role, frozenset[Power]] = {
    Role.OWNER: frozenset(Power),
    Role.EDITOR: frozenset({Power.READ, Power.COMMENT, Power.WORK, Power.PUBLISH}),
    Role.CONSULTANT: frozenset({Power.READ, Power.COMMENT, Power.WORK}),
    Role.AUDITOR: frozenset({Power.READ, Power.COMMENT}),
}
