"""Tokens made for a user whom the application has authenticated."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from dualschema.errors import ClaimError, ConfigurationError
from dualschema.tokens.algorithm import sign
from dualschema.tokens.claim import is_user_id, names_of
from dualschema.tokens.compact import LONGEST_TOKEN
from dualschema.tokens.key_set import LONGEST_LIFETIME, KeySource
from dualschema.tokens.moment import Clock, current_time, seconds_of

__all__ = ["TokenIssuer"]

_OWN: Final = frozenset({"sub", "aud", "iat", "nbf", "exp", "iss", "kid"})


class TokenIssuer:
    """Issues tokens for PowerSync's service and for the API.

    Args:
        keys: a ``KeySet``, or a ``KeyFile``, which follows a rotation.
        audience: the claim ``aud``: what ``client_auth.audience`` of the service names.
        lifetime: from ``iat`` to ``exp``; at most 60 minutes.
        issuer: the claim ``iss``, where one is wanted.
        clock: what tells the time.

    Raises:
        ConfigurationError: the lifetime is not positive or too long, or a name is empty.
    """

    def __init__(
        self,
        keys: KeySource,
        audience: str | Collection[str],
        *,
        lifetime: timedelta = timedelta(minutes=10),
        issuer: str | None = None,
        clock: Clock = current_time,
    ) -> None:
        if not timedelta(seconds=1) <= lifetime <= LONGEST_LIFETIME:
            raise ConfigurationError("a token's lifetime is from one second to 60 minutes")
        self._keys = keys
        self._audience = names_of("an audience", audience)
        self._issuer = issuer if issuer is None else names_of("an issuer", issuer)[0]
        self._clock = clock
        self.lifetime = lifetime

    def issue(self, user_id: str, claims: Mapping[str, Any] | None = None) -> str:
        """Return a token for a user: a JWS in compact form.

        Args:
            user_id: the claim ``sub``, which PowerSync's rules know as ``auth.user_id()``.
            claims: further claims, as JSON. They may not be ``sub``, ``aud``, ``iat``, ``nbf``,
                ``exp``, ``iss`` or ``kid``.

        Raises:
            ClaimError: the user id is no text or empty, or a claim may not be given or is no JSON.
            ConfigurationError: no key signs at this time.
        """
        if not is_user_id(user_id):
            raise ClaimError("a user id is a text that is not empty, as Postgres takes it")
        if taken := sorted(_OWN & (claims or {}).keys()):
            raise ClaimError(f"these claims are the issuer's own: {', '.join(taken)}")
        now = self._clock()
        began = seconds_of(now)
        audience = self._audience[0] if len(self._audience) == 1 else list(self._audience)
        document = {
            "sub": user_id,
            "aud": audience,
            "iat": began,
            "exp": began + int(self.lifetime.total_seconds()),
            **({} if self._issuer is None else {"iss": self._issuer}),
            **(claims or {}),
        }
        key = self._keys.current().signing(now)
        token = sign(_payload(document), key.private_key, key.algorithm, key.kid)
        if len(token) > LONGEST_TOKEN:
            raise ClaimError(f"the token is too long: {len(token)} bytes, of {LONGEST_TOKEN}")
        return token


def _payload(document: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(document, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):  # the message would hold a claim's value
        raise ClaimError("a claim is no JSON") from None
