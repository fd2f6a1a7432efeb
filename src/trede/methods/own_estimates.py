"""An organisation's own estimates: dated figures that stand in for one that nobody gave, before those that ship.

One file holds all of them; the next version takes its place. Each fault is told with its line and character.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from pydantic import Field

from trede.catalogue.countries import countries
from trede.catalogue.estimates import ANYWHERE, Estimates, OwnEstimate, WithdrawnEstimate
from trede.catalogue.inputs import Input
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue
from trede.kernel.models import Strict
from trede.kernel.toml_places import Path
from trede.methods.own_file import Source, parse_toml

MOST = 1_000
Own = Mapping[str, Sequence[OwnEstimate]]


class EstimatesFile(Strict):
    """The file of own estimates, as `docs/models.md` describes it; an empty list takes all of them back.

    Those that were withdrawn stay in it with the reason; they answer nothing.
    """

    estimate: tuple[OwnEstimate, ...] = Field(max_length=MOST)
    withdrawn: tuple[WithdrawnEstimate, ...] = Field(default=(), max_length=MOST)


def read_estimates(data: bytes, name: str) -> Own:
    """Read own estimates by id, without asking whether anything uses them.

    Raises:
        CatalogueError: `toml_unreadable`, `field_invalid`, or `estimates_overlap` when two would answer for one record with
            equal right.
    """
    source, file = parse_toml(EstimatesFile, data, name)
    found: dict[str, list[OwnEstimate]] = {}
    issues = []
    for at, entry in enumerate(file.estimate):
        if any(entry.rivals(other) for other in found.setdefault(entry.id, [])):
            issues.append(Issue.error("estimates_overlap", source.at(("estimate", at)), id=entry.id))
        found[entry.id].append(entry)
    if issues:
        raise CatalogueError(*issues)
    return found


def read_list(data: bytes, name: str) -> EstimatesFile:
    """Read the file of own estimates with those that were withdrawn.

    Raises:
        CatalogueError: `toml_unreadable` or `field_invalid`.
    """
    return parse_toml(EstimatesFile, data, name)[1]


def check_estimates(data: bytes, name: str, words: Vocabulary, shipped: Estimates) -> Own:
    """Read own estimates, and test each against the figures that it can stand in for.

    Args:
        words: the types whose inputs may ask for an estimate, own models among them.
        shipped: the estimates that ship, for their units.

    Raises:
        CatalogueError: what `read_estimates` raises, and a fault for each unit, value, attribute or country that no figure
            could use: such an entry would never answer, without a word.
    """
    found = read_estimates(data, name)
    source, file = parse_toml(EstimatesFile, data, name)
    issues = [
        issue
        for at, entry in enumerate(file.estimate)
        for issue in _faults(entry, ("estimate", at), source, _uses(words, entry.id), shipped)
    ]
    if issues:
        raise CatalogueError(*issues)
    return found


def _uses(words: Vocabulary, ident: str) -> list[tuple[ActivityType, Input]]:
    return [(kind, each) for kind in words.types.values() for each in kind.inputs.values() if each.estimate == ident]


def _faults(
    entry: OwnEstimate, path: Path, source: Source, uses: Sequence[tuple[ActivityType, Input]], shipped: Estimates
) -> Iterator[Issue]:
    units = {declared.unit for _, declared in uses} | {other.unit for other in shipped.entries.get(entry.id, ())}
    if units and entry.unit not in units:
        told = {"value": entry.id, "found": entry.unit, "unit": ", ".join(sorted(units))}
        yield Issue.error("estimate_unit_differs", source.at((*path, "unit")), **told)
    for _, declared in uses:
        if not declared.allows(entry.value):
            where = source.at((*path, "value"))
            yield Issue.error("input_out_of_range", where, value=f"{entry.value:f}", bounds=declared.bounds)
            break
    if entry.geography not in (ANYWHERE, *countries()):
        yield Issue.error("country_unknown", source.at((*path, "geography")), value=entry.geography)
    for attribute, value in entry.attributes.items() if uses else ():
        allowed = sorted(
            {v for kind, _ in uses if attribute in kind.attributes for v in kind.attributes[attribute].values}
        )
        known = sorted({n for kind, _ in uses for n in kind.attributes})
        where = source.at((*path, "attributes", attribute))
        if attribute not in known:
            closest = get_close_matches(attribute, known, 1)
            yield Issue.error("model_attribute_unknown", where, name=attribute, known=closest or known)
        elif value not in allowed:
            yield Issue.error("model_attribute_value", where, attribute=attribute, value=value, allowed=allowed)
