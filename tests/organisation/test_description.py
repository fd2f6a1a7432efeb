"""The description of an organisation: what it may say, and what is refused, at its place in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trede.kernel.errors import CatalogueError
from trede.kernel.models import Strict
from trede.organisation.model import Organisation
from trede.organisation.parts import (
    Denominator,
    Entity,
    Lease,
    Losses,
    LossShare,
    Ownership,
    Profile,
    Project,
    Site,
    Source,
    Unit,
    Value,
)
from trede.organisation.reading import load_organisation
from trede.workspace.describing import require_described

BASE = 'name = "Firm"\n[[entity]]\nid = "firm"\nname = "Firm"\n'
LEASE = '[[lease]]\nid = "hall"\nname = "Hall"\nasset = "building"\nkind = "operating"\n'
SITE = '[[site]]\nid = "north"\nname = "North"\nentity = "firm"\n'


def findings(text: str) -> list[tuple[str, str | None]]:
    """Return code and place of everything that is wrong."""
    with pytest.raises(CatalogueError) as caught:
        require_described(text.encode(), "organisation.toml")
    assert {issue.location.file for issue in caught.value.issues} == {"organisation.toml"}
    return [(issue.code, issue.location.column) for issue in caught.value.issues]


def owned(*periods: str) -> str:
    return BASE + f"ownership = [{', '.join(periods)}]\n"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (
            'approach = "financial-control"\n' + owned("{ share = 1, controlled = true }"),
            "ownership_financial_missing",
            "entity[firm].ownership[1].financial",
        ),
        (BASE + LEASE, "lease_without_site", "lease[hall].site"),
        (BASE + LEASE + 'site = "east"\n', "organisation_reference_unknown", "lease[hall].site"),
        (
            BASE + LEASE.replace("building", "vehicles") + "from = 2024-02-01\nto = 2024-01-31\n",
            "organisation_dates_reversed",
            "lease[hall]",
        ),
        ('name = "Firm"\nentity = []\n', "entity_missing", "entity"),
        (BASE + BASE.partition("\n")[2], "organisation_id_twice", "entity[firm]"),
        (BASE + SITE + SITE.replace('"north"', '"n2"'), "organisation_name_twice", "site[n2]"),
        (BASE + SITE.replace('"firm"', '"other"'), "organisation_reference_unknown", "site[north].entity"),
        (BASE + 'parent = "holding"\n', "organisation_reference_unknown", "entity[firm].parent"),
        (BASE + 'parent = "firm"\n', "organisation_parent_circle", "entity[firm].parent"),
        (BASE + SITE + "opened = 2024-02-01\nclosed = 2024-01-31\n", "organisation_dates_reversed", "site[north].closed"),
        (
            owned("{ from = 2024-05-01, to = 2024-04-30, share = 1, controlled = true }"),
            "organisation_dates_reversed",
            "entity[firm].ownership[1]",
        ),
        (
            owned(
                "{ to = 2024-06-30, share = 1, controlled = true }", "{ from = 2024-06-30, share = 0.4, controlled = false }"
            ),
            "ownership_overlaps",
            "entity[firm].ownership[2]",
        ),
        (BASE + '[[project]]\nid = "p"\nname = "P"\nunit = "x"\n', "organisation_reference_unknown", "project[p].unit"),
        (
            BASE + '[[source]]\nid = "gas"\nname = "Gas"\nfrom_year = 2024\nsites = ["east"]\n',
            "organisation_reference_unknown",
            "source[gas].sites",
        ),
        (
            BASE + '[[denominator]]\nid = "fte"\nname = "FTE"\nunit = "fte"\nkind = "stock"\n'
            'value = [{ period = "2024-Q5", value = 3, source = "s", quality = "measured" }]\n',
            "period_unreadable",
            "denominator[fte].value[1]",
        ),
        (
            BASE + '[[denominator]]\nid = "fte"\nname = "FTE"\nunit = "fte"\nkind = "stock"\nvalue = [\n'
            '{ period = "2024", value = 3, source = "s", quality = "measured" },\n'
            '{ period = "2024-01..2024-12", value = 4, source = "s", quality = "measured" }]\n',
            "denominator_value_twice",
            "denominator[fte].value[2]",
        ),
        (BASE + '[split]\nnatural-gas = "winter"\n', "split_profile_unknown", "split.natural-gas"),
        (BASE + '[split]\nnatural-glass = "days"\n', "split_type_unknown", "split.natural-glass"),
        (
            BASE + f'[[profile]]\nid = "winter"\nmonths = {[0] * 12}\nsource = "s"\n',
            "profile_empty",
            "profile[winter].months",
        ),
        (BASE + 'colour = "green"\n', "field_invalid", "entity.0.colour"),
        (owned("{ share = 1.5, controlled = true }"), "field_invalid", "entity.0.ownership.0.share"),
        (BASE + '[[profile]]\nid = "w"\nmonths = [1, 2]\nsource = "s"\n', "field_invalid", "profile.0.months"),
    ],
)  # fmt: skip
def test_a_contradiction_is_refused_at_its_place(text: str, code: str, place: str) -> None:
    assert findings(text) == [(code, place)]


def test_everything_wrong_is_told_at_once() -> None:
    text = BASE + LEASE + '[split]\nnatural-gas = "winter"\n'
    text = text.replace('name = "Firm"\n[[lease', 'name = "Firm"\nparent = "holding"\n[[lease')
    assert [code for code, _ in findings(text)] == [
        "organisation_reference_unknown", "lease_without_site", "split_profile_unknown",
    ]  # fmt: skip


def test_days_that_follow_each_other_do_not_overlap() -> None:
    text = owned(
        "{ to = 2024-06-30, share = 1, controlled = true }", "{ from = 2024-07-01, share = 0, controlled = false }"
    )
    (entity,) = load_organisation(text.encode(), "o").entity
    assert [each.controlled for each in entity.ownership] == [True, False]


def keys(model: type[Strict]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


TABLES: dict[str, type[Strict]] = {
    "The organisation": Organisation,
    "entity": Entity,
    "entity.ownership": Ownership,
    "site": Site,
    "lease": Lease,
    "losses": Losses,
    "losses.share": LossShare,
    "unit": Unit,
    "project": Project,
    "source": Source,
    "denominator": Denominator,
    "denominator.value": Value,
    "profile": Profile,
}


def test_every_key_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "organisation.md").read_text("utf-8")
    sections = dict(re.findall(r"^### `?([^`\n]+)`?\n(.*?)(?=^##|\Z)", page, re.M | re.S))
    for title, model in TABLES.items():
        documented = set(re.findall(r"^\| `([a-z_]+)` \|", sections[title], re.M))
        assert documented == keys(model), title


def test_the_pages_example_is_a_description() -> None:
    page = (Path(__file__).parents[2] / "docs" / "organisation.md").read_text("utf-8")
    (text,) = re.findall(r"```toml\n(name = .*?)```", page, re.S)
    found = require_described(text.encode(), "organisation.toml")
    assert all(getattr(found, name) for name in Organisation.model_fields), "the example shows every table"
