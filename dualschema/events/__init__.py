"""Events: sent by whoever writes, heard by subscribers of all processes, in one order, each once.

What stands here knows no HTTP; a server's route stands on it.
"""

from __future__ import annotations

from dualschema.events.access import ChannelAccess
from dualschema.events.broadcaster import Broadcaster
from dualschema.events.event import Event
from dualschema.events.local import LocalBroadcaster
from dualschema.events.log import LoggedEvent, Retention, event_schema
from dualschema.events.postgres import PostgresBroadcaster
from dualschema.events.subscription import Subscription

__all__ = [
    "Broadcaster",
    "ChannelAccess",
    "Event",
    "LocalBroadcaster",
    "LoggedEvent",
    "PostgresBroadcaster",
    "Retention",
    "Subscription",
    "event_schema",
]
