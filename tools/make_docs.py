"""Write the generated parts of the documentation from the shipped data: `python tools/make_docs.py`.

A generated part stands in a Markdown file between `<!-- generated: NAME -->` and `<!-- end -->`; the rest of the file is
written by hand. `--check` changes nothing and says which files are not up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from method_coverage import HEAD, rows
from trede.catalogue.accounts import chart
from trede.catalogue.inputs import Input, Measure
from trede.catalogue.ratings import rating_sets, ratings
from trede.catalogue.rgs import rgs_accounts
from trede.catalogue.sectors import divisions, sectors_of
from trede.catalogue.standards import Standard, standards
from trede.catalogue.uncertainties import Entry, uncertainties
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.cli.language import MESSAGES, catalogue
from trede.kernel.models import read_toml
from trede.kernel.quantities import QUANTUM
from trede.methods.evaluate import evaluate
from trede.methods.model import CALENDAR, Flow, Method, shipped_methods
from trede.trace.record import write

DOCS = Path(__file__).resolve().parent.parent / "docs"
_REGION = re.compile(r"(<!-- generated: (?P<name>[a-z0-9 .-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    first, *rest = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join((first, "|" + "---|" * len(head), *rest))


def code(*names: str) -> str:
    """Write names as code, or a dash when there are none."""
    return ", ".join(f"`{name}`" for name in names) or "–"


def accounts() -> str:
    """The chart of accounts, one row a group of activities."""
    stages: dict[str, list[str]] = {}
    for account in chart().accounts.values():
        stages.setdefault(account.group, []).append(account.stage)
    names = chart().groups
    return table(
        ("group", "English", "Nederlands", "stages"),
        ((code(group), names[group].en, names[group].nl, code(*found)) for group, found in stages.items()),
    )


def headings() -> str:
    """The headings of each standard."""
    return "\n\n".join(_standard(standard) for standard in standards().values())


def _standard(standard: Standard) -> str:
    mark = "checked" if standard.verified else "**not checked against the norm text**"
    bases = ", ".join(standard.bases)
    facts = (
        f"`{standard.id}`, short `{standard.short}`. Edition: {standard.edition}. Basis of electricity: {bases}. "
        f"Headings: {mark}. Source: <{standard.source}>."
    )
    rows = [
        (code(heading.id), heading.name.en, heading.name.nl, code(*heading.accounts)) for heading in standard.headings
    ]
    return "\n\n".join(
        (
            f"### {standard.name.en}",
            facts,
            standard.note.en,
            table(("heading", "English", "Nederlands", "accounts"), rows),
        )
    )


def mapping() -> str:
    """Every account with the heading that each standard gives it."""
    every = list(standards().values())
    rows = [[code(account), *(_place(standard, account) for standard in every)] for account in chart().accounts]
    reasons = dict.fromkeys(reason.en for standard in every for reason in standard.reason_of.values())
    notes = "\n".join(f"Not in this standard: {reason}" for reason in reasons)
    return f"{table(['account', *(standard.name.en for standard in every)], rows)}\n\n{notes}"


def _place(standard: Standard, account: str) -> str:
    heading = standard.heading_of.get(account)
    return "not in this standard" if heading is None else code(heading)


def activity_types() -> str:
    """Every activity type with its attributes, accounts and method."""
    return "\n\n".join(_activity(activity) for activity in vocabulary().types.values())


def _activity(activity: ActivityType) -> str:
    units = unit_registry().names(activity.kind)
    facts = [
        f"- Quantity: {activity.kind}, in {code(*units)}.",
        f"- Method: [`{activity.method}`](methods.md#{activity.method}).",
    ]
    facts += [
        f"- `{name}` is read as `{alias.unit}` when {_conditions(alias.requires)}."
        for name, alias in activity.unit_aliases.items()
    ]
    facts += [
        f"- With {_conditions(rule.when)}: counted as {_conditions(rule.set)}, with the issue `{rule.issue}`."
        for rule in activity.substitute
    ]
    if activity.needs_factor:
        facts.append(
            f"- With {_conditions(activity.needs_factor)}: each row brings its [factor](shapes.md#the-factor)."
        )
    if activity.best_quality:
        facts.append(f"- Data quality: `measured` becomes `{activity.best_quality}` when a row is taken in.")
    if activity.refused:
        facts.append(f"- Posts nothing: each record is an open point, with the issue `{activity.refused}`.")
    facts += [
        f"- With {_conditions(rule.when)}: posts nothing, with the issue `{rule.issue}`." for rule in activity.refusal
    ]
    if activity.in_full:
        facts.append(f"- With {_conditions(activity.in_full)}: counts in full on the record's first day.")
    if activity.needs_direct:
        facts.append("- A factor without direct emissions is refused, with the issue `factor_without_direct`.")
    parts = [f"## {activity.id}", f"{activity.name.en} ({activity.name.nl}).", "\n".join(facts)]
    if activity.attributes:
        rows = [
            (
                code(name),
                f"{a.name.en} ({a.name.nl})",
                code(*a.values) if a.codes is None else f"codes of {a.codes}, such as {code(*a.values)}",
                code(a.default) if a.default else "must be given",
            )
            for name, a in activity.attributes.items()
        ]
        parts.append(table(("attribute", "meaning", "values", "default"), rows))
    if activity.inputs:
        head = ("input", "meaning", "unit", "bounds", "when it is not given")
        parts.append(table(head, (_input(name, declared) for name, declared in activity.inputs.items())))
    if activity.measures:
        head = ("measured", "of", "flights of")
        parts.append(table(head, ((code(n), code(m.route), _band(m)) for n, m in activity.measures.items())))
    parts.append(_posts_to(activity))
    return "\n\n".join(parts)


def _input(name: str, declared: Input) -> tuple[str, ...]:
    absent = "a fault of the row"
    if declared.default is not None:
        absent = f"{declared.default.normalize():f} ({declared.source})"
    elif declared.estimate is not None:
        absent = f"the estimate `{declared.estimate}` of the record's day and country, else an open point"
    elif declared.optional:
        absent = "what it is needed for is not calculated"
        if declared.needed_when:
            absent = f"a fault of the row with {_conditions(declared.needed_when)}; else not needed"
    elif declared.whole:
        absent = "1: the whole"
    unit = f"`{declared.unit}`" if declared.unit else "–"
    return code(name), f"{declared.name.en} ({declared.name.nl})", unit, declared.bounds or "–", absent


def _band(measure: Measure) -> str:
    """Say how long the flights are that a measure adds up."""
    if measure.at_most is None:
        return f"{measure.at_least} km and more"
    return f"{measure.at_least} to {measure.at_most} km"


def _legs(activity: ActivityType) -> str:
    """Say what each leg of a type counts as."""
    rows = []
    for posted in activity.posts:
        given = ", ".join(f"`{name}={value}`" for name, value in posted.attributes.items()) or "–"
        if posted.group is None:
            group = "its own"
        elif isinstance(posted.group, str):
            group = code(posted.group)
        else:
            group = ", ".join(f"`{value}`: `{g}`" for value, g in posted.group.items() if value != "by")
        when = f"; only with {_conditions(posted.when)}" if posted.when else ""
        when += f"; only the stage {code(*posted.stages)}" if posted.stages else ""
        rows.append((code(posted.leg), f"[`{posted.type}`](#{posted.type}){when}", given, group))
    return table(("leg", "counts as", "with", "account group"), rows)


def _posts_to(activity: ActivityType) -> str:
    if activity.posts:
        return _legs(activity)
    if "always" in activity.accounts:
        return f"Posts to `{activity.accounts['always']}`.{_release(activity)}"
    by = activity.accounts["by"]
    values: dict[str, list[str]] = {}
    for value, group in activity.accounts.items():
        if value != "by":
            values.setdefault(group, []).append(value)
    return table((f"`{by}`", "posts to"), ((code(*found), code(group)) for group, found in values.items()))


def _release(activity: ActivityType) -> str:
    """Say where a gas outside the Kyoto Protocol goes."""
    release = activity.release
    if release is None:
        return ""
    return f" What the Kyoto Protocol does not cover posts to `{release.outside}`, species by species."


def _conditions(wanted: dict[str, str] | dict[str, tuple[str, ...]]) -> str:
    parts = []
    for name, value in wanted.items():
        values = (value,) if isinstance(value, str) else value
        parts.append(" or ".join(f"`{name}={one}`" for one in values))
    return " and ".join(parts)


def method(ident: str) -> str:
    """One method: what it is, its reference and its flows."""
    found: Method = shipped_methods()[ident]
    head = ("flow", "stage", "basis", "kg CO2e", "taken off after rounding", "beside", "only without")
    if found.leg:
        return _deriving(found)
    slots = f"Factors: {code(*found.slots)}." if found.slots else "No factor."
    return "\n\n".join(
        (
            f"{found.name.en} ({found.name.nl}), version {found.version}. {slots}",
            found.explanation.en,
            f"Reference: {found.reference}.",
            table(head, (_flow(flow) for flow in found.flow)),
        )
    )


def _deriving(found: Method) -> str:
    """A method that derives: its legs and what they count in."""
    counts = [f"`quantity` in {found.quantity or 'numbers'}"]
    counts += [f"`{name}` in {unit or 'numbers'}" for name, unit in found.inputs.items()]
    when = {"activity-year": "in the year of the activity", "in-full": "in full on the record's first day"}
    facts = [f"Rank {found.rank} of `{found.category}`"] if found.category else []
    facts += [f"counts {when[found.time]}", f"least boundary: {found.boundary}"]
    return "\n\n".join(
        (
            f"{found.name.en} ({found.name.nl}), version {found.version}. {'; '.join(facts)}.",
            found.explanation.en,
            f"Reference: {found.reference}.",
            f"Counts {', '.join(counts)}.",
            table(
                ("leg", "formula", "must hold", "gives"),
                ((code(leg.id), code(leg.formula), code(*leg.requires), code(leg.unit)) for leg in found.leg),
            ),
            *(_sample(kind, found) for kind in vocabulary().types.values() if kind.method == found.id and kind.sample),
        )
    )


def _sample(kind: ActivityType, found: Method) -> str:
    """Work out the sample of a type: what each leg makes of it. The figures are made up, the arithmetic is not."""
    assert kind.sample is not None
    counted = unit_registry().find(kind.kind, found.quantity)
    quantity = kind.sample.quantity
    if counted is not None:
        quantity = unit_registry().convert(quantity, kind.kind, kind.sample.unit, counted.id)
    given = {name: Decimal(text) for name, text in kind.sample.inputs.items()}
    defaults = {name: i.default for name, i in kind.inputs.items() if i.default is not None}
    year = dict.fromkeys(CALENDAR, Decimal(365))  # the sample for a whole year
    defaults |= {name: Decimal(1) for name, i in kind.inputs.items() if i.whole}
    measured = {name: m.of(kind.sample.attributes[m.route]) for name, m in kind.measures.items()}
    values: dict[str, Decimal | None] = {"quantity": quantity, **year, **defaults, **measured, **given}
    units = {"quantity": found.quantity, **CALENDAR, **found.inputs}
    known = {name: a.default for name, a in kind.attributes.items()} | kind.sample.attributes
    wanted = {
        posted.leg for posted in kind.posts if all(known[name] in allowed for name, allowed in posted.when.items())
    }
    rows = [
        (code(leg.id), write(leg.tree, values, found.quantity, lambda n: f"{n.normalize():f}", units),
         f"{result.quantize(QUANTUM, ROUND_HALF_UP).normalize():f} {leg.unit}")
        for leg in found.leg
        if leg.id in wanted and all(values.get(name) is not None for name in leg.symbols)
        and (result := evaluate(leg.tree, values)) is not None
    ]  # fmt: skip
    chosen = "".join(f", `{name}={value}`" for name, value in kind.sample.attributes.items())
    named = f"[`{kind.id}`](activity-types.md#{kind.id})"
    head = f"Constructed example: {named}{chosen}, {kind.sample.quantity:f} {kind.sample.unit}."
    return head + "\n\n" + table(("leg", "numbers", "comes to"), rows)


def _flow(flow: Flow) -> tuple[str, ...]:
    beside = [
        f"{name}: `{formula}`"
        for name, formula in (("biogenic CO2, kg", flow.biogenic), ("energy, MJ", flow.energy))
        if formula
    ]
    return (
        code(flow.id), flow.stage, flow.basis, code(flow.formula), code(*flow.minus), "; ".join(beside) or "–",
        code(*flow.unless),
    )  # fmt: skip


def _plural(sentence: str) -> str:
    """Return a sentence with the words for more than one, and with what stands around a value that may be absent."""
    sentence = re.sub(r"\{(\w+):~([^{}~]*)~([^{}]*)\}", r"\2{\1}\3", sentence)
    return re.sub(r"\{\w+:[^{}/]*/([^{}]*)\}", r"\1", sentence)


def messages() -> str:
    """Every code with both sentences, by area."""
    parts = []
    for path in sorted(MESSAGES.glob("*.en.toml")):
        area = path.name.removesuffix(".en.toml")
        codes = [key for key in read_toml(path.read_bytes(), path.name) if "." not in key]
        rows = [(code(key), _plural(catalogue("en")[key]), _plural(catalogue("nl")[key])) for key in sorted(codes)]
        parts.append(f"## {area}\n\n{table(('code', 'English', 'Nederlands'), rows)}")
    return "\n\n".join(parts)


def rating_factors() -> str:
    """The sets by which ratings of data count: factors by score, basic factors, sources."""
    parts = []
    for name in rating_sets():
        found = ratings(name)
        scores = [(i.name.en, code(i.id), *(f"{factor:f}" for factor in i.factors)) for i in found.indicator]
        basics = [(code(*b.kinds) if b.kinds else "all others", f"{b.factor:f}", b.note.en) for b in found.basic]
        sources = [
            (f"[{s.title}]({s.url})", s.checked.isoformat() if s.checked else "not again", s.note.en)
            for s in found.source
        ]
        parts += [
            f"Set `{found.id}`.", table(("indicator", "in the set", "1", "2", "3", "4", "5"), scores),
            table(("kind of quantity", "basic factor", "what it is about"), basics),
            table(("source", "held against it", "how it is used"), sources),
        ]  # fmt: skip
    return "\n\n".join(parts)


def default_uncertainties() -> str:
    """The default set: its figures by activity and by factor, and its sources."""
    found = uncertainties()

    def row(entry: Entry, *conditions: str) -> tuple[str, ...]:
        named = f"{entry.name.en} ({entry.name.nl})"
        return code(entry.id), named, *conditions, f"{entry.percent.normalize():f} %", code(entry.source), entry.place

    activities = table(
        ("entry", "what", "kind of quantity", "data quality", "u", "source", "place"),
        (row(entry, code(*entry.kinds), code(*entry.qualities)) for entry in found.activities),
    )
    factors = table(
        ("entry", "what", "nature", "kind of quantity", "u", "source", "place"),
        (row(entry, code(*entry.natures), code(*entry.kinds)) for entry in found.factors),
    )
    sources = table(
        ("source", "title", "held against it", "how it is used"),
        (
            (code(s.id), f"[{s.title}]({s.url})", s.checked.isoformat() if s.checked else "not again", s.note.en)
            for s in found.sources.values()
        ),
    )
    return f"Set `{found.id}`.\n\n{activities}\n\n{factors}\n\n{sources}"


def spend_sectors() -> str:
    """The divisions with the sectors of each spend list."""
    rows = [
        (
            code(division.code), division.section, division.name.en, division.name.nl,
            code(*sectors_of("figaro", "nace-2", division.code)), code(*sectors_of("defra-spend", "nace-2", division.code)),
        )
        for division in divisions().values()
    ]  # fmt: skip
    return table(("division", "section", "English", "Nederlands", "`figaro`", "`defra-spend`"), rows)


def reference_chart() -> str:
    """The accounts of the Dutch reference chart of accounts that have an answer."""
    rows = [
        (
            code(account.code), str(account.category or "–"), code(*([account.nace] if account.nace else [])),
            account.confidence or code(account.exclude or ""), account.why.en, account.why.nl,
        )
        for account in rgs_accounts().values()
    ]  # fmt: skip
    return table(("account", "category", "division", "confidence, or why not", "English", "Nederlands"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "accounts": accounts,
    "headings": headings,
    "mapping": mapping,
    "activity-types": activity_types,
    "coverage": lambda: table(HEAD, rows()),
    "messages": messages,
    "reference chart": reference_chart,
    "spend sectors": spend_sectors,
    "uncertainties": default_uncertainties,
    "ratings": rating_factors,
    **{f"method {ident}": lambda ident=ident: method(ident) for ident in shipped_methods().methods},
}


def render(text: str) -> str:
    """Return a document with its generated parts made again."""
    return _REGION.sub(lambda found: f"{found[1]}{PARTS[found['name']]()}\n{found[3]}", text)


def main() -> int:
    """Write what is not up to date, or with `--check` only name it."""
    stale = [path for path in sorted(DOCS.glob("*.md")) if render(path.read_text("utf-8")) != path.read_text("utf-8")]
    for path in stale:
        print(path.relative_to(DOCS.parent))
        if "--check" not in sys.argv:
            path.write_text(render(path.read_text("utf-8")), encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
