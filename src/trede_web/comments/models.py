"""A comment: what somebody said about a record, a file, a calculation or a year. It stays; a note can take it back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import models
from django.db.models import Count
from django.utils import timezone

from trede_web.people.models import Organisation, User

RECORD, BATCH, RUN, YEAR = "record", "batch", "run", "year"
KINDS = (RECORD, BATCH, RUN, YEAR)
LONGEST = 4000
"""Characters of a comment."""


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


def thread_of(organisation: Organisation, kind: str, about: str) -> list[Comment]:
    """Return the comments about something, each with the note that took it back if there is one."""
    found = organisation.comments.filter(kind=kind, about=about, removes=None)
    return list(found.select_related("person", "note", "note__person"))


def counts_of(organisation: Organisation, kind: str, about: Collection[str]) -> dict[str, int]:
    """Return the number of comments that stand, by what they are about; of what has none, nothing."""
    found = organisation.comments.filter(kind=kind, about__in=list(about), removes=None, note=None)
    return dict(found.order_by().values_list("about").annotate(Count("id")))
