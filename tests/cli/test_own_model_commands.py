"""The commands about own calculation models, with the example of the documentation as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trede.cli.main import main
from workspaces import EXAMPLE

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
SHOWN = re.search(r"```toml\n(.*?)```", PAGE, re.S)
TOLD = re.search(r"```text\n✗ (.*?)\n```", PAGE, re.S)


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command in a new workspace, beside the file of the example; returns exit code and what was printed."""
    monkeypatch.chdir(tmp_path)
    assert SHOWN is not None
    Path("bikes.toml").write_text(SHOWN[1], "utf-8")
    monkeypatch.setenv("TREDE_WORKSPACE", "ws")
    main(["init", "ws", "--organisation", str(EXAMPLE / "organisation.toml")])
    capsys.readouterr()

    def run(*arguments: str, language: str = "en") -> tuple[int, str]:
        code = main(["--lang", language, *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ("Delivery by cargo bike · 120 n", "120 n × 3.5 km/n × 0.025 kWh/km = 10.5 kWh · Charging electric cars",
                "120 n × 2 bag/n × 0.08 kgCO2e/bag = 19.2 kgCO2e", "Own measurements of 2025", "Nothing was stored.")),
        ("nl", ("Bezorging per bakfiets · 120 n", "120 n × 3,5 km/n × 0,025 kWh/km = 10,5 kWh", "19,2 kgCO2e",
                "Er is niets bewaard.")),
    ],
)  # fmt: skip
def test_trying_shows_the_working(call, language: str, lines: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    code, out = call("model", "try", "bikes.toml", language=language)
    assert code == 0
    for line in lines:
        assert line in out
    assert "own:delivery-bikes" not in call("models")[1]


def test_trying_a_record_of_ones_own(call) -> None:  # type: ignore[no-untyped-def]
    code, out = call(
        "model", "try", "bikes.toml", "--record", "quantity=10", "ride=2,5", "custom.bags=1", "date=2026-03-01"
    )
    assert (code, "10 n × 2.5 km/n × 0.025 kWh/km = 0.625 kWh" in out) == (0, True)
    code, out = call("model", "try", "bikes.toml", "--record", "quantity=10", "ride=250", "custom.bags=1")
    assert (code, "record, row 2, column ride" in out) == (1, True)
    for wrong in (["quantity"], ["quantity=1", "quantity=2"], ["=3"], ["quantity="], ["quantity=1\t2"]):
        assert call("model", "try", "bikes.toml", "--record", *wrong)[0] == 1


def test_a_year_without_a_factor_is_told(call) -> None:  # type: ignore[no-untyped-def]
    code, out = call(
        "model", "try", "bikes.toml", "--record", "quantity=10", "ride=2", "custom.bags=1", "date=2019-03-01"
    )
    assert code == 1
    assert "800" in out or "0.8" in out
    assert "2019" in out


def test_the_whole_road(call) -> None:  # type: ignore[no-untyped-def]
    assert call("model", "add", "bikes.toml")[0] == 0
    assert "version 1" in call("model", "add", "bikes.toml")[1]
    listed = call("models")[1]
    assert "own:delivery-bikes" in listed
    assert "electricity-vehicle, reported-emissions" in listed
    assert call("model", "show", "delivery-bikes")[1].strip() == Path("bikes.toml").read_text("utf-8").strip()
    assert call("template", "bikes.csv", "--types", "own:delivery-bikes")[0] == 0
    Path("bikes.csv").write_text(
        Path("bikes.csv").read_text("utf-8-sig").replace("EXAMPLE: ", "").replace("2024-01-31", "2026-01-31"), "utf-8"
    )
    code, out = call("import", "bikes.csv")
    assert code == 0, out
    code, out = call("run", "2026")
    assert code == 0, out
    assert call("verify")[0] == 0
    assert call("report", "2026", "--xlsx", "r.xlsx")[0] == 0
    assert call("status", "2026")[0] == 0
    assert call("findings", "2026")[0] == 0
    code, out = call("model", "withdraw", "delivery-bikes", "--reason", "sold", "--by", "A")
    assert (code, "bikes.csv" in out) == (1, True)
    batch = re.search(r"[0-9a-f]{16}", call("batches")[1])
    assert batch is not None
    assert call("withdraw", batch[0], "--reason", "sold", "--by", "A")[0] == 0
    assert call("model", "withdraw", "delivery-bikes", "--reason", "sold", "--by", "A")[0] == 0
    assert "withdrawn" in call("models")[1]
    assert "withdraw-model" in call("decisions")[1]
    assert call("import", "bikes.csv", "--source", "again")[0] == 1
    assert call("verify")[0] == 0
    assert call("model", "show", "no-such")[0] == 1


def test_the_fault_that_the_page_shows(call) -> None:  # type: ignore[no-untyped-def]
    path = Path("bikes.toml")
    path.write_text(path.read_text("utf-8").replace("quantity * ride *", "quantity * rides *"), "utf-8")
    code, out = call("model", "add", "bikes.toml")
    assert TOLD is not None
    assert (code, TOLD[1] in out) == (1, True), out
    assert call("models")[1].startswith("There are no own calculation models")
