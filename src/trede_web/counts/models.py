"""A value that is remembered until a moment. Each change is one statement, so that two processes never lose one."""

from __future__ import annotations

import time

from django.db import connection, models

COUNT = """
INSERT INTO counts_remembered (name, value, until) VALUES (%s, '1', %s)
ON CONFLICT (name) DO UPDATE SET
    value = CASE WHEN counts_remembered.until <= %s THEN '1' ELSE CAST(CAST(counts_remembered.value AS BIGINT) + 1 AS TEXT) END,
    until = CASE WHEN counts_remembered.until <= %s THEN excluded.until ELSE counts_remembered.until END
RETURNING value
"""
ADD = """
INSERT INTO counts_remembered (name, value, until) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, until = excluded.until WHERE counts_remembered.until <= %s
RETURNING name
"""
SET = """
INSERT INTO counts_remembered (name, value, until) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, until = excluded.until
"""


class Remembered(models.Model):
    """One value by its name; after `until` (seconds since 1970) it is not there."""

    name = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    until = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def count(cls, name: str, until: float) -> int:
        """Count one, and return how many there are; `until` is that of the first."""
        now = time.time()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [name, until, now, now])
            return int(cursor.fetchone()[0])

    @classmethod
    def add(cls, name: str, value: str, until: float) -> bool:
        """Remember a value unless there is one; False when there was."""
        with connection.cursor() as cursor:
            cursor.execute(ADD, [name, value, until, time.time()])
            return cursor.fetchone() is not None

    @classmethod
    def put(cls, name: str, value: str, until: float) -> None:
        """Remember a value."""
        with connection.cursor() as cursor:
            cursor.execute(SET, [name, value, until])

    @classmethod
    def sweep(cls) -> None:
        """Forget what is over."""
        cls.objects.filter(until__lte=time.time()).delete()
