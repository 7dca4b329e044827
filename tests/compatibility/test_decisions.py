"""Each option of a definition is compared, or shown to be harmless: none is forgotten.

A field that is added to the model, or to a column type, fails here until somebody has decided.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from dualschema.model import SchemaModel
from dualschema.types import ALL_TYPES
from tests.compatibility.decisions import DECISIONS
from tests.compatibility.definitions import found


def records() -> list[type[Any]]:
    """Return the classes whose fields are a definition's: those that a schema's model holds."""
    found: dict[type[Any], None] = {}
    left: list[Any] = [SchemaModel]
    while left:
        here = left.pop()
        left += get_args(here)
        if isinstance(here, type) and dataclasses.is_dataclass(here) and here not in found:
            found[here] = None
            left += get_type_hints(here).values()
    return [*found, *ALL_TYPES]


def differences(old: Any, new: Any) -> Iterator[str]:
    """Yield the fields in which two models differ, by record and name."""
    if type(old) is type(new) and dataclasses.is_dataclass(old) and not isinstance(old, enum.Enum):
        for field in dataclasses.fields(old):
            before, now = getattr(old, field.name), getattr(new, field.name)
            if before != now:
                yield f"{type(old).__name__}.{field.name}"
                yield from differences(before, now)
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for pair in zip(old, new, strict=False):
            yield from differences(*pair)


def test_somebody_has_decided_on_each_field_of_a_definition() -> None:
    fields = {f"{each.__name__}.{f.name}" for each in records() for f in dataclasses.fields(each)}

    assert fields == set(DECISIONS)


@pytest.mark.parametrize("field", DECISIONS)
def test_what_is_decided_on_a_field_is_so(field: str) -> None:
    old, new, finds, why = DECISIONS[field]

    assert field in set(differences(old.model, new.model))
    assert finds == {kind for kind, _ in found(old, new)}
    if not finds:
        assert why
        assert [] == found(new, old)
