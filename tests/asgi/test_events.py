"""The route of events, on a real server: what is heard, by whom, and how a stream ends."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dualschema.asgi import create_app
from dualschema.events import ChannelAccess, LocalBroadcaster
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier
from dualschema.upload import Applied
from tests.asgi.api import Api, Client, todo
from tests.asgi.hearing import hear
from tests.asgi.serving import PATIENCE, served


def test_events_are_heard_by_those_who_may(api: Api) -> None:
    with served(api.app) as url, hear(url, "todos:u1,todos:*", api.bearer()) as events:
        connected = events.message()
        assert connected.pop("timestamp").endswith("Z")
        expected = {
            "type": "connected",
            "userId": "u1",
            "channels": ["todos:u1", "todos:*"],
            "complete": True,
        }
        assert expected == connected
        assert events.response.headers["content-type"].startswith("text/event-stream")
        assert "no-store" == events.response.headers["cache-control"]

        api.broadcaster.broadcast_to_user("todos", "u2", "not for u1")
        api.broadcaster.broadcast_to_feature("todos", {"n": 1})
        message = events.message()
        assert ("todos:*", {"n": 1}) == (message["channel"], message["data"])


def test_an_upload_is_announced_to_the_users_devices(api: Api) -> None:
    with served(api.app) as url, hear(url, "todos:u1", api.bearer()) as events:
        events.message()
        response = httpx.post(
            f"{url}/api/data",
            json={"transactions": [{"crud": [todo("t1")]}]},
            headers=api.bearer(),
        )
        assert 200 == response.status_code
        assert {"type": "uploaded", "table": "todos"} == events.message()["data"]


def test_a_client_that_comes_again_hears_what_it_missed(api: Api) -> None:
    with served(api.app) as url:
        with hear(url, "todos:u1", api.bearer()) as events:
            events.message()
            api.broadcaster.broadcast_to_user("todos", "u1", 1)
            assert 1 == events.message()["data"]
            last = events.last_id
        assert last is not None
        api.broadcaster.broadcast_to_user("todos", "u1", 2)
        with hear(url, "todos:u1", {**api.bearer(), "Last-Event-ID": last}) as events:
            assert events.message()["complete"]
            assert 2 == events.message()["data"]
        with hear(url, "todos:u1", {**api.bearer(), "Last-Event-ID": "999999"}) as events:
            assert not events.message()["complete"]


def test_a_stream_says_that_it_lives(api: Api) -> None:
    began = time.monotonic()
    with served(api.app) as url, hear(url, "todos:u1", api.bearer()) as events:
        events.message()
        sending = threading.Timer(0.7, lambda: api.broadcaster.broadcast("todos:u1", 1))
        sending.start()
        events.message()
        sending.join()
        assert 0 < events.comments <= (time.monotonic() - began) / 0.2


def test_a_stream_ends_with_its_token(api: Api, keys: KeySet) -> None:
    issuer = TokenIssuer(keys, "api", lifetime=timedelta(seconds=2))
    headers = {"Authorization": f"Bearer {issuer.issue('u1')}"}
    began = datetime.now(UTC)
    with served(api.app) as url, hear(url, "todos:u1", headers) as events:
        events.message()
        assert events.ends()
    assert datetime.now(UTC) - began < timedelta(seconds=PATIENCE)


def test_a_stream_ends_with_its_server_and_its_broadcaster(api: Api) -> None:
    with served(api.app) as url, hear(url, "todos:u1", api.bearer()) as events:
        events.message()
        api.broadcaster.close()
        assert events.ends()
    # That served() ends, with a stream open, is what the other tests show.


def test_a_browser_is_known_by_its_session(api: Api) -> None:
    with served(api.app) as url, hear(url, "todos:u1", {"Cookie": "session=u1"}) as events:
        assert "u1" == events.message()["userId"]
    assert 401 == api.client.get("/api/events?channels=todos:u1").status_code


def test_who_asks_for_the_head_alone_gets_no_stream(api: Api) -> None:
    path = "/api/events?channels=todos:u1"
    response = api.client.request("HEAD", path, headers=api.bearer())
    assert (200, b"") == (response.status_code, response.content)


@pytest.mark.parametrize("channels", ["todos:u2", "todos:u1,secret", "todos:team:1"])
def test_others_channels_may_not_be_heard(api: Api, channels: str) -> None:
    response = api.client.get(f"/api/events?channels={channels}", headers=api.bearer())
    assert 403 == response.status_code
    assert {"message": "one of the channels may not be heard"} == response.json()


@pytest.mark.parametrize("query", ["", "?channels=", "?channels=,"])
def test_a_channel_is_named(api: Api, query: str) -> None:
    response = api.client.get(f"/api/events{query}", headers=api.bearer())
    assert 400 == response.status_code
    assert "channels: 1 to 50 channels are named" == response.json()["message"]


def test_not_too_many_channels_are_named(api: Api) -> None:
    named = ",".join(f"f{number}:u1" for number in range(51))
    response = api.client.get(f"/api/events?channels={named}", headers=api.bearer())
    assert 400 == response.status_code


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30])
def test_the_id_of_the_last_event_is_a_number(api: Api, last: str) -> None:
    headers = {**api.bearer(), "Last-Event-ID": last}
    response = api.client.get("/api/events?channels=todos:u1", headers=headers)
    assert 400 == response.status_code


def test_events_that_cannot_be_heard(api: Api) -> None:
    api.broadcaster.close()
    response = api.client.get("/api/events?channels=todos:u1", headers=api.bearer())
    assert (503, "5") == (response.status_code, response.headers["retry-after"])


def test_further_channels_are_the_applications(api: Api, keys: KeySet) -> None:
    app = create_app(
        uploader=api.uploader,
        verifier=TokenVerifier(keys, "api"),
        broadcaster=api.broadcaster,
        channels=ChannelAccess(lambda user, channel: channel == f"team:of:{user}"),
    )
    with served(app) as url, hear(url, "team:of:u1", api.bearer()) as events:
        assert ["team:of:u1"] == events.message()["channels"]
    refused = Client(app).get("/api/events?channels=team:of:u2", headers=api.bearer())
    assert 403 == refused.status_code


def test_an_upload_whose_event_cannot_be_sent_is_a_success(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from dualschema.asgi import announce

    announce(LocalBroadcaster())(Applied("a:b", frozenset({"todos"})))

    [record] = caplog.records
    assert "todos" in record.getMessage()
