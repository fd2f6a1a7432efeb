"""The writer of descriptions: what it writes reads back as the same; and a thing is changed without losing any other."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.kernel.errors import CatalogueError
from trede.organisation.changes import Change, changes
from trede.organisation.editing import with_facts, with_thing, without_thing
from trede.organisation.model import Organisation
from trede.organisation.reading import load_organisation
from trede.organisation.writing import has_comments, to_toml
from workspaces import EXAMPLE

FULL = """
name = "Firm"
approach = "financial-control"
associates = "category-15"

[split]
natural-gas = "winter"

[losses]
share = [{ country = "NL", from_year = 2024, to_year = 2024, share = 0.05, of = "delivered", source = "s" }]

[money]
order = "index-first"
inflation = [{ country = "NL", year = 2031, percent = 2.125, source = "s" }]

[uncertainty]
ratings = "ecoinvent-2"

[[entity]]
id = "firm"
name = "Firm"
ownership = [{ share = 0.333333, controlled = true, financial = "joint" }]

[[site]]
id = "north"
name = "North"
entity = "firm"

[[lease]]
id = "hall"
name = "Hall"
asset = "building"
kind = "finance"
operated = false
site = "north"

[[source]]
id = "gas"
name = "Gas"
from_year = 2022
owner = "Facilities"
frequency = "half-year"

[[profile]]
id = "winter"
months = [18, 16, 13.5, 8, 4, 2, 1, 0, 3, 7, 12, 15]
source = "s"
"""
TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip())
DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
AMOUNTS = st.decimals(min_value=Decimal("0.000000001"), max_value=10**12, places=9)


def read(text: str | bytes) -> Organisation:
    return load_organisation(text if isinstance(text, bytes) else text.encode(), "organisation.toml")


def said(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@st.composite
def organisations(draw: st.DrawFn) -> Organisation:
    """Draw a description: any text in any field, days, shares and figures of any length."""
    names = draw(st.lists(TEXTS, min_size=4, max_size=4, unique_by=lambda text: text.strip().casefold()))
    cut = draw(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
    owned = [
        {"to": cut, "share": draw(st.decimals(0, 1, places=6)), "controlled": draw(st.booleans())},
        {"from": cut.replace(year=cut.year + 1, day=1), "share": 1, "controlled": True, "financial": "joint"},
    ]
    values = draw(st.lists(st.tuples(st.integers(1990, 2100), AMOUNTS), max_size=4, unique_by=lambda pair: pair[0]))
    sites = [
        said(id="s1", name=names[1], entity="e1", aliases=[names[2]], opened=draw(DAYS)),
        said(id="s2", name=names[3], entity="e2", country="BE"),
    ]
    figures = [{"period": str(y), "value": v, "source": draw(TEXTS), "quality": "estimated"} for y, v in values]
    return Organisation.model_validate(
        {
            "name": draw(TEXTS),
            "entity": [
                {"id": "e1", "name": names[0], "ownership": owned[: draw(st.integers(0, 2))]},
                {"id": "e2", "name": "e2", "parent": "e1"},
            ],
            "site": sites,
            "project": [said(id="p", name="p", client=draw(TEXTS), **{"from": draw(DAYS)})],
            "denominator": [{"id": "d", "name": draw(TEXTS), "unit": draw(TEXTS), "kind": "flow", "value": figures}],
        }
    )


@settings(max_examples=150, deadline=None)
@given(organisations())
def test_what_is_written_reads_back(organisation: Organisation) -> None:
    written = to_toml(organisation)
    back = Organisation.model_validate(tomllib.loads(written.decode()))
    assert back == organisation
    assert to_toml(back) == written
    assert not has_comments(written)


@pytest.mark.parametrize("text", [FULL, (EXAMPLE / "organisation.toml").read_text("utf-8")])
def test_every_part_reads_back(text: str) -> None:
    before = read(text)
    assert read(to_toml(before)) == before
    assert changes(before, read(to_toml(before))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a note\na = 1", True),
        ("a = 1 # why", True),
        ('a = "# no comment"', False),
        ("a = '# no comment'", False),
        ('a = """\n# no comment\n"""', False),
        ('a = "quoted \\" # still" # yes', True),
    ],
)
def test_comments_are_seen(text: str, expected: bool) -> None:
    assert has_comments(text.encode()) is expected


def test_a_number_that_no_float_holds_keeps_its_digits() -> None:
    exact = Decimal("12345678901234567.123456789")
    figure = {"period": "2024", "value": exact, "source": "s", "quality": "measured"}
    after = with_thing(
        read(FULL), "denominator", {"id": "d", "name": "D", "unit": "t", "kind": "flow", "value": [figure]}
    )
    assert read(to_toml(after)).denominator[0].value[0].value == exact


def test_a_thing_is_changed_and_the_rest_stays() -> None:
    before = read(FULL)
    after = with_thing(before, "site", {"closed": date(2024, 6, 30), "country": "BE"}, "north")
    assert changes(before, after) == [Change("changed", "site", "north", "North", ("country", "closed"))]
    again = with_thing(after, "site", {"closed": None}, "north")
    assert again.site[0].closed is None
    added = with_thing(again, "unit", {"id": "care", "name": "Care"})
    assert [change.kind for change in changes(again, added)] == ["added"]
    assert without_thing(added, "unit", "care") == again.model_copy(update={"unit": ()})
    assert with_facts(before, {"approach": "equity-share"}).approach == "equity-share"
    assert read(to_toml(added)) == added


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (lambda o: with_thing(o, "site", {"name": "x"}, "south"), "organisation_reference_unknown", "site"),
        (lambda o: with_thing(o, "site", {"id": "s", "name": "S"}), "field_invalid", "site.1.entity"),
        (lambda o: with_thing(o, "site", {"country": "nl"}, "north"), "field_invalid", "site.0.country"),
        (lambda o: with_thing(o, "entity", {"parent": "firm"}, "firm"), "organisation_parent_circle", "entity[firm].parent"),
        (lambda o: without_thing(o, "site", "north"), "organisation_reference_unknown", "lease[hall].site"),
        (lambda o: with_facts(o, {"name": None}), "field_invalid", "name"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_refused_at_its_place(change: Any, code: str, place: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        change(read(FULL))
    assert [(issue.code, issue.location.column) for issue in caught.value.issues] == [(code, place)]
