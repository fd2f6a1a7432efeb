"""The collection of operations, and its description as OpenAPI."""

from __future__ import annotations

from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from trede_web.api.once import AnsweredError, answer_again
from trede_web.api.operations import (
    base_year,
    comments,
    describing,
    dividing,
    doing,
    drawing,
    estimates,
    factors,
    figures,
    intake,
    keeping,
    lists,
    matching,
    models,
    organisation,
    people,
    planning,
    proving,
    records,
    relevance,
    reporting,
    samples,
    settling,
    together,
    typing_in,
    waiting,
)
from trede_web.api.problems import MEDIA, handle

ABOUT = """What the pages offer, for programs. Every figure is the library's: exact milligrams with the question whose answer
they are. Texts are in the language of `Accept-Language` (`nl`, `en`); numbers in texts are plain: a point, no sign for
thousands, days as 2024-03-01. A change is a job: the answer is 202 with the job, to be asked for until it is `done` or
`failed`. Tokens are made on the page Tokens of an organisation."""
TAGS = {
    "organisation": "The organisation of the token, its years and its sources",
    "people": "Who works here, invitations, tokens",
    "imports": "Files taken in, files that wait, quick entry, what became of each row, evidence, taking everything along",
    "records": "The activity ledger: records, their history, corrections, and comments",
    "factors": "The factors of all lists",
    "results": "Calculate, footprints and where each figure comes from",
    "publication": "Double counts, the checklist, publishing, making a calculation again, bundles",
    "log": "Jobs and the change log",
}


class Service(NinjaAPI):
    """Describes problems as what they are."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description."""
        found = super().get_openapi_schema(**options)
        for path in found["paths"].values():
            for each in path.values():
                for status, told in each["responses"].items():
                    if int(status) >= 400:
                        told["content"] = {MEDIA: next(iter(told["content"].values()))}
        return found


@cache
def service() -> Service:
    """Return the API with all its operations."""
    made = Service(
        title="Trede", version="1", description=" ".join(ABOUT.split()), docs_url=None, openapi_url=None,
        urls_namespace="api", openapi_extra={"tags": [{"name": n, "description": text} for n, text in TAGS.items()]},
    )  # fmt: skip
    handle(made)
    made.add_exception_handler(AnsweredError, answer_again)
    for tag, module in (
        ("organisation", organisation), ("organisation", describing), ("people", people), ("imports", intake),
        ("imports", waiting), ("imports", typing_in), ("imports", keeping), ("records", records), ("records", comments),
        ("factors", factors), ("factors", lists), ("factors", matching), ("factors", models), ("factors", estimates),
        ("imports", samples),
        ("results", figures), ("results", drawing),
        ("results", planning), ("results", reporting), ("results", base_year), ("results", relevance),
        ("results", dividing), ("organisation", together),
        ("publication", settling), ("publication", proving), ("log", doing),
    ):  # fmt: skip
        made.add_router("/v1", module.router, tags=[tag])
    return made
