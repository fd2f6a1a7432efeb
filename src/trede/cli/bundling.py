"""The command that bundles a run, and what `trede verify` says of a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trede.catalogue.standards import standards
from trede.cli.context import Context
from trede.cli.language import Speaker
from trede.cli.publishing import print_publication
from trede.cli.tables import table
from trede.inventory.footprint import footprint
from trede.workspace.bundling import SUFFIX, make_bundle
from trede.workspace.unbundling import BundleVerdict, verify_bundle


def register(commands: Any, speaker: Speaker) -> None:
    """Add the command."""
    say = speaker.say
    parser = commands.add_parser("bundle", help=say("help.bundle"), description=say("help.bundle"))
    parser.add_argument("name", help=say("help.run_name"))
    parser.add_argument("file", type=Path, help=say("help.bundle.file"))
    parser.add_argument("--with-originals", action="store_true", help=say("help.bundle.originals"))
    parser.set_defaults(run=run_bundle)


def run_bundle(context: Context) -> int:
    """Write the bundle of a run."""
    args, speaker = context.args, context.speaker
    run = context.workspace.find_run(args.name)
    made = make_bundle(context.workspace, run, args.file, with_originals=args.with_originals)
    context.say(
        "bundle.made", path=str(made.path), run=run.id, period=str(run.period), files=speaker.number(made.files),
        megabytes=speaker.number(str(made.size / 1_000_000), 1),
    )  # fmt: skip
    context.say("bundle.with_originals" if args.with_originals else "bundle.without_originals")
    context.say("bundle.next", path=str(made.path))
    return 0


def is_bundle(name: str) -> bool:
    """Whether the name that `trede verify` was given is that of a bundle."""
    return Path(name).suffix.lower() == SUFFIX


def run_verify_bundle(context: Context) -> int:
    """Verify a bundle by itself and print what was found; exit code 1 when the answer is no."""
    speaker = context.speaker
    verdict = verify_bundle(Path(context.args.name))
    for issue in verdict.issues:
        context.line(speaker.issue(issue))
    context.say("bundle.run", run=verdict.run, period=verdict.period, made=verdict.trede["run"])
    if not verdict.good:
        context.say("bundle.no")
        return 1
    context.line(_totals(speaker, verdict))
    for published in verdict.published:
        print_publication(context, published)
    context.say(
        "bundle.yes", files=speaker.number(verdict.files), batches=speaker.number(verdict.batches),
        mapped=speaker.number(verdict.mapped),
    )  # fmt: skip
    return 0


def _totals(speaker: Speaker, verdict: BundleVerdict) -> str:
    rows = []
    for standard in standards().values():
        for basis in standard.bases:
            mg = footprint(verdict.totals, standard, basis).total
            mark = "" if standard.verified else f" ({speaker.say('standard.unverified')})"
            name = f"  {standard.name.get(speaker.language)}, {speaker.say('basis_of.' + basis)}{mark}"
            rows.append([name, f"{speaker.number(mg)} mg", f"{speaker.tonnes(mg)} t CO2e"])
    return table(rows, right=(1, 2))
