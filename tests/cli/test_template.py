"""The template: written for every type in both languages, filled in and read back without a profile."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from trede.catalogue.template import LANGUAGES, attribute_headings, template
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.cli.main import main
from trede.cli.template_file import headings, template_csv, template_workbook
from trede.intake import Staging, stage
from trede.intake.checking import check_profile
from trede.intake.fields import QUALITIES
from trede.intake.template import template_profile
from trede.kernel.errors import IntakeError
from trede.kernel.identity import pseudonym
from trede.workspace import Workspace
from trede.workspace.verifying import verify
from workspaces import create

KEY = b"key of the test organisation"
TYPES = {ident: kind for ident, kind in vocabulary().types.items() if not kind.posts}
"""The types of the whole template; those with inputs have templates of their own (`test_every_type`)."""
SITES = {"Hoofdkantoor": "hk"}


def staged(data: bytes, name: str) -> Staging:
    return stage(data, name, template_profile(data, name), key=KEY, sites=SITES, entities={})


def filled(language: str, rows: list[dict[str, Any]]) -> bytes:
    """Return the workbook with rows behind the example, by field."""
    speaker = Speaker(language)
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(speaker, TYPES, {})))
    sheet = book[template().sheets.data.get(language)]
    fields = list(headings(speaker, TYPES))
    for number, row in enumerate(rows, start=3):
        for field, value in row.items():
            sheet.cell(number, fields.index(field) + 1, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def whole_row(kind: str, language: str) -> dict[str, Any]:
    """Return a row of a type as somebody fills it in, with the first unit and value that are possible."""
    activity = TYPES[kind]
    attributes = {name: attribute.values[0] for name, attribute in activity.attributes.items()}
    unit = next(found.id for (of, _), found in unit_registry().units.items() if of == activity.kind)
    return {
        "activity_type": activity.name.get(language), "quantity": 12.5, "unit": unit, "start": date(2024, 3, 1),
        "end": date(2024, 3, 31), "quality": template().qualities["estimated"].get(language), **attributes,
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_is_read_back(language: str) -> None:
    found = staged(filled(language, [whole_row(kind, language) for kind in TYPES]), "filled.xlsx")
    assert found.issues == () or {issue.severity.value for issue in found.issues} == {"notice"}
    assert found.counts == {"accepted": len(TYPES), "set_aside": 2, "held": 0, "rejected": 0}
    assert found.records["activity_type"].to_pylist() == list(TYPES)
    assert set(found.records["start"].to_pylist()) == {date(2024, 3, 1)}
    assert set(found.records["quality"].to_pylist()) == {"estimated"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_fits_what_a_profile_may_be(language: str) -> None:
    profile = template_profile(template_workbook(Speaker(language), TYPES, {}), "empty.xlsx")
    assert check_profile(profile, "template", vocabulary()) == []
    assert set(template().qualities) == set(QUALITIES)
    assert {column.field for column in template().column} <= set(profile.columns)
    assert profile.columns["vehicle"].personal


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_example_is_set_aside_and_is_right(language: str, form: str) -> None:
    speaker = Speaker(language)
    data = template_csv(speaker, TYPES) if form == "csv" else template_workbook(speaker, TYPES, {})
    found = staged(data, f"empty.{form}")
    assert found.counts == {"accepted": 0, "set_aside": 2, "held": 0, "rejected": 0}
    assert found.rows["code"].to_pylist() == ["header", "left_out"]
    if form == "csv":
        text = data.decode("utf-8-sig").replace(f"{template().example.marker.get(language)}: ", "")
        (record,) = staged(text.encode(), "empty.csv").records.to_pylist()
        assert (record["activity_type"], str(record["quantity"]), record["unit"]) == ("fuel-vehicle", "48.320000", "l")
        assert record["start"] == record["end"] == date(2024, 1, 31)


def test_the_same_bytes_twice() -> None:
    speaker = Speaker("nl")
    assert template_workbook(speaker, TYPES, {}) == template_workbook(speaker, TYPES, {})


def test_nothing_in_the_workbook_is_a_formula() -> None:
    data = template_workbook(Speaker("nl"), TYPES, {"site": ["=1+1", "@x"]})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def test_the_drop_down_lists_hold_what_can_be_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook(Speaker("nl"), TYPES, {"site": ["Hoofdkantoor"]})))
    data, lists = book.worksheets[0], book.worksheets[-1]
    assert lists.sheet_state == "hidden"
    by_column = {cell.column: cell.value for cell in data[1]}
    chosen = {}
    for validation in data.data_validations.dataValidation:
        found = re.fullmatch(r"'Lijsten'!\$([A-Z]+)\$2:\$\1\$(\d+)", validation.formula1)
        assert found
        values = [lists[f"{found[1]}{row}"].value for row in range(2, int(found[2]) + 1)]
        assert lists[f"{found[1]}{int(found[2]) + 1}"].value is None
        (where,) = validation.sqref.ranges
        chosen[by_column[where.min_col]] = values
    assert chosen["Soort activiteit"] == [kind.name.nl for kind in TYPES.values()]
    assert chosen["Vestiging"] == ["Hoofdkantoor"]
    assert "diesel-b7" in chosen["Brandstof (fuel)"]
    wanted = {"Soort activiteit", "Eenheid", "Kwaliteit", "Vestiging", *attribute_headings(TYPES, "nl").values()}
    assert set(chosen) == wanted
    explained = [row[1] for row in book.worksheets[1].iter_rows(values_only=True)]
    assert set(TYPES) <= set(explained)


def rows_of(language: str) -> list[list[str]]:
    text = template_csv(Speaker(language), TYPES).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if language == "nl" else ","))


def as_csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows(rows)
    return file.getvalue().encode()


def test_ids_and_names_of_both_languages_are_understood() -> None:
    fields = list(headings(Speaker("nl"), TYPES))
    kind = TYPES["natural-gas"]
    rows = [fields]
    for name in (kind.id, kind.name.nl, kind.name.en, kind.name.nl.upper()):
        row = {"activity_type": name, "quantity": "10,5", "unit": "m3", "start": "31-01-2024", "end": "31-01-2024"}
        rows.append([{**row, "reading": "billed", "vehicle": "AB-123-C"}.get(field, "") for field in fields])
    found = staged(as_csv(rows), "ids.csv")
    assert found.records["activity_type"].to_pylist() == ["natural-gas"] * 4
    assert set(found.records["vehicle"].to_pylist()) == {pseudonym(KEY, "vehicle", "AB-123-C")}
    assert "AB-123-C" not in str(found.rows.to_pylist())


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        (lambda heads: [h.replace("Eenheid", "Maat") for h in heads], "template_not_recognised", None),
        (
            lambda heads: [h.replace("Voertuig", "Kenteken auto") for h in heads],
            "template_heading_unknown",
            "Kenteken auto",
        ),
        (lambda heads: [h.replace("Voertuig", "Note") for h in heads], "heading_twice", "Note"),
        (lambda heads: [h.replace("(fuel)", "(feul)") for h in heads], "template_heading_unknown", "Brandstof (feul)"),
    ],
)
def test_a_column_that_nobody_knows_is_not_lost_silently(change: Any, code: str, column: str | None) -> None:
    heads, example = rows_of("nl")
    with pytest.raises(IntakeError) as caught:
        template_profile(as_csv([change(heads), example]), "changed.csv")
    assert [issue.code for issue in caught.value.issues] == [code]
    if column:
        found = caught.value.issues[0].location.column
        assert found in (column, "Opmerking")


def test_only_the_types_that_are_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "few.xlsx"
    assert main(["--lang", "en", "-w", str(tmp_path), "template", str(target), "--types", "heat", "unknown"]) == 1
    assert not target.exists()
    assert main(["--lang", "en", "-w", str(tmp_path), "template", str(tmp_path / "x.csv"), "--types", "heat"]) == 0
    (head, _) = csv.reader(io.StringIO((tmp_path / "x.csv").read_bytes().decode("utf-8-sig")))
    assert [title for title in head if title.endswith(")")] == ["Kind of heat supply (network)"]


def test_from_the_empty_file_to_a_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "w")
    root, target = str(workspace.layout.root), tmp_path / "activities.xlsx"
    assert main(["--lang", "nl", "-w", root, "template", str(target)]) == 0
    assert main(["--lang", "nl", "-w", root, "template", str(target)]) == 1
    assert main(["--lang", "nl", "-w", root, "template", str(tmp_path / "a.ods")]) == 1
    target.write_bytes(filled("nl", [whole_row("fuel-vehicle", "nl")]))
    assert main(["--lang", "nl", "-w", root, "import", str(target), "--source", "eigen-opgave"]) == 0
    (batch,) = Workspace(workspace.layout.root).active_batches()
    assert (batch.source, batch.counts["accepted"]) == ("eigen-opgave", 1)
    assert verify(workspace).good
    assert main(["--lang", "nl", "-w", root, "import", str(target), "--source", "x", "--profile", "y"]) == 1
    assert "--source" in capsys.readouterr().err
    plain = tmp_path / "plain.csv"
    plain.write_bytes(b"Datum;Liters\r\n31-01-2024;40,5\r\n")
    assert main(["--lang", "nl", "-w", root, "import", str(plain)]) == 1
    assert "--profile" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "closest"),
    [("Aardgass", "Aardgas"), ("Brandstof auto's", "Brandstof voertuigen"), ("natural gasses", "Natural gas")],
)
def test_an_unknown_type_names_close_ones(name: str, closest: str) -> None:
    heads, example = rows_of("nl")
    row = {**dict(zip(heads, example, strict=True)), heads[0]: name}
    with pytest.raises(IntakeError) as caught:
        staged(as_csv([heads, list(row.values())]), "typed.csv")
    (issue,) = (issue for issue in caught.value.issues if issue.code == "value_unknown_closest")
    assert closest in issue.values["closest"]  # type: ignore[operator]
    assert len(issue.values["closest"]) <= 5  # type: ignore[arg-type]
