"""A process that listens: ``python -m tests.events.listening URL CHANNELS AFTER COUNT``.

It prints ``ready``, and, once it has heard so many events, their ids and data as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys

import dualschema as ds
from dualschema.events import PostgresBroadcaster
from tests.events.hearing import hear, run


async def listen(url: str, channels: str, after: str, count: str) -> None:
    with ds.connect(url, pool_size=2) as db:
        broadcaster = PostgresBroadcaster(db, queue_size=int(count))
        wanted = int(after) if after else None
        async with broadcaster.subscribe(channels.split(","), after=wanted) as events:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            heard = [[event.id, event.data] for event in await hear(events, int(count))]
        await asyncio.to_thread(broadcaster.close)
    sys.stdout.write(json.dumps(heard) + "\n")


if __name__ == "__main__":
    run(listen(*sys.argv[1:]))
