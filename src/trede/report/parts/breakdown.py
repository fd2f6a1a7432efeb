"""The leading total by site and by month, and the whole ledger by account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from trede.catalogue.accounts import chart
from trede.catalogue.standards import standards
from trede.inventory.grouping import sums_by
from trede.report.charts.look import OTHER, PRINT, WHOLE
from trede.report.charts.over_time import months
from trede.report.charts.parts_of_total import sites
from trede.report.document import Chart, Column, Row, Section, Table
from trede.report.frame import Frame, masses

Group = Callable[[dict[str, Any]], str]


class _Line(NamedTuple):
    """A row: its amount in every run, and what is asked for each."""

    label: str
    amounts: list[int]
    at: list[str]


def by_site(frame: Frame) -> Section:
    """Tonnes by site."""
    words = frame.words
    names = {site.id: site.name for site in frame.matter.organisation.site}
    sums = _sums(frame, lambda row: row["site"] or "")
    order = sorted(sums, key=lambda site: (not site, list(names).index(site) if site in names else len(names), site))
    labels = {site: names.get(site, site) or words.word("row.no_site") for site in order}
    amounts = [(labels[site], sums[site][-1], WHOLE if site else OTHER) for site in order]
    drawn = sites(words, amounts, frame.run_name(frame.matter.latest), frame.view_name, PRINT)
    rows = [_Line(labels[site], sums[site], _slices(frame, sums[site], f"site:{site}")) for site in order]
    return _drawn(_section(frame, "site", rows), drawn)


def by_project(frame: Frame) -> Section | None:
    """Tonnes by project, in the workbook; None when no record names one."""
    return _belonging(frame, "project", frame.words.word("row.no_project"))


def by_department(frame: Frame) -> Section | None:
    """Tonnes by department, in the workbook; None when no record has one."""
    return _belonging(frame, "department", frame.words.word("row.no_department"))


def _belonging(frame: Frame, what: Literal["project", "department"], nothing: str) -> Section | None:
    names = frame.matter.organisation.called(what)
    sums = _sums(frame, lambda row: row[what] or "")
    if not any(sums):
        return None
    known = [
        *(ident for ident in names if ident in sums),
        *sorted(ident for ident in sums if ident and ident not in names),
    ]
    known += [""] if "" in sums else []
    rows = [
        _Line(names.get(ident, ident) if ident else nothing, sums[ident], frame.at_each(beside=f"{what}:{ident}"))
        for ident in known
    ]
    return replace(_section(frame, what, rows), on="workbook")


def by_month(frame: Frame) -> Section:
    """Tonnes by month; runs of one year each stand beside each other."""
    words = frame.words
    yearly = all(len(covered.run.period.by_year()) == 1 for covered in frame.matter.runs)
    sums = _sums(frame, lambda row: (row["month"] or "")[5 if yearly else 0 :])
    order = sorted(sums, key=lambda month: (not month, month))

    def label(month: str) -> str:
        if not month:
            return words.word("row.more_months")
        return words.month(int(month)) if yearly else f"{words.month(int(month[5:]))} {month[:4]}"

    latest = frame.matter.latest.run
    by_quality = sums_by(latest.table("totals"), frame.standard, frame.basis, ("month", "account", "quality"))
    drawn = months(words, by_quality, frame.standard, latest.period, frame.view_name, PRINT)

    def asked(month: str) -> list[str]:
        years = [f"{covered.run.period.start.year}-" if yearly and month else "" for covered in frame.matter.runs]
        return _slices(frame, sums[month], *(f"month:{year}{month}" for year in years))

    rows = [_Line(label(month), sums[month], asked(month)) for month in order]
    return _drawn(_section(frame, "month", rows), drawn)


def by_account(frame: Frame) -> Section:
    """Every account with its heading under each standard: the whole ledger, in the workbook only."""
    words, language = frame.words, frame.words.language
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * len(frame.matter.runs))
    for at, covered in enumerate(frame.matter.runs):
        for row in covered.totals:
            sums[row["account"], row["basis"]][at] += int(row["co2e"])
    every = list(standards().values())
    columns = (
        Column(words.word("head.account")), Column(words.word("head.account_id")), Column(words.word("head.basis")),
        *(Column(standard.name.get(language)) for standard in every), *frame.run_columns(),
    )  # fmt: skip
    rows = []
    for account, basis in sorted(sums, key=lambda key: (chart()[key[0]].order, key[1])):
        headings = [
            standard.heading(standard.heading_of[account]).name.get(language)
            if account in standard.heading_of
            else words.word("row.not_covered")
            for standard in every
        ]
        basis_name = words.word(f"basis.{basis}")
        asked = frame.at_each(beside=f"account:{account}:{basis}")
        amounts = masses(sums[account, basis], asked)
        rows.append(Row((frame.account(account), account, basis_name, *headings, *amounts)))
    note = words.statement("note.bases")
    table = Table(words.word("title.accounts"), columns, tuple(rows), (note,))
    return frame.section("account", (table,), on="workbook")


def _sums(frame: Frame, group: Group) -> dict[str, list[int]]:
    """Sum the leading view of each run by a property of totals."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(frame.matter.runs))
    for at, covered in enumerate(frame.matter.runs):
        for row in covered.totals:
            if frame.counts(row):
                sums[group(row)][at] += int(row["co2e"])
    return sums


def _drawn(section: Section, chart: Chart | None) -> Section:
    return replace(section, parts=(chart, *section.parts)) if chart else section


def _slices(frame: Frame, amounts: list[int], *slices: str) -> list[str]:
    """Return the addresses of a slice of every run; of a run that has nothing in it, of what is nothing in its total."""
    each = slices * len(amounts) if len(slices) == 1 else slices
    return [
        frame.at(covered, named) if mg else frame.at(covered, beside=named)
        for covered, mg, named in zip(frame.matter.runs, amounts, each, strict=True)
    ]


def _section(frame: Frame, what: str, lines: list[_Line]) -> Section:
    words = frame.words
    columns = (Column(words.word(f"head.{what}"), width=1), *frame.run_columns())
    rows = [Row((line.label, *masses(line.amounts, line.at))) for line in lines]
    totals = [covered.view(frame.standard, frame.basis).total for covered in frame.matter.runs]
    rows.append(Row((words.word("row.total"), *masses(totals, frame.at_each())), 0, "total"))
    table = Table(words.word(f"title.{what}"), columns, tuple(rows), (frame.view_note,))
    return frame.section(what, (frame.noted(table),))
