"""Activity types that no bound list answers count with a factor that comes along, and stand under their own heading."""

import pytest

from trede.cases.reading import load_case
from trede.cases.running import run_case
from trede.kernel.errors import CatalogueError

CASE = """
id = "unlisted"
title = "unlisted"
source = {{ publication = "made for a test", address = "none" }}
settings = {{ years = [2026] }}
[[factor]]
name = "own"
activity = "{kind}"
unit = "{unit}"
{values}
source = "made for a test"
[[activity]]
type = "{kind}"
attributes = {{ {attributes} }}
quantity = 100
unit = "{unit}"
[[expect]]
what = "heading"
standard = "ghg"
basis = "market"
heading = "{heading}"
value = 250.000000
unit = "kg"
"""
KINDS = [
    ("cold", "GJ", "", "scope-2"),
    ("freight-vehicle", "km", 'mode = "van"', "scope-3.4"),
    ("hotel-stay", "room-night", 'country = "nl", purpose = "business"', "scope-3.6"),
    ("hotel-stay", "room-night", 'country = "be", purpose = "subcontractor"', "scope-3.1"),
    ("water", "m3", "", "scope-3.1"),
    ("waste-landfill", "t", 'material = "residual"', "scope-3.5"),
    ("waste-water-volume", "m3", "", "scope-3.5"),
]


@pytest.mark.parametrize(("kind", "unit", "attributes", "heading"), KINDS)
def test_an_own_factor_counts(kind: str, unit: str, attributes: str, heading: str) -> None:
    stages = "direct = 2.5" if heading in ("scope-2", "scope-3.4") else "total = 2.5"
    text = CASE.format(kind=kind, unit=unit, values=stages, attributes=attributes, heading=heading)
    result = run_case(load_case(text.encode(), "unlisted.toml"), "unlisted.toml")
    assert [comparison.difference for comparison in result.comparisons] == [0]
    assert result.holds


def test_a_factor_for_waste_has_no_stages() -> None:
    given = {"kind": "waste", "unit": "t", "attributes": 'stream = "glass-recycling"', "heading": "scope-3.5"}
    text = CASE.format(values="direct = 2.0\nupstream = 0.5", **given)
    with pytest.raises(CatalogueError) as caught:
        run_case(load_case(text.encode(), "unlisted.toml"), "unlisted.toml")
    assert {issue.code for issue in caught.value.issues} == {"factor_total_only"}
