"""The chart of accounts, from `accounts/accounts.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, Text, load


class _Stage(Strict):
    id: str
    name: Text


class _Group(Strict):
    id: str
    name: Text
    stages: tuple[str, ...]


class _File(Strict):
    stage: tuple[_Stage, ...]
    group: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """One account: a group of activities and a stage. `order` is its place in the chart."""

    id: str
    group: str
    stage: str
    group_name: Text
    stage_name: Text
    order: int


@dataclass(frozen=True)
class Chart:
    """All accounts by id, in order."""

    accounts: Mapping[str, Account]
    groups: Mapping[str, Text]

    def __getitem__(self, account_id: str) -> Account:
        return self.accounts[account_id]


@cache
def chart() -> Chart:
    """Load the chart of accounts.

    Raises:
        CatalogueError: `id_twice`, or `stage_unknown` for a group that names a stage that is not declared.
    """
    data = load(_File, CATALOGUE / "accounts" / "accounts.toml")
    stages = {stage.id: stage.name for stage in data.stage}
    accounts: dict[str, Account] = {}
    for group in data.group:
        for stage in group.stages:
            if stage not in stages:
                raise CatalogueError.of("stage_unknown", stage=stage, group=group.id)
            ident = f"{group.id}.{stage}"
            if ident in accounts:
                raise CatalogueError.of("id_twice", Location(file="accounts.toml"), id=ident)
            accounts[ident] = Account(ident, group.id, stage, group.name, stages[stage], len(accounts))
    return Chart(accounts, {group.id: group.name for group in data.group})
