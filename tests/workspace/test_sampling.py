"""Extrapolating a sample in a workspace: exact totals, what is known of the error, what goes out of date, what counts twice."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from trede.analysis.uncertainty import intervals, under
from trede.catalogue.standards import find_standard
from trede.catalogue.template import shown_samples
from trede.catalogue.vocabulary import vocabulary
from trede.cli.main import main
from trede.engine.runs import Run
from trede.intake.profile import Column, Profile
from trede.intake.template import template_profile
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.models import add_model
from trede.workspace.publishing import obstacles
from trede.workspace.running import run_period
from trede.workspace.sampling import extrapolate, extrapolated, outdated_samples, work_out
from trede.workspace.verifying import verify
from workspaces import create

HEAD = "activity_type;quantity;unit;start;end;supplier;document;department;purpose;fuel\n"
DOC = (Path(__file__).parents[2] / "docs" / "sampling.md").read_text(encoding="utf-8")


def example(name: str) -> str:
    """Return an example of the page about samples."""
    return DOC.split(f"<!-- example: {name} -->\n```", 1)[1].split("\n", 1)[1].split("```", 1)[0]


SIX, CHAIN = example("records"), example("design")
"""What the chain analysis published for all 112, times 28.5 %: 558,632, 575,230 and 150,904 km."""

LITRES = "activity_type;quantity;unit;start;end;supplier;document;fuel;control\n" + "".join(
    f"fuel-vehicle;{litres};l;2026-0{n}-01;2026-0{n}-28;{name};{name};diesel-b7;controlled\n"
    for n, (name, litres) in enumerate([("Alfa", 100), ("Bravo", 210), ("Charlie", 290), ("Delta", 400)], start=1)
)
RANDOM = """
id = "vans"
title = "Vans"
how = "Drawn at random from the list of vans"
start = 2026-01-01
end = 2026-12-31
unit = "supplier"
auxiliary = "driven, km"
[records]
activity_types = ["fuel-vehicle"]
[[stratum]]
id = "drawn"
drawn = "random"
size = 20
auxiliary = 20000
units = { Alfa = 1000, Bravo = 2000, Charlie = 3000, Delta = 4000 }
"""

SURVEY = """
id = "commuting"
title = "Commuting"
how = "A survey among employees drawn by lot"
start = 2026-01-01
end = 2026-12-31
unit = "document"
[records]
activity_types = ["travel-car"]
attributes = { purpose = "commuting" }
[[stratum]]
id = "all"
drawn = "random"
size = 10
sampled = 3
"""
UNITS = "{ Alfa = 1000, Bravo = 2000, Charlie = 3000, Delta = 4000 }"


@pytest.fixture
def firm(tmp_path: Path) -> Workspace:
    return create(tmp_path / "firm")


def take_in(workspace: Workspace, text: str, name: str = "sample.csv", **options: Any) -> None:
    data = text.encode()
    imported = import_file(workspace, data, name, template_profile(data, name), **options)
    assert imported.batch.counts["rejected"] == imported.batch.counts["held"] == 0, imported.issues


def worked(workspace: Workspace, design: str) -> Any:
    return extrapolate(workspace, design.encode(), "design.toml", "a tester")


def refused(workspace: Workspace, design: str) -> list[str]:
    with pytest.raises(TredeError) as caught:
        work_out(workspace, design.encode(), "design.toml")
    return [issue.code for issue in caught.value.issues]


def run(workspace: Workspace) -> Run:
    return run_period(workspace, Period.year(2026))


def emitted(found: Run, *, rest: bool) -> int:
    rows = found.table("ledger").to_pylist()
    return sum(row["co2e"] for row in rows if (row["quality"] == "extrapolated") == rest)


def test_the_chain_analysis_comes_to_what_was_published(firm: Workspace) -> None:
    take_in(firm, SIX)
    found, imported = worked(firm, CHAIN)
    assert {m.activity_type: m.total for m in found.measures} == {
        "travel-car": 558_632, "travel-public-transport": 575_230, "travel-human-powered": 150_904,
    }  # fmt: skip
    assert [issue.code for issue in found.issues] == ["sample_unit_silent", "sample_without_interval"]
    assert {row["quality"] for row in imported.batch.records().to_pylist()} == {"extrapolated"}
    car = next(m for m in found.measures if m.activity_type == "travel-car")
    assert (car.estimate, car.uncertainty) == (None, None)
    assert (car.low, car.high) == (
        Decimal("159210.12") + Decimal("399421.88") / 2,
        Decimal("159210.12") + Decimal("399421.88") * Decimal("1.5"),
    )
    done = run(firm)
    # 0.142 and 0.048 kg per car kilometre, 0.011 and 0.025 per kilometre in public transport (list of 2026)
    whole = Decimal(558_632) * Decimal("0.190") + Decimal(575_230) * Decimal("0.036")
    assert emitted(done, rest=True) + emitted(done, rest=False) == whole * 10**6
    assert verify(firm, done).good


def test_what_is_not_drawn_at_random_has_no_interval(firm: Workspace) -> None:
    """Litres have a default uncertainty when they are extrapolated; it is not taken for a rest whose error is unknown."""
    take_in(firm, LITRES)
    design = RANDOM.replace('drawn = "random"', 'drawn = "cut-off"')
    worked(firm, design)
    rows = [row for row in run(firm).table("ledger").to_pylist() if row["quality"] == "extrapolated"]
    assert {(row["uncertainty_activity"], row["error_group"]) for row in rows} == {(None, "sample:vans:drawn")}


def test_a_random_sample_carries_its_interval_to_the_total(firm: Workspace) -> None:
    """R = 0.1; residuals 0, 10, −10, 0; s² = 200 ÷ 3; error = 20 · √((1 − 4/20) ÷ 4 · 200/3) = 73.0297; t(3) = 3.182446."""
    take_in(firm, LITRES)
    found, _ = worked(firm, RANDOM)
    (measure,) = found.measures
    assert (measure.sample, measure.rest) == (1000, 1000)
    assert measure.estimate is not None
    assert measure.estimate.half is not None
    assert round(measure.estimate.half, 3) == Decimal("232.413")
    assert measure.uncertainty == Decimal("23.24")
    assert [issue.code for issue in found.issues] == ["sample_small"]
    done = run(firm)
    rows = [row for row in done.table("ledger").to_pylist() if row["quality"] == "extrapolated"]
    assert {(row["uncertainty_activity"], row["error_group"]) for row in rows} == {(2324, "sample:vans:drawn")}
    assert emitted(done, rest=True) == emitted(done, rest=False)
    (total,) = intervals(done, [under(find_standard("ladder"), "market")])
    assert total.share == Decimal("0.5")  # nobody stated how the litres of the sample were measured


def test_the_rest_follows_its_sample(firm: Workspace) -> None:
    take_in(firm, LITRES)
    _, first = worked(firm, RANDOM)
    _, again = worked(firm, RANDOM)
    assert again.again
    assert again.batch.id == first.batch.id
    assert not outdated_samples(firm)
    take_in(
        firm,
        LITRES.splitlines()[0] + "\nfuel-vehicle;50;l;2026-06-01;2026-06-30;Alfa;X;diesel-b7;controlled\n",
        "more.csv",
    )
    assert [issue.code for issue in outdated_samples(firm, Period.year(2026))] == ["sample_outdated"]
    assert not outdated_samples(firm, Period.year(2025))
    assert "sample_outdated" in [issue.code for issue in run(firm).issues]
    _, second = worked(firm, RANDOM)
    assert [batch.id for batch in extrapolated(firm)] == [second.batch.id]
    assert second.batch.replaces == [first.batch.id]
    assert not outdated_samples(firm)
    assert emitted(run(firm), rest=True) == emitted(run(firm), rest=False)


def test_a_withdrawn_rest_comes_back(firm: Workspace) -> None:
    take_in(firm, LITRES)
    _, first = worked(firm, RANDOM)
    firm.withdraw(first.batch.id, "a reason", "a tester")
    assert not extrapolated(firm)
    worked(firm, RANDOM)
    assert [batch.id for batch in extrapolated(firm)] == [first.batch.id]


def test_a_newcomer_would_count_twice_and_is_told(firm: Workspace) -> None:
    take_in(firm, LITRES)
    worked(firm, RANDOM)
    row = "fuel-vehicle;50;l;2026-06-01;2026-06-30;Zulu;Z;diesel-b7;controlled\n"
    take_in(firm, f"{LITRES.splitlines()[0]}\n{row}", "more.csv")
    assert [issue.code for issue in outdated_samples(firm)] == ["sample_outdated", "sample_record_astray"]
    assert refused(firm, RANDOM) == ["sample_record_astray"]
    named = RANDOM.replace("[records]", '[records]\nsource = "template"')
    assert refused(firm, named) == ["sample_record_astray"]


def test_records_of_another_source_are_in_the_rest_already(firm: Workspace) -> None:
    take_in(firm, LITRES)
    row = "fuel-vehicle;50;l;2026-06-01;2026-06-30;Zulu;Z;diesel-b7;controlled\n"
    data = f"{LITRES.splitlines()[0]}\n{row}".encode()
    import_file(firm, data, "other.csv", template_profile(data, "other.csv", source="cards"))
    named = RANDOM.replace("[records]", '[records]\nsource = "template"')
    found = work_out(firm, named.encode(), "design.toml")
    assert "sample_rest_recorded" in [issue.code for issue in found.issues]


def test_one_sample_for_two_populations_is_refused(firm: Workspace) -> None:
    take_in(firm, LITRES)
    worked(firm, RANDOM)
    assert refused(firm, RANDOM.replace('id = "vans"', 'id = "lorries"')) == ["sample_records_twice"]


def test_credits_take_their_part_of_the_rest_back(firm: Workspace) -> None:
    header = "activity_type;quantity;unit;start;end;supplier;document;credit_of;fuel;control\n"
    rows = "fuel-vehicle;{};l;2026-01-05;2026-01-05;{};{};{};diesel-b7;controlled\n"
    take_in(firm, header + rows.format(100, "Alfa", "F1", "") + rows.format(-40, "Alfa", "C1", "F1"))
    design = RANDOM.replace(UNITS, "{ Alfa = 1000, Bravo = 1000 }")
    found = work_out(firm, design.encode(), "design.toml")
    assert [(m.sample, m.rest) for m in found.measures] == [(60, 540)]


def test_strata_are_told_apart_and_a_whole_one_adds_no_error(firm: Workspace) -> None:
    take_in(firm, LITRES)
    design = (
        RANDOM.split("[[stratum]]", maxsplit=1)[0]
        + """
[[stratum]]
id = "large"
drawn = "all"
size = 2
auxiliary = 7000
units = { Charlie = 3000, Delta = 4000 }
[[stratum]]
id = "small"
drawn = "random"
size = 10
auxiliary = 12000
units = { Alfa = 1000, Bravo = 2000 }
"""
    )
    found = work_out(firm, design.encode(), "design.toml")
    large, small = found.measures
    assert large.estimate is not None
    assert (large.rest, large.estimate.half) == (0, 0)
    assert (small.sample, small.rest) == (310, 930)
    assert [row["stratum"] for row in found.rows] == ["small"]


def test_one_unit_of_a_stratum_is_unknown(firm: Workspace) -> None:
    take_in(firm, LITRES.splitlines()[0] + "\n" + LITRES.splitlines()[1] + "\n")
    design = RANDOM.replace(UNITS, "{ Alfa = 1000 }")
    found = work_out(firm, design.encode(), "design.toml")
    assert found.measures[0].uncertainty is None
    assert [issue.code for issue in found.issues] == ["sample_of_one"]


def test_units_that_count_alike_and_answer_nothing(firm: Workspace) -> None:
    """Three of ten employees answered; one of them drives nothing, and counts."""
    rows = "travel-car;{};km;2026-01-01;2026-12-31;;{};;commuting;petrol\n"
    take_in(firm, HEAD + rows.format(1000, "one") + rows.format(2000, "two"))
    found = work_out(firm, SURVEY.encode(), "design.toml")
    (measure,) = found.measures
    assert measure.total == 10_000
    assert measure.estimate is not None
    assert measure.estimate.error is not None
    # s² = 1,000,000; 10 · √((1 − 3/10) ÷ 3 · 1,000,000) = 4830.459
    assert round(measure.estimate.error, 3) == Decimal("4830.459")
    assert [issue.code for issue in found.issues] == ["sample_unit_silent"]
    assert refused(firm, SURVEY.replace("sampled = 3", "sampled = 1")) == ["sample_more_units"]


def test_departments_as_strata(firm: Workspace) -> None:
    rows = "travel-car;{};km;2026-01-01;2026-12-31;;{};;commuting;petrol\n"
    take_in(firm, HEAD + rows.format(1000, "one") + rows.format(2000, "two"))
    stratum = '\n[[stratum]]\nid = "{}"\ndrawn = "convenience"\nsize = 4\nsampled = 1\nwhere = {{ document = "{}" }}\n'
    design = f"""
id = "commuting"
title = "Commuting"
how = "Whoever answered"
start = 2026-01-01
end = 2026-12-31
unit = "document"
[records]
activity_types = ["travel-car"]
{stratum.format("first", "one")}{stratum.format("second", "two")}"""
    found = work_out(firm, design.encode(), "design.toml")
    assert [(m.stratum.id, m.total) for m in found.measures] == [("first", 4000), ("second", 8000)]
    without = design.replace('where = { document = "two" }', "")
    assert refused(firm, without) == ["sample_record_in_two"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("end = 2026-12-31", "end = 2025-12-31", "end_before_start"),
        ("size = 20", "size = 3", "sample_exceeds_population"),
        ("auxiliary = 20000", "auxiliary = 9000", "sample_exceeds_population"),
        ("size = 20", "size = 4", "sample_all_but_amount"),
        ('drawn = "random"', 'drawn = "all"', "sample_not_all"),
        ("auxiliary = 20000\n", "", "sample_stratum_incomplete"),
        ("units = { Alfa = 1000, Bravo = 2000, Charlie = 3000, Delta = 4000 }", "", "sample_stratum_incomplete"),
        ("units = {", "sampled = 4\nunits = {", "sample_keys_exclude"),
        (UNITS, "{ Alfa = 0, Bravo = 0 }", "sample_without_auxiliary"),
        (UNITS, '["Alfa", "Bravo"]', "sample_stratum_incomplete"),
        ('auxiliary = "driven, km"\n', "", "sample_keys_exclude"),
        ("Alfa = 1000", "Alfa = 1000.5", "field_invalid"),
        ("size = 20", 'size = 20\nrange = { low = 1, high = 2, basis = "b" }', "field_invalid"),
        ("fuel-vehicle", "fuel-vehicles", "activity_type_unknown"),
        ("fuel-vehicle", "natural-gas", "sample_no_records"),
        ("start = 2026-01-01", "start = 2026-01-10", "sample_record_crosses"),
        ("how =", "hoe =", "field_invalid"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_design_is_told(firm: Workspace, old: str, new: str, code: str) -> None:
    take_in(firm, LITRES)
    assert old in RANDOM
    assert code in refused(firm, RANDOM.replace(old, new, 1))


def test_nothing_is_taken_in_of_a_design_that_does_not_fit(firm: Workspace) -> None:
    take_in(firm, LITRES)
    with pytest.raises(TredeError):
        worked(firm, RANDOM.replace("size = 20", "size = 3"))
    assert len(firm.batches()) == 1


def test_the_command_shows_asserted_and_assumed_as_such(firm: Workspace, tmp_path: Path, capsys) -> None:
    take_in(firm, SIX)
    path = tmp_path / "design.toml"
    path.write_text(CHAIN)
    at = ["--lang", "en", "-w", str(firm.layout.root)]
    assert main([*at, "sample", "--show", str(path)]) == 0
    out = capsys.readouterr().out
    assert "not a sampling error" in out
    assert "Asserted: ± 10 % of the whole, by the company" in out
    assert len(firm.batches()) == 1
    assert main([*at, "sample", str(path), "--by", "a tester"]) == 0
    assert "3 records of the rest" in capsys.readouterr().out
    done = run(firm)
    (batch,) = extrapolated(firm)
    record = batch.records()["record_id"][0].as_py()
    assert main([*at, "explain", f"{done.id}/{record}"]) == 0
    out = capsys.readouterr().out
    assert "71.5" in out
    assert "design.toml, attached by a tester" in out
    take_in(firm, SIX.splitlines()[0] + "\ntravel-car;5;km;2026-01-01;2026-12-31;Golf;G1;subcontractor\n", "late.csv")
    assert main([*at, "status", "2026"]) == 0
    assert "does not hold any more" in capsys.readouterr().out


@pytest.mark.parametrize("ident", [kind.id for kind in vocabulary().types.values() if kind.posts])
def test_a_record_with_figures_is_extrapolated_as_it_stands(ident: str, firm: Workspace) -> None:
    """A sample of half of the whole: the rest posts what the sample posts, whatever figures stand beside its quantity."""
    kind = vocabulary()[ident]
    sample = shown_samples({ident: kind})[ident]
    year = 2023 if ident == "spend-with-vat" else 2026
    cells = {
        "activity_type": ident, "quantity": str(sample.quantity), "unit": sample.unit, "start": f"{year}-03-01",
        "end": f"{year}-03-01", "supplier": "Alfa", **sample.attributes, **{k: str(v) for k, v in sample.inputs.items()},
    }  # fmt: skip
    take_in(firm, ";".join(cells) + "\n" + ";".join(cells.values()) + "\n")
    design = (
        RANDOM.replace("fuel-vehicle", ident)
        .replace("2026-01-01", f"{year}-03-01")
        .replace("2026-12-31", f"{year}-03-01")
    )
    design = design.replace(UNITS, "{ Alfa = 10000 }")
    _, imported = worked(firm, design)
    (before,) = [row for batch in firm.active_batches() for row in batch.records().to_pylist() if row["sample"] is None]
    (after,) = imported.batch.records().to_pylist()
    for name in ("activity_type", "attributes", "quantity", "unit", "inputs", "geography", "entity"):
        assert after[name] == before[name], name
    assert json.loads(after["custom"])["stratum"] == "drawn"


def test_an_answer_to_a_survey_errs_as_what_it_posts(firm: Workspace) -> None:
    """Each answer is one person, so persons never differ; the kilometres that they come to do.

    By car 6,000, 4,000 and 0 km: s² = 9,333,333; 10 · √(0.7 ÷ 3 · s²) = 14,757.3, times t(2) = 4.302653 is 63,495.6. The rest
    has 7/3 of 10,000 km.
    """
    head = "activity_type;quantity;unit;start;end;document;commute_mode;one_way;commuting_days\n"
    row = "commute;1;person;2026-01-01;2026-12-31;{};{};{};{}\n"
    answers = [("a", "car", 20, 150), ("b", "car", 10, 200), ("c", "bicycle-or-foot", 5, 200)]
    take_in(firm, head + "".join(row.format(*answer) for answer in answers))
    found, _ = worked(
        firm, SURVEY.replace("travel-car", "commute").replace('attributes = { purpose = "commuting" }', "")
    )
    car = next(m for m in found.measures if m.activity_type == "travel-car")
    assert (car.sample, round(car.rest, 2)) == (10_000, Decimal("23333.33"))
    assert car.uncertainty == Decimal("272.12")
    rows = [row for row in run(firm).table("ledger").to_pylist() if row["quality"] == "extrapolated"]
    by_type = {row["activity_type"]: row["uncertainty_activity"] for row in rows}
    assert by_type["travel-car"] == 27_212
    assert {row["error_group"] for row in rows} == {"sample:commuting:all"}


def test_days_that_a_method_counts_stay_with_their_record(firm: Workspace) -> None:
    counting = [kind for kind in vocabulary().types.values() if kind.posts]
    counting = [kind for kind in counting if any(leg.calendar for leg in shipped_methods()[kind.method].leg)]
    assert counting
    kind = counting[0]
    sample = shown_samples({kind.id: kind})[kind.id]
    cells = {
        "activity_type": kind.id, "quantity": str(sample.quantity), "unit": sample.unit, "start": "2026-03-01",
        "end": "2026-03-10", "supplier": "Alfa", **sample.attributes, **{k: str(v) for k, v in sample.inputs.items()},
    }  # fmt: skip
    take_in(firm, ";".join(cells) + "\n" + ";".join(cells.values()) + "\n")
    design = RANDOM.replace("fuel-vehicle", kind.id).replace(UNITS, "{ Alfa = 10000 }")
    _, imported = worked(firm, design)
    (rest,) = imported.batch.records().to_pylist()
    assert (rest["start"], rest["end"]) == (date(2026, 3, 1), date(2026, 3, 10))


def test_a_rest_that_does_not_hold_is_not_published(firm: Workspace) -> None:
    take_in(firm, LITRES)
    worked(firm, RANDOM)
    assert "sample_outdated" not in [issue.code for issue in obstacles(firm, run(firm))]
    row = "fuel-vehicle;50;l;2026-06-01;2026-06-30;Alfa;X;diesel-b7;controlled\n"
    take_in(firm, f"{LITRES.splitlines()[0]}\n{row}", "more.csv")
    assert "sample_outdated" in [issue.code for issue in obstacles(firm, run(firm))]


def test_a_sample_is_named_among_what_decides_the_interval(firm: Workspace, capsys) -> None:
    take_in(firm, LITRES)
    worked(firm, RANDOM)
    run(firm)
    assert main(["--lang", "en", "-w", str(firm.layout.root), "uncertainty", "2026"]) == 0
    assert "sample vans:drawn" in capsys.readouterr().out


def test_spend_that_a_better_figure_replaces_is_no_sample(firm: Workspace) -> None:
    head = "activity_type;quantity;unit;start;end;supplier;document;replaces;category;price;classification;code\n"
    spend = "spend;{};EUR;2026-02-01;2026-02-01;{};{};;1;;nace-2;62\n"
    take_in(firm, head + spend.format(100, "Alfa", "F1") + spend.format(900, "Bravo", "F2"))
    design = RANDOM.replace("fuel-vehicle", "spend").replace(UNITS, "{ Alfa = 1000, Bravo = 1000 }")
    whole = work_out(firm, design.encode(), "design.toml")
    assert [(m.sample, m.rest) for m in whole.measures] == [(1000, 9000)]
    better = "activity_type;quantity;unit;start;end;supplier;replaces;category\n"
    take_in(firm, better + "reported-emissions;5;kgCO2e;2026-02-01;2026-02-01;Bravo;F2;1\n", "better.csv")
    left = work_out(firm, design.encode(), "design.toml")
    assert [(m.sample, m.rest) for m in left.measures] == [(100, 900)]


def test_records_of_an_own_model_are_a_sample_too(firm: Workspace) -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
    model = next(part.partition("```")[0] for part in page.split("```toml\n")[1:] if 'id = "delivery-bikes"' in part)
    add_model(firm, model.encode(), "bikes.toml")
    head = "activity_type;quantity;unit;start;end;supplier;ride;custom.bags\n"
    data = f"{head}own:delivery-bikes;120;n;2026-03-01;2026-03-01;Alfa;3.5;2\n".encode()
    names = head.strip().split(";")
    columns = {name: Column(header=(name,)) for name in names}
    import_file(firm, data, "bikes.csv", Profile(id="bikes", title="Bikes", source="bikes", columns=columns))
    design = RANDOM.replace("fuel-vehicle", "own:delivery-bikes").replace(UNITS, "{ Alfa = 10000 }")
    found, imported = worked(firm, design)
    assert {m.activity_type: (m.sample, m.rest) for m in found.measures} == {
        "electricity-vehicle": (Decimal("10.5"), Decimal("10.5")), "reported-emissions": (Decimal("19.2"), Decimal("19.2")),
    }  # fmt: skip
    (rest,) = imported.batch.records().to_pylist()
    assert (rest["activity_type"], rest["quantity"]) == ("own:delivery-bikes", 120)
    assert "sample_outdated" not in [issue.code for issue in outdated_samples(firm)]
