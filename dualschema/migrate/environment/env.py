"""Alembic's environment: it runs when Alembic does, for our commands and for Alembic's own.

Our commands hand a connection over. With Alembic's own, ``alembic.ini`` says where this is and
where the migrations are; the database is ``sqlalchemy.url`` there, or else DATABASE_URL::

    [alembic]
    script_location = dualschema:migrate/environment
    version_locations = %(here)s/migrations
"""

from __future__ import annotations

import os
from typing import NoReturn

import sqlalchemy as sa
from alembic import context

from dualschema.engine import normalised, require_direct
from dualschema.errors import MigrationError
from dualschema.migrate.ledger import hold_lock, own_space


def _migrate(connection: sa.Connection) -> None:
    hold_lock(connection)
    context.configure(connection=connection, version_table_schema=own_space(connection))
    setattr(context.get_context(), "autocommit_block", _refuse)  # noqa: B010  (it is a method)
    context.run_migrations()


def _refuse() -> NoReturn:
    raise MigrationError(
        "all migrations are one transaction, so nothing runs outside of it: run this by hand "
        "before, and let the migration see that it is done (if_not_exists=True)"
    )


def _own_connection() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL", "")
    require_direct(url, "migrations")
    engine = sa.create_engine(normalised(url), poolclass=sa.NullPool)
    with engine.begin() as connection:
        _migrate(connection)
    engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    _migrate(given)
else:
    _own_connection()
