"""JSON Web Keys (JWK, RFC 7517): read and written, with what a key must be to sign or verify."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from dualschema.tokens.algorithm import Algorithm

__all__ = ["PrivateKey", "PublicKey", "private_jwk", "public_jwk", "read_jwk", "thumbprint"]

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey | Ed448PublicKey

_CURVES: Final = {
    "secp256r1": Algorithm.ES256,
    "secp384r1": Algorithm.ES384,
    "secp521r1": Algorithm.ES512,
}
"""The one algorithm of each curve: RFC 7518, section 3.4."""

_RSA: Final = (Algorithm.RS256, Algorithm.RS384, Algorithm.RS512)

_RSA_BITS: Final = range(2048, 8192 + 1)
"""RFC 7518, section 3.3, wants 2048 or more; over 8192 only costs time."""

_IDENTITY: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}
"""The members that a thumbprint is made of, in its order: RFC 7638, section 3.2."""


def read_jwk(jwk: Mapping[str, Any]) -> tuple[PrivateKey | PublicKey, Algorithm]:
    """Return a JWK's key, and the one algorithm that it is for.

    That is its ``alg``. Without, it is the curve's; an RSA key's is RS256 then.

    Raises:
        ValueError: it is no key that can be used here; the message says why, and holds no key.
    """
    if jwk.get("use", "sig") != "sig":
        raise ValueError("its `use` is not `sig`")
    key = _parsed(jwk)
    possible = _algorithms(key)
    given = jwk.get("alg", possible[0].value)
    for algorithm in possible:
        if algorithm == given:
            return key, algorithm
    raise ValueError("its `alg` is not of its type")


def _parsed(jwk: Mapping[str, Any]) -> Any:
    members = dict(jwk)
    try:
        match members.get("kty"):
            case "RSA":
                return RSAAlgorithm.from_jwk(members)
            case "EC":
                return ECAlgorithm.from_jwk(members)
            case "OKP":
                return OKPAlgorithm.from_jwk(members)
            case _:
                pass
    except (InvalidKeyError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        # The library's own message may hold a member of the key.
        raise ValueError("its members make no key") from None
    raise ValueError("its `kty` is none of RSA, EC and OKP")


def _algorithms(key: Any) -> tuple[Algorithm, ...]:
    if isinstance(key, RSAPrivateKey | RSAPublicKey):
        if key.key_size not in _RSA_BITS:
            raise ValueError(f"it has {key.key_size} bits, and must have {_RSA_BITS[0]} or more")
        return _RSA
    if isinstance(key, EllipticCurvePrivateKey | EllipticCurvePublicKey):
        if key.curve.name not in _CURVES:
            raise ValueError(f"its curve, {key.curve.name}, is not taken")
        return (_CURVES[key.curve.name],)
    return (Algorithm.EDDSA,)  # of Ed25519 or Ed448, which is all that is left of OKP


def public_jwk(key: PrivateKey, *, kid: str, algorithm: Algorithm) -> dict[str, Any]:
    """Return the JWK that is published: nothing private, and no member that a reader may refuse."""
    members = _members(key.public_key())
    return {"kid": kid, "use": "sig", "alg": algorithm.value, **members}


def private_jwk(key: PrivateKey, *, kid: str, algorithm: Algorithm) -> dict[str, Any]:
    """Return the JWK that is kept secret."""
    return {"kid": kid, "use": "sig", "alg": algorithm.value, **_members(key)}


def thumbprint(key: PublicKey) -> str:
    """Return a key's thumbprint, 43 letters: RFC 7638, with SHA-256, in base64url."""
    members = _members(key)
    identity = {name: members[name] for name in _IDENTITY[members["kty"]]}
    text = json.dumps(identity, separators=(",", ":"), sort_keys=True)
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _members(key: Any) -> dict[str, Any]:
    if isinstance(key, RSAPrivateKey | RSAPublicKey):
        members = RSAAlgorithm.to_jwk(key, as_dict=True)
    else:
        members = ECAlgorithm.to_jwk(key, as_dict=True)
    return {name: value for name, value in members.items() if name != "key_ops"}
