"""The rejected rows of a file: each with its number and reason, read in one go however many there are."""

from datetime import date
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq

from trede.cli.intake import with_reasons
from trede.cli.language import Speaker
from workspaces import Fill, create, fuel_card, take_in


def lines_of(root: Path, bad: int) -> tuple[list[list[str]], int]:
    """Take in a good row and some with a word for litres; return what is written of those, and how often a table was read."""
    fills = [Fill("B0", date(2024, 5, 1), "2,00"), *(Fill(f"X{n}", date(2024, 5, 2), "1,00") for n in range(bad))]
    batch = take_in(create(root), "tankpas-2024.csv", fuel_card(fills, "2,00").replace(b";1,00;", b";veel;")).batch
    assert batch.counts["rejected"] == bad
    with mock.patch.object(pq, "read_table", wraps=pq.read_table) as reads:
        return list(with_reasons(batch, batch.rows("rejected"), Speaker("nl"))), reads.call_count


def test_many_rejected_rows_take_no_more_reads_than_few(tmp_path: Path) -> None:
    few, reads_of_few = lines_of(tmp_path / "few", 2)
    many, reads_of_many = lines_of(tmp_path / "many", 40)
    assert (len(few), len(many)) == (1 + 2, 1 + 40)
    assert reads_of_many == reads_of_few
    assert [line[-2] for line in many[1:]] == [str(row) for row in range(3, 43)]
    assert all(line[-1].startswith("«veel» is geen getal") and line[0] == f"X{n}" for n, line in enumerate(many[1:]))
