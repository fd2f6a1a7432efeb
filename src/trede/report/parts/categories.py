"""The 15 categories of scope 3, and the scored combinations of product and market."""

from __future__ import annotations

from decimal import Decimal

from trede.catalogue.standards import find_standard
from trede.inventory.categories import STANDARD, CategoryView, category_notices, share_of
from trede.organisation.decision_log import Recorded
from trede.organisation.materiality import Materiality, ranked
from trede.report.document import Cell, Column, Figure, Listing, Part, Row, Section, Statement, Table, number, tonnes
from trede.report.frame import Frame, address


def categories(frame: Frame) -> Section:
    """What the latest run has of each category of scope 3, what was said of the others, and what nobody explained."""
    words = frame.words
    views = frame.matter.latest.categories
    standard = find_standard(STANDARD)
    columns = (
        Column(words.word("head.scope_3"), width=3), Column(words.word("head.state")), Column(words.word("head.influence")),
        Column(words.word("head.total"), words.word("unit.tonnes"), figure=True),
        Column(words.word("head.share"), words.word("unit.percent"), figure=True),
        Column(words.word("head.left_out"), words.word("unit.tonnes_estimated"), figure=True),
        Column(words.word("head.method"), width=2), Column(words.word("head.quality"), width=1),
        Column(words.word("head.reason"), width=2),
    )  # fmt: skip
    rows = [Row(_cells(frame, view)) for view in views]
    total = tonnes(sum(view.mg for view in views), _at(frame, "scope-3"))
    rows.append(Row((words.word("row.total"), None, None, total, None, None, None, None, None), 0, "total"))
    notes = (
        words.statement("note.view", view=frame.standard_name(standard, standard.bases[0])),
        words.statement("note.categories"),
    )
    title = words.word("title.categories", period=frame.run_name(frame.matter.latest))
    parts: list[Part] = [frame.noted(Table(title, columns, tuple(rows), notes)), *_open(frame)]
    recorded = frame.matter.materiality
    parts += [_combinations(frame, recorded)] if recorded else []
    return frame.section("categories", parts)


def _cells(frame: Frame, view: CategoryView) -> tuple[Cell, ...]:
    words, decision = frame.words, view.decision
    part = share_of(view, frame.matter.latest.categories)
    influence = decision.influence if decision else None
    qualities = sorted(view.quality.items(), key=lambda item: -abs(item[1]))
    reason = words.word("category.reason", reason=decision.reason, person=decision.person) if decision else None
    methods = "; ".join(frame.matter.latest.known.methods.called(view.methods, words.language))
    basis = f" ({decision.basis})" if decision and decision.basis else ""
    return (
        view.heading.name.get(words.language), words.word(f"category.{view.state}"),
        words.word(f"influence.{influence}") if influence else None,
        tonnes(view.mg, _at(frame, view.heading.id)) if view.quality else None,
        None if part is None else Figure("percent", part, 1),
        None if view.missing is None else tonnes(view.missing, _at(frame, view.heading.id, "left-out")), methods,
        ", ".join(words.name("quality", name) for name, _ in qualities), f"{reason}{basis}" if reason else None,
    )  # fmt: skip


def _at(frame: Frame, heading: str, beside: str = "") -> str:
    standard = find_standard(STANDARD)
    return address(frame.matter.latest.run.id, standard, standard.bases[0], heading, beside=beside)


def _open(frame: Frame) -> list[Listing]:
    """Say which categories nobody explained, and which contradict what was said."""
    words, latest = frame.words, frame.matter.latest
    names: dict[str, str] = {view.category: view.heading.name.get(words.language) for view in latest.categories}
    items: list[Statement] = []
    for issue in category_notices(latest.categories, frame.run_name(latest)):
        if issue.code == "category_unexplained":
            listed = issue.values["categories"]
            assert isinstance(listed, list)
            items.append(words.statement("say.category_unexplained", categories=", ".join(listed)))
        else:
            category = names[str(issue.values["category"])]
            items.append(words.statement("say.category_contradicted", category=category))
    return [Listing(tuple(items), marked=True)] if items else []


def _combinations(frame: Frame, recorded: Recorded) -> Table:
    """The combinations in the order of their scores; the workbook has the reason of each score."""
    words, decision = frame.words, recorded.decision
    assert isinstance(decision, Materiality)
    table = decision.table
    columns = [
        Column(words.word("head.rank"), figure=True), Column(words.word("head.pm_activity"), width=2),
        Column(words.word("head.pm_market"), width=2),
        *(Column(criterion.name, figure=True) for criterion in table.criterion),
        Column(words.word("head.score"), figure=True), Column(words.word("head.scope_3"), on="workbook"),
        *(Column(words.word("head.reason_of", name=criterion.name), on="workbook") for criterion in table.criterion),
    ]  # fmt: skip
    rows = []
    for each in ranked(table):
        scores = [each.combination.scores[criterion.id] for criterion in table.criterion]
        rows.append(
            Row(
                (
                    Figure("number", each.rank, 0), each.combination.activity, each.combination.market,
                    *(number(_plain(score.score)) for score in scores), number(_plain(each.total)),
                    ", ".join(each.combination.categories), *(score.reason for score in scores),
                )
            )
        )  # fmt: skip
    weights = "; ".join(f"{c.name} × {words.number(_plain(c.weight))}" for c in table.criterion)
    notes = [
        words.statement("note.combinations", low=words.number(_plain(table.lowest)), high=words.number(_plain(table.highest)),
                        weights=weights, person=decision.person),
        *([words.statement("note.rule", rule=table.rule)] if table.rule else []),
    ]  # fmt: skip
    return Table(words.word("title.combinations"), tuple(columns), tuple(rows), tuple(notes))


def _plain(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
