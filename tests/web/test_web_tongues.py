"""Codes are shown by name; a name that only a list in another language has is marked as being in that language."""

from __future__ import annotations

import pytest
from web_site import Page, Site, text_of

from trede_web.bridge.ledger.attributes import called, called_in, choices_of
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import Said, joined

NL, EN = Voice("nl"), Voice("en")
GRID = "/o/ours/2024/grid/?source=reizen&type={}"


def test_a_code_has_the_name_of_its_list() -> None:
    assert called("stream", "paper-recycling", NL) == "Recycling: Papier en karton"
    assert not isinstance(called("stream", "paper-recycling", NL), Said)
    other = called("stream", "paper-recycling", EN)
    assert isinstance(other, Said)
    assert (other, other.language) == ("Recycling: Papier en karton", "nl")
    assert called("fuel", "petrol", EN) == "petrol"
    assert called("category", "1", NL).startswith("Categorie 1: ")
    assert called("category", "4-storage", EN) == "Category 4: upstream transportation and distribution (4-storage)"
    assert called("category", "by-code", EN) == "by-code"
    assert called_in({"classification": "nace-2", "code": "62.01"}, "code", NL).startswith("62.01 ")
    assert called_in({"classification": "rgs", "code": "WBedHuiHuw"}, "code", NL) == "WBedHuiHuw"
    assert choices_of("goods", ["other", "glass-primary"], NL)[0] == ("other", "overig")


def test_parts_keep_their_language_and_are_safe() -> None:
    text = joined(["<b>", Said(("a & b", "en")), "c"], ", ")
    assert text == "<b>, a & b, c"
    assert isinstance(text, Said)
    assert text.__html__() == '&lt;b&gt;, <span lang="en">a &amp; b</span>, c'
    assert text.language == ""
    assert type(joined(["a", "b"], "; ")) is str
    assert type(f"{text}!") is str


@pytest.mark.parametrize(("language", "marked"), [("nl", "en"), ("en", "nl")])
def test_names_of_the_other_language_are_marked_on_pages(site: Site, language: str, marked: str) -> None:
    client = site.client(language=language)
    for path in (
        "/o/ours/factors/?publisher=co2emissiefactoren",
        "/o/ours/factors/?publisher=desnz",
        "/o/ours/2024/choices/",
        GRID.format("waste"),
        GRID.format("waste-material"),
    ):
        page = Page(text_of(client.get(path, follow=True)))
        inside = {tag for each in page.find("span") if "lang" in each.attributes for tag, _ in each.inside}
        assert not inside & {"title", "option", "svg"}, path
        assert not [each for each in page.elements if any("<span" in value for value in each.attributes.values())], path
    for kind, expected in (("waste", "nl"), ("waste-material", "en")):
        page = Page(text_of(client.get(GRID.format(kind))))
        named = [each for each in page.find("option") if each.attributes.get("lang") == marked]
        assert (len(named) > 20) == (expected == marked), kind
    page = Page(text_of(client.get("/o/ours/2024/choices/")))
    spoken = {each.attributes["lang"] for each in page.find("span") if "lang" in each.attributes}
    assert spoken <= {marked}
    assert bool(spoken) == (language == "en"), "the example counts with a Dutch list"
