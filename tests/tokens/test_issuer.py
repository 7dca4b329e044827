"""Tokens that are issued: what they hold, and what cannot be issued."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

import dualschema as ds
from dualschema.tokens import KeySet, TokenIssuer, generate_key
from tests.tokens.forging import AUDIENCE, NOW, Clock, decoded, key_of

KEYS = KeySet(key_of("ES256"))
BEGAN = int(NOW.timestamp())


def issuer(**options: Any) -> TokenIssuer:
    return TokenIssuer(KEYS, options.pop("audience", AUDIENCE), clock=Clock(), **options)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_token_holds_what_powersync_wants(algorithm: str) -> None:
    keys = KeySet(key_of(algorithm))

    token = TokenIssuer(keys, AUDIENCE, clock=Clock()).issue("user-1", {"role": "admin"})

    header, claims, _ = token.split(".")
    assert {"alg": algorithm, "kid": keys.keys[0].kid, "typ": "JWT"} == decoded(header)
    assert {
        "sub": "user-1",
        "aud": AUDIENCE,
        "iat": BEGAN,
        "exp": BEGAN + 600,
        "role": "admin",
    } == decoded(claims)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_another_library_verifies_it_with_what_is_published(algorithm: str) -> None:
    keys = KeySet(generate_key(algorithm))
    token = TokenIssuer(keys, AUDIENCE).issue("user-1")
    published = jwt.PyJWKSet.from_dict(keys.public_jwks())

    (key,) = published.keys
    claims = jwt.decode(token, key, algorithms=[algorithm], audience=AUDIENCE)

    assert ("user-1", key.key_id) == (claims["sub"], jwt.get_unverified_header(token)["kid"])


def test_options_become_claims() -> None:
    token = issuer(audience=["a", "b"], issuer="https://me", lifetime=timedelta(minutes=60)).issue(
        "é☃"
    )

    claims = decoded(token.split(".")[1])

    assert {
        "sub": "é☃",
        "aud": ["a", "b"],
        "iss": "https://me",
        "iat": BEGAN,
        "exp": BEGAN + 3600,
    } == claims


def test_parts_of_a_second_are_left_out() -> None:
    clock = Clock(NOW + timedelta(microseconds=999_999))

    claims = decoded(TokenIssuer(KEYS, AUDIENCE, clock=clock).issue("u").split(".")[1])

    assert (BEGAN, BEGAN + 600) == (claims["iat"], claims["exp"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"lifetime": timedelta(0)}, "lifetime"),
        ({"lifetime": timedelta(seconds=-600)}, "lifetime"),
        ({"lifetime": timedelta(milliseconds=999)}, "lifetime"),
        ({"lifetime": timedelta(minutes=60, seconds=1)}, "60 minutes"),
        ({"audience": ""}, "audience"),
        ({"audience": []}, "audience"),
        ({"audience": ["a", ""]}, "audience"),
        ({"audience": [7]}, "audience"),
        ({"issuer": ""}, "issuer"),
    ],
)
def test_wrong_settings_are_errors_at_once(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ds.ConfigurationError, match=reason):
        issuer(**options)


@pytest.mark.parametrize("user_id", ["", None, 7, b"user-1", True, "a\0b", "\ud800"])
def test_a_user_id_is_a_text_that_is_not_empty(user_id: Any) -> None:
    with pytest.raises(ds.ClaimError, match="user id"):
        issuer().issue(user_id)


@pytest.mark.parametrize("name", ["sub", "aud", "iat", "nbf", "exp", "iss", "kid"])
def test_a_claim_of_the_issuer_cannot_be_overwritten(name: str) -> None:
    with pytest.raises(ds.ClaimError, match=f"own: {name}"):
        issuer().issue("user-1", {name: "user-2"})


NESTED: list[Any] = []
NESTED.append(NESTED)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, float("nan"), float("inf"), b"secret", NESTED, NOW]
)
def test_a_claim_is_json(value: Any) -> None:
    with pytest.raises(ds.ClaimError, match="no JSON") as caught:
        issuer().issue("user-1", {"extra": value})

    assert caught.value.__cause__ is None


def test_a_token_that_no_server_takes_is_not_issued() -> None:
    with pytest.raises(ds.ClaimError, match=r"too long: .* of 8192"):
        issuer().issue("user-1", {"extra": "x" * 8000})


def test_without_a_key_that_signs_there_is_no_token() -> None:
    early = Clock(NOW - timedelta(days=60))

    with pytest.raises(ds.ConfigurationError, match="no key signs"):
        TokenIssuer(KEYS, AUDIENCE, clock=early).issue("user-1")
