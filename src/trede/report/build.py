"""From the matter to the document: which sections, in which order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from trede.catalogue.standards import standards
from trede.report.document import Document, Section
from trede.report.frame import Frame
from trede.report.matter import Matter
from trede.report.parts import (
    boundary,
    breakdown,
    change,
    energy,
    factors,
    intensity,
    records,
    results,
    trust,
    uncertainty,
)
from trede.report.wording import Wording

IN_FOOTER = 3
"""Runs that the foot of a page names; of more it names the first and the last."""

AFTER: tuple[Callable[[Frame], Section | None], ...] = (
    change.change,
    intensity.intensity,
    breakdown.by_site,
    breakdown.by_month,
    breakdown.by_account,
    energy.energy,
    boundary.quality,
    uncertainty.uncertainty,
    factors.factors,
    factors.methods,
    trust.decisions,
    trust.open_issues,
    trust.recompute,
    records.records,
)
"""The sections that follow those of the standards. A new subject is a function here."""


def build(matter: Matter, language: str) -> Document:
    """Make the report of one or more runs.

    Args:
        language: `nl` or `en`.

    Raises:
        AssertionError: a sentence carries a figure that stands in no table (a broken promise, never expected).
    """
    frame = Frame(matter, Wording(language))
    words = frame.words
    sections = [results.summary(frame), boundary.boundary(frame), *results.by_standard(frame)]
    sections += [section for make in AFTER if (section := make(frame)) is not None]
    made = max(date.fromisoformat(str(covered.run.made["made_at"])[:10]) for covered in matter.runs)
    names = [frame.run_name(covered) for covered in matter.runs]
    period = names[-1] if len(names) == 1 else f"{names[0]} – {names[-1]}"
    facts = (
        (words.word("fact.standards"), ", ".join(s.name.get(language) for s in standards().values())),
        (words.word("fact.period"), words.period(matter.latest.run.period)),
        (words.word("fact.boundary"), words.word("cover.boundary", count=str(len(matter.organisation.site)))),
        (words.word("fact.made"), words.long_day(made)),
        (words.word("fact.status"), _status(frame)),
    )
    ids = [covered.run.id if len(names) == 1 else covered.run.id[:8] for covered in matter.runs]
    runs = ", ".join(ids) if len(ids) <= IN_FOOTER else f"{ids[0]} … {ids[-1]}"
    content = str(matter.latest.run.result["ledger_content"])[:12]
    return Document(
        language=language, organisation=matter.organisation.name, title=words.word("cover.title"), period=period,
        lead=results.lead(frame), cover=results.cover_chart(frame), facts=facts,
        footer=words.word("cover.footer", runs=runs, content=content), made=made, sections=tuple(sections),
    )  # fmt: skip


def _status(frame: Frame) -> str:
    """Say whether the latest run is a draft or was published, when and by whom."""
    found = frame.matter.latest.published
    if found is None:
        return frame.words.word("cover.status")
    publication = found.publication
    code = "cover.restated" if publication.restates else "cover.published"
    day = frame.words.long_day(publication.made_at.date())
    return frame.words.word(code, day=day, person=publication.person, version=str(publication.version), id=found.id)
