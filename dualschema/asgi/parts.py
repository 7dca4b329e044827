"""``Parts``: what an application puts together to an API; what it leaves out has no route."""

from __future__ import annotations

from typing import Any, Protocol, Required, TypedDict

from dualschema.asgi.identity import Authenticate, Verifier
from dualschema.errors import ConfigurationError
from dualschema.events import Broadcaster, ChannelAccess
from dualschema.upload import Uploader

__all__ = ["Issuer", "Keys", "Parts", "PublicKeys", "checked_parts"]


class Issuer(Protocol):
    """What issues tokens: a ``dualschema.tokens.TokenIssuer``, or another."""

    def issue(self, user_id: str) -> str:
        """Return a token for a user: a JWT."""
        ...


class PublicKeys(Protocol):
    """Keys as they are at one time: a ``dualschema.tokens.KeySet``."""

    def public_jwks(self) -> dict[str, Any]:
        """Return the JWK set to publish."""
        ...


class Keys(Protocol):
    """A source of keys: a ``dualschema.tokens.KeySet`` or ``KeyFile``."""

    def current(self) -> PublicKeys:
        """Return the keys as they are now."""
        ...


class Parts(TypedDict, total=False):
    """What an API is made of. What is left out has no route.

    Attributes:
        uploader: applies what clients wrote.
        verifier: verifies the tokens of uploads and events.
        issuer: issues tokens, for the route ``auth/token``, with ``authenticate`` and
            ``powersync_url``.
        authenticate: says who asks for a token. Events take its word, too, where a request bears
            no token: a browser's ``EventSource`` sends none, but it sends cookies.
        powersync_url: where PowerSync's service is.
        keys: the keys to publish, for the route ``auth/keys``.
        broadcaster: whose events are heard, for the route ``events``.
        channels: who may listen to what; by default a user to their own channels, and to those of
            all.
        prefix: what the paths begin with: ``/api``.
        keep_alive: after how many seconds a stream of events says that it lives; 30.
    """

    uploader: Required[Uploader]
    verifier: Required[Verifier]
    issuer: Issuer | None
    authenticate: Authenticate | None
    powersync_url: str | None
    keys: Keys | None
    broadcaster: Broadcaster | None
    channels: ChannelAccess | None
    prefix: str
    keep_alive: float


def checked_parts(parts: Parts) -> Parts:
    """Return parts that go together.

    Raises:
        ConfigurationError: a part is missing that another needs, or the prefix is no path.
    """
    if parts.get("issuer") is not None and not (
        parts.get("authenticate") and parts.get("powersync_url")
    ):
        raise ConfigurationError("issuer= needs authenticate= and powersync_url=")
    prefix = parts.get("prefix", "/api")
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ConfigurationError("prefix= begins with a slash and ends without one, or is empty")
    return parts
