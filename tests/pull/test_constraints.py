"""Keys, checks, indexes and foreign keys of databases that were not made with the library."""

from __future__ import annotations

from dualschema.pull import NoteKind
from tests.metadata.catalogs import Postgres
from tests.pull.pulling import body, catalog_of, load, made, pushed_again, said


def test_constraints_and_indexes_that_are_left_out(
    postgres_connection: Postgres, space: str
) -> None:
    sql = """
        CREATE TABLE u (a text, b text, id text PRIMARY KEY, PRIMARY_ text UNIQUE);
        CREATE TABLE pair (a text, b text, PRIMARY KEY (a, b));
        CREATE TABLE t (id text PRIMARY KEY, a text, b text, c text[],
            CONSTRAINT far FOREIGN KEY (a, b) REFERENCES pair,
            CONSTRAINT cased CHECK (cardinality(c) > 1),
            CONSTRAINT apart EXCLUDE USING btree (a WITH =));
        CREATE INDEX lowered ON t (lower(a));
        CREATE INDEX partly ON t (a) WHERE b IS NULL;
        CREATE INDEX hashed ON t USING hash (a);
        CREATE INDEX nulls ON t (a NULLS FIRST);
        CREATE INDEX patterns ON t (a text_pattern_ops);
        CREATE INDEX wide ON t (a) INCLUDE (b);
        CREATE INDEX of_left_out ON t (c);
        CREATE INDEX "Cased" ON t (a);
    """
    pulled = made(postgres_connection, space, sql)

    found = [n.text.split(" is not in the definition")[0] for n in pulled.notes if n.table == "t"]
    assert [
        "left out, since no column type stands for text[]",
        "the CHECK cased",
        "the foreign key far",
        "the constraint apart",
        *(f"the index {name}" for name in ["lowered", "partly", "hashed", "nulls", "patterns"]),
        *(f"the index {name}" for name in ["wide", "of_left_out", "Cased"]),
    ] == found


def test_constraints_that_the_definition_changes(postgres_connection: Postgres, space: str) -> None:
    sql = """
        CREATE TABLE u (id text CONSTRAINT own_name PRIMARY KEY);
        CREATE TABLE t (id text PRIMARY KEY, a text REFERENCES u MATCH FULL,
            b text UNIQUE DEFERRABLE, c text UNIQUE NULLS NOT DISTINCT);
        ALTER TABLE t ADD CONSTRAINT later CHECK (c <> 'x') NOT VALID;
    """
    pulled = made(postgres_connection, space, sql)

    assert [
        "u: its key's constraint is own_name, and a definition's u_pkey",
        "t: the CHECK later is whole in the definition: CHECK ((c <> 'x'::text)) NOT VALID",
        "t: the constraint t_b_key is plain in the definition: UNIQUE (b) DEFERRABLE",
        "t: the constraint t_c_key is plain in the definition: UNIQUE NULLS NOT DISTINCT (c)",
        (
            "t.a: the foreign key t_a_fkey is plain in the definition: FOREIGN KEY (a) "
            "REFERENCES u(id) MATCH FULL"
        ),
    ] == said(pulled, NoteKind.CHANGED)


def test_unique_constraints_of_several_columns_stay_as_they_are(
    postgres_connection: Postgres, space: str
) -> None:
    sql = "CREATE TABLE t (id text PRIMARY KEY, a text, b text, UNIQUE (b, a))"
    pulled = made(postgres_connection, space, sql)

    text = "is a unique index in the definition, for which it stands where it is there"
    assert [f"t: the constraint t_b_a_key {text}"] == said(pulled, *NoteKind)
    assert [] == pushed_again(postgres_connection, space, pulled)


def test_foreign_keys_stay_as_they_are(postgres_connection: Postgres, space: str) -> None:
    """Those of Drizzle, Supabase and Rails; of Prisma; of Django."""
    sql = """
        CREATE TABLE u (id text PRIMARY KEY);
        CREATE TABLE t (id text PRIMARY KEY, a text REFERENCES u ON DELETE CASCADE,
            b text CONSTRAINT own REFERENCES u ON UPDATE CASCADE ON DELETE RESTRICT,
            c text REFERENCES u DEFERRABLE INITIALLY DEFERRED,
            d text REFERENCES u DEFERRABLE);
    """
    pulled = made(postgres_connection, space, sql)

    again = load(pulled.source)
    assert [] == said(pulled, *NoteKind)
    assert [] == pushed_again(postgres_connection, space, pulled)
    assert catalog_of(postgres_connection, sql) == (
        catalog_of(postgres_connection, again.ddl("postgresql"))
    )


def test_checks_of_other_names_stay_as_they_are(postgres_connection: Postgres, space: str) -> None:
    sql = """
        CREATE TABLE t (id text PRIMARY KEY,
            a text CONSTRAINT mine CHECK (a IN ('x', 'it''s [y]')),
            b text CHECK (length(b) <= 5),
            c int CHECK (c <= 9 AND c >= 0),
            d double precision CONSTRAINT t_d_range_check CHECK (d >= 0),
            e text CONSTRAINT t_e_user_check CHECK (e <> '(' OR e = ')::text'),
            f text CHECK (f ~ '(?i)x'));
    """
    pulled = made(postgres_connection, space, sql)

    again = load(pulled.source).ddl("postgresql")
    assert [] == said(pulled, NoteKind.CHANGED, NoteKind.LEFT_OUT)
    assert catalog_of(postgres_connection, sql) == catalog_of(postgres_connection, again)
    assert """ds.Check("a IN ('x', 'it''s [y]')", name="mine")""" in pulled.source
    assert """check="(e <> '(') OR (e = ')::text')",""" in pulled.source


def test_whole_numbers_as_keys(postgres_connection: Postgres, space: str) -> None:
    sql = """
        CREATE TABLE a (id bigint PRIMARY KEY, up bigint REFERENCES a DEFERRABLE, n bigint);
        CREATE TABLE b (id serial PRIMARY KEY);
    """
    pulled = made(postgres_connection, space, sql)

    assert [
        "id: ds.Column[ds.Int64] = ds.column(primary_key=True)",
        'up: ds.Column[ds.Int64 | None] = ds.column(default=None, foreign_key="a.id")',
        "n: ds.Column[ds.BigInt | None] = ds.column(default=None)",
        "id: ds.Column[int] = ds.column(primary_key=True)",
    ] == body(pulled)
    assert 'class B(ds.Table, name="b", sync=False):' in pulled.source


def test_keys_that_count_stay_as_they_are(postgres_connection: Postgres, space: str) -> None:
    """Those of Rails and Drizzle, of Django, and one whose table has had another name."""
    sql = """
        CREATE TABLE a (id bigserial PRIMARY KEY);
        CREATE TABLE "größen" (id serial PRIMARY KEY, n serial);
        CREATE TABLE c (id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY);
        CREATE TABLE old (id serial PRIMARY KEY);
        ALTER TABLE old RENAME TO d;
        ALTER TABLE d RENAME CONSTRAINT old_pkey TO d_pkey;
        CREATE TABLE e (id bigint PRIMARY KEY);
    """
    pulled = made(postgres_connection, space, sql)

    assert [
        "größen.n: it is a SERIAL, which in a definition only a key is",
        (
            "c.id: it is GENERATED BY DEFAULT AS IDENTITY, and stays so; where the definition "
            "makes the table, it is a SERIAL"
        ),
        "d.id: its sequence is old_id_seq, and a definition's d_id_seq",
        "e.id: nothing counts it up; as a key of a definition, it is a SERIAL",
    ] == [text for text in said(pulled, *NoteKind) if "sync=False" not in text]
    assert [
        "rename the sequence of d.id from old_id_seq to d_id_seq",
        "count größen.n up no more",
        "drop sequence größen_n_seq",
        "create sequence e_id_seq",
        "count e.id up",
    ] == pushed_again(postgres_connection, space, pulled)
    ddl = load(pulled.source).ddl("postgresql")
    assert "id BIGSERIAL NOT NULL" in ddl
    assert "nextval" not in ddl
    assert "nextval" not in load(pulled.source).ddl("sqlite")
