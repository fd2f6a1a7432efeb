"""Chapters that are there when there is something to say: restatement, base year, evidence; and decisions in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from report_samples import teller

from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint_of
from trede.kernel.periods import Period
from trede.organisation.allocation import Allocation
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import (
    AcceptDifference,
    Allocate,
    Attach,
    BaseYear,
    CoveredBy,
    Decision,
    Describe,
    ExcludeUnmatched,
    HeldRow,
    Meaning,
    NoDoubleCount,
    Override,
    Pin,
    Reinstate,
    RejectedRow,
    Revoke,
    SectorMap,
    SourceState,
    TakeIn,
    Trigger,
    Withdraw,
    WithdrawModel,
)
from trede.organisation.materiality import CategoryState, Influence, Materiality, Relevance
from trede.organisation.materiality import Table as Scored
from trede.report.build import build
from trede.report.document import Document, Section, Table, milligrams, percent, tonnes
from trede.report.pdf import to_pdf
from trede.report.wording import Wording
from trede.report.workbook import to_workbook
from trede.workspace import Workspace
from trede.workspace.attaching import attach
from trede.workspace.reporting import gather, make_report
from workspaces import BY, LIST_2026, Copy, publish_sample, run

SAID: dict[str, Any] = {"reason": "a reason", "person": "Somebody", "made_at": datetime(2026, 1, 2, tzinfo=UTC)}
TYPES = {"activity_type": "fuel-vehicle", "attributes": {"fuel": "petrol-e10"}, "years": (2024,)}
TABLE = {
    "lowest": 1, "highest": 5, "criterion": [{"id": "size", "name": "Omvang"}],
    "combination": [
        {"activity": "Kantoren schoonmaken", "market": "Zakelijk", "scores": {"size": {"score": 4, "reason": "veel"}}},
    ],
}  # fmt: skip

EVERY: tuple[Decision, ...] = (
    Pin(library=LIST_2026, years=(2023, 2024), activity_types=("fuel-vehicle",), source_rule="plan", **SAID),
    *(Override(**TYPES, slot=slot, library=LIST_2026, factor="x", geography="NL", **SAID)
      for slot in ("main", "location", "market")),
    TakeIn(library="nl-secondhand", factor="x", **SAID),
    *(CoveredBy(records=("a",), covered_by=("b",), finding=code, **SAID)
      for code in ("charging_beside_meter", "kilometres_beside_litres", "netted_beside_gross",
                   "document_in_two_files", "meter_twice")),
    NoDoubleCount(finding="meter_twice", records=("a",), **SAID),
    *(HeldRow(file_sha256="f" * 64, row=7, place=3, sheet="Gas", source="gas", choice=choice, **SAID)
      for choice in ("accept", "drop")),
    RejectedRow(file_sha256="f" * 64, row=7, **SAID),
    Withdraw(batch="b" * 16, **SAID),
    WithdrawModel(model="own:delivery-bikes", **SAID),
    Reinstate(batch="b" * 16, replaces=("c" * 16,), **SAID),
    AcceptDifference(file_sha256="f" * 64, difference=Decimal("1.50"), **SAID),
    *(SourceState(source="gas", year=2024, status=status, estimate=Decimal("1234.5"), basis="last year", **SAID)
      for status in ("none", "excluded")),
    ExcludeUnmatched(**TYPES, **SAID),
    BaseYear(year=2022, threshold=Decimal(5), triggers=get_args(Trigger), source_rule="plan", **SAID),
    *(Attach(file_sha256="f" * 64, name="nota.pdf", page=2, to=to, target="t", source="gas", **SAID)
      for to in ("record", "batch", "source", "document")),
    *(CategoryState(categories=("7", "8"), years=(2024,), relevance=relevance, influence=influence, **SAID)
      for relevance, influence in zip(get_args(Relevance), get_args(Influence), strict=True)),
    Materiality(name="pmc.toml", table=Scored.model_validate(TABLE), **SAID),
    Describe(description="e" * 16, **SAID),
    Revoke(decision="d" * 16, **SAID),
    Allocate(
        name="huurders.toml",
        allocation=Allocation(
            id="huurders", title="Huurders", start=date(2024, 1, 1), end=date(2024, 12, 31), key="m2", nature="physical",
            basis="huurcontracten", receiver="tenant", receivers={"A": Decimal(1)},
        ),
        **SAID,
    ),
    SectorMap(
        name="grootboek.csv", entries=(Meaning(classification="account", code="4500", to_classification="nace-2", to_code="62"),),
        **SAID,
    ),
)  # fmt: skip
CODES = {
    "fuel-vehicle", "main", "charging_beside_meter", "kilometres_beside_litres", "netted_beside_gross", "document_in_two_files",
    "meter_twice", "accept", "drop", "set-aside", "none", "excluded", "structure", "factor-edition", "error", "covered-by",
    "no-double-count", "held-row", "rejected-row", "take-in", "override", "withdraw", "reinstate", "accept-difference",
    "not-relevant", "not-calculated", "high", "medium", "low", "category", "materiality", "lowest", "combination",
    "exclude", "base-year", "attach", "revoke", "file_sha256", "activity_type", "source_rule", "slot",
}  # fmt: skip
"""What the library calls things; none of it is a Dutch word."""


def chapter(document: Document, title: str) -> Section:
    return next(section for section in document.sections if section.title == title)


def tables(section: Section) -> list[Table]:
    return [part for part in section.parts if isinstance(part, Table)]


def test_decisions_are_told_in_words(example: Workspace) -> None:
    matter = gather(example, ["2024"], teller("nl"))
    recorded = [Recorded(f"{at:016}", at, decision) for at, decision in enumerate(EVERY)]
    assert {r.decision.kind for r in recorded} == {
        get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(Decision)
    }
    [table] = tables(chapter(build(replace(matter, decisions=recorded), "nl"), "Besluiten"))
    for row in table.rows:
        told = f"{row.cells[0]}; {row.cells[1]}"
        parts = {word.strip(",;()") for word in told.split()}
        assert not parts & CODES, told
        assert not any(sign in told for sign in "{}[]'"), told
    told = [str(row.cells[1]) for row in table.rows]
    assert any("kenmerken fuel = petrol-e10" in text for text in told)
    assert any("blad Gas" in text and "plaats in de rij C" in text and "Aardgas" in text for text in told)
    assert any("geschat op (t) 1.234,5" in text for text in told)


def test_a_restatement_shows_the_first_figure_the_new_one_the_difference_and_the_reasons(
    example: Workspace, copy: Copy
) -> None:
    workspace = copy(example)
    first = workspace.find_run("2023")
    publish_sample(workspace, Period.year(2023))
    assert not [
        s for s in make_report(workspace, ["2023"], "en", teller("en")).sections if s.title == "Published before"
    ]
    workspace.decide(Override(activity_type="fuel-vehicle", attributes={"fuel": "petrol-e10"}, years=(2023,), library=LIST_2026,
                              factor=diesel(workspace), **BY))  # fmt: skip
    later = run(workspace, 2023)
    assert later.id != first.id
    draft = make_report(workspace, [later.id], "en", teller("en"))
    assert any("is a proposal" in s.show(Wording("en")) for s in draft.lead)
    publish_sample(workspace, Period.year(2023), "the wrong factor was used", restates=True)
    report = make_report(workspace, ["2023"], "en", teller("en"))
    totals, versions = tables(chapter(report, "Published before"))
    for row, (standard, basis) in zip(
        totals.rows, [(s, b) for s in standards().values() for b in s.bases], strict=True
    ):
        before, after = (footprint_of(each, standard, basis).total for each in (first, later))
        assert before != after
        moved = (tonnes(after - before), milligrams(after - before), percent(after - before, before))
        assert row.cells[1:] == (tonnes(before), milligrams(before), tonnes(after), milligrams(after), *moved)
    assert [(row.cells[0], row.cells[3]) for row in versions.rows] == [
        ("1", "annual report"),
        ("2", "the wrong factor was used"),
    ]
    assert any(s.show(Wording("en")).startswith("The figures of 2023 are restated. First ") for s in report.lead)
    assert dict(report.facts)["Status"].startswith("restated on ")
    old = make_report(workspace, [first.id], "en", teller("en"))
    assert dict(old.facts)["Status"].endswith("; restated since, in version 2")
    assert to_pdf(report)


def diesel(workspace: Workspace) -> str:
    plan = workspace.find_run("2023").table("plan").to_pylist()
    return next(
        row["factor"].partition("#")[2]
        for row in plan
        if row["factor"] and "diesel" in row["attributes"] and "#" in row["factor"]
    )


def test_the_base_year_has_a_chapter(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    assert not [s for s in make_report(workspace, ["2023"], "en", teller("en")).sections if s.title == "The base year"]
    workspace.decide(
        BaseYear(
            year=2023, threshold=Decimal("2.5"), triggers=("structure", "error"), source_rule="plan, section 4", **BY
        )
    )
    words = Wording("en")

    def told() -> tuple[str, Section]:
        section = chapter(make_report(workspace, ["2024"], "en", teller("en")), "The base year")
        return " ".join(part.show(words) for part in section.parts if not isinstance(part, Table)), section  # type: ignore[union-attr]

    text, section = told()
    assert "comes to 2.5\u00a0% of the published total or more" in text
    assert "2023 is not published yet" in text
    [policy] = tables(section)
    facts = {row.cells[0]: row.cells[1] for row in policy.rows}
    assert facts["Triggers"] == "structure, corrections"
    assert facts["Rule"] == "plan, section 4"
    publish_sample(workspace, Period.year(2023))
    assert "gives the same as what was published" in told()[0]
    workspace.decide(Override(activity_type="fuel-vehicle", attributes={"fuel": "petrol-e10"}, years=(2023,), library=LIST_2026,
                              factor=diesel(workspace), **BY))  # fmt: skip
    run(workspace, 2023)
    text, section = told()
    assert "differs, but by less than the threshold" in text
    _, assessed = tables(section)
    assert {row.cells[-1] for row in assessed.rows} == {"not needed"}
    assert all(row.cells[4] != tonnes(0) and row.cells[6] == tonnes(0) for row in assessed.rows)
    assert "By the policy these do not count: method, other factors." in [n.show(words) for n in assessed.notes]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_attached_evidence_has_a_chapter(example: Workspace, copy: Copy, language: str) -> None:
    workspace = copy(example)
    title = {"nl": "Bijgevoegd bewijs", "en": "Attached evidence"}[language]
    assert not [s for s in make_report(workspace, ["2024"], language, teller(language)).sections if s.title == title]
    made, _ = attach(workspace, b"%PDF-", "=nota.pdf", "source:gas", person="Clerk", page=3, note="the year's bill")
    attach(workspace, b"a photo", "meter.jpg", "source:reizen", person="Clerk")
    report = make_report(workspace, ["2024"], language, teller(language))
    [table] = tables(chapter(report, title))
    first, second = table.rows
    assert isinstance(made.decision, Attach)
    assert first.cells[0] == "=nota.pdf"
    assert first.cells[-1] == made.decision.file_sha256
    assert first.cells[1].show(Wording(language)) == "3"  # type: ignore[union-attr]
    assert str(first.cells[2]).endswith("Aardgas van de vestigingen")
    assert (first.cells[5], second.cells[1], second.cells[5]) == ("the year's bill", None, "")
    assert to_pdf(report)
    assert b"<f>" not in to_workbook(report)
