"""The rows of the database as lines of JSON: the same for each kind of database, read in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

MADE_AGAIN = frozenset({"sessions", "contenttypes", "auth", "counts"})
"""Applications whose rows are not kept: sessions end with a restore, counts are of minutes, the others are made by the tables'
own set-up."""

CHUNK = 1000


def kept_models() -> list[type[models.Model]]:
    """Return the models whose rows are kept."""
    return [model for model in apps.get_models() if model._meta.app_label not in MADE_AGAIN]


def migrations() -> list[str]:
    """Return the names of the changes that made the tables what they are."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything as it is at one moment. Writers go on; on SQLite thanks to its log of writes (WAL)."""
    level = " ISOLATION LEVEL REPEATABLE READ READ ONLY" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN" + level)
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def write_rows(model: type[models.Model], path: Path) -> int:
    """Write the rows of a table, a line each; return how many there are."""
    rows = model._default_manager.order_by("pk").iterator(chunk_size=CHUNK)
    with path.open("w", encoding="utf-8") as file:
        serializers.serialize("jsonl", rows, stream=file)
    return model._default_manager.count()


def read_rows(path: Path) -> None:
    """Add the rows of a file to their table."""
    waiting: list[models.Model] = []
    with path.open(encoding="utf-8") as file:
        for row in serializers.deserialize("jsonl", file):
            waiting.append(row.object)
            if len(waiting) == CHUNK:
                type(waiting[0])._default_manager.bulk_create(waiting)
                waiting = []
    if waiting:
        type(waiting[0])._default_manager.bulk_create(waiting)


def count_on() -> None:
    """Let the numbers that the database gives out itself begin after those that were read."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kept_models()):
            cursor.execute(statement)
