"""TLS to a Postgres with a certificate that nobody but us vouches for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

import dualschema as ds
from dualschema.cli import main
from dualschema.embedded import Cluster, EmbeddedPostgresError
from dualschema.events import PostgresBroadcaster
from tests.events.hearing import data_of, run
from tests.fixtures.missing import fail_or_skip
from tests.fixtures.projects import Project
from tests.fixtures.tls import SecuredServer, make_certificate, start_secured_server

IN_USE = ds.select(
    sa.literal_column("(SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())", sa.Boolean())
)
"""Whether the connection is by TLS, as the server has it."""


@pytest.fixture(scope="module")
def server() -> Iterator[SecuredServer]:
    """Give a server that takes nobody without TLS."""
    with start_secured_server() as server:
        yield server


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the certificate of somebody else."""
    return str(make_certificate(tmp_path_factory.mktemp("stranger"), "stranger")[0])


def at(server: Cluster, *, host: str = "127.0.0.1", **options: str) -> str:
    """Return the URL of a server with options of libpq's."""
    url = make_url(server.url()).set(host=host).update_query_dict(options)
    return url.render_as_string(hide_password=False)


def ask(url: str, **options: Any) -> bool:
    with ds.connect(url, **options) as db:
        return bool(db.scalar(IN_USE))


def ask_asynchronously(url: str, **options: Any) -> bool:
    async def asked() -> bool:
        async with ds.connect_async(url, **options) as db:
            return bool(await db.scalar(IN_USE))

    return asyncio.run(asked())


Ask = Callable[..., bool]


@pytest.fixture(params=[ask, ask_asynchronously], ids=["sync", "async"])
def asked(request: pytest.FixtureRequest) -> Ask:
    ask: Ask = request.param
    return ask


def refusal(asked: Ask, url: str, **options: Any) -> str:
    with pytest.raises(ds.ConnectionLostError) as caught:
        asked(url, **options)
    password = make_url(url).password
    assert password is not None
    assert password not in str(caught.value)
    return str(caught.value)


def test_it_is_used_where_it_is_wanted(server: SecuredServer, asked: Ask) -> None:
    assert asked(at(server, sslmode="require"))
    assert asked(at(server, ssl="true"))
    assert asked(at(server))  # libpq prefers it


def test_who_is_told_whom_to_trust_checks_it(server: SecuredServer, asked: Ask) -> None:
    own = str(server.certificate)

    assert asked(at(server, sslmode="verify-full", sslrootcert=own))
    assert asked(at(server, host="localhost", sslmode="verify-ca", sslrootcert=own))
    assert 'does not match host name "localhost"' in refusal(
        asked, at(server, host="localhost", sslmode="verify-full", sslrootcert=own)
    )


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_another_authority_is_not_trusted(
    server: SecuredServer, strangers: str, asked: Ask, mode: str
) -> None:
    """Also by `require`, which libpq takes for `verify-ca` where it is told whom to trust."""
    url = at(server, sslmode=mode, sslrootcert=strangers)

    assert "certificate verify failed" in refusal(asked, url)


def test_nobody_is_trusted_unsaid(server: SecuredServer, asked: Ask, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere.crt")

    assert "does not exist" in refusal(
        asked, at(server, sslmode="verify-full", sslrootcert=missing)
    )
    assert "certificate verify failed" in refusal(
        asked, at(server, sslmode="verify-full", sslrootcert="system")
    )


def test_without_tls_nobody_is_let_in(server: SecuredServer, asked: Ask) -> None:
    assert "no encryption" in refusal(asked, at(server, sslmode="disable"))


def test_the_password_is_bound_to_the_channel(server: SecuredServer, asked: Ask) -> None:
    """As Neon's strings have it: whoever is between cannot use what is sent."""
    assert asked(at(server, sslmode="require", channel_binding="require"))


def test_who_is_not_trusted_is_not_waited_for(
    server: SecuredServer, strangers: str, asked: Ask
) -> None:
    began = time.monotonic()

    refusal(asked, at(server, sslmode="verify-full", sslrootcert=strangers), patience=20)

    assert time.monotonic() - began < 10


def test_who_listens_trusts_the_same(server: SecuredServer, strangers: str) -> None:
    async def hear(broadcaster: PostgresBroadcaster) -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            return await data_of(events, 1)

    trusted = at(server, sslmode="verify-full", sslrootcert=str(server.certificate))
    with ds.connect(trusted) as db:
        broadcaster = PostgresBroadcaster(db)
        broadcaster.create_log()
        assert [1] == run(hear(broadcaster))
        broadcaster.close()
        elsewhere = at(server, sslmode="verify-full", sslrootcert=strangers)
        broadcaster = PostgresBroadcaster(db, direct=elsewhere)
        with pytest.raises(ds.ConnectionLostError, match="certificate verify failed"):
            run(hear(broadcaster))
        broadcaster.close()


def test_the_commands_trust_the_same(
    server: SecuredServer,
    strangers: str,
    importing: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    importing.configure("")
    monkeypatch.chdir(importing.root)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("DIRECT_URL", raising=False)
    monkeypatch.setenv(
        "DATABASE_URL",
        at(server, sslmode="verify-full", sslrootcert=str(server.certificate)),
    )
    assert 0 == main(["push", "--yes"])
    monkeypatch.setenv("DATABASE_URL", at(server, sslmode="verify-full", sslrootcert=strangers))
    capsys.readouterr()

    assert 2 == main(["push", "--yes"])

    said = capsys.readouterr()
    assert "" == said.out
    assert said.err.startswith("error: the database cannot be used: ")
    assert "certificate verify failed" in said.err
    assert len(said.err.splitlines()) <= 2


def test_a_server_without_tls_is_refused(asked: Ask) -> None:
    try:
        server = Cluster()
    except EmbeddedPostgresError as error:
        fail_or_skip(f"no Postgres: {error}")
    with server:
        assert "server does not support SSL" in refusal(asked, at(server, sslmode="require"))
        assert "channel binding required, but SSL not in use" in refusal(
            asked, at(server, channel_binding="require")
        )
