"""PowerSync's schemas as people write them: what is read, and what is said to be skipped."""

from __future__ import annotations

from dualschema.pull import pull_powersync
from tests.pull.pulling import load, on_clients

HAND_WRITTEN_POWERSYNC = """
import { column, Schema, Table as PsTable, Table } from '@powersync/web';

// The client's tables
const lists = new Table({
  created_at: column.text, /* ISO */
  name: column.text,
  "owner_id": column.text,
  size: column.real
}, { viewName: 'all_lists', trackPrevious: { columns: ['name'], onlyWhenChanged: true } });

export const DRAFTS = 'drafts';

export const AppSchema = new Schema({
  lists,
  to_dos: new Table(
    { list_id: column.text, isDone: column.integer, position: column.integer },
    { indexes: { list: ['list_id', '-position'], 'by_position': ['position'] }, localOnly: false },
  ),
  drafts: new Table({ body: column.text }, { localOnly: true }),
  logs: new Table({ line: column.text, other: column.blob }, { insertOnly: true, strange: 1 }),
  missing,
});
export type Database = (typeof AppSchema)['types'];
"""


def test_a_hand_written_powersync_schema() -> None:
    pulled = pull_powersync(HAND_WRITTEN_POWERSYNC)
    schema = load(pulled.source)

    assert ("lists", "to_dos", "drafts", "logs") == pulled.tables
    found = {table["name"]: table for table in on_clients(schema)["tables"]}
    assert ["created_at", "name", "owner_id", "size"] == [
        column["name"] for column in found["lists"]["columns"]
    ]
    assert "all_lists" == found["lists"]["view_name"]
    assert ["list", "by_position"] == sorted(
        (index["name"] for index in found["to_dos"]["indexes"]), reverse=True
    )
    assert (True, True) == (found["drafts"]["local_only"], found["logs"]["insert_only"])
    assert {
        (
            "to_dos.isDone: left out, since database names are snake_case, and 'isDone' has "
            "upper-case letters"
        ),
        "logs.other: skipped: line 21 has no column.text, integer or real",
        "logs: its option strange is skipped",
        "missing: the table is skipped: line 22 names no new Table({ ... })",
    } == {str(note) for note in pulled.notes}


OLDER_POWERSYNC = """
export const AppSchema = new Schema([
  new Table({
    name: 'todos',
    columns: [
      new Column({ name: 'list_id', type: ColumnType.TEXT }),
      new Column({ name: 'done', type: ColumnType.INTEGER }),
    ],
    localOnly: true,
  }),
]);
"""


def test_a_powersync_schema_of_the_older_form() -> None:
    pulled = pull_powersync(OLDER_POWERSYNC)

    [table] = load(pulled.source).model.tables
    assert ("todos", ["id", "list_id", "done"]) == (table.name, list(table.by_name))
    assert 'sync="local_only"' in pulled.source


DEMO = """
import { AttachmentTable, column, Schema, Table } from '@powersync/web';
import * as orm from 'drizzle-orm/sqlite-core';

export const LISTS = 'lists';
const todos = new Table(
  { list_id: column.text, completed: column.integer, photo_id: column.text, id: column.text },
  { indexes: { list: ['list_id'] } }
);
const shared = { todos, attachments: new AttachmentTable({ name: 'attachments' }) };
export const AppSchema = new Schema({
  [LISTS]: new Table({ name: column.text, owner_id: column.text }),
  ...shared,
  ...unknown,
});
AppSchema.withRawTables({
  raw: { put: { sql: '', params: [] }, delete: { sql: '', params: [] } },
});
export function makeSchema(synced: boolean) {
  return new Schema({ todos: new Table(columns, { viewName: synced ? 'a' : 'b' }) });
}
"""


def test_names_of_constants_and_shared_tables() -> None:
    pulled = pull_powersync(DEMO)

    assert ("lists", "todos") == pulled.tables
    todos = load(pulled.source).model.by_name["todos"]
    assert ["id", "list_id", "completed", "photo_id"] == list(todos.by_name)
    assert [
        "attachments: it is skipped, since PowerSync's own code has it for attachments",
        "the table is skipped: line 14 names no new Table({ ... })",
        "the Table of line 20 is skipped, since it stands in no schema",
        "the Schema of line 20 is skipped, since it stands in no schema",
        "the raw tables of line 16 are skipped",
    ] == [str(note) for note in pulled.notes]


OLDER_INDEXES = """
export const AppSchema = new Schema([
  new Table({
    name: 'todos',
    columns: [new Column({ name: 'done', type: ColumnType.INTEGER }), { name: 'at', type: 'REAL' }],
    indexes: [
      new Index({ name: 'last', columns: [new IndexedColumn({ name: 'at', ascending: false })] }),
    ],
  }),
  Table.createLocalOnly({ name: 'drafts', columns: [] }),
  Table.createInsertOnly({ line: column.text }, { viewName: 'all_logs' }),
  new AttachmentTable(),
]);
"""


def test_indexes_and_kinds_of_tables_of_the_older_form() -> None:
    pulled = pull_powersync(OLDER_INDEXES)

    todos, drafts = on_clients(load(pulled.source))["tables"]
    assert [("done", "INTEGER"), ("at", "REAL")] == [
        (column["name"], column["type"]) for column in todos["columns"]
    ]
    assert [("last", [("at", False)])] == [
        (index["name"], [(c["name"], c["ascending"]) for c in index["columns"]])
        for index in todos["indexes"]
    ]
    assert drafts["local_only"]


WITH_DRIZZLE = """
import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { DrizzleAppSchema } from '@powersync/drizzle-driver';

export const lists = sqliteTable('lists', { id: text('id').primaryKey(), name: text('name') });
export const todos = sqliteTable('todos', {
  id: text('id'),
  list_id: text().notNull().references(() => lists.id),
  done: integer('is_done', { mode: 'boolean' }),
  size: real(),
  raw: blob(),
}, (t) => [index('by_list').on(t.list_id, t.done)]);
export const todosRelations = relations(todos, ({ one }) => ({ list: one(lists) }));
export const drizzleSchema = {
  lists: { tableDefinition: lists, options: { localOnly: true } }, todos, todosRelations,
};
export const AppSchema = new DrizzleAppSchema(drizzleSchema);
"""


def test_tables_that_are_drizzles_for_sqlite() -> None:
    pulled = pull_powersync(WITH_DRIZZLE)

    lists, todos = on_clients(load(pulled.source))["tables"]
    assert (True, False) == (lists["local_only"], todos["local_only"])
    assert [("list_id", "TEXT"), ("is_done", "INTEGER"), ("size", "REAL")] == [
        (column["name"], column["type"]) for column in todos["columns"]
    ]
    [index] = todos["indexes"]
    assert ["list_id", "is_done"] == [column["name"] for column in index["columns"]]
    assert ["todos.raw: skipped: line 11 has no column.text, integer or real"] == [
        str(note) for note in pulled.notes
    ]


def test_tables_of_one_name() -> None:
    pulled = pull_powersync("""
      const a = new Schema({ todos: new Table({ a: column.text }) });
      const b = new Schema({ todos: new Table({ b: column.text }) });
    """)

    assert ["id", "a"] == list(load(pulled.source).model.by_name["todos"].by_name)
    assert ["todos: a table is left out, since another has its name"] == [
        str(note) for note in pulled.notes
    ]
