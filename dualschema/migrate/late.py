"""Migrations run as Alembic does, and before them those that were put before the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import RevisionStep
from alembic.script import ScriptDirectory

__all__ = ["run"]


class _LateStep(RevisionStep):
    """A migration that becomes one more last one, until the step after it."""

    def should_create_branch(self, heads: set[str]) -> bool:
        return True


class _HeadAsBefore(RevisionStep):
    """Takes that back: the last migration is the one that comes after it."""

    def __init__(self, late: _LateStep) -> None:
        super().__init__(late.revision_map, late.revision, True)
        self.migration_fn = _nothing

    def should_delete_branch(self, heads: set[str]) -> bool:
        return True


def _nothing(**_: Any) -> None:
    pass


def run(config: Config, late: Sequence[str], last: str) -> None:
    """Run late migrations, and those up to the last one.

    Args:
        config: with a connection.
        late: the revisions that the database lacks, though it has one that comes after them.
        last: the revision that it is to have then, as ``alembic.command.upgrade`` takes it.
    """
    script = ScriptDirectory.from_config(config)
    found = [_LateStep(script.revision_map, script.get_revision(each), True) for each in late]
    steps = [step for each in found for step in (each, _HeadAsBefore(each))]

    def planned(current: Any, _: Any) -> list[Any]:
        return [*steps, *script._upgrade_revs(last, current)]

    with EnvironmentContext(config, script, fn=planned, destination_rev=last):
        script.run_env()
