"""The policy on the base year, and what changed in that year's footprint since it was published."""

from __future__ import annotations

from decimal import Decimal

from trede.analysis.base_year import Assessment
from trede.organisation.decisions import TRIGGERS
from trede.report.document import Column, Figure, Part, Row, Section, Table, number, tonnes
from trede.report.frame import Frame, address
from trede.report.matter import BaseYearMatter


def base_year(frame: Frame) -> Section | None:
    """The policy as it was decided, and each total held against it; None without a policy."""
    found = frame.matter.base_year
    if found is None:
        return None
    words, policy = frame.words, found.policy
    threshold = number(policy.threshold)
    parts: list[Part] = [
        words.statement("say.base_year", year=str(policy.year), threshold=threshold), _policy(frame, found, threshold)
    ]  # fmt: skip
    if found.published is None:
        parts.append(words.statement("say.base_year_unpublished", year=str(policy.year)))
    elif not found.assessments:
        parts.append(words.statement("say.base_year_same", year=str(policy.year)))
    else:
        needed = any(assessment.significant for assessment in found.assessments)
        code = "say.base_year_needed" if needed else "say.base_year_not_needed"
        parts += [words.statement(code, year=str(policy.year)), _assessed(frame, found)]
    return frame.section("base_year", parts)


def _policy(frame: Frame, found: BaseYearMatter, threshold: Figure) -> Table:
    words, policy = frame.words, found.policy
    facts = (
        ("fact.year", str(policy.year)),
        ("fact.threshold", threshold),
        ("fact.triggers", ", ".join(words.word(f"trigger.{name}") for name in TRIGGERS if name in policy.triggers)),
        ("fact.source_rule", policy.source_rule),
        ("head.reason", policy.reason),
        ("head.person", policy.person),
        ("head.made_at", policy.made_at.date()),
        ("head.number", found.recorded.id),
    )
    rows = tuple(Row((_capital(words.word(code)), cell)) for code, cell in facts if cell != "")
    columns = (Column(words.word("head.what"), width=1), Column(words.word("head.decision"), width=3))
    return Table(words.word("title.base_year_policy"), columns, rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _assessed(frame: Frame, found: BaseYearMatter) -> Table:
    """Hold each total against the threshold; a trigger that the policy leaves out is shown and does not count."""
    words, tonne = frame.words, frame.words.word("unit.tonnes")
    assert found.published is not None
    published = found.published.publication.run

    def at(each: Assessment, beside: str) -> str:
        runs = f"{published}..{found.later}" if beside else published
        return address(runs, each.standard, each.basis, beside=beside)

    columns = (
        Column(words.word("head.standard"), width=1), Column(words.word("head.published"), tonne, figure=True),
        *(Column(words.word(f"trigger.{name}"), tonne, figure=True, lined=not at) for at, name in enumerate(TRIGGERS)),
        Column(words.word("head.counted"), tonne, figure=True, lined=True),
        Column(words.word("head.counted"), words.word("unit.percent"), figure=True),
        Column(words.word("head.verdict")),
    )  # fmt: skip
    rows = tuple(
        Row(
            (
                frame.standard_name(each.standard, each.basis), tonnes(each.published, at(each, "")),
                *(tonnes(each.effects[name], at(each, name), signed=True) for name in TRIGGERS),
                tonnes(each.counted, at(each, "counted")),
                None if each.percent is None else number(Decimal(each.percent), 2),
                words.word("base_year.significant" if each.significant else "base_year.small"),
            )
        )
        for each in found.assessments
    )  # fmt: skip
    notes = [words.statement("note.base_year")]
    left_out = [words.word(f"trigger.{name}") for name in TRIGGERS if name not in found.policy.triggers]
    if left_out:
        notes.append(words.statement("note.base_year_left_out", triggers=", ".join(left_out)))
    return Table(words.word("title.base_year", year=str(found.policy.year)), columns, rows, tuple(notes))
