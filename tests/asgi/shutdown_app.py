"""An application whose server a test stops."""

from __future__ import annotations

import dualschema as ds
from dualschema.asgi import create_app
from dualschema.events import LocalBroadcaster
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, generate_key
from dualschema.upload import Uploader
from examples.timers.schema import schema

keys = KeySet(generate_key())
db = ds.connect("sqlite://")
app = create_app(
    uploader=Uploader(db, schema),
    verifier=TokenVerifier(keys, "api"),
    issuer=TokenIssuer(keys, "api"),
    authenticate=lambda request: request.cookies.get("session"),
    powersync_url="https://sync.example.com",
    broadcaster=LocalBroadcaster(db),
)
