"""The chart of accounts: groups and stages, each account once."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue import accounts
from trede.catalogue.accounts import Chart, chart
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError

SHIPPED = (CATALOGUE / "accounts" / "accounts.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Chart:
    folder = tmp_path / "accounts"
    folder.mkdir(exist_ok=True)
    (folder / "accounts.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(accounts, "CATALOGUE", tmp_path)
    return chart.__wrapped__()


def test_an_account_is_a_group_and_a_stage_in_order() -> None:
    found = list(chart().accounts.values())
    assert [account.order for account in found] == list(range(len(found)))
    assert all(account.id == f"{account.group}.{account.stage}" for account in found)
    assert {account.group for account in found} == set(chart().groups)
    assert all(account.group_name.nl and account.stage_name.en for account in found)


def test_the_accounts_of_a_group_stand_together() -> None:
    groups = [account.group for account in chart().accounts.values()]
    runs = [group for n, group in enumerate(groups) if n == 0 or groups[n - 1] != group]
    assert len(runs) == len(set(runs))


def test_what_has_a_total_has_a_place_for_all_stages() -> None:
    """Bicycles and own generation are zero by definition; everything else may be split, unsplit or rounded."""
    for group in chart().groups:
        stages = {account.stage for account in chart().accounts.values() if account.group == group}
        assert stages in ({"direct"}, {"direct", "upstream", "lifecycle", "rounding"}), group


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('id = "commuting.rail"', 'id = "commuting.car"', "id_twice"),
        ('stages = ["direct"]', 'stages = ["direct", "direct"]', "id_twice"),
        ('stages = ["direct"]', 'stages = ["tank-to-wheel"]', "stage_unknown"),
        ('stages = ["direct"]', 'stages = ["direct"]\nscope = 3', "field_invalid"),
        ('name = { nl = "LPG', 'name = { de = "LPG', "field_invalid"),
    ],
)
def test_a_broken_chart_does_not_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, code: str
) -> None:
    assert load(tmp_path, monkeypatch, SHIPPED).accounts.keys() == chart().accounts.keys()
    assert old in SHIPPED
    with pytest.raises(CatalogueError) as caught:
        load(tmp_path, monkeypatch, SHIPPED.replace(old, new, 1))
    assert {issue.code for issue in caught.value.issues} == {code}
