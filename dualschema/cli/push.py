"""``dualschema push``: brings a development database to the definition, without a migration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from dualschema.cli.postgres import InDatabase, OfSchema, connected, definition
from dualschema.cli.report import AsJson, Debug, Exit, ask, can_ask, reporting, say, say_json
from dualschema.errors import MigrationError

if TYPE_CHECKING:  # the extra `cli`, but Alembic takes its time to load
    from dualschema.migrate import Plan

__all__ = ["push"]


def push(
    *,
    database: InDatabase = None,
    schema: OfSchema = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")
    ] = False,
    allow_data_loss: Annotated[
        bool, typer.Option("--allow-data-loss", help="Do it although rows or values are lost.")
    ] = False,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Bring a development database to the definition.

    No migration is written or run. What is to be done is shown first, with what would be lost; all
    of it happens or nothing.
    Exit codes: 0 done, or nothing to do; 2 a mistake, or data would be lost: nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        place = definition(schema)

        from dualschema.migrate import apply_plan, plan_push

        publication = place.configuration.publication
        with connected(database) as connection:
            plan = plan_push(connection, place.schema, publication=publication)
            if not as_json:
                _show(plan)
            goes_on = not dry_run and _may_go_on(plan, allow=allow_data_loss)
            asks = goes_on and not yes and bool(plan.steps)
            if goes_on and not asks:
                apply_plan(connection, plan, allow_data_loss=allow_data_loss)
        if asks:
            # Out of the transaction: while somebody thinks, nobody is to wait for us.
            goes_on = _is_wanted()
        if asks and goes_on:
            with connected(database) as connection:
                again = plan_push(connection, place.schema, publication=publication)
                if _told(again) != _told(plan):
                    raise MigrationError("the database has changed meanwhile: push again")
                apply_plan(connection, again, allow_data_loss=allow_data_loss)
        if as_json:
            say_json(_document(plan, done=goes_on))
        elif goes_on and plan.steps:
            say("done", "green")
        if not dry_run and not goes_on:
            if not as_json:
                say("nothing was changed")
            raise typer.Exit(Exit.MISTAKE)


def _may_go_on(plan: Plan, *, allow: bool) -> bool:
    """Whether nothing stands in the way: what does is an error."""
    from dualschema.migrate.push import in_short

    if plan.refusals:
        raise MigrationError(f"{in_short(plan.refusals)}\nnothing was changed")
    if plan.losses and not allow:
        raise MigrationError(
            f"this would be lost: {'; '.join(plan.losses)}\n"
            "nothing was changed; --allow-data-loss does it"
        )
    return True


def _is_wanted() -> bool:
    """Ask, if there is somebody who may answer."""
    if not can_ask():
        raise MigrationError("nobody can be asked here, and nothing was changed: --yes does it")
    return ask("Do this?")


def _told(plan: Plan) -> list[tuple[str, str]]:
    """Return what somebody was shown of a plan."""
    return [(step.text, step.loses) for step in plan.steps]


def _show(plan: Plan) -> None:
    if not plan.steps:
        say("the database is as the definition says: nothing to do", "green")
    for step in plan.steps:
        lost = f" (lost: {step.loses})" if step.loses else ""
        say(f"{step.text}{lost}", "red" if step.loses or step.refused else "")
    for note in plan.notes:
        say(f"note: {note}", "yellow")


def _document(plan: Plan, *, done: bool) -> dict[str, Any]:
    return {
        "steps": [
            {"text": step.text, "loses": step.loses or None, "refused": step.refused or None}
            for step in plan.steps
        ],
        "notes": list(plan.notes),
        "done": done,
    }
