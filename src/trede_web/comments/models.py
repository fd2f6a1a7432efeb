"""A comment: what somebody said about a record, a file, a calculation or a year. It stays; a note can take it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models
from django.db.models import Count
from django.utils import timezone

from trede_web.people.models import Organisation, User

RECORD, BATCH, RUN, YEAR = "record", "batch", "run", "year"
KINDS = (RECORD, BATCH, RUN, YEAR)
LONGEST = 4000
"""Characters of a comment."""
LISTED = 50
"""Comments about one thing that a page shows at once."""
LONGEST_ID = 18
"""Digits of an id that is asked for."""


class Comment(models.Model):
    """One comment, or the note that takes one back. Rows are added, never changed: the database itself refuses it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="comments")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    about = models.CharField(max_length=64)
    """The id of what it is about, or the year."""
    text = models.TextField(max_length=LONGEST)
    removes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="note")
    """The comment that this note takes back; None of a comment itself."""

    class Meta:
        """The oldest comes first, as in a conversation."""

        ordering = ["at", "id"]
        indexes = [models.Index(fields=["organisation", "kind", "about"], name="comments_about")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.about}"

    @property
    def taken_back(self) -> Comment | None:
        """The note that took it back."""
        return getattr(self, "note", None)


@dataclass(frozen=True)
class Thread:
    """Comments about something, the oldest first, each with the note that took it back if there is one."""

    comments: list[Comment]
    earlier: int | None
    """The newest comment before these; None when these begin with the first."""
    newest: bool
    """Whether nothing was said after these."""


def thread_of(organisation: Organisation, kind: str, about: str, until: str = "") -> Thread:
    """Return the newest comments about something.

    Args:
        until: the id of the last one to show; another text for the newest.
    """
    found = organisation.comments.filter(kind=kind, about=about, removes=None)
    last = int(until) if until.isascii() and until.isdigit() and len(until) < LONGEST_ID else None
    part = found if last is None else found.filter(pk__lte=last)
    newest_first = list(part.select_related("person", "note", "note__person").order_by("-pk")[: LISTED + 1])
    earlier = newest_first[LISTED].pk if len(newest_first) > LISTED else None
    return Thread(newest_first[:LISTED][::-1], earlier, last is None)


def counts_of(organisation: Organisation, kind: str, about: Collection[str]) -> dict[str, int]:
    """Return the number of comments that stand, by what they are about; of what has none, nothing."""
    found = organisation.comments.filter(kind=kind, about__in=list(about), removes=None, note=None)
    return dict(found.order_by().values_list("about").annotate(Count("id")))
