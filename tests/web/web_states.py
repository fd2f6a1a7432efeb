"""Every page and the states that it is looked at in. A route of a page without an entry fails a test (`test_web_states.py`)."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import Resolver404, resolve

OWNER, AUDITOR = "owner@ours.example", "auditor@ours.example"


@dataclass(frozen=True)
class State:
    """A page as somebody may find it.

    Attributes:
        name: what is special about it; the same words for the same kind of state.
        where: its address after the language, with parts of `web_accounts.Accounts.known` in braces.
        shows: a selector of what only this state has.
        sent: fields of a form that is sent to the address; None: the address is opened.
        status: of the answer.
        who: the e-mail address of who looks; empty: nobody is logged in.
        trouble: what is wrong around the application: `full` or `away`, or inside: `broken`.
    """

    name: str
    where: str
    shows: str
    sent: dict[str, str] | None = None
    status: int = 200
    who: str = OWNER
    trouble: str = ""


def filled(where: str, shows: str = "main h1", **more: object) -> State:
    """Return a page with something on it."""
    return State("filled", where, shows, **more)  # type: ignore[arg-type]


def empty(where: str, shows: str = "main h1", **more: object) -> State:
    """Return a page of an organisation in which nothing was done yet."""
    return State("empty", where, shows, **more)  # type: ignore[arg-type]


def wrong(
    where: str, sent: dict[str, str] | None = None, shows: str = ".utrecht-alert--error", **more: object
) -> State:
    """Return a form that was sent with something wrong in it."""
    return State("wrong", where, shows, sent or {}, 422, **more)  # type: ignore[arg-type]


def many(where: str, shows: str = "main h1", **more: object) -> State:
    """Return a page of an organisation with ten thousand of everything."""
    return State("many", where, shows, **more)  # type: ignore[arg-type]


def waiting(where: str, shows: str = "#making") -> State:
    """Return a page that waits for the worker."""
    return State("waiting", where, shows)


def failed(where: str, shows: str = ".utrecht-alert--error") -> State:
    """Return a page of which the worker could not make a part."""
    return State("failed", where, shows)


def reading(where: str, shows: str = "main h1") -> State:
    """Return a page for who may read it and change nothing."""
    return State("reading", where, shows, who=AUDITOR)


OURS, NONE, MANY, SLOW, STUCK, HALF = (f"/o/{slug}" for slug in ("ours", "leeg", "veel", "wacht", "vast", "half"))

STATES: dict[str, tuple[State, ...]] = {
    "year": (
        filled(f"{OURS}/2024/"), empty(f"{NONE}/2025/"), State("partial", f"{HALF}/2024/", "main h1"), many(f"{MANY}/2024/"),
        waiting(f"{SLOW}/2024/"), failed(f"{STUCK}/2024/"), reading(f"{OURS}/2024/"),
    ),
    "calculate": (
        filled(f"{OURS}/2024/calculate/"), empty(f"{NONE}/2025/calculate/"),
        State("partial", f"{HALF}/2024/calculate/", "main h1"),
        many(f"{MANY}/2024/calculate/"), reading(f"{OURS}/2024/calculate/"),
    ),
    "pin": (wrong(f"{OURS}/2024/list/"),),
    "plan": (filled(f"{OURS}/plans/{{plan}}/"),),
    "footprint": (
        filled(f"{OURS}/2024/footprint/"), empty(f"{NONE}/2025/footprint/"),
        State("partial", f"{OURS}/2024/footprint/?period=2024-H1", "main h1"),
        many(f"{MANY}/2024/footprint/"),
    ),
    "trace": (
        filled(f"{OURS}/trace/{{address}}/"), State("account", "{account}", "main h1"),
        State("month", "{month}", "main h1"),
    ),
    "bridge": (
        filled(f"{OURS}/2024/bridge/"), empty(f"{NONE}/2025/bridge/"),
        State("waiting", f"{OURS}/2024/bridge/?from=2022", "#job"),
        State("partial", f"{OURS}/2024/bridge/?cause=activity", "main h1"),
    ),
    "base_year": (filled(f"{OURS}/base-year/"), empty(f"{NONE}/base-year/")),
    "base_year_change": (filled(f"{OURS}/base-year/change/"), wrong(f"{OURS}/base-year/change/")),
    "report": (
        filled(f"{OURS}/2024/report/"), empty(f"{NONE}/2025/report/"), State("waiting", f"{OURS}/2023/report/", "#job"),
    ),
    "report_chapter": (filled(f"{OURS}/2024/report/summary/"),),
    "completeness": (
        filled(f"{OURS}/2024/completeness/"), empty(f"{NONE}/2025/completeness/"),
        State("partial", f"{HALF}/2024/completeness/", "main h1"), many(f"{MANY}/2024/completeness/"),
    ),
    "doubles": (
        filled(f"{OURS}/2024/doubles/", ".trede-panel form"), empty(f"{NONE}/2025/doubles/"),
        waiting(f"{SLOW}/2024/doubles/"), failed(f"{STUCK}/2024/doubles/"),
        reading(f"{OURS}/2024/doubles/"),
    ),
    "settle": (wrong(f"{OURS}/2024/doubles/settle/", {"finding": "{finding}", "choice": "cover"}),),
    "publish": (
        filled(f"{OURS}/2022/publish/", "#reason"), State("done", "/o/klaar/2022/publish/", ".trede-mini"),
        empty(f"{NONE}/2025/publish/"), State("partial", f"{OURS}/2024/publish/", "main h1"),
        waiting(f"{SLOW}/2024/publish/"), failed(f"{STUCK}/2024/publish/"), wrong(f"{OURS}/2022/publish/"),
    ),
    "organisation": (filled(f"{OURS}/organisation/"), empty(f"{NONE}/organisation/"), reading(f"{OURS}/organisation/")),
    "thing": (
        filled(f"{OURS}/organisation/change/site/?id=hoofdkantoor"), empty(f"{OURS}/organisation/change/source/"),
        wrong(f"{OURS}/organisation/change/entity/", {"base": "{base}", "own-1-share": "x"}),
    ),
    "figures": (
        filled(f"{OURS}/organisation/figures/"), empty(f"{NONE}/organisation/figures/"),
        wrong(f"{OURS}/organisation/figures/", {"base": "{base}", "c-0-all-2024": "x"}),
    ),
    "upload": (wrong(f"{OURS}/organisation/upload/"),),
    "versions": (filled(f"{OURS}/organisation/versions/"), empty(f"{NONE}/organisation/versions/")),
    "version": (filled(f"{OURS}/organisation/versions/1/"),),
    "sources": (filled(f"{OURS}/2024/sources/"), empty(f"{NONE}/2025/sources/"), reading(f"{OURS}/2024/sources/")),
    "source_page": (filled(f"{OURS}/2024/sources/one/?id=tankpas"),),
    "restore": (filled(f"{OURS}/restore/"),),
    "imports": (
        filled(f"{OURS}/imports/"), empty(f"{NONE}/imports/"), State("partial", f"{OURS}/imports/", "#waiting"),
        failed(f"{STUCK}/imports/", ".utrecht-status-badge--error"), wrong(f"{OURS}/imports/"), reading(f"{OURS}/imports/"),
    ),
    "batch": (
        filled(f"{OURS}/imports/{{clean}}/"), State("partial", f"{OURS}/imports/{{faulty}}/", ".trede-fix"),
        many(f"{MANY}/imports/{{long}}/", ".trede-fix"), many(f"{MANY}/imports/{{long}}/?rejected=401", "nav [rel=prev]"),
        reading(f"{OURS}/imports/{{faulty}}/"),
    ),
    "decide": (wrong(f"{OURS}/imports/{{faulty}}/decide/"),),
    "mend": (wrong(f"{OURS}/imports/{{faulty}}/mend/"),),
    "withdraw": (wrong(f"{OURS}/imports/{{faulty}}/withdraw/"),),
    "erase": (wrong(f"{OURS}/evidence/{{digest}}/remove/"),),
    "grid": (
        filled(f"{OURS}/2024/grid/?source=reizen&type=travel-rail"), empty(f"{NONE}/2025/grid/"),
        wrong(f"{OURS}/2024/grid/",
        {"source": "snelle-invoer", "type": "electricity", "meter-0": "A1", "unit-0": "kWh",
            "cell-0-0": "x", "lines": "1", "do": "store"}),
        reading(f"{OURS}/2024/grid/"),
    ),
    "staged": (
        filled(f"{OURS}/imports/waiting/{{staged}}/"),
        State("wrong", f"{OURS}/imports/waiting/{{staged}}/", ".utrecht-alert--error", {"do": "check"}, 422),
        reading(f"{OURS}/imports/waiting/{{staged}}/"), State("partial", f"{OURS}/imports/waiting/{{paper}}/", "#paper"),
    ),
    "staged_check": (State("partial", f"{OURS}/imports/waiting/{{checked}}/check/", "main h1"),),
    "staged_controls": (wrong(f"{OURS}/imports/waiting/{{checked}}/controls/", {"control_total": "x"}),),
    "staged_drop": (wrong(f"{OURS}/imports/waiting/{{staged}}/drop/"), wrong(f"{OURS}/imports/waiting/{{paper}}/drop/")),
    "profiles": (filled(f"{OURS}/imports/profiles/"), empty(f"{NONE}/imports/profiles/")),
    "profile_rename": (wrong(f"{OURS}/imports/profiles/tankpas/"),),
    "evidence_view": (filled(f"{OURS}/evidence/{{digest}}/view/"), many(f"{MANY}/evidence/{{long_digest}}/view/")),
    "attach": (wrong(f"{OURS}/evidence/attach/"),),
    "factors": (
        filled(f"{OURS}/factors/?q=stroom"), State("empty", f"{OURS}/factors/?q=zzzz", "main h1"),
        many(f"{OURS}/factors/"),
    ),
    "factors_compare": (filled(f"{OURS}/factors/compare/?{{refs}}"), empty(f"{OURS}/factors/compare/")),
    "factor_records": (filled(f"{OURS}/factors/records/?of={{use}}"),),
    "factor": (filled(f"{OURS}/factors/of/{{library}}/{{factor}}/"), reading(f"{OURS}/factors/of/{{library}}/{{factor}}/")),
    "override": (wrong(f"{OURS}/factors/use/{{library}}/{{factor}}/"),),
    "lists": (
        filled(f"{OURS}/factors/lists/"), empty(f"{NONE}/factors/lists/"), wrong(f"{OURS}/factors/lists/"),
        reading(f"{OURS}/factors/lists/"),
    ),
    "pin_years": (wrong(f"{OURS}/factors/lists/pin/"),),
    "revoke": (wrong(f"{OURS}/factors/decisions/{{decision}}/revoke/"),),
    "own_factor": (empty(f"{OURS}/factors/own/"), wrong(f"{OURS}/factors/own/")),
    "matching": (
        filled(f"{HALF}/2024/matching/"), empty(f"{NONE}/2025/matching/"), many(f"{MANY}/2024/matching/"),
        State("done", f"{OURS}/2024/matching/", "main h1"),
    ),
    "settle_match": (wrong(f"{HALF}/2024/matching/settle/"),),
    "settle_meaning": (wrong(f"{MANY}/2024/matching/meaning/"),),
    "choices": (
        filled(f"{OURS}/2024/choices/"), empty(f"{NONE}/2025/choices/"), waiting(f"{SLOW}/2024/choices/"),
        failed(f"{STUCK}/2024/choices/"),
    ),
    "go": (filled(f"{OURS}/go/?q=tank"), empty(f"{OURS}/go/")),
    "job": (
        State("waiting", f"{SLOW}/jobs/{{job_queued}}/", "#job"),
        State("partial", f"{SLOW}/jobs/{{job_running}}/", "progress"),
        failed(f"{STUCK}/jobs/{{job_failed}}/"), State("done", f"{OURS}/jobs/{{job_done}}/", "#job"),
    ),
    "people": (
        filled(f"{OURS}/people/"), empty(f"{NONE}/people/"), many(f"{MANY}/people/"), wrong(f"{OURS}/people/invite/"),
        reading(f"{OURS}/people/"),
    ),
    "remove": (wrong(f"{NONE}/people/{{last}}/remove/"),),
    "changes": (filled(f"{OURS}/changes/"), empty(f"{NONE}/changes/"), many(f"{MANY}/changes/")),
    "data": (filled(f"{OURS}/data/"), empty(f"{NONE}/data/")),
    "tokens": (filled(f"{OURS}/tokens/"), empty(f"{NONE}/tokens/"), wrong(f"{OURS}/tokens/"), many(f"{MANY}/tokens/")),
    "ledger": (
        filled(f"{OURS}/ledger/?year=2024"), empty(f"{NONE}/ledger/?year=all"), many(f"{MANY}/ledger/?year=2024"),
        waiting(f"{SLOW}/ledger/?year=2024"),
        failed(f"{STUCK}/ledger/?year=2024"), State("partial", f"{OURS}/ledger/?year=2024&group=type", "tr.tot"),
        State("empty", f"{OURS}/ledger/?year=2024&q=zzzz", "main h1"),
    ),
    "record": (filled(f"{OURS}/records/{{record}}/"), reading(f"{OURS}/records/{{record}}/")),
    "correct": (wrong(f"{OURS}/records/{{record}}/correct/"),),
    "comments": (filled(f"{OURS}/comments/"), empty(f"{NONE}/comments/"), many(f"{MANY}/comments/")),
    "thread": (
        filled(f"{OURS}/comments/year/2024/"), empty(f"{OURS}/comments/year/2023/"),
        wrong(f"{OURS}/comments/year/2023/"), many(f"{MANY}/comments/year/2024/"),
    ),
    "take_back": (wrong(f"{OURS}/comments/{{comment}}/take-back/"),),
    "scope_3": (filled(f"{OURS}/2024/scope-3/"), empty(f"{NONE}/2025/scope-3/"), reading(f"{OURS}/2024/scope-3/")),
    "category": (filled(f"{OURS}/2024/scope-3/1/"), empty(f"{NONE}/2025/scope-3/1/")),
    "say_category": (wrong(f"{OURS}/2024/scope-3/say/", {"category": "1"}),),
    "materiality": (filled(f"{OURS}/materiality/"), empty(f"{NONE}/materiality/")),
    "materiality_change": (filled(f"{OURS}/materiality/change/"), wrong(f"{OURS}/materiality/change/")),
    "receivers": (filled(f"{OURS}/2024/receivers/"), empty(f"{NONE}/2025/receivers/")),
    "divide": (filled(f"{OURS}/2024/receivers/divide/"), wrong(f"{OURS}/2024/receivers/divide/")),
    "statement": (filled(f"{OURS}/2024/receivers/of/huurders/?receiver=Boven"),),
    "prove": (filled(f"{OURS}/2024/prove/"), empty(f"{NONE}/2025/prove/")),
    "examine": (filled(f"{OURS}/examine/"), wrong(f"{OURS}/examine/")),
    "examined": (filled(f"{OURS}/examine/{{examined}}/"),),
    "models": (filled(f"{OURS}/models/"), empty(f"{NONE}/models/")),
    "model_new": (filled(f"{OURS}/models/new/"), wrong(f"{OURS}/models/new/")),
    "method": (filled(f"{OURS}/models/methods/travel-distance/"),),
    "model": (filled(f"{OURS}/models/of/delivery-bikes/"),),
    "tried": (filled(f"{OURS}/models/tried/{{tried}}/"),),
    "model_use": (wrong(f"{OURS}/models/of/delivery-bikes/use/"),),
    "model_withdraw": (wrong(f"{OURS}/models/of/delivery-bikes/withdraw/"),),
    "estimates": (filled(f"{OURS}/estimates/"), empty(f"{NONE}/estimates/")),
    "estimate_new": (filled(f"{OURS}/estimates/new/"), wrong(f"{OURS}/estimates/new/")),
    "samples": (filled(f"{OURS}/samples/"), empty(f"{NONE}/samples/")),
    "sample": (filled(f"{OURS}/samples/{{sample}}/"),),
    "sample_new": (filled(f"{OURS}/samples/new/"), wrong(f"{OURS}/samples/new/")),
    "sample_again": (wrong(f"{OURS}/samples/{{sample}}/again/"),),
    "together": (filled("/together/"), State("empty", "/together/", "main h1", who="new@new.example")),
    "home": (filled("/"), State("empty", "/", "main h1", who="new@new.example"), wrong("/"), wrong("/bring/")),
    "account_login": (
        State("empty", "/login/", "main h1", who=""),
        State("wrong", "/login/", ".utrecht-alert--error", {"login": "a@b.example", "password": "x"}, who=""),
    ),
    "account_change_password": (
        filled("/password/"),
        State("wrong", "/password/", ".utrecht-alert--error",
        {"oldpassword": "x", "password1": "kort", "password2": "korter"}),
    ),
    "account_reauthenticate": (
        filled("/login/again/"), State("wrong", "/login/again/", ".utrecht-alert--error", {"password": "x"}),
    ),
    "mfa_index": (State("empty", "/codes/", "main h1"),),
    "forgotten": (State("empty", "/password/forgotten/", "main h1", who=""),),
    "reset": (
        State("filled", "/reset/{reset}/", "main h1", who=""),
        State("wrong", "/reset/{reset}/", ".utrecht-alert--error", {"password": "kort"}, 422, who=""),
        State("gone", "/reset/nothing/", "main h1", None, 404, who=""),
    ),
    "invitation": (
        State("filled", "/invitation/{invitation}/", "main h1", who=""),
        State("wrong", "/invitation/{invitation}/", ".utrecht-alert--error",
        {"name": "", "password": "kort"}, 422, who=""),
        State("gone", "/invitation/nothing/", "main h1", None, 404, who=""),
    ),
    "api": (filled("/api/"),),
    "accessibility": (filled("/accessibility/"), State("filled", "/accessibility/", "main h1", who="")),
    "patterns": (filled("/patterns/"),),
}  # fmt: skip
"""The states of each page; also those of a form's address, which shows its page again when something is wrong."""

FAULTS: dict[str, State] = {
    "not_found": State("not_found", f"{OURS}/nothing/", "main h1", None, 404),
    "only_does": State("only_does", f"{OURS}/2024/list/", "main h1", None, 405),
    "forbidden": State("forbidden", f"{OURS}/2024/calculate/", "main h1", {"csrfmiddlewaretoken": "x"}, 403),
    "refused": State("refused", f"{OURS}/data/", "main h1", None, 403, AUDITOR),
    "codes_needed": State("codes_needed", "/o/streng/2025/", "main h1", None, 403),
    "gone": State("gone", f"{OURS}/evidence/{{removed}}/", "main h1", None, 410),
    "broken": State("broken", f"{OURS}/2024/", "main h1", None, 500, trouble="broken"),
    "fault": State("fault", f"{OURS}/2024/", "main h1", None, 500, trouble="fault"),
    "full": State("full", f"{OURS}/2024/calculate/", "main h1", {}, 507, trouble="full"),
    "away": State("away", f"{OURS}/2024/", "main h1", None, 503, trouble="away"),
}
"""Pages that say what cannot be done or shown; they belong to no route."""

NO_PAGE: dict[str, str] = {
    **dict.fromkeys(
        ("drawing", "bridge_drawing", "report_drawing", "evidence_page", "evidence_picture", "patterns_drawing"), "a picture"
    ),
    **dict.fromkeys(
        (
            "chart_file", "bridge_table", "bridge_file", "report_file", "version_file", "template", "rows", "profile_text",
        "evidence", "factors_csv", "factors_json", "own_template", "export_file", "bundle_file", "statement_file",
        "model_template", "model_text", "sample_text", "ledger_download", "openapi", "house_style",
        ),
        "a file",
    ),
    **dict.fromkeys(("imports_part", "grid_check", "staged_weight", "evidence_part", "glance", "ready"), "a part of a page"),
    **dict.fromkeys(
        (
        "overview", "source", "look_ahead", "save", "staged_repair",
        "uninvite",
            "offer_reset", "require_codes", "export", "withdraw_token", "example", "account_logout", "language", "bring",
            "invite", "make_bundle", "ledger_file", "estimate_withdraw",
        ),
        "does something and leads on to a page",
    ),
    **dict.fromkeys(
        (
            "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
        ),
        "needs an app with codes: looked at in test_web_safety_browser.py",
    ),
}  # fmt: skip
"""Routes that show no page of their own, and why."""


class _Anything(dict[str, str]):
    def __init__(self, anything: str) -> None:
        self.anything = anything

    def __missing__(self, part: str) -> str:
        return self.anything


def _route_of(where: str) -> str:
    for anything in ("0" * 24, "00000000-0000-4000-8000-000000000000"):
        try:
            return resolve(where.partition("?")[0].format_map(_Anything(anything))).url_name or ""
        except Resolver404:
            continue
    return ""


REFUSED: frozenset[str] = frozenset(
    _route_of(state.where) for states in STATES.values() for state in states if state.sent is not None
)
"""Routes of which the answer to a form with a mistake in it is looked at."""
