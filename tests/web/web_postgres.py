"""Databases for tests on a PostgreSQL server: each process has its own, made again from a kept one before each test."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

SERVER = "TREDE_TEST_POSTGRES"
"""The environment variable that names a server on which tests may make databases, such as
`postgresql:///postgres?host=/run/mine&user=postgres`; `tools/with_postgres.sh` sets it."""

USED = "TREDE_TEST_DATABASE"
"""Set to the same address for tests that are to run on that server."""


def address(server: str, name: str) -> str:
    """Return the address of a database on a server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def make(server: str, name: str, *, like: str = "template0") -> None:
    """Make a database, instead of the one of that name."""
    new, old = sql.Identifier(name), sql.Identifier(like)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(new))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(new, old))
