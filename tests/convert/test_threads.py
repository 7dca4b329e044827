"""Converters are compiled at their first call, by whichever threads make it."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dualschema.column_type import Form
from dualschema.convert.source import inlined
from dualschema.types import Text


@pytest.fixture
def crowded() -> Iterator[None]:
    """Have threads take turns wherever memory is collected, which is often."""
    before = gc.get_threshold()

    def give_way(*_given: object) -> None:
        time.sleep(0)

    gc.callbacks.append(give_way)
    gc.set_threshold(3)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(give_way)


@pytest.mark.usefixtures("crowded")
def test_threads_compile_at_the_same_moment() -> None:
    coder = Text().encoder(Form.SQLITE)

    def compile_some(_number: int) -> None:
        for number in range(20):
            inlined(coder, number, {}, str, nullable=False, guard=coder.guard or "v.x(v[0], v)")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(compile_some, range(4)))
