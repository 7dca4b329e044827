"""``dualschema dead-letters``: lists, shows, replays and discards what was refused of clients."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from dualschema.cli.database_url import VARIABLE
from dualschema.cli.letter_text import (
    Outcome,
    document,
    say_letter,
    say_letters,
    say_outcome,
    summary,
)
from dualschema.cli.report import AsJson, Debug, Exit, aside, reporting, say, say_json
from dualschema.cli.server import open_letters, open_uploader
from dualschema.errors import ConfigurationError, NotFoundError

if TYPE_CHECKING:  # imported where it is used: other commands begin sooner without it
    from dualschema.upload import DeadLetter, Letters, Uploader

__all__ = ["DEAD_LETTERS"]

DEAD_LETTERS: Final = typer.Typer(
    rich_markup_mode=None,
)

_Database = Annotated[
    str | None,
    typer.Option(metavar="URL", help=f"The server's database; by default that of {VARIABLE}."),
]
_User = Annotated[
    str | None, typer.Option(metavar="ID", help="Those of one user; by default everybody's.")
]
_Letters = Annotated[list[str], typer.Argument(metavar="ID...", help="The dead letters' ids.")]


class _State(enum.StrEnum):
    """Which letters are listed."""

    WAITING = "waiting"
    TRYING = "trying"
    REPLAYED = "replayed"
    DISCARDED = "discarded"
    ALL = "all"


_STATES: Final[dict[_State, Literal["waiting", "trying", "replayed", "discarded"] | None]] = {
    _State.WAITING: "waiting",
    _State.TRYING: "trying",
    _State.REPLAYED: "replayed",
    _State.DISCARDED: "discarded",
    _State.ALL: None,
}


@DEAD_LETTERS.callback(invoke_without_command=True)
def dead_letters(context: typer.Context) -> None:
    """List, show, replay and discard what clients were refused."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@DEAD_LETTERS.command("list")
def list_letters(
    *,
    database: _Database = None,
    user: _User = None,
    state: Annotated[
        _State, typer.Option(help="Those in this state: one that waits may be replayed.")
    ] = _State.WAITING,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """List dead letters, the oldest first.

    Exit codes: 0 done, also if there are none; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json), open_letters(database) as letters:
        found = letters.all(user, _STATES[state])
        if as_json:
            say_json({"letters": [summary(each) for each in found]})
        elif found:
            say_letters(found, with_state=state is _State.ALL)
        else:
            say("no dead letters")


@DEAD_LETTERS.command()
def show(
    letter: Annotated[str, typer.Argument(metavar="ID", help="The dead letter's id.")],
    *,
    database: _Database = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Show a dead letter: why, and its operations.

    Exit codes: 0 done; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json), open_letters(database) as letters:
        found = _found(letters, letter)
        if as_json:
            say_json(document(found))
        else:
            say_letter(found)


@DEAD_LETTERS.command()
def replay(
    given: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="The dead letters' ids.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Replay all that wait.")] = False,
    database: _Database = None,
    user: _User = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Apply dead letters again, the oldest first.

    With each, those that wait for it are applied.
    Exit codes: 0 all were applied, 1 one was refused again or cannot be applied now, 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json), open_uploader(database) as uploader:
        letters = uploader.letters
        if bool(given) is everything or (user is not None and not everything):
            raise ConfigurationError(
                "name the dead letters to replay, or say --all, or --all --user ID"
            )
        wanted = None if everything else set(_waiting_ids(letters, given or ()))
        waiting = [each for each in letters.all(user) if wanted is None or each.id in wanted]
        done: dict[str, Outcome] = {}
        for each in waiting:
            if each.id not in done or done[each.id].result == "refused":
                done |= _replayed(uploader, each)
        if as_json:
            say_json({"letters": [asdict(each) for each in done.values()]})
        else:
            for outcome in done.values():
                say_outcome(outcome)
            if not done:
                say("no dead letters wait")
        if any(each.result in ("refused", "retryable") for each in done.values()):
            raise typer.Exit(Exit.REFUSED)


@DEAD_LETTERS.command()
def discard(
    given: _Letters,
    *,
    with_blocked: Annotated[
        bool, typer.Option("--with-blocked", help="Discard those that wait for them, too.")
    ] = False,
    database: _Database = None,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Close dead letters without applying them.

    They stay in the database, and can be shown.
    Exit codes: 0 done; 2 a mistake, and nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json), open_letters(database) as letters:
        wanted = _waiting_ids(letters, given)
        blocked = _blocked_by(letters, wanted)
        if with_blocked:
            wanted, blocked = [*wanted, *blocked], []
        outcomes = [_discarded(letters, each) for each in wanted]
        if as_json:
            listed = [{"id": each.id, "result": each.result} for each in outcomes]
            say_json({"letters": listed, "still_blocked": blocked})
            return
        for outcome in outcomes:
            say_outcome(outcome)
        for each in blocked:
            say(f"{each} waits for it still: --with-blocked discards it, too", "yellow")


def _found(letters: Letters, letter: str) -> DeadLetter:
    try:
        return letters.get(letter)
    except NotFoundError:
        raise ConfigurationError(f"there is no dead letter {letter}") from None


def _waiting_ids(letters: Letters, given: Sequence[str]) -> list[str]:
    """Return ids, each once; all of them are of letters that wait, or nothing is done."""
    for letter in (found := list(dict.fromkeys(given))):
        match _found(letters, letter).state:
            case "waiting":
                pass
            case "trying":
                raise ConfigurationError(
                    f"the dead letter {letter} is not given up yet: its client sends it again"
                )
            case state:
                raise ConfigurationError(f"the dead letter {letter} was {state} already")
    return found


def _blocked_by(letters: Letters, given: Sequence[str]) -> list[str]:
    """Return the letters that wait for others, and those that wait for them, the oldest first."""
    found: dict[str, None] = {}
    for user in {letters.get(each).user_id for each in given}:
        waiting = letters.all(user)
        while more := [
            each.id
            for each in waiting
            if each.id not in found
            and each.id not in given
            and any(letter in found or letter in given for letter in each.blocked_by)
        ]:
            found |= dict.fromkeys(more)
    return list(found)


def _replayed(uploader: Uploader, letter: DeadLetter) -> dict[str, Outcome]:
    """Replay a letter; return what became of it, and of those that waited for it."""
    from dualschema.upload import Fatal, Retryable

    before = uploader.letters.all(letter.user_id)
    try:
        with aside():  # an application's function may print
            result = uploader.replay(letter.id)
    except NotFoundError:  # somebody else was faster
        return {letter.id: _state_of(uploader.letters, letter.id)}
    if isinstance(result, Retryable):
        return {letter.id: Outcome(letter.id, "retryable", None, result.message)}
    if isinstance(result, Fatal):
        return {letter.id: _state_of(uploader.letters, letter.id)}
    done = {letter.id: Outcome(letter.id, "replayed")}
    applied = [letter.id]
    while applied:
        parent = applied.pop(0)
        for each in before:
            if parent in each.blocked_by and each.id not in done:
                done[each.id] = _state_of(uploader.letters, each.id)
                if done[each.id].result == "replayed":
                    applied.append(each.id)
    return done


def _state_of(letters: Letters, letter: str) -> Outcome:
    found = letters.get(letter)
    if found.state in ("replayed", "discarded"):
        return Outcome(letter, found.state)
    return Outcome(letter, "refused", found.error_code, found.message, found.blocked_by)


def _discarded(letters: Letters, letter: str) -> Outcome:
    letters.resolve(letter, "discarded")
    return _state_of(letters, letter)
