"""Every operation of the API: what it asks of a token, and where it is; and what an address of ours is made of."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from web_site import Site, wait

from trede_web.api.models import Token
from trede_web.bridge.books import open_books, views
from trede_web.bridge.factors.choices import revocable
from trede_web.bridge.runs.bundles import bundle_file
from trede_web.comments.models import Comment
from trede_web.keeping.export import file_of
from trede_web.people.models import Invitation
from trede_web.roles import Power, Role
from trede_web.work.models import Job

READ, COMMENT, WORK, PUBLISH, MANAGE = Power
MATRIX: dict[str, tuple[Power, str]] = {
    "organisations": (READ, "GET /api/v1/organisations"),
    "together": (READ, "POST /api/v1/together"),
    "organisation": (READ, "GET /api/v1/organisations/{organisation}"),
    "year": (READ, "GET /api/v1/organisations/{organisation}/years/{year}"),
    "sources": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/sources"),
    "source": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/sources/{source}"),
    "account_for": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/sources/{source}"),
    "completeness": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/completeness"),
    "description": (READ, "GET /api/v1/organisations/{organisation}/description"),
    "change": (WORK, "POST /api/v1/organisations/{organisation}/description"),
    "part": (READ, "GET /api/v1/organisations/{organisation}/description/parts/{part}"),
    "check_change": (WORK, "POST /api/v1/organisations/{organisation}/description/check"),
    "versions": (READ, "GET /api/v1/organisations/{organisation}/description/versions"),
    "version": (READ, "GET /api/v1/organisations/{organisation}/description/versions/{number}"),
    "version_file": (READ, "GET /api/v1/organisations/{organisation}/description/versions/{number}/file"),
    "people": (READ, "GET /api/v1/organisations/{organisation}/people"),
    "invite": (MANAGE, "POST /api/v1/organisations/{organisation}/invitations"),
    "uninvite": (MANAGE, "POST /api/v1/organisations/{organisation}/invitations/{invitation}/withdrawal"),
    "remove": (MANAGE, "POST /api/v1/organisations/{organisation}/people/{member}/removal"),
    "tokens": (READ, "GET /api/v1/organisations/{organisation}/tokens"),
    "withdraw_token": (READ, "POST /api/v1/organisations/{organisation}/tokens/{token}/withdrawal"),
    "batches": (READ, "GET /api/v1/organisations/{organisation}/imports"),
    "take_in": (WORK, "POST /api/v1/organisations/{organisation}/imports"),
    "saved_profiles": (READ, "GET /api/v1/organisations/{organisation}/imports/profiles"),
    "empty_template": (READ, "GET /api/v1/organisations/{organisation}/imports/template"),
    "batch": (READ, "GET /api/v1/organisations/{organisation}/imports/{batch}"),
    "rows": (READ, "GET /api/v1/organisations/{organisation}/imports/{batch}/rows/{fate}"),
    "rows_file": (READ, "GET /api/v1/organisations/{organisation}/imports/{batch}/rows/{fate}/file"),
    "mend": (WORK, "POST /api/v1/organisations/{organisation}/imports/{batch}/mended"),
    "decide": (WORK, "POST /api/v1/organisations/{organisation}/imports/{batch}/decisions"),
    "withdraw": (WORK, "POST /api/v1/organisations/{organisation}/imports/{batch}/withdrawal"),
    "evidence": (READ, "GET /api/v1/organisations/{organisation}/evidence/{digest}"),
    "waiting_files": (READ, "GET /api/v1/organisations/{organisation}/imports/waiting"),
    "mapping": (READ, "GET /api/v1/organisations/{organisation}/imports/waiting/{staged}"),
    "say_columns": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/mapping"),
    "begin_again": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/beginning"),
    "look_again": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/look"),
    "ask_check": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/check"),
    "check": (READ, "GET /api/v1/organisations/{organisation}/imports/waiting/{staged}/check"),
    "repair": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/repair"),
    "commit": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/taking-in"),
    "weight": (READ, "GET /api/v1/organisations/{organisation}/imports/waiting/{staged}/weight"),
    "controls": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/controls"),
    "leave_out": (WORK, "POST /api/v1/organisations/{organisation}/imports/waiting/{staged}/removal"),
    "profiles_in_full": (READ, "GET /api/v1/organisations/{organisation}/imports/profiles/lines"),
    "profile_file": (READ, "GET /api/v1/organisations/{organisation}/imports/profiles/{profile}/file"),
    "rename_profile": (WORK, "POST /api/v1/organisations/{organisation}/imports/profiles/{profile}/name"),
    "grid": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/grid"),
    "store_grid": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/grid"),
    "check_grid": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/grid/check"),
    "evidence_about": (READ, "GET /api/v1/organisations/{organisation}/evidence/{digest}/about"),
    "picture": (READ, "GET /api/v1/organisations/{organisation}/evidence/{digest}/picture"),
    "attach": (WORK, "POST /api/v1/organisations/{organisation}/evidence"),
    "erase": (MANAGE, "POST /api/v1/organisations/{organisation}/evidence/{digest}/removal"),
    "exports": (MANAGE, "GET /api/v1/organisations/{organisation}/exports"),
    "export": (MANAGE, "POST /api/v1/organisations/{organisation}/exports"),
    "export_file": (MANAGE, "GET /api/v1/organisations/{organisation}/exports/{export}/file"),
    "records": (READ, "GET /api/v1/organisations/{organisation}/records"),
    "record_groups": (READ, "GET /api/v1/organisations/{organisation}/records/groups"),
    "records_file": (READ, "GET /api/v1/organisations/{organisation}/records/files/{form}"),
    "record": (READ, "GET /api/v1/organisations/{organisation}/records/{record}"),
    "correct": (WORK, "POST /api/v1/organisations/{organisation}/records/{record}/corrections"),
    "comments": (READ, "GET /api/v1/organisations/{organisation}/comments"),
    "comment": (COMMENT, "POST /api/v1/organisations/{organisation}/comments"),
    "take_back": (COMMENT, "POST /api/v1/organisations/{organisation}/comments/{comment}/note"),
    "factors": (READ, "GET /api/v1/organisations/{organisation}/factors"),
    "factor": (READ, "GET /api/v1/organisations/{organisation}/factors/{library}/{factor}"),
    "lists": (READ, "GET /api/v1/organisations/{organisation}/lists"),
    "bring_list": (WORK, "POST /api/v1/organisations/{organisation}/lists"),
    "pin_years": (WORK, "POST /api/v1/organisations/{organisation}/lists/pins"),
    "own_template": (READ, "GET /api/v1/organisations/{organisation}/own-factors/template"),
    "own_units": (READ, "GET /api/v1/organisations/{organisation}/own-factors/units"),
    "own_factor": (WORK, "POST /api/v1/organisations/{organisation}/own-factors"),
    "taken_over": (READ, "GET /api/v1/organisations/{organisation}/own-factors/of/{library}/{factor}"),
    "factors_beside": (READ, "GET /api/v1/organisations/{organisation}/factors/side-by-side"),
    "factors_table": (READ, "GET /api/v1/organisations/{organisation}/factors/table"),
    "factor_records": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/factor-records"),
    "estimates": (READ, "GET /api/v1/organisations/{organisation}/estimates"),
    "add_estimate": (WORK, "POST /api/v1/organisations/{organisation}/estimates"),
    "withdraw_estimate": (WORK, "POST /api/v1/organisations/{organisation}/estimates/{key}/withdrawal"),
    "samples": (READ, "GET /api/v1/organisations/{organisation}/samples"),
    "draw_a_sample": (WORK, "POST /api/v1/organisations/{organisation}/samples"),
    "work_out_sample": (WORK, "POST /api/v1/organisations/{organisation}/samples/trial"),
    "extrapolate_sample": (WORK, "POST /api/v1/organisations/{organisation}/samples/extrapolation"),
    "models": (READ, "GET /api/v1/organisations/{organisation}/models"),
    "method": (READ, "GET /api/v1/organisations/{organisation}/methods/{method}"),
    "model": (READ, "GET /api/v1/organisations/{organisation}/models/{model}"),
    "model_template_file": (READ, "GET /api/v1/organisations/{organisation}/models/{model}/template"),
    "add_model": (WORK, "POST /api/v1/organisations/{organisation}/models"),
    "try_text": (WORK, "POST /api/v1/organisations/{organisation}/model-trials"),
    "try_model": (WORK, "POST /api/v1/organisations/{organisation}/models/{model}/trial"),
    "enter_record": (WORK, "POST /api/v1/organisations/{organisation}/models/{model}/records"),
    "withdraw_model": (WORK, "POST /api/v1/organisations/{organisation}/models/{model}/withdrawal"),
    "matches": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/matches"),
    "match": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/matches/{item}"),
    "settle_match": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/matches/{item}"),
    "say_meaning": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/matches/{item}/meaning"),
    "choices": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/choices"),
    "override_choices": (READ, "GET /api/v1/organisations/{organisation}/overrides/{library}/{factor}"),
    "override": (WORK, "POST /api/v1/organisations/{organisation}/overrides"),
    "revoke": (WORK, "POST /api/v1/organisations/{organisation}/decisions/{decision}/revocation"),
    "calculation": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/calculation"),
    "calculate": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/calculation"),
    "footprint": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/footprint"),
    "trace": (READ, "GET /api/v1/organisations/{organisation}/trace/{address}"),
    "bridge": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/bridge/{before}"),
    "calculate_bridge": (READ, "POST /api/v1/organisations/{organisation}/years/{year}/bridge/{before}"),
    "charts_of_run": (READ, "GET /api/v1/organisations/{organisation}/charts/{address}"),
    "chart": (READ, "GET /api/v1/organisations/{organisation}/chart/{chart}/{address}"),
    "chart_file": (READ, "GET /api/v1/organisations/{organisation}/chart-files/{kind}/{chart}/{address}"),
    "sites": (READ, "GET /api/v1/organisations/{organisation}/sites/{address}"),
    "bridge_picture": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/bridge/{before}/chart"),
    "bridge_file": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/bridge/{before}/files/{kind}"),
    "look_ahead": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/plans"),
    "plan": (READ, "GET /api/v1/organisations/{organisation}/plans/{plan}"),
    "report": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/report"),
    "make_report": (READ, "POST /api/v1/organisations/{organisation}/years/{year}/report"),
    "report_chapter": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/report/chapters/{chapter}"),
    "report_file": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/report/files/{kind}"),
    "evidence_page": (READ, "GET /api/v1/organisations/{organisation}/evidence/{digest}/pages/{number}"),
    "draw_page": (READ, "POST /api/v1/organisations/{organisation}/evidence/{digest}/pages/{number}"),
    "base_year": (READ, "GET /api/v1/organisations/{organisation}/base-year"),
    "hold_base_year": (READ, "POST /api/v1/organisations/{organisation}/base-year"),
    "say_base_year": (WORK, "POST /api/v1/organisations/{organisation}/base-year/policy"),
    "scope_3": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/scope-3"),
    "category": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/scope-3/{number}"),
    "say_category": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/scope-3"),
    "materiality": (READ, "GET /api/v1/organisations/{organisation}/materiality"),
    "say_materiality": (WORK, "POST /api/v1/organisations/{organisation}/materiality"),
    "doubles": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/doubles"),
    "settle": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/doubles/{finding}"),
    "pin": (WORK, "POST /api/v1/organisations/{organisation}/years/{year}/lists"),
    "publications": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/publications"),
    "publish": (PUBLISH, "POST /api/v1/organisations/{organisation}/years/{year}/publications"),
    "allocations": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/allocations"),
    "calculate_allocations": (READ, "POST /api/v1/organisations/{organisation}/years/{year}/allocations"),
    "statement": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/allocations/{allocation}/statement"),
    "statement_file": (
        READ,
        "GET /api/v1/organisations/{organisation}/years/{year}/allocations/{allocation}/statement/{kind}",
    ),
    "allocate": (WORK, "POST /api/v1/organisations/{organisation}/allocations"),
    "proofs": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/proofs"),
    "prove": (READ, "POST /api/v1/organisations/{organisation}/years/{year}/proofs"),
    "bundles": (READ, "GET /api/v1/organisations/{organisation}/years/{year}/bundles"),
    "make_bundle": (READ, "POST /api/v1/organisations/{organisation}/years/{year}/bundles"),
    "bundle_file": (READ, "GET /api/v1/organisations/{organisation}/bundles/{bundle}/file"),
    "examine": (READ, "POST /api/v1/organisations/{organisation}/examinations"),
    "examination": (READ, "GET /api/v1/organisations/{organisation}/examinations/{examined}"),
    "jobs": (READ, "GET /api/v1/organisations/{organisation}/jobs"),
    "job": (READ, "GET /api/v1/organisations/{organisation}/jobs/{job}"),
    "changes": (READ, "GET /api/v1/organisations/{organisation}/changes"),
}
"""A new operation without an entry fails."""
TOLD = {
    "bridge": {409}, "bridge_picture": {409}, "bridge_file": {409}, "commit": {409}, "controls": {409}, "check": {404},
    "match": {404}, "settle_match": {404, 422}, "say_meaning": {404, 422}, "taken_over": {404},
    "remove": {409}, "uninvite": {200, 404}, "withdraw_token": {200, 403, 404},
    "factor_records": {404, 422}, "picture": {404}, "report": {409}, "report_chapter": {409}, "report_file": {404, 409},
    "hold_base_year": {409}, "evidence_page": {409}, "draw_page": {404}, "examination": {200, 404},
    "model": {404}, "model_template_file": {404}, "try_model": {404, 422}, "enter_record": {404, 422},
    "withdraw_model": {404, 422}, "withdraw_estimate": {404, 422},
    "calculate_allocations": {409}, "records_file": {200, 503}, "statement": {404, 422}, "statement_file": {404, 422},
}  # fmt: skip
"""What operations answer to who may, where it is something else than that it was done or lacks a field."""
OURS = frozenset(
    {
        "batch", "digest", "job", "address", "record", "comment", "staged", "plan", "export", "invitation", "member", "token",
        "decision", "finding", "profile", "item", "bundle", "examined", "model", "key",
    }
)  # fmt: skip
"""Parts of an address that name something of one organisation."""


def planned(site: Site, run: str) -> Job:
    """Return a plan that was made."""
    nothing: dict[str, list[str]] = {"came": [], "went": []}
    said = {
        "run": run, "last": run, "records": 1, "unmatched": 0, "library": "", "parts": [], "gone": {}, "other": [],
        "totals": {view.name: {"last": 1, "next": 2, "causes": {}} for view in views()},
        "batches": nothing, "libraries": nothing, "decisions": nothing,
    }  # fmt: skip
    return Job.objects.create(
        organisation=site.ours, person=site.person(), kind="plan", state="done", result={"year": 2024, "plan": said}
    )


def bundled(site: Site, run: str) -> Job:
    """Return a bundle that is ready."""
    said = {"year": 2024, "run": run, "period": "2024", "originals": False, "files": 1, "size": 2, "sha256": "0" * 64}
    job = Job.objects.create(
        organisation=site.ours, person=site.person(), kind="bundle", state="done", finished_at=timezone.now(),
        asked={"year": 2024, "run": run, "originals": False}, result=said,
    )  # fmt: skip
    path = bundle_file(site.ours.folder, str(job.pk), originals=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PK")
    return job


def known_of(site: Site) -> dict[str, str]:
    """Return what the addresses of our organisation are made of."""
    folder, person = site.ours.folder, site.person()
    books = open_books(folder)
    batch = next(b for b in books.active_batches() if b.file_name == "tankpas-2024.csv")
    run = books.find_run("2024").id
    made = {
        kind: Job.objects.create(organisation=site.ours, person=person, kind=kind, state="done")
        for kind in ("calculate", "export", "examine")
    }
    file_of(made["export"]).parent.mkdir(exist_ok=True)
    file_of(made["export"]).write_bytes(b"PK")
    record = batch.records()["record_id"][0].as_py()
    comment = Comment.objects.create(
        organisation=site.ours, person=person, kind="record", about=record, text="Klopt dit?"
    )
    offer, _ = Invitation.offer(site.ours, "new@ours.example", Role.AUDITOR, person)
    token, _ = Token.issue(site.ours, person, "a program", "read", timezone.now() + timedelta(hours=1))
    return {
        "record": record, "comment": str(comment.pk), "library": "co2emissiefactoren-2026-08-20",
        "factor": "elektriciteit/grijze-stroom/kwh", "organisation": "ours", "year": "2024", "before": "2023",
        "source": "reizen", "batch": batch.id, "fate": "rejected", "digest": batch.file_sha256,
        "job": str(made["calculate"].pk), "address": f"{run}/ladder:market", "finding": "00000000", "part": "site",
        "number": "1", "chapter": "summary", "chart": "sources", "kind": "csv", "form": "csv", "plan": str(planned(site, run).pk),
        "export": str(made["export"].pk), "invitation": str(offer.pk), "token": str(token.pk), "profile": "tankpas",
        "member": str(site.ours.memberships.get(role="owner").pk), "decision": next(iter(revocable(books))),
        "allocation": "huurders", "bundle": str(bundled(site, run).pk), "examined": str(made["examine"].pk),
        "item": "0" * 16, "key": "0" * 16, "model": "delivery-bikes", "method": "travel-distance",
        "staged": wait(site, "wacht.csv"),
    }  # fmt: skip
