"""The small arithmetic language of methods: + − × ÷, min, max, coalesce, if.

    formula    = comparison
    comparison = sum [ ("<" | "<=" | ">" | ">=" | "==") sum ]
    sum        = product { ("+" | "-") product }
    product    = factor { ("*" | "/") factor }
    factor     = NUMBER [ "[" unit "]" ] | NAME | FUNCTION "(" formula { "," formula } ")" | "(" formula ")" | "-" factor

A name is a word with dots (`quantity`, `main.direct`). Only our own tree is ever compiled: no text of a formula reaches a
database or an interpreter of another language. Size and depth are limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from trede.kernel.errors import CatalogueError

MAX_DEPTH = 10
MAX_LENGTH = 2_000
MAX_TOKENS = 256
"""Limits that keep every walk over a tree shallow, and its SQL (where min and max write their parts twice) short."""

FUNCTIONS = {"min": 2, "max": 2, "coalesce": 2, "if": 3}
COMPARISONS = ("<", "<=", ">", ">=", "==")


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, with a unit such as `kg/Q` when it has a dimension."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """An input by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and a sign; products and sums lean to the left, as they are written."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    function: str
    args: tuple[Node, ...]


Node = Number | Name | Binary | Call

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)*)"
    r"|(?P<op><=|>=|==|[-+*/(),<>])|(?P<unit>\[[A-Za-z0-9·/ ^-]*\]))"
)


def parts(node: Node) -> tuple[Node, ...]:
    """Return the parts that a formula is made of, in the order in which they are written."""
    match node:
        case Binary(_, left, right):
            return left, right
        case Call(_, args):
            return args
        case _:
            return ()


def names(node: Node) -> Iterator[str]:
    """Yield the names in a formula in the order in which they are written, repeats included."""
    if isinstance(node, Name):
        yield node.name
    for part in parts(node):
        yield from names(part)


def parse(text: str) -> Node:
    """Parse a formula.

    Raises:
        CatalogueError: `formula_unreadable` with the formula and the position where reading stopped, or
            `formula_too_large` with the position where a limit is passed.
    """
    return _Parser(text).whole()


@dataclass(frozen=True)
class Placed:
    """A parsed formula that knows where its parts stand in its text."""

    tree: Node
    places: dict[int, int]
    """Identity of a part of the tree → position in the text, from 0: its first sign, or its operator."""

    def place(self, node: Node) -> int:
        """Return where a part of the tree stands."""
        return self.places.get(id(node), 0)


def parse_placed(text: str) -> Placed:
    """Parse a formula for somebody who must be told where something in it is wrong; raises what `parse` raises."""
    parser = _Parser(text)
    return Placed(parser.whole(), parser.places)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        self.places: dict[int, int] = {}
        if len(text) > MAX_LENGTH:
            self.fail(MAX_LENGTH, too_large=True)
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None or match.lastgroup is None:
                self.fail(position)
            self.tokens.append((match.lastgroup, match.group(match.lastgroup), match.start(match.lastgroup)))
            position = match.end()
        if len(self.tokens) > MAX_TOKENS:
            self.fail(self.tokens[MAX_TOKENS][2], too_large=True)
        self.at = 0

    def fail(self, position: int, *, too_large: bool = False) -> NoReturn:
        code = "formula_too_large" if too_large else "formula_unreadable"
        raise CatalogueError.of(code, formula=self.text[:200], position=position + 1)

    def put(self, node: Node, position: int) -> Node:
        self.places[id(node)] = position
        return node

    def ahead(self) -> int:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.peek()
        if not token or (expected and token not in expected):
            self.fail(self.ahead())
        self.at += 1
        return token

    def whole(self) -> Node:
        node = self.comparison(0)
        if self.at < len(self.tokens):
            self.fail(self.tokens[self.at][2])
        return node

    def comparison(self, depth: int) -> Node:
        left = self.sum(depth)
        position = self.ahead()
        if self.peek() in COMPARISONS:
            return self.put(Binary(self.take(), left, self.sum(depth)), position)
        return left

    def sum(self, depth: int) -> Node:
        left = self.product(depth)
        while self.peek() in ("+", "-"):
            position = self.ahead()
            left = self.put(Binary(self.take(), left, self.product(depth)), position)
        return left

    def product(self, depth: int) -> Node:
        left = self.factor(depth)
        while self.peek() in ("*", "/"):
            position = self.ahead()
            left = self.put(Binary(self.take(), left, self.factor(depth)), position)
        return left

    def factor(self, depth: int) -> Node:
        token = self.take()
        kind, _, position = self.tokens[self.at - 1]
        if depth > MAX_DEPTH:
            self.fail(position, too_large=True)
        if token == "-":
            return self.put(Binary("-", Number(Decimal(0)), self.factor(depth + 1)), position)
        if token == "(":
            node = self.comparison(depth + 1)
            self.take(")")
            return node
        if kind == "number":
            unit = ""
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "unit":
                unit = self.take()[1:-1].strip()
            return self.put(Number(Decimal(token), unit), position)
        if kind != "name":
            self.fail(position)
        if self.peek() == "(" and token in FUNCTIONS:
            self.take("(")
            args = [self.comparison(depth + 1)]
            while self.peek() == ",":
                self.take()
                args.append(self.comparison(depth + 1))
            self.take(")")
            if len(args) < FUNCTIONS[token] or (token == "if" and len(args) != 3):
                self.fail(self.tokens[self.at - 1][2])
            return self.put(Call(token, tuple(args)), position)
        return self.put(Name(token), position)
