"""Factor lists: those at hand, bringing one in, own factors; factors side by side, and the records that count with one."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Form, Query, Router, Status, UploadedFile
from pydantic import Field

from trede_web.api.operations.matching import Years
from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import matching, work
from trede_web.bridge.factors import own
from trede_web.bridge.factors.beside import compared
from trede_web.bridge.factors.choices import FILES, lists_page
from trede_web.bridge.factors.shelf import Asked, shelf_csv
from trede_web.bridge.factors.uses import records_page
from trede_web.bridge.runs.calculating import lists as pinnable
from trede_web.bridge.speaking import Told
from trede_web.pages.factors.choosing import noted
from trede_web.pages.intake.imports import download, plain_name
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
HERE = "/organisations/{organisation}"
CSV = "text/csv; charset=utf-8"
Number = Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?)?$", max_length=30)]
Year = Annotated[int, Field(ge=1990, le=2100)]


class PinYears(work.Given):
    """Which list counts for which years that it is not of, and why."""

    library: Annotated[str, Field(max_length=120)]
    years: Years
    reason: work.Reason


class OwnFactor(work.Given):
    """An own factor: its values in kilograms CO2e per unit as texts, where they come from, and for which years."""

    name: Annotated[str, Field(min_length=2, max_length=120)]
    unit: Annotated[str, Field(max_length=60, description="An `id` of the units of `own_units`")]
    nature: str = own.NATURES[0]
    total: Number = ""
    direct: Number = ""
    upstream: Number = ""
    uncertainty: Number = ""
    publisher_name: Annotated[str, Field(min_length=2, max_length=200)]
    url: Annotated[str, Field(min_length=2, max_length=400)]
    notes: Annotated[str, Field(max_length=500)] = ""
    first_year: Year
    last_year: Year
    of: Annotated[
        str, Field(max_length=300, description="The value from second hand that it takes over: `LIST#FACTOR`")
    ] = ""
    reason: Annotated[str, Field(max_length=500, description="With `of`: why")] = ""


@operation(router, "GET", f"{HERE}/lists", matching.Lists)
def lists(request: HttpRequest, organisation: str) -> Any:
    """List the factor lists.

    All at hand, with the years that count with them and what is pinned.
    """
    books = seat_of(request).books
    return {
        "items": lists_page(books, plain_voice()), "publishers": [*FILES, "own"],
        "pinnable": [each.id for each in pinnable(books)],
    }  # fmt: skip


@operation(router, "POST", f"{HERE}/lists", work.Job, power=Power.WORK, status=202)
def bring_list(request: HttpRequest, organisation: str, publisher: Form[str], file: File[UploadedFile]) -> Any:
    """Bring a list in.

    A job: from the file of a publisher as it is, or a table of own factors (`own`); see `lists` and `own_template`.
    """
    if publisher not in (*FILES, "own"):
        raise ProblemError("invalid", fields=[fault("publisher", "choice")])
    name = plain_name(file)
    if (file.size or 0) > settings.UPLOAD_LIMIT:
        text = voice().word("imports.too_large", file=name, limit=settings.UPLOAD_LIMIT // 1024**2)
        raise ProblemError("invalid", issues=[Told("error", text, "file_unfit")])
    return Status(202, ask(seat_of(request), "list", name, {"data": file.read()}, publisher=publisher))


@operation(router, "POST", f"{HERE}/lists/pins", work.Job, power=Power.WORK, status=202)
def pin_years(request: HttpRequest, organisation: str, given: PinYears) -> Any:
    """Choose a factor list for years.

    A job. Which can be chosen says `pinnable` of `lists`.
    """
    seat = seat_of(request)
    if given.library not in {each.id for each in pinnable(seat.books)}:
        raise Http404
    asked = given.model_dump() | {"years": sorted(set(given.years))}
    return Status(202, ask(seat, "pin", given.library, **asked))


@operation(router, "GET", f"{HERE}/own-factors/template", None, file=CSV)
def own_template(request: HttpRequest, organisation: str) -> HttpResponse:
    """Download the table of own factors.

    With examples to replace; filled in it is brought in by `bring_list`.
    """
    return download(f"{voice().word('own.file')}.csv", own.own_template().encode("utf-8-sig"), CSV)


@operation(router, "GET", f"{HERE}/own-factors/units", matching.UnitChoices)
def own_units(request: HttpRequest, organisation: str) -> Any:
    """List what an own factor can be per.

    Units with their kind of quantity, and what a factor can be about where the unit does not say so.
    """
    return {"units": own.own_units(plain_voice()), "natures": list(own.NATURES)}


@operation(router, "POST", f"{HERE}/own-factors", work.Job, power=Power.WORK, status=202)
def own_factor(request: HttpRequest, organisation: str, given: OwnFactor) -> Any:
    """Make an own factor.

    A job. For which records it counts is said by `override`. With `of` it takes a value from second hand over, and its notes
    say so; `taken_over` has what to send then.
    """
    seat, wrong = seat_of(request), []
    if given.of and own.taken_over(seat.books, given.of, plain_voice()) is None:
        wrong.append(fault("of", "choice"))
    if given.of and len(given.reason.strip()) < work.SHORTEST:
        wrong.append(fault("reason", "missing"))
    if given.unit not in dict(own.own_units(plain_voice())):
        wrong.append(fault("unit", "choice"))
    if given.nature not in own.NATURES:
        wrong.append(fault("nature", "choice"))
    if given.first_year > given.last_year:
        wrong.append(fault("last_year", "number"))
    if wrong:
        raise ProblemError("invalid", fields=wrong)
    facts = given.model_dump(exclude={"first_year", "last_year"})
    if given.of:
        facts["notes"] = noted(facts)
    today = timezone.localdate()
    data = own.table(facts | {"from": str(given.first_year), "to": str(given.last_year)}, today)
    if told := own.faults("own", data, "factor.csv", today, voice()):
        raise ProblemError("invalid", issues=told)
    more = {"taken_over": given.of, "reason": given.reason.strip()}
    return Status(202, ask(seat, "list", f"{given.name[:100]}.csv", {"data": data}, publisher="own", **more))


@operation(router, "GET", f"{HERE}/own-factors/of/{{list:library}}/{{factor:factor}}", matching.TakenOver)
def taken_over(request: HttpRequest, organisation: str, library: str, factor: str) -> Any:
    """Read what an own factor takes over.

    Of a value from second hand (`takes_over` of `factor`): its values, years and sources, as `own_factor` takes them.
    """
    found = own.taken_over(seat_of(request).books, f"{library}#{factor}", plain_voice())
    if found is None:
        raise Http404
    values = {name: found[name].replace(",", ".") for name in own.VALUES}
    return {**found, **values, "first_year": int(found["from"]), "last_year": int(found["to"])}


@operation(router, "GET", f"{HERE}/factors/side-by-side", matching.Beside)
def factors_beside(
    request: HttpRequest, organisation: str, f: Annotated[list[Annotated[str, Field(max_length=400)]], Query(max_length=6)]
) -> Any:  # fmt: skip
    """Put factors side by side.

    `f`, up to six times: a list and a factor with `#` between them. Those that are not there are passed over.
    """
    return compared(seat_of(request).books, f, plain_voice())


@operation(router, "GET", f"{HERE}/factors/table", None, file=CSV)
def factors_table(
    request: HttpRequest, organisation: str, q: Annotated[str, Query(max_length=200)] = ""
) -> HttpResponse:
    """Download factors as a table.

    All that have the words of `q`, as CSV, numbers with the decimal sign of the language.
    """
    name, data = shelf_csv(seat_of(request).books, Asked.read({"q": [q]}), voice())
    return download(name, data, CSV)


@operation(router, "GET", f"{HERE}/years/{{year:year}}/factor-records", matching.FactorRecords)
def factor_records(
    request: HttpRequest,
    organisation: str,
    year: int,
    library: str,
    factor: str,
    activity_type: str,
    basis: str = "none",
) -> Any:
    """List the records that count with a factor.

    In a year, for a type of activity and a basis (`none`, `location` or `market`), the largest amounts first.
    """
    page = records_page(seat_of(request).books, year, f"{library}#{factor}", activity_type, basis, plain_voice())
    if page is None:
        raise Http404
    return page
