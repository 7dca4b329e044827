"""Dead letters as commands show them: for people, and as documents for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dualschema.cli.report import OUT, instant, printable, say

if TYPE_CHECKING:  # imported where it is used: other commands begin sooner without it
    from dualschema.upload import DeadLetter

__all__ = ["Outcome", "document", "say_letter", "say_letters", "say_outcome", "summary"]

_WIDEST: Final = 10_000
"""How wide a table may be that no terminal shows, in letters."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a letter: by this command, or by somebody else meanwhile.

    Attributes:
        id: the letter's.
        result: ``"refused"``: it waits again; ``"retryable"``: it cannot be applied now.
        error_code: why it was refused.
        message: the same in words.
        blocked_by: the letters that it waits for.
    """

    id: str
    result: Literal["replayed", "discarded", "refused", "retryable"]
    error_code: str | None = None
    message: str | None = None
    blocked_by: Sequence[str] = ()


def say_letters(letters: Sequence[DeadLetter], *, with_state: bool) -> None:
    """Print a table of letters; ids are never broken, however narrow the terminal is."""
    table = Table()
    for name in ("id", "user", *(["state"] if with_state else []), "when", "code"):
        table.add_column(name, no_wrap=True)
    table.add_column("reason", overflow="fold", min_width=24)
    table.add_column("operations", justify="right")
    table.add_column("blocked_by", no_wrap=True)
    for each in letters:
        state = [each.state] if with_state else []
        head = (each.id, each.user_id, *state, instant(each.created_at), each.error_code)
        count = str(len(_entries(each)))
        blocked = Text("\n".join(map(printable, each.blocked_by)))
        cells = map(_text, (*head, each.message, count))
        table.add_row(*cells, blocked)
    sizes = Console(width=_WIDEST).measure(table)
    # A terminal's lines may be long enough for the ids; what a program reads is a line a letter.
    width = max(sizes.minimum, OUT.width) if OUT.is_terminal else sizes.maximum
    Console(highlight=False, width=width).print(table)


def say_letter(letter: DeadLetter) -> None:
    """Print a letter: why it was refused, and its operations, a line each."""
    for name, value in _facts(letter):
        say(f"{name + ':':13}{printable(value)}")
    for number, entry in enumerate(_entries(letter)):
        line = f"{number:>4}  {entry['op']} {entry['table']} {entry['id']}"
        if "op_data" in entry:
            line += f"  {json.dumps(entry['op_data'], ensure_ascii=False)}"
        say(printable(line), "red" if number == letter.operation_index else "")


def say_outcome(outcome: Outcome) -> None:
    """Print what became of a letter."""
    match outcome.result:
        case "replayed" | "discarded":
            say(f"{outcome.id}  {outcome.result}", "green")
        case "refused":
            waits = "".join(f"; it waits for {each}" for each in outcome.blocked_by)
            reason = f"{outcome.error_code}: {outcome.message}{waits}"
            say(printable(f"{outcome.id}  refused again, {reason}"), "red")
        case "retryable":
            say(printable(f"{outcome.id}  cannot be applied now: {outcome.message}"), "red")


def _entries(letter: DeadLetter) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(letter.entries)
    return found


def summary(letter: DeadLetter) -> dict[str, Any]:
    """Return what a list tells programs of a letter."""
    names = ("id", "user_id", "client_id", "state", "attempts", "error_code", "message")
    told = {name: getattr(letter, name) for name in names}
    return {
        **told,
        "created_at": instant(letter.created_at),
        "operations": len(_entries(letter)),
        "blocked_by": letter.blocked_by,
    }


def document(letter: DeadLetter) -> dict[str, Any]:
    """Return all that programs are told of a letter; operations are entries of the write API."""
    resolved = letter.resolved_at
    return {
        **summary(letter),
        "resolved_at": resolved and instant(resolved),
        "transaction_id": letter.transaction_id,
        "operation_index": letter.operation_index,
        "details": letter.details,
        "operations": _entries(letter),
    }


def _facts(letter: DeadLetter) -> Iterator[tuple[str, str]]:
    yield "id", letter.id
    yield "user", letter.user_id
    if letter.client_id is not None:
        yield "client", letter.client_id
    yield "when", instant(letter.created_at)
    resolved = letter.resolved_at
    yield "state", letter.state + (f", {instant(resolved)}" if resolved else "")
    yield "refused", f"{letter.error_code}: {letter.message}"
    if letter.operation_index is not None:
        yield "operation", str(letter.operation_index)
    for each in letter.blocked_by:
        yield "blocked by", each


def _text(cell: str) -> Text:
    return Text(printable(cell))
