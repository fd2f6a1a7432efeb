import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from trede.catalogue.shelves import shipped_libraries

SHARED = Path(os.environ.get("TREDE_SHARED", Path(__file__).parents[3] / "shared"))
FOUND = SHARED / "reference" / "nl_years_secondhand" / "nl_years.csv"
LIBRARY = shipped_libraries()["co2emissiefactoren-secondhand"]


@pytest.mark.shared
@pytest.mark.skipif(not FOUND.is_file(), reason="no collected values")
def test_every_value_was_found_with_that_name_and_year():
    rows = {
        (int(row["list_year"]), row["name_nl"], row["unit"] == "litre"): row
        for row in csv.DictReader(FOUND.open(encoding="utf-8"))
    }
    for factor in LIBRARY.factors.values():
        name = factor.place.partition(": ")[2]
        row = rows[factor.second_hand.list_year, name, factor.unit == "l"]
        assert "DERIVED" not in row["note"] or factor.direct is None, factor.id
        for column, value in (("wtw", factor.total), ("ttw", factor.direct), ("wtt", factor.upstream)):
            if value is not None:
                assert value == Decimal(row[column]), (factor.id, column)


def test_what_is_shipped_has_the_confidence_that_its_papers_say():
    counts: dict[str, int] = {}
    for factor in LIBRARY.factors.values():
        counts[factor.second_hand.confidence] = counts.get(factor.second_hand.confidence, 0) + 1
    assert counts == {"official": 13, "two-independent": 14, "single": 10, "inferred": 73}
