"""Writing the loops: one function a table, side and direction, with every conversion inlined.

A loop over rows costs what its bytecode costs: no call a cell, no look-up by name. What a guard
does not vouch for goes to the cell's own function.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from dualschema.column_type import Coder

__all__ = ["compile_function", "inlined"]


def inlined(
    coder: Coder,
    number: int,
    names: dict[str, Any],
    whole: Callable[[Any], Any],
    *,
    nullable: bool,
    trusted: bool = False,
) -> str:
    """Return the source of the expression that converts the local ``v<number>``.

    What the source calls by name is put into ``names``. Trusted values come from a driver.
    """
    value, call = f"v{number}", f"whole{number}"
    names[call] = whole
    if coder.guard is None:
        source = f"{call}({value})"
    else:
        rename = _Rename(number, coder.names.keys())
        guard = coder.trusted if trusted and coder.trusted is not None else coder.guard
        guard, fast = rename.expression(guard), rename.expression(coder.inline)
        names |= {f"{name}_{number}": item for name, item in coder.names.items()}
        source = f"({fast}) if ({guard}) else {call}({value})"
    return f"None if {value} is None else ({source})" if nullable else source


class _Rename(ast.NodeTransformer):
    """Gives the names in a type's expression the number of their column."""

    def __init__(self, number: int, known: Sequence[str] | Any) -> None:
        self.number = number
        self.known = set(known) | {"v"}

    def expression(self, source: str) -> str:
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
