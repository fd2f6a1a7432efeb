"""Commands about what is material: category, categories, materiality."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from trede.catalogue.standards import find_standard
from trede.cli.context import Context, read_file
from trede.cli.deciding import add_decision, record, why
from trede.cli.language import Speaker
from trede.cli.publishing import said_line
from trede.cli.registering import read_size
from trede.cli.tables import RULE, Row, table
from trede.inventory.categories import STANDARD, CategoryView, by_influence, by_size, category_notices, share_of
from trede.inventory.footprint import share
from trede.inventory.publication import Said
from trede.kernel.errors import TredeError
from trede.methods.model import Methods
from trede.organisation.materiality import CATEGORIES, CategoryState, Influence, Materiality, Relevance, ranked
from trede.workspace.materiality import categories_of, materiality, read_table

ORDERS = ("number", "size", "influence")


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    category = add_decision(commands, speaker, "category", run_category)
    category.add_argument(
        "category", nargs="+", choices=CATEGORIES, metavar="category", help=say("help.category.number")
    )
    category.add_argument("--years", type=int, nargs="+", required=True, help=say("help.years"))
    status = category.add_mutually_exclusive_group(required=True)
    for name in get_args(Relevance):
        text = say(f"help.category.{name}")
        status.add_argument(f"--{name}", action="store_const", const=name, dest="relevance", help=text)
    category.add_argument("--influence", choices=get_args(Influence), help=say("help.category.influence"))
    category.add_argument("--estimate", help=say("help.estimate"))
    category.add_argument("--basis", default="", help=say("help.estimate.basis"))
    listing = commands.add_parser("categories", help=say("help.categories"), description=say("help.categories"))
    listing.add_argument("name", help=say("help.run_name"))
    listing.add_argument("--by", choices=ORDERS, default="number", help=say("help.categories.by"))
    listing.add_argument("--basis", choices=("location", "market"), help=say("help.categories.basis"))
    listing.set_defaults(run=run_categories)
    declared = commands.add_parser("materiality", help=say("help.materiality"), description=say("help.materiality"))
    declared.add_argument("file", type=Path, nargs="?", help=say("help.materiality.file"))
    declared.add_argument("--reason", help=say("help.reason"))
    declared.add_argument("--by", help=say("help.by"))
    declared.set_defaults(run=run_materiality)


def run_category(context: Context) -> int:
    """Say whether categories of scope 3 are relevant."""
    args = context.args
    size = read_size(context)
    if size and (args.relevance == "relevant" or len(set(args.category)) > 1):
        raise TredeError.of("category_estimate_wrong")
    record(context, CategoryState(
        categories=tuple(dict.fromkeys(args.category)), years=tuple(args.years), relevance=args.relevance,
        influence=args.influence, **size, **why(context),
    ))  # fmt: skip
    return 0


def run_categories(context: Context) -> int:
    """Print the 15 categories of a run: relevance, tonnes, share, methods, quality and reason."""
    speaker, args = context.speaker, context.args
    run = context.workspace.find_run(args.name)
    views = categories_of(context.workspace, run, args.basis)
    ordered = by_size(views) if args.by == "size" else by_influence(views) if args.by == "influence" else views
    standard = find_standard(STANDARD)
    basis = speaker.say(f"basis_of.{standard.check_basis(args.basis)}")
    context.line(f"{standard.name.get(speaker.language)}, {basis}")
    heads = ("category", "state", "influence", "tonnes", "share", "estimate", "methods", "quality")
    rows: list[Row] = [[speaker.say(f"categories.head.{name}") for name in heads], RULE]
    methods = context.workspace.known_of(run.spec).methods
    rows += [_row(speaker, view, views, methods) for view in ordered]
    rows += [RULE, [speaker.say("sum_total"), "", "", speaker.tonnes(sum(view.mg for view in views))]]
    context.line(table(rows, right=(3, 4, 5)))
    _print_reasons(context, views)
    context.line()
    for issue in category_notices(views, run.period.name):
        context.line("  " + speaker.issue(issue))
    context.say("show.run", period=run.period.name, run=run.id)
    return 0


def _row(speaker: Speaker, view: CategoryView, views: Sequence[CategoryView], methods: Methods) -> Row:
    part = share_of(view, views)
    decision = view.decision
    influence = decision.influence if decision else None
    qualities = sorted(view.quality.items(), key=lambda item: -abs(item[1]))
    shares = [f"{speaker.say('quality.' + name)} {speaker.percent(share(mg, view.mg))}" for name, mg in qualities]
    return [
        view.heading.name.get(speaker.language),
        speaker.say(f"categories.state.{view.state}"),
        speaker.say(f"categories.influence.{influence}") if influence else "–",
        speaker.tonnes(view.mg) if view.quality else "–",
        "–" if part is None else speaker.percent(part),
        "–" if view.missing is None else speaker.tonnes(view.missing),
        "; ".join(methods.called(view.methods, speaker.language)) or "–",
        ", ".join(shares) or "–",
    ]


def _print_reasons(context: Context, views: Sequence[CategoryView]) -> None:
    """Say who said what of which category, and why."""
    speaker = context.speaker
    told = [view for view in views if view.said and view.decision and view.decision.relevance != "relevant"]
    if told:
        context.line()
    for view in told:
        assert view.said is not None
        state = speaker.say(f"categories.state.{view.state}")
        context.line(
            "  " + said_line(speaker, f"{view.heading.name.get(speaker.language)}: {state}", Said.of(view.said))
        )


def run_materiality(context: Context) -> int:
    """Record the scored combinations of product and market, or show them in their order."""
    args = context.args
    if args.file is not None:
        if args.reason is None:
            raise TredeError.of("reason_too_short", reason="", shortest=3)
        found = read_table(read_file(args.file), args.file.name)
        record(context, Materiality(name=args.file.name, table=found, **why(context)))
    recorded = materiality(context.workspace)
    if recorded is None:
        context.say("materiality.none")
        return 0
    _print_materiality(context, recorded.decision)
    context.line()
    decision = recorded.decision
    context.say(
        "materiality.by", person=decision.person, day=context.speaker.day(decision.made_at.date()), id=recorded.id
    )
    context.say("materiality.own")
    return 0


def _print_materiality(context: Context, decision: Any) -> None:
    speaker, found = context.speaker, decision.table
    names = [criterion.name for criterion in found.criterion]
    rows: list[Row] = [
        ["", speaker.say("materiality.head.activity"), speaker.say("materiality.head.market"), *names,
         speaker.say("materiality.head.total")], RULE,
    ]  # fmt: skip
    order = ranked(found)
    for each in order:
        scores = (each.combination.scores[criterion.id].score for criterion in found.criterion)
        shown = [_number(speaker, value) for value in (*scores, each.total)]
        rows.append([str(each.rank), each.combination.activity, each.combination.market, *shown])
    context.line(table(rows, right=(0, *range(3, 4 + len(names)))))
    context.line()
    for each in order:
        context.line(f"  {each.rank}. {each.combination.activity} – {each.combination.market}")
        for criterion in found.criterion:
            context.line(f"     {criterion.name}: {each.combination.scores[criterion.id].reason}")


def _number(speaker: Speaker, value: Decimal) -> str:
    return speaker.number(value.normalize() if value else Decimal(0))
