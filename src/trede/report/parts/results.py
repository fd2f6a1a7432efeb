"""The totals under every standard, and each standard's headings with the sources in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, standards
from trede.inventory.footprint import Footprint
from trede.report.charts.look import OTHER, PRINT, WHOLE
from trede.report.charts.parts_of_total import by_group, sources, tones, totals
from trede.report.document import Chart, Column, Part, Row, Section, Statement, Table, percent, tonnes
from trede.report.frame import Frame, address, masses

ACROSS = 6
"""Columns of figures that stand beside each other; with more, each basis has a table of its own."""

ON_COVER = 6
"""Runs that the cover draws: the last ones."""


def summary(frame: Frame) -> Section:
    """The total of every run under every standard and basis, with the change from the first run to the last."""
    words, matter = frame.words, frame.matter
    more = len(matter.runs) > 1
    change = (Column(words.word("head.change"), words.word("unit.percent"), figure=True),) if more else ()
    rows = []
    for standard in standards().values():
        for basis in standard.bases:
            totals = [covered.view(standard, basis).total for covered in matter.runs]
            last = (percent(totals[-1] - totals[0], totals[0], signed=True),) if more else ()
            at = [address(covered.run.id, standard, basis) for covered in matter.runs]
            rows.append(Row((frame.standard_name(standard, basis), *masses(totals, at), *last)))
    columns = (Column(words.word("head.standard"), width=1), *frame.run_columns(), *change)
    notes = [words.statement("note.same_ledger")]
    if not all(standard.verified for standard in standards().values()):
        notes.append(words.statement("note.unverified"))
    table = Table(words.word("title.totals"), columns, tuple(rows), tuple(notes))
    return frame.section("summary", (*lead(frame), table))


def lead(frame: Frame) -> tuple[Statement, ...]:
    """What the report says first: the latest total, and how it differs from the first one."""
    words, matter = frame.words, frame.matter
    totals = [covered.view(frame.standard, frame.basis).total for covered in matter.runs]
    found = [
        words.statement(
            "lead.total", organisation=matter.organisation.name, period=frame.run_name(matter.latest),
            total=tonnes(totals[-1], frame.at(matter.latest)), standard=frame.standard.name.get(words.language),
            basis=words.word(f"basis.{frame.basis}"),
        )
    ]  # fmt: skip
    change = percent(totals[-1] - totals[0], totals[0], signed=True)
    if len(totals) > 1 and change is not None:
        found.append(words.statement("lead.change", before=frame.run_name(matter.first), change=change))
    return tuple(found)


def cover_chart(frame: Frame) -> Chart:
    """The totals of the last runs; of a single run its headings."""
    words, matter = frame.words, frame.matter
    latest = matter.latest.view(frame.standard, frame.basis)
    if len(matter.runs) > 1:
        runs = matter.runs[-ON_COVER:]
        amounts = [(frame.run_name(c), c.view(frame.standard, frame.basis).total, OTHER) for c in runs[:-1]]
        amounts.append((frame.run_name(matter.latest), latest.total, WHOLE))
    else:
        tone = tones(frame.standard)
        tops = [line for line in latest.lines if line.depth == 0 and line.mg]
        amounts = [(line.heading.name.get(words.language), line.mg, tone[line.heading.id]) for line in tops]
    return totals(words, amounts, frame.view_name, PRINT)


def by_standard(frame: Frame) -> Iterator[Section]:
    """A section for each standard; the first has a chart of its sources too."""
    for standard in standards().values():
        wide = len(standard.bases) * len(frame.matter.runs) > ACROSS
        groups = [(basis,) for basis in standard.bases] if wide else [standard.bases]
        parts: list[Part] = [_headings(frame, standard, bases) for bases in groups]
        if standard is frame.standard:
            found = _sources(frame)
            parts = [*found[:1], *parts, *found[1:]]
        name = standard.name.get(frame.words.language)
        yield Section(standard.short, name, name, tuple(parts), fresh=True)


def _headings(frame: Frame, standard: Standard, bases: tuple[str, ...]) -> Table:
    """Headings, and under each the groups of accounts that stand in it, on one or more bases."""
    words = frame.words
    views = [[c.view(standard, basis) for c in frame.matter.runs] for basis in bases]
    every = [view for by_run in views for view in by_run]

    def at(*below: str, beside: str = "") -> list[str]:
        runs = [(covered.run.id, basis) for basis in bases for covered in frame.matter.runs]
        return [address(run, standard, basis, *below, beside=beside) for run, basis in runs]

    columns: list[Column] = [Column(words.word("head.heading"), width=1)]
    for basis in bases:
        name = "" if len(standard.bases) == 1 else words.word(f"basis.{basis}")
        columns += frame.mass_columns((frame.run_name(c) for c in frame.matter.runs), name)
    rows: list[Row] = []
    for number, line in enumerate(every[0].lines):
        if not any(view.lines[number].mg or view.lines[number].accounts for view in every):
            continue
        heading = line.heading.name.get(words.language)
        role: Literal["group", "body"] = "group" if line.depth == 0 else "body"
        ident = line.heading.id
        rows.append(Row((heading, *masses((view.lines[number].mg for view in every), at(ident))), line.depth, role))
        groups = [by_group(view.lines[number].accounts) for view in every]
        for group in dict.fromkeys(name for name in chart().groups if any(name in found for found in groups)):
            amounts = [found.get(group, 0) for found in groups]
            if any(amounts):
                rows.append(Row((frame.group(group), *masses(amounts, at(ident, group))), line.depth + 1))
    rows.append(Row((words.word("row.total"), *masses((view.total for view in every), at())), 0, "total"))

    def beside(name: str, amounts: list[int]) -> Row:
        return Row((words.word(f"row.{name}"), *masses(amounts, at(beside=name))), 0, "beside")

    rows.append(beside("biogenic", [view.biogenic for view in every]))
    if any(view.not_covered for view in every):
        rows.append(beside("not_covered", [sum(view.not_covered.values()) for view in every]))
    if any(view.outside for view in every):
        rows.append(beside("outside", [view.outside for view in every]))
    held = [c.held_by_others.get((standard.id, basis), 0) for basis in bases for c in frame.matter.runs]
    if any(held):
        rows.append(beside("covered", held))
    title = words.word("title.headings", standard=standard.name.get(words.language))
    return frame.noted(Table(title, tuple(columns), tuple(rows), _notes(frame, standard, every)))


def _notes(frame: Frame, standard: Standard, views: list[Footprint]) -> tuple[Statement, ...]:
    words, language = frame.words, frame.words.language
    edition = words.statement("note.edition", edition=standard.edition, source=standard.source)
    notes = [edition, words.statement("note.plain", text=standard.note.get(language))]
    if not standard.verified:
        notes.insert(0, words.statement("note.unverified_here"))
    reasons = dict.fromkeys(standard.reason_of[a].get(language) for view in views for a in view.not_covered)
    notes += [words.statement("note.not_covered", reason=reason) for reason in reasons]
    return tuple(notes)


def _sources(frame: Frame) -> list[Part]:
    """Say which source is the largest, and draw them all."""
    words, latest = frame.words, frame.matter.latest
    view = latest.view(frame.standard, frame.basis)
    found = [(mg, group, line.heading.id) for line in view.lines for group, mg in by_group(line.accounts).items() if mg]
    if not found:
        return []
    mg, group, heading = min(found, key=lambda source: (-source[0], source[1]))
    period = frame.run_name(latest)
    said = words.statement(
        "say.largest", period=period, name=frame.group(group), amount=tonnes(mg, frame.at(latest, heading, group)),
        total=tonnes(view.total, frame.at(latest)),
    )  # fmt: skip
    drawn = sources(words, view, period, frame.view_name, PRINT) if len(found) > 1 else None
    return [said, drawn] if drawn else [said]
