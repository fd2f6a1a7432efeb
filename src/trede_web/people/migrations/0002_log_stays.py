"""The database refuses to change or remove an entry of the change log."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ACTS = ("UPDATE", "DELETE")


def refuse(apps: Any, schema_editor: Any) -> None:
    """Add the triggers; written for SQLite, which is what this version runs on."""
    if schema_editor.connection.vendor == "sqlite":
        for act in ACTS:
            schema_editor.execute(
                f"CREATE TRIGGER log_refuses_{act.lower()} BEFORE {act} ON people_logentry "
                "BEGIN SELECT RAISE(ABORT, 'the change log cannot be edited'); END"
            )


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    if schema_editor.connection.vendor == "sqlite":
        for act in ACTS:
            schema_editor.execute(f"DROP TRIGGER log_refuses_{act.lower()}")


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
