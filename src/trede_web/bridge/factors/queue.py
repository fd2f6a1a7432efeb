"""The queue of what still needs a factor, as a person works through it: a list, and one group with its candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from trede.catalogue.rgs import rgs_account
from trede.catalogue.sectors import divisions
from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.kernel.addresses import letter
from trede.workspace import Workspace
from trede.workspace.proposing import Proposal, Waiting, choosable, propose, search_answers
from trede.workspace.queue import Open, kind_of, needs_category, open_matches
from trede.workspace.shelf import Shelf, shelf_of
from trede_web.bridge.factors.shelf import spans
from trede_web.bridge.figures import Figure
from trede_web.bridge.intake.meaning import Question, questions
from trede_web.bridge.ledger.attributes import called_in
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import joined, named

if TYPE_CHECKING:
    from trede.engine.runs import Run

NONE = "none"
"""The answer that nothing fits."""
BUSY, DONE, OPEN = "busy", "done", "open"


@dataclass(frozen=True)
class Line:
    """A group in the list."""

    id: str
    name: str
    facts: str
    stake: Figure | None
    euros: str
    state: str
    said: str
    """Of one that is settled: what was decided, by whom and why."""
    here: bool
    kind: str = "match"
    """`value`: rows that wait for the meaning of a text; `match`: records without a factor; `doubt`: an account whose sector is
    only proposed; `category`: spend of which somebody chooses the category of scope 3."""
    rows: int = 0
    """Of a text: how many rows have it."""

    @property
    def ranked(self) -> str:
        """By what the groups of its kind stand in order, told of the first of them."""
        if self.kind != "value":
            return "stake"
        return "worth" if self.stake or self.euros else "rows"


@dataclass(frozen=True)
class Candidate:
    """One answer that can be chosen."""

    key: str
    name: str
    list: str
    why: str
    value: str
    stake: Figure | None
    library: str
    factor: str


@dataclass(frozen=True)
class Sheet:
    """Some rows as they stand in the file."""

    file: str
    batch: str
    letters: list[str]
    headings: list[str]
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Item:
    """The group that the page is about."""

    line: Line
    number: int
    told: str
    """Why it has no factor."""
    facts: list[tuple[str, str]]
    sheets: list[Sheet]
    candidates: list[Candidate]
    found: list[Candidate]
    sectors: list[tuple[str, str]]
    """Keys and names of all sectors, for spend."""
    categories: list[str]
    """Of scope 3, when somebody has to choose one."""
    category: str
    """The one that is proposed; empty when none is."""
    spend: bool


@dataclass(frozen=True)
class QuestionItem:
    """The text that the page is about."""

    line: Line
    number: int
    told: str
    asked: Question
    sheets: list[Sheet]


@dataclass(frozen=True)
class QueuePage:
    """Everything on the page."""

    run: str
    lines: list[Line]
    left: int
    done: int
    stake: Figure | None
    euros: str
    item: Item | None
    question: QuestionItem | None
    earlier: str
    later: str


def queue_page(
    workspace: Workspace, year: int, at: str, text: str, busy: Mapping[str, str], voice: Voice
) -> QueuePage | None:
    """Return the queue of a year; None when it is not calculated and no row waits for the meaning of a text.

    Rows that wait come first, for they are no records yet; their years are not known.

    Args:
        at: the group to show; another word for the first one that is open.
        text: words to search an answer by.
        busy: groups that a job is settling now.
    """
    run = workspace.calculated_run(str(year))
    asked = questions(workspace, voice)
    if run is None and not asked:
        return None
    found = open_matches(workspace, run) if run else []
    words = workspace.known_of(run.spec).vocabulary if run else workspace.words
    ids = [*(each.unknown.id for each in asked), *(each.waiting.id for each in found)]
    states = [*(BUSY if each.unknown.id in busy else OPEN for each in asked), *(_state(each, busy) for each in found)]
    opened = [ident for ident, state in zip(ids, states, strict=True) if state == OPEN]
    here = at if at in ids else next(iter(opened), "")
    lines = [_asked_line(each, state, here, voice) for each, state in zip(asked, states, strict=False)]
    if run:
        lines += [
            _line(each, run, words, state, here, voice)
            for each, state in zip(found, states[len(asked) :], strict=True)
        ]  # fmt: skip
    line = next((line for line in lines if line.here), None)
    number = opened.index(here) + 1 if here in opened else 0
    current = next((each for each in found if each.waiting.id == here), None)
    question = next((each for each in asked if each.unknown.id == here), None)
    waiting = [each for each in found if _state(each, busy) == OPEN]
    after, before = (opened[number:], opened[: number - 1]) if number else (opened, [])
    return QueuePage(
        run=run.id if run else "", lines=lines, left=len(opened), done=len(lines) - len(opened),
        stake=_sum([each.stake for each in waiting], run) if run else None,
        euros=_euros([each.waiting.euros for each in waiting], voice),
        item=_item(workspace, run, words, current, line, number, text, voice) if run and current and line else None,
        question=_question(workspace, question, line, number, voice) if question and line else None,
        earlier=before[-1] if before else "", later=after[0] if after else "",
    )  # fmt: skip


def left_to_match(workspace: Workspace, run: Run) -> int:
    """Return how many groups are open."""
    return sum(each.settled is None for each in open_matches(workspace, run))


def next_after(workspace: Workspace, year: int, ident: str, busy: Mapping[str, str], voice: Voice) -> str:
    """Return what comes after one in the queue; nothing after the last."""
    run = workspace.calculated_run(str(year))
    found = open_matches(workspace, run) if run else []
    opened = [each.unknown.id for each in questions(workspace, voice)]
    opened = [each for each in opened if each not in busy or each == ident]
    opened += [each.waiting.id for each in found if _state(each, busy) == OPEN or each.waiting.id == ident]
    after = opened[opened.index(ident) + 1 :] if ident in opened else opened
    return (after or [each for each in opened if each != ident] or [""])[0]


def item_of(workspace: Workspace, year: int, ident: str, voice: Voice) -> tuple[str, bool, bool] | None:
    """Return the name of a group, whether it is open, and whether an answer has to name a category; None when there is none."""
    run = workspace.calculated_run(str(year))
    each = next((one for one in open_matches(workspace, run) if one.waiting.id == ident), None) if run else None
    if run is None or each is None:
        return None
    words = workspace.known_of(run.spec).vocabulary
    lacks = needs_category(each.waiting) and not each.waiting.category
    return _name(each.waiting, words, voice), each.settled is None, lacks


def _asked_line(each: Question, state: str, here: str, voice: Voice) -> Line:
    unknown = each.unknown
    facts = [each.name, voice.word("queue.rows", count=unknown.rows), unknown.issue.location.file or ""]
    facts += [voice.word("queue.files", count=len(unknown.askers))] if len(unknown.askers) > 1 else []
    name = voice.word("queue.text", text=unknown.text)
    mg, euros = each.worth.mg, _euros([each.worth.euros], voice)
    stake = None if mg is None else Figure(mg, f"unknown#{unknown.id}")
    return Line(unknown.id, name, " · ".join(facts), stake, euros, state, "", unknown.id == here, "value", unknown.rows)


def _question(workspace: Workspace, each: Question, line: Line, number: int, voice: Voice) -> QuestionItem:
    sheets = _sheets(workspace, [(asker.batch, asker.first) for asker in each.unknown.askers])
    return QuestionItem(line, number, voice.tell(each.unknown.issue), each, sheets)


def _state(each: Open, busy: Mapping[str, str]) -> str:
    return DONE if each.settled else BUSY if each.waiting.id in busy else OPEN


def _name(waiting: Waiting, words: Vocabulary, voice: Voice) -> str:
    if kind_of(waiting) == "category":
        return _sector(*waiting.meant, voice)
    if waiting.euros is not None and waiting.texts:
        return waiting.texts[0]
    return words[waiting.activity_type].name.get(voice.language)


def _facts(waiting: Waiting, words: Vocabulary, voice: Voice) -> list[tuple[str, str]]:
    """Return what says which records they are: attributes that have another value than the usual one."""
    known = words[waiting.activity_type].attributes
    return [
        (known[name].name.get(voice.language), called_in(waiting.attributes, name, voice))
        for name, value in waiting.attributes.items() if name in known and value != known[name].default
    ]  # fmt: skip


def _line(each: Open, run: Run, words: Vocabulary, state: str, here: str, voice: Voice) -> Line:
    waiting = each.waiting
    records = voice.word("completeness.records", count=waiting.records)
    asks_money = kind_of(waiting) != "match"
    facts = [*waiting.texts[1:2], records, _euros([waiting.euros], voice)] if asks_money else [
        *(value for _, value in _facts(waiting, words, voice) if waiting.euros is None),
        *(waiting.texts[1:2] if waiting.euros is not None else ()),
        records, f"{voice.number(waiting.quantity)} {waiting.unit}",
    ]  # fmt: skip
    said = ""
    if each.settled:
        decision = each.settled.decision
        said = voice.word(f"decided.{decision.kind}", person=decision.person, reason=decision.reason)
    return Line(
        waiting.id, _name(waiting, words, voice), joined(facts, " · "),
        None if each.stake is None else _figure(run, waiting, each.stake),
        _euros([waiting.euros], voice), state, said, waiting.id == here, kind_of(waiting),
    )  # fmt: skip


def _figure(run: Run, waiting: Waiting, mg: int) -> Figure:
    return Figure(mg, f"{run.id}#unmatched/{waiting.id}")


def _sum(stakes: Sequence[int | None], run: Run) -> Figure | None:
    known = [stake for stake in stakes if stake is not None]
    return Figure(sum(known), f"{run.id}#unmatched") if known else None


def _euros(amounts: Sequence[Decimal | None], voice: Voice) -> str:
    known = [amount for amount in amounts if amount is not None]
    return f"€ {voice.number(sum(known, Decimal(0)), 0)}" if known else ""


def _item(
    workspace: Workspace, run: Run, words: Vocabulary, each: Open, line: Line, number: int, text: str, voice: Voice
) -> Item:
    waiting, shelf = each.waiting, shelf_of(workspace)
    spend = waiting.euros is not None
    categories = vocabulary()["spend"].attributes["category"].values if needs_category(waiting) else ()
    by_words = spend and kind_of(waiting) != "category"
    proposals = propose(shelf, words, waiting)
    searched = search_answers(shelf, words, waiting, text) if text else []
    shown = {proposal.key for proposal in proposals}
    names = ((f"sector:nace-2:{code}", _sector("nace-2", code, voice)) for code in choosable()) if by_words else ()
    return Item(
        line=line, number=number, told=voice.word(f"queue_why.{_why(waiting.code)}", year=waiting.year),
        facts=_facts(waiting, words, voice), sheets=_sheets(workspace, waiting.batches),
        candidates=[_candidate(shelf, run, waiting, proposal, voice) for proposal in proposals],
        found=[_candidate(shelf, run, waiting, p, voice) for p in searched if p.key not in shown],
        sectors=list(names), categories=[value for value in categories if value != "by-code"],
        category=waiting.category, spend=spend,
    )  # fmt: skip


KNOWN_WHY = ("factor_year_missing", "factor_unbound", "factor_not_in_list", "geography_without_factors",
             "factor_withdrawn", "factor_without_value", "spend_unmapped", "spend_sector_ambiguous",
             "spend_category_unknown", "spend_sector_not_in_list", "spend_account_doubtful")  # fmt: skip
"""Reasons with a sentence of their own."""


def _why(code: str) -> str:
    return code if code in KNOWN_WHY else "other"


def _candidate(shelf: Shelf, run: Run, waiting: Waiting, proposal: Proposal, voice: Voice) -> Candidate:
    item = shelf.get(proposal.library, proposal.factor) if proposal.factor else None
    lists = {each.library.id: each for each in shelf.items} if proposal.way == "pin" and item is None else {}
    holder = item or lists.get(proposal.library)
    about = title = holder.library.papers.title if holder else voice.word("queue.nace")
    if proposal.way == "sector":
        name = _sector(proposal.scheme, proposal.code, voice)
        if proposal.category:
            about = name if kind_of(waiting) == "doubt" else ""
            name = voice.word(f"spend_category.{proposal.category}")
    else:
        name = named(item.factor.name, item.library.papers, voice) if item else title
    years = spans(holder.years) if holder else ""
    return Candidate(
        proposal.key, name, about if item or proposal.way == "sector" else "",
        _reason(proposal, waiting.year, years, voice),
        "" if proposal.value is None else f"{voice.number(proposal.value)} kg/{proposal.unit}",
        None if proposal.mg is None else _figure(run, waiting, proposal.mg), proposal.library, proposal.factor,
    )  # fmt: skip


def _reason(proposal: Proposal, year: int, years: str, voice: Voice) -> str:
    if proposal.why.startswith("binding_"):
        return voice.say(proposal.why)
    if proposal.why == "chart":
        chart = rgs_account(proposal.found)
        return voice.word("proposal.chart", account=proposal.found, why=chart.why.get(voice.language) if chart else "")
    if proposal.why == "category":
        return ""
    if proposal.why == "payer":
        return voice.word(f"proposal.payer_{proposal.category}")
    code = "other_year" if proposal.why == "other-year" else proposal.why.replace("-", "_")
    if code == "search" and not proposal.found:
        code = "chosen"
    return voice.word(f"proposal.{code}", year=str(year), years=years, found=proposal.found)


def _sector(scheme: str, code: str, voice: Voice) -> str:
    known = divisions().get(code) if scheme == "nace-2" else None
    return f"{code} {known.name.get(voice.language)}" if known else code


def _sheets(workspace: Workspace, places: Sequence[tuple[str, int]]) -> list[Sheet]:
    """Return some rows of batches, from each file that has any; personal cells are pseudonyms."""
    rows: dict[str, list[int]] = {}
    for ident, row in places:
        rows.setdefault(ident, []).append(row)
    sheets = []
    for ident, numbers in list(rows.items())[:2]:
        batch = workspace.batch_store.get(ident)
        headings = batch.headings()
        cells = [(number, found) for number in sorted(numbers)[:2] if (found := batch.row_cells(number))]
        width = max([len(headings), *(len(found) for _, found in cells)])
        filled = [(number, found + [""] * (width - len(found))) for number, found in cells]
        letters = [letter(index) for index in range(width)]
        sheets.append(Sheet(batch.origin, batch.id, letters, headings + [""] * (width - len(headings)), filled))
    return sheets
