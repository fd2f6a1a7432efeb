"""Why the latest total differs from the first: the exact bridge by cause."""

from __future__ import annotations

from trede.analysis.bridge import CAUSES, Bridge, Steps, add_up
from trede.analysis.measuring import Place
from trede.report.charts.look import PRINT
from trede.report.charts.parts_of_total import steps
from trede.report.document import Cell, Chart, Column, Part, Row, Section, Table, tonnes
from trede.report.frame import Frame, masses
from trede.report.matter import Covered


def change(frame: Frame) -> Section | None:
    """The bridge from the first run to the last under the leading view; None for a single run."""
    bridge = frame.matter.bridge
    if bridge is None:
        return None
    words = frame.words
    total = bridge.total(lambda place: _counts(frame, place))
    before, after = (frame.run_name(covered) for covered in (frame.matter.first, frame.matter.latest))
    table = _table(frame, bridge, total, before, after)
    parts: list[Part] = [
        words.statement(
            "say.change", before=before, after=after, start=tonnes(total.before, frame.at(frame.matter.first)),
            end=tonnes(total.after, frame.at(frame.matter.latest)),
            difference=tonnes(total.after - total.before, frame.at_bridge("difference"), signed=True),
        )
    ]  # fmt: skip
    cause = max(CAUSES, key=lambda cause: abs(total.causes[cause]))
    if total.causes[cause]:
        amount = tonnes(total.causes[cause], frame.at_bridge(cause), signed=True)
        parts.append(words.statement("say.cause", cause=words.word(f"cause.{cause}"), amount=amount))
        parts.append(_chart(frame, total, before, after))
    return frame.section("change", (*parts, table), fresh=True)


def _counts(frame: Frame, place: Place) -> bool:
    return place.basis in ("none", frame.basis) and place.account in frame.standard.heading_of


def _table(frame: Frame, bridge: Bridge, total: Steps, before: str, after: str) -> Table:
    """Causes down, headings across; each column adds up by itself, and so does each row."""
    words, standard = frame.words, frame.standard
    by_account = bridge.group(lambda place: place.account if _counts(frame, place) else None)
    tops = [heading for heading in standard.headings if heading.parent is None]
    found = {
        heading: add_up(by_account[name] for name in standard.accounts_under(heading.id) if name in by_account)
        for heading in tops
    }
    across = {head: steps for head, steps in found.items() if steps.before or steps.after or any(steps.causes.values())}
    every, below = [*across.values(), total], [*((heading.id,) for heading in across), ()]

    def bridge_at(beside: str) -> list[str]:
        return [frame.at_bridge(beside, *parts) for parts in below]

    def at(covered: Covered) -> list[str]:
        return [frame.at(covered, *parts) for parts in below]

    columns = (
        Column(words.word("head.cause"), width=1),
        *frame.mass_columns([*(heading.name.get(words.language) for heading in across), words.word("row.total")]),
    )  # fmt: skip
    difference: tuple[Cell, ...] = masses(
        (steps.after - steps.before for steps in every), bridge_at("difference"), signed=True
    )  # fmt: skip
    rows = (
        Row((before, *masses((steps.before for steps in every), at(frame.matter.first)))),
        *(
            Row(
                (
                    words.word(f"cause.{cause}"),
                    *masses((steps.causes[cause] for steps in every), bridge_at(cause), signed=True),
                )
            )
            for cause in CAUSES
        ),
        Row((after, *masses((steps.after for steps in every), at(frame.matter.latest))), 0, "total"),
        Row((words.word("row.difference"), *difference), 0, "beside"),
    )
    notes = [frame.view_note, words.statement("note.bridge_order")]
    notes.append(words.statement("note.bridge_same" if bridge.same_period else "note.bridge_other"))
    title = words.word("title.change", before=before, after=after)
    return frame.noted(Table(title, columns, rows, tuple(notes)))


def _chart(frame: Frame, total: Steps, before: str, after: str) -> Chart:
    causes = [(frame.words.word(f"cause.{cause}"), mg) for cause, mg in total.causes.items() if mg]
    return steps(frame.words, (before, total.before), causes, (after, total.after), frame.view_name, PRINT)
