"""Activity types by the heading of a standard that their records come under, to offer a long list in parts."""

from __future__ import annotations

from functools import cache

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, standards
from trede.catalogue.vocabulary import ActivityType, Vocabulary, vocabulary


@cache
def headings_of_types(standard_id: str = "ghg-protocol") -> dict[str, tuple[str, ...]]:
    """Return for each shipped activity type the headings that its records may come under, in the standard's order.

    A record posts to an account of more than one stage; the first that the standard covers says where it belongs: fuel belongs
    under the heading of its combustion, not under that of its supply chain. A type without a heading is not covered.
    """
    standard, words = standards()[standard_id], vocabulary()
    order = [heading.id for heading in standard.headings]
    found = {}
    for ident, kind in words.types.items():
        named = {heading for group in _groups(words, kind) for heading in [_heading(standard, group)] if heading}
        found[ident] = tuple(sorted(named, key=order.index))
    return found


def _groups(words: Vocabulary, kind: ActivityType) -> set[str]:
    """Return the account groups that records of a type may post to, through the types of its legs too."""
    found = set(kind.groups)
    for posted in kind.posts:
        target = words[posted.type]
        for moved in [target.posting_to(group) for group in posted.groups] or [target]:
            by = moved.accounts.get("by", "")
            value = posted.attributes.get(by, "@")
            fixed = moved.accounts.get(value)
            found |= {fixed} if fixed is not None and not value.startswith("@") else _groups(words, moved)
    return found


def _heading(standard: Standard, group: str) -> str | None:
    """Return the heading of the first account of a group that the standard covers."""
    accounts = (account.id for account in chart().accounts.values() if account.group == group)
    return next((standard.heading_of[account] for account in accounts if account in standard.heading_of), None)
