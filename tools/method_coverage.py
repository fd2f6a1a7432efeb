"""What each activity type has of the seven things that make a method whole, read from the catalogue itself."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from trede.catalogue.bindings import bindings_for, publishers
from trede.catalogue.files import CATALOGUE
from trede.catalogue.template import input_headings, shown_samples
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.methods.model import shipped_methods

CONSTRUCTED = ("constructed", "made up")
"""How the source of a case begins when no published example was found."""

HEAD = ("activity type", "method", "template", "import", "factor", "ledger rows", "explanation", "page", "example")


def rows() -> Iterator[tuple[str, ...]]:
    """Yield a row per activity type that posts something: a cell for each of the seven, empty where it is missing."""
    for kind in vocabulary().types.values():
        method = shipped_methods()[kind.method]
        if kind.refused or not (method.flow or method.leg):
            continue  # what posts nothing by its nature: certificates, feed-in, a netted bill
        parts = len(method.leg) or len(method.flow)
        word = "leg" if method.leg else "flow"
        sample = shown_samples({kind.id: kind})[kind.id]
        given = [*kind.attributes, *input_headings({kind.id: kind}, "en")]
        yield (
            f"[`{kind.id}`](activity-types.md#{kind.id})",
            f"`{method.id}`",
            f"{sample.quantity.normalize():f} {sample.unit}",
            f"{len(given)} {'column' if len(given) == 1 else 'columns'} of its own" if given else "the common columns",
            ", ".join(factors(kind)),
            f"{parts} {word if parts == 1 else word + 's'}",
            "formula with numbers" + (", figures that stood in" if kind.inputs else ""),
            f"[methods](methods.md#{method.id})",
            ", ".join(
                f"`{case}`{'' if published else ' (constructed)'}" for case, published in examples().get(kind.id, ())
            ),
        )


def factors(kind: ActivityType) -> list[str]:
    """Return whose factors answer a type: publishers, its legs' publishers, the potentials of gases, or its own figure."""
    if kind.posts:
        found = [name for posted in kind.posts for name in factors(vocabulary()[posted.type])]
        return list(dict.fromkeys(found))
    if kind.release is not None:
        return ["GWP of the species"]
    slots = shipped_methods()[kind.method].slots
    if not slots:
        return ["by definition"]
    return [name for name in publishers() if any(key[0] == kind.id for key in bindings_for(name).rows)] or [
        "own factor"
    ]


@cache
def examples() -> Mapping[str, list[tuple[str, bool]]]:
    """Return the cases of each activity type, with whether the example was published."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for path in sorted((CATALOGUE / "cases").glob("*.toml")):
        case = tomllib.loads(path.read_text("utf-8"))
        published = not case["source"]["publication"].lower().startswith(CONSTRUCTED)
        for kind in dict.fromkeys(activity["type"] for activity in case["activity"]):
            found.setdefault(kind, []).append((case["id"], published))
    return {kind: sorted(cases, key=lambda case: not case[1])[:3] for kind, cases in found.items()}
