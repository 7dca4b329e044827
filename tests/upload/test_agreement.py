"""A batch that is merged leaves the same rows and says the same as one operation after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualschema.upload import Batch, Fatal, NotAttempted, Success, Transaction, Uploader
from dualschema.upload.run import Run, TooMuchError
from tests.upload.draws import queues, seeds
from tests.upload.shapes import Places, Shape, open_places, shapes

pytestmark = pytest.mark.slow

Seeds = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def places(postgres_connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Places]:
    with open_places(postgres_connection) as made:
        yield made


@dataclass
class Case:
    """What a client sends, and to what.

    Attributes:
        rows: what is there before.
        queue: what the client sends, in this order.
        after: what the server does behind a refusal.
        decides: whether the client decides over what is refused.
        size: how many transactions are sent at once.
    """

    shape: Shape
    rows: Seeds
    queue: list[Transaction]
    after: Literal["stop", "skip"]
    decides: bool
    size: int


_CASES = st.builds(
    Case,
    shape=shapes,
    rows=seeds(),
    queue=queues(),
    after=st.sampled_from(["stop", "skip"]),
    decides=st.booleans(),
    size=st.integers(2, 6),
)


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])
@given(_CASES)
def test_merged_is_as_in_order(places: Places, kind: str, case: Case) -> None:
    place = places.of(kind, case.shape)
    rows = [(name, _stored(values, case.shape)) for name, values in case.rows]
    up = place.uploader(after_refusal=case.after, client_decides=case.decides)
    stops = case.after == "stop" or case.decides
    seen = []
    for size, slowly in ((case.size, False), (1, False), (1, True)):
        place.begin(rows)
        with pytest.MonkeyPatch.context() as patched:
            if slowly:
                patched.setattr(Run, "together", _refuse)
            told = _sent(up, case.queue, size, stops=stops)
        seen.append((told, place.dump()))
    if kind == "postgres":
        place.db.engine.dispose()  # a server has no connection for each shape
    merged, single, slow = seen
    assert slow == single
    assert slow == merged


def _refuse(*_given: object, **_named: object) -> None:
    raise TooMuchError


def _stored(values: dict[str, Any], shape: Shape) -> dict[str, Any]:
    keys = ("id", "root_id", "kid_id") if shape.uuid else ()
    return {n: UUID(v) if n in keys and v is not None else v for n, v in values.items()}


def _sent(
    up: Uploader, queue: Sequence[Transaction], take: int, *, stops: bool
) -> list[dict[str, Any]]:
    """Send a queue as a client does, which drops what is refused; return what it is told."""
    told: list[dict[str, Any]] = []
    while len(told) < len(queue):
        batch = list(queue[len(told) : len(told) + take])
        results = up.apply(Batch(batch, "phone"), "ann")
        assert len(results) == len(batch)
        tried = [r for r in results if not isinstance(r, NotAttempted)]
        assert all(isinstance(r, Success | Fatal) for r in tried), results
        assert results[len(tried) :] == [NotAttempted()] * (len(batch) - len(tried))
        if len(tried) < len(batch):
            assert stops
            assert isinstance(tried[-1], Fatal)
        new = [r for r, sent in zip(tried, batch, strict=False) if sent not in queue[: len(told)]]
        if stops and len(new) == len(tried):
            assert not any(isinstance(r, Fatal) for r in tried[:-1])
        told += [r.wire() for r in tried]
    return told
