"""The schema's life in Postgres: what differs from the definition, and how it becomes the same.

Alembic compares, and does what follows. Like ``dualschema push``::

    from dualschema.migrate import push

    with engine.begin() as connection:
        push(connection, schema)
"""

from dualschema.errors import MissingExtraError

try:
    import alembic  # noqa: F401  (an extra)
except ImportError:
    raise MissingExtraError("a migration", "cli") from None

from dualschema.migrate.compare import differences
from dualschema.migrate.generate import Draft, draft_migration, throw_away
from dualschema.migrate.history import History, Revision
from dualschema.migrate.push import Plan, apply_plan, plan_push, push
from dualschema.migrate.step import Phase, Step

__all__ = [
    "Draft",
    "History",
    "Phase",
    "Plan",
    "Revision",
    "Step",
    "apply_plan",
    "differences",
    "draft_migration",
    "plan_push",
    "push",
    "throw_away",
]
