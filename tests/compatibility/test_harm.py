"""What is found is so: the same writes do what they did on the old definition, and not on the new.

A case for each kind of finding, through the code that applies uploads.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import pytest

import dualschema as ds
from dualschema.compatibility import FindingKind, Severity
from dualschema.errors import DecodeError
from dualschema.schema import Schema
from dualschema.upload import Operation
from tests.compatibility.clients import USER, Server, counterpart, holds, open_server, stored
from tests.compatibility.definitions import Column, found, of, table

_KEY = of(str, primary_key=True)
_OWNER = of(str, owner=True)
_TEXT = of(str, default="")
_NUMBER = of(int, default=1)


class Case(NamedTuple):
    """Two definitions, and what an old client writes."""

    old: Schema
    new: Schema
    writes: list[Operation]


def notes(
    *others: type[ds.Table],
    name: str = "notes",
    more: dict[str, Any] | None = None,
    **columns: Column,
) -> Schema:
    fields = {"id": _KEY, "user_id": _OWNER, **columns}
    return Schema(table(name, fields, more), *others)


def marks(link: ds.ForeignKey) -> type[ds.Table]:
    note = of(str | None, foreign_key=link, default=None)
    made: type[ds.Table] = table("marks", {"id": _KEY, "user_id": _OWNER, "note_id": note})
    return made


def put(key: str = "a", **sent: Any) -> Operation:
    return Operation("PUT", "notes", key, sent)


def patch(key: str = "a", previous: dict[str, Any] | None = None, **sent: Any) -> Operation:
    return Operation("PATCH", "notes", key, sent, previous)


def delete(key: str = "a") -> Operation:
    return Operation("DELETE", "notes", key, {})


_CHANGED = Operation("PATCH", "the server", "a", {"text": "theirs"})
"""Stands for a change of the row that the client knows nothing of."""
_MARKED = Operation("PUT", "the server", "a", {})
"""Stands for another row that names the row."""

_COMPARED = {"track_previous": True, "uploads": ds.UploadRules(compare_previous=True)}
_FREE, _KEPT = (ds.ForeignKey("notes.id", on_delete=action) for action in ("cascade", "no action"))

CASES: dict[FindingKind, Case] = {
    FindingKind.TABLE_REMOVED: Case(notes(text=_TEXT), notes(name="other"), [put()]),
    FindingKind.TABLE_RENAMED: Case(notes(text=_TEXT), notes(name="other", text=_TEXT), [put()]),
    FindingKind.NOT_SYNCED: Case(
        notes(text=_TEXT), notes(text=_TEXT, more={"sync": "insert_only"}), [put(), patch(text="b")]
    ),
    FindingKind.OWNER_CHANGED: Case(
        notes(text=_TEXT),
        Schema(table("notes", {"id": _KEY, "user_id": of(str), "text": of(str, owner=True)})),
        [put(user_id=USER, text="b")],
    ),
    FindingKind.KEY_CHANGED: Case(
        notes(code=of(str)),
        Schema(
            table(
                "notes",
                {
                    "code": of(str, primary_key=True),
                    "user_id": _OWNER,
                    "note_id": of(str, was="id"),
                },
            )
        ),
        [put(code="b")],
    ),
    FindingKind.COLUMN_REMOVED: Case(notes(text=_TEXT), notes(), [put(text="b")]),
    FindingKind.COLUMN_RENAMED: Case(notes(text=_TEXT), notes(body=_TEXT), [put(text="b")]),
    FindingKind.COLUMN_REQUIRED: Case(notes(), notes(text=of(str)), [put()]),
    FindingKind.DEFAULT_REMOVED: Case(notes(text=_TEXT), notes(text=of(str)), [put()]),
    FindingKind.NOT_NULL: Case(
        notes(text=of(str | None)), notes(text=_TEXT), [put(text="b"), patch(text=None)]
    ),
    FindingKind.NULL_REPLACED: Case(
        notes(text=of(str | None)), notes(text=of(str | None, default="b")), [put()]
    ),
    FindingKind.NARROWED: Case(
        notes(text=_TEXT), notes(text=of(str, default="", max_length=1)), [put(text="bc")]
    ),
    FindingKind.FORM_CHANGED: Case(
        notes(text=_TEXT), notes(text=of(int, default=1)), [put(text="b")]
    ),
    FindingKind.CREATE_ONLY: Case(
        notes(text=_TEXT),
        notes(text=of(str, default="", writable="create")),
        [put(text="b"), patch(text="c")],
    ),
    FindingKind.SERVER_ONLY: Case(
        notes(text=_TEXT), notes(text=of(str, default="", writable="server")), [put(text="b")]
    ),
    FindingKind.CHECK_ADDED: Case(
        notes(number=_NUMBER),
        notes(number=_NUMBER, more={"checks": [ds.Check("number > 0", name="positive")]}),
        [put(number=0)],
    ),
    FindingKind.UNIQUE_ADDED: Case(
        notes(text=_TEXT),
        notes(text=_TEXT, code=of(str, default="", unique=True)),
        [put(), put("b")],
    ),
    FindingKind.FOREIGN_KEY_ADDED: Case(
        notes(text=_TEXT),
        notes(text=of(str, default="", foreign_key=_FREE)),
        [put(text="nobody")],
    ),
    FindingKind.DELETES_REFUSED: Case(
        notes(marks(_FREE)), notes(marks(_KEPT)), [put(), _MARKED, delete()]
    ),
    FindingKind.VERSION_ASKED: Case(
        notes(text=_TEXT, number=_NUMBER),
        notes(text=_TEXT, number=_NUMBER, more={"uploads": ds.UploadRules(version="number")}),
        [put(), patch(text="b")],
    ),
    FindingKind.COMPARED: Case(
        notes(text=_TEXT, more={"track_previous": True}),
        notes(text=_TEXT, more=_COMPARED),
        [put(text="b"), _CHANGED, patch(previous={"text": "b"}, text="c")],
    ),
    FindingKind.SERVER_WINS: Case(
        notes(text=_TEXT),
        notes(text=_TEXT, more={"uploads": ds.UploadRules(server_wins=("text",))}),
        [put(text="b"), _CHANGED, patch(text="c")],
    ),
    FindingKind.REFUSALS_CHANGED: Case(
        notes(
            text=of(str, default="", max_length=1), more={"uploads": ds.UploadRules(refused="drop")}
        ),
        notes(text=of(str, default="", max_length=1)),
        [put(), patch(text="bc")],
    ),
}


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.value)
def test_what_is_found_harms_old_clients(kind: FindingKind) -> None:
    old, new, writes = CASES[kind]

    assert kind in {each for each, _ in found(old, new)}
    with open_server(old) as before, open_server(new) as now:
        assert all(_is_done(write, before, is_dropped_too=True) for write in writes)
        assert not (all(_is_done(write, now) for write in writes) and _is_kept(before, now))


def _is_done(write: Operation, server: Server, *, is_dropped_too: bool = False) -> bool:
    if write is _MARKED:
        server.mark(write.id)
    elif write is _CHANGED:
        server.change(write.id, server.model.by_name["text"], "theirs")
    else:
        return server.takes(write, is_dropped_too=is_dropped_too)
    return True


def _is_kept(before: Server, now: Server) -> bool:
    """Whether the servers hold the same of what the client wrote."""
    row, new = before.row("a"), now.row("a")
    if row is None or new is None:
        return row is new
    for column in before.model.columns:
        other = counterpart(column, now.model)
        if other is None or not holds(other, stored(new, other), stored(row, column)):
            return False
    return True


READS = {
    FindingKind.COLUMN_DROPPED: (of(str), of(str, default="", dropped=True), None),
    FindingKind.FORM_CHANGED: (of(int), of(str), "b"),
    FindingKind.NULL_ADDED: (of(str), of(str | None), None),
    FindingKind.WIDENED: (of(Literal["a"]), of(Literal["a", "b"]), "b"),
}


@pytest.mark.parametrize("kind", READS, ids=lambda kind: kind.value)
def test_what_is_found_is_not_read_by_old_clients(kind: FindingKind) -> None:
    before, after, value = READS[kind]
    old, new = notes(text=before), notes(text=after)

    assert kind in {each for each, _ in found(old, new)}
    with pytest.raises(DecodeError):
        ds.decode(old.tables[0], {"id": "a", "user_id": USER, "text": value}, "sqlite")


def test_each_kind_is_shown() -> None:
    by_streams = {FindingKind.NOT_SENT}  # tests/targets/test_sync_streams.py: who gets which rows
    assert set(FindingKind) == CASES.keys() | READS.keys() | by_streams
    assert {kind for kind in FindingKind if kind.severity is Severity.WARNING} == {
        FindingKind.NULL_ADDED,
        FindingKind.WIDENED,
        FindingKind.REFUSALS_CHANGED,
    }
