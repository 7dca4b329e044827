"""Private keys: made, named, read and shown."""

from __future__ import annotations

import pickle
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import RSAAlgorithm

import dualschema as ds
from dualschema.tokens import Algorithm, KeySet, SigningKey, TokenVerifier, generate_key
from dualschema.tokens.jwk import thumbprint
from dualschema.tokens.signing_key import read_signing_key
from tests.tokens.forging import AUDIENCE, NOW, Clock, key_of, signed_by

# The example of RFC 7638, section 3.1.
RFC_KEY = {
    "kty": "RSA",
    "n": (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPeb"
        "WKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368"
        "QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lF"
        "d2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    ),
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}


def test_the_name_is_the_thumbprint_of_rfc_7638() -> None:
    public = RSAAlgorithm.from_jwk(RFC_KEY)

    assert isinstance(public, rsa.RSAPublicKey)
    assert "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" == thumbprint(public)
    key = key_of("ES256")
    assert thumbprint(key.private_key.public_key()) == key.kid


@pytest.mark.parametrize(
    ("algorithm", "members"),
    [("ES256", {"kty", "crv", "x", "y"}), ("RS256", {"kty", "n", "e"})],
)
def test_what_is_published_has_nothing_private(algorithm: str, members: set[str]) -> None:
    key = key_of(algorithm)

    public = key.public_jwk()

    assert members | {"kid", "alg", "use"} == public.keys()
    assert (key.kid, algorithm, "sig") == (public["kid"], public["alg"], public["use"])
    assert public.items() <= key.private_jwk().items()


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_key_comes_back_from_its_jwk(algorithm: str) -> None:
    key = generate_key(algorithm, now=NOW, signs_from=NOW + timedelta(hours=1))

    back = read_signing_key(key.private_jwk())

    assert key == back
    assert key.private_jwk() == back.private_jwk()
    assert (NOW, NOW + timedelta(hours=1)) == (back.created_at, back.signs_from)


def test_keys_have_the_sizes_that_are_wanted() -> None:
    elliptic, other = key_of("ES256").private_key, key_of("RS256").private_key

    assert isinstance(elliptic, ec.EllipticCurvePrivateKey)
    assert "secp256r1" == elliptic.curve.name
    assert isinstance(other, rsa.RSAPrivateKey)
    assert (2048, 65537) == (other.key_size, other.public_key().public_numbers().e)


def test_coordinates_keep_their_leading_zeros() -> None:
    # RFC 7518, section 6.2.1.2: of the full size of a coordinate. Readers refuse shorter ones.
    privates = (ec.derive_private_key(number, ec.SECP256R1()) for number in range(1, 5000))
    short = next(key for key in privates if key.public_key().public_numbers().x < 1 << 248)
    key = SigningKey(thumbprint(short.public_key()), Algorithm.ES256, short, NOW)

    x = key.public_jwk()["x"]

    assert 32 == len(urlsafe_b64decode(x + "="))
    keys = KeySet(read_signing_key(key.private_jwk()))
    verifier = TokenVerifier(keys, AUDIENCE, clock=Clock())
    assert "user-1" == verifier.verify(signed_by(key)).user_id


def test_nothing_shows_a_private_key() -> None:
    for key in (key_of("ES256"), key_of("RS256")):
        shown = repr(key) + str(key) + repr(KeySet(key))
        secret = key.private_jwk()["d"]
        assert secret not in shown
        assert "private_key" not in shown
        with pytest.raises(TypeError):
            pickle.dumps(key)


@pytest.mark.parametrize("algorithm", ["HS256", "none", "RS512", "es256", ""])
def test_keys_of_other_algorithms_are_not_made(algorithm: str) -> None:
    with pytest.raises(ds.ConfigurationError, match="of ES256 or RS256"):
        generate_key(algorithm)


def private(algorithm: str = "ES256", **changed: Any) -> dict[str, Any]:
    document = key_of(algorithm).private_jwk() | changed
    return {name: value for name, value in document.items() if value is not ...}


def test_a_key_of_elsewhere_needs_no_members_of_ours() -> None:
    plain = private(kid=..., alg=..., use=..., iat=..., nbf=..., exp=...)

    key = read_signing_key(plain)

    assert key_of("ES256").kid == key.kid
    assert (None, None, Algorithm.ES256) == (key.created_at, key.published_until, key.algorithm)
    assert key.kid == KeySet(key).signing(NOW).kid
    assert "mine" == read_signing_key(private(kid="mine")).kid


SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
P384 = ec.generate_private_key(ec.SECP384R1())


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        (private(d=...), "no private key"),
        (private(kty="oct", k="c2VjcmV0"), "`kty`"),
        (private(kty=...), "`kty`"),
        (private(kty=["EC"]), "`kty`"),
        (private(x="AAAA"), "make no key"),
        (private(x=5), "make no key"),
        (private(y=...), "make no key"),
        (private("RS256", p=...), "make no key"),
        (private("RS256", n=5), "make no key"),
        (private(crv="secp256k1"), "make no key|not taken"),
        (private(alg="RS256"), "`alg`"),
        (private(alg=["ES256"]), "`alg`"),
        (private(alg="none"), "`alg`"),
        (private("RS256", alg="RS512"), "neither"),
        (private(use="enc"), "`use`"),
        (private(kid=7), "`kid`"),
        (private(iat="yesterday"), "`iat`"),
        (private(exp=True), "`exp`"),
        (private(nbf=-1), "`nbf`"),
        (private(exp=1e300), "`exp`"),
    ],
)
def test_what_is_no_signing_key_is_refused(jwk: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        read_signing_key(jwk)

    assert caught.value.__cause__ is None
    assert str(jwk.get("d")) not in str(caught.value)


def test_a_private_key_must_be_that_of_its_public_half() -> None:
    other = key_of("ES256", 1).private_jwk()

    with pytest.raises(ValueError, match="make no key"):
        read_signing_key(private(d=other["d"]))


@pytest.mark.parametrize("weak", [SMALL, P384])
def test_weak_keys_and_other_curves_are_refused(weak: Any) -> None:
    from jwt.algorithms import ECAlgorithm

    kind = RSAAlgorithm if isinstance(weak, rsa.RSAPrivateKey) else ECAlgorithm
    jwk = kind.to_jwk(weak, as_dict=True)

    with pytest.raises(ValueError, match=r"1024 bits|neither"):
        read_signing_key(jwk)


def test_a_moment_has_a_time_zone() -> None:
    with pytest.raises(ds.ConfigurationError, match="time zone"):
        generate_key(now=NOW.replace(tzinfo=None))
