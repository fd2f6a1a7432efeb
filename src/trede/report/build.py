"""From the matter to the document: which sections, in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from trede.catalogue.standards import standards
from trede.report.document import Document, Listing, Section, Statement
from trede.report.frame import Frame
from trede.report.matter import Matter
from trede.report.parts import (
    base_year,
    boundary,
    breakdown,
    categories,
    change,
    decisions,
    energy,
    evidence,
    factors,
    intensity,
    open_points,
    recompute,
    records,
    restatement,
    results,
    uncertainty,
)
from trede.report.wording import Wording

IN_FOOTER = 3
"""Runs that the foot of a page names; of more it names the first and the last."""

AFTER: tuple[Callable[[Frame], Section | None], ...] = (
    restatement.restatement,
    change.change,
    base_year.base_year,
    intensity.intensity,
    breakdown.by_site,
    breakdown.by_project,
    breakdown.by_department,
    breakdown.by_month,
    breakdown.by_account,
    categories.categories,
    energy.energy,
    boundary.quality,
    uncertainty.uncertainty,
    uncertainty.error_sources,
    factors.factors,
    factors.methods,
    evidence.evidence,
    decisions.decisions,
    open_points.open_issues,
    recompute.recompute,
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
    warned = open_points.warnings(frame)
    sections[0] = _warned(frame, sections[0], warned)
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
        lead=(*results.lead(frame), *restatement.lead(frame)),
        warnings=_pointed(frame, warned, sections), cover=results.cover_chart(frame), facts=facts,
        footer=words.word("cover.footer", runs=runs, content=content), made=made, sections=tuple(sections),
    )  # fmt: skip


def _warned(frame: Frame, first: Section, warned: list[Statement]) -> Section:
    """Set what is open at the head of the first sheet of the workbook; the page has it on its cover."""
    if not warned:
        return first
    says = [frame.words.statement("warn.head"), *warned, frame.words.statement("warn.sheet")]
    return replace(first, parts=(Listing(tuple(says), marked=True, on="workbook"), *first.parts))


def _pointed(frame: Frame, warned: list[Statement], sections: list[Section]) -> tuple[Statement, ...]:
    """Give what is open its heading, and the chapter that tells more."""
    if not warned:
        return ()
    words = frame.words
    printed = [section.title for section in sections if section.on != "workbook"]
    chapter = words.word("section.open")
    more = words.statement("warn.more", number=str(printed.index(chapter) + 1), chapter=chapter)
    return (words.statement("warn.head"), *warned, more)


def _status(frame: Frame) -> str:
    """Say whether the latest run is a draft or was published, when and by whom."""
    found = frame.matter.latest.published
    if found is None:
        return frame.words.word("cover.status")
    publication = found.publication
    code = "cover.restated" if publication.restates else "cover.published"
    day = frame.words.long_day(publication.made_at.date())
    said = frame.words.word(code, day=day, person=publication.person, version=str(publication.version), id=found.id)
    last = frame.matter.latest.history[-1:] or (found,)
    later = last[0].publication.version
    return (
        said if later == publication.version else f"{said}; {frame.words.word('cover.overtaken', version=str(later))}"
    )
