"""Verifying: what is taken, and each claim and form for which a token is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, read_jwks
from tests.tokens.forging import (
    AUDIENCE,
    NOW,
    Clock,
    claims_of,
    encoded,
    forge,
    key_of,
    minutes,
    refusal,
    signed_by,
    signs,
)

KEY = key_of("ES256")
KEYS = KeySet(KEY)
BEGAN = int(NOW.timestamp())
LEEWAY = 60


def verifier(**options: Any) -> TokenVerifier:
    keys = options.pop("keys", KEYS)
    return TokenVerifier(keys, options.pop("audience", AUDIENCE), clock=Clock(), **options)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
OWN = {"sub", "aud", "iat", "nbf", "exp", "iss", "kid"}


@given(
    user_id=texts.filter(bool),
    claims=st.dictionaries(texts.filter(lambda name: name not in OWN), documents, max_size=3),
    algorithm=st.sampled_from(["ES256", "RS256"]),
    seconds=st.integers(1, 3600),
    left=st.integers(1, 3_600_000_000),
)
def test_what_is_issued_verifies(
    user_id: str, claims: dict[str, Any], algorithm: str, seconds: int, left: int
) -> None:
    clock, keys = Clock(), KeySet(key_of(algorithm))
    lifetime = timedelta(seconds=seconds)
    token = TokenIssuer(keys, AUDIENCE, lifetime=lifetime, clock=clock).issue(user_id, claims)
    clock.now = max(NOW, NOW + lifetime - timedelta(microseconds=left))

    verified = TokenVerifier(keys, AUDIENCE, leeway=minutes(0), clock=clock).verify(token)

    assert user_id == verified.user_id == verified.claims["sub"]
    assert claims.items() <= verified.claims.items()
    assert NOW + lifetime == verified.expires_at


@given(st.data())
def test_a_token_with_any_changed_byte_is_refused(data: st.DataObject) -> None:
    keys = KeySet(key_of(data.draw(st.sampled_from(["ES256", "RS256"]))))
    token = TokenIssuer(keys, AUDIENCE, clock=Clock()).issue("user-1")
    at = data.draw(st.integers(0, len(token) - 1))
    byte = data.draw(st.integers(0, 255).map(chr).filter(lambda new: new != token[at]))

    refusal(f"{token[:at]}{byte}{token[at + 1 :]}", keys)


def test_each_letter_of_a_token_counts() -> None:
    """The last letter of a part has unused bits, which a lax reader does not look at."""
    token = signed_by(KEY)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for part in range(3):
        end = sum(len(each) + 1 for each in token.split(".")[: part + 1]) - 2
        for letter in set(letters) - {token[end]}:
            refusal(f"{token[:end]}{letter}{token[end + 1 :]}", KEYS)
    for at in range(len(token)):
        refusal(f"{token[:at]}{token[at + 1 :]}", KEYS)


def test_claims_cannot_be_changed() -> None:
    claims = verifier().verify(signed_by(KEY, role="admin"))

    assert ("user-1", "admin") == (claims.user_id, claims.claims["role"])
    assert NOW + minutes(10) == claims.expires_at
    with pytest.raises(AttributeError):
        claims.user_id = "user-2"  # type: ignore[misc]  # wrong on purpose
    with pytest.raises(TypeError):
        claims.claims["sub"] = "user-2"  # type: ignore[index]  # wrong on purpose


@pytest.mark.parametrize("name", ["sub", "aud", "iat", "exp"])
@pytest.mark.parametrize("value", [..., None])
def test_a_claim_that_is_wanted_must_be_there(name: str, value: Any) -> None:
    assert "missing_claim" == refusal(signed_by(KEY, **{name: value}), KEYS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sub", 42),
        ("sub", ""),
        ("sub", ["user-1"]),
        ("sub", True),
        ("sub", "a\0b"),
        ("sub", "\ud800"),
        ("aud", 42),
        ("aud", {AUDIENCE: 1}),
        ("aud", [AUDIENCE, 42]),
        ("aud", [[AUDIENCE]]),
        ("iat", "2030-01-02"),
        ("iat", str(BEGAN)),
        ("iat", True),
        ("iat", [BEGAN]),
        ("iat", -1),
        ("exp", str(BEGAN + 600)),
        ("exp", True),
        ("exp", 10**30),
        ("exp", 1e300),
        ("exp", -600),
        ("nbf", "now"),
        ("nbf", None),
    ],
)
def test_a_claim_has_its_type(name: str, value: Any) -> None:
    assert "bad_claim" == refusal(signed_by(KEY, **{name: value}), KEYS)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e400", "9" * 5000])
def test_a_number_is_one_of_json_and_of_time(value: str) -> None:
    claims = f'{{"sub":"u","aud":"{AUDIENCE}","iat":{BEGAN},"exp":{value}}}'.encode()
    header = {"alg": "ES256", "kid": KEY.kid}

    assert refusal(forge(header, claims, signs(KEY)), KEYS) in {"malformed", "bad_claim"}


@pytest.mark.parametrize(
    "aud", ["https://other.example", AUDIENCE + "/", AUDIENCE.upper(), AUDIENCE[:-1], [], "*"]
)
def test_another_audience_is_refused(aud: Any) -> None:
    assert "wrong_audience" == refusal(signed_by(KEY, aud=aud), KEYS)


def test_one_audience_of_several_is_enough() -> None:
    assert verifier().verify(signed_by(KEY, aud=["x", AUDIENCE])).user_id
    several = verifier(audience=["x", "y"])
    assert several.verify(signed_by(KEY, aud="y")).user_id
    assert "wrong_audience" == refusal(signed_by(KEY), several)


@pytest.mark.parametrize("iss", [..., None, "https://evil.example", 7, ["https://me"], ""])
def test_another_issuer_is_refused_where_one_is_wanted(iss: Any) -> None:
    wanted = verifier(issuer=["https://me", "https://old.me"])

    assert "wrong_issuer" == refusal(signed_by(KEY, iss=iss), wanted)
    assert wanted.verify(signed_by(KEY, iss="https://old.me")).user_id
    assert verifier().verify(signed_by(KEY, iss=iss)).user_id


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"exp": BEGAN - LEEWAY, "iat": BEGAN - 600}, "expired"),
        ({"exp": BEGAN - LEEWAY + 1, "iat": BEGAN - 600}, None),
        ({"exp": BEGAN - 86400, "iat": BEGAN - 87000}, "expired"),
        ({"iat": BEGAN + LEEWAY}, None),
        ({"iat": BEGAN + LEEWAY + 1}, "not_yet_valid"),
        ({"nbf": BEGAN + LEEWAY}, None),
        ({"nbf": BEGAN + LEEWAY + 1}, "not_yet_valid"),
        ({"nbf": BEGAN + LEEWAY + 0.5}, "not_yet_valid"),
        ({"exp": BEGAN + 3600}, None),
        ({"exp": BEGAN + 3601}, "lifetime_too_long"),
        ({"exp": BEGAN + 600.5}, None),
    ],
)
def test_a_token_is_of_its_time(claims: dict[str, Any], code: str | None) -> None:
    token = signed_by(KEY, **claims)

    if code is None:
        assert verifier().verify(token).user_id
    else:
        assert code == refusal(token, KEYS)


def test_the_leeway_may_be_none() -> None:
    strict = verifier(leeway=timedelta(0))

    assert strict.verify(signed_by(KEY, exp=BEGAN + 1)).user_id
    assert "expired" == refusal(signed_by(KEY, exp=BEGAN, iat=BEGAN - 1), strict)
    assert "not_yet_valid" == refusal(signed_by(KEY, iat=BEGAN + 1), strict)


def test_a_token_of_anothers_key_may_live_a_day() -> None:
    other = read_jwks(KEYS.public_jwks(NOW))
    day, hour = signed_by(KEY, exp=BEGAN + 86400), timedelta(hours=1)

    assert verifier(keys=other).verify(day).user_id
    too_long = signed_by(KEY, exp=BEGAN + 86401)
    assert "lifetime_too_long" == refusal(too_long, verifier(keys=other))
    assert "lifetime_too_long" == refusal(day, verifier(keys=other, max_lifetime=hour))
    assert "lifetime_too_long" == refusal(day, KEYS)
    week = signed_by(KEY, exp=BEGAN + 7 * 86400)
    assert verifier(keys=other, max_lifetime=timedelta(days=7)).verify(week).user_id


def test_the_time_is_the_systems_by_default() -> None:
    began = int(datetime.now(UTC).timestamp())
    verifies = TokenVerifier(KEYS, AUDIENCE)

    assert verifies.verify(signed_by(KEY, iat=began, exp=began + 600)).user_id
    assert "expired" == refusal(signed_by(KEY, iat=began - 900, exp=began - 300), verifies)


HEADER = encoded({"alg": "ES256", "kid": KEY.kid})
PAYLOAD = encoded(claims_of())
PAYLOAD_TEXT = json.dumps(claims_of())


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        f"{HEADER}.{PAYLOAD}",
        f"{HEADER}.{PAYLOAD}.",
        f"{signed_by(KEY)}.{HEADER}",
        f"{HEADER}..{PAYLOAD}.AAAA",
        f" {signed_by(KEY)}",
        f"{signed_by(KEY)}\n",
        f"{signed_by(KEY)}=",
        f"Bearer {signed_by(KEY)}",
        signed_by(KEY).replace(".", "..", 1),
        f"{encoded(b'[]')}.{PAYLOAD}.AAAA",
        f"{encoded(b'null')}.{PAYLOAD}.AAAA",
        f"{encoded(b'not json')}.{PAYLOAD}.AAAA",
        f"{encoded(bytes([255, 254]))}.{PAYLOAD}.AAAA",
        f"{encoded(b'[' * 3000)}.{PAYLOAD}.AAAA",
        "é" * 10,
        b"bytes",
        None,
    ],
    ids=map(str, range(99)),  # not by what is drawn anew in each process
)
def test_what_is_no_token_is_malformed(token: Any) -> None:
    assert "malformed" == refusal(token, KEYS)


@pytest.mark.parametrize("payload", [b"[]", b'"text"', b"not json", b"\xff", b"[" * 3000])
def test_a_payload_is_an_object(payload: bytes) -> None:
    header = {"alg": "ES256", "kid": KEY.kid}

    assert "malformed" == refusal(forge(header, payload, signs(KEY)), KEYS)


@pytest.mark.parametrize("value", ["NaN", "-Infinity"])
def test_a_claim_that_nobody_looks_at_is_json_too(value: str) -> None:
    payload = PAYLOAD_TEXT.replace("}", f',"extra":{value}}}').encode()

    assert "malformed" == refusal(
        forge({"alg": "ES256", "kid": KEY.kid}, payload, signs(KEY)), KEYS
    )


def test_a_long_token_is_not_even_parsed() -> None:
    fits = signed_by(KEY, extra="x" * 5700)
    assert 7900 < len(fits) <= 8192
    assert verifier().verify(fits).user_id
    assert "too_long" == refusal(signed_by(KEY, extra="x" * 6000), KEYS)
    assert "too_long" == refusal("." * 10_000_000, KEYS)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"keys": []}, "wants keys"),
        ({"keys": KEYS.public_jwks(NOW)}, "wants keys"),
        ({"keys": [KEYS, "a secret that is no SymmetricKey"]}, "wants keys"),
        ({"keys": "keys.json"}, "wants keys"),
        ({"audience": ""}, "audience"),
        ({"audience": []}, "audience"),
        ({"issuer": []}, "issuer"),
        ({"algorithms": ["none"]}, "'none' is none of the algorithms"),
        ({"algorithms": ["ES256", "HS1"]}, "'HS1'"),
        ({"leeway": timedelta(seconds=-1)}, "leeway"),
        ({"max_lifetime": timedelta(0)}, "lifetime"),
    ],
)
def test_wrong_settings_are_errors_at_once(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ds.ConfigurationError, match=reason):
        verifier(**options)
