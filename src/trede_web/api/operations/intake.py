"""Files taken in: upload, what became of each row, decisions, withdrawal, originals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import File, Form, Router, Status, UploadedFile
from pydantic import Field

from trede_web.api.operations.doing import Limit, Number
from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import work
from trede_web.bridge.evidence.originals import original, template
from trede_web.bridge.intake.batches import batch_lines, batch_page, profiles, rows_csv, rows_page
from trede_web.bridge.speaking import Told
from trede_web.pages.intake.imports import download, fault_in, plain_name, send_in, unfit
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
IMPORTS = "/organisations/{organisation}/imports"
BATCH = f"{IMPORTS}/{{hash:batch}}"
CSV = "text/csv; charset=utf-8"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Fate = Literal["accepted", "set_aside", "held", "rejected"]


class Decision(work.Given):
    """What to do with rows, and why. Either `rows` by their address, or `code`: all rows that wait with that problem.

    `credits` accepts rows below zero, by their address: the document or record that each is a credit of.
    """

    choice: Literal["drop", "accept", "set-aside"]
    rows: Annotated[list[Annotated[str, Field(max_length=30)]], Field(max_length=5000)] = []
    code: Annotated[str, Field(pattern="^[a-z_]*$", max_length=60)] = ""
    credits: dict[Annotated[str, Field(max_length=30)], Annotated[str, Field(min_length=1, max_length=200)]] = {}
    reason: work.Reason


class Withdrawal(work.Given):
    """Why a batch is taken out."""

    reason: work.Reason


@operation(router, "GET", IMPORTS, work.Batches)
def batches(request: HttpRequest, organisation: str, cursor: str = "", limit: Limit = 50) -> Any:
    """List the batches.

    The newest first; `next` is the `cursor` of the page after this one.
    """
    lines = batch_lines(seat_of(request).books)
    ids = [line.id for line in lines]
    if cursor and cursor not in ids:
        raise Http404
    begin = ids.index(cursor) + 1 if cursor else 0
    items = lines[begin : begin + limit]
    return {"items": items, "next": items[-1].id if begin + limit < len(lines) else None}


@operation(router, "POST", IMPORTS, list[work.Job], power=Power.WORK, status=202, problems=("too_large",))
def take_in(
    request: HttpRequest, organisation: str, files: File[list[UploadedFile]],
    profile_file: File[UploadedFile | None] = None, profile: Form[str] = "", replaces: Form[str] = "",
    control_total: Form[str] = "", control_rows: Form[str] = "", first: Form[Literal["1"] | None] = None,
) -> Any:  # fmt: skip
    """Take files in.

    A form with `files` (CSV or Excel, at most 30, each at most 50 MB) makes a job of each; its `result` names the batch.
    `profile` is the id of a saved profile, `profile_file` a new one; without both the file is recognised. `replaces` is the
    batch that it corrects; `control_total` and `control_rows` are what the file should come to; with `first` it waits to be
    looked at. A file that was taken in already gives the same batch again; one with the content of a file that is being read or
    waits already gives that file's job, unless a profile or a batch is named.
    """
    seat = seat_of(request)
    errors = unfit(request)
    if errors:
        raise ProblemError("invalid", issues=[Told("error", str(text), "file_unfit") for text in errors])
    return Status(202, send_in(request, seat))


@operation(router, "GET", f"{IMPORTS}/profiles", work.Profiles)
def saved_profiles(request: HttpRequest, organisation: str) -> Any:
    """List the saved profiles.

    By these files are read; a file in the template needs none.
    """
    return {"items": profiles(seat_of(request).books)}


@operation(router, "GET", f"{IMPORTS}/template", None, file=BOOK)
def empty_template(request: HttpRequest, organisation: str) -> HttpResponse:
    """Download the empty template.

    A workbook to fill in, with the organisation's names in its lists, in the language asked for.
    """
    return download(f"{voice().word('imports.template_name')}.xlsx", template(seat_of(request).books, voice()), BOOK)


@operation(router, "GET", BATCH, work.BatchInFull)
def batch(request: HttpRequest, organisation: str, batch: str) -> Any:
    """Read what became of a file.

    The four fates that add up to it, control totals, and the problems of its rows, together by kind.
    """
    return batch_page(seat_of(request).books, batch, plain_voice())


@operation(router, "GET", f"{BATCH}/rows/{{fate}}", work.Rows)
def rows(
    request: HttpRequest, organisation: str, batch: str, fate: Fate, cursor: Number = "", limit: Limit = 50
) -> Any:
    """List the rows of a file by their fate.

    `accepted`, `set_aside`, `held` or `rejected`, in the order of the file, with the reason; personal cells are pseudonyms.
    """
    begin = int(cursor or 0)
    items, more = rows_page(seat_of(request).books, batch, fate, begin, limit, plain_voice())
    return {"items": items, "next": str(begin + limit) if more else None}


@operation(router, "GET", f"{BATCH}/rows/{{fate}}/file", None, file=CSV)
def rows_file(request: HttpRequest, organisation: str, batch: str, fate: Literal["held", "rejected"]) -> HttpResponse:
    """Download the rows that wait or were rejected.

    As CSV with the reason in a column; mended they are brought back by `mend`.
    """
    name, data = rows_csv(seat_of(request).books, batch, fate, voice())
    return download(name, data, CSV)


@operation(router, "POST", f"{BATCH}/mended", work.Job, power=Power.WORK, status=202)
def mend(request: HttpRequest, organisation: str, batch: str, mended: File[UploadedFile]) -> Any:
    """Bring mended rows back.

    A job: the file of `rows_file` with its rows mended; they are taken in, and set aside where they were rejected.
    """
    seat = seat_of(request)
    if error := fault_in(mended):
        raise ProblemError("invalid", issues=[Told("error", error, "file_unfit")])
    ident = batch_page(seat.books, batch, voice()).line.id
    reason = voice().word("mend.reason", file=plain_name(mended))
    return Status(202, ask(seat, "mend", plain_name(mended), {"data": mended.read()}, batch=ident, reason=reason))


@operation(router, "POST", f"{BATCH}/decisions", work.Job, power=Power.WORK, status=202)
def decide(request: HttpRequest, organisation: str, batch: str, given: Decision) -> Any:
    """Decide about rows that wait or were rejected.

    A job: the file is read again with the decision, and its `result` names the batch that takes this one's place.
    """
    seat = seat_of(request)
    if not (given.rows or given.code or given.credits):
        raise ProblemError("invalid", issues=[Told("error", voice().word("batch.choose_rows"), "rows_missing")])
    line = batch_page(seat.books, batch, voice()).line
    asked = given.model_dump() | {"rows": ["all"] if given.code else given.rows}
    return Status(202, ask(seat, "decide", line.file, batch=line.id, **asked))


@operation(router, "POST", f"{BATCH}/withdrawal", work.Job, power=Power.WORK, status=202)
def withdraw(request: HttpRequest, organisation: str, batch: str, given: Withdrawal) -> Any:
    """Take a batch out.

    A job: its records no longer count; the batch stays readable.
    """
    seat = seat_of(request)
    line = batch_page(seat.books, batch, voice()).line
    return Status(202, ask(seat, "withdraw", line.file, batch=line.id, reason=given.reason))


@operation(
    router,
    "GET",
    "/organisations/{organisation}/evidence/{hash:digest}",
    None,
    file="application/octet-stream",
    problems=("gone",),
)
def evidence(request: HttpRequest, organisation: str, digest: str) -> HttpResponse:
    """Download an original.

    The file as it came in. It may name people, so the change log says who took it.
    """
    seat = seat_of(request)
    name, data = original(seat.books, digest)
    seat.note("original_taken", file=name, sha256=digest[:12])
    return download(name, data, "application/octet-stream")
