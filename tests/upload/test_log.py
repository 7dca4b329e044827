"""What the log says of an upload: enough to see what happened, and none of the values."""

from __future__ import annotations

import logging

import pytest

from tests.upload.world import World, put


def test_a_line_says_how_an_upload_went(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dualschema.upload")
    ann = world.client("ann")
    ann.do(put("todos", "t1", title="Milk"))
    ann.do(put("todos", "t2", title="Milk", done="hunter2"))

    ours = [record for record in caplog.records if record.name == "dualschema.upload"]
    assert [
        (logging.INFO, "upload: transactions applied: 1"),
        (logging.WARNING, "upload: transactions applied: 0, refused: 1 (INVALID_DATA)"),
    ] == [(record.levelno, record.getMessage()) for record in ours]
    [_, refused] = [vars(record)["dualschema"] for record in ours]
    assert ("ann", 1, 1) == (refused["user_id"], refused["operations"], refused["refused"])
    assert "hunter2" not in caplog.text
