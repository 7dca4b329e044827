"""Drizzle, Kysely and zod: all that is generated type-checks strictly, as prettier has it."""

from __future__ import annotations

import pytest

from dualschema.targets import generate
from tests.fixtures.node import Node
from tests.targets.golden_cases import every_case, schema_of

TARGETS = ("drizzle-sqlite", "drizzle-postgres", "kysely", "zod")


@pytest.mark.slow
@every_case
def test_it_type_checks_and_is_formatted(node: Node, case: str) -> None:
    files = [f for target in TARGETS for f in generate(schema_of(case), target)]
    node.write({file.path: file.text for file in files})

    node.tsc()
    node.prettier(*(file.path for file in files))
