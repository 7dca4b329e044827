"""The commands, and what happens to a mistake on the command line."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from dualschema import __version__
from dualschema.cli.check import check
from dualschema.cli.codegen import codegen
from dualschema.cli.dead_letters import DEAD_LETTERS
from dualschema.cli.doctor import doctor
from dualschema.cli.init import init
from dualschema.cli.keys import KEYS
from dualschema.cli.migrations import generate, migrate, rollback, status
from dualschema.cli.pull import pull
from dualschema.cli.push import push
from dualschema.cli.report import Exit, say_error, say_json, sentence
from dualschema.cli.studio import studio

__all__ = ["main"]

# The class of all mistakes on a command line. It is click's, and newer releases of typer bring a
# click of their own, so it cannot be imported by one name.
_UsageError: Final[type[Exception]] = typer.BadParameter.__mro__[1]

_APP: Final = typer.Typer(
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,  # a fault of ours shows Python's own traceback
    rich_markup_mode=None,
)
_COMMANDS: Final = (
    init,
    codegen,
    check,
    pull,
    push,
    generate,
    migrate,
    status,
    rollback,
    doctor,
    studio,
)
for _each in _COMMANDS:
    _APP.command()(_each)
_APP.add_typer(KEYS, name="keys")
_APP.add_typer(DEAD_LETTERS, name="dead-letters")


@_APP.callback(invoke_without_command=True)
def dualschema(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """One definition of tables for Postgres and for PowerSync's clients."""
    if version:
        typer.echo(f"dualschema {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what stands behind the command's name; by default the process's own.

    Returns:
        The exit code: see ``Exit``.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may lack a letter of a name
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _APP(given, prog_name="dualschema", standalone_mode=False)
    except _UsageError as error:
        message = _without_secrets(getattr(error, "format_message", error.__str__)(), given)
        if "--json" in given:
            say_json({"error": message})
        say_error(f"{message}\n`dualschema {_command(given)}--help` shows what there is.")
        return Exit.MISTAKE
    except typer.Abort:
        return Exit.INTERRUPTED
    except OSError as error:
        say_error(sentence(error))
        return Exit.MISTAKE
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # by typer, or by rich
            return Exit.CLOSED
        raise
    except Exception:  # noqa: BLE001  (the outermost line)
        traceback.print_exc()
        say_error("this is a fault of dualschema's own, please report it")
        return Exit.FAULT
    return code if isinstance(code, int) else Exit.DONE


def _without_secrets(message: str, given: Sequence[str]) -> str:
    """Return a message without what it quotes of the line: a URL there may have a password."""
    for each in given:
        value = each.partition("=")[2] if each.startswith("-") else each
        if "://" in value or "password" in value.lower():
            for quoted in (value, repr(value)[1:-1]):
                message = message.replace(quoted, "***")
    return message


def _command(given: Sequence[str]) -> str:
    """Return the command that was meant, as far as there is one, with a blank behind it."""
    there: Any = typer.main.get_command(_APP)
    said = ""
    for name in given:
        there = getattr(there, "commands", {}).get(name)
        if there is None:
            break
        said += f"{name} "
    return said
