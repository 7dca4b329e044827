"""Alembic's environment: it runs when Alembic does, for our commands and for Alembic's own.

Our commands hand a connection over. With Alembic's own, ``alembic.ini`` says where this is and
where the migrations are; the database is ``sqlalchemy.url`` there, or else DATABASE_URL::

    [alembic]
    script_location = dualschema:migrate/environment
    version_locations = %(here)s/migrations
"""

from __future__ import annotations

import os
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError

from dualschema.engine import normalised, require_direct
from dualschema.errors import DualschemaError
from dualschema.metadata import quoting
from dualschema.migrate.bookkeeping import Bookkeeping
from dualschema.migrate.ledger import LOCKING, hold_lock, own_space
from dualschema.migrate.outside import allow_outside
from dualschema.migrate.step import statement


def _migrate(connection: sa.Connection) -> None:
    hold_lock(connection)
    quoting(connection.dialect)
    books = Bookkeeping(context.script)
    context.configure(
        connection=connection,
        version_table_schema=own_space(connection),
        on_version_apply=books.see,
    )
    allow_outside(context.get_context(), books, connection)
    context.run_migrations()
    books.write(connection)


def _print() -> None:
    books = Bookkeeping(context.script)
    context.configure(
        dialect_name="postgresql",
        # As `dualschema.metadata.spoken`: the text is for no driver, which would read `%%`.
        dialect_opts={"paramstyle": "named"},
        literal_binds=True,
        on_version_apply=books.see,
    )
    dialect: Any = context.get_context().dialect
    dialect._backslash_escapes = False
    quoting(dialect)
    allow_outside(context.get_context(), books, None)
    with context.begin_transaction():
        context.execute(LOCKING)
        context.run_migrations()
        for sql in books.statements():
            context.execute(statement(sql).sqltext)


def _own_connection() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL")
    if not url:
        raise CommandError("no database is named: set sqlalchemy.url, or DATABASE_URL")
    try:
        require_direct(url, "migrations")
        engine = sa.create_engine(normalised(url), poolclass=sa.NullPool)
        with engine.begin() as connection:
            _migrate(connection)
        engine.dispose()
    except DualschemaError as error:  # Alembic says its own in a line, and shows no traceback
        raise CommandError(str(error)) from error


if context.is_offline_mode():
    _print()
elif (given := context.config.attributes.get("connection")) is not None:
    _migrate(given)
else:
    _own_connection()
