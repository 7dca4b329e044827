"""Where nothing is found, a server of the new definition takes all that old clients write.

And old clients read all that it sends. Definitions are drawn, and changed in all ways; what old
clients write goes through the code that applies uploads, on both definitions.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import Form
from dualschema.compatibility import Finding, Severity
from dualschema.convert.cells import decoder_of
from dualschema.declare.table import Table
from dualschema.model import ColumnModel, Sync, TableModel, Writable
from dualschema.schema import Schema
from dualschema.testing import rows
from dualschema.upload import Operation
from tests.compatibility.clients import USER, Server, counterpart, holds, open_server, stored
from tests.compatibility.drawing import pairs

KEYS = ["a", "b"]


def survives(findings: tuple[Finding, ...]) -> bool:
    return all(finding.severity is Severity.WARNING for finding in findings)


def is_silent(findings: tuple[Finding, ...]) -> bool:
    return not findings


class Client:
    """An old client: what it wrote, and what it knows of its rows."""

    def __init__(self, schema: Schema, data: st.DataObject) -> None:
        self.table = schema.tables[0]
        self.model = schema.model.tables[0]
        self.known: dict[str, dict[str, Any]] = {}
        self._data = data
        self._rows = rows(self.table, id=USER, user_id=USER)

    def write(self) -> Operation:
        key = self._data.draw(st.sampled_from(KEYS))
        insert_only = self.model.sync is Sync.INSERT_ONLY
        if key not in self.known or insert_only:
            return self._put(key)
        op = self._data.draw(st.sampled_from(["PATCH", "PATCH", "PATCH", "PUT", "DELETE"]))
        if op == "PUT":
            return self._put(key)
        if op == "PATCH":
            return self._patch(key)
        return Operation("DELETE", self.model.name, key, {}, self._previous(self.known.pop(key)))

    def _put(self, key: str) -> Operation:
        row = self._values()
        sent: dict[str, Any] = {}
        for column in self._written():
            is_left_out = not column.required and self._data.draw(st.booleans())
            if row[column.name] is not None and not is_left_out:
                sent[column.name] = row[column.name]
        version = self.model.uploads.version
        if key in self.known and version is not None:
            sent[version] = self.known[key].get(version, 0) + 1
        self.known[key] = {name: sent.get(name) for name in self.model.by_name}
        if self._data.draw(st.booleans()):
            sent["user_id"] = USER
        return Operation("PUT", self.model.name, key, sent)

    def _patch(self, key: str) -> Operation:
        row, known = self._values(), self.known[key]
        names = [c.name for c in self._written() if c.writable is Writable.CLIENT]
        named = (
            self._data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
            if names
            else []
        )
        sent = {name: row[name] for name in named}
        version = self.model.uploads.version
        if version is not None:
            sent[version] = (known.get(version) or 0) + 1
        previous = self._previous(known)
        self.known[key] = {**known, **sent}
        return Operation("PATCH", self.model.name, key, sent, previous)

    def _previous(self, known: dict[str, Any]) -> dict[str, Any] | None:
        return dict(known) if self.model.track_previous is not None else None

    def _written(self) -> list[ColumnModel]:
        own = ("id", "user_id")
        return [
            column
            for column in self.model.columns
            if column.name not in own and column.writable is not Writable.SERVER
        ]

    def _values(self) -> dict[str, Any]:
        row = self._data.draw(self._rows)
        return {column.name: stored(row, column) for column in self.model.columns}


# An example makes up to nine definitions and two databases.
@settings(max_examples=max(2, settings().max_examples // 2))
@given(pairs(survives), st.data())
def test_a_server_takes_and_keeps_all_that_old_clients_write(
    pair: tuple[Schema, Schema], data: st.DataObject
) -> None:
    old, new = pair
    note(f"{old.model}\nnow {new.model}")
    client = Client(old, data)
    with open_server(old) as before, open_server(new) as now:
        for _ in range(8):
            if data.draw(st.integers(0, 2)) == 0:
                _change(client, before, now, data)
            operation = client.write()
            note(operation)
            if before.takes(operation):  # else it broke a rule that its client knew
                assert now.takes(operation)
                _assert_kept(operation, before, now)


def _change(client: Client, before: Server, now: Server, data: st.DataObject) -> None:
    """Do to a row on both servers what a client knows nothing of."""
    key = data.draw(st.sampled_from(KEYS))
    row = before.row(key)
    if row is None or now.row(key) is None:
        return
    before.mark(key)
    now.mark(key)
    drawn = data.draw(rows(before.table))
    columns = [c for c in before.model.columns if c.name not in ("id", "user_id") and not c.unique]
    if columns:
        column = data.draw(st.sampled_from(columns))
        other = counterpart(column, now.model)
        value = stored(drawn, column)
        note(f"{key}.{column.name} = {value!r}")
        if other is not None and not (value is None and not other.nullable):
            try:
                read = decoder_of(other, Form.SQLITE)(value)
            except ValueError:  # a column of the server's, which takes less now
                return
            now.change(key, other, read)
            before.change(key, column, getattr(drawn, column.attribute))


def _assert_kept(operation: Operation, before: Server, now: Server) -> None:
    row, new = before.row(operation.id), now.row(operation.id)
    if now.model.dropped:
        return
    assert (row is None) == (new is None)
    if row is None or new is None:
        return
    for column in before.model.columns:
        other = counterpart(column, now.model)
        if other is None or column.name in ("id", "user_id", *before.model.uploads.server_wins):
            continue  # of the last the server keeps its own, which a default may have made
        held, expected = stored(new, other), stored(row, column)
        sent = operation.data.get(column.name)
        is_named = column.name in operation.data
        is_null = (
            operation.op == "PUT" and expected is None and column.writable is not Writable.SERVER
        )
        if is_named or is_null:
            assert holds(other, held, expected) or holds(other, held, sent), column.name


@settings(max_examples=max(2, settings().max_examples // 2))
@given(pairs(is_silent), st.data())
def test_old_clients_read_all_that_a_server_sends(
    pair: tuple[Schema, Schema], data: st.DataObject
) -> None:
    old, new = pair
    note(f"{old.model}\nnow {new.model}")
    before, now = old.model.tables[0], new.model.tables[0]
    if before.sync is Sync.INSERT_ONLY or now.dropped:
        return
    row, drawn = data.draw(rows(new.tables[0])), data.draw(rows(old.tables[0]))
    sent = dict(_sent(row, before, now))
    own = {c.name for c in before.columns if c.writable is Writable.SERVER}
    read = {
        name: stored(drawn, before.by_name[name]) if value is None and name in own else value
        for name, value in sent.items()
    }

    decoded = ds.decode(old.tables[0], read, "sqlite")

    for column in before.columns:
        assert holds(column, stored(decoded, column), read[column.name]), column.name


def _sent(row: Table, before: TableModel, now: TableModel) -> Any:
    """Yield what a client's row has by the names that it knows: NULL in a column that is gone."""
    for column in before.columns:
        other = counterpart(column, now)
        yield column.name, None if other is None else stored(row, other)
