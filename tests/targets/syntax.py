"""What tree-sitter says of generated code: faults of syntax, and the names that stand in it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

from tree_sitter import Language, Node, Parser

__all__ = ["faults", "names_of"]


def nodes(language: str, text: str) -> Iterator[Node]:
    grammar = importlib.import_module(f"tree_sitter_{language}")
    todo = [Parser(Language(grammar.language())).parse(text.encode()).root_node]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.children)


def faults(language: str, text: str) -> list[str]:
    """Return what is no syntax of the language, with the lines it stands in."""
    lines = text.split("\n")
    return [
        f"line {node.start_point[0] + 1}: {lines[node.start_point[0]]}"
        for node in nodes(language, text)
        if node.is_error or node.is_missing
    ]


def names_of(language: str, text: str) -> set[str]:
    """Return the names that a text declares, as they stand in it."""
    return {
        name.text.decode()
        for node in nodes(language, text)
        if node.type in DECLARATIONS
        and (name := node.child_by_field_name("name") or first_identifier(node))
        and name.text
    }


def first_identifier(node: Node) -> Node | None:
    return next((child for child in node.children if child.type in IDENTIFIERS), None)


IDENTIFIERS = {"identifier", "simple_identifier"}

DECLARATIONS = {
    *("class_parameter", "parameter", "variable_declaration", "enum_entry", "class_declaration"),
    *("function_declaration",),
    *("class_definition", "enum_declaration", "enum_constant", "initialized_identifier"),
    *("formal_parameter", "constructor_param", "static_final_declaration", "function_signature"),
    *("getter_signature", "initialized_variable_definition", "named_argument", "label"),
}
"""The nodes of Kotlin's and Dart's grammars whose first identifier is a name given there."""
