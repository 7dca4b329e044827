"""JWK sets of public keys as others publish them: which keys are taken, and for which algorithm."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

import dualschema as ds
from dualschema.tokens import TokenVerifier, read_jwks
from tests.tokens.forging import AUDIENCE, Clock, claims_of, key_of

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE: dict[str, tuple[Any, Any]] = {
    "RS256": (RSAAlgorithm, RSA),
    "RS384": (RSAAlgorithm, RSA),
    "RS512": (RSAAlgorithm, RSA),
    "ES256": (ECAlgorithm, ec.generate_private_key(ec.SECP256R1())),
    "ES384": (ECAlgorithm, ec.generate_private_key(ec.SECP384R1())),
    "ES512": (ECAlgorithm, ec.generate_private_key(ec.SECP521R1())),
    "EdDSA": (OKPAlgorithm, ed25519.Ed25519PrivateKey.generate()),
}


def published(algorithm: str, **changed: Any) -> dict[str, Any]:
    kind, private = PRIVATE[algorithm]
    jwk = kind.to_jwk(private.public_key(), as_dict=True)
    jwk |= {"kid": algorithm, "alg": algorithm, "use": "sig"} | changed
    return {name: value for name, value in jwk.items() if value is not ...}


@pytest.mark.parametrize("algorithm", PRIVATE)
def test_keys_of_every_kind_verify(algorithm: str) -> None:
    keys = read_jwks(json.dumps({"keys": [published(each) for each in PRIVATE]}).encode())
    token = jwt.encode(claims_of(), PRIVATE[algorithm][1], algorithm, headers={"kid": algorithm})

    verified = TokenVerifier(keys, AUDIENCE, clock=Clock()).verify(token)

    assert "user-1" == verified.user_id
    assert list(PRIVATE) == [key.algorithm.value for key in keys]


@pytest.mark.parametrize(
    ("algorithm", "without"),
    [("RS512", "RS256"), ("ES384", "ES384"), ("ES512", "ES512"), ("EdDSA", "EdDSA")],
)
def test_a_key_without_alg_has_one_all_the_same(algorithm: str, without: str) -> None:
    (key,) = read_jwks({"keys": [published(algorithm, alg=...)]})

    assert without == key.algorithm


def test_ed448_is_taken_too() -> None:
    private = ed448.Ed448PrivateKey.generate()
    jwk = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True) | {"kid": "k"}
    token = jwt.encode(claims_of(), private, "EdDSA", headers={"kid": "k"})

    assert TokenVerifier(read_jwks({"keys": [jwk]}), AUDIENCE, clock=Clock()).verify(token).user_id


SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
K1 = ec.generate_private_key(ec.SECP256K1())


@pytest.mark.parametrize(
    "jwk",
    [
        {"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "k", "alg": "HS256"},
        published("RS256", use="enc"),
        published("RS256", key_ops=["encrypt"]),
        published("RS256", key_ops="verify"),
        published("RS256", kid=...),
        published("RS256", kid=""),
        published("RS256", kid=7),
        published("RS256", alg="PS256"),
        published("RS256", alg="RSA-OAEP"),
        published("RS256", alg="HS256"),
        published("RS256", alg="ES256"),
        published("ES256", alg="ES384"),
        published("ES256", crv="P-384"),
        published("ES256", x=...),
        published("ES256", y="AAAA"),
        published("ES256", x=published("ES256")["y"]),
        published("EdDSA", x="AAAA"),
        published("EdDSA", crv="X25519"),
        published("RS256", kty="AKP"),
        published("RS256", kty=...),
        published("RS256", n=5),
        published("RS256", e="AA"),
        RSAAlgorithm.to_jwk(SMALL.public_key(), as_dict=True) | {"kid": "k", "key_ops": ["verify"]},
        ECAlgorithm.to_jwk(K1.public_key(), as_dict=True) | {"kid": "k"},
        key_of("ES256").private_jwk(),
        OKPAlgorithm.to_jwk(PRIVATE["EdDSA"][1], as_dict=True) | {"kid": "k"},
        "text",
        None,
    ],
)
def test_keys_that_cannot_be_used_are_left_out(jwk: Any) -> None:
    (key,) = read_jwks({"keys": [jwk, published("EdDSA")]})

    assert "EdDSA" == key.kid


@pytest.mark.parametrize(
    "document", ["", "no json", b"\xff", "[]", "{}", '{"keys": {}}', "[" * 100_000, {}, {"keys": 1}]
)
def test_what_is_no_set_is_told(document: Any) -> None:
    with pytest.raises(ds.ConfigurationError, match="JWK set"):
        read_jwks(document)
