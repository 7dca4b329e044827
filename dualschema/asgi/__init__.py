"""The routes of an API over ASGI: uploads, tokens and events, to be mounted in an application.

Needs starlette: ``pip install "dualschema[server]"``.
"""

from __future__ import annotations

from dualschema.errors import MissingExtraError

try:
    import starlette as _starlette
except ImportError:
    raise MissingExtraError("dualschema.asgi", "server") from None

from dualschema.asgi.announcing import announce
from dualschema.asgi.identity import Authenticate, Verified, Verifier, development_login
from dualschema.asgi.openapi import openapi
from dualschema.asgi.parts import Issuer, Keys, Parts, PublicKeys
from dualschema.asgi.routes import create_app, routes

__all__ = [
    "Authenticate",
    "Issuer",
    "Keys",
    "Parts",
    "PublicKeys",
    "Verified",
    "Verifier",
    "announce",
    "create_app",
    "development_login",
    "openapi",
    "routes",
]

del _starlette
