"""Tokens as an attacker writes them, by hand, and a clock that tests set."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

import dualschema as ds
from dualschema.tokens import KeySet, SigningKey, TokenVerifier, generate_key

__all__ = [
    "AUDIENCE",
    "NOW",
    "Clock",
    "claims_of",
    "decoded",
    "encoded",
    "forge",
    "hmac_with",
    "key_of",
    "minutes",
    "refusal",
    "signed_by",
    "signs",
]

AUDIENCE = "https://app.example"
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)

Sign = Callable[[bytes], bytes]


@dataclass
class Clock:
    """A clock that stands, until a test sets it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, time: timedelta) -> None:
        self.now += time


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@cache
def key_of(algorithm: str, number: int = 0) -> SigningKey:
    """Return a key made long ago: one for each algorithm and number, since RSA keys take time."""
    return generate_key(algorithm, now=NOW - timedelta(days=30, seconds=number))


def encoded(data: bytes | Mapping[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data, separators=(",", ":")).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> Any:
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def claims_of(**changed: Any) -> dict[str, Any]:
    """Return good claims, but for some; a claim that is ``...`` is left out."""
    began = int(NOW.timestamp())
    good = {"sub": "user-1", "aud": AUDIENCE, "iat": began, "exp": began + 600}
    return {name: value for name, value in (good | changed).items() if value is not ...}


def forge(header: Mapping[str, Any], claims: Mapping[str, Any] | bytes, sign: Sign) -> str:
    message = f"{encoded(header)}.{encoded(claims)}"
    return f"{message}.{encoded(sign(message.encode()))}"


def signs(key: SigningKey) -> Sign:
    """Return what signs as a key does, without the library."""

    def sign(message: bytes) -> bytes:
        private = key.private_key
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def signed_by(key: SigningKey, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
    """Return a token with a good signature; a member of the header that is ``...`` is left out."""
    good = {"alg": key.algorithm.value, "kid": key.kid, "typ": "JWT"}
    given = {name: value for name, value in (good | dict(header or {})).items() if value is not ...}
    return forge(given, claims_of(**changed), signs(key))


def hmac_with(secret: bytes, hashed: str = "sha256") -> Sign:
    return lambda message: hmac.new(secret, message, getattr(hashlib, hashed)).digest()


def refusal(token: Any, verifier: TokenVerifier | KeySet) -> str:
    """Return the code with which a token is refused."""
    if isinstance(verifier, KeySet):
        verifier = TokenVerifier(verifier, AUDIENCE, clock=Clock())
    with pytest.raises(ds.TokenError) as caught:
        verifier.verify(token)
    error = caught.value
    assert str(error).startswith("the token is refused: ")
    assert error.__cause__ is None
    for part in token.split(".") if isinstance(token, str) else ():
        assert len(part) < 4 or part not in str(error)
    return error.code
