"""The database refuses to change or remove an entry of the change log."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "people_logentry"
SAYS = "the change log cannot be edited"
ACTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
"""What each database is made to refuse; SQLite has no other way to empty a table than deleting."""


def refuse(apps: Any, schema_editor: Any) -> None:
    """Add the triggers."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION log_stays() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION '{SAYS}'; END$$"
        )
    for act in ACTS[vendor]:
        each = "FOR EACH STATEMENT" if act == "TRUNCATE" else "FOR EACH ROW"
        ours = f"{each} EXECUTE FUNCTION log_stays()"
        does = ours if vendor == "postgresql" else f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        schema_editor.execute(f"CREATE TRIGGER log_refuses_{act.lower()} BEFORE {act} ON {TABLE} {does}")


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    vendor = schema_editor.connection.vendor
    for act in ACTS[vendor]:
        of_table = f" ON {TABLE}" if vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER log_refuses_{act.lower()}{of_table}")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION log_stays()")


class Migration(migrations.Migration):
    """After the tables."""

    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
