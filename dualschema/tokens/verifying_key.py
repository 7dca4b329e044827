"""Keys that verify: public ones, of a JWK set, and shared secrets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import InvalidKeyError

from dualschema.errors import ConfigurationError
from dualschema.tokens.algorithm import Algorithm
from dualschema.tokens.jwk import PrivateKey, PublicKey, read_jwk
from dualschema.tokens.signing_key import SigningKey

__all__ = ["SymmetricKey", "VerifyingKey", "read_jwks", "verifying_key"]

_SECRET_BYTES: Final = {Algorithm.HS256: 32, Algorithm.HS384: 48, Algorithm.HS512: 64}
"""The least length of a secret, that of the hash: RFC 7518, section 3.2."""


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key, with the one algorithm that it verifies.

    Attributes:
        kid: its name in tokens.
        algorithm: the algorithm; a token that names another is refused.
        public_key: cryptography's object.
    """

    kid: str
    algorithm: Algorithm
    public_key: PublicKey = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SymmetricKey:
    """A shared secret, as PowerSync's HS256 keys and Supabase's older projects have them.

    Who has it can issue tokens. Nothing but giving one makes a verifier take such tokens.

    Attributes:
        secret: as it is, or, as a text, its UTF-8; at least as long as the hash: 32 bytes for
            HS256. Its ``repr`` does not show it.
        algorithm: ``"HS256"``, ``"HS384"`` or ``"HS512"``.
        kid: the ``kid`` of the tokens that it verifies. Without, it verifies tokens with a ``kid``
            that no other key has and tokens without one, as in PowerSync's service.

    Raises:
        ConfigurationError: the secret is too short, or the algorithm is none of the three.
    """

    secret: bytes | str = field(repr=False)
    algorithm: str = "HS256"
    kid: str | None = None

    def __post_init__(self) -> None:
        algorithm = Algorithm.named(self.algorithm)
        if not algorithm.is_symmetric:
            raise ConfigurationError(f"a secret is of HS256, HS384 or HS512, not {algorithm}")
        least = _SECRET_BYTES[algorithm]
        if len(self.secret_bytes()) < least:
            raise ConfigurationError(f"a secret of {algorithm} has {least} bytes or more")
        try:
            HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(self.secret)
        except InvalidKeyError:
            raise ConfigurationError("a public or private key is no secret: read_jwks") from None

    def secret_bytes(self) -> bytes:
        """Return the secret as the algorithm wants it."""
        return self.secret.encode() if isinstance(self.secret, str) else self.secret


def read_jwks(document: str | bytes | Mapping[str, Any]) -> tuple[VerifyingKey, ...]:
    """Read a JWK set of public keys: the document, or its text.

    Keys that verify no token here are left out, as RFC 7517, section 5, wants it: those of other
    types and uses, secrets (``oct``), private keys, and keys without ``kid``.

    Raises:
        ConfigurationError: it is no JWK set.
    """
    try:
        loaded = json.loads(document) if isinstance(document, str | bytes) else document
    except (ValueError, RecursionError):
        raise ConfigurationError("the JWK set is no JSON") from None
    listed = loaded.get("keys") if isinstance(loaded, Mapping) else None
    if not isinstance(listed, list):
        raise ConfigurationError('it is no JWK set, {"keys": [...]}')
    read = (_read(jwk) for jwk in listed if isinstance(jwk, Mapping))
    return tuple(key for key in read if key is not None)


def _read(jwk: Mapping[str, Any]) -> VerifyingKey | None:
    kid = jwk.get("kid")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(kid, str) or not kid or "d" in jwk:
        return None
    if not isinstance(operations, list) or "verify" not in operations:
        return None
    try:
        key, algorithm = read_jwk(jwk)
    except ValueError:
        return None
    return None if isinstance(key, PrivateKey) else VerifyingKey(kid, algorithm, key)


def verifying_key(key: SigningKey) -> VerifyingKey:
    """Return the public half of a private key."""
    return VerifyingKey(key.kid, key.algorithm, key.private_key.public_key())
