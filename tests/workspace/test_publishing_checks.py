"""What publication asks about double counts, months without records, the GWP set and the version of the program."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trede.cli.main import main
from trede.inventory.publication import Publication
from trede.kernel.errors import StoreError
from trede.kernel.periods import Period
from trede.report.build import build
from trede.report.wording import Wording
from trede.workspace import Workspace, running
from trede.workspace.findings import keep_both, open_findings
from trede.workspace.publishing import missing_months, proposal, publish
from trede.workspace.reporting import gather
from trede.workspace.running import catalogue_hashes, freshness
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, LIST_2026, Copy, Pin, account_for, fuel_card, publish_sample, run, take_in

YEAR = Period.year(2024)
SAMPLE = "a sample of the year"


def refused(workspace: Workspace, period: Period = YEAR, **options: str) -> dict[str, list[dict[str, object]]]:
    with pytest.raises(StoreError) as error:
        publish(workspace, period, "annual report", "Board", **options)  # type: ignore[arg-type]
    found: dict[str, list[dict[str, object]]] = {}
    for issue in error.value.issues:
        found.setdefault(issue.code, []).append(dict(issue.values))
    return found


@pytest.fixture
def ready(small: Workspace, copy: Copy) -> Workspace:
    workspace = copy(small)
    account_for(workspace, 2024)
    run(workspace, 2024)
    return workspace


def test_an_open_double_count_stands_in_the_way_until_it_is_covered_or_kept(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    [finding] = open_findings(workspace, YEAR)
    told = refused(workspace)
    assert told == {
        "publish_double_count": [{"finding": finding.id, "records": len(finding.records), "period": "2024"}]
    }
    keep_both(workspace, finding, "the chargers have a meter of their own", "Board")
    assert publish(workspace, YEAR, "annual report", "Board").publication.incomplete is None


def test_months_without_records_need_a_reason_that_the_publication_keeps(ready: Workspace) -> None:
    gaps = missing_months(ready, YEAR)
    told = refused(ready)
    assert set(told) == {"publish_months_missing"}
    assert [(t["source"], t["site"], t["months"]) for t in told["publish_months_missing"]] == [
        (gap.name, gap.site, [f"{month:%Y-%m}" for month in gap.gaps]) for gap in gaps
    ]
    assert gaps
    made = publish(ready, YEAR, "annual report", "Board", incomplete=SAMPLE).publication
    assert made.incomplete == SAMPLE
    assert [(m.source, m.site, len(m.months)) for m in made.missing] == [(g.source, g.site, len(g.gaps)) for g in gaps]
    months = {source.source: source.months for source in made.sources}
    assert months["tankpas"] == 3
    assert months["reizen"] == 0


def test_a_reason_for_missing_months_that_are_not_missing_is_refused(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    assert missing_months(workspace, YEAR) == []
    assert set(refused(workspace, incomplete=SAMPLE)) == {"publish_nothing_missing"}


def test_what_an_earlier_version_published_says_nothing_of_months(ready: Workspace) -> None:
    made = publish_sample(ready, YEAR).publication.model_dump(mode="json")
    for name in ("missing", "incomplete"):
        made.pop(name)
    for source in made["sources"]:
        source.pop("months")
    read = Publication.model_validate(made)
    assert (read.missing, read.incomplete, {source.months for source in read.sources}) == ((), None, {None})


def test_another_gwp_set_takes_a_word_of_its_own(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    other = run(workspace, 2024, gwp="AR5")
    told = refused(workspace, incomplete=SAMPLE)
    assert told == {"publish_gwp": [{"period": "2024", "run": other.id, "gwp": "AR5", "asked": "AR6"}]}
    usual = run(workspace, 2024)
    assert set(refused(workspace, incomplete=SAMPLE, gwp="AR4")) == {"publish_gwp"}
    made = publish(workspace, YEAR, "annual report", "Board", incomplete=SAMPLE, gwp="AR5").publication
    assert (made.run, made.gwp) == (other.id, "AR5")
    assert usual.id != other.id
    assert proposal(workspace, "2024") is None


def another(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    changed = {**catalogue_hashes(), name: "another"}
    monkeypatch.setattr(running, "catalogue_hashes", lambda: changed)


def test_a_standard_is_a_view_and_makes_no_run_old(ready: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ready.find_run("2024")
    another(monkeypatch, "standards")
    assert freshness(ready, made) == "current"
    assert publish(ready, YEAR, "annual report", "Board", incomplete=SAMPLE).publication.run == made.id


def test_a_newer_program_is_told_apart_from_other_files(
    ready: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ready.find_run("2024")
    another(monkeypatch, "methods")
    assert freshness(ready, made) == "older-version"
    assert set(refused(ready, incomplete=SAMPLE)) == {"publish_older_version"}
    main(["--lang", "nl", "-w", str(ready.layout.root), "status", "2024"])
    told = capsys.readouterr().out
    assert "2024 is berekend met een eerdere versie van Trede; bestanden, lijsten en besluiten zijn dezelfde" in told
    assert "andere bestanden, lijsten of besluiten" not in told
    main(["--lang", "nl", "-w", str(ready.layout.root), "show", "2024"])
    assert "Berekend met een eerdere versie van Trede" in capsys.readouterr().out
    matter = gather(ready, ["2024"], lambda issues: [])
    assert [(covered.stale, covered.older) for covered in matter.runs] == [(False, True)]
    report = build(replace(matter, bridge=None), "nl")
    assert any("met een eerdere versie van Trede" in s.show(Wording("nl")) for s in report.statements())
    ready.decide(Pin(library=LIST_2026, years=(2021,), **BY))
    assert freshness(ready, made) == "stale"


def test_verifying_after_a_standard_changed_makes_everything_again(
    ready: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {**catalogue_hashes(), "standards": "another"}
    monkeypatch.setattr("trede.workspace.verifying.catalogue_hashes", lambda: changed)
    assert [issue.code for issue in verify(ready).issues] == []


def test_the_command_shows_what_each_source_delivered(
    small: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    take_in(workspace, "tankpas-2.csv", fuel_card([replace(FILLS[1], document="N1")]))
    run(workspace, 2024)
    give = [
        "--lang",
        "nl",
        "-w",
        str(workspace.layout.root),
        "publish",
        "2024",
        "--by",
        "Board",
        "--reason",
        "jaarverslag",
    ]
    assert main(give) == 1
    told = capsys.readouterr()
    line = next(line for line in told.out.splitlines() if line.strip().startswith("Tankpassen van de leaseauto's"))
    assert "aanwezig" in line
    assert "3/12" in line
    assert "--incomplete REDEN" in told.err
    assert main([*give, "--incomplete", "wagenpark pas vanaf januari"]) == 0
    told = capsys.readouterr()
    assert "Toch gepubliceerd, want: wagenpark pas vanaf januari" in told.out
    assert "geen records in 2024-04, 2024-05" in told.out
