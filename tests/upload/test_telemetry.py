"""What an upload tells beside its answer: a record for the log, and a span of OpenTelemetry's."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.upload.world import Client, World, put

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

trace = pytest.importorskip(
    "opentelemetry.sdk.trace", reason="the oldest dependencies have no OpenTelemetry"
)

BATCH = {"transactions": 5, "operations": 6}
OUTCOMES = {"applied": 2, "dead_letters": 1, "refused": 1, "retryable": 0, "not_attempted": 1}


def upload(world: World) -> Client:
    """Send a batch of which each transaction but one has another outcome."""
    ann = world.client("ann")
    ann.send(
        [put("todos", "t1", title="a"), put("todos", "t2", title="b")],
        [put("kept", "k1", code=-1)],
        [put("todos", "t3", title="c")],
        [put("todos", "t4", title="d", priority=99)],
        [put("todos", "t5", title="e")],
    )
    return ann


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="dualschema.upload")
    return caplog


def test_an_upload_is_one_record_whose_figures_a_program_can_read(
    world: World, logged: pytest.LogCaptureFixture
) -> None:
    upload(world)

    [record] = [each for each in logged.records if each.message.startswith("upload:")]
    told = dict(vars(record)["dualschema"])
    assert told.pop("seconds") > 0
    assert {"user_id": "ann", "client_id": "phone", **BATCH, **OUTCOMES} == told
    assert logging.WARNING == record.levelno


def test_what_was_simply_applied_is_no_warning_and_no_value_is_logged(
    world: World, logged: pytest.LogCaptureFixture
) -> None:
    world.client("ann").do(put("todos", "t1", title="very private"))

    [record] = logged.records
    assert logging.INFO == record.levelno
    assert "private" not in repr(vars(record))


@pytest.fixture(scope="session")
def exporter() -> Iterator[InMemorySpanExporter]:
    """Give what holds the spans of this process, which has one provider for good.

    It is shut down last of all: from then on, each upload would log that it is.
    """
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
    from opentelemetry.trace import set_tracer_provider

    kept = InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    set_tracer_provider(provider)
    yield kept
    provider.shutdown()


def test_an_upload_is_a_span_with_its_user_and_its_outcomes(
    world: World, exporter: InMemorySpanExporter
) -> None:
    exporter.clear()

    upload(world)

    [span] = exporter.get_finished_spans()
    attributes = {f"dualschema.{name}": count for name, count in {**BATCH, **OUTCOMES}.items()}
    assert "dualschema.upload" == span.name
    assert {"dualschema.user": "ann", **attributes} == dict(span.attributes or {})
    assert span.status.is_unset
    assert span.end_time is not None


WITHOUT = """
import sys

sys.modules["opentelemetry"] = None
import dualschema as ds
from dualschema.upload import Batch, Uploader

with ds.connect("sqlite://") as db:
    up = Uploader(db, ds.Schema())
    up.create_tables()
    print(up.apply(Batch([]), "ann"))
"""


def test_without_opentelemetry_there_is_no_span_and_no_fault() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )

    assert ("[]\n", "") == (done.stdout, done.stderr)
