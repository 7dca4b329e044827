"""Forged tokens: confused algorithms, no signature, and keys that a token brings itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dualschema.tokens import KeySet, SymmetricKey, TokenVerifier, generate_key
from tests.tokens.forging import (
    AUDIENCE,
    Clock,
    claims_of,
    forge,
    hmac_with,
    key_of,
    refusal,
    signed_by,
    signs,
)

RSA, EC = key_of("RS256"), key_of("ES256")
KEYS = KeySet(RSA, EC)
SECRET = b"a secret of thirty-two bytes ..."


def verifier(*more: Any, **options: Any) -> TokenVerifier:
    return TokenVerifier([KEYS, *more], AUDIENCE, clock=Clock(), **options)


def unsigned(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("key", [RSA, EC], ids=["RSA", "EC"])
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("form", ["PEM", "PEM without end", "DER", "JWK", "n or x"])
@pytest.mark.parametrize("more", [(), (SymmetricKey(SECRET),)], ids=["", "with a secret"])
def test_a_public_key_is_no_secret(key: Any, algorithm: str, form: str, more: Any) -> None:
    public = key.private_key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = key.public_jwk()
    secret = {
        "PEM": pem,
        "PEM without end": pem.rstrip(b"\n"),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "JWK": json.dumps(jwk).encode(),
        "n or x": jwk.get("n", jwk.get("x")).encode(),
    }[form]
    header = {"alg": algorithm, "kid": key.kid}
    sign = hmac_with(secret, algorithm.replace("HS", "sha"))

    assert "wrong_algorithm" == refusal(forge(header, claims_of(), sign), verifier(*more))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", None, ...], ids=repr)
@pytest.mark.parametrize("signature", [b"", b"x"])
@pytest.mark.parametrize("kid", [RSA.kid, "other", ...], ids=["known", "other", "none"])
def test_no_algorithm_is_no_token(algorithm: Any, signature: bytes, kid: Any) -> None:
    header = {"alg": algorithm, "kid": kid}
    header = {name: value for name, value in header.items() if value is not ...}
    token = forge(header, claims_of(), lambda _: signature)

    assert refusal(token, verifier()) in {"malformed", "wrong_algorithm"}
    if signature:
        assert "wrong_algorithm" == refusal(token, verifier(SymmetricKey(SECRET)))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSA, "RS384"),
        (RSA, "RS512"),
        (RSA, "ES256"),
        (RSA, "EdDSA"),
        (EC, "RS256"),
        (EC, "ES384"),
        (EC, "ES512"),
        (EC, "EdDSA"),
    ],
)
def test_the_algorithm_is_the_keys_not_the_headers(key: Any, algorithm: str) -> None:
    # The signature is good for the key's own algorithm.
    assert "wrong_algorithm" == refusal(signed_by(key, {"alg": algorithm}), verifier())


@pytest.mark.parametrize("algorithm", ["PS256", "ES256K", "RS1", "HS1", "rs256", 7, ["RS256"], {}])
def test_an_algorithm_that_is_not_known_is_refused(algorithm: Any) -> None:
    assert "wrong_algorithm" == refusal(signed_by(RSA, {"alg": algorithm}), verifier())


def test_a_signature_of_another_key_is_refused() -> None:
    for key, other in ((RSA, key_of("RS256", 1)), (EC, key_of("ES256", 1)), (EC, RSA), (RSA, EC)):
        header = {"alg": key.algorithm.value, "kid": key.kid}
        assert "bad_signature" == refusal(forge(header, claims_of(), signs(other)), verifier())
    assert "bad_signature" == refusal(
        forge({"alg": "ES256", "kid": EC.kid}, claims_of(), lambda _: b"\0" * 64), verifier()
    )


def test_claims_of_one_token_do_not_go_with_the_signature_of_another() -> None:
    mine, other = signed_by(EC), signed_by(EC, sub="admin")
    header, _, signature = mine.split(".")

    assert "bad_signature" == refusal(f"{header}.{other.split('.')[1]}.{signature}", verifier())


@pytest.mark.parametrize("kid", [..., None, "", 7, ["x"], True])
@pytest.mark.parametrize("key", [RSA, EC], ids=["RSA", "EC"])
def test_a_token_without_kid_is_refused(kid: Any, key: Any) -> None:
    assert "missing_kid" == refusal(signed_by(key, {"kid": kid}), verifier())


@pytest.mark.parametrize(
    "kid",
    ["other", EC.kid.lower(), EC.kid + " ", "../../etc/passwd", "' OR"],
    ids=["other", "lower case", "space", "path", "quote"],
)
def test_a_token_of_an_unknown_key_is_refused(kid: str) -> None:
    assert "unknown_key" == refusal(signed_by(EC, {"kid": kid}), verifier())


@pytest.mark.parametrize("kid", [EC.kid, "evil", ...], ids=["known", "evil", "none"])
def test_keys_that_a_token_brings_itself_are_not_looked_at(kid: Any) -> None:
    evil = generate_key("ES256", now=Clock().now)
    header = {
        "kid": kid,
        "jwk": evil.public_jwk() | {"kid": kid if kid is not ... else "evil"},
        "jku": "https://evil.example/jwks.json",
        "x5u": "https://evil.example/chain.pem",
        "x5c": ["MIIB"],
        "x5t": "AAAA",
    }

    code = refusal(signed_by(evil, header), verifier())

    wanted = {EC.kid: "bad_signature", "evil": "unknown_key", ...: "missing_kid"}
    assert wanted[kid] == code
    assert "user-1" == verifier().verify(signed_by(EC, header | {"kid": EC.kid})).user_id


@pytest.mark.parametrize("critical", [["exp"], ["b64"], [], None, "b64"])
def test_extensions_that_must_be_understood_are_refused(critical: Any) -> None:
    header = {"crit": critical, "b64": True}

    assert "unsupported_header" == refusal(signed_by(EC, header), verifier())


def test_fewer_algorithms_may_be_taken_than_the_keys_have() -> None:
    only = verifier(algorithms=["ES256"])

    assert only.verify(signed_by(EC)).user_id
    assert "wrong_algorithm" == refusal(signed_by(RSA), only)
