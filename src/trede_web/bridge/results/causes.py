"""Why a total changed between two years: the library's exact bridge by cause, and what each cause consists of."""

from __future__ import annotations

from dataclasses import dataclass

from trede.analysis.bridge import CAUSES, Bridge, Cause, Steps
from trede.analysis.measuring import Place
from trede.analysis.uncertainty import Interval
from trede.catalogue.accounts import chart
from trede.catalogue.vocabulary import vocabulary
from trede.cli.uncertainty import tonnes, whole_percent
from trede.inventory.footprint import share
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.exporting import csv_bytes
from trede.report.charts.look import NARROW, SCREEN
from trede.report.charts.parts_of_total import steps
from trede.report.wording import Wording
from trede.workspace import Workspace
from trede_web.bridge.books import Period, View, views
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.between import Side, side_of
from trede_web.bridge.results.charts import Chart, Origin, origin_of, title_of
from trede_web.bridge.results.compared import Compared, compared
from trede_web.bridge.results.footprint import account_name, titled
from trede_web.bridge.results.periods import say_period
from trede_web.bridge.results.waterfall import Waterfall, draw
from trede_web.bridge.speaking import Voice

Sides = tuple[int | str, int | str]
"""The two periods of a bridge: years, or other periods by name."""
NAMED = 7
"""Parts of causes that have a bar and a row of their own, the largest first; what is left of a cause is one more."""
LISTED = 50
"""Parts of one cause that are listed; all are in the download."""


@dataclass(frozen=True)
class Change:
    """A difference in whole milligrams CO2e, with its question and as it is written."""

    mg: int
    query: str
    text: str
    share: str
    """As a part of the first total."""


@dataclass(frozen=True)
class Line:
    """A cause, or one group of accounts within it."""

    cause: Cause
    name: str
    change: Change


@dataclass(frozen=True)
class CauseLine:
    """One cause with its largest parts."""

    cause: Cause
    name: str
    says: str
    change: Change
    parts: list[Line]


@dataclass(frozen=True)
class Item:
    """What a cause consists of: an account, with what it is about. The figures are those of the whole account."""

    account: str
    facts: str
    change: Change
    before: Figure | None
    after: Figure | None


@dataclass(frozen=True)
class Account:
    """What both sides are of one account, each a part of its run."""

    name: str
    before: Figure | None
    after: Figure | None


@dataclass(frozen=True)
class Detail:
    """One cause taken apart."""

    cause: CauseLine
    items: list[Item]
    rest: Change | None
    rest_count: int


@dataclass(frozen=True)
class BridgePage:
    """Everything on the page of a bridge."""

    before_name: str
    after_name: str
    before: Figure
    after: Figure
    title: str
    finding: str
    description: str
    change: Change
    causes: list[CauseLine]
    waterfall: Waterfall
    detail: Detail | None
    accounts: list[Account]
    """Of parts of runs: what they consist of. The trace is of whole runs, so this is the step to it."""
    view: str
    standard: str
    basis: str
    note: str
    choices: list[tuple[str, str, bool]]
    interval: str
    runs: str
    citation: str
    left: list[tuple[str, int]]
    """Each side that has records without a factor, and how many: they stand in the bridge as nothing."""


def bridge_page(workspace: Workspace, sides: Sides, view: View, cause: str, voice: Voice) -> BridgePage | None:
    """Return the bridge between what answers for two periods; None when it is not calculated yet.

    Args:
        cause: the cause to take apart; another word for none.

    Raises:
        TredeError: `run_unknown` of a period without a run.
    """
    found = _Asked.of(workspace, sides, view, voice)
    if found is None:
        return None
    causes = found.causes()
    steps, said = found.steps, found.say_change(found.steps.after - found.steps.before, "difference")
    names = {"before": say_period(found.before.period, voice), "year": say_period(found.after.period, voice)}
    way = "higher" if said.mg > 0 else "lower" if said.mg < 0 else "same"
    chosen = next((line for line in causes if line.cause == cause), None)
    shown = [part for line in causes for part in line.parts]
    return BridgePage(
        before_name=names["before"], after_name=names["year"],
        before=found.before.figure(steps.before, view), after=found.after.figure(steps.after, view),
        title=voice.word(f"bridge_title.{way}", **names), finding=_finding(shown, said.mg, voice),
        description=_description(found, shown), change=said, causes=causes,
        waterfall=draw(
            (names["before"], steps.before, voice.tonnes(steps.before)),
            [(each.cause, voice.say(f"cause.{each.cause}"), each.name, each.change.mg, each.change.text) for each in shown],
            (names["year"], steps.after, voice.tonnes(steps.after)),
        ),
        detail=None if chosen is None else found.detail(chosen),
        accounts=found.accounts() if found.before.is_part or found.after.is_part else [],
        view=view.name, standard=view.standard.name.get(voice.language), basis=voice.say(f"basis_of.{view.basis}"),
        note="" if view.standard.verified else voice.say("standard.unverified"),
        choices=[
            (each.name, titled(each, voice), each.name == view.name) for each in views()
        ],
        interval=_say_interval(found.compared.interval(view), voice),
        runs=f"{found.before.name}, {found.after.name}", citation=found.origin(workspace, _finding(shown, said.mg, voice)).said,
        left=[
            (say_period(side.period, voice), count)
            for side in (found.before, found.after)
            if (count := sort_unmatched(side.run.table("unmatched"), workspace.decisions.in_force()).count)
        ],
    )  # fmt: skip


def bridge_csv(workspace: Workspace, sides: Sides, view: View, voice: Voice) -> tuple[str, bytes] | None:
    """Return every row of a bridge under a standard and basis as CSV, in milligrams, with a name for the file.

    None when it is not calculated yet.

    Raises:
        TredeError: as `bridge_page`.
    """
    found = _Asked.of(workspace, sides, view, voice)
    if found is None:
        return None
    names = {"before": found.before.period.name, "after": found.after.period.name}
    columns = ("what", "heading", *Place._fields, "mg")
    lines = [[voice.word(f"bridge_column.{name}") for name in columns]]
    for row in found.bridge.rows:
        if found.counts(row.place):
            what = names.get(row.what) or voice.say(f"cause.{row.what}")
            heading = view.standard.heading_of[row.place.account]
            lines.append([what, heading, *(part or "" for part in row.place), str(row.mg)])
    return f"{voice.word('bridge.file')}-{names['before']}-{names['after']}.csv", csv_bytes(lines)


def bridge_chart(
    workspace: Workspace, sides: Sides, view: View, voice: Voice, *, narrow: bool = False
) -> tuple[Chart, Origin] | None:
    """Return the bridge as a chart, with where it comes from; None when it is not calculated yet.

    Raises:
        TredeError: as `bridge_page`.
    """
    found = _Asked.of(workspace, sides, view, voice)
    if found is None:
        return None
    parts = [
        (f"{line.name.capitalize()}: {part.name}", part.change.mg) for line in found.causes() for part in line.parts
    ]
    first, last = (say_period(side.period, voice) for side in (found.before, found.after))
    chart = steps(
        Wording(voice.language), (first, found.steps.before), parts, (last, found.steps.after), titled(view, voice),
        NARROW if narrow else SCREEN,
    )  # fmt: skip
    return chart, found.origin(workspace, title_of(chart, voice))


@dataclass(frozen=True)
class _Asked:
    """A bridge under one standard and basis, in one language."""

    compared: Compared
    before: Side
    after: Side
    view: View
    voice: Voice
    several: bool
    """Whether the organisation has more than one entity."""
    sites: dict[str, str]

    @classmethod
    def of(cls, workspace: Workspace, sides: Sides, view: View, voice: Voice) -> _Asked | None:
        before, after = sides_of(workspace, sides)
        described = workspace.organisation
        sites = {site.id: site.name for site in described.site}
        found = compared(workspace, before.name, after.name)
        return None if found is None else cls(found, before, after, view, voice, len(described.entity) > 1, sites)

    @property
    def bridge(self) -> Bridge:
        """The bridge itself."""
        return self.compared.bridge

    def origin(self, workspace: Workspace, title: str) -> Origin:
        """Return where it comes from."""
        return origin_of(workspace, [self.before.run, self.after.run], self.view, self.voice, title)

    def accounts(self) -> list[Account]:
        """Return what both sides are of each account, the largest of the later one first."""
        by_account = self.bridge.group(lambda place: place.account if self.counts(place) else None)
        lines = []
        for account, found in sorted(by_account.items(), key=lambda item: (-item[1].after, -item[1].before, item[0])):
            below = (self.view.standard.heading_of[account], account)
            sides = [
                self.before.figure(found.before, self.view, *below),
                self.after.figure(found.after, self.view, *below),
            ]
            lines.append(Account(account_name(account, self.voice), *(side if side.mg else None for side in sides)))
        return lines

    def counts(self, place: Place) -> bool:
        """Whether a place stands under the standard and basis."""
        return place.basis in ("none", self.view.basis) and place.account in self.view.standard.heading_of

    @property
    def steps(self) -> Steps:
        """The bridge of the totals."""
        return self.bridge.total(self.counts)

    def say_change(self, mg: int, of: str) -> Change:
        """Write a difference; `of` is what it is of."""
        first = self.steps.before
        percent = signed(self.voice.percent(share(mg, first), 1), mg * first) if first else "–"
        query = f"{self.before.name}..{self.after.name}/{self.view.name}#{of}"
        return Change(mg, query, signed(self.voice.tonnes(mg), mg), percent)

    def causes(self) -> list[CauseLine]:
        """Return every cause in its order, with the largest parts by group of accounts."""
        by_group = self.bridge.group(lambda place: chart()[place.account].group if self.counts(place) else None)
        parts = [(cause, group, steps.causes[cause]) for group, steps in by_group.items() for cause in CAUSES]
        parts = sorted((part for part in parts if part[2]), key=lambda part: (-abs(part[2]), part[1]))
        named = parts[:NAMED] if len(parts) > NAMED + 1 else parts
        lines = []
        for cause, mg in self.steps.causes.items():
            own = [
                Line(cause, chart().groups[group].get(self.voice.language), self.say_change(part, f"{cause}/{group}"))
                for of, group, part in named
                if of == cause
            ]
            left = [part for of, _, part in parts[len(named):] if of == cause]  # fmt: skip
            if left:
                name = self.voice.word("bridge.others", count=len(left))
                own.append(Line(cause, name, self.say_change(sum(left), f"{cause}/others")))
            name, says = self.voice.say(f"cause.{cause}"), self.voice.word(f"cause_says.{cause}")
            lines.append(CauseLine(cause, name, says, self.say_change(mg, cause), own))
        return lines

    def detail(self, line: CauseLine) -> Detail:
        """Take a cause apart by account, entity, site and type of activity."""
        by_account = self.bridge.group(lambda place: place.account if self.counts(place) else None)
        grouped = self.bridge.group(lambda place: _about(place) if self.counts(place) else None)
        found = [(about, mg) for about, steps in grouped.items() if (mg := steps.causes[line.cause])]
        found.sort(key=lambda part: (-abs(part[1]), part[0]))
        items, types = [], vocabulary()
        for (account, entity, site, kind), mg in found[:LISTED]:
            facts = [
                types[kind].name.get(self.voice.language) if kind in types else kind,
                self.sites.get(site, site) or self.voice.say("compare.no_site"),
                *([entity] if self.several and entity else []),
            ]
            below, whole = (self.view.standard.heading_of[account], account), by_account[account]
            items.append(
                Item(
                    account_name(account, self.voice), " · ".join(facts), self.say_change(mg, f"{line.cause}/{account}"),
                    self.before.figure(whole.before, self.view, *below) if whole.before else None,
                    self.after.figure(whole.after, self.view, *below) if whole.after else None,
                )
            )  # fmt: skip
        left = found[LISTED:]
        rest = self.say_change(sum(mg for _, mg in left), f"{line.cause}/rest") if left else None
        return Detail(line, items, rest, len(left))


def _about(place: Place) -> tuple[str, str, str, str]:
    return place.account, place.entity or "", place.site or "", place.activity_type


def _say_interval(found: Interval, voice: Voice) -> str:
    if not found.known or (not found.half and found.mg):
        return voice.say("uncertainty.no_difference")
    return voice.say(
        "uncertainty.of_difference", interval=tonnes(voice, found), share=whole_percent(voice, found.share)
    )


def signed(text: str, sign: int) -> str:
    """Put a plus before a rise that does not show as zero."""
    return f"+{text}" if sign > 0 and any(digit in text for digit in "123456789") else text


def _finding(parts: list[Line], mg: int, voice: Voice) -> str:
    """Say in one sentence what the bridge shows: the largest part that goes the way of the whole."""
    if not mg:
        return voice.word("bridge.balanced" if parts else "bridge.equal")
    largest = max((part for part in parts if part.change.mg * mg > 0), key=lambda part: abs(part.change.mg))
    cause = voice.say(f"cause.{largest.cause}")
    return voice.word("bridge.rise" if mg > 0 else "bridge.fall", cause=cause, part=largest.name)


def _description(found: _Asked, parts: list[Line]) -> str:
    voice, steps = found.voice, found.steps
    told = [f"{voice.say(f'cause.{part.cause}')}, {part.name}: {part.change.text}" for part in parts]
    return voice.word(
        "bridge.description", before=say_period(found.before.period, voice), year=say_period(found.after.period, voice),
        first=voice.tonnes(steps.before), last=voice.tonnes(steps.after), parts="; ".join(told) or "–",
    )  # fmt: skip


def sides_of(workspace: Workspace, sides: Sides) -> tuple[Side, Side]:
    """Return what answers for two periods.

    Raises:
        TredeError: `run_unknown`.
    """
    before, after = (side_of(workspace, Period.parse(str(period))) for period in sides)
    return before, after


def bridge_runs(workspace: Workspace, sides: Sides) -> tuple[str, str]:
    """Return the names of the sides: ids of runs, or parts of them.

    Raises:
        TredeError: `run_unknown`.
    """
    before, after = sides_of(workspace, sides)
    return before.name, after.name
