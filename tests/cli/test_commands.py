"""The commands as a user gives them: what they print in both languages, their exit codes and their messages."""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from trede.catalogue.files import CATALOGUE
from trede.catalogue.shelves import Libraries, folders_in, shipped_libraries
from trede.catalogue.standards import find_standard
from trede.cli.language import Speaker, choose_language
from trede.cli.main import main
from trede.intake import load_profile
from trede.inventory.footprint import footprint
from trede.kernel.errors import CatalogueError
from trede.workspace import Workspace
from workspaces import EXAMPLE, FILLS, LIST_2026, SAMPLES, Copy, Fill, fuel_card

SHARED = Path(os.environ.get("TREDE_SHARED") or Path(__file__).parents[3] / "shared")
FILES, PROFILES = EXAMPLE / "files", EXAMPLE / "profiles"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TREDE_LANG", "TREDE_WORKSPACE", "TREDE_BY", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def trede(capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a command; returns exit code, output and messages."""

    def give(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return give


def folder(workspace: Workspace) -> Path:
    return workspace.layout.root


def batch_of(workspace: Workspace, name: str) -> str:
    return next(batch.id for batch in workspace.active_batches() if batch.file_name == name)


# -- language


def test_dutch_is_the_default_and_others_are_asked_for() -> None:
    assert choose_language(None, {}) == "nl"
    assert choose_language(None, {"LANG": "C.UTF-8"}) == "nl"
    assert choose_language(None, {"LANG": "en_GB.UTF-8"}) == "en"
    assert choose_language(None, {"LANG": "en_GB.UTF-8", "TREDE_LANG": "nl"}) == "nl"
    assert choose_language("en", {"TREDE_LANG": "nl"}) == "en"
    assert choose_language(None, {"LC_ALL": "fr_FR", "LANG": "de_DE"}) == "nl"


def test_numbers_are_written_as_each_language_does(example: Workspace, trede: Run) -> None:
    address = "2024/ladder/scope-1/mobile-combustion.petrol.direct"
    view = footprint(example.find_run("2024").table("totals"), find_standard("ladder"), "market")
    mg = view.line("scope-1").accounts["mobile-combustion.petrol.direct"]
    tonnes, scope_1 = f"{Decimal(mg) / 10**9:.3f}", f"{Decimal(view.line('scope-1').mg) / 10**9:.2f}"
    assert mg == 38382 * 2_139_000
    told = {lang: trede("-w", folder(example), "--lang", lang, "explain", address)[1] for lang in ("nl", "en")}
    assert f"{mg:,} mg = {tonnes} t CO2e" in told["en"]
    assert f"{mg:,} mg".replace(",", ".") + f" = {tonnes.replace('.', ',')} t CO2e" in told["nl"]
    shown = trede("-w", folder(example), "show", "2024", "--standard", "ladder")[1]
    assert re.search(rf"^ +Scope 1 +{scope_1.replace('.', ',')}$", shown, re.MULTILINE)
    shown = trede("-w", folder(example), "--lang=en", "show", "2024", "--standard", "ladder")[1]
    assert re.search(rf"^ +Scope 1 +{re.escape(scope_1)}$", shown, re.MULTILINE)


COMMANDS = (
    "init", "inspect", "profiles", "import", "batches", "rows", "decide", "accept-difference", "withdraw", "pin",
    "override", "take-in", "revoke", "decisions", "factors", "factors search", "factors list", "factors show", "factors used",
    "factors import", "run", "runs", "show", "status", "explain", "verify",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = {}
    for lang in ("nl", "en"):
        with pytest.raises(SystemExit) as stop:
            main(["--lang", lang, *command.split(), "--help"])
        assert stop.value.code == 0
        told[lang] = " ".join(capsys.readouterr().out.split())
    assert told["nl"] != told["en"]
    assert all(f"trede {command.split(maxsplit=1)[0]}" in text for text in told.values())
    for lang, text in told.items():
        assert " ".join(Speaker(lang).say(f"help.{command.replace(' ', '.')}").split()) in text


def test_wrong_use_gives_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["nonsense"], [], ["import"], ["pin", "list", "--years", "x", "--reason", "abc"]):
        with pytest.raises(SystemExit) as stop:
            main(wrong)
        assert stop.value.code == 2
    assert "trede" in capsys.readouterr().err


# -- the whole thread, from an empty folder


def test_the_thread_in_dutch(tmp_path: Path, trede: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: PLR0915
    monkeypatch.setenv("TREDE_BY", "Kwaliteitsmedewerker")
    monkeypatch.setenv("TREDE_WORKSPACE", str(tmp_path / "w"))
    code, out, _ = trede("init", tmp_path / "w", "--organisation", EXAMPLE / "organisation.toml")
    assert (code, "Voorbeeld Schoonmaak B.V." in out) == (0, True)
    code, out, err = trede("init", tmp_path / "w", "--organisation", EXAMPLE / "organisation.toml")
    assert (code, out) == (1, "")
    assert "is al een werkruimte" in err

    code, out, _ = trede("import", FILES / "tankpas-2024.csv", "--profile", PROFILES / "tankpas.toml")
    assert code == 0
    assert out.startswith("tankpas-2024.csv: 1.126 rijen · batch ")
    for line in ("overgenomen .* 1.121", "wacht op besluit +2", "afgewezen +1", "samen: het hele bestand +1.126"):
        assert re.search(line, out), line
    assert "✗ tankpas-2024.csv, rij 437, kolom Liters: «4O,10» is geen getal met decimaalteken «,»." in out
    assert "! tankpas-2024.csv, rij 373" in out
    assert "verschil 40,1" in out
    sent = out.partition("batch ")[2].split()[0]
    code, out, _ = trede("import", FILES / "tankpas-2024.csv", "--profile", "tankpas")
    assert code == 0
    assert out.startswith(f"tankpas-2024.csv is al overgenomen (batch {sent}); er is niets veranderd.")

    code, out, _ = trede("rows", sent, "--fate", "held")
    assert re.findall(r"^ +(\d+)  wacht", out, re.MULTILINE) == ["373", "841"]
    code, _, err = trede("decide", sent, 12, "--drop", "--reason", "dubbel")
    assert code == 1
    assert "wachten niet op een besluit: 12" in err
    assert "373, 841" in err
    code, out, _ = trede("decide", sent[:6], 373, 841, "--drop", "--reason", "dubbele bonnen")
    assert code == 0
    assert out.count("vastgelegd door Kwaliteitsmedewerker: dubbele bonnen") == 1
    assert "Het besluit gaat over 2 rijen" in out
    assert re.search("wacht op besluit +0", out)
    decided = out.rpartition("batch ")[2].split()[0]

    code, out, _ = trede("import", FILES / "tankpas-2024-verbeterd.csv", "--profile", "tankpas", "--replaces", decided)
    assert code == 0
    mended = out.partition("batch ")[2].split()[0]
    assert trede("decide", mended, 373, 841, "--drop", "--reason", "dubbele bonnen")[0] == 0
    code, _, err = trede("decide", decided, 373, "--accept", "--reason", "toch niet")
    assert code == 1
    assert f"Batch {decided} telt al niet meer mee" in err

    code, out, _ = trede("run", "2024")
    assert code == 1, "a run in which records do not count is not in order"
    assert "1.122 records tellen niet mee" in out
    assert "trede factors import BESTAND" in out
    assert trede("pin", LIST_2026, "--years", 2024, "--reason", "lijst 2026 voor alle jaren")[0] == 0
    code, out, _ = trede("status", "2024")
    assert code == 0
    assert "2024 is berekend met andere bestanden, lijsten of besluiten dan er nu zijn: trede run 2024" in out
    code, out, _ = trede("run", "2024")
    assert code == 0
    assert f"Factorlijst {LIST_2026}, vastgezet door Kwaliteitsmedewerker" in out

    code, out, _ = trede("show", "2024")
    assert code == 0
    assert "CO2-Prestatieladder 3.1, marktbasis (indeling niet aan de normtekst getoetst)" in out
    assert re.search(r"^ +Scope 1 +134,00$", out, re.MULTILINE)
    code, out, _ = trede("verify")
    assert code == 0
    assert out.startswith("Ja: ")
    assert trede("runs")[0] == trede("batches")[0] == trede("decisions")[0] == trede("profiles")[0] == 0


def test_each_step_says_the_next(example: Workspace, trede: Run) -> None:
    """Following the advice at the end of each answer leads from the footprint to a cell."""
    root = folder(example)
    _, out, _ = trede("-w", root, "show", "2024")
    steps = 0
    while found := re.search(r"^Verder: trede (.+)$", out, re.MULTILINE):
        code, out, _ = trede("-w", root, *shlex.split(found.group(1)))
        assert code == 0
        steps += 1
    assert steps == 4, "heading, account, month, record"
    assert re.search(r"tankpas-2024-verbeterd.csv, rij \d+ \(sha256 93da1b8d5191…, batch", out)
    assert re.search(r"Liters +I +[\d,]+ +→ quantity", out)
    assert re.search(r"[\d,]+ l × 2,139 kg/l = [\d,]+ kg CO2e", out)
    assert "Kenteken" in out
    assert "p-" in out


# -- mistakes


def mistakes(root: Path, missing: Path) -> dict[str, tuple[Sequence[object], str, str]]:
    """Return wrong commands with what is said about them in both languages."""
    tankpas = ("--profile", PROFILES / "tankpas.toml")
    why = ("--reason", "because", "--by", "me")
    return {
        "no workspace": (("-w", missing, "batches"), "is geen werkruimte", "is no workspace"),
        "no file": (("-w", root, "import", missing, *tankpas), "bestaat niet", "does not exist"),
        "a folder": (("-w", root, "import", root, *tankpas), "niet te openen", "cannot be opened"),
        "no profile": (("-w", root, "import", FILES / "laadpas.csv", "--profile", "x"), "geen profiel", "no profile"),
        "wrong profile": (
            ("-w", root, "import", FILES / "laadpas.csv", *tankpas), "laadpas.csv, rij 1, kolom", "laadpas.csv, row 1, column",
        ),
        "no person": (("-w", root, "pin", LIST_2026, "--years", 2024, "--reason", "because"), "--by", "--by"),
        "no reason": (("-w", root, "pin", LIST_2026, "--years", 2024, "--by", "me", "--reason", "x"), "te kort", "too short"),
        "no list": (("-w", root, "pin", "x", "--years", 2024, *why), "geen factorlijst «x»", "no factor list"),
        "second hand": (
            ("-w", root, "pin", "co2emissiefactoren-secondhand", "--years", 2024, *why), "trede take-in", "trede take-in",
        ),
        "no type": (
            ("-w", root, "pin", LIST_2026, "--years", 2024, "--types", "petrol", *why), "«petrol»", "petrol",
        ),
        "no factor": (("-w", root, "take-in", f"{LIST_2026}#x", *why), "geen factor «x»", "no factor"),
        "no pair": (
            ("-w", root, "override", "fuel-vehicle", f"{LIST_2026}#{ANY}", "--attributes", "fuel", "--years", 2024, *why),
            "NAAM=WAARDE", "NAME=VALUE",
        ),
        "no value": (
            ("-w", root, "override", "fuel-vehicle", f"{LIST_2026}#{ANY}", "--attributes", "fuel=x", "--years", 2024, *why),
            "«x» is geen waarde van «fuel»", "is not a value of",
        ),
        "no decision": (("-w", root, "revoke", "x", *why), "geen besluit «x»", "no decision"),
        "no batch": (("-w", root, "withdraw", "x", *why), "geen batch «x»", "no batch"),
        "no run": (("-w", root, "show", "1999"), "geen berekening «1999»", "no run"),
        "no period": (("-w", root, "run", "20x4"), "geen periode", "not a period"),
        "no standard": (("-w", root, "show", "2024", "--standard", "x"), "norm «x»", "standard"),
        "no heading": (("-w", root, "explain", "2024/ghg/x"), "kopje «x»", "heading"),
        "no basis": (("-w", root, "explain", "2024/ladder:location"), "location", "location"),
        "no address": (("-w", root, "explain", "2024/ghg/a/b/c/d/e"), "geen adres", "no address"),
        "no record": (("-w", root, "explain", "2024/zzz"), "Record «zzz»", "zzz"),
        "no total": (
            ("-w", root, "import", FILES / "laadpas.csv", "--profile", PROFILES / "laadpas.toml", "--control-total", "1.234,5"),
            "«1.234,5» is geen getal", "is not a number",
        ),
        "wrong total": (
            ("-w", root, "import", FILES / "laadpas.csv", "--profile", PROFILES / "laadpas.toml", "--control-total", "5,5"),
            "een verschil van -56704,5", "a difference of -56704.5",
        ),
        "wrong setting": (("-w", root, "inspect", FILES / "laadpas.csv", "--decimal", "x"), "decimal=x", "decimal=x"),
    }  # fmt: skip


ANY = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen-met-bio-bijmenging/diesel-b7/liter"


@pytest.mark.parametrize("name", list(mistakes(Path(), Path())))
def test_mistakes_are_told_and_change_nothing(
    example: Workspace, copy: Copy, trede: Run, tmp_path: Path, name: str
) -> None:
    workspace = copy(example)
    arguments, dutch, english = mistakes(folder(workspace), tmp_path / "missing.csv")[name]
    before = [
        sorted(folder(workspace).joinpath(kind).iterdir()) for kind in ("batches", "decisions", "runs", "evidence")
    ]
    for lang, expected in (("nl", dutch), ("en", english)):
        code, out, err = trede("--lang", lang, *arguments)
        assert code == 1
        assert out == ""
        assert err.startswith("✗ ")
        assert expected in err
        assert "Traceback" not in err
    after = [
        sorted(folder(workspace).joinpath(kind).iterdir()) for kind in ("batches", "decisions", "runs", "evidence")
    ]
    assert after == before


def test_a_difference_is_accepted_as_the_message_names_it(
    example: Workspace, copy: Copy, trede: Run, tmp_path: Path
) -> None:
    root = folder(copy(example))
    file = tmp_path / "tankpas-2025.csv"
    file.write_bytes(fuel_card([Fill("Z1", date(2025, 5, 1), "24,50")], total="20,25"))
    given = ("-w", root, "import", file, "--profile", PROFILES / "tankpas.toml")
    code, _, err = trede(*given)
    assert code == 1
    advice = re.search(r"trede (accept-difference) BESTAND (--difference=\S+) --reason", err)
    assert advice
    assert advice[2] == "--difference=-4,25"
    assert trede("-w", root, advice[1], file, advice[2], "--reason", "total of another card", "--by", "me")[0] == 0
    code, out, _ = trede(*given)
    assert code == 0
    assert "verschil −4,25, door u aanvaard" in out


def test_damaged_storage_is_told_without_a_traceback(example: Workspace, copy: Copy, trede: Run) -> None:
    workspace = copy(example)
    run = workspace.find_run("2024")
    for name in ("totals.parquet", "run.json", "made.json"):
        (run.folder / name).write_bytes(b"x" * 100)
        code, _, err = trede("-w", folder(workspace), "show", "2024")
        assert code == 1
        assert err.startswith(("✗ ", "Lezen of schrijven"))
    code, out, err = trede("-w", folder(workspace), "verify")
    assert code == 1
    assert f"✗ runs/{run.id}/made.json: Dit bestand is gewijzigd" in out
    assert "Nee: " in out
    (folder(workspace) / "workspace.json").write_bytes(b"{")
    code, _, err = trede("-w", folder(workspace), "verify")
    assert code == 1
    assert "workspace.json" in err


# -- rows out, profiles in


DANGEROUS = ("=1+1", "+cmd", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1+1", " =1+1", "-", "+")
HARMLESS = ("-5,00", "+31", "-1.024,5", "a=1", "1-2")


def test_rows_as_csv_cannot_carry_a_formula(tmp_path: Path, trede: Run) -> None:
    root = tmp_path / "w"
    trede("init", root, "--organisation", EXAMPLE / "organisation.toml")
    file, out = tmp_path / "tankpas.csv", tmp_path / "rows.csv"
    lines = (
        fuel_card([*FILLS, *(Fill(f"D{n}", date(2024, 5, 1), "x") for n in range(20))][:5])
        .decode("cp1252")
        .split("\r\n")
    )
    header = lines[0].replace("Tijd", "=HYPERLINK(1)")
    bad = [
        f'B9{n};01-05-2024;09:53;9000;QP-433-F;Bestuurder 09;"{cell}";Euro 95 E10;x;2,00;0,00;'
        for n, cell in enumerate([*DANGEROUS, *HARMLESS])
    ]
    file.write_bytes("\r\n".join([header, *lines[1:6], *bad, *lines[6:]]).encode("cp1252"))
    code, told, err = trede("-w", root, "import", file, "--profile", PROFILES / "tankpas.toml")
    assert code == 0, err
    batch = told.partition("batch ")[2].split()[0]
    code, told, _ = trede("-w", root, "rows", batch, "--csv", out)
    assert code == 0
    assert f"{len(bad)} rijen" in told
    with out.open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.reader(written, delimiter=";"))
    assert rows[0][-2:] == ["rij", "reden"]
    assert rows[0][2] == "'=HYPERLINK(1)"
    cells = [row[6] for row in rows[1:]]
    assert len(cells) == len(bad)
    assert cells[len(DANGEROUS) :] == list(HARMLESS)
    assert all(cell.startswith("'") for cell in cells[: len(DANGEROUS)])
    assert all(row[-1].startswith("«x» is geen getal") for row in rows[1:])
    numbers = re.compile(r"[-+]\d[\d.,]*")
    for row in rows:
        assert not [c for c in row if c.strip()[:1] in ("=", "@", "+", "-") and not numbers.fullmatch(c)]


def test_inspect_writes_a_profile_that_loads_when_its_blanks_are_filled(tmp_path: Path, trede: Run) -> None:
    target = tmp_path / "gas.toml"
    code, out, _ = trede("inspect", SAMPLES / "gas-per-vestiging.csv", "--write", target)
    assert code == 0
    assert out.startswith("gas-per-vestiging.csv: 9 rijen")
    assert "HK" in out
    text = target.read_text(encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_profile(text.encode(), "gas.toml")
    assert {issue.location.column for issue in error.value.issues} == {"constants.activity_type"}
    filled = text.replace('activity_type = ""', 'activity_type = "natural-gas"\nreading = "billed"')
    assert load_profile(filled.encode(), "gas.toml").constants["unit"] == "m3"
    target.write_text(filled, encoding="utf-8")
    root = tmp_path / "w"
    trede("init", root, "--organisation", EXAMPLE / "organisation.toml")
    code, out, _ = trede("-w", root, "import", SAMPLES / "gas-per-vestiging.csv", "--profile", target)
    assert code == 0
    assert re.search("overgenomen .* 8", out)
    assert "gas-per-vestiging" in trede("-w", root, "profiles")[1]


# -- factors


def test_factors_are_found_without_a_workspace(tmp_path: Path, trede: Run) -> None:
    code, out, _ = trede("-w", tmp_path, "factors", "search", "benzine")
    assert code == 0
    assert re.search(r"Benzine E10 \(.*\) +2,794 +2,139 +0,655 +l +" + LIST_2026, out)
    code, out, _ = trede("-w", tmp_path, "--lang", "en", "factors", "search", "petrol", "--year", 2026, "--unit", "l")
    assert code == 0
    assert re.search(r"Benzine E10 \(.*\) +2\.794", out)
    code, out, _ = trede("-w", tmp_path, "factors", "search", "zzzz")
    assert code == 1
    assert "«zzzz»" in out
    code, out, _ = trede("-w", tmp_path, "factors", "list")
    assert code == 0
    assert LIST_2026 in out
    code, out, _ = trede("-w", tmp_path, "factors", "show", f"{LIST_2026}#{ANY}")
    assert code == 0
    assert re.search(r"total +3\.251", out)
    assert "https://co2emissiefactoren.nl/" in out


@pytest.mark.shared
def test_a_publishers_workbook_is_taken_in(tmp_path: Path, trede: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    found = sorted((SHARED / "reference" / "official").glob("co2emissiefactoren_*.xlsx"))
    if not found:
        pytest.skip("the folder of published source files is not here")
    root = tmp_path / "w"
    trede("init", root, "--organisation", EXAMPLE / "organisation.toml")
    code, _, err = trede("-w", root, "factors", "import", found[-1])
    assert code == 1
    assert "is er al" in err
    # The list of 2026 ships; without it the publisher's own file gives the same library.
    shipped = shipped_libraries()
    less = Libraries(folders_in(CATALOGUE / "nowhere"))
    monkeypatch.setattr("trede.workspace.workspace.shipped_libraries", lambda: less)
    checked = str(shipped[LIST_2026].papers.last_checked)
    code, out, _ = trede("-w", root, "factors", "import", found[-1], "--checked", checked)
    assert code == 0
    assert f"Factorlijst {LIST_2026} geladen: {len(shipped[LIST_2026].factors)} factoren" in out
    assert Workspace(root).libraries[LIST_2026].content_hash == shipped[LIST_2026].content_hash
    assert trede("-w", root, "verify")[0] == 0


def test_the_installed_command_answers(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trede", "-w", str(tmp_path), "batches"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is geen werkruimte" in done.stderr or "is no workspace" in done.stderr
