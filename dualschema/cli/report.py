"""What commands say: to whom, in which form, and with which exit code."""

from __future__ import annotations

import contextlib
import enum
import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.text import Text

from dualschema.errors import DualschemaError

__all__ = [
    "ERR",
    "OUT",
    "AsJson",
    "Debug",
    "Exit",
    "aside",
    "ask",
    "can_ask",
    "counted",
    "instant",
    "printable",
    "reporting",
    "say",
    "say_error",
    "say_json",
    "sentence",
]


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show an error's traceback.")]
"""What ``reporting`` is told, as options of commands."""


class Exit(enum.IntEnum):
    """Exit codes."""

    DONE = 0
    STALE = 1
    """``--check`` found a file that is not as it would be generated."""
    FAILED = 1
    """``check``: a part of it failed."""
    REFUSED = 1
    """``dead-letters replay``: a transaction was refused again, or cannot be applied now."""
    UNHEALTHY = 1
    """``doctor`` found a fault."""
    MISTAKE = 2
    """Something that the user can put right; nothing was changed."""
    FAULT = 3
    """A fault of this program, with its traceback."""
    INTERRUPTED = 130
    """Ctrl-C, but for ``--watch`` and ``studio``, which end by it."""
    CLOSED = 141
    """Who read the output has gone, as ``head`` does: what a shell says of SIGPIPE."""


# Paths and names may look like markup or numbers; they are shown as they are, never broken.
OUT: Final = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
ERR: Final = Console(highlight=False, markup=False, emoji=False, soft_wrap=True, stderr=True)


def say(text: str, style: str = "") -> None:
    """Print a line for people."""
    OUT.print(Text(text, style=style))


def say_error(text: str) -> None:
    """Print an error to stderr."""
    ERR.print(Text("error: ", style="bold red") + Text(text, style="not bold default"))


def aside() -> AbstractContextManager[Any]:
    """Have what the project's own code prints go to stderr: a program may read our stdout."""
    return contextlib.redirect_stdout(sys.stderr)


def say_json(document: Any) -> None:
    """Print a document on a line of its own."""
    typer.echo(json.dumps(document))


def counted(number: int, thing: str) -> str:
    """Return how many things there are: ``1 file``, ``2 files``."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def instant(time: datetime) -> str:
    """Return an instant of UTC as it is shown, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def printable(text: str) -> str:
    """Return a line of text that cannot steer the terminal, whatever stands in it."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in text)


def can_ask() -> bool:
    """Return whether somebody is there who can answer a question."""
    return sys.stdin is not None and sys.stdin.isatty()  # None: it is closed


def ask(question: str) -> bool:
    """Ask somebody, on stderr: stdout is the answer's. All but a yes is a no.

    Raises:
        typer.Abort: the input ended.
    """
    typer.echo(f"{question} [y/N]: ", err=True, nl=False)
    answer = sys.stdin.readline()
    if not answer:
        typer.echo(err=True)
        raise typer.Abort
    return answer.strip().lower() in {"y", "yes"}


def sentence(error: DualschemaError | OSError) -> str:
    """Say what was wrong, for people."""
    if not isinstance(error, OSError):
        return str(error)
    if error.filename is None and isinstance(error, FileNotFoundError):
        return "the working directory is gone: change to one that is there"
    why = error.strerror or str(error)
    return why if error.filename is None else f"{error.filename}: {why}"


@contextmanager
def reporting(*, debug: bool, as_json: bool) -> Iterator[None]:
    """Say an error of the library's or the system's, and end the command.

    Args:
        debug: whether to show its traceback.
        as_json: whether programs are told, too.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except (DualschemaError, OSError) as error:
        if debug:
            traceback.print_exc()
        if as_json:
            say_json({"error": sentence(error)})
        say_error(sentence(error))
        raise typer.Exit(Exit.MISTAKE) from None
