"""Making a calculation again, bundles, and verifying a bundle that is brought."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import File, Router, Status, UploadedFile
from pydantic import Field

from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import proving as shapes
from trede_web.api.shapes import work
from trede_web.bridge.runs.proving import provable
from trede_web.bridge.speaking import Told
from trede_web.pages.runs import proving as pages
from trede_web.words import plain_voice

router = Router()
HERE = "/organisations/{organisation}"
YEAR = f"{HERE}/years/{{year:year}}"
Run = Annotated[str, Field(min_length=1, max_length=64)]


class Proving(work.Given):
    """Which calculation is to be made again."""

    run: Run


class Bundling(work.Given):
    """Which calculation is put in a bundle, and whether the original files go in: they have personal data."""

    run: Run
    originals: bool = False


@operation(router, "GET", f"{YEAR}/proofs", shapes.Provables)
def proofs(request: HttpRequest, organisation: str, year: int) -> Any:
    """List the calculations of a year, with what came of making them again.

    Each has the last time that somebody had it made again: what was checked, and the totals as they are kept and came out.
    """
    seat = seat_of(request)
    found = pages.proofs(seat, year, plain_voice())
    items = []
    for line in provable(seat.books, year, plain_voice()):
        last = found.get(line.run)
        facts = {name: getattr(line, name) for name in ("run", "period", "version", "day", "total")}
        items.append(facts | {"last": shapes.proven(last.job, last.found) if last else None})
    return {"items": items}


@operation(router, "POST", f"{YEAR}/proofs", work.Job, status=202)
def prove(request: HttpRequest, organisation: str, year: int, given: Proving) -> Any:
    """Have a calculation made again.

    A job that changes nothing, so a token that reads may ask for it. Its `result` says what was checked, and whether everything
    agrees (`good`).
    """
    seat = seat_of(request)
    return Status(202, pages.ask_proof(seat, year, pages.chosen(seat, year, given.run)))


@operation(router, "GET", f"{YEAR}/bundles", shapes.Bundles)
def bundles(request: HttpRequest, organisation: str, year: int) -> Any:
    """List the bundles of a year.

    Those that can be downloaded; the last three of the organisation are kept.
    """
    return {
        "items": [
            {
                "id": each.job.pk, "name": each.name, "originals": each.job.asked["originals"],
                "person": str(each.job.person), "at": each.job.finished_at,
                **{name: each.job.result[name] for name in ("run", "period", "size", "sha256")},
            }
            for each in pages.bundles(seat_of(request), year)
        ]
    }  # fmt: skip


@operation(router, "POST", f"{YEAR}/bundles", work.Job, status=202)
def make_bundle(request: HttpRequest, organisation: str, year: int, given: Bundling) -> Any:
    """Have a bundle made.

    A job: a calculation with all that it rests on in one file, for somebody else to verify.
    """
    seat = seat_of(request)
    line = pages.chosen(seat, year, given.run)
    return Status(202, pages.ask_bundle(seat, year, line, originals=given.originals))


@operation(router, "GET", f"{HERE}/bundles/{{uuid:bundle}}/file", None, file="application/zip")
def bundle_file(request: HttpRequest, organisation: str, bundle: UUID) -> HttpResponseBase:
    """Download a bundle.

    The change log says who took it.
    """
    return pages.take_bundle(seat_of(request), bundle)


@operation(router, "POST", f"{HERE}/examinations", work.Job, status=202, problems=("not_so",))
def examine(request: HttpRequest, organisation: str, bundle: File[UploadedFile]) -> Any:
    """Have a bundle verified.

    A job. Nothing of the bundle is kept; what is found is told to you alone. One at a time: `not_so` while another is being done.
    """
    seat = seat_of(request)
    if errors := pages.unfit_bundle(bundle):
        raise ProblemError("invalid", issues=[Told("error", error, "file_unfit") for error in errors])
    if pages.examining(seat):
        raise ProblemError("not_so")
    return Status(202, pages.ask_examination(seat, bundle))


@operation(router, "GET", f"{HERE}/examinations/{{uuid:examined}}", shapes.Examination)
def examination(request: HttpRequest, organisation: str, examined: UUID) -> Any:
    """Read what was found of a bundle.

    To be asked with the `id` of the job, for a day.
    """
    job, found = pages.examination(seat_of(request), examined, plain_voice())
    return {"state": job.state, "found": found}
