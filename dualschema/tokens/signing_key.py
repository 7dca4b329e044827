"""Private keys, one at a time: made, and from and to their JWK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dualschema.errors import ConfigurationError
from dualschema.tokens.algorithm import Algorithm
from dualschema.tokens.jwk import PrivateKey, private_jwk, public_jwk, read_jwk, thumbprint
from dualschema.tokens.moment import (
    current_time,
    is_numeric_date,
    seconds_of,
    time_of,
    whole_second,
)

__all__ = ["DEFAULT_ALGORITHM", "SigningKey", "generate_key", "read_signing_key"]

DEFAULT_ALGORITHM: Final = "ES256"

_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and from when to when it is used. Its ``repr`` does not show it.

    Attributes:
        kid: its name in tokens: its thumbprint (RFC 7638), unless it was loaded with another.
        algorithm: RS256 or ES256.
        private_key: cryptography's object.
        signs_from: when it begins to sign.
        created_at: when it was made, or None if that is not known.
        published_until: when it is neither published nor taken any more; None: there is no end yet.
    """

    kid: str
    algorithm: Algorithm
    private_key: PrivateKey = field(repr=False, compare=False)
    signs_from: datetime
    created_at: datetime | None = None
    published_until: datetime | None = None

    def is_published(self, now: datetime) -> bool:
        """Whether tokens signed with it are taken."""
        return self.published_until is None or now < self.published_until

    def public_jwk(self) -> dict[str, Any]:
        """Return its public half as a JWK."""
        return public_jwk(self.private_key, kid=self.kid, algorithm=self.algorithm)

    def private_jwk(self) -> dict[str, Any]:
        """Return it as a JWK, with ``iat``, ``nbf`` and ``exp`` for when it is used.

        RFC 7517 lets a JWK have such members, and OpenID Federation 1.0 has them for the same.
        """
        document = private_jwk(self.private_key, kid=self.kid, algorithm=self.algorithm)
        times = {"iat": self.created_at, "nbf": self.signs_from, "exp": self.published_until}
        return document | {name: seconds_of(time) for name, time in times.items() if time}


def generate_key(
    algorithm: str = DEFAULT_ALGORITHM,
    *,
    now: datetime | None = None,
    signs_from: datetime | None = None,
) -> SigningKey:
    """Make a private key.

    Args:
        algorithm: ``"ES256"`` (the curve P-256) or ``"RS256"`` (2048 bits).
        now: when it is made; by default the current time.
        signs_from: when it begins to sign; by default at once.

    Raises:
        ConfigurationError: keys of another algorithm are not made.
    """
    made_at = whole_second(now or current_time())
    key: PrivateKey
    match algorithm:
        case "ES256":
            key = ec.generate_private_key(ec.SECP256R1())
        case "RS256":
            key = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
        case _:
            raise ConfigurationError(f"keys are of ES256 or RS256, not of {algorithm!r}")
    return SigningKey(
        thumbprint(key.public_key()),
        Algorithm(algorithm),
        key,
        signs_from=whole_second(signs_from or made_at),
        created_at=made_at,
    )


def read_signing_key(jwk: Mapping[str, Any]) -> SigningKey:
    """Return the key of a private JWK.

    Raises:
        ValueError: it is none that signs here; the message holds no key.
    """
    key, algorithm = read_jwk(jwk)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise ValueError("it is no private key")  # noqa: TRY004  (a fault of the document)
    if algorithm not in {Algorithm.RS256, Algorithm.ES256}:
        raise ValueError("it is neither of RS256 nor of ES256")
    kid = jwk.get("kid") or thumbprint(key.public_key())
    if not isinstance(kid, str):
        raise ValueError("its `kid` is no text")  # noqa: TRY004  (a fault of a file)
    created_at, signs_from, published_until = (_time(jwk, name) for name in ("iat", "nbf", "exp"))
    begins = signs_from or created_at or time_of(0)
    return SigningKey(kid, algorithm, key, begins, created_at, published_until)


def _time(jwk: Mapping[str, Any], name: str) -> datetime | None:
    value = jwk.get(name)
    if value is None:
        return None
    if not is_numeric_date(value):
        raise ValueError(f"its `{name}` is no time")
    return time_of(value)
