"""Drizzle's tables as people write them: what is read, and what is said to be skipped."""

from __future__ import annotations

import pytest

from dualschema.errors import ConfigurationError
from dualschema.model import Action
from dualschema.pull import pull_drizzle
from tests.pull.pulling import load

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

    assert ("users", "posts", "app_more") == pulled.tables
    users, posts, _ = schema.model.tables
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
        "users.tags: left out, since a definition has no array",
        "users: its index lowered (.on(...)) is skipped",
        "posts: its foreign key is skipped",
        "posts.hot: its .$onUpdate(...) is JavaScript, and skipped",
        "pairs: its key of several columns is skipped",
        "posts: the constraint posts_author_id_score_unique is a unique index in the definition",
        "users.updated_at: it has no name in the file, and is called after its key updatedAt",
    } <= {str(note) for note in pulled.notes}
    [pairs] = [note for note in pulled.notes if note.table == "pairs" and "refuses" in note.text]
    assert "no column is the key" in pairs.text


def test_what_no_column_can_be() -> None:
    pulled = pull_drizzle(r"""
      const id = text('id').primaryKey();
      export const t = pgTable('t', { id, a: text('a', { enum: ['\0'] }) });
      export const u = pgTable('u', { id: numeric('id', { precision: 2000 }).primaryKey() });
      export const v = pgTable('v', { id, a: text('a').default('\ud800') });
    """)

    assert ("v",) == pulled.tables
    assert {"t", "u"} <= {note.table for note in pulled.notes if "refuses it" in note.text}


DRIZZLE_OF_THE_DOCUMENTATION = """
import { AnyPgColumn, pgEnum, pgTable as table, pgTableCreator } from "drizzle-orm/pg-core";
import * as t from "drizzle-orm/pg-core";

export enum Role { Guest = "guest", Admin = "admin" }
export const rolesEnum = t.pgEnum("roles", Role);
const id = () => t.uuid().primaryKey().defaultRandom();
const timestamps = { updated_at: t.timestamp({ withTimezone: true }) };
const citext = t.customType<{ data: string }>({ dataType() { return 'citext'; } });

export const users = table("users", {
  id: t.integer().primaryKey().generatedAlwaysAsIdentity({ startWith: 1000 }),
  email: t.varchar().notNull(),
  invitee: t.integer(),
  boss: t.integer().references((): AnyPgColumn => users.id, { onUpdate: 'cascade' }),
  role: rolesEnum().default("guest"),
  photo: t.bytea(),
  ci: citext(),
  ...timestamps,
  ...missing,
}, (table) => [
  t.uniqueIndex("email_idx").on(table.email),
  t.foreignKey({ columns: [table.invitee], foreignColumns: [table.id], name: "invited" })
    .onDelete('cascade'),
]).enableRLS();

export const notes = table("notes", (d) => ({
  id: id(),
  body: d.text().unique("body_key", { nulls: "not distinct" }),
  user_id: d.integer(),
}), (table) => {
  return {
    body: t.index("body").using("btree", table.body.asc().nullsLast().op("text_ops")),
    made: t.index("made").on(table.user_id).concurrently(),
    trigram: t.index("trigram").using("gin", table.body.op("gin_trgm_ops")),
    partial: t.index("partial").on(table.body).where(sql`${table.body} is not null`),
  };
});

export const createTable = pgTableCreator((name) => `project_${name}`);
export const logs = createTable("logs", { id: id() });
const odd = pgTableCreator((name) => prefix + name);
export const odds = odd("odds", { id: id() });
export const roles = table.withRLS("roles", { id: id() });
export const numbers = t.pgSequence("numbers");
export const tables = { nested: t.pgTable("nested", { id: id() }) };
export const maybe = process.env.X ? table("maybe", { id: id() }) : undefined;
export default table("standard", { id: id() });
"""


def test_what_drizzles_documentation_writes() -> None:
    pulled = pull_drizzle(DRIZZLE_OF_THE_DOCUMENTATION)
    model = load(pulled.source).model
    of_enum = "the definition makes it text with a CHECK of the same values"

    assert ("users", "notes", "project_logs", "roles", "standard") == pulled.tables
    users, notes = model.tables[:2]
    assert ["id", "email", "invitee", "boss", "role", "photo", "updated_at"] == list(users.by_name)
    assert [
        ("users_boss_users_id_fk", "id", Action.NO_ACTION, Action.CASCADE),
        ("invited", "id", Action.CASCADE, Action.NO_ACTION),
    ] == [
        (key.name, key.target_column, key.on_delete, key.on_update)
        for key in sorted(users.foreign_keys, key=lambda key: key.column)
    ]
    assert ["body", "made"] == [index.name for index in notes.indexes]
    assert [
        "users.email: it is varchar(...); the definition makes it text",
        f"users.role: it is rolesEnum(...); {of_enum}",
        "users.ci: left out, since no column type stands for citext(...)",
        "users: what it spreads is skipped, since it is no column (line 20)",
        "users: a definition has nothing like its .enableRLS(...)",
        "users.role: the definition gives it a CHECK, users_role_check, which the file does not",
        "notes.body: two NULLs are no duplicates any more",
        "notes: its index trigram (.using(...)) is skipped",
        "notes: its index partial (.on(...).where(...)) is skipped",
        "roles: a definition has nothing like its .withRLS(...)",
        "the table of line 46 is skipped: only tables of constants are read, whose names are texts",
        "the table of line 47 is skipped: only tables of constants are read, whose names are texts",
    ] == [str(note) for note in pulled.notes if note.table is not None or "line" in note.text][:12]
    assert {
        "odd is skipped: it gives tables names that are not known",
        "odds is skipped: it gives tables names that are not known",
        "numbers is skipped: a definition has no sequences",
    } <= {str(note) for note in pulled.notes}


def test_texts_and_sql_in_backquotes() -> None:
    pulled = pull_drizzle(r"""
      export const a = pgTable(`a`, {
        id: text().primaryKey(),
        b: text().default(`it's \`b\``),
        c: text().default(sql<string>`lower('C')`),
        d: text().default(`${prefix}d`),
      });
    """)

    columns = load(pulled.source).model.by_name["a"].by_name
    defaults = {name: column.default for name, column in columns.items()}
    assert defaults["b"] is not None
    assert ("it's `b`", None) == (defaults["b"].value, defaults["b"].server)
    assert defaults["c"] is not None
    assert "lower('C')" == defaults["c"].server
    assert ["a.d: its default is skipped"] == [str(note) for note in pulled.notes]


def test_a_second_foreign_key_of_a_column_is_skipped() -> None:
    pulled = pull_drizzle("""
      export const a = pgTable('a', { id: text().primaryKey(), b: text().references(() => a.id) },
        (t) => [foreignKey({ columns: [t.b], foreignColumns: [t.id], name: 'again' })]);
    """)

    assert ["a: its foreign key again is skipped"] == [str(note) for note in pulled.notes]
    [key] = load(pulled.source).model.by_name["a"].foreign_keys
    assert "a_b_a_id_fk" == key.name


def test_tables_that_are_not_constants_do_not_vanish() -> None:
    with pytest.raises(ConfigurationError, match="no table that can be read: the table of line 1"):
        pull_drizzle("export const all = [pgTable('a', { id: text().primaryKey() })];")


@pytest.mark.parametrize("order", ["", ".desc()"])
def test_an_index_over_a_name_with_the_sign_of_a_descending_one_is_skipped(order: str) -> None:
    table = f"""pgTable("t", {{ id: text("id").primaryKey(), a: text("-a") }}, (t) => [
      index("i").on(t.a{order}), unique("u").on(t.a),
    ])"""
    pulled = pull_drizzle(f"export const t = {table}")

    assert () == load(pulled.source).model.by_name["t"].indexes
    assert {"its index i (.on(...)) is skipped", "its unique u is skipped"} <= {
        note.text for note in pulled.notes
    }
