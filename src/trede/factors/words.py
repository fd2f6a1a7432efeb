"""Words for searching: folded, with the Dutch and English names of one thing, forgiving typing errors."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from trede.catalogue.files import CATALOGUE
from trede.kernel.models import Strict, load

Phrase = tuple[str, ...]


class _Synonyms(Strict):
    concepts: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for: as typed, and the phrases that also mean it."""

    asked: Phrase
    others: tuple[Phrase, ...]


def fold(text: str) -> Phrase:
    """Return the words of a text in lower case without accents and signs."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(ch for ch in plain if not unicodedata.combining(ch))
    return tuple("".join(ch if ch.isalnum() else " " for ch in kept).split())


def terms(text: str) -> tuple[Term, ...]:
    """Split a search text into terms; the longest known phrase at each place is one term."""
    words, found, at = fold(text), [], 0
    known = _synonyms()
    while at < len(words):
        length = next((n for n in range(4, 0, -1) if words[at : at + n] in known and at + n <= len(words)), 1)
        asked = words[at : at + length]
        found.append(Term(asked, known.get(asked) or _nearly(asked, known)))
        at += length
    return tuple(found)


@lru_cache(maxsize=65_536)
def likeness(asked: str, word: str) -> tuple[int, str]:
    """Return how much a word is what was asked (0 to 100) and how: exact, prefix, inside, spelling."""
    if asked == word:
        return 100, "exact"
    if len(asked) >= 3 and word.startswith(asked):
        return 75, "prefix"
    if len(asked) >= 4 and asked in word:
        return 65, "inside"
    if near(asked, word):
        return 60, "spelling"
    return 0, ""


def near(left: str, right: str) -> bool:
    """Whether words differ by one typing error (two from eight letters on); no short words, no numbers."""
    shortest = min(len(left), len(right))
    if shortest < 4 or any(ch.isdigit() for ch in left + right):
        return False
    allowed = 1 if shortest < 8 else 2
    if abs(len(left) - len(right)) > allowed or len(set(left) ^ set(right)) > 2 * allowed:
        return False  # one error changes at most two of the letters that occur; this spares most words the table below
    return _distance(left, right) <= allowed


def _distance(left: str, right: str) -> int:
    """Count inserted, removed, changed and swapped letters (optimal string alignment)."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


@cache
def _synonyms() -> Mapping[Phrase, tuple[Phrase, ...]]:
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for concept in load(_Synonyms, CATALOGUE / "synonyms.toml").concepts:
        phrases = tuple(fold(phrase) for phrase in concept)
        for phrase in phrases:
            found[phrase] = found.get(phrase, ()) + tuple(other for other in phrases if other != phrase)
    return found


def _nearly(asked: Phrase, known: Mapping[Phrase, Sequence[Phrase]]) -> tuple[Phrase, ...]:
    """The meanings of a mistyped word: `electricty` is read as `electricity`."""
    close = [phrase for phrase in known if len(phrase) == 1 and near(asked[0], phrase[0])]
    return tuple(dict.fromkeys(other for phrase in close for other in (phrase, *known[phrase])))
