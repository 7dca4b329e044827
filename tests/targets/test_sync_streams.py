"""Sync streams: each device gets its owner's rows, in the form that ``decode`` reads."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ClientKind
from dualschema.convert import decode, encode
from dualschema.declare.table import binding_of
from dualschema.errors import GenerationError
from dualschema.languages.sql import RESERVED, identifier
from dualschema.testing import rows
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES
from tests.metadata.catalogs import Postgres
from tests.targets.golden.everything import schema as everything
from tests.targets.golden_cases import schema_of as golden_schema
from tests.targets.owned import (
    ByBytes,
    Chosen,
    Deep,
    Folder,
    Hidden,
    Note,
    Numbered,
    Sent,
    Small,
    Tree,
    schema,
    wide_table,
)
from tests.targets.replication import evaluated, sent, stored_rows, sync_config
from tests.types.cases import STYLES, Style, every_style, schema_of

WIDE = {style: wide_table(style) for style in STYLES}

USERS = ["u1", 'u\'2 "ü"']


@every_style
@settings(phases=(Phase.explicit, Phase.generate))  # a wide row takes minutes to shrink
@given(data=st.data())
def test_each_value_of_each_type_arrives_as_the_client_would_write_it(
    style: Style, data: st.DataObject, postgres_connection: Postgres
) -> None:
    table: Any = WIDE[style]
    drawn = rows(table, user_id=st.sampled_from(USERS))
    given_rows = data.draw(st.lists(drawn, min_size=1, max_size=4, unique_by=lambda row: row.id))
    made = schema_of(table)

    wire = stored_rows(postgres_connection, made, given_rows)
    found = sent(sync_config(made), wire, [*USERS, "nobody"])

    assert [] == found["nobody"]
    for user in USERS:
        own = {row.id: row for row in given_rows if row.user_id == user}
        assert sorted(own) == sorted(each["id"] for each in found[user])
        for each in found[user]:
            row = own[each["id"]]
            assert row == decode(table, each["data"], "sqlite")
            assert as_text(table, encode(row, "sqlite")) == as_text(table, each["data"])


def as_text(table: type[ds.Table], stored: dict[str, Any]) -> dict[str, Any]:
    """Return a row but for its documents, which Postgres writes in a form of its own."""
    documents = {
        column.name
        for column in binding_of(table).model.columns
        if column.type.client_kind is ClientKind.JSON
    }
    return {name: value for name, value in stored.items() if name not in documents}


def world() -> list[ds.Table]:
    """Return rows of two users in all tables, each key with its user's number."""
    made: list[ds.Table] = []
    for number, user in enumerate(USERS, start=1):
        folder = UUID(int=number)
        blob = bytes([number, 0])
        made += [
            Folder(folder_id=folder, user_id=user, blob=blob, title=f"t{number}", huge=-(2**63)),
            Note(id=number, folder=folder),
            Hidden(id=number, folder=folder),
            Deep(id=f"{number}", hidden=number),
            ByBytes(id=f"{number}", blob=blob),
            Tree(id=f"root {number}", parent=f"root {number}", user_id=user),
            Tree(id=f"leaf {number}", parent=f"root {number}"),
            Sent(id=f"{number}", user_id=user),
        ]
    return made


def test_owners_are_found_in_every_way(postgres_connection: Postgres) -> None:
    found = sent(sync_config(schema), stored_rows(postgres_connection, schema, world()), USERS)

    for number, user in enumerate(USERS, start=1):
        expected = [
            ("by_bytes", f"{number}"),
            ("directories", str(UUID(int=number))),
            ("folders", str(UUID(int=number))),
            ("notes", f"{number}"),
            ("select", f"{number}"),
            ("trees", f"leaf {number}"),
            ("trees", f"root {number}"),
        ]
        assert expected == sorted((each["table"], each["id"]) for each in found[user])


def test_owners_that_are_no_text_are_compared_as_text(postgres_connection: Postgres) -> None:
    given_rows = [
        Numbered(id="a", user_id=2**63 - 1),
        Numbered(id="b", user_id=7),
        Small(id="a", user_id=7),
        Small(id="b", user_id=None),
        Chosen(id="a", team="it's"),
        Folder(folder_id=UUID(int=5), user_id="7", blob=b""),
    ]
    wire = stored_rows(postgres_connection, schema, given_rows)
    users = [str(2**63 - 1), "7", "it's", ""]
    found = sent(sync_config(schema, old_names=False), wire, users)

    names = [sorted((each["table"], each["id"]) for each in found[user]) for user in users]
    own = [("folders", str(UUID(int=5))), ("numbered", "b"), ("small", "a")]
    assert [[("numbered", "a")], own, [("chosen", "a")], []] == names


def test_old_clients_find_what_they_ask_for_by_its_old_name(postgres_connection: Postgres) -> None:
    wire = stored_rows(postgres_connection, schema, world())
    found = sent(sync_config(schema), wire, USERS[:1])[USERS[0]]
    [new] = [each["data"] for each in found if each["table"] == "folders"]
    [old] = [each["data"] for each in found if each["table"] == "directories"]

    key = str(UUID(int=1))
    text = str(-(2**63))
    present = {"id": key, "user_id": "u1", "blob": "AQA=", "title": "t1", "huge": text}
    assert present | {"owner": "u1", "caption": "t1", "big": text} == new == old


def test_rows_that_postgres_holds_by_their_old_names_arrive_too(
    postgres_connection: Postgres,
) -> None:
    """The service may get the config before Postgres renames the columns."""
    former = {"folder_id": "id", "user_id": "owner", "title": "caption", "huge": "big"}
    [wire, *_] = stored_rows(postgres_connection, schema, world()[:1])
    before = {**wire, "types": [(former.get(name, name), kind) for name, kind in wire["types"]]}

    config = sync_config(schema)
    assert sent(config, [wire], USERS) == sent(config, [before], USERS)


def test_without_old_names_nothing_is_sent_twice() -> None:
    found = evaluated(sync_config(schema, old_names=False))
    query = found["parsed"]["streams"]["folders"]["query"]

    assert [] == found["problems"]
    assert " AS directories" not in query
    assert "caption) AS title" in query
    assert "AS caption" not in query


def test_tables_that_a_client_only_writes_or_the_server_only_has_are_in_no_stream() -> None:
    found = evaluated(sync_config(schema))

    tables = ["select", "folders", "notes", "by_bytes", "trees", "numbered", "small", "chosen"]
    assert [] == found["problems"]
    assert tables == list(found["parsed"]["streams"])


def test_a_table_without_an_owner_is_refused() -> None:
    with pytest.raises(GenerationError, match="it has no owner") as caught:
        sync_config(everything.schema)

    assert "everything" == caught.value.table


def test_a_table_without_an_owner_is_sent_to_everyone_if_one_says_so(
    postgres_connection: Postgres,
) -> None:
    row = everything.Everything(text="x", whole_or_not=None, by_server=None)
    wire = stored_rows(postgres_connection, everything.schema, [row])
    found = sent(sync_config(everything.schema, without_owner="everyone"), wire, USERS)

    for user in USERS:
        [each] = found[user]
        # What Postgres has under neither name is left out; a client's view then shows NULL.
        data = {"renamed": None, "former": None, **each["data"]}
        assert data["renamed"] == data.pop("former")
        assert row == decode(everything.Everything, data, "sqlite")


def test_one_stream_may_hold_all() -> None:
    found = evaluated(sync_config(schema, group="my app: all", auto_subscribe=False))

    assert [] == found["problems"]
    [(name, stream)] = found["parsed"]["streams"].items()
    assert "my app: all" == name
    assert stream["auto_subscribe"] is False
    assert 9 == len(stream["queries"])
    assert found["parsed"]["config"]["edition"] == 3


def test_a_client_does_not_get_what_it_did_not_ask_for(postgres_connection: Postgres) -> None:
    wire = stored_rows(postgres_connection, schema, world())
    assert {user: [] for user in USERS} == sent(
        sync_config(schema, auto_subscribe=False), wire, USERS
    )


def test_who_asks_for_a_renamed_table_by_its_old_name_gets_it_by_that() -> None:
    found = evaluated(sync_config(schema, auto_subscribe=False))
    streams = found["parsed"]["streams"]

    assert [] == found["problems"]
    assert "FROM folders AS directories" in streams["directories"]["query"]
    assert "directories" not in streams["folders"]["query"]
    without = evaluated(sync_config(schema, auto_subscribe=False, old_names=False))
    assert "directories" not in without["parsed"]["streams"]


@pytest.mark.parametrize("group", ["", "__proto__", "constructor"])
def test_a_stream_has_a_name_that_the_service_can_keep(group: str) -> None:
    with pytest.raises(GenerationError, match="option group"):
        sync_config(schema, group=group)


def test_the_timers_example_is_three_streams_of_plain_columns() -> None:
    found = evaluated(sync_config(golden_schema("timers")))

    assert [] == found["problems"]
    assert ["timers", "activity_logs", "todos"] == list(found["parsed"]["streams"])
    query = found["parsed"]["streams"]["todos"]["query"]
    expected = "SELECT id, text, completed, user_id, created_at, updated_at FROM todos"
    assert f"{expected} WHERE user_id = auth.user_id()" == " ".join(query.split())


def test_times_of_three_digits_are_cut_by_the_queries_where_others_have_six() -> None:
    config = sync_config(schema_of(WIDE["native"]))
    assert "timestamp_max_precision" not in config
    assert "substring(" in config


def test_times_of_three_digits_are_cut_by_the_config() -> None:
    kinds: Any = {f"column_{n}": (kind.samples[0]) for n, kind in enumerate(ALL_TYPES)}
    table = make_table("short", {**kinds, "user_id": (str, {"owner": True})}, postgres="native")
    config = sync_config(schema_of(table))

    assert "  timestamp_max_precision: milliseconds\n" in config
    assert "substring(" not in config
    assert [] == evaluated(config)["problems"]


def test_an_owner_behind_a_local_table_is_refused() -> None:
    class Mine(ds.Table, name="mine", sync="local_only"):
        id: ds.Column[str] = ds.column(primary_key=True)
        user_id: ds.Column[str]

    class Theirs(ds.Table, name="theirs"):
        id: ds.Column[str] = ds.column(primary_key=True)
        mine: ds.Column[str] = ds.column(foreign_key="mine", owner="mine.user_id")

    with pytest.raises(GenerationError, match=r"theirs: the way to its owner .* mine, which is"):
        sync_config(ds.Schema(Mine, Theirs))


def named_table(name: str, column: str, doc: str | None = None) -> ds.Schema:
    class Named(ds.Table, name=name):
        __doc__ = doc

        key: ds.Column[str] = ds.column(primary_key=True)
        value: ds.Column[str | None] = ds.column(default=None, name=column)
        user: ds.Column[str] = ds.column(owner=True, name="user")

    return ds.Schema(Named)


NAMES = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=15)
    | st.sampled_from(sorted(RESERVED))
    | st.sampled_from(
        ["constructor", "__proto__", "null", "yes", "1e3", "~", "- a", "a:b", "!x", "&a", "größe"]
    )
    | st.sampled_from(["a*b", "with-dash$and(more)", "\\", "`", "日本", "😀", "{", "?", "|", ">"])
)


@given(name=NAMES, column=NAMES, doc=st.text(max_size=30))
def test_no_name_breaks_the_config(name: str, column: str, doc: str) -> None:
    try:
        made = named_table(name, column, doc)
    except ds.DefinitionError:
        return
    try:
        config = sync_config(made)
    except GenerationError:
        assert "*" in name + column or "__proto__" in (name, column)
        return

    types = [("key", "text"), (column, "text"), ("user", "text")]
    wire = [{"name": name, "types": types, "rows": [["k", "v", "u"], ["l", None, "other"]]}]
    found = evaluated(config, wire, ["u"])
    assert [] == found["problems"]
    [stream] = found["parsed"]["streams"]
    assert stream in (name, "constructor2")
    [each] = found["rows"]["u"]
    assert (name, {"id": "k", column: "v", "user": "u"}) == (each["table"], each["data"])


def test_words_of_postgres_need_quotes_only_where_we_write_them(
    postgres_connection: Postgres,
) -> None:
    """All keywords of Postgres as one table's columns: its parser and the service's agree."""
    found = postgres_connection.execute("SELECT word FROM pg_get_keywords()").fetchall()
    words = [word for (word,) in found]
    for word in words:
        query = f"SELECT {identifier(word)} FROM (SELECT 1 AS {identifier(word)}) AS t"
        postgres_connection.execute(query.encode())
    columns: Any = {f"column_{n}": (str, {"name": word}) for n, word in enumerate(words)}
    table = make_table("words", {**columns, "zz": (str, {"owner": True, "name": "zz"})})
    problems = evaluated(sync_config(schema_of(table)))["problems"]

    assert [] == problems


def test_the_parsed_config_is_what_the_text_says() -> None:
    found = evaluated(sync_config(everything.schema, without_owner="everyone"))

    assert [] == found["problems"], json.dumps(found["problems"])
    assert {"edition": 3} == found["parsed"]["config"]
    native = found["parsed"]["streams"]["native_things"]["query"]
    assert "user_id AS id," in native
    assert "CAST(huge AS TEXT) AS huge," in native
    assert "CASE WHEN raw IS NOT NULL THEN base64(raw) END AS raw," in native
    assert native.endswith("WHERE parent IN (SELECT id FROM owners WHERE user_id = auth.user_id())")
