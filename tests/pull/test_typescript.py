"""Tables in TypeScript: what the library writes is read back, and what people write is, too."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import ConfigurationError
from dualschema.model import Action
from dualschema.pull import NoteKind, pull_drizzle, pull_powersync
from dualschema.targets import generate
from examples.timers import schema as timers
from tests.pull.pulling import assert_formatted, load
from tests.targets.golden.everything import schema as everything

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/targets/golden"

FROM_TIMERS = ROOT / "examples/timers/generated"
FROM_EVERYTHING = GOLDEN / "everything/expected"


def on_clients(schema: ds.Schema) -> Any:
    return json.loads(json.dumps(schema.powersync()))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (FROM_TIMERS / "schema.ts", timers.schema),
        (FROM_EVERYTHING / "typescript/schema.ts", everything.schema),
    ],
    ids=["timers", "everything"],
)
def test_a_generated_powersync_schema_gives_the_same_client(
    file: Path, expected: ds.Schema, tmp_path: Path
) -> None:
    pulled = pull_powersync(file.read_text("utf-8"))

    assert () == pulled.notes
    assert on_clients(expected) == on_clients(load(pulled.source))
    assert_formatted(tmp_path, [pulled.source])


def test_generated_drizzle_tables_give_the_same_database() -> None:
    pulled = pull_drizzle((FROM_TIMERS / "drizzle-postgres.ts").read_text("utf-8"))

    assert () == pulled.notes
    assert timers.schema.ddl("postgresql") == load(pulled.source).ddl("postgresql")


def test_generated_drizzle_tables_of_every_type(tmp_path: Path) -> None:
    text = (FROM_EVERYTHING / "drizzle-postgres/postgres.ts").read_text("utf-8")
    pulled = pull_drizzle(text)

    notes = [str(note) for note in pulled.notes if note.kind is not NoteKind.HINT]
    assert ["server_only.id: the definition does not have it count by itself"] == notes
    mine = {table.name: table for table in load(pulled.source).model.tables}
    for table in everything.schema.model.tables:
        if table.name not in mine:
            continue
        found = mine[table.name]
        assert [column.name for column in table.columns] == [c.name for c in found.columns]
        assert table.indexes == found.indexes
        assert table.foreign_keys == found.foreign_keys
        for column in table.columns:
            other = found.by_name[column.name]
            assert column.nullable == other.nullable
            assert column.unique == other.unique
            assert column.type.postgres_type(column.style) == other.type.postgres_type(other.style)
    assert {"everything", "native_things", "owners", "dates", "server_only"} <= mine.keys()
    assert_formatted(tmp_path, [pulled.source])


def test_generated_drizzle_keys_have_their_actions() -> None:
    class Folder(ds.Table, name="folders"):
        id: ds.Column[str] = ds.column(primary_key=True)
        up: ds.Column[str | None] = ds.column(
            default=None,
            foreign_key=ds.ForeignKey("folders.id", on_delete="set null", on_update="cascade"),
        )

    [file] = generate(ds.Schema(Folder), "drizzle-postgres")
    [key] = load(pull_drizzle(file.text).source).model.by_name["folders"].foreign_keys
    assert (Action.SET_NULL, Action.CASCADE) == (key.on_delete, key.on_update)


SEED_DRIZZLE = """
import { pgTable, text, integer, jsonb } from 'drizzle-orm/pg-core'

export const timers = pgTable('timers', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  timerType: text('timer_type').notNull().$type<'stopwatch' | 'countdown'>(),
  isRunning: integer('is_running').notNull().default(0),
  // ...
})

// Auto-inferred types
export type Timer = typeof timers.$inferSelect
export type NewTimer = typeof timers.$inferInsert
"""


def columns_of(source: str) -> list[str]:
    return [line.strip() for line in source.split("\n") if ": ds.Column[" in line]


def test_the_drizzle_schema_of_the_seed_document() -> None:
    pulled = pull_drizzle(SEED_DRIZZLE)

    assert [
        "id: ds.Column[str] = ds.column(primary_key=True)",
        "name: ds.Column[str]",
        'timer_type: ds.Column[Literal["stopwatch", "countdown"]]',
        "is_running: ds.Column[int] = ds.column(default=0)",
    ] == columns_of(pulled.source)
    assert [
        (
            "timers.timer_type: the definition gives it a CHECK, timers_timer_type_check, "
            "which the file does not"
        ),
    ] == [str(note) for note in pulled.notes]


HAND_WRITTEN_DRIZZLE = """
import { sql, relations } from "drizzle-orm";
import * as pg from 'drizzle-orm/pg-core';

export const roleEnum = pgEnum('role', ['admin', "user"]);
const stamps = {
  createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).defaultNow().notNull(),
  updatedAt: timestamp({ mode: 'string' }),
};

/** People who
 *  use it. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  email: varchar({ length: 255 }).notNull().unique(),
  role: roleEnum('role').default('user'),
  age: integer(),
  tags: text('tags').array().notNull().default(sql`'{}'::text[]`),
  settings: jsonb('settings').$type<Settings<'a' | 'b'>>().default({}),
  seen: bigint({ mode: 'bigint' }),
  ...stamps,
}, (table) => ({
  byAge: index('by_age').on(table.age.desc().nullsFirst(), table.email),
  lowered: uniqueIndex('lowered').on(sql`lower(${table.email})`),
  adult: check('adult', sql`${table.age} > 17`),
}));

export const posts = pgTable('posts', {
  id: serial('id').primaryKey(),
  author: uuid('author_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
  score: numeric('score', { precision: 5, scale: 2 }).default('0.50'),
  hot: boolean('hot').$onUpdate(() => someFunction({ a: [1] })),
}, (t) => [
  unique().on(t.author, t.score),
  foreignKey({ columns: [t.author], foreignColumns: [nowhere.id] }),
]);

export const pairs = pgTable('pairs', { a: text('a'), b: text('b') }, (t) => [
  primaryKey({ columns: [t.a, t.b] }),
]);

export const usersRelations = relations(users, ({ many }) => ({ posts: many(posts) }));
export const other = pgSchema('other').table('things', { id: text('id').primaryKey() });
const mine = pgSchema('mine');
export const things = mine.table('things', { id: text('id').primaryKey() });
const prefixed = pgTableCreator((name) => `app_${name}`);
export const more = prefixed('more', { id: text('id').primaryKey() });
export const adults = pgView('adults').as((qb) => qb.select().from(users));
"""


def test_a_hand_written_drizzle_schema() -> None:
    pulled = pull_drizzle(HAND_WRITTEN_DRIZZLE)
    schema = load(pulled.source)

    assert ("users", "posts") == pulled.tables
    users, posts = schema.model.tables
    assert "People who\nuse it." == users.doc
    assert ["id", "email", "role", "age", "settings", "seen", "created_at", "updated_at"] == [
        column.name for column in users.columns
    ]
    assert "users_email_unique" == users.by_name["email"].unique
    assert [("by_age", ("age", "email"), (True, False))] == [
        (index.name, index.columns, index.descending) for index in users.indexes
    ]
    assert [("adult", '"age" > 17')] == [(check.name, check.sql) for check in users.checks]
    [key] = posts.foreign_keys
    assert ("posts_author_id_users_id_fk", "users", "id", "CASCADE") == (
        *(key.name, key.target_table, key.target_column),
        key.on_delete.value,
    )
    assert {
        "other is skipped: a definition has no other schemas",
        "things is skipped: a definition has no other schemas",
        "adults is skipped: a definition has no views",
        "more is skipped: its tables get their names from a function",
        "users.tags: left out, since a definition has no array",
        "users: its index lowered is skipped",
        "posts: its foreign key is skipped",
        "posts.hot: its .$onUpdate(...) is JavaScript, and skipped",
        "pairs: its key of several columns is skipped",
        "posts: the constraint posts_author_id_score_unique is a unique index in the definition",
        "users.updated_at: it has no name in the file, and is called after its key updatedAt",
    } <= {str(note) for note in pulled.notes}
    [pairs] = [note for note in pulled.notes if note.table == "pairs" and "refuses" in note.text]
    assert "no column is the key" in pairs.text


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
        "missing: the table is skipped: line 22 names no new Table(...)",
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


def test_a_file_without_tables() -> None:
    for text in ("", "export const a = 1", "const s = new Schema({})", "pgTable(", "`${`", "/* "):
        with pytest.raises(ConfigurationError, match="no table that can be read"):
            pull_powersync(text)
        with pytest.raises(ConfigurationError, match="no table that can be read"):
            pull_drizzle(text)


def test_what_no_column_can_be() -> None:
    pulled = pull_drizzle(r"""
      const id = text('id').primaryKey();
      export const t = pgTable('t', { id, a: text('a', { enum: ['\0'] }) });
      export const u = pgTable('u', { id: numeric('id', { precision: 2000 }).primaryKey() });
      export const v = pgTable('v', { id, a: text('a').default('\ud800') });
    """)

    assert ("v",) == pulled.tables
    assert {"t", "u"} <= {note.table for note in pulled.notes if "refuses it" in note.text}


def test_brackets_without_end() -> None:
    for text in ("const a = " + "(" * 10_000, "const a = " + "[{a:" * 5_000):
        for read in (pull_drizzle, pull_powersync):
            with pytest.raises(ConfigurationError):
                read(text)


TEXTS = [HAND_WRITTEN_DRIZZLE, HAND_WRITTEN_POWERSYNC, OLDER_POWERSYNC, SEED_DRIZZLE]


@given(st.sampled_from(TEXTS), st.data())
def test_a_damaged_file_is_read_as_far_as_it_goes(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    put = data.draw(st.text(st.sampled_from("(){}[]<>'\"`\\$,;:.=>/*\n ax1"), max_size=4))
    damaged = text[:start] + put + text[end:]

    for read in (pull_drizzle, pull_powersync):
        with suppress(ConfigurationError):  # no table may be left
            load(read(damaged).source)
