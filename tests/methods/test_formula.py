"""The language of formulas: what it reads, how it leans, and where it stops reading."""

from decimal import Decimal

import pytest

from trede.kernel.errors import CatalogueError
from trede.methods.dimensions import TRUTH, check, dimension, show
from trede.methods.formula import MAX_DEPTH, MAX_LENGTH, MAX_TOKENS, Binary, Call, Name, Node, Number, names, parse

A, B, C = Name("a"), Name("b"), Name("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a * b + c", Binary("+", Binary("*", A, B), C)),
        ("(a + b) * c", Binary("*", Binary("+", A, B), C)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a / b / c", Binary("/", Binary("/", A, B), C)),
        ("a / b * c", Binary("*", Binary("/", A, B), C)),
        ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
        ("-a * b", Binary("*", Binary("-", Number(Decimal(0)), A), B)),
        ("a - -b", Binary("-", A, Binary("-", Number(Decimal(0)), B))),
        ("a+b<=b*c", Binary("<=", Binary("+", A, B), Binary("*", B, C))),
        ("if(a < b, a, c)", Call("if", (Binary("<", A, B), A, C))),
        ("min(a, b, c)", Call("min", (A, B, C))),
        ("coalesce(a, 0.5)", Call("coalesce", (A, Number(Decimal("0.5"))))),
        ("quantity * main.direct", Binary("*", Name("quantity"), Name("main.direct"))),
        ("a * 0 [kg/Q]", Binary("*", A, Number(Decimal(0), "kg/Q"))),
        ("a*3.60[MJ/Q·h]", Binary("*", A, Number(Decimal("3.60"), "MJ/Q·h"))),
        ("min", Name("min")),
        (" a ", A),
    ],
)
def test_trees(text: str, tree: Node) -> None:
    assert parse(text) == tree


def test_a_number_keeps_its_digits() -> None:
    found = parse("0.10000000000000000001")
    assert isinstance(found, Number)
    assert str(found.value) == "0.10000000000000000001"


def test_names_in_the_order_of_writing() -> None:
    assert list(names(parse("b * if(a.x < c, b, 1) - a.x"))) == ["b", "a.x", "c", "b", "a.x"]


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("a +", 4),
        ("a b", 3),
        ("a + * b", 5),
        ("(a + b", 7),
        ("a)", 2),
        ("min(a)", 6),
        ("if(a, b)", 8),
        ("if(a, b, c, a)", 14),
        ("a < b < c", 7),
        ("a ^ b", 2),
        ("a; DROP TABLE x", 2),
        ("'a'", 1),
        ("a.", 2),
        ("1.", 2),
        ("[kg] a", 1),
        ("sqrt(a)", 5),
    ],
)
def test_where_reading_stops(text: str, position: int) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse(text)
    (issue,) = caught.value.issues
    assert (issue.code, issue.values) == ("formula_unreadable", {"formula": text, "position": position})


def nested(depth: int) -> dict[str, str]:
    return {
        "brackets": "(" * depth + "a" + ")" * depth,
        "signs": "-" * depth + "a",
        "calls": "min(a, " * depth + "a" + ")" * depth,
    }


@pytest.mark.parametrize("way", nested(1))
def test_depth_is_limited(way: str) -> None:
    parse(nested(MAX_DEPTH)[way])
    with pytest.raises(CatalogueError):
        parse(nested(MAX_DEPTH + 1)[way])
    with pytest.raises(CatalogueError):
        parse(nested(200)[way])


def test_length_is_limited() -> None:
    parse("a" * MAX_LENGTH)
    with pytest.raises(CatalogueError):
        parse("a" * (MAX_LENGTH + 1))


def test_the_number_of_terms_is_limited() -> None:
    terms = MAX_TOKENS // 2
    assert list(names(parse("+".join("a" * terms)))) == ["a"] * terms
    with pytest.raises(CatalogueError):
        parse("+".join("a" * (terms + 1)))


# --- dimensions ---

KNOWN = {"q": dimension("Q"), "f": dimension("kg/Q"), "e": dimension("MJ/Q"), "n": dimension("")}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("q * f", "kg"),
        ("q * e / (q * f)", "MJ/kg"),
        ("f / f", "1"),
        ("q * f + q * f", "kg"),
        ("-(q * f)", "kg"),
        ("0 - q", "Q"),
        ("n * 3 + 1", "1"),
        ("min(q, q * n)", "Q"),
        ("coalesce(f, 0.2 [kg/Q])", "kg/Q"),
        ("if(q < 10 [Q], f, 0 [kg/Q]) * q", "kg"),
        ("if(coalesce(n < 1, n < 2), q, q)", "Q"),
        ("q * 2 [MJ/Q·h]", "MJ/h"),
    ],
)
def test_dimensions(text: str, shown: str) -> None:
    assert show(check(parse(text), KNOWN)) == shown


@pytest.mark.parametrize(
    ("text", "left", "right", "op"),
    [
        ("q * f + q * e", "kg", "MJ", "+"),
        ("q - f", "Q", "kg/Q", "-"),
        ("q + 1", "Q", "1", "+"),
        ("q - 0", "Q", "1", "-"),
        ("1 - q", "1", "Q", "-"),
        ("q < f", "Q", "kg/Q", "<"),
        ("min(q, f)", "Q", "kg/Q", "min"),
        ("coalesce(f, 0)", "kg/Q", "1", "coalesce"),
        ("if(q < q, f, e)", "kg/Q", "MJ/Q", "if"),
        ("if(q, f, f)", "Q", "truth", "if"),
        ("(q < q) + (q < q)", "truth", "truth", "+"),
        ("(q < q) * f", "truth", "kg/Q", "*"),
        ("-(q < q)", "1", "truth", "-"),
    ],
)
def test_unlike_things_do_not_combine(text: str, left: str, right: str, op: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        check(parse(text), KNOWN)
    (issue,) = caught.value.issues
    assert (issue.code, issue.values) == ("formula_dimensions", {"left": left, "right": right, "op": op})


def test_an_unknown_name() -> None:
    with pytest.raises(CatalogueError) as caught:
        check(parse("q * main.direct"), KNOWN)
    (issue,) = caught.value.issues
    assert (issue.code, issue.values["name"]) == ("formula_name_unknown", "main.direct")


def test_a_comparison_is_a_truth() -> None:
    assert check(parse("q <= q"), KNOWN) == TRUTH
