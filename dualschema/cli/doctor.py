"""``dualschema doctor``: is everything as the definition says, and if not, what puts it right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dualschema.cli.postgres import InDatabase, OfSchema, connected, definition, is_named
from dualschema.cli.report import AsJson, Debug, Exit, aside, printable, reporting, say, say_json
from dualschema.errors import MigrationError

if TYPE_CHECKING:  # the extra `cli`, but Alembic takes its time to load
    from dualschema.doctor import Finding, Patient

__all__ = ["doctor"]

_STYLES: Final = {"ok": "green", "fault": "red", "skipped": "yellow"}


def doctor(
    *,
    database: InDatabase = None,
    client: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A PowerSync client's SQLite file, to look at as well."),
    ] = None,
    sync_config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A sync config that is written by hand."),
    ] = None,
    schema: OfSchema = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Look whether everything is as the definition says.

    Nothing is changed. It looks at the database, what PowerSync needs of it, its sync config, the
    generated files and a client's file.
    Exit codes: 0 no fault; 1 a fault, each with what puts it right; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        place = definition(schema)

        from dualschema.doctor import Patient, Verdict, examine_files

        patient = Patient(place.schema, place.configuration, client, sync_config)
        with aside():  # a target may be the project's own
            findings = (*_of_database(patient, database), *examine_files(patient))
        is_healthy = all(each.verdict is not Verdict.FAULT for each in findings)
        if as_json:
            say_json({"healthy": is_healthy, "findings": _documents(findings)})
        else:
            _tell(findings)
        raise typer.Exit(Exit.DONE if is_healthy else Exit.UNHEALTHY)


def _of_database(patient: Patient, url: str | None) -> Sequence[Finding]:
    from dualschema.doctor import Finding, Verdict, examine_database

    if not is_named(url):
        return examine_database(patient, None)
    try:
        with connected(url) as connection:
            found = examine_database(patient, connection)
            connection.rollback()
            return found
    except MigrationError as error:
        fix = (
            "see that the server runs and has connections left, and that its address, database, "
            "user and password are right"
        )
        return (Finding("database", Verdict.FAULT, str(error), fix),)


def _tell(findings: Sequence[Finding]) -> None:
    for each in findings:
        fix = f" -- fix: {each.fix}" if each.fix else ""
        verdict = each.verdict.value
        say(printable(f"{verdict:7} {each.check}: {each.text}{fix}"), _STYLES[verdict])


def _documents(findings: Sequence[Finding]) -> list[dict[str, str | None]]:
    return [
        {
            "check": each.check,
            "verdict": each.verdict.value,
            "text": each.text,
            "fix": each.fix or None,
        }
        for each in findings
    ]
