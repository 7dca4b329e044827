"""TypeScript: chains of calls, lists and imports, broken into lines as prettier breaks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from dualschema.languages.typescript.spelling import fits

__all__ = [
    "Call",
    "call_lines",
    "called",
    "import_lines",
    "list_lines",
]


@dataclass(frozen=True, slots=True)
class Call:
    """A call in a chain: ``text('id')``, then ``.notNull()``.

    Attributes:
        text: the call.
        simple: whether prettier takes its arguments for simple ones: names and literals.
    """

    text: str
    simple: bool = True


def call_lines(indent: str, head: str, calls: list[Call]) -> list[str]:
    """Return a chain of calls as prettier breaks it; where that is beyond us, it is told to wait.

    Args:
        indent: before it.
        head: what stands before the chain: ``name: ``.
        calls: the chain.
    """
    first, *others = [call.text for call in calls]
    line = f"{indent}{head}{first}{''.join(others)},"
    is_chain = len(calls) > 2
    # `shouldMerge` and `callExpressions` in prettier's src/language-js/print/member-chain.js
    if fits(line) and not (is_chain and any(not call.simple for call in calls)):
        return [line]
    broken = [f"{indent}{head}{first}", *(f"{indent}  {other}" for other in others)]
    broken[-1] += ","
    if not is_chain:
        broken = _opened(indent, f"{head}{first}", "".join(others))
    if len(broken) > 1 and all(fits(each) for each in broken):
        return broken
    return [f"{indent}// prettier-ignore", line]


def _opened(indent: str, first: str, other: str) -> list[str]:
    """Return one call, or two, with the last arguments that may be broken on lines of their own."""
    name, _, argument = other.partition("(")
    if argument not in {"", ")"} and other.count("(") == 1 and fits(f"{indent}{first}{name}("):
        return [f"{indent}{first}{name}(", f"{indent}  {argument[:-1]},", f"{indent}),"]
    before, options, after = first.partition(", { ")
    if not options and not other and first.count("(") == 1 and first.endswith(")"):
        name, _, argument = first.partition("(")
        return [f"{indent}{name}(", f"{indent}  {argument[:-1]},", f"{indent}),"]
    if not options:
        return []
    inner = [f"{indent}  {each}," for each in after.removesuffix(" })").split(", ")]
    return [f"{indent}{before}, {{", *inner, f"{indent}}}){other},"]


def list_lines(head: str, items: list[list[str]]) -> list[str]:
    """Return a list, on one line if it may be."""
    line = f"{head}{', '.join(item[0] for item in items)}],"
    if all(len(item) == 1 for item in items) and fits(line):
        return [line]
    lines = [head]
    for item in items:
        lines += [f"    {each}" for each in item[:-1]]
        lines.append(f"    {item[-1]},")
    return [*lines, "  ],"]


def called(names: Iterable[str], code: Iterable[str]) -> list[str]:
    """Return those of some names that lines of code call; comments count for nothing."""
    text = "\n".join(line for line in code if not line.lstrip().startswith(_COMMENTS))
    return [name for name in names if name in text and _call_of(name).search(text)]


_COMMENTS = ("/*", "*", "//")


@cache
def _call_of(name: str) -> re.Pattern[str]:
    # The name stands first, so that it is looked for as a text.
    return re.compile(rf"{name}(?<![\w.$'\"]{name})(?=[(<`])")


def import_lines(
    names: Iterable[str], types: Iterable[str], module: str, code: Sequence[str]
) -> list[str]:
    """Return the import of those names that lines of code call, or no lines.

    Args:
        names: of values.
        types: names of types.
        module: where they come from.
        code: the lines.
    """
    named = [name for name in types if any(name in line for line in code)]
    used = [*called(names, code), *(f"type {name}" for name in named)]
    if not used:
        return []
    line = f"import {{ {', '.join(used)} }} from '{module}';"
    if fits(line):
        return [line]
    return ["import {", *(f"  {name}," for name in used), f"}} from '{module}';"]
