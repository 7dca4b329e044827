"""Shared secrets: taken where one is given, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

import dualschema as ds
from dualschema.tokens import KeySet, SymmetricKey, TokenVerifier
from tests.tokens.forging import (
    AUDIENCE,
    Clock,
    claims_of,
    forge,
    hmac_with,
    key_of,
    refusal,
    signed_by,
)

SECRET = "a secret of thirty-two letters .."
EC = key_of("ES256")


def token(secret: str = SECRET, **header: Any) -> str:
    given = {"alg": "HS256", "typ": "JWT"} | header
    hashed = given["alg"].replace("HS", "sha")
    return forge(given, claims_of(), hmac_with(secret.encode(), hashed))


def verifier(*keys: Any) -> TokenVerifier:
    return TokenVerifier(keys, AUDIENCE, clock=Clock())


def test_a_secret_with_a_name_is_for_tokens_of_that_name() -> None:
    named = verifier(SymmetricKey(SECRET, kid="powersync-dev"))

    assert "user-1" == named.verify(token(kid="powersync-dev")).user_id
    assert "unknown_key" == refusal(token(kid="other"), named)
    assert "missing_kid" == refusal(token(), named)


def test_a_secret_without_a_name_is_for_all_other_tokens() -> None:
    both = verifier(KeySet(EC), SymmetricKey(SECRET.encode()))

    assert both.verify(token()).user_id
    assert both.verify(token(kid="of supabase")).user_id
    assert both.verify(signed_by(EC)).user_id
    assert "wrong_algorithm" == refusal(token(kid=EC.kid), both)
    assert "unknown_key" == refusal(signed_by(EC, {"kid": "other"}), both)
    assert "missing_kid" == refusal(signed_by(EC, {"kid": ...}), both)


@pytest.mark.parametrize(("algorithm", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_secret_has_one_algorithm_and_is_as_long_as_its_hash(algorithm: str, size: int) -> None:
    secret = "s" * size
    only = verifier(SymmetricKey(secret, algorithm, kid="k"))

    assert only.verify(token(secret, alg=algorithm, kid="k")).user_id
    for other in {"HS256", "HS384", "HS512"} - {algorithm}:
        assert "wrong_algorithm" == refusal(token(secret, alg=other, kid="k"), only)
    with pytest.raises(ds.ConfigurationError, match=f"{size} bytes or more"):
        SymmetricKey(secret[1:], algorithm)


def test_another_secret_is_refused() -> None:
    assert "bad_signature" == refusal(token("x" * 40), verifier(SymmetricKey(SECRET)))
    assert "unknown_key" == refusal(token(kid="k"), verifier(KeySet(EC)))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_secret_is_of_a_symmetric_algorithm(algorithm: str) -> None:
    with pytest.raises(ds.ConfigurationError, match="HS256, HS384 or HS512"):
        SymmetricKey(SECRET, algorithm)
    with pytest.raises(ds.ConfigurationError, match="none of the algorithms"):
        SymmetricKey(SECRET, "none")


def test_a_public_key_given_as_a_secret_is_refused() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = EC.private_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(ds.ConfigurationError, match="no secret"):
        SymmetricKey(pem)


def test_nothing_shows_the_secret() -> None:
    assert SECRET not in repr(SymmetricKey(SECRET))
    with pytest.raises(ds.ConfigurationError) as caught:
        SymmetricKey("short secret")
    assert "short secret" not in str(caught.value)
