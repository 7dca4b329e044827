"""The generated connector in a real client, against the real API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.requests import Request

import dualschema as ds
from dualschema.asgi import create_app
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier
from dualschema.upload import Uploader
from tests.asgi.serving import served
from tests.targets.connector.client import Client
from tests.targets.connector.conftest import process

__all__ = ["process"]  # a fixture

pytestmark = pytest.mark.slow


class Everything(ds.Table, name="everything"):
    """The table of the connector's tests, as a server has it."""

    id: ds.Column[str] = ds.column(primary_key=True)
    text: ds.Column[str | None] = ds.column(default=None, max_length=10)
    whole: ds.Column[int | None] = ds.column(default=None)
    huge: ds.Column[ds.Int64 | None] = ds.column(default=None)
    ratio: ds.Column[float | None] = ds.column(default=None)
    user_id: ds.Column[str] = ds.column(owner=True)


@pytest.fixture
def uploader(postgres_url: str) -> Iterator[Uploader]:
    schema = ds.Schema(Everything)
    with ds.connect(postgres_url) as db:
        with db.engine.begin() as connection:
            schema.create_all(connection)
        made = Uploader(db, schema)
        made.create_tables()
        yield made


@pytest.fixture
def client(
    process: Client,
    uploader: Uploader,
    keys: KeySet,
) -> Iterator[Client]:
    def authenticate(request: Request) -> str | None:
        return request.headers.get("authorization")  # of the session, here

    app = create_app(
        uploader=uploader,
        verifier=TokenVerifier(keys, "api"),
        issuer=TokenIssuer(keys, "api"),
        authenticate=authenticate,
        powersync_url="https://sync.example.com",
    )
    with served(app) as url:
        process.open(baseUrl=url, session="u1")
        yield process
        process.close()


def rows(uploader: Uploader) -> list[Everything]:
    return uploader.database.all(ds.select(Everything).order_by(Everything.id))


def test_what_a_client_wrote_is_on_the_server(client: Client, uploader: Uploader) -> None:
    insert = "INSERT INTO everything (id, text, whole, huge, ratio) VALUES (?, ?, ?, ?, ?)"
    client.write((insert, ["a", "ü 😀", 1, str(2**53 + 1), 1.5]), (insert, ["b", "b", 2, None, 0]))
    client.write(("UPDATE everything SET text = ?, whole = NULL WHERE id = ?", ["new", "a"]))
    client.write(("DELETE FROM everything WHERE id = ?", ["b"]))

    assert client.upload() is None

    assert [] == client.rejections()
    assert [] == client.queue()
    [row] = rows(uploader)
    found = (row.text, row.whole, row.huge, row.ratio, row.user_id)
    assert ("new", None, 2**53 + 1, 1.5, "u1") == found


def test_what_is_refused_is_told_and_kept_and_holds_nothing_up(
    client: Client, uploader: Uploader
) -> None:
    insert = "INSERT INTO everything (id, text) VALUES (?, ?)"
    for key, text in (("a", "a"), ("b", "much too long"), ("c", "c")):
        client.write((insert, [key, text]))

    while client.queue():
        assert client.upload() is None

    assert ["a", "c"] == [row.id for row in rows(uploader)]
    [rejection] = client.rejections()
    failed = rejection["failedOperation"]
    assert ("INVALID_DATA", "text") == (failed["errorCode"], failed["details"]["column"])
    assert 0 == failed["operationIndex"]
    [letter] = uploader.letters.all("u1")
    assert letter.id == failed["details"]["dead_letter"]


def test_a_client_gets_its_credentials(client: Client) -> None:
    got = client.credentials()
    assert "https://sync.example.com" == got["endpoint"]
    assert 3 == len(got["token"].split("."))
