"""URLs as people paste them: what becomes of their parts, and that none shows the password."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from psycopg import pq
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.engine import normalised

NEON = "ep-cool-darkness-a1b2c3d4.us-east-2.aws.neon.tech"


def arguments(url: str, **options: Any) -> dict[str, Any]:
    """Return what libpq is given."""
    with ds.connect(url, **options) as db:
        engine = db.engine
        (_, named) = engine.dialect.create_connect_args(engine.url)
        named.pop("context", None)
        return dict(named)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_string_of_neons_console(scheme: str) -> None:
    url = f"{scheme}://alex:AbC123dEf@{NEON}/app?sslmode=require&channel_binding=require"

    wanted = {
        "host": NEON,
        "dbname": "app",
        "user": "alex",
        "password": "AbC123dEf",
        "sslmode": "require",
        "channel_binding": "require",
    }
    assert wanted == arguments(url)
    assert wanted == arguments(f"psql '{url}'")
    assert wanted == arguments(f'  "{url}"\n')
    assert {**wanted, "options": "endpoint=ep-cool"} == arguments(
        f"{url}&options=endpoint%3Dep-cool"
    )


def test_the_string_of_supabase_with_what_prisma_adds() -> None:
    url = (
        "postgresql://postgres.abcdefgh:hidden@aws-0-eu-central-1.pooler.supabase.com:6543/postgres"
        "?pgbouncer=true&connection_limit=1&schema=public&ssl=true&supa=base-pooler.x"
    )

    assert {
        "host": "aws-0-eu-central-1.pooler.supabase.com",
        "port": 6543,
        "dbname": "postgres",
        "user": "postgres.abcdefgh",
        "password": "hidden",
        "sslmode": "require",
    } == arguments(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql:///app?host=/var/run/postgresql", "/var/run/postgresql"),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/app", "/var/run/postgresql"),
        ("postgresql:///app?host=/cloudsql/project:region:name", "/cloudsql/project:region:name"),
    ],
)
def test_a_socket(url: str, host: str) -> None:
    assert {"host": host, "dbname": "app"} == arguments(url)


AT_HOME = {"host": "h", "dbname": "d", "user": "ada", "password": "hidden"}
URL = "postgresql://ada:hidden@h/d"


@pytest.mark.parametrize(
    "text",
    [
        f"DATABASE_URL={URL}",
        f'export DATABASE_URL="{URL}"',
        f"psql -d '{URL}'",
        f"psql --dbname={URL}",
        f"\u201c{URL}\u201d",
        f"`{URL}`",
        f"<{URL}>\r\n",
        "POSTGRES://ada:hidden@h/d",
        "postgresql+asyncpg://ada:hidden@h/d?prepared_statement_cache_size=0",
        "postgresql+psycopg2://ada:hidden@h:/d",
        "jdbc:postgresql://h/d?user=ada&password=hidden&prepareThreshold=0",
        "host=h dbname=d user=ada password='hidden'",
        " user = ada password=hidden host=h dbname=d\n",
    ],
)
def test_what_stands_around_it_or_says_the_same(text: str) -> None:
    assert AT_HOME == arguments(text)


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ("ssl=true", "require"),
        ("ssl=0", "disable"),
        ("ssl=require", "require"),
        ("ssl=verify-full", "verify-full"),
        ("ssl=no-verify", "require"),
        ("sslmode=no-verify", "require"),
        ("sslmode=verify-ca&ssl=true", "verify-ca"),
    ],
)
def test_tls_as_other_drivers_say_it(options: str, mode: str) -> None:
    assert {**AT_HOME, "sslmode": mode} == arguments(f"{URL}?{options}")


@pytest.mark.parametrize(
    ("places", "wanted"),
    [
        ("a,b", {"host": "a,b", "port": ","}),
        ("a:1,b:2", {"host": "a,b", "port": "1,2"}),
        ("a,b:2", {"host": "a,b", "port": ",2"}),
        ("[::1]:1,[fe80::1],c:3", {"host": "::1,fe80::1,c", "port": "1,,3"}),
        ("%2Frun%2Fa,b:2", {"host": "/run/a,b", "port": ",2"}),
    ],
)
@pytest.mark.parametrize("login", ["", "ada:hid,den@"])
def test_several_hosts(login: str, places: str, wanted: dict[str, str]) -> None:
    who = {"user": "ada", "password": "hid,den"} if login else {}
    more = {"dbname": "d", "target_session_attrs": "read-write"}

    url = f"postgresql://{login}{places}/d?target_session_attrs=read-write"

    assert {**who, **more, **wanted} == arguments(url)
    assert wanted == arguments(f"postgresql://{places}")


def test_several_hosts_as_sqlalchemy_writes_them() -> None:
    assert {"host": "a,b", "port": "1,2", "dbname": "d"} == arguments(
        "postgresql:///d?host=a:1&host=b:2"
    )


def test_a_service() -> None:
    assert {"service": "app"} == arguments("postgresql://?service=app")


def test_user_and_password_in_the_query() -> None:
    url = "postgresql://h/d?user=ada@example&password=hid@den"

    assert {"host": "h", "dbname": "d", "user": "ada@example", "password": "hid@den"} == arguments(
        url
    )
    assert "hid" not in repr(normalised(url))


def test_secrets_of_certificates_are_not_shown() -> None:
    url = "postgresql://h/d?sslkey=key.pem&sslpassword=hidden"
    if b"scram_client_key" in {each.keyword for each in pq.Conninfo.get_defaults()}:  # of libpq 18
        url += "&scram_client_key=hidden"
    with ds.connect(url) as db:
        assert "hidden" not in repr(db.engine)
        assert {"sslkey": "key.pem"} == dict(db.engine.url.query)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (
            "postgresql://ada:hidden@h:port/d",
            "the database's URL cannot be read: postgresql://user@host/name or sqlite:///file.db",
        ),
        (
            "postgresql://ada:hidden@h/d?sslmod=require",
            "the database's URL has the option 'sslmod', which libpq does not know",
        ),
        (
            "postgresql://ada:hidden@h/d?schema=other",
            (
                "the database's URL has the option 'schema', which libpq does not know: "
                "options=-csearch_path%3DNAME says it to Postgres"
            ),
        ),
        (
            "jdbc:postgresql://h/d?currentSchema=other",
            (
                "the database's URL has the option 'currentSchema', which libpq does not know: "
                "options=-csearch_path%3DNAME says it to Postgres"
            ),
        ),
        (
            "postgresql://ada:hidden@h/d?sslmode=require&sslmode=disable",
            "the database's URL has the option 'sslmode' twice",
        ),
        (
            "postgresql://postgres:[YOUR-PASSWORD]@db.abcdefgh.supabase.co:5432/postgres",
            "the database's URL has [YOUR-PASSWORD] still: put the password there",
        ),
        *(
            (
                text,
                (
                    "the database's URL cannot be read: postgresql://user@host/name or "
                    "sqlite:///file.db"
                ),
            )
            for text in (
                "postgresql://ada:hidden@h:x,g:1/d",
                "postgresql://ada:hidden@h/d\nENVIRONMENT=test",
                "host=h password='hidden",
                "password=hidden no=option",
                "${DATABASE_URL}",
                "ada:hidden@h/d",
            )
        ),
    ],
)
def test_what_cannot_be_understood_is_refused(url: str, reason: str) -> None:
    with pytest.raises(ds.StatementError) as caught:
        ds.connect(url)

    assert reason == str(caught.value)
    assert "hidden" not in "".join(traceback.format_exception(caught.value))


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(password=TEXTS, user=TEXTS)
def test_a_login_that_is_quoted_is_read(password: str, user: str) -> None:
    url = make_url("postgresql://h:1/d?sslmode=require").set(username=user, password=password)

    read = normalised(url.render_as_string(hide_password=False))

    assert (user, password) == (read.username, read.password)
    assert (url.host, url.port, url.database, url.query) == (
        *(read.host, read.port, read.database),
        read.query,
    )


@example(password="?B=&")
@given(password=st.text("aB1@:/?#&=[] !$'\"", min_size=1))
def test_a_password_that_nobody_quoted_is_read(password: str) -> None:
    read = normalised(f"postgresql://ada:{password}@h:5433/d?sslmode=require")

    if re.search(r"\?(?:.*&)?[A-Za-z_]+=[^&]*$", password):
        return  # its end looks like an option's value
    assert (password, "h", 5433, "d") == (read.password, read.host, read.port, read.database)


@given(
    password=st.text("abcdefghijkl0123456789@:/?#&=%+ []", min_size=8),
    rest=st.sampled_from(
        [
            "127.0.0.1:1/d",
            "127.0.0.1:x/d",
            "127.0.0.1:1/d?nothing=1",
            "127.0.0.1:1/d?sslmode=never",
            "[::1]:1/d",
            "",
            "/",
            "127.0.0.1:99999999/d",
            "host name/d",
            "127.0.0.1:1/d?connect_timeout=x",
            "127.0.0.1:6543/d",
        ]
    ),
    scheme=st.sampled_from(["postgres", "postgresql", "postgresql+pg8000", "mysql", "sqlite", ""]),
)
def test_no_message_holds_the_password(password: str, rest: str, scheme: str) -> None:
    url = f"{scheme}://ada:{password}@{rest}"
    told: list[str] = []
    heard = logging.getLogger()
    handler = _Hears(told)
    heard.addHandler(handler)
    try:
        with ds.connect(url) as db:
            told += [repr(db), repr(db.engine), repr(db.engine.url)]
            db.scalar(ds.select(ds.count()))
    except (ds.DatabaseError, ds.StatementError) as error:
        told += traceback.format_exception(error, limit=0)
        told += [str(error), repr(error), str(error.args)]
    finally:
        heard.removeHandler(handler)

    assert [] == [text for text in told if password in text]


class _Hears(logging.Handler):
    def __init__(self, told: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.append(record.getMessage())


def test_libpq_knows_what_is_passed_on() -> None:
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}

    assert set() == {"options", "channel_binding", "sslmode", "sslrootcert", "host"} - known
