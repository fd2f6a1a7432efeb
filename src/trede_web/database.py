"""Which database: SQLite in the data folder, or the PostgreSQL server that the environment names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

VARIABLE = "TREDE_WEB_DATABASE"
"""The environment variable: `postgresql://user:password@host:5432/name`; without it SQLite is used."""

WAIT = 20
"""Seconds that a write waits for another one to end (SQLite), or for a connection (PostgreSQL)."""


class DatabaseAddressError(ValueError):
    """The address of the database cannot be read; the message does not repeat it, since it may hold a password."""


def database(folder: Path) -> dict[str, Any]:
    """Return Django's settings of the database.

    Args:
        folder: the data folder, where SQLite's file is.

    Raises:
        DatabaseAddressError: the variable is no address of a PostgreSQL database.
    """
    address = os.environ.get(VARIABLE)
    return postgres(address) if address else sqlite(folder)


def sqlite(folder: Path) -> dict[str, Any]:
    """Readers and one writer at once (WAL); who means to write says so at once, and waits for its turn."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "trede.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": WAIT,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }


def postgres(address: str) -> dict[str, Any]:
    """Read an address; what stands after `?` (`sslmode`, `host` of a socket's folder) goes to the driver."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise DatabaseAddressError(f"{VARIABLE}: not an address") from error
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise DatabaseAddressError(f"{VARIABLE}: expected postgresql://user:password@host:port/name")
    given = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or given.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or given.pop("host", ""),
        "PORT": str(port or given.pop("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": WAIT, **given},
    }
