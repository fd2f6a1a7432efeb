"""The shipped methods, and methods that do not load."""

from pathlib import Path

import pytest

from trede.catalogue.accounts import chart
from trede.catalogue.files import CATALOGUE
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import CatalogueError
from trede.kernel.models import load
from trede.methods.dimensions import check, dimension, show
from trede.methods.formula import Binary, Name, Number, parse
from trede.methods.model import FACTOR_VALUES, KG, Flow, Method, _File, shipped_methods

METHODS = shipped_methods().methods
FLOWS = [(method, flow) for method in METHODS.values() for flow in method.flow]
SHIPPED = CATALOGUE / "methods" / "energy_and_travel.toml"


@pytest.mark.parametrize(("method", "flow"), FLOWS, ids=lambda it: it.id)
def test_each_flow_gives_kilograms_and_joules(method: Method, flow: Flow) -> None:
    known = {"quantity": dimension("Q")}
    known |= {f"{slot}.{value}": dim for slot in method.slots for value, dim in FACTOR_VALUES.items()}
    assert check(parse(flow.formula), known) == KG
    if flow.biogenic is not None:
        assert check(parse(flow.biogenic), known) == KG
    if flow.energy is not None:
        assert show(check(parse(flow.energy), known)) == "MJ"


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda m: m.id)
def test_each_method_says_where_it_comes_from_and_how_it_works(method: Method) -> None:
    assert method.reference
    assert method.explanation.nl
    assert method.explanation.en
    assert method.ref == f"{method.id}@{method.version}"


def test_what_stands_beside_an_amount_is_a_plain_product() -> None:
    """The engine knows this one shape for biogenic CO2 and energy, with a value of the flow's own factor or a constant."""
    for _, flow in FLOWS:
        for text, value in ((flow.biogenic, "biogenic"), (flow.energy, "energy")):
            match parse(text) if text else None:
                case Binary("*", Name("quantity"), Name(symbol)):
                    slot = flow.formula.partition("* ")[2].partition(".")[0]
                    assert symbol == f"{slot}.{value}"
                case Binary("*", Name("quantity"), Number()) | None:
                    pass
                case other:
                    raise AssertionError(other)


def test_energy_is_counted_once_per_record_and_basis() -> None:
    for method in METHODS.values():
        for basis in {flow.basis for flow in method.flow}:
            counting = [flow.stage for flow in method.flow if flow.basis == basis and flow.energy]
            assert counting in ([], ["direct"], ["direct", "lifecycle"])


def test_every_activity_type_has_a_method_and_an_account_for_each_flow() -> None:
    for activity in vocabulary().types.values():
        method = METHODS[activity.method]
        for group in {group for key, group in activity.accounts.items() if key != "by"}:
            for flow in method.flow:
                assert f"{group}.{flow.stage}" in chart().accounts, (activity.id, flow.id)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('formula = "quantity * main.direct"', 'formula = "quantity * main.energy"'),
        ('formula = "quantity * main.direct"', 'formula = "quantity + main.direct"'),
        ('formula = "quantity * main.direct"', 'formula = "quantity * main.directt"'),
        ('formula = "quantity * main.direct"', 'formula = "quantity * location.direct"'),
        ('formula = "quantity * main.direct"', 'formula = "quantity * main.direct * quantity"'),
        ('formula = "quantity * main.direct"', 'formula = "quantity *"'),
        ('formula = "quantity * 0 [kg/Q]"', 'formula = "quantity * 0"'),
        ('energy = "quantity * main.energy"', 'energy = "quantity * main.direct"'),
        ('energy = "quantity * main.energy"', 'energy = "quantity * main.energy * 2"'),
        ('formula = "quantity * location.direct"', 'formula = "quantity * location.direct + quantity * market.direct"'),
        ('biogenic = "quantity * main.biogenic"', 'biogenic = "main.biogenic"'),
        ('minus = ["direct", "upstream"]', 'minus = ["direct", "lifecycle"]'),
        ('minus = ["direct", "upstream"]', 'minus = ["direct", "nothing"]'),
        ('unless = ["main.direct", "main.upstream"]', 'unless = ["main.nothing"]'),
        ('id = "upstream"', 'id = "direct"'),
        ('stage = "direct"', 'stage = "scope-1"'),
        ('slots = ["main"]', 'slots = ["main", "other"]'),
        ('reference = "GHG', 'source = "GHG'),
    ],
)
def test_a_broken_method_does_not_load(tmp_path: Path, old: str, new: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "methods.toml"
    path.write_text(text, encoding="utf-8")
    assert load(_File, path)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(_File, path)
    assert {issue.code for issue in caught.value.issues} == {"field_invalid"}
