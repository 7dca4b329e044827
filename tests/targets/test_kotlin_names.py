"""The names that Kotlin's shared code uses are no class's."""

from __future__ import annotations

import re
from typing import Any

from dualschema.languages.kotlin.spelling import RESERVED
from dualschema.languages.kotlin.support import support
from dualschema.schema import Schema
from dualschema.targets import generate
from tests.targets.golden_cases import CASES, schema_of


def kotlin(schema: Schema, **options: Any) -> str:
    return generate(schema, "kotlin", options=options)[0].text


def test_no_class_is_called_as_what_generated_code_uses() -> None:
    code = "\n".join(kotlin(schema_of(case)) for case in CASES)
    shared = "\n".join(support(code))
    shared = re.sub(r""""(?:\\.|[^"\\])*"|//.*|/\*.*?\*/""", "", shared)
    used = set(re.findall(r"(?<![\w.])[A-Z]\w+", shared))
    assert set() == used - RESERVED
