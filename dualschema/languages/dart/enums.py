"""Dart: enums of choices."""

from __future__ import annotations

from dualschema.choices import ChoiceSet
from dualschema.generator import Names
from dualschema.languages.dart import spelling as dart

__all__ = ["constants_of", "enum_of"]


def enum_of(choices: ChoiceSet, name: str) -> list[str]:
    """Return the enum of a set of choices."""
    constants = [
        f"  {constant}({_stored(value)})" for value, constant in constants_of(choices).items()
    ]
    stored = "String" if isinstance(choices.members[0][1], str) else "int"
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


def _stored(value: str | int) -> str:
    return dart.quoted(value) if isinstance(value, str) else str(value)


def constants_of(choices: ChoiceSet) -> dict[str | int, str]:
    """Return the constants of an enum, by their values."""
    names = Names(())
    return {value: names.take(dart.constant_name(parts)) for parts, value in choices.ascii_members}
