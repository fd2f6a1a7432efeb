"""What is in the report and what is not: entities, sites, approach, expected sources, quality of the data."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from trede.report.document import Column, Part, Row, Section, Statement, Table, count, percent
from trede.report.frame import Frame, masses
from trede.report.parts.records import standing

APPROACHES = {
    "operational-control": "say.approach_operational",
    "financial-control": "say.approach_financial",
    "equity-share": "say.approach_equity",
}
"""The sentence about each approach."""


def boundary(frame: Frame) -> Section:
    """The organisation's boundary, and what each expected source delivered."""
    words, organisation = frame.words, frame.matter.organisation
    columns = (
        Column(words.word("head.entity"), width=1), Column(words.word("head.site"), width=1),
        Column(words.word("head.country")), Column(words.word("head.open")),
    )  # fmt: skip
    rows = []
    for entity in organisation.entity:
        sites = [site for site in organisation.site if site.entity == entity.id]
        rows += [
            Row((entity.name, site.name, site.country, _open(frame, site.opened, site.closed))) for site in sites
        ] or [Row((entity.name, "", organisation.country, ""))]
    parts: tuple[Part, ...] = (
        words.statement("say.boundary", organisation=organisation.name),
        *_counting(frame),
        words.statement(APPROACHES[organisation.approach]),
        Table(words.word("title.boundary"), columns, tuple(rows)),
        *_ownership(frame),
        *_leases(frame),
        _sources(frame),
    )
    return frame.section("boundary", parts, fresh=True)


def _counting(frame: Frame) -> list[Statement]:
    """Say which records count: of sources that nobody registered too, where there are such."""
    words, found = frame.words, [source for covered in frame.matter.runs for source in covered.sources]
    beside = dict.fromkeys(source.name for source in found if source.status == "not-registered")
    if not beside:
        return [words.statement("say.counting")]
    return [words.statement("say.counting_beside", count=str(len(beside)), sources=", ".join(beside))]


def _ownership(frame: Frame) -> list[Table]:
    """Who owned and ran which entity when, where that is described; without it an entity counts all the time."""
    words = frame.words
    names = ("entity", "start", "end", "owned", "control")
    columns = tuple(Column(words.word(f"head.{n}"), figure=n == "owned", width=int(n == "entity")) for n in names)
    rows = [
        Row(
            (
                entity.name, span.first, span.last, percent(span.share, 1),
                standing(frame, span.counted(frame.matter.organisation.approach)),
            )
        )
        for entity in frame.matter.organisation.entity
        for span in entity.ownership
    ]  # fmt: skip
    return [Table(words.word("title.ownership"), columns, tuple(rows))] if rows else []


def _leases(frame: Frame) -> list[Table]:
    """What is leased, from whom or to whom, and where its use stands under the approach."""
    words, organisation = frame.words, frame.matter.organisation
    columns = tuple(
        Column(words.word(f"head.{n}"), width=int(n == "lease")) for n in ("lease", "start", "end", "stands")
    )
    stands = {"lessee": "lease.upstream", "lessor": "lease.downstream"}
    rows = [
        Row((x.name, x.first, x.last, words.word("lease.own" if x.own(organisation.approach) else stands[x.role])))
        for x in organisation.lease
    ]
    return [Table(words.word("title.leases"), columns, tuple(rows))] if rows else []


def _open(frame: Frame, opened: date | None, closed: date | None) -> str:
    from_day, to_day = (frame.words.day(day) if day else "" for day in (opened, closed))
    if not (from_day or to_day):
        return frame.words.word("site.always")
    return frame.words.word("site.dates", opened=from_day or "…", closed=to_day or "…")


def _sources(frame: Frame) -> Table:
    """What each expected source delivered in each year."""
    words = frame.words
    names = ("source", "period", "state", "records", "months", "held", "rejected")
    figures = {"records", "months", "held", "rejected"}
    columns = tuple(Column(words.word(f"head.{n}"), figure=n in figures, width=int(n == "source")) for n in names)
    rows = [
        Row(
            (
                found.name, found.period.name, words.name("source", found.status), count(found.records),
                count(found.months), count(found.held), count(found.rejected),
            )
        )
        for covered in frame.matter.runs
        for found in covered.sources
    ]  # fmt: skip
    said = [
        words.statement(
            "note.source_said", source=found.name, period=found.period.name, person=found.said.decision.person,
            reason=found.said.decision.reason,
        )
        for covered in frame.matter.runs
        for found in covered.sources
        if found.said
    ]  # fmt: skip
    return Table(words.word("title.sources_delivered"), columns, tuple(rows), (*said, words.statement("note.sources")))


def quality(frame: Frame) -> Section:
    """The leading total by the quality of its data, and by the GWP basis of its factors."""
    matter = frame.matter
    views = [covered.view(frame.standard, frame.basis) for covered in matter.runs]
    parts = tuple(
        _shares(frame, what, [getattr(view, field) for view in views])
        for what, field in (("quality", "by_quality"), ("gwp", "by_gwp"))
    )
    return frame.section("quality", parts)


def _gwp(frame: Frame, name: str) -> str:
    """The report that a factor's CO2e rests on is a name; that there is none, or that nobody knows, is a word."""
    return frame.words.word(f"gwp.{name}") if name in ("none", "unknown") else name


def _shares(frame: Frame, what: str, sums: list[dict[str, int]]) -> Table:
    words = frame.words
    latest = frame.run_name(frame.matter.latest)
    columns = (
        Column(words.word(f"head.{what}"), width=1), *frame.run_columns(),
        Column(words.word("head.share"), latest, figure=True),
    )  # fmt: skip
    totals = [covered.view(frame.standard, frame.basis).total for covered in frame.matter.runs]
    largest: dict[str, int] = defaultdict(int)
    for found in sums:
        for name, mg in found.items():
            largest[name] = max(largest[name], abs(mg))
    rows = []
    for name in sorted(largest, key=lambda name: (-largest[name], name)):
        amounts = [found.get(name, 0) for found in sums]
        label = words.name("quality", name) if what == "quality" else _gwp(frame, name)
        at = frame.at_each(beside=f"{what}:{name}")
        rows.append(Row((label, *masses(amounts, at), percent(amounts[-1], totals[-1]))))
    rows.append(
        Row((words.word("row.total"), *masses(totals, frame.at_each()), percent(totals[-1], totals[-1])), 0, "total")
    )
    return frame.noted(Table(words.word(f"title.{what}"), columns, tuple(rows), (frame.view_note,)))
