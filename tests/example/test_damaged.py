"""Damaged variants of the example's files: each is told plainly by place, and none gives a wrong number."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from typing import Any

import example_damaged_files
import example_damaged_rows
import pytest
from example_damage import Damage, Found, Sheet, variants
from example_reading import staged

from trede.cli.language import Speaker
from trede.intake import Staging
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue

Record = tuple[Any, ...]

VARIANTS: dict[str, Callable[[], Damage]] = {
    **variants(example_damaged_files),
    **variants(example_damaged_rows),
    **{name: partial(example_damaged_rows.cell, *told) for name, told in example_damaged_rows.CELLS.items()},
}


@cache
def whole(name: str) -> Staging:
    return staged(name)


def records(*stagings: Staging) -> Counter[Record]:
    """All accepted records, wherever they stand in the file."""
    return Counter(
        tuple(value for field, value in record.items() if field != "row")
        for staging in stagings
        for record in staging.records.to_pylist()
    )


def places(issues: tuple[Issue, ...]) -> Counter[Found]:
    return Counter((issue.code, issue.location.row, issue.location.column) for issue in issues)


def speaks(issues: tuple[Issue, ...], name: str) -> None:
    """Every issue names its file, and has a sentence in both languages that its parameters fill."""
    for issue in issues:
        assert issue.location.file == name
        for language in ("nl", "en"):
            sentence = Speaker(language).tell(issue)
            assert len(sentence) > 20
            assert len(sentence.split()) > 3


def test_there_are_many_variants() -> None:
    assert len(VARIANTS) >= 110


@pytest.mark.parametrize("variant", VARIANTS)
def test_damage_is_told_and_gives_no_wrong_number(variant: str) -> None:
    damage = VARIANTS[variant]()
    if damage.accepted is None:
        refuses(damage)
    else:
        keeps(damage, damage.accepted)


def refuses(damage: Damage) -> None:
    with pytest.raises(IntakeError) as caught:
        staged(damage.name, damage.data, **damage.options)
    found = places(caught.value.issues)
    assert damage.says
    assert next(iter(found)) == damage.says[0]
    assert set(damage.says) <= set(found)
    speaks(caught.value.issues, damage.name)


def keeps(damage: Damage, more: int) -> None:
    found, undamaged = staged(damage.name, damage.data, **damage.options), whole(damage.name)
    said, expected = places(found.issues), Counter(damage.says)
    assert expected <= said
    # Beside what the damage adds there is only what the file already had, perhaps on other rows.
    assert Counter(code for code, _, _ in (said - expected).elements()) == Counter(i.code for i in undamaged.issues)
    assert records(found) <= records(undamaged, staged("tankpas-2023.csv"))
    assert found.counts["accepted"] == undamaged.counts["accepted"] + more == found.records.num_rows
    assert sum(found.counts.values()) == found.rows.num_rows
    assert found.rows["row"].to_pylist() == list(range(1, found.rows.num_rows + 1))
    speaks(found.issues, damage.name)


def test_swapped_headings_that_no_arithmetic_betrays_differ_from_the_control_total() -> None:
    data = Sheet("laadpas.csv").rename({"kWh": "Kosten", "Kosten": "kWh"}).data()
    found = staged("laadpas.csv", data, control_total=Decimal(56710))
    assert next(iter(places(found.issues))) == ("control_total_differs", None, "kWh")
    speaks(found.issues, "laadpas.csv")
    assert staged("laadpas.csv", control_total=Decimal(56710)).issues == ()
