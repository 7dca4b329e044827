"""The server's side: a Postgres to work in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

import dualschema as ds
from dualschema.embedded import Cluster
from examples.timers.schema import schema

__all__ = ["Server", "make_tables", "server"]

Server: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"


@contextmanager
def server() -> Iterator[Server]:
    """Give a connection to an empty schema: on DATABASE_URL, else on a throw-away server.

    Raises:
        DualschemaError: no server can be started, or that of DATABASE_URL does not let us in.
    """
    if url := os.environ.get("DATABASE_URL"):
        with _guest_of(url) as connection:
            yield connection
        return
    with Cluster() as cluster, psycopg.connect(cluster.url(), autocommit=True) as connection:
        yield connection


@contextmanager
def _guest_of(url: str) -> Iterator[Server]:
    """Work in a schema of the demo's own, and drop it: the database belongs to somebody."""
    plain = urlunsplit(urlsplit(url)._replace(scheme="postgresql"))  # psycopg knows no +driver
    name = sql.Identifier(f"dualschema_demo_{uuid.uuid4().hex[:12]}")
    try:
        connection = psycopg.connect(plain, autocommit=True)
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise ds.DualschemaError(f"DATABASE_URL cannot be used: {reason}") from error
    with connection:
        try:
            connection.execute(sql.SQL("SET search_path TO {}").format(name))
            yield connection
        finally:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))


def make_tables(connection: Server) -> None:
    """Make the tables."""
    connection.execute(schema.ddl("postgresql").encode())
