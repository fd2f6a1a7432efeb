"""The places of values in TOML: each is where an editor shows it."""

import tomllib

import pytest

from trede.kernel.toml_places import Path, places

TEXT = '''# comment with "quotes" and [brackets]
id = "first"
name = { nl = "Één", en = "One" }   # behind
"with space".below = 'plain'
numbers = [
  1, 2.5,  # two
  [3, 4],
]
when = 2024-01-31 10:00:00

[table.inner]
text = """
several
lines"""
raw = \'\'\'a"b\'\'\'

[[leg]]
id = "one"
formula = "a + b"
[leg.attributes]
kind = "x"

[[leg]]
id = "two"
formula = 'c * d'
"quoted\\"key" = true
'''


@pytest.mark.parametrize(
    ("path", "beyond", "line", "column"),
    [
        (("id",), 0, 2, 7),
        (("name", "nl"), 0, 3, 16),
        (("name", "en"), 1, 3, 29),
        (("with space", "below"), 0, 4, 23),
        (("numbers", 1), 0, 6, 6),
        (("numbers", 2, 1), 0, 7, 7),
        (("when",), 0, 9, 8),
        (("table", "inner", "text"), 5, 12, 11),
        (("table", "inner", "raw"), 0, 15, 10),
        (("leg", 0, "formula"), 4, 19, 16),
        (("leg", 0, "attributes", "kind"), 0, 21, 9),
        (("leg", 1, "formula"), 2, 25, 14),
        (("leg", 1, "absent"), 3, 23, 1),
        (("nowhere",), 0, 1, 1),
    ],
)
def test_places(path: Path, beyond: int, line: int, column: int) -> None:
    assert places(TEXT).find(path, beyond) == (line, column)


def test_every_value_has_a_place() -> None:
    def ways(value: object, path: Path = ()) -> list[Path]:
        if isinstance(value, dict):
            return [way for key, each in value.items() for way in ways(each, (*path, key))]
        if isinstance(value, list):
            return [way for n, each in enumerate(value) for way in ways(each, (*path, n))]
        return [path]

    text = TEXT.replace('"quoted\\"key" = true\n', "")
    found = places(text).at
    assert [way for way in ways(tomllib.loads(text)) if way not in found] == []
