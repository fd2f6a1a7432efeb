"""Each value that stands for a line of a publisher's list is called what the publisher calls it."""

from trede.catalogue.bindings import bindings_for, publishers
from trede.catalogue.published import ATTRIBUTES, language_of, published_names
from trede.catalogue.sectors import division_of
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary

OURS = {("goods", "other")}
"""What no list has."""


def test_every_such_value_has_a_name_of_its_own() -> None:
    values = {
        (name, value)
        for kind in vocabulary().types.values()
        for name, attribute in kind.attributes.items()
        if name in ATTRIBUTES
        for value in attribute.values
    }
    assert set(published_names()) == values - OURS
    for name in ATTRIBUTES:
        texts = [found.text for (attribute, _), found in published_names().items() if attribute == name]
        assert len(texts) == len(set(texts)), name


def test_a_name_is_the_publishers_in_its_language() -> None:
    written = {row.name for publisher in publishers() for rows in bindings_for(publisher).rows.values() for row in rows}
    assert all(any(found.text.endswith(name) for name in written) for found in published_names().values())
    assert published_names()["stream", "paper-recycling"] == ("Recycling: Papier en karton", "nl")
    assert published_names()["goods", "aggregates-primary"] == ("Aggregates, Primary material production", "en")


def test_the_language_of_a_list() -> None:
    spoken = {language_of(shipped_libraries()[name].papers) for name in ("co2emissiefactoren-secondhand",)}
    assert spoken == {"nl"}
    papers = shipped_libraries()["desnz-2025"].papers
    assert language_of(papers) == "en"
    assert language_of(papers.model_copy(update={"kind": "own"})) is None


def test_the_division_of_a_code() -> None:
    for scheme, code in (("nace-2", "62.01"), ("sbi-2008", "6201"), ("nace-2", "J62"), ("nace-2.1", "62")):
        found = division_of(scheme, code)
        assert found is not None
        assert found.code == "62"
    for scheme, code in (("nace-2.1", "46"), ("naics-2017", "621111"), ("nace-2", "J"), ("rgs", "62")):
        assert division_of(scheme, code) is None, (scheme, code)
