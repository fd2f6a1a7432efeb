"""Airports: a route means what somebody wrote, a flight is as long as the sphere says, and a wrong code is named."""

from decimal import Decimal

import pytest

from trede.catalogue.airports import airports, canonical_route, flights, great_circle, papers
from trede.catalogue.inputs import Measure
from trede.kernel.errors import TredeError


@pytest.mark.parametrize(
    ("here", "there", "geodesic", "on_sphere"),
    # The geodesic on the ellipsoid WGS 84, worked out with Vincenty's inverse formula for these coordinates.
    [("AMS", "JFK", "5863.3", "5848"), ("AMS", "CDG", "398.6", "398"), ("LHR", "SYD", "17016.0", "17021")],
)
def test_a_flight_is_a_great_circle(here: str, there: str, geodesic: str, on_sphere: str) -> None:
    found = great_circle(here, there)

    assert found == great_circle(there, here) == Decimal(on_sphere)
    assert abs(found - Decimal(geodesic)) <= Decimal("0.005") * found


@pytest.mark.parametrize("text", ["AMS-CDG-JFK", " ams – cdg / jfk ", "AMS CDG JFK", "AMS->CDG->JFK", "Ams,Cdg;Jfk"])
def test_a_route_is_read_however_it_is_written(text: str) -> None:
    assert canonical_route(text) == "AMS-CDG-JFK"
    assert flights("AMS-CDG-JFK") == [Decimal(398), Decimal(5834)]


@pytest.mark.parametrize(
    ("text", "code", "values"),
    [
        ("AMS", "route_too_short", {"route": "AMS"}),
        ("  ", "route_too_short", {"route": "  "}),
        ("AMS-JFK-JFK", "route_stands_still", {"airport": "JFK"}),
        ("Schiphol-JFK", "airport_unknown", {"airport": "SCHIPHOL", "close": ["AMS (Amsterdam Airport Schiphol)"]}),
    ],
)
def test_a_wrong_route_is_an_issue(text: str, code: str, values: dict[str, object]) -> None:
    with pytest.raises(TredeError) as error:
        canonical_route(text)
    (issue,) = error.value.issues
    assert (issue.code, dict(issue.values)) == (code, values)


def test_close_codes_are_airports() -> None:
    with pytest.raises(TredeError) as error:
        canonical_route("AMS-JFX")
    close = error.value.issues[0].values["close"]
    assert isinstance(close, list)
    assert any(text.startswith("JFK (") for text in close)


def test_each_flight_falls_in_one_band() -> None:
    bands = [Measure(route="r", at_most=Decimal(699)), Measure(route="r", at_least=Decimal(700), at_most=Decimal(2500)),
             Measure(route="r", at_least=Decimal(2501))]  # fmt: skip
    for route in ("AMS-CDG-JFK", "AMS-MAD-AMS", "AMS-LHR-SYD-AMS"):
        parts = [band.of(route) for band in bands]
        assert sum(part for part in parts if part is not None) == sum(flights(route))
    assert bands[1].of("AMS-CDG-JFK") is None


def test_the_table_is_whole() -> None:
    assert len(airports()) == 7884
    assert all(-90 <= a.lat <= 90 and -180 <= a.lon <= 180 and len(a.country) == 2 for a in airports().values())
    assert papers().licence == "MIT"
