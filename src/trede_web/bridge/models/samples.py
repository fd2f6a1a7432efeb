"""Samples: drawing one from a list of units, working its design out over the records, and taking the rest in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.analysis.sampling import draw, units_needed
from trede.cli.sampling import shown_interval
from trede.kernel.errors import TredeError
from trede.kernel.toml_text import toml_text
from trede.workspace import Workspace
from trede.workspace.sampling import extrapolate, extrapolated, read_design, work_out
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.intake.batches import BatchLine, batch_lines
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.speaking import LANGUAGES, Told, Voice

if TYPE_CHECKING:
    from trede_web.work.models import Job

FILE = "design.toml"
"""What issues call a design that was made on screen."""
DRAWN = ("random", "all", "cut-off", "convenience")
UNIT_FIELDS = ("supplier", "person", "document", "vehicle", "meter", "site", "department", "project", "entity")
MOST_UNITS = 20_000
SLUG = re.compile("[a-z0-9][a-z0-9-]{0,39}")


def sample_batches(workspace: Workspace) -> list[BatchLine]:
    """Return the files of what was extrapolated and counts."""
    ids = {batch.id for batch in extrapolated(workspace)}
    return [line for line in batch_lines(workspace) if line.id in ids]


def sample_types(workspace: Workspace, voice: Voice) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the activity types with their names: those of which records count, then the others."""
    words = workspace.known().vocabulary.types
    ids = {kind for batch in workspace.active_batches() for kind, _ in batch.kinds}
    names = [(ident, kind.name.get(voice.language)) for ident, kind in words.items()]
    names.sort(key=lambda pair: pair[1].casefold())
    return [pair for pair in names if pair[0] in ids], [pair for pair in names if pair[0] not in ids]


@dataclass(frozen=True)
class Drawn:
    """A design as text, made of a form."""

    title: str
    text: str


def draw_sample(workspace: Workspace, given: Mapping[str, Any], voice: Voice) -> tuple[Drawn | None, dict[str, str]]:
    """Draw a sample as a form asks; return the design, or what is wrong by field.

    Args:
        given: the fields as texts, `types` as a list; `seed` is the lot.
    """
    reading = _Reading(workspace, given, voice)
    design = reading.design()
    return (None, reading.wrong) if reading.wrong else (Drawn(design["title"], toml_text(design)), {})


def design_faults(workspace: Workspace, text: str, voice: Voice) -> tuple[str, list[Told]]:
    """Test the text of a design; return its title, or what is wrong in it."""
    try:
        return read_design(workspace, text.encode(), FILE).title, []
    except TredeError as error:
        return "", voice.told_all(error.issues)


def try_sample(workspace: Workspace, job: Job) -> Outcome:
    """Work a design out over the records that count today; records that do not fit it are told of."""
    data = job.asked["design"].encode()
    design = read_design(workspace, data, FILE)
    said: dict[str, Any] = {
        "title": design.title, "how": design.how, "start": design.start.isoformat(), "end": design.end.isoformat(),
        "unit": design.unit, "auxiliary": design.auxiliary or "",
        "strata": [
            {
                "id": each.id, "drawn": each.drawn, "n": each.n, "size": each.size,
                "units": [[name, "" if x is None else f"{x:f}"] for name, x in each.units.items()],
            }
            for each in design.stratum
        ],
    }  # fmt: skip
    try:
        found = work_out(workspace, data, FILE)
    except TredeError as error:
        return Outcome({**said, "fits": False, "measures": []}, [issue.to_json() for issue in error.issues])
    measures = [
        {
            "stratum": each.stratum.id, "type": each.activity_type, "unit": each.unit, "sample": f"{each.sample:f}",
            "rest": f"{each.rest:f}", "total": f"{each.total:f}",
            "interval": {language: shown_interval(Voice(language), [each]) for language in LANGUAGES},
        }
        for each in found.measures
    ]  # fmt: skip
    issues = [issue.to_json() for issue in found.issues]
    return Outcome({**said, "fits": True, "measures": measures, "records": len(found.rows)}, issues)


def take_rest(workspace: Workspace, job: Job) -> Outcome:
    """Take the rest of a sample in, in the place of what the design gave before."""
    found, imported = extrapolate(workspace, job.asked["design"].encode(), FILE, str(job.person))
    said = {"batch": imported.batch.id, "records": len(found.rows)}
    return Outcome(said, [issue.to_json() for issue in imported.issues], said)


@dataclass(frozen=True)
class Measured:
    """What a design says of one type: texts as they are shown."""

    stratum: str
    type: str
    sample: str
    rest: str
    total: str
    unit: str
    interval: str


def measures_of(workspace: Workspace, result: Mapping[str, Any], voice: Voice) -> list[Measured]:
    """Return what a worked-out design says, as it is shown."""
    words = workspace.known().vocabulary.types

    def number(text: str) -> str:
        return voice.number(Decimal(text), 2)

    return [
        Measured(
            each["stratum"], words[each["type"]].name.get(voice.language) if each["type"] in words else each["type"],
            number(each["sample"]), number(each["rest"]), number(each["total"]), each["unit"],
            each["interval"][voice.language],
        )
        for each in result["measures"]
    ]  # fmt: skip


def parted(line: str) -> tuple[str, str]:
    """Return the name of a unit and what stands behind the last semicolon or tab; without one, or a name before it, the line."""
    name, _, behind = line.replace("\t", ";").rpartition(";")
    name = name.rstrip("; ")
    return (name, behind) if name and behind else (line, "")


class _Reading:
    """Reads a form; `wrong` has what is wrong, by field."""

    def __init__(self, workspace: Workspace, given: Mapping[str, Any], voice: Voice) -> None:
        self.given, self.voice, self.word = given, voice, voice.word
        self.types = set(workspace.known().vocabulary.types)
        self.wrong: dict[str, str] = {}

    def design(self) -> dict[str, Any]:
        given = self.given
        units = self._units()
        drawn = given["drawn"] if given["drawn"] in DRAWN else ""
        for name, text in (("title", given["title"]), ("how", given["how"])):
            if len(text) < 3:
                self.wrong[name] = self.word("materiality.no_name")
        if not SLUG.fullmatch(given["ident"]):
            self.wrong["ident"] = self.word("estimates.no_ident")
        types = [each for each in given["types"] if each in self.types]
        if not types:
            self.wrong["types"] = self.word("samples.no_types")
        if given["unit"] not in UNIT_FIELDS:
            self.wrong["unit"] = self.word("samples.no_unit")
        if not drawn:
            self.wrong["drawn"] = self.word("samples.no_drawn")
        for name in ("first", "last"):
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", given[name]):
                self.wrong[name] = self.word("model.no_day")
        chosen, why = self._chosen(units, drawn)
        known = any(amount is not None for amount in units.values())
        if known and not given["auxiliary"]:
            self.wrong["auxiliary"] = self.word("samples.no_auxiliary")
        total = sum((amount for amount in units.values() if amount is not None), Decimal(0))
        stratum: dict[str, Any] = {"id": "all", "drawn": drawn, "size": len(units)}
        if known:
            stratum |= {"auxiliary": total, "units": {name: units[name] or Decimal(0) for name in chosen}}
        else:
            stratum |= {"units": chosen}
        if (extent := self._range(drawn)) is not None:
            stratum["range"] = extent
        return {
            "id": given["ident"], "title": given["title"], "how": f"{given['how']} {why}".strip(), "start": given["first"],
            "end": given["last"], "unit": given["unit"], "auxiliary": given["auxiliary"] if known else None,
            "records": {"activity_types": types, **({"source": given["source"]} if given["source"] else {})},
            "stratum": [stratum],
        }  # fmt: skip

    def _units(self) -> dict[str, Decimal | None]:
        """Return all units of the population: a name on each line, with the auxiliary behind a semicolon where it is known."""
        units: dict[str, Decimal | None] = {}
        lines = [line.strip() for line in self.given["units"].splitlines() if line.strip()]
        for number, line in enumerate(lines[: MOST_UNITS + 1], 1):
            name, behind = parted(line)
            amount = read_amount(behind, self.voice) if behind else None
            if name in units:
                self.wrong["units"] = self.word("samples.unit_twice", line=number, name=name)
            elif behind and (amount is None or amount < 0):
                self.wrong["units"] = self.word("samples.unit_amount", line=number, name=name)
            units[name] = amount
        if len(units) < 2 or len(units) > MOST_UNITS:
            self.wrong["units"] = self.word("samples.units_needed", most=MOST_UNITS)
        elif "units" not in self.wrong and len({amount is None for amount in units.values()}) > 1:
            self.wrong["units"] = self.word("samples.units_uneven")
        return units

    def _chosen(self, units: Mapping[str, Decimal | None], drawn: str) -> tuple[list[str], str]:
        """Return the units of the sample, and how they came to be these."""
        if drawn == "all":
            return list(units), ""
        if drawn == "convenience":
            named = [line.strip() for line in self.given["named"].splitlines() if line.strip()]
            if not named or not set(named) <= set(units):
                self.wrong["named"] = self.word("samples.named_needed")
            return named, ""
        count, why = self._count(len(units))
        if drawn == "cut-off":
            if any(amount is None for amount in units.values()):
                self.wrong["units"] = self.word("samples.largest_of_what")
                return [], ""
            return sorted(units, key=lambda name: (-(units[name] or 0), name))[:count], why
        told = self.word("samples.drawn_by_lot", count=count, whole=len(units), seed=self.given["seed"])
        return draw(units, count, self.given["seed"]), f"{why} {told}".strip()

    def _count(self, size: int) -> tuple[int, str]:
        """Return how many are drawn, and the reasoning when it follows from the margin that is wanted."""
        text = self.given["count"]
        if text:
            if not text.isdecimal() or not 1 <= int(text[:6]) < size:
                self.wrong["count"] = self.word("samples.no_count", whole=size)
                return 1, ""
            return int(text[:6]), ""
        margin, spread = (read_amount(self.given[name], self.voice) for name in ("margin", "spread"))
        if margin is None or spread is None or not 0 < margin <= 100 or not 0 < spread <= 1000:
            self.wrong["count"] = self.word("samples.count_or_margin")
            return 1, ""
        count = units_needed(size, spread / 100, margin / 100)
        return count, self.word(
            "samples.size_why",
            count=count,
            whole=size,
            margin=self.voice.number(margin),
            spread=self.voice.number(spread),
        )

    def _range(self, drawn: str) -> dict[str, Any] | None:
        given = [self.given[name] for name in ("low", "high", "basis")]
        if not any(given):
            return None
        low, high = (read_amount(text, self.voice) for text in given[:2])
        if drawn not in ("cut-off", "convenience"):
            self.wrong["low"] = self.word("samples.no_range")
        elif low is None or high is None or not given[2] or not 0 <= low <= high:
            self.wrong["low"] = self.word("samples.range_needed")
        return {"low": low, "high": high, "basis": given[2]}
