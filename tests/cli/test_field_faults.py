"""What is wrong with a field of organisation.toml is told in the user's language: which field, what was expected, what to do."""

from __future__ import annotations

import re

import pytest

from trede.cli.language import Speaker
from trede.kernel.errors import CatalogueError
from trede.kernel.faults import FAULTS
from trede.organisation.reading import load_organisation

BASE = 'name = "X"\n[[entity]]\nid = "x"\nname = "X"\n'
SITE = '[[site]]\nid = "s"\nname = "S"\nentity = "x"\n'
SOURCE = '[[source]]\nid = "gas"\nname = "Gas"\n'


def told(text: str, language: str) -> list[str]:
    with pytest.raises(CatalogueError) as error:
        load_organisation(text.encode(), "organisation.toml")
    return [Speaker(language).issue(issue) for issue in error.value.issues]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ('[[entity]]\nid = "x"\nname = "X"\n', "name", "het ontbreekt"),
        (BASE + 'colour = "green"\n', "entity 1, colour", "het is hier niet bekend"),
        ('approach = "ours"\n' + BASE, "approach", "Kies uit: operational-control, financial-control, equity-share"),
        (BASE + SITE + 'opened = "31 maart"\n', "site 1, opened", "«31 maart» is geen datum"),
        (BASE + SITE + 'country = "Nederland"\n', "site 1, country", "«Nederland» heeft niet de goede vorm"),
        (BASE + SITE + SITE.replace('"S"', "5"), "site 2, name", "Verwacht wordt een tekst"),
        (BASE + SOURCE + "from_year = 1899\n", "source 1, from_year", "1899 is te klein. Verwacht wordt 1990 of meer"),
        (BASE + SOURCE + 'from_year = "veel"\n', "source 1, from_year", "«veel» is geen geheel getal"),
        (BASE + 'ownership = [{ share = 1.5, controlled = true }]\n', "entity 1, ownership 1, share", "1.5 is te groot"),
        (BASE + 'ownership = [{ share = 1, controlled = "x" }]\n', "entity 1, ownership 1, controlled", "true (ja) of false"),
        (BASE + 'aliases = "Y"\n', "entity 1, aliases", "een lijst tussen vierkante haken"),
        (BASE + SITE.replace('"s"', '""'), "site 1, id", "is te kort. Schrijf minstens 1 teken"),
    ],
)  # fmt: skip
def test_a_fault_names_the_field_and_what_was_expected(text: str, place: str, says: str) -> None:
    [sentence] = told(text, "nl")
    assert sentence.startswith(f"✗ organisation.toml, veld {place}: Dit veld klopt niet: ")
    assert says in sentence
    assert not re.search(r"\b(input|should|field|valid|required|extra|permitted|string)\b", sentence.lower())
    assert told(text, "en")[0].startswith(f"✗ organisation.toml, field {place}: This field is wrong: ")


def test_every_kind_of_the_validator_is_brought_to_one_code() -> None:
    every = [kind for kinds in FAULTS.values() for kind in kinds]
    assert len(every) == len(set(every))
