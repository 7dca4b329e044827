"""How texts stand in the file: they read as they were, and formatters leave them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from dualschema.pull.layout import docstring, laid_out, text_literal
from tests.pull.pulling import assert_formatted


def awkward_texts() -> Iterator[str]:
    for size in (1, 2, 3):
        for parts in product(['"', '"""', "'", "\\", "x", "\n"], repeat=size):
            lines = "".join(parts).strip().split("\n")
            if any(lines):
                yield "\n".join(line.strip() for line in lines)


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(source, "made.py", "exec"), names)
    return names


def test_docstrings(tmp_path: Path) -> None:
    classes = []
    for number, text in enumerate(dict.fromkeys(awkward_texts())):
        classes.append(f"class C{number}:\n{docstring(text, indent=1)}\n\n    a: int\n")
        found = run(classes[-1])[f"C{number}"].__doc__
        assert text == "\n".join(line.strip() for line in found.strip().split("\n"))

    assert len(classes) > 150
    assert_formatted(tmp_path, ["\n\n".join(classes)])


def test_texts(tmp_path: Path) -> None:
    lines = []
    for number, text in enumerate([*dict.fromkeys(awkward_texts()), "\x00\x7f\u2028\xa0ü😀\t\r"]):
        lines.append(laid_out(f"a{number} = {text_literal(text)}"))
        assert text == run(lines[-1])[f"a{number}"]

    assert_formatted(tmp_path, ["\n".join([*lines, ""])])
