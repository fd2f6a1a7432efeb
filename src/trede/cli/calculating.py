"""Commands that calculate and show: run, runs, show."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from trede.analysis.uncertainty import Interval, intervals, under
from trede.catalogue.gwp import DEFAULT_GWP, GWP_SETS, gwp_set
from trede.catalogue.standards import Standard, find_standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.cli.context import Context
from trede.cli.findings import print_covered, print_open_findings
from trede.cli.grouping import print_groups
from trede.cli.intensities import print_intensities
from trede.cli.language import Speaker
from trede.cli.placing import placed
from trede.cli.publishing import print_published
from trede.cli.registering import name_base_year, print_excluded
from trede.cli.tables import RULE, Row, table
from trede.cli.uncertainty import rows as uncertainty_rows
from trede.engine.gases import GWP_PREFIX
from trede.engine.runs import Run
from trede.intake.fields import QUALITIES
from trede.inventory.footprint import Footprint, footprint_of, share
from trede.inventory.grouping import BELONGINGS
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.amounts import shown
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.workspace.running import Lists, freshness, is_current, run_period

QUALITY_ORDER = (*QUALITIES, "not-stated")


def register(commands: Any, speaker: Speaker) -> None:
    """Add the commands."""
    say = speaker.say
    run = commands.add_parser("run", help=say("help.run"), description=say("help.run"))
    run.add_argument("period", nargs="+", help=say("help.period"))
    run.add_argument("--own-year-lists", action="store_true", help=say("help.run.own"))
    run.add_argument("--gwp", choices=GWP_SETS, default=DEFAULT_GWP, help=say("help.run.gwp"))
    run.set_defaults(run=run_run)
    runs = commands.add_parser("runs", help=say("help.runs"), description=say("help.runs"))
    runs.set_defaults(run=run_runs)
    show = commands.add_parser("show", help=say("help.show"), description=say("help.show"))
    show.add_argument("name", nargs="+", help=say("help.run_name"))
    show.add_argument("--standard", nargs="*", default=[], help=say("help.standard"))
    show.add_argument("--by", choices=BELONGINGS, help=say("help.show.by"))
    show.add_argument("--intensity", action="store_true", help=say("help.intensity"))
    show.set_defaults(run=run_show)


def run_run(context: Context) -> int:
    """Calculate periods."""
    lists: Lists = "own-year" if context.args.own_year_lists else "pins"
    code = 0
    for text in context.args.period:
        run = run_period(context.workspace, Period.parse(text), lists, gwp=context.args.gwp)
        context.say(
            "run.done", period=run.period.name, run=run.id, records=context.speaker.number(run.result["records"]),
            rows=context.speaker.number(run.result["rows"]),
        )  # fmt: skip
        print_lists(context, run)
        for issue in placed(context, run, by_activity(context.speaker, run.issues)):
            context.line("  " + context.speaker.issue(issue))
        print_covered(context, run)
        if print_unmatched(context, run):
            code = 1
            if any(issue.code == "factor_year_missing" for issue in run.issues):
                context.line("  " + context.speaker.say("run.how_to_load"))
    return code


def by_activity(speaker: Speaker, issues: Sequence[Issue]) -> list[Issue]:
    """Take issues about one activity type and year together, and call the type by its name."""
    groups: dict[tuple[object, ...], list[Issue]] = {}
    for issue in issues:
        values = issue.values
        own = None if "activity_type" in values else id(issue)
        groups.setdefault((issue.code, values.get("activity_type"), values.get("year"), own), []).append(issue)
    merged = []
    for group in groups.values():
        values = group[0].values
        if "activity_type" in values:
            kind = vocabulary().types.get(str(values["activity_type"]))
            values["activity_type"] = kind.name.get(speaker.language) if kind else values["activity_type"]
            variants = [str(issue.values["attributes"]) for issue in group if issue.values.get("attributes")]
            values["attributes"] = (
                speaker.say("run.variants", count=len(variants)) if len(variants) > 1 else "".join(variants) or "–"
            )
        merged.append(Issue.make(group[0].severity, group[0].code, group[0].location, values))
    return merged


def run_runs(context: Context) -> int:
    """List the runs."""
    speaker = context.speaker
    published = {each.publication.run for each in context.workspace.publications.all()}
    rows = [
        [
            run.id,
            run.period.name,
            speaker.say(f"lists.{run.spec['lists']}"),
            run.gwp,
            speaker.number(run.result["rows"]),
            run.made["made_at"][:16],
            speaker.say("runs.published") if run.id in published else "",
        ]
        for run in context.workspace.runs()
    ]
    context.line(table(rows, right=(4,)) if rows else speaker.say("runs.none"))
    return 0


def run_show(context: Context) -> int:
    """Print the footprint of runs side by side, under each standard and basis."""
    runs = [context.workspace.find_run(name) for name in context.args.name]
    wanted = [find_standard(name) for name in context.args.standard] or list(standards().values())
    totals = [(standard, basis) for standard in wanted for basis in standard.bases]
    ranges = [intervals(run, [under(*total) for total in totals]) for run in runs]
    for number, (standard, basis) in enumerate(totals):
        views = [footprint_of(run, standard, basis) for run in runs]
        context.line()
        context.line(basis_title(context.speaker, standard, basis))
        print_footprints(context, runs, views, [found[number] for found in ranges])
        if context.args.by:
            print_groups(context, runs, standard, basis, context.args.by)
    if context.args.intensity:
        print_intensities(context, runs, wanted)
    for run in runs:
        context.line()
        context.say("show.run", period=run.period.name, run=run.id)
        print_lists(context, run)
        _print_gwp(context, footprint_of(run, wanted[0], wanted[0].bases[0]))
        print_published(context, run, wanted[0], wanted[0].bases[0])
        print_unmatched(context, run)
        print_covered(context, run)
        print_open_findings(context, run.period)
        _print_left_out(context, run)
    context.line()
    name_base_year(context)
    context.say("show.next", name=context.args.name[-1], standard=wanted[0].short)
    return 0


def print_unmatched(context: Context, run: Run) -> int:
    """Say which records have no factor: those that somebody left out, and how many are still open (returned).

    What was left out when a run was published is said with its publication.
    """
    if context.workspace.publications.of_run(run.id):
        return 0
    found = sort_unmatched(run.table("unmatched"), context.workspace.decisions.in_force())
    print_excluded(context, found)
    if found.count:
        context.line("  " + context.speaker.say("run.unmatched", count=context.speaker.number(found.count)))
    return found.count


def _print_left_out(context: Context, run: Run) -> None:
    """Say which rows of the run's files count in no figure, and whether anything changed since the run."""
    speaker, store = context.speaker, context.workspace.batch_store
    counts = [store.get(batch["id"]).counts for batch in run.spec["batches"]]
    if held := sum(count["held"] for count in counts):
        context.line("  " + speaker.say("show.held", count=speaker.number(held)))
    if rejected := sum(count["rejected"] for count in counts):
        context.line("  " + speaker.say("show.rejected", count=speaker.number(rejected)))
    workspace = context.workspace
    fresh = freshness(workspace, run)
    if fresh == "current":
        return
    if not workspace.publications.of_run(run.id):
        code = "show.stale" if fresh == "stale" else "show.older_version"
        context.line("  " + speaker.say(code, period=run.period.name))
    elif fresh == "stale" and not any(
        is_current(workspace, later) for later in workspace.runs() if later.period == run.period
    ):
        context.line("  " + speaker.say("show.stale_published", period=run.period.name))


def basis_title(speaker: Speaker, standard: Standard, basis: str) -> str:
    """Write a standard's name and a basis, with a mark when its headings were not checked."""
    mark = "" if standard.verified else f" ({speaker.say('standard.unverified')})"
    return f"{standard.name.get(speaker.language)}, {speaker.say(f'basis_of.{basis}')}{mark}"


def print_footprints(
    context: Context, runs: Sequence[Run], views: Sequence[Footprint], ranges: Sequence[Interval]
) -> None:
    """Print headings × runs in tonnes CO2e with two decimals; each figure is rounded on its own.

    Args:
        ranges: the interval of the total of each view.
    """
    speaker, language = context.speaker, context.speaker.language
    say = speaker.say
    rows: list[Row] = [[say("head.tonnes"), *(run.period.name for run in runs)], RULE]
    shown = [
        line.heading
        for at, line in enumerate(views[0].lines)
        if any(v.lines[at].mg or v.lines[at].accounts for v in views)
    ]
    for heading in shown:
        lines = [view.line(heading.id) for view in views]
        rows.append(["  " * lines[0].depth + heading.name.get(language), *(speaker.tonnes(line.mg) for line in lines)])
    rows += [RULE, [say("sum_total"), *(speaker.tonnes(view.total) for view in views)]]
    rows += uncertainty_rows(speaker, ranges)
    rows.append([say("beside.biogenic"), *(speaker.tonnes(view.biogenic) for view in views)])
    if any(view.not_covered for view in views):
        rows.append([say("beside.not_covered"), *(speaker.tonnes(sum(v.not_covered.values())) for v in views)])
    if any(run.table("outside").num_rows for run in runs):
        rows.append([say("beside.outside"), *(speaker.tonnes(view.outside) for view in views)])
    for quality in sorted({name for view in views for name in view.by_quality}, key=QUALITY_ORDER.index):
        shares = (share(view.by_quality.get(quality, 0), view.total) for view in views)
        rows.append(
            [say("beside.quality", quality=say(f"quality.{quality}")), *(speaker.percent(s, 1) for s in shares)]
        )
    context.line(table(rows, right=range(1, len(runs) + 1)))
    if any(_looks_wrong(view) for view in views):
        context.line("  " + say("rounding_note"))


def _looks_wrong(view: Footprint) -> bool:
    """Whether shown parts do not add up to the shown figure above them: headings to the total, and nested ones to theirs."""
    sums: dict[str | None, Decimal] = {}
    for line in view.lines:
        sums[line.heading.parent] = sums.get(line.heading.parent, Decimal(0)) + shown(line.mg, decimals=2)
    above = {line.heading.id: shown(line.mg, decimals=2) for line in view.lines if not line.accounts}
    total = shown(view.total, decimals=2)
    return any(parts != (total if parent is None else above.get(parent, parts)) for parent, parts in sums.items())


def print_lists(context: Context, run: Run) -> None:
    """Say which factor lists a run used, and on whose decision when a year had to use another year's list."""
    used: dict[tuple[str, str], None] = {}
    for row in run.table("plan").select(["factor", "decision"]).to_pylist():
        if row["factor"]:
            used[row["factor"].partition("#")[0], row["decision"] or ""] = None
    decisions = run.decisions
    for library, decision in used:
        if library.startswith(GWP_PREFIX):
            found = gwp_set(library.removeprefix(GWP_PREFIX))
            context.line("  " + context.speaker.say("list.gwp", gwp=found.id, title=found.title))
        elif decision in decisions:
            entry = decisions[decision]
            context.line("  " + context.speaker.say(
                f"list.{entry['kind']}", library=library, id=entry.get("recorded", decision), person=entry["person"],
                reason=entry["reason"],
            ))  # fmt: skip
        else:
            context.line("  " + context.speaker.say("list.own", library=library))


def _print_gwp(context: Context, view: Footprint) -> None:
    speaker = context.speaker
    gwp = ", ".join(f"{name} {speaker.tonnes(mg)} t" for name, mg in sorted(view.by_gwp.items()) if mg)
    context.line("  " + speaker.say("show.gwp", parts=gwp or "–"))
