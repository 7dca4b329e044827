"""What clients of a release do not survive: a case for each rule, and for what is fine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import dualschema as ds
from dualschema.compatibility import FindingKind
from dualschema.schema import Schema
from tests.compatibility.definitions import Column, found, of, schema, table
from tests.compatibility.upload_cases import UPLOAD_CASES


def _link(**options: Any) -> Column:
    return of(str, foreign_key=ds.ForeignKey("users.id", **options))


_TEXT = of(str)
_NUMBER = of(int, default=0)
_OWNED = of(str, owner=True)
_NUMBERED = of(int)
_CASCADE = ds.ForeignKey("users.id", on_delete="cascade")
_ABSENT_IS_NULL = {"uploads": ds.UploadRules(absent="null")}
_KEY = of(str, primary_key=True)
_TABLES = {"users": {"id": _KEY}, "notes": {"id": _KEY}}
_LIKES = {"likes": {"id": _KEY, "note_id": of(str, foreign_key="notes.id")}}

CASES = {
    "a column that is gone": (
        schema(text=_TEXT, number=_NUMBER),
        schema(text=_TEXT),
        [(FindingKind.COLUMN_REMOVED, "notes.number")],
    ),
    "a dropped column that old clients know no NULL in": (
        schema(text=_TEXT, number=_NUMBER),
        schema(text=_TEXT, number=of(int, default=0, dropped=True)),
        [(FindingKind.COLUMN_DROPPED, "notes.number")],
    ),
    "a dropped column": (
        schema(text=_TEXT, number=of(int | None)),
        schema(text=_TEXT, number=of(int | None, dropped=True)),
        [],
    ),
    "a dropped column of the server's, which came later than its row": (
        schema(number=of(int, default=0, writable="server")),
        schema(number=of(int, default=0, dropped=True)),
        [],
    ),
    "a dropped column that nobody reads": (
        schema(number=_NUMBER, more={"sync": "insert_only"}),
        schema(number=of(int, default=0, dropped=True), more={"sync": "insert_only"}),
        [],
    ),
    "a dropped column that was renamed": (
        schema(number=of(int | None)),
        schema(size=of(int | None, dropped=True, was="number")),
        [],
    ),
    "a dropped column that is removed a release later": (
        schema(text=_TEXT, number=of(int, default=0, dropped=True)),
        schema(text=_TEXT),
        [],
    ),
    "a column that seems to be renamed": (
        schema(text=_TEXT, number=_NUMBER),
        schema(body=_TEXT, number=_NUMBER),
        [(FindingKind.COLUMN_RENAMED, "notes.text")],
    ),
    "a column that one of two may be": (
        schema(text=of(str | None)),
        schema(body=of(str | None), title=of(str | None)),
        [(FindingKind.COLUMN_REMOVED, "notes.text")],
    ),
    "a renamed column": (schema(text=_TEXT), schema(body=of(str, was="text")), []),
    "a renamed column that is narrowed": (
        schema(text=_TEXT),
        schema(body=of(str, was="text", max_length=9)),
        [(FindingKind.NARROWED, "notes.text")],
    ),
    "a new column that is required": (
        schema(),
        schema(number=_NUMBERED),
        [(FindingKind.COLUMN_REQUIRED, "notes.number")],
    ),
    "a new column with a default": (schema(), schema(number=_NUMBER), []),
    "a new nullable column": (schema(), schema(number=of(int | None)), []),
    "a new column of the server's": (
        schema(),
        schema(number=of(int, default=0, writable="server")),
        [],
    ),
    "a new column of the server's that nothing fills": (
        schema(),
        schema(number=of(int, writable="server")),
        [(FindingKind.COLUMN_REQUIRED, "notes.number")],
    ),
    "a column of the server's that nothing fills any more": (
        schema(number=of(int, default=0, writable="server")),
        schema(number=of(int, writable="server")),
        [(FindingKind.DEFAULT_REMOVED, "notes.number")],
    ),
    "a column of the server's that is the client's, and required": (
        schema(number=of(int | None, writable="server")),
        schema(number=_NUMBERED),
        [(FindingKind.DEFAULT_REMOVED, "notes.number")],
    ),
    "NULL where there was none": (
        schema(text=_TEXT),
        schema(text=of(str | None)),
        [(FindingKind.NULL_ADDED, "notes.text")],
    ),
    "NULL in a column of the server's": (
        schema(number=of(int, default=0, writable="server")),
        schema(number=of(int | None, writable="server")),
        [],
    ),
    "NULL where nobody reads": (
        schema(text=_TEXT, more={"sync": "insert_only"}),
        schema(text=of(str | None), more={"sync": "insert_only"}),
        [],
    ),
    "a default in place of NULL": (
        schema(number=of(int | None)),
        schema(number=of(int | None, default=1)),
        [(FindingKind.NULL_REPLACED, "notes.number")],
    ),
    "a default in place of NULL, which clients may still leave out": (
        schema(number=of(int | None)),
        schema(number=of(int | None, default=1), more=_ABSENT_IS_NULL),
        [],
    ),
    "NULL that is left out becomes the default": (
        schema(number=of(int | None, default=1), more=_ABSENT_IS_NULL),
        schema(number=of(int | None, default=1)),
        [(FindingKind.NULL_REPLACED, "notes.number")],
    ),
    "another default beside NULL": (
        schema(number=of(int | None, default=1)),
        schema(number=of(int | None, default_factory=lambda: 2)),
        [],
    ),
    "no NULL any more": (
        schema(text=of(str | None)),
        schema(text=of(str, default="")),
        [(FindingKind.NOT_NULL, "notes.text")],
    ),
    "no default any more": (
        schema(number=_NUMBER),
        schema(number=_NUMBERED),
        [(FindingKind.DEFAULT_REMOVED, "notes.number")],
    ),
    "a column of the server's now": (
        schema(number=_NUMBER),
        schema(number=of(int, default=0, writable="server")),
        [(FindingKind.SERVER_ONLY, "notes.number")],
    ),
    "an owner's column of the server's": (
        schema(user_id=_OWNED),
        schema(user_id=of(str, owner=True, writable="server")),
        [],
    ),
    "a column for new rows now": (
        schema(number=_NUMBER),
        schema(number=of(int, default=0, writable="create")),
        [(FindingKind.CREATE_ONLY, "notes.number")],
    ),
    "a table that is gone": (
        schema(text=_TEXT),
        Schema(table("users", {"id": of(str, primary_key=True)})),
        [(FindingKind.TABLE_REMOVED, "notes")],
    ),
    "a dropped table": (schema(text=_TEXT), schema(text=_TEXT, more={"dropped": True}), []),
    "a table that seems to be renamed": (
        schema(text=_TEXT),
        schema(text=_TEXT, name="memos"),
        [(FindingKind.TABLE_RENAMED, "notes")],
    ),
    "a renamed table": (
        schema(text=_TEXT, user_id=_OWNED),
        schema(text=_TEXT, user_id=_OWNED, name="memos", more={"was": "notes"}),
        [],
    ),
    "a table of the server's now": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"sync": False}),
        [(FindingKind.NOT_SYNCED, "notes")],
    ),
    "a table that is only written now": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"sync": "insert_only"}),
        [(FindingKind.NOT_SYNCED, "notes")],
    ),
    "a table that is read, too, now": (
        schema(text=_TEXT, more={"sync": "insert_only"}),
        schema(text=_TEXT),
        [],
    ),
    "a table that no client uploads": (
        schema(text=_TEXT, more={"sync": False}),
        schema(more={"sync": False}),
        [],
    ),
    "another owner": (
        schema(user_id=_OWNED, editor_id=_TEXT),
        schema(user_id=_TEXT, editor_id=_OWNED),
        [(FindingKind.OWNER_CHANGED, "notes")],
    ),
    "a first owner": (
        schema(user_id=_TEXT),
        schema(user_id=_OWNED),
        [(FindingKind.OWNER_CHANGED, "notes")],
    ),
    "a renamed owner": (
        schema(user_id=_OWNED),
        schema(author_id=of(str, owner=True, was="user_id")),
        [],
    ),
    "another unique column": (
        schema(text=_TEXT),
        schema(text=of(str, unique=True)),
        [(FindingKind.UNIQUE_ADDED, "notes")],
    ),
    "a new unique column with NULL": (schema(), schema(code=of(str | None, unique=True)), []),
    "a new unique column that is made anew": (
        schema(),
        schema(code=of(str, default_factory=ds.new_id, unique=True)),
        [],
    ),
    "a new unique column with one default": (
        schema(),
        schema(code=of(str, default="", unique=True)),
        [(FindingKind.UNIQUE_ADDED, "notes")],
    ),
    "unique over more columns": (
        schema(text=_TEXT, number=_NUMBER, more={"indexes": [ds.Index("text", unique=True)]}),
        schema(
            text=_TEXT, number=_NUMBER, more={"indexes": [ds.Index("text", "number", unique=True)]}
        ),
        [],
    ),
    "another foreign key": (
        schema(user_id=_TEXT),
        schema(user_id=_link(on_delete="cascade")),
        [(FindingKind.FOREIGN_KEY_ADDED, "notes.user_id")],
    ),
    "a foreign key of a renamed column": (
        schema(user_id=_link(on_delete="cascade")),
        schema(author_id=of(str, foreign_key=_CASCADE, was="user_id")),
        [],
    ),
    "a new column with a foreign key": (
        schema(),
        schema(user_id=of(str | None, foreign_key=_CASCADE)),
        [],
    ),
    "a new column whose default names a row": (
        schema(),
        schema(user_id=of(str, default="nobody", foreign_key=_CASCADE)),
        [(FindingKind.FOREIGN_KEY_ADDED, "notes.user_id")],
    ),
    "a new column that keeps the rows it names": (
        schema(),
        schema(user_id=of(str | None, foreign_key="users.id")),
        [(FindingKind.DELETES_REFUSED, "users")],
    ),
    "a foreign key that keeps the rows it names": (
        schema(user_id=_link(on_delete="cascade")),
        schema(user_id=_link()),
        [(FindingKind.DELETES_REFUSED, "users")],
    ),
    "a foreign key that is checked sooner": (
        schema(user_id=_link()),
        schema(user_id=_link(on_delete="restrict")),
        [(FindingKind.DELETES_REFUSED, "users")],
    ),
    "a foreign key that lets rows go": (
        schema(user_id=_link()),
        schema(user_id=_link(on_delete="cascade")),
        [],
    ),
    "a foreign key to a key, which never changes": (
        schema(user_id=_link(on_update="cascade")),
        schema(user_id=_link()),
        [],
    ),
    "a foreign key that uploads check later either way": (
        schema(user_id=_link(deferrable="deferred")),
        schema(user_id=_link()),
        [],
    ),
    "a new table that keeps the rows it names": (
        schema(),
        Schema(*(table(name, fields) for name, fields in {**_TABLES, **_LIKES}.items())),
        [(FindingKind.DELETES_REFUSED, "notes")],
    ),
    "another check": (
        schema(number=_NUMBER),
        schema(number=_NUMBER, more={"checks": [ds.Check("number > 0", name="positive")]}),
        [(FindingKind.CHECK_ADDED, "notes")],
    ),
    "a check in capitals": (
        schema(number=_NUMBER),
        schema(number=_NUMBER, more={"checks": [ds.Check("NUMBER > 0", name="positive")]}),
        [(FindingKind.CHECK_ADDED, "notes")],
    ),
    "a check of a new column": (
        schema(),
        schema(number=_NUMBER, more={"checks": [ds.Check("number >= 0", name="positive")]}),
        [],
    ),
    "a check of a renamed column": (
        schema(number=_NUMBER, more={"checks": [ds.Check("number > 0", name="positive")]}),
        schema(
            size=of(int, default=0, was="number"),
            more={"checks": [ds.Check("size > 0", name="positive")]},
        ),
        [],
    ),
    "another key": (
        Schema(table("notes", {"number": of(str, primary_key=True), "code": _TEXT})),
        Schema(table("notes", {"number": _TEXT, "code": of(str, primary_key=True)})),
        [(FindingKind.KEY_CHANGED, "notes")],
    ),
    **UPLOAD_CASES,
    "another form of the key": (
        Schema(table("notes", {"id": of(str, primary_key=True)})),
        Schema(table("notes", {"id": of(UUID, primary_key=True)})),
        [(FindingKind.NARROWED, "notes.id")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_old_clients_do_not_survive_is_found(name: str) -> None:
    old, new, expected = CASES[name]

    assert expected == found(old, new)
