"""The app's operations on several databases: how each is written, and what it answers."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import dualschema as ds
from examples.timers import crud
from examples.timers.demo.rows import Rows
from examples.timers.schema import Timer

__all__ = ["Operation", "operate"]


_LINE: Final = 58
_CLAUSE: Final = re.compile(r"\)\.(?=where|set|order_by|group_by|with_related)")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its code, and the answer of each database."""

    code: str
    answers: tuple[Any, ...]

    @property
    def differences(self) -> list[str]:
        """Say that it differs, if it does."""
        others = self.answers[1:]
        return [] if all(each == self.answers[0] for each in others) else [f"{self.code} differs"]


def operate(databases: Sequence[ds.Database], rows: Rows) -> list[Operation]:
    """Do them all on each database, the rows of which are as before in the end."""
    user_id = rows[Timer][0].user_id
    new = Timer(name="Tea", timer_type="countdown", duration=180_000, user_id=user_id)
    changed = new.model_copy(update={"name": "Green tea"})
    steps: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (crud.add, (new,)),
        (crud.of_user, (user_id,)),
        (crud.save, (changed,)),
        (crud.history, (user_id,)),
        (crud.totals, ()),
        (crud.rename, (new.id, "Black tea")),
        (crud.remove, (new.id,)),
    ]
    return [
        Operation(_code(function), tuple(function(db, *given) for db in databases))
        for function, given in steps
    ]


def _code(function: Callable[..., Any]) -> str:
    """Return what a function returns, as it is written; a long one has a line a clause."""
    [body] = ast.parse(inspect.getsource(function)).body
    assert isinstance(body, ast.FunctionDef)
    last = body.body[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    code = ast.unparse(last.value)
    return code if len(code) <= _LINE else _CLAUSE.sub(")\n    .", code)
