"""The addresses. Those under `o/` are of one organisation, and go through the door."""

from __future__ import annotations

from allauth.account.views import login, logout, password_change, reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter, StringConverter

from trede_web.api.collection import service
from trede_web.bridge.boundary.parts import PARTS
from trede_web.pages import jobs
from trede_web.pages.about import accessibility, describing_api, house_style, patterns
from trede_web.pages.boundary import base_year, editing, organisation, sources
from trede_web.pages.evidence import papers, viewer
from trede_web.pages.factors import choosing, factors
from trede_web.pages.intake import grid, imports, mapping, profiles
from trede_web.pages.ledger import doubles, downloads, ledger, records
from trede_web.pages.models import estimates, models, samples
from trede_web.pages.people import comments, keeping, passwords, people, signing, tokens
from trede_web.pages.results import causes, charts, completeness, dividing, footprint, report, scope3, scoring
from trede_web.pages.runs import calculating, proving, publishing
from trede_web.pages.welcome import going, overview, together, welcome


class YearConverter(IntConverter):
    """A year that accounts can be of."""

    regex = "(?:199[0-9]|20[0-9]{2})"


class HashConverter(StringConverter):
    """The id of a batch or of a file: hexadecimal, so that it is never a path or a pattern."""

    regex = "[0-9a-f]{8,64}"


class AddressConverter(StringConverter):
    """An address that the library explains."""

    regex = footprint.ADDRESS


class ListConverter(StringConverter):
    """The id of a factor list."""

    regex = r"[a-z0-9][a-z0-9.-]*"


class FactorConverter(StringConverter):
    """The id of a factor in its list: parts of lower case letters, digits and hyphens."""

    regex = "[a-z0-9/-]+"


class PartConverter(StringConverter):
    """A part of the description that has a form."""

    regex = "|".join(PARTS)


register_converter(PartConverter, "part")
register_converter(YearConverter, "year")
register_converter(ListConverter, "list")
register_converter(FactorConverter, "factor")
register_converter(HashConverter, "hash")
register_converter(AddressConverter, "address")

OPEN = [
    path("", welcome.home, name="home"),
    path("example/", welcome.example, name="example"),
    path("bring/", welcome.bring, name="bring"),
    path("together/", together.together, name="together"),
    path("login/", login, name="account_login"),
    path("logout/", logout, name="account_logout"),
    path("password/", password_change, name="account_change_password"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/again/", reauthenticate, name="account_reauthenticate"),
    path("login/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("codes/", mfa.index, name="mfa_index"),
    path("codes/on/", activate_totp, name="mfa_activate_totp"),
    path("codes/off/", deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/recovery/", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/recovery/new/", generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("password/forgotten/", passwords.forgotten, name="forgotten"),
    path("reset/<str:secret>/", passwords.reset, name="reset"),
    path("language/", signing.language, name="language"),
    path("invitation/<str:secret>/", people.invitation, name="invitation"),
    path("style/<str:name>", house_style.house_style, name="house_style"),
    path("api/", describing_api.api, name="api"),
    path("accessibility/", accessibility.accessibility, name="accessibility"),
    path("patterns/", patterns.patterns, name="patterns"),
    path("patterns/drawing/", patterns.drawing, name="patterns_drawing"),
    path("api/openapi.json", describing_api.openapi, name="openapi"),
]
OF_AN_ORGANISATION = [
    path("", overview.overview, name="overview"),
    path("<year:year>/", overview.overview, name="year"),
    path("<year:year>/source/", overview.source, name="source"),
    path("<year:year>/calculate/", calculating.calculate, name="calculate"),
    path("<year:year>/calculate/ahead/", calculating.look_ahead, name="look_ahead"),
    path("plans/<uuid:plan>/", calculating.plan, name="plan"),
    path("<year:year>/list/", calculating.pin, name="pin"),
    path("<year:year>/footprint/", footprint.footprint, name="footprint"),
    path("charts/<slug:chart>/drawing/<address:address>/", charts.drawing, name="drawing"),
    path("charts/<slug:chart>/file/<slug:kind>/<address:address>/", charts.keep, name="chart_file"),
    path("<year:year>/scope-3/", scope3.scope_3, name="scope_3"),
    path("<year:year>/scope-3/say/", scope3.say, name="say_category"),
    path("<year:year>/scope-3/<int:number>/", scope3.category, name="category"),
    path("materiality/", scoring.materiality, name="materiality"),
    path("materiality/change/", scoring.change, name="materiality_change"),
    path("<year:year>/bridge/", causes.bridge, name="bridge"),
    path("<year:year>/bridge/drawing/", causes.drawing, name="bridge_drawing"),
    path("<year:year>/bridge/file/<slug:kind>/", causes.keep, name="bridge_file"),
    path("<year:year>/bridge/table/", causes.table, name="bridge_table"),
    path("<year:year>/report/", report.report, name="report"),
    path("<year:year>/report/<slug:chapter>/", report.chapter, name="report_chapter"),
    path("<year:year>/report/file/<slug:kind>/", report.file, name="report_file"),
    path("<year:year>/report/drawing/<slug:chapter>/<int:number>/", report.drawing, name="report_drawing"),
    path("<year:year>/completeness/", completeness.completeness, name="completeness"),
    path("<year:year>/doubles/", doubles.doubles, name="doubles"),
    path("<year:year>/doubles/settle/", doubles.settle, name="settle"),
    path("<year:year>/publish/", publishing.publish, name="publish"),
    path("<year:year>/prove/", proving.prove, name="prove"),
    path("<year:year>/bundle/", proving.make, name="make_bundle"),
    path("bundles/<uuid:bundle>/", proving.take, name="bundle_file"),
    path("examine/", proving.examine, name="examine"),
    path("examine/<uuid:examined>/", proving.found, name="examined"),
    path("<year:year>/receivers/", dividing.receivers, name="receivers"),
    path("<year:year>/receivers/divide/", dividing.divide, name="divide"),
    path("<year:year>/receivers/of/<slug:allocation>/", dividing.statement, name="statement"),
    path("<year:year>/receivers/of/<slug:allocation>/<slug:kind>/", dividing.statement_file, name="statement_file"),
    path("<year:year>/sources/", sources.sources, name="sources"),
    path("<year:year>/sources/one/", sources.one, name="source_page"),
    path("base-year/", base_year.base_year, name="base_year"),
    path("base-year/change/", base_year.change, name="base_year_change"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/download/<str:form>/", downloads.download, name="ledger_download"),
    path("ledger/file/<str:form>/", downloads.ledger_file, name="ledger_file"),
    path("records/<hash:record>/", records.record, name="record"),
    path("records/<hash:record>/correct/", records.correct, name="correct"),
    path("comments/", comments.comments, name="comments"),
    path("comments/<int:comment>/take-back/", comments.take_back, name="take_back"),
    path("comments/<str:topic>/<str:about>/", comments.thread, name="thread"),
    path("organisation/change/<part:part>/", editing.thing, name="thing"),
    path("organisation/figures/", editing.figures, name="figures"),
    path("organisation/upload/", editing.upload, name="upload"),
    path("organisation/save/", editing.save, name="save"),
    path("organisation/versions/", organisation.versions, name="versions"),
    path("organisation/versions/<int:number>/", organisation.version, name="version"),
    path("organisation/versions/<int:number>/file/", organisation.file, name="version_file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/part/", imports.imports_part, name="imports_part"),
    path("imports/template/", imports.empty_template, name="template"),
    path("imports/<hash:batch>/", imports.batch, name="batch"),
    path("imports/<hash:batch>/rows/<str:fate>/", imports.rows, name="rows"),
    path("imports/<hash:batch>/decide/", imports.decide, name="decide"),
    path("<year:year>/grid/", grid.grid, name="grid"),
    path("<year:year>/grid/check/", grid.look, name="grid_check"),
    path("imports/<hash:batch>/mend/", imports.mend, name="mend"),
    path("imports/<hash:batch>/withdraw/", imports.withdraw, name="withdraw"),
    path("imports/waiting/<uuid:staged>/", mapping.staged, name="staged"),
    path("imports/waiting/<uuid:staged>/check/", mapping.check, name="staged_check"),
    path("imports/waiting/<uuid:staged>/weight/", mapping.weight, name="staged_weight"),
    path("imports/waiting/<uuid:staged>/controls/", mapping.controls, name="staged_controls"),
    path("imports/waiting/<uuid:staged>/repair/", mapping.repair, name="staged_repair"),
    path("imports/waiting/<uuid:staged>/drop/", mapping.drop, name="staged_drop"),
    path("imports/profiles/", profiles.profiles, name="profiles"),
    path("imports/profiles/<slug:profile>/", profiles.rename, name="profile_rename"),
    path("imports/profiles/<slug:profile>/file/", profiles.text, name="profile_text"),
    path("evidence/attach/", viewer.attach, name="attach"),
    path("evidence/<hash:digest>/view/", viewer.view, name="evidence_view"),
    path("evidence/<hash:digest>/page/<int:number>/", papers.picture, name="evidence_page"),
    path("evidence/<hash:digest>/page/<int:number>/part/", papers.part, name="evidence_part"),
    path("evidence/<hash:digest>/picture/", viewer.picture, name="evidence_picture"),
    path("evidence/<hash:digest>/", imports.evidence, name="evidence"),
    path("evidence/<hash:digest>/remove/", keeping.erase, name="erase"),
    path("factors/", factors.shelf, name="factors"),
    path("factors/csv/", factors.table, name="factors_csv"),
    path("factors/json/", factors.data, name="factors_json"),
    path("factors/compare/", factors.compare, name="factors_compare"),
    path("factors/records/", factors.records, name="factor_records"),
    path("factors/lists/", choosing.shelves, name="lists"),
    path("factors/lists/pin/", choosing.pin_years, name="pin_years"),
    path("factors/own/", choosing.own_factor, name="own_factor"),
    path("factors/own/template/", choosing.own_template, name="own_template"),
    path("factors/decisions/<hash:decision>/revoke/", choosing.revoke, name="revoke"),
    path("factors/use/<list:library>/<factor:factor>/", choosing.override, name="override"),
    path("estimates/", estimates.estimates, name="estimates"),
    path("estimates/new/", estimates.add, name="estimate_new"),
    path("estimates/<hash:key>/withdraw/", estimates.withdraw, name="estimate_withdraw"),
    path("samples/", samples.samples, name="samples"),
    path("samples/new/", samples.make, name="sample_new"),
    path("samples/<uuid:sample>/", samples.sample, name="sample"),
    path("samples/<uuid:sample>/text/", samples.text, name="sample_text"),
    path("samples/<uuid:sample>/again/", samples.again, name="sample_again"),
    path("models/", models.models, name="models"),
    path("models/new/", models.make, name="model_new"),
    path("models/methods/<slug:method>/", models.method, name="method"),
    path("models/tried/<uuid:tried>/", models.tried, name="tried"),
    path("models/of/<slug:model>/", models.model, name="model"),
    path("models/of/<slug:model>/text/", models.text, name="model_text"),
    path("models/of/<slug:model>/template/", models.template, name="model_template"),
    path("models/of/<slug:model>/use/", models.use, name="model_use"),
    path("models/of/<slug:model>/withdraw/", models.withdraw, name="model_withdraw"),
    path("<year:year>/matching/", choosing.matching, name="matching"),
    path("<year:year>/matching/meaning/", choosing.mean, name="settle_meaning"),
    path("<year:year>/matching/settle/", choosing.settle, name="settle_match"),
    path("<year:year>/choices/", choosing.choices, name="choices"),
    path("factors/of/<list:library>/<factor:factor>/", factors.factor, name="factor"),
    path("go/", going.go, name="go"),
    path("glance/", going.glance, name="glance"),
    path("jobs/<uuid:job>/", jobs.job, name="job"),
    path("ready/", jobs.ready, name="ready"),
    path("restore/", welcome.restore, name="restore"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<int:invitation>/withdraw/", people.uninvite, name="uninvite"),
    path("people/<int:member>/remove/", people.remove, name="remove"),
    path("people/<int:member>/reset/", passwords.offer, name="offer_reset"),
    path("changes/", people.changes, name="changes"),
    path("data/", keeping.data, name="data"),
    path("data/codes/", keeping.codes, name="require_codes"),
    path("data/export/", keeping.export, name="export"),
    path("data/export/<uuid:export>/", keeping.take, name="export_file"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:token>/withdraw/", tokens.withdraw_token, name="withdraw_token"),
    path("trace/<address:address>/", footprint.trace, name="trace"),
]
urlpatterns = [*OPEN, path("o/<slug:organisation>/", include(OF_AN_ORGANISATION)), path("api/", service().urls)]
handler404 = "trede_web.pages.about.faults.not_found"
handler500 = "trede_web.pages.about.faults.broken"
handler403 = "trede_web.pages.about.faults.forbidden"
