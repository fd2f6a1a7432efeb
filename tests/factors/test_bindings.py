import pytest
from factor_sentences import say

from trede.catalogue.bindings import COLUMNS, bindings, bindings_for, read_bindings
from trede.catalogue.files import CATALOGUE
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import CatalogueError

PUBLISHER = "co2emissiefactoren"
DATA = (CATALOGUE / "bindings" / f"{PUBLISHER}.csv").read_bytes()
NL2026 = shipped_libraries()["co2emissiefactoren-2026-08-20"]
CHOOSES = {
    "fuel-vehicle": "fuel",
    "travel-car": "fuel",
    "travel-rail": "train",
    "travel-public-transport": "mode",
    "travel-air": "haul",
    "travel-hired-car": "fuel",
    "travel-two-wheeler": "mode",
    "travel-coach": "mode",
    "travel-coach-vehicle": "mode",
    "fuel-vehicle-gas": "fuel",
    "distance-vehicle": "fuel",
    "fuel-machinery": "fuel",
    "fuel-machinery-gas": "fuel",
    "fuel-vessel": "fuel",
    "fuel-stationary": "fuel",
    "fuel-stationary-gas": "fuel",
    "fuel-stationary-mass": "fuel",
    "wood-fuel": "wood",
    "green-gas": "origin",
    "freight": "mode",
    "waste": "stream",
}
POWER = ("electricity", "electricity-vehicle")


def names(rows) -> list[str]:
    return [row.name for row in rows]


@pytest.mark.parametrize(("activity_type", "attribute"), CHOOSES.items())
def test_every_value_of_a_choosing_attribute_has_one_answer_in_the_list(activity_type, attribute):
    for value in vocabulary()[activity_type].attributes[attribute].values:
        rows = bindings(activity_type, {attribute: value}, "main")
        assert rows, value
        answer = NL2026.find(*rows[0].key)
        assert answer is not None, value
        assert answer.status == "active", value
        assert [row.priority for row in rows] == list(range(1, len(rows) + 1))
        assert rows[0].reason_code == "binding_exact"
        assert "binding_exact" not in {row.reason_code for row in rows[1:]}


def test_every_activity_type_is_bound_or_needs_no_factor():
    bound = {activity_type for activity_type, *_ in bindings_for(PUBLISHER).rows}
    no_factor = {
        "travel-human-powered",
        "own-generation",
        "feed-in",
        "certificates",
        "electricity-netted",
        "reported-emissions",
        "financed-emissions",
        "spend",  # by sector, see `factors.spending`
    }
    not_in_list = {
        "cold",
        "freight-vehicle",
        "hotel-stay",
        "telework",
        "travel-air-class",
        "material",
        "water",
        "waste-landfill",
        "waste-material",
        "waste-water-volume",
    }
    released = {kind.id for kind in vocabulary().types.values() if kind.release}
    others = {kind.id for kind in vocabulary().types.values() if kind.posts}
    assert set(vocabulary().types) - bound == no_factor | not_in_list | released | others


@pytest.mark.parametrize("activity_type", POWER)
def test_power_has_a_factor_for_each_basis(activity_type):
    assert names(bindings(activity_type, {"control": "controlled"}, "location"))[0] == "Stroom (onbekend) gridmix"
    assert names(bindings(activity_type, {"control": "controlled"}, "market"))[0] == "Grijze Stroom"
    assert bindings(activity_type, {}, "main") == ()


def test_other_attributes_of_a_record_play_no_part():
    record = {"fuel": "petrol-e10", "control": "controlled", "delivery": "fuel-card"}
    rows = bindings("fuel-vehicle", record, "main")
    assert names(rows)[:2] == ["Benzine E10", "Benzine (fossiel) E0"]
    assert bindings("fuel-vehicle", {"control": "controlled"}, "main") == ()
    assert names(bindings("natural-gas", {"reading": "billed"}, "main"))[0] == "Aardgas (G-gas)"


def test_an_unknown_publisher_has_no_bindings():
    with pytest.raises(CatalogueError) as caught:
        bindings_for("nobody")
    assert [issue.code for issue in caught.value.issues] == ["bindings_missing"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("natural-gas,,main,1", "unnatural-gas,,main,1", "binding_activity_unknown"),
        ("fuel-vehicle,fuel=petrol-e0,main,1", "fuel-vehicle,fuel=petrol-e5,main,1", "binding_attribute_unknown"),
        ("fuel-vehicle,fuel=petrol-e0,main,1", "fuel-vehicle,colour=red,main,1", "binding_attribute_unknown"),
        ("fuel-vehicle,fuel=petrol-e10,main,1", "fuel-vehicle,control=controlled,main,1", "binding_attributes_differ"),
        ("fuel-vehicle,fuel=petrol-e0,main,1", "fuel-vehicle,fuel=petrol-e0,main,2", "binding_priority_wrong"),
        ("fuel-vehicle,fuel=petrol-e0,main,1", "fuel-vehicle,fuel=petrol-e0,other,1", "field_invalid"),
        ("fuel-vehicle,fuel=petrol-e0,main,1", "fuel-vehicle,fuel=petrol-e0,main,best", "field_invalid"),
        ("Warmtenetten,GJ,binding_exact", "Warmtenetten Zuid,GJ,binding_exact", "binding_factor_missing"),
        ("Warmtenetten,GJ", "Warmtenetten,kWh", "binding_factor_missing"),
        ("activity_type,", "type,", "table_columns_differ"),
    ],
)  # fmt: skip
def test_a_binding_that_names_what_is_not_there_is_refused(old, new, code):
    text = DATA.decode()
    assert text.count(old) == 1, old
    with pytest.raises(CatalogueError) as caught:
        read_bindings(text.replace(old, new).encode(), "b.csv", PUBLISHER, list(shipped_libraries().values()))
    for issue in caught.value.issues:
        say(issue)
    first = caught.value.issues[0]
    assert code in {issue.code for issue in caught.value.issues}
    assert first.location.file == "b.csv"
    assert first.location.row == text[: text.index(old)].count("\n") + 1


def test_an_answer_must_be_active_and_count_the_same_kind():
    head = ",".join(COLUMNS)
    withdrawn = "travel-car,fuel=petrol,main,1,Personenvervoer,Auto,Benzine Klein,voertuigkilometer,binding_exact"
    other = "electricity,,market,1,Warmtelevering,,Gemiddelde Warmtenetten,GJ,binding_exact"
    for row, code in ((withdrawn, "binding_factor_missing"), (other, "binding_kind_differs")):
        with pytest.raises(CatalogueError) as caught:
            read_bindings(f"{head}\n{row}\n".encode(), "b.csv", PUBLISHER, [NL2026])
        assert [(i.code, i.location.row) for i in caught.value.issues] == [(code, 2)]
