"""Commands that make a footprint public: publish, publications; and what other commands say of what was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trede.catalogue.gwp import DEFAULT_GWP, GWP_SETS
from trede.catalogue.standards import Standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.cli.context import Context
from trede.cli.coverage import print_sources
from trede.cli.deciding import add_decision, why
from trede.cli.language import Speaker
from trede.cli.tables import Row, table
from trede.engine.runs import Run
from trede.inventory.completeness import source_status
from trede.inventory.footprint import share
from trede.inventory.publication import Publication, Published, Said, Total
from trede.kernel.periods import Period
from trede.workspace.materiality import open_categories
from trede.workspace.publishing import proposal, publish


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    parser = add_decision(commands, speaker, "publish", run_publish)
    parser.add_argument("period", help=say("help.period"))
    parser.add_argument("--restates", action="store_true", help=say("help.restates"))
    parser.add_argument("--incomplete", default="", metavar=say("meta.reason"), help=say("help.incomplete"))
    parser.add_argument("--gwp", choices=GWP_SETS, default=DEFAULT_GWP, help=say("help.publish.gwp"))
    listing = commands.add_parser("publications", help=say("help.publications"), description=say("help.publications"))
    listing.set_defaults(run=run_publications)


def run_publish(context: Context) -> int:
    """Publish the footprint of a period, or restate it."""
    args, given = context.args, why(context)
    period = Period.parse(args.period)
    workspace = context.workspace
    sources = source_status(
        workspace.organisation, workspace.active_batches(), period, workspace.decisions.in_force()
    )  # fmt: skip
    context.say("publish.checklist", period=period.name)
    print_sources(context, period, sources)
    context.line()
    made = publish(
        workspace, period, given["reason"], given["person"], restates=args.restates, gwp=args.gwp,
        incomplete=args.incomplete.strip(),
    )  # fmt: skip
    print_publication(context, made)
    for issue in open_categories(workspace, workspace.run_store.get(made.publication.run)):
        context.line("  " + context.speaker.issue(issue))
    context.line()
    context.say("publish.next", period=made.publication.period)
    return 0


def run_publications(context: Context) -> int:
    """List everything that was published, with its totals."""
    found = context.workspace.publications.all()
    if not found:
        context.say("publications.none")
    restated = {each.publication.restates: each for each in found}
    for at, each in enumerate(found):
        if at:
            context.line()
        print_publication(context, each)
        if each.id in restated:
            later = restated[each.id].publication
            context.line("  " + _who(context.speaker, "publication.restated", later))
    return 0


def print_publication(context: Context, published: Published) -> None:
    """Print who published what and when, the totals, and what is not in them."""
    speaker, publication = context.speaker, published.publication
    context.line(_who(speaker, "publication.head", publication))
    context.line("  " + speaker.say("publication.ids", id=published.id, run=publication.run))
    if publication.gwp is not None:
        context.line("  " + speaker.say("publication.gwp", gwp=publication.gwp))
    context.line(table([_total(speaker, total) for total in publication.totals], right=(1, 2), indent="    "))
    for source in publication.sources:
        if source.records and source.months is not None:
            context.line("  " + speaker.say(
                "publication.source", name=source.name, year=source.year, records=speaker.number(source.records),
                months=source.months,
            ))  # fmt: skip
    print_not_in_it(context, publication)


def print_not_in_it(context: Context, publication: Publication) -> None:
    """Name the sources and records that a publication accounts for without having them."""
    speaker = context.speaker
    for source in publication.sources:
        if source.said is not None:
            text = speaker.say(f"source.{source.status}")
            context.line("  " + said_line(speaker, f"{source.name} {source.year}: {text}", source.said))
    for gap in publication.missing:
        named = speaker.say("publication.missing", name=gap.name, site=gap.site, months=list(gap.months))
        context.line("  " + named)
    if publication.incomplete is not None:
        context.line("  " + speaker.say("publication.incomplete", reason=publication.incomplete))
    for each in publication.categories:
        name = speaker.say(
            "publication.category", category=each.category, state=speaker.say(f"categories.state.{each.state}")
        )
        context.line("  " + said_line(speaker, name, each.said))
    for left in publication.left_out:
        context.line("  " + excluded_line(speaker, left.activity_type, left.attributes, left.records, left.said))


def excluded_line(speaker: Speaker, activity_type: str, attributes: Mapping[str, str], records: int, said: Said) -> str:
    """Say which records were left out, by whom and why."""
    name = vocabulary()[activity_type].name.get(speaker.language) if activity_type in vocabulary() else activity_type
    which = "; ".join(f"{key}={value}" for key, value in sorted(attributes.items()))
    label = f"{name} ({which})" if which else name
    return said_line(speaker, speaker.say("excluded.records", what=label, count=speaker.number(records)), said)


def said_line(speaker: Speaker, what: str, said: Said) -> str:
    """Say what somebody said of something that is not in the footprint, and how large it is."""
    text = speaker.say("said.by", what=what, person=said.person, reason=said.reason)
    if said.estimate is None:
        return text + " " + speaker.say("said.unknown")
    return text + " " + speaker.say("said.estimate", tonnes=speaker.number(said.estimate), basis=said.basis)


def _who(speaker: Speaker, code: str, publication: Publication) -> str:
    return speaker.say(
        code, period=publication.period, version=publication.version, person=publication.person,
        day=speaker.day(publication.made_at.date()), reason=publication.reason,
    )  # fmt: skip


def _total(speaker: Speaker, total: Total) -> Row:
    standard: Standard | None = standards().get(total.standard)
    name = standard.name.get(speaker.language) if standard else total.standard
    mark = "" if standard is None or standard.verified else f" ({speaker.say('standard.unverified')})"
    shares = quality_shares(speaker, total.quality, total.mg)
    label = f"{name}, {speaker.say('basis_of.' + total.basis)}{mark}"
    return [label, f"{speaker.number(total.mg)} mg", f"{speaker.tonnes(total.mg)} t CO2e", shares]


def quality_shares(speaker: Speaker, quality: Mapping[str, int], total: int) -> str:
    """Say which shares of a total were measured, estimated and so on; the largest first."""
    parts = sorted(quality.items(), key=lambda item: -abs(item[1]))
    shown = [f"{speaker.say('quality.' + name)} {speaker.percent(share(mg, total), 1)}" for name, mg in parts]
    return ", ".join(shown) or "–"


def print_published(context: Context, run: Run, standard: Standard, basis: str) -> None:
    """Say whether a run was published, what was published of its period before and after, and what would change now."""
    workspace, speaker = context.workspace, context.speaker
    period = str(run.period)
    of_period = workspace.publications_of(period)
    if not of_period:
        return
    for each in of_period:
        code = "show.published" if each.publication.run == run.id else "show.published_other"
        total = next((t.mg for t in each.publication.totals if (t.standard, t.basis) == (standard.id, basis)), None)
        context.line("  " + speaker.say(
            code, version=each.publication.version, person=each.publication.person,
            day=speaker.day(each.publication.made_at.date()), reason=each.publication.reason,
            run=each.publication.run, total=None if total is None else speaker.tonnes(total),
        ))  # fmt: skip
    last = of_period[-1].publication
    if last.run != run.id:
        return
    print_not_in_it(context, last)
    found = proposal(workspace, period)
    if found is not None:
        change = found.changes.get((standard.id, basis), 0)
        tonnes = ("+" if change > 0 else "") + speaker.tonnes(change)
        context.line("  " + speaker.say("show.proposal", tonnes=tonnes, published=last.run, later=found.run.id))
