"""An upload at one server is heard at the other, by the user's own devices alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.asgi.hearing import hear
from tests.e2e.device import Device
from tests.e2e.serving import PATIENCE, ServerProcess, serving


@pytest.fixture(scope="module")
def second(
    server: ServerProcess, settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """Give another server on the same database."""
    with serving(settings, tmp_path_factory.mktemp("second") / "log.txt") as [second]:
        yield second


def bearer(server: ServerProcess, user: str) -> dict[str, str]:
    asked = {"X-User-Id": user}
    response = httpx.get(f"{server.url}/api/auth/token", headers=asked, timeout=PATIENCE)
    return {"Authorization": f"Bearer {response.json()['token']}"}


def todos_of(user: str) -> str:
    return quote(f"todos:{user}")


UPLOADED = {"type": "uploaded", "table": "todos"}


def write_todo(device: Device, server: ServerProcess, user: str) -> None:
    device.open(server.url, user)
    device.run("INSERT INTO todos (id, text) VALUES (uuid(), 'tea')")
    assert device.upload().thrown is None


def test_an_upload_is_heard_at_the_other_server_by_its_user_alone(
    device: Device, server: ServerProcess, second: ServerProcess, user: str
) -> None:
    other = f"other.{user}"
    with (
        hear(second.url, todos_of(user), bearer(server, user)) as own,
        hear(second.url, todos_of(other), bearer(server, other)) as others,
    ):
        assert user == own.message()["userId"]
        assert other == others.message()["userId"]
        write_todo(device, server, user)
        heard = own.message()
        assert (f"todos:{user}", UPLOADED) == (heard["channel"], heard["data"])

        write_todo(device, second, other)
        heard = others.message()
        assert f"todos:{other}" == heard["channel"], "the first that it hears is its own"


def test_a_device_that_comes_again_hears_what_it_missed_at_another_server(
    device: Device, server: ServerProcess, second: ServerProcess, user: str
) -> None:
    headers = bearer(server, user)
    with hear(server.url, todos_of(user), headers) as events:
        events.message()
        write_todo(device, second, user)
        assert UPLOADED == events.message()["data"]
        last = events.last_id
    assert last is not None
    write_todo(device, server, user)
    write_todo(device, second, user)

    with hear(second.url, todos_of(user), {**headers, "Last-Event-ID": last}) as events:
        assert events.message()["complete"]
        missed = [events.message(), events.message()]
        assert [UPLOADED] * 2 == [each["data"] for each in missed]
        write_todo(device, server, user)
        assert UPLOADED == events.message()["data"]


def test_a_stream_outlives_another_server(
    device: Device,
    server: ServerProcess,
    settings: dict[str, str],
    tmp_path: Path,
    user: str,
) -> None:
    """A server that dies with streams open takes none of another's with it, and loses no event."""
    with serving(settings, tmp_path / "log.txt") as [mortal]:
        headers = bearer(server, user)
        with (
            hear(server.url, todos_of(user), headers) as stays,
            hear(mortal.url, todos_of(user), headers) as ends,
        ):
            stays.message()
            ends.message()
            write_todo(device, mortal, user)
            stays.message()
            ends.message()
            last = ends.last_id
            mortal.kill()
            write_todo(device, server, user)
            assert UPLOADED == stays.message()["data"]
            with pytest.raises(httpx.TransportError):
                ends.message()
        mortal.start()
        assert last is not None
        with hear(mortal.url, todos_of(user), {**headers, "Last-Event-ID": last}) as events:
            assert events.message()["complete"]
            assert UPLOADED == events.message()["data"]
            assert stays.last_id == events.last_id
