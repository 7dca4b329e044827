"""Private keys in order, which of them signs, and how a new one takes over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, Self

from dualschema.errors import ConfigurationError
from dualschema.tokens.moment import current_time, whole_second
from dualschema.tokens.signing_key import SigningKey, generate_key, read_signing_key

__all__ = ["LONGEST_LIFETIME", "KeySet", "KeySource"]

LONGEST_LIFETIME: Final = timedelta(minutes=60)
"""The longest that a token of ours may live: PowerSync advises it, and takes 24 hours."""

_OVERLAP: Final = timedelta(minutes=10)
"""How long a key is published before it signs.

PowerSync's service reads a JWKS again when what it has is older than five minutes, and for a
``kid`` that it does not know: CachedKeyCollector.ts of powersync-service.
"""

_SKEW: Final = timedelta(minutes=5)
"""How much clocks may differ, and how late a verifier may still take a token, together."""


class KeySource(Protocol):
    """What has a set of keys now: a ``KeySet``, or the file of one."""

    def current(self) -> KeySet:
        """Return the set of now."""
        ...


@dataclass(frozen=True, slots=True, init=False)
class KeySet:
    """Private keys, in the order in which they were made; one of them signs.

    ``KeySet(generate_key())`` has a single key. A set never changes: ``rotate`` gives another.

    Attributes:
        keys: the keys.

    Raises:
        ConfigurationError: there is no key, or two have one ``kid``.
    """

    keys: tuple[SigningKey, ...]

    def __init__(self, *keys: SigningKey) -> None:
        if not keys:
            raise ConfigurationError("there is no key: `dualschema keys new` makes one")
        kids = [key.kid for key in keys]
        if len(set(kids)) < len(kids):
            raise ConfigurationError("two keys have one `kid`")
        object.__setattr__(self, "keys", keys)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a JWK set with private keys: a file's content, or an environment variable's.

        Times of use stand in the members ``iat`` (made), ``nbf`` (signs from) and ``exp``
        (published until) of each key. A key without them signs from the beginning; one without
        ``kid`` gets its thumbprint for one.

        Raises:
            ConfigurationError: it is none, or a key cannot sign; the message holds no key.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise ConfigurationError("the keys are no JSON") from None
        listed = document.get("keys") if isinstance(document, Mapping) else None
        if not isinstance(listed, list):
            raise ConfigurationError('the keys are no JWK set, {"keys": [...]}')
        return cls(*(_read(jwk, place) for place, jwk in enumerate(listed, 1)))

    def to_text(self) -> str:
        """Return the keys, with their private halves, as ``from_text`` reads them."""
        document = {"keys": [key.private_jwk() for key in self.keys]}
        return json.dumps(document, indent=2) + "\n"

    def current(self) -> KeySet:
        """Return itself: a set is a source of keys that does not change."""
        return self

    def signing(self, now: datetime | None = None) -> SigningKey:
        """Return the key that signs: of those that may, the last that began, or stands.

        Raises:
            ConfigurationError: none may sign yet, or any more.
        """
        now = now or current_time()
        able = [key for key in self.published(now) if key.signs_from <= now]
        if not able:
            raise ConfigurationError("no key signs at this time: `dualschema keys list` shows them")
        return max(reversed(able), key=lambda key: key.signs_from)

    def published(self, now: datetime | None = None) -> tuple[SigningKey, ...]:
        """Return the keys whose tokens are taken: those that will sign, sign, and signed lately."""
        now = now or current_time()
        return tuple(key for key in self.keys if key.is_published(now))

    def public_jwks(self, now: datetime | None = None) -> dict[str, Any]:
        """Return the JWK set to publish, as a JSON document: public halves alone."""
        return {"keys": [key.public_jwk() for key in self.published(now)]}

    def rotate(
        self,
        algorithm: str | None = None,
        *,
        now: datetime | None = None,
        overlap: timedelta = _OVERLAP,
        lifetime: timedelta = LONGEST_LIFETIME,
    ) -> KeySet:
        """Return a set with a new key, which takes over from the others after the overlap.

        Until then it is published, so that who caches the JWKS knows it. The others stay
        published until the last token that they signed has expired, and five minutes more, for
        clocks that differ. Those whose time is over are left out.

        Args:
            algorithm: the new key's; by default that of the key that signs.
            now: the time; by default the current one.
            overlap: how long the new key is published before it signs. PowerSync's service reads
                a JWKS again after five minutes.
            lifetime: the longest of the tokens that were issued.

        Raises:
            ConfigurationError: the last rotation's key does not sign yet.
        """
        now = whole_second(now or current_time())
        if overlap < timedelta(0) or lifetime < timedelta(0):
            raise ConfigurationError("an overlap and a lifetime are not negative")
        kept = self.published(now)
        for key in kept:
            if key.signs_from > now:
                waits = f"{key.kid} signs from {key.signs_from.isoformat()}"
                raise ConfigurationError(f"a rotation is under way: {waits}")
        wanted = algorithm or (self.signing(now).algorithm if kept else self.keys[-1].algorithm)
        begins = now + overlap if kept else now
        new = generate_key(wanted, now=now, signs_from=begins)
        end = new.signs_from + lifetime + _SKEW
        ending = (replace(key, published_until=key.published_until or end) for key in kept)
        return KeySet(*ending, new)

    def revoke(self, algorithm: str | None = None, *, now: datetime | None = None) -> KeySet:
        """Return a set of a new key alone, which signs at once: the others became known.

        Tokens that they signed are refused from now on, and clients fetch others. PowerSync's
        service takes them until it reads the JWKS again.
        """
        return KeySet(generate_key(algorithm or self.keys[-1].algorithm, now=now))


def _read(jwk: Any, place: int) -> SigningKey:
    if not isinstance(jwk, Mapping):
        raise ConfigurationError(f"key {place} is no JWK")
    try:
        return read_signing_key(jwk)
    except ValueError as error:
        raise ConfigurationError(f"key {place} cannot be used: {error}") from None
