"""Parses what cannot be compiled here, by the grammars of tree-sitter."""

from __future__ import annotations

import importlib
from functools import cache

import tree_sitter

__all__ = ["faults"]

_GRAMMARS = {
    "rust": "tree_sitter_rust",
    "swift": "tree_sitter_swift",
    "csharp": "tree_sitter_c_sharp",
}


@cache
def _parser(language: str) -> tree_sitter.Parser:
    grammar = importlib.import_module(_GRAMMARS[language])
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def faults(language: str, text: str) -> list[str]:
    """Return where a text is none of the language: a line's number, and what stands there."""
    source = text.encode()
    root = _parser(language).parse(source).root_node
    if not root.has_error:
        return []
    found, nodes = [], [root]
    while nodes:
        node = nodes.pop()
        if node.is_error or node.is_missing:
            line = source[: node.start_byte].count(b"\n") + 1
            part = source[node.start_byte : node.end_byte][:200].decode(errors="replace")
            found.append(f"line {line}: {node.type}: {part}")
        nodes += node.children
    return found
