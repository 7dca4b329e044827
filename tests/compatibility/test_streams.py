"""Sync streams: what clients of a release get by them, and what they would get no more."""

from __future__ import annotations

from typing import Any

import pytest

from dualschema.compatibility import FindingKind, compare, read_snapshot, snapshot_of, snapshot_text
from dualschema.compatibility.snapshot import ReleasedStream
from dualschema.schema import Schema
from tests.compatibility.definitions import of, table

OWNED = {"id": of(str, primary_key=True), "user_id": of(str, owner=True)}
OLD = Schema(table("notes", {**OWNED, "text": of(str)}), table("tags", OWNED))
RENAMED = Schema(
    table("memos", {**OWNED, "body": of(str, was="text")}, {"was": "notes"}), table("tags", OWNED)
)
LOCAL = Schema(table("notes", {**OWNED, "text": of(str)}), table("tags", OWNED, {"sync": False}))

ON_DEMAND = {"auto_subscribe": False}
GROUPED = {"group": "all"}
NEW_NAMES = {"old_names": False}


def lost(
    old: tuple[Schema, dict[str, Any]], new: tuple[Schema, dict[str, Any]]
) -> list[tuple[str, str]]:
    """Return what streams send no more, and why."""
    before, now = (snapshot_of(s.model, options) for s, options in (old, new))
    assert before == read_snapshot(snapshot_text(before))
    found = compare(read_snapshot(snapshot_text(before)), now)
    return [(f.place, f.change) for f in found if f.kind is FindingKind.NOT_SENT]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param((OLD, {}), (OLD, {}), id="nothing"),
        pytest.param((OLD, {}), (OLD, GROUPED), id="another stream that comes by itself"),
        pytest.param((OLD, GROUPED), (OLD, {}), id="a stream each"),
        pytest.param((OLD, ON_DEMAND), (OLD, {}), id="no more to be asked for"),
        pytest.param((OLD, {}), (RENAMED, {}), id="renamed"),
        pytest.param((OLD, ON_DEMAND), (RENAMED, ON_DEMAND), id="renamed, and asked for"),
        pytest.param((OLD, {}), (OLD, NEW_NAMES), id="old names that nobody has"),
        pytest.param((RENAMED, {}), (RENAMED, NEW_NAMES), id="names from before the release"),
    ],
)
def test_old_clients_get_what_they_know(old: Any, new: Any) -> None:
    assert [] == lost(old, new)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            (OLD, {}),
            (OLD, ON_DEMAND),
            [
                ("notes", "it came without asking, and is to be asked for now: stream notes"),
                ("tags", "it came without asking, and is to be asked for now: stream tags"),
            ],
            id="no more by itself",
        ),
        pytest.param(
            (OLD, ON_DEMAND),
            (OLD, GROUPED),
            [
                ("notes", "it is asked for as stream notes, and comes by stream all now"),
                ("tags", "it is asked for as stream tags, and comes by stream all now"),
            ],
            id="a stream of another name",
        ),
        pytest.param(
            (OLD, {**ON_DEMAND, **GROUPED}),
            (RENAMED, {**ON_DEMAND, **GROUPED, **NEW_NAMES}),
            [("notes", "it is sent as memos alone, by old_names = false")],
            id="a table that is sent by its new name alone",
        ),
        pytest.param(
            (OLD, {}),
            (Schema(table("notes", {**OWNED, "body": of(str, was="text")})), NEW_NAMES),
            [("notes.text", "it is sent as body alone, by old_names = false")],
            id="a column that is sent by its new name alone",
        ),
        pytest.param((OLD, {}), (LOCAL, {}), [], id="what is no more synced is told otherwise"),
    ],
)
def test_what_old_clients_miss_is_found(
    old: Any, new: Any, expected: list[tuple[str, str]]
) -> None:
    assert expected == lost(old, new)


def test_a_snapshot_without_streams_is_compared_without() -> None:
    unknown, now = snapshot_of(OLD.model), snapshot_of(OLD.model, ON_DEMAND)

    assert "streams" not in snapshot_text(unknown)
    assert () == compare(read_snapshot(snapshot_text(unknown)), now)
    assert () == compare(now, unknown)


def test_streams_are_kept_by_what_they_send() -> None:
    kept = read_snapshot(snapshot_text(snapshot_of(RENAMED.model, {})))

    assert (ReleasedStream("memos", ("memos", "notes")), ReleasedStream("tags", ("tags",))) == (
        kept.streams
    )
