"""Shapes of reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import Field


class ReportFact(Schema):
    """A fact of the cover."""

    name: str
    value: str


class ReportChapter(Schema):
    """An entry of the contents."""

    id: str
    title: str


class Report(Schema):
    """The cover and the contents of a report."""

    organisation: str
    title: str
    period: str
    lead: list[str]
    warnings: list[str]
    facts: list[ReportFact]
    footer: str
    chapters: list[ReportChapter]

    @classmethod
    def of(cls, cover: Mapping[str, Any]) -> Report:
        """Return what the cover says."""
        plain = {name: cover[name] for name in ("organisation", "title", "period", "footer")}
        return cls(
            **plain, lead=[_plain(each) for each in cover["lead"]], warnings=[_plain(each) for each in cover["warnings"]],
            facts=[ReportFact(name=name, value=value) for name, value in cover["facts"]],
            chapters=[ReportChapter(id=ident, title=title) for ident, title in cover["chapters"]],
        )  # fmt: skip


def _plain(pieces: list[list[Any]]) -> str:
    """Return a text that stands in pieces: each piece begins with its words."""
    return "".join(str(piece[0]) for piece in pieces)


class Chapter(Schema):
    """A chapter of a report."""

    title: str
    number: int
    parts: list[dict[str, Any]] = Field(
        description="Texts, listings, tables and charts; a text is in pieces: words, or words with milligrams and their question"
    )
