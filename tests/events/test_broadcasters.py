"""What either broadcaster does: who hears what, in which order, and who is dropped."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import dualschema as ds
from dualschema.events import Broadcaster, Event
from tests.events.hearing import QUIET, data_of, hear, rest_of, run


def test_an_event_is_heard_on_its_channel(broadcaster: Broadcaster) -> None:
    async def work() -> list[Event]:
        async with broadcaster.subscribe(["timers:u1", "notes"]) as events:
            broadcaster.broadcast("timers:u2", "not for u1")
            broadcaster.broadcast_to_user("timers", "u1", {"id": "t1"})
            broadcaster.broadcast("notes", ["any", "name"])
            return await hear(events, 2)

    first, second = run(work())
    assert ("timers:u1", {"id": "t1"}) == (first.channel, first.data)
    assert ("notes", ["any", "name"]) == (second.channel, second.data)
    assert 0 < first.id < second.id
    assert timedelta(0) == first.timestamp.utcoffset()
    assert abs(datetime.now(UTC) - first.timestamp) < timedelta(minutes=1)


def test_each_form_of_channel(broadcaster: Broadcaster) -> None:
    async def work() -> list[str]:
        names = ["timers:u1", "timers:team:9", "timers:*"]
        async with broadcaster.subscribe(names) as events:
            broadcaster.broadcast_to_user("timers", "u1", 1)
            broadcaster.broadcast_to_scope("timers", "team", "9", 2)
            broadcaster.broadcast_to_feature("timers", 3)
            return [event.channel for event in await hear(events, 3)]

    assert ["timers:u1", "timers:team:9", "timers:*"] == run(work())


def test_the_channel_of_all_users_is_no_pattern(broadcaster: Broadcaster) -> None:
    async def work() -> tuple[list[Any], list[Any]]:
        async with (
            broadcaster.subscribe(["timers:*", QUIET]) as everybody,
            broadcaster.subscribe(["timers:u1", QUIET]) as one,
        ):
            broadcaster.broadcast_to_user("timers", "u1", "to one")
            broadcaster.broadcast_to_feature("timers", "to all")
            of_all = await rest_of(broadcaster, everybody)
            return of_all, await data_of(one, 1)

    assert (["to all"], ["to one"]) == run(work())


@pytest.mark.parametrize(
    "data", [None, True, 0, -1.5, 1e300, 2**60, 2**80, "", "é\n", [], {}, {"a": [None, {"b": 1.0}]}]
)
def test_any_json_value_arrives(broadcaster: Broadcaster, data: Any) -> None:
    async def work() -> Any:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", data)
            return (await data_of(events, 1))[0]

    heard = run(work())
    assert (data, type(data)) == (heard, type(heard))


@pytest.mark.parametrize("data", [object(), {1: 2}, float("nan"), "a\0b", [b"x"]])
def test_what_is_no_json_is_refused(broadcaster: Broadcaster, data: Any) -> None:
    with pytest.raises(ds.EncodeError):
        broadcaster.broadcast("a", data)


def test_what_is_sent_later_changed_is_heard_as_it_was(broadcaster: Broadcaster) -> None:
    async def work() -> Any:
        async with broadcaster.subscribe(["a"]) as events:
            data = {"laps": [1]}
            broadcaster.broadcast("a", data)
            data["laps"].append(2)
            return await data_of(events, 1)

    assert [{"laps": [1]}] == run(work())


def test_what_was_sent_before_is_not_heard(broadcaster: Broadcaster) -> None:
    async def work() -> list[Any]:
        broadcaster.broadcast("a", "before")
        async with broadcaster.subscribe(["a", QUIET]) as events:
            broadcaster.broadcast("a", "after")
            return await rest_of(broadcaster, events)

    assert ["after"] == run(work())


def test_a_subscriber_resumes_where_it_was(broadcaster: Broadcaster) -> None:
    async def work() -> tuple[list[Any], bool, list[Any]]:
        async with broadcaster.subscribe(["a"]) as events:
            for number in range(5):
                broadcaster.broadcast("a", number)
            last = (await hear(events, 2))[-1].id
        broadcaster.broadcast("b", "of another channel")
        broadcaster.broadcast("a", 5)
        async with broadcaster.subscribe(["a", QUIET], after=last) as events:
            broadcaster.broadcast("a", 6)
            whole = await rest_of(broadcaster, events)
            complete = events.is_complete
        async with broadcaster.subscribe(["a", QUIET], after=0) as events:
            return whole, complete, await rest_of(broadcaster, events)

    assert ([2, 3, 4, 5, 6], True, [0, 1, 2, 3, 4, 5, 6]) == run(work())


def test_an_id_that_is_not_known_yet_is_of_another_log(broadcaster: Broadcaster) -> None:
    async def work() -> tuple[bool, list[Any]]:
        broadcaster.broadcast("a", "before")
        async with broadcaster.subscribe(["a", QUIET], after=1_000_000) as events:
            broadcaster.broadcast("a", "after")
            return events.is_complete, await rest_of(broadcaster, events)

    assert (False, ["after"]) == run(work())


def test_a_long_past_is_read_by_pages(broadcaster: Broadcaster) -> None:
    async def work() -> list[Any]:
        for number in range(450):
            broadcaster.broadcast("ab"[number % 2], number)
        async with broadcaster.subscribe(["a", "b", QUIET], after=20) as events:
            return await rest_of(broadcaster, events)

    assert list(range(20, 450)) == run(work())


def test_who_does_not_keep_up_is_dropped_and_others_go_on(broadcaster: Broadcaster) -> None:
    async def work() -> tuple[list[Any], list[Any]]:
        async with (
            broadcaster.subscribe(["a"]) as slow,
            broadcaster.subscribe(["a"]) as quick,
        ):
            (first,) = await send_and_hear(1)
            heard: list[Any] = await data_of(quick, 1)
            assert [first] == await data_of(slow, 1)
            for number in range(2, 31):
                await send_and_hear(number)
                heard += await data_of(quick, 1)
            with pytest.raises(ds.SubscriberDroppedError, match="keep up"):
                await hear(slow, 30)
            with pytest.raises(ds.SubscriberDroppedError):
                await anext(slow)
        async with broadcaster.subscribe(["a", QUIET], after=1) as resumed:
            return heard, await rest_of(broadcaster, resumed)

    async def send_and_hear(number: int) -> list[int]:
        await asyncio.to_thread(broadcaster.broadcast, "a", number)
        return [number]

    assert (list(range(1, 31)), list(range(2, 31))) == run(work())


def test_a_wait_that_is_cut_off_loses_nothing(roomy: Broadcaster) -> None:
    async def work() -> list[Any]:
        for number in range(3):
            roomy.broadcast("a", number)
        heard: list[Any] = []
        async with roomy.subscribe(["a"], after=0) as events:
            sender = asyncio.create_task(asyncio.to_thread(send, 3, 40))
            while len(heard) < 40:
                try:
                    async with asyncio.timeout(0.001):
                        heard.append((await anext(events)).data)
                except TimeoutError:
                    continue
            await sender
        return heard

    def send(start: int, end: int) -> None:
        for number in range(start, end):
            roomy.broadcast("a", number)
            threading.Event().wait(0.002)

    assert list(range(40)) == run(work())


def test_many_threads_send_and_all_subscribers_hear_one_order(roomy: Broadcaster) -> None:
    async def listen(events: Any) -> list[Event]:
        return await hear(events, 60)

    async def work() -> list[list[Event]]:
        async with (
            roomy.subscribe(["a", "b"]) as one,
            roomy.subscribe(["a", "b", "c"]) as two,
        ):
            tasks = [asyncio.create_task(listen(events)) for events in (one, two)]
            await asyncio.to_thread(send_all)
            return await asyncio.gather(*tasks)

    def send_all() -> None:
        with ThreadPoolExecutor(3) as threads:
            list(threads.map(send, range(3)))

    def send(thread: int) -> None:
        for number in range(20):
            roomy.broadcast("ab"[number % 2], [thread, number])
            threading.Event().wait(0.005)

    one, two = run(work())
    assert one == two
    assert [event.id for event in one] == sorted({event.id for event in one})
    for thread in range(3):
        assert list(range(20)) == [e.data[1] for e in one if e.data[0] == thread]


def test_a_subscriber_that_left_is_forgotten(broadcaster: Broadcaster) -> None:
    async def work() -> tuple[int, int]:
        async with broadcaster.subscribe(["a", "b"]):
            during = len(broadcaster._hub)
        return during, len(broadcaster._hub)

    assert (1, 0) == run(work())


def test_a_loop_that_is_gone_harms_nobody(broadcaster: Broadcaster) -> None:
    async def leave() -> None:
        await broadcaster.subscribe(["a"]).__aenter__()

    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            broadcaster.broadcast("a", 1)
            return await data_of(events, 1)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    loop.close()
    assert [1] == run(work())
    assert 0 == len(broadcaster._hub)


def test_to_close_ends_all_subscriptions(broadcaster: Broadcaster) -> None:
    async def work() -> list[Any]:
        async with broadcaster.subscribe(["a"]) as events:
            closing = asyncio.create_task(asyncio.to_thread(broadcaster.close))
            heard = [event async for event in events]
            await closing
        with pytest.raises(ds.EventError, match="closed"):
            await broadcaster.subscribe(["a"]).__aenter__()
        return heard

    assert [] == run(work())


@pytest.mark.parametrize("channel", ["", "a,b", "a\n", "a\0", "x" * 256])
def test_names_that_no_channel_has(broadcaster: Broadcaster, channel: str) -> None:
    with pytest.raises(ds.StatementError, match="name of a channel"):
        broadcaster.broadcast(channel, 1)
    with pytest.raises(ds.StatementError):
        run(broadcaster.subscribe([channel]).__aenter__())


def test_a_subscription_of_nothing_is_refused(broadcaster: Broadcaster) -> None:
    with pytest.raises(ds.StatementError, match="at least one"):
        run(broadcaster.subscribe([]).__aenter__())


@pytest.mark.parametrize(
    ("feature", "user"), [("timers", "u:1"), ("timers", "*"), ("", "u1"), ("a:b", "u1"), ("a", "")]
)
def test_a_user_cannot_have_the_channel_of_another_kind(
    broadcaster: Broadcaster, feature: str, user: str
) -> None:
    with pytest.raises(ds.StatementError):
        broadcaster.broadcast_to_user(feature, user, 1)


def test_parts_of_other_channels(broadcaster: Broadcaster) -> None:
    for scope, key in (("", "1"), ("a:b", "1"), ("team", "")):
        with pytest.raises(ds.StatementError):
            broadcaster.broadcast_to_scope("timers", scope, key, 1)
    with pytest.raises(ds.StatementError):
        broadcaster.broadcast_to_feature("a:b", 1)


def test_a_queue_holds_something() -> None:
    from dualschema.events import LocalBroadcaster

    with pytest.raises(ds.StatementError, match="queue_size"):
        LocalBroadcaster(queue_size=0)
