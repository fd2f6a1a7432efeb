"""The database refuses to change or remove a comment."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ACTS = ("UPDATE", "DELETE")
REFUSAL = "a comment cannot be edited"


def refuse(apps: Any, schema_editor: Any) -> None:
    """Add the triggers."""
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for act in ACTS:
            schema_editor.execute(
                f"CREATE TRIGGER comment_refuses_{act.lower()} BEFORE {act} ON comments_comment "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    elif vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION comment_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER comment_refuses BEFORE UPDATE OR DELETE ON comments_comment "
            "FOR EACH ROW EXECUTE FUNCTION comment_refuses()"
        )


def allow(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for act in ACTS:
            schema_editor.execute(f"DROP TRIGGER comment_refuses_{act.lower()}")
    elif vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER comment_refuses ON comments_comment")
        schema_editor.execute("DROP FUNCTION comment_refuses()")


class Migration(migrations.Migration):
    """After the table."""

    dependencies = [("comments", "0001_initial")]
    operations = [migrations.RunPython(refuse, allow)]
