"""Standards as mappings of accounts to headings, from `standards/*.toml`: one ledger, many views.

Each file maps every account exactly once: to a heading, or to "not in this standard" with a reason. A file that forgets
an account or maps one twice does not load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Literal

from trede.catalogue.accounts import chart
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict, Text, load


class Heading(Strict):
    """A heading: its accounts as patterns (`mobile-combustion.*.direct`); `parent` nests it."""

    id: str
    name: Text
    parent: str | None = None
    accounts: tuple[str, ...] = ()


class NotCovered(Strict):
    """Accounts that a standard leaves out, with the reason."""

    accounts: tuple[str, ...]
    reason: Text


class _File(Strict):
    id: str
    name: Text
    short: str
    edition: str
    verified: bool
    note: Text
    source: str
    bases: tuple[Literal["location", "market"], ...]
    heading: tuple[Heading, ...]
    not_covered: tuple[NotCovered, ...] = ()


@dataclass(frozen=True)
class Standard:
    """A standard with its mapping resolved over the chart of accounts.

    `bases` are the bases of electricity that it reads, one footprint for each; rows without a basis belong to all.
    """

    id: str
    name: Text
    short: str
    edition: str
    verified: bool
    note: Text
    source: str
    bases: tuple[str, ...]
    headings: tuple[Heading, ...]
    heading_of: Mapping[str, str] = field(repr=False)
    """account → heading id; an account that is not covered is not in it"""
    reason_of: Mapping[str, Text] = field(repr=False)
    """account that is not covered → reason"""

    def heading(self, heading_id: str) -> Heading:
        """Return a heading.

        Raises:
            CatalogueError: `heading_unknown`.
        """
        for heading in self.headings:
            if heading.id == heading_id:
                return heading
        raise CatalogueError.of(
            "heading_unknown", heading=heading_id, standard=self.id, known=[h.id for h in self.headings]
        )

    def check_basis(self, basis: str | None) -> str:
        """Return a basis that this standard reads; None: the first.

        Raises:
            CatalogueError: `basis_unknown`.
        """
        if basis is None:
            return self.bases[0]
        if basis not in self.bases:
            raise CatalogueError.of("basis_unknown", basis=basis, known=list(self.bases))
        return basis

    def accounts_under(self, heading_id: str) -> list[str]:
        """Return the accounts of a heading and of the headings nested in it, in the chart's order."""
        wanted = {heading_id}
        for heading in self.headings:
            if heading.parent in wanted:
                wanted.add(heading.id)
        return [account for account, heading in self.heading_of.items() if heading in wanted]


def load_standard(path: Path) -> Standard:
    """Load one mapping file.

    Raises:
        CatalogueError: `account_mapped_twice`, `account_not_mapped`, `pattern_matches_nothing` or `parent_unknown`.
    """
    data = load(_File, path)
    issues: list[Issue] = []
    here = Location(file=path.name)
    targets: dict[str, list[str]] = {account: [] for account in chart().accounts}
    ids = [heading.id for heading in data.heading]
    if len(ids) != len(set(ids)):
        issues.append(Issue.error("id_twice", here, id=data.id))
    entries: list[tuple[str, tuple[str, ...]]] = [(h.id, h.accounts) for h in data.heading]
    entries += [(f"not-covered:{i}", n.accounts) for i, n in enumerate(data.not_covered)]
    for target, patterns in entries:
        for pattern in patterns:
            matches = re.compile(translate(pattern)).match
            matched = [account for account in targets if matches(account)]
            if not matched:
                issues.append(Issue.error("pattern_matches_nothing", here, pattern=pattern, heading=target))
            for account in matched:
                targets[account].append(target)
    issues += [
        Issue.error("parent_unknown", here, heading=h.id, parent=h.parent)
        for h in data.heading
        if h.parent is not None and h.parent not in ids[: ids.index(h.id)]
    ]
    for account, found in targets.items():
        if not found:
            issues.append(Issue.error("account_not_mapped", here, account=account))
        elif len(found) > 1:
            issues.append(Issue.error("account_mapped_twice", here, account=account, headings=found))
    if issues:
        raise CatalogueError.from_issues(issues)
    reasons = {f"not-covered:{i}": n.reason for i, n in enumerate(data.not_covered)}
    return Standard(
        id=data.id, name=data.name, short=data.short, edition=data.edition, verified=data.verified, note=data.note,
        source=data.source, bases=data.bases, headings=data.heading,
        heading_of={a: f[0] for a, f in targets.items() if f[0] not in reasons},
        reason_of={a: reasons[f[0]] for a, f in targets.items() if f[0] in reasons},
    )  # fmt: skip


@cache
def standards() -> Mapping[str, Standard]:
    """Load the shipped standards by id, in the order of their file names."""
    loaded = [load_standard(path) for path in sorted((CATALOGUE / "standards").glob("*.toml"))]
    return {standard.id: standard for standard in loaded}


def find_standard(name: str) -> Standard:
    """Return a standard by its id or its short name.

    Raises:
        CatalogueError: `standard_unknown`.
    """
    for standard in standards().values():
        if name in (standard.id, standard.short):
            return standard
    raise CatalogueError.of("standard_unknown", standard=name, known=[s.short for s in standards().values()])
