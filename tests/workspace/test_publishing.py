"""Publishing: refused while something is open, and afterwards nothing but a restatement changes what is public."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trede.catalogue.gwp import DEFAULT_GWP
from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.completeness import source_status
from trede.inventory.footprint import footprint
from trede.inventory.publication import Publication, Published, totals_of
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.errors import RunError, StoreError
from trede.kernel.periods import Period
from trede.organisation.decisions import ExcludeUnmatched, Override, Pin, Revoke, SourceState
from trede.workspace import Workspace
from trede.workspace.bundling import MANIFEST, make_bundle
from trede.workspace.publishing import check_publication, proposal, require_undelivered
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import TABLES, check_files, verify
from workspaces import (
    BY,
    FILLS,
    LIST_2026,
    Copy,
    Fill,
    account_for,
    clock,
    create,
    fuel_card,
    publish_sample,
    run,
    take_in,
)

YEAR = Period.year(2024)
MENDED = fuel_card([*FILLS[:2], replace(FILLS[2], litres="57,78"), *FILLS[3:]])
WIND = "elektriciteit/windkracht/kwh"


def codes(error: pytest.ExceptionInfo[StoreError]) -> list[str]:
    return [issue.code for issue in error.value.issues]


def make_public(workspace: Workspace, *, restates: bool = False, period: Period = YEAR) -> Published:
    return publish_sample(workspace, period, restates=restates)


def fuel_batch(workspace: Workspace) -> str:
    return next(batch.id for batch in workspace.active_batches() if batch.source == "tankpas")


def ladder(workspace: Workspace) -> int:
    return footprint(workspace.find_run("2024").table("totals"), find_standard("ladder"), "market").total


@pytest.fixture
def ready(small: Workspace, copy: Copy) -> Workspace:
    """A calculated year of which every source is accounted for."""
    workspace = copy(small)
    account_for(workspace, 2024)
    run(workspace, 2024)
    return workspace


@pytest.fixture
def public(ready: Workspace) -> Workspace:
    make_public(ready)
    return ready


# -- the register


def test_what_is_not_delivered_is_none_excluded_or_missing(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    workspace.decide(SourceState(source="reizen", year=2024, status="none", **BY))
    out = workspace.decide(
        SourceState(source="laadpas", year=2024, status="excluded", estimate=Decimal("0.8"), basis="last year", **BY)
    )

    def states() -> dict[str, str]:
        decisions = workspace.decisions.in_force()
        return {
            s.source: s.status
            for s in source_status(workspace.organisation, workspace.active_batches(), YEAR, decisions)
        }

    assert states() == {
        "tankpas": "delivered", "elektriciteit": "missing", "gas": "delivered", "reizen": "none", "laadpas": "excluded",
    }  # fmt: skip
    workspace.decide(Revoke(decision=out.id, **BY))
    assert states()["laadpas"] == "missing"


def test_an_estimate_has_a_basis() -> None:
    with pytest.raises(ValueError, match="belong together"):
        SourceState(source="gas", year=2024, status="excluded", estimate=Decimal(1), **BY)


def test_who_says_none_of_a_source_that_delivered_is_told(small: Workspace) -> None:
    with pytest.raises(StoreError) as error:
        require_undelivered(small, SourceState(source="gas", year=2024, status="none", **BY))
    assert codes(error) == ["source_has_delivered"]
    with pytest.raises(StoreError) as error:
        require_undelivered(small, SourceState(source="garden", year=2024, status="none", **BY))
    assert codes(error) == ["source_unknown"]


# -- what stands in the way


def test_every_reason_is_told_at_once(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    take_in(workspace, "tankpas.csv", fuel_card([*FILLS, FILLS[1], Fill("B6", FILLS[1].day, "9,00", "Wasbeurt")]))
    workspace.decide(SourceState(source="gas", year=2024, status="none", **BY))
    run(workspace, 2024, lists="own-year")
    take_in(
        workspace, "gas.csv", b"Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\nHK;2024-01-01;2024-06-30;15;factuur\r\n"
    )

    with pytest.raises(StoreError) as error:
        make_public(workspace)

    found = codes(error)
    assert found[:2] == ["publish_own_year", "publish_stale"]
    assert found.count("publish_source_missing") == 3
    assert {"source_contradicted", "publish_rows_held", "publish_rows_rejected", "publish_unmatched"} <= set(found)
    assert workspace.publications.all() == []


def test_a_year_without_a_run_is_calculated_first(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    with pytest.raises(StoreError) as error:
        make_public(workspace)
    assert codes(error) == ["publish_not_calculated"]


@pytest.mark.parametrize(
    ("years", "stops"), [((2021, 2022), False), ((2023,), True), ((2025,), True), ((2026,), False)]
)
def test_rows_without_a_certain_date_stop_the_years_around_their_file(
    ready: Workspace, years: tuple[int, ...], stops: bool
) -> None:
    fills = [Fill(f"C{year}", date(year, 3, 1), "9,00") for year in years]
    take_in(ready, "tankpas-more.csv", fuel_card([*fills, fills[-1], Fill("C9", fills[-1].day, "9,00", "Wasbeurt")]))
    run(ready, 2024)
    if not stops:
        assert make_public(ready).publication.version == 1
        return
    with pytest.raises(StoreError) as error:
        make_public(ready)
    assert codes(error) == ["publish_rows_held", "publish_rows_rejected"]


def test_records_without_a_factor_are_left_out_with_a_reason(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    (pinned,) = (r for r in workspace.decisions.in_force() if isinstance(r.decision, Pin))
    workspace.decide(Revoke(decision=pinned.id, **BY))
    workspace.decide(Pin(library=LIST_2026, years=(2023, 2024), activity_types=("fuel-vehicle",), **BY))
    made = run(workspace, 2024)
    with pytest.raises(StoreError) as error:
        make_public(workspace)
    assert codes(error) == ["publish_unmatched"]
    gas = error.value.issues[0].values["activity_type"]

    workspace.decide(ExcludeUnmatched(activity_type=str(gas), years=(2023,), **BY))
    assert sort_unmatched(made.table("unmatched"), workspace.decisions.in_force()).count == 1
    out = workspace.decide(
        ExcludeUnmatched(activity_type=str(gas), years=(2024,), estimate=Decimal("1.4"), basis="m3 × 1.8 kg", **BY)
    )
    published = make_public(workspace)

    (left,) = published.publication.left_out
    assert (left.activity_type, left.records) == (gas, 1)
    assert (left.said.decision, left.said.estimate, left.said.basis) == (out.id, Decimal("1.4"), "m3 × 1.8 kg")
    assert published.publication.run == made.id, "leaving out changes no figure, so no other run is needed"


def test_a_record_that_is_wrong_cannot_be_left_out_by_type(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    out = workspace.decide(
        ExcludeUnmatched(activity_type="fuel-vehicle", attributes={"fuel": "diesel-b7"}, years=(2024,), **BY)
    )
    rows = [("petrol-e10", "factor_unbound"), ("diesel-b7", "factor_unbound"), ("diesel-b7", "amount_out_of_range")]
    table = pa.table(
        {
            "activity_type": ["fuel-vehicle"] * 3,
            "attributes": [json.dumps({"fuel": fuel}) for fuel, _ in rows],
            "start": [FILLS[1].day] * 3,
            "code": [code for _, code in rows],
        }
    )
    found = sort_unmatched(table, workspace.decisions.in_force())
    assert [(e.recorded.id, e.records) for e in found.excluded] == [(out.id, 1)]
    assert sorted(group.code for group in found.left) == ["amount_out_of_range", "factor_unbound"]


# -- what is kept


def test_a_publication_names_all_that_was_published(ready: Workspace) -> None:
    made = ready.find_run("2024")
    publication = make_public(ready).publication
    assert (publication.period, publication.version, publication.restates) == ("2024", 1, None)
    assert publication.run == made.id
    assert publication.content["ledger"] == made.result["ledger_content"]
    assert set(publication.content) == set(TABLES)
    assert publication.gwp == made.gwp == DEFAULT_GWP
    by_name = {(total.standard, total.basis): total for total in publication.totals}
    total = by_name[find_standard("ladder").id, "market"]
    assert total.mg == ladder(ready)
    assert sum(total.quality.values()) == total.mg
    assert {source.status for source in publication.sources} == {"delivered", "none"}
    assert all((source.said is not None) == (source.status == "none") for source in publication.sources)
    assert (publication.person, publication.made_at) == ("Quality officer", clock())


def test_a_publication_under_another_gwp_set_says_so(
    small: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    run(workspace, 2024, gwp="AR6")
    assert make_public(workspace).publication.gwp == "AR6"
    assert main(["--lang", "en", "-w", str(workspace.layout.root), "publications"]) == 0
    assert "GWP set: AR6" in capsys.readouterr().out


def test_a_publication_of_before_gwp_sets_were_named_is_read(public: Workspace) -> None:
    told = public.publications.all()[0].publication.model_dump(mode="json")
    assert Publication.model_validate({k: v for k, v in told.items() if k != "gwp"}).gwp is None


def test_published_twice_is_a_restatement_beside_it(public: Workspace) -> None:
    first = public.publications.all()[0]
    with pytest.raises(StoreError) as error:
        make_public(public, restates=True)
    assert codes(error) == ["published_same"]
    before = ladder(public)
    take_in(public, "tankpas.csv", MENDED, replaces=fuel_batch(public))
    later = run(public, 2024)
    assert ladder(public) == before
    with pytest.raises(StoreError) as error:
        make_public(public)
    assert codes(error) == ["published_already"]

    second = make_public(public, restates=True)

    assert (second.publication.version, second.publication.restates) == (2, first.id)
    assert public.find_run("2024").id == later.id
    assert ladder(public) != before
    assert [p.id for p in public.publications_of("2024")] == [first.id, second.id]
    assert public.publications.all()[0] == first
    assert verify(public).good


def test_what_was_never_published_cannot_be_restated(ready: Workspace) -> None:
    with pytest.raises(StoreError) as error:
        make_public(ready, restates=True)
    assert codes(error) == ["published_never"]


def test_a_proposal_says_what_would_change(public: Workspace) -> None:
    assert proposal(public, "2024") is None
    before = ladder(public)
    take_in(public, "tankpas.csv", MENDED, replaces=fuel_batch(public))
    later = run(public, 2024)
    found = proposal(public, "2024")
    assert found is not None
    assert found.run.id == later.id
    now = footprint(later.table("totals"), find_standard("ladder"), "market").total
    assert found.changes[find_standard("ladder").id, "market"] == now - before != 0


def test_a_broken_year_is_published_by_itself(ready: Workspace) -> None:
    half = Period.parse("2023-07-01..2024-06-30")
    account_for(ready, 2023)
    run(ready, str(half))
    published = make_public(ready, period=half)
    assert {source.year for source in published.publication.sources} == {2023, 2024}
    assert ready.publications_of("2024") == []


# -- and stays


def _mend(workspace: Workspace) -> None:
    counting = next((b for b in workspace.active_batches() if b.source == "tankpas"), None)
    take_in(workspace, "tankpas.csv", MENDED, replaces=counting.id if counting else None)


def _withdraw(workspace: Workspace) -> None:
    for batch in workspace.active_batches()[:1]:
        workspace.withdraw(batch.id, "not ours", "Quality officer")


def _revoke(workspace: Workspace) -> None:
    for recorded in workspace.decisions.in_force()[-1:]:
        workspace.decide(Revoke(decision=recorded.id, **BY))


def _override(workspace: Workspace) -> None:
    factor = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen/gtl-diesel/liter"
    workspace.decide(Override(activity_type="fuel-vehicle", years=(2024,), library=LIST_2026, factor=factor, **BY))


def _describe(workspace: Workspace) -> None:
    latest = workspace.organisation_versions.latest()
    assert latest is not None
    workspace.describe(latest.read() + b"\n# described again\n", "organisation.toml")


STEPS: dict[str, Callable[[Workspace], object]] = {
    "mend": _mend,
    "import": lambda w: take_in(w, "tankpas-3.csv", fuel_card([Fill("Z9", FILLS[1].day, "11,00")])),
    "withdraw": _withdraw,
    "revoke": _revoke,
    "override": _override,
    "unpin": lambda w: w.decide(Pin(library=LIST_2026, years=(2024,), activity_types=("travel-car",), **BY)),
    "exclude": lambda w: w.decide(ExcludeUnmatched(activity_type="fuel-vehicle", years=(2024,), **BY)),
    "none": lambda w: w.decide(SourceState(source="gas", year=2024, status="none", **BY)),
    "describe": _describe,
    "run": lambda w: run(w, 2024),
    "own-year": lambda w: run(w, 2024, lists="own-year"),
    "publish": make_public,
}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=2, max_size=8))
def test_nothing_changes_what_is_published(public: Workspace, tmp_path: Path, names: list[str]) -> None:
    root = tmp_path / "walk"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(public.layout.root, root)
    workspace = Workspace(root, clock)
    (published,) = workspace.publications.all()
    for name in names:
        with suppress(StoreError, RunError):  # some steps cannot be done twice
            STEPS[name](workspace)
        assert workspace.find_run("2024").id == published.publication.run, names
        assert totals_of(workspace.find_run("2024")) == published.publication.totals
        assert workspace.publications.all() == [published]
    assert [str(issue) for issue in check_files(workspace)] == []


# -- verification


def test_a_published_run_cannot_be_lost(public: Workspace) -> None:
    folder = public.find_run("2024").folder
    shutil.rmtree(folder)
    run(public, 2024, lists="own-year")
    with pytest.raises(StoreError) as error:
        public.find_run("2024")
    assert codes(error) == ["published_run_missing"]
    assert [issue.code for issue in check_files(public)] == ["published_run_missing"]


def test_a_changed_publication_shows(public: Workspace) -> None:
    (version,) = public.publications.versions.all()
    data = json.loads(version.read())
    data["totals"][0]["mg"] += 1
    version.path.write_text(json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n")
    assert [issue.code for issue in check_files(public)] == ["stored_file_changed"]


def test_a_removed_publication_shows(public: Workspace) -> None:
    public.publications.versions.all()[0].path.unlink()
    assert [issue.code for issue in check_files(public)] == ["stored_file_missing"]


def test_a_total_that_does_not_come_out_is_told(public: Workspace) -> None:
    (published,) = public.publications.all()
    first, *others = published.publication.totals
    wrong = published.publication.model_copy(
        update={"totals": (first.model_copy(update={"mg": first.mg + 1}), *others)}
    )
    (issue,) = check_publication(public, Published(published.id, published.number, wrong))
    assert (issue.code, issue.severity.value) == ("published_total_differs", "error")
    other = wrong.model_copy(update={"content": {**wrong.content, "ledger": "0" * 64}})
    (issue,) = check_publication(public, Published(published.id, published.number, other))
    assert issue.code == "published_run_differs"


def test_a_bundle_has_the_publication_and_holds_it_against_the_run(public: Workspace, tmp_path: Path) -> None:
    take_in(public, "tankpas.csv", MENDED, replaces=fuel_batch(public))
    run(public, 2024)
    make_public(public, restates=True)
    first, second = public.publications.all()
    old = make_bundle(public, public.run_store.get(first.publication.run), tmp_path / "old.zip").path
    new = make_bundle(public, public.find_run("2024"), tmp_path / "new.zip").path

    assert [p.id for p in verify_bundle(old).published] == [first.id]
    verdict = verify_bundle(new)
    assert verdict.good, verdict.issues
    assert [p.id for p in verdict.published] == [second.id]
    assert verdict.totals is not None
    recomputed = footprint(verdict.totals, find_standard("ladder"), "market").total
    assert recomputed in [total.mg for total in verdict.published[0].publication.totals]


def test_a_bundle_of_an_unpublished_run_has_no_publication(public: Workspace, tmp_path: Path) -> None:
    made = run(public, 2023)
    made_bundle = make_bundle(public, made, tmp_path / "b.zip").path
    verdict = verify_bundle(made_bundle)
    assert verdict.good
    assert verdict.published == []
    assert MANIFEST not in {issue.location.file for issue in verdict.issues}


def test_an_amount_that_cannot_be_stands_in_the_way(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    credit = Fill("K1", FILLS[2].day, "-200,00", "Diesel B7", credit_of="B2")
    take_in(workspace, "tankpas-2.csv", fuel_card([credit]))
    run(workspace, 2024)
    with pytest.raises(StoreError) as error:
        make_public(workspace)
    assert codes(error) == ["below_zero"]
