"""What was published of a period before: the first figure, what came in its place, the difference and the reason."""

from __future__ import annotations

from collections.abc import Iterator

from trede.catalogue.standards import Standard, standards
from trede.inventory.publication import Published
from trede.report.document import Column, Row, Section, Statement, Table, percent, tonnes
from trede.report.frame import Frame, address, masses
from trede.report.matter import Covered


def restatement(frame: Frame) -> Section | None:
    """What there is of each period with more than one figure; None when there is no such period."""
    found = [covered for covered in frame.matter.runs if _columns(covered)]
    if not found:
        return None
    parts = [
        part for covered in found for part in (_told(frame, covered), _totals(frame, covered), _made(frame, covered))
    ]
    return frame.section("restatement", parts)


def lead(frame: Frame) -> Iterator[Statement]:
    """Say on the cover that the latest run restates a figure, or would."""
    if _columns(frame.matter.latest):
        yield _told(frame, frame.matter.latest, brief=True)


def _columns(covered: Covered) -> list[Published | None]:
    """Return the publications of a run's period, then None for a run that is none of them; empty for one figure only."""
    found: list[Published | None] = list(covered.history)
    if covered.published is None:
        found.append(None)
    return found if len(found) > 1 else []


def _totals_of(covered: Covered, standard: Standard, basis: str) -> list[int | None]:
    return [
        covered.view(standard, basis).total
        if each is None
        else next((t.mg for t in each.publication.totals if (t.standard, t.basis) == (standard.id, basis)), None)
        for each in _columns(covered)
    ]


def _addresses(covered: Covered, standard: Standard, basis: str) -> tuple[list[str], str]:
    """Return the address of the total of each figure of the period, and that of the last one's difference from the first."""
    runs = [covered.run.id if each is None else each.publication.run for each in _columns(covered)]
    between = address(f"{runs[0]}..{runs[-1]}", standard, basis, beside="difference")
    return [address(run, standard, basis) for run in runs], between


def _told(frame: Frame, covered: Covered, *, brief: bool = False) -> Statement:
    words = frame.words
    first, *_, last = (mg or 0 for mg in _totals_of(covered, frame.standard, frame.basis))
    at, between = _addresses(covered, frame.standard, frame.basis)
    if covered.published is None:
        code = "say.proposal_brief" if brief else "say.proposal"
    else:
        code = "say.restated_brief" if brief else "say.restated"
    return words.statement(
        code, period=frame.run_name(covered), first=tonnes(first, at[0]), last=tonnes(last, at[-1]),
        difference=tonnes(last - first, between, signed=True),
    )  # fmt: skip


def _totals(frame: Frame, covered: Covered) -> Table:
    """Every figure of the period under every standard, with the difference between the first and the last."""
    words, tonne = frame.words, frame.words.word("unit.tonnes")
    names = [
        words.word("head.this_run")
        if each is None
        else words.word("head.version_no", version=str(each.publication.version))
        for each in _columns(covered)
    ]
    columns = (
        Column(words.word("head.standard"), width=1), *frame.mass_columns(names),
        Column(words.word("row.difference"), tonne, figure=True, lined=True),
        Column(words.word("row.difference"), words.word("unit.milligrams"), figure=True, on="workbook"),
        Column(words.word("row.difference"), words.word("unit.percent"), figure=True),
    )  # fmt: skip
    rows = []
    for standard in standards().values():
        for basis in standard.bases:
            totals = _totals_of(covered, standard, basis)
            at, between = _addresses(covered, standard, basis)
            cells = [
                cell
                for mg, where in zip(totals, at, strict=True)
                for cell in ((None, None) if mg is None else masses([mg], [where]))
            ]
            first, last = totals[0], totals[-1]
            change = None if first is None or last is None else last - first
            moved = (None, None) if change is None else masses([change], [between], signed=True)
            share = None if change is None or first is None else percent(change, first, signed=True)
            rows.append(Row((frame.standard_name(standard, basis), *cells, *moved, share)))
    title = words.word("title.restatement", period=frame.run_name(covered))
    notes = (words.statement("note.restatement"),) if len(names) > 2 else ()
    return Table(title, columns, tuple(rows), notes)


def _made(frame: Frame, covered: Covered) -> Table:
    """Who published each version, when and why."""
    words = frame.words
    columns = (
        Column(words.word("head.version")), Column(words.word("head.made_at")), Column(words.word("head.person"), width=1),
        Column(words.word("head.reason"), width=2), Column(words.word("head.run")),
        Column(words.word("head.number"), on="workbook"),
    )  # fmt: skip
    rows = tuple(
        Row((str(p.version), p.made_at.date(), p.person, p.reason, p.run, each.id))
        for each in covered.history
        for p in [each.publication]
    )
    return Table(words.word("title.published", period=frame.run_name(covered)), columns, rows)
