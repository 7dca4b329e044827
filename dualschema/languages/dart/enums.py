"""Dart: enums of choices."""

from __future__ import annotations

from dualschema.code_text import literal
from dualschema.languages.dart import spelling as dart
from dualschema.row_types import EnumType

__all__ = ["enum_of"]


def enum_of(choices: EnumType) -> list[str]:
    """Return the enum of a set of choices."""
    name = choices.name
    constants = [
        f"  {constant}({literal(value, dart.quoted)})" for constant, value in choices.members
    ]
    stored = "String" if choices.is_text else "int"
    return [
        *dart.doc_comment([f"The choices of `{choices.of}`."]),
        f"enum {name} {{",
        *(f"{constant}," for constant in constants[:-1]),
        f"{constants[-1]};",
        "",
        f"  const {name}(this.value);",
        "",
        "  /// What is stored.",
        f"  final {stored} value;",
        "",
        f"  static {name} _of({stored} stored) {{",
        "    for (final choice in values) {",
        "      if (choice.value == stored) return choice;",
        "    }",
        "    throw const _Refusal('is none of the column\\'s choices');",
        "  }",
        "}",
    ]
