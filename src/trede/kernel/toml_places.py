"""Where the values of a TOML file stand: line and column, for messages about a file that somebody wrote.

Python's reader of TOML gives values without places. This one reads the same text a second time, only for places; it is told
that the text is valid, since the reader has taken it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The way to a value: keys, and the numbers (from 0) of the elements of a list."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}\s#]+(?: [0-9][^,\]}\s#]*)?")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)


@dataclass(frozen=True)
class Places:
    """The places of a file's values."""

    text: str
    at: dict[Path, int]
    """Way to a value → where it begins in the text, from 0; of a table, where its heading or bracket stands."""

    def find(self, path: Path, beyond: int = 0) -> tuple[int, int]:
        """Return line and column, from 1, of a value or of the nearest table around it.

        Args:
            beyond: signs further, inside a text without the blanks before it; a text with `\\` in it, or one of several
                lines, is only known by its beginning.
        """
        while path and path not in self.at:
            path, beyond = path[:-1], 0
        start = self.at.get(path, 0)
        found = _STRING.match(self.text, start)
        if found:
            quotes = 3 if found.group()[:3] in ('"""', "'''") else 1
            inside = found.group()[quotes:]
            plain = "\\" not in inside and quotes == 1
            start += quotes + (beyond + len(inside) - len(inside.lstrip()) if plain else 0)
        line = self.text.count("\n", 0, start) + 1
        return line, start - (self.text.rfind("\n", 0, start) + 1) + 1


def places(text: str) -> Places:
    """Return the places of the values of a valid TOML text."""
    reader = _Reader(text)
    reader.document()
    return Places(text, reader.at)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.position = text, 0
        self.at: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.skip():
            start = self.position
            if self.text[start] == "[":
                table = self.heading()
                self.at.setdefault(table, start)
            else:
                self.pair(table)

    def heading(self) -> Path:
        several = self.text.startswith("[[", self.position)
        self.position += 2 if several else 1
        keys = self.key()
        self.position += 2 if several else 1
        path = self.known(keys[:-1])
        last: Path = (*path, keys[-1])
        if several:
            self.counts[last] = self.counts.get(last, -1) + 1
            self.at.setdefault(last, self.position)
            return (*last, self.counts[last])
        return last

    def known(self, keys: tuple[str, ...]) -> Path:
        """Return the way to a table, through the last element of each list of tables."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def key(self) -> tuple[str, ...]:
        found: list[str] = []
        while True:
            self.skip()
            match = _STRING.match(self.text, self.position) or _BARE.match(self.text, self.position)
            if match is None:
                raise ValueError("no key")
            found.append(match.group().strip("\"'"))
            self.position = match.end()
            self.skip()
            if self.text[self.position] != ".":
                return tuple(found)
            self.position += 1

    def pair(self, table: Path) -> None:
        path = (*table, *self.key())
        self.position += 1  # the sign =
        self.value(path)

    def value(self, path: Path) -> None:
        self.skip()
        self.at.setdefault(path, self.position)
        first = self.text[self.position]
        if first in "[{":
            self.position += 1
            number = 0
            while self.skip() and self.text[self.position] not in "]}":
                if first == "[":
                    self.value((*path, number))
                else:
                    self.pair(path)
                number += 1
                self.skip()
                self.position += self.text[self.position] == ","
            self.position += 1
            return
        match = _STRING.match(self.text, self.position) or _PLAIN.match(self.text, self.position)
        if match is None:
            raise ValueError("no value")
        self.position = match.end()

    def skip(self) -> bool:
        """Pass over blanks and comments; return whether anything is left."""
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.position < len(self.text)
