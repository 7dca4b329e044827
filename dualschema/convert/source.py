"""Writing the loops: one function a table, side and direction, with every conversion inlined.

A loop over rows costs what its bytecode costs: no call a cell, no look-up by name. What a guard
does not vouch for goes to the cell's own function.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dualschema.column_type import Coder

__all__ = ["Finish", "compile_function", "inlined"]


@dataclass(frozen=True, slots=True)
class Finish:
    """What becomes of a row's stored cells in the loop that makes them: a driver's own form.

    Attributes:
        source: the source of an expression over the cells, the locals ``c0``, ``c1`` and so on.
        names: what it calls by name.
    """

    source: str
    names: Mapping[str, object]


def inlined(
    coder: Coder,
    number: int,
    names: dict[str, Any],
    whole: Callable[[Any], Any],
    *,
    nullable: bool,
    guard: str | None,
) -> str:
    """Return the source of the expression that converts the local ``v<number>``.

    Args:
        coder: the conversion, of whose guards one is given.
        number: the column's.
        names: what the source calls by name is put there.
        whole: the whole conversion, for what the guard does not vouch for.
        nullable: whether None is one of the column's values, and stays as it is.
        guard: one of the coder's guards; None if it has none.
    """
    value, call = f"v{number}", f"whole{number}"
    names[call] = whole
    if guard is None:
        source = f"{call}({value})"
    else:
        rename = _Rename(number, coder.names.keys())
        guard, fast = rename.expression(guard), rename.expression(coder.inline)
        names |= {f"{name}_{number}": item for name, item in coder.names.items()}
        source = f"({fast}) if ({guard}) else {call}({value})"
    return f"None if {value} is None else ({source})" if nullable else source


# CPython (3.11 at least) has one counter of depth for all threads, so that two which parse at once
# may get a SystemError: https://github.com/python/cpython/issues/106905
_PARSING: Final = threading.Lock()


class _Rename(ast.NodeTransformer):
    """Gives the names in a type's expression the number of their column."""

    def __init__(self, number: int, known: Sequence[str] | Any) -> None:
        self.number = number
        self.known = set(known) | {"v"}

    def expression(self, source: str) -> str:
        with _PARSING:
            tree = ast.parse(source, mode="eval")
        for node in ast.walk(tree):
            if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
                self.known.add(node.target.id)
        return ast.unparse(self.visit(tree))

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id not in self.known:
            return node
        renamed = f"v{self.number}" if node.id == "v" else f"{node.id}_{self.number}"
        return ast.Name(renamed, node.ctx)


def compile_function(
    name: str, parameters: str, body: Sequence[str], names: dict[str, Any]
) -> Callable[..., Any]:
    """Return the function ``name`` of the given parameters and lines.

    The names stand in it as defaults of further parameters: Python finds locals faster.
    The source is made of the types' own expressions and of names that were checked as identifiers
    or are written as string literals: nothing that a user could slip code into.
    """
    scope = dict(names)
    bound = "".join(f", {each}={each}" for each in names)
    source = f"def {name}({parameters}{bound}):\n" + "".join(f"    {line}\n" for line in body)
    exec(compile(source, f"<dualschema {name}>", "exec"), scope)  # noqa: S102  (see above)
    made: Callable[..., Any] = scope[name]
    return made
