"""Sets of keys: which one signs, what is published, and how keys take turns."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import dualschema as ds
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, read_jwks
from tests.tokens.forging import AUDIENCE, NOW, Clock, key_of, minutes, refusal

OLD = key_of("ES256")
SECOND = timedelta(seconds=1)


def kids(keys: KeySet, now: Any) -> list[str]:
    return [jwk["kid"] for jwk in keys.public_jwks(now)["keys"]]


def test_a_new_key_is_published_before_it_signs() -> None:
    keys = KeySet(OLD).rotate(now=NOW)
    new = keys.keys[1]

    assert [OLD.kid, new.kid] == kids(keys, NOW)
    assert OLD.kid == keys.signing(NOW).kid
    assert OLD.kid == keys.signing(NOW + minutes(10) - SECOND).kid
    assert new.kid == keys.signing(NOW + minutes(10)).kid
    assert (NOW, NOW + minutes(10), None) == (new.created_at, new.signs_from, new.published_until)


def test_the_old_key_is_published_until_its_last_token_has_expired() -> None:
    keys = KeySet(OLD).rotate(now=NOW)
    clock = Clock(NOW + minutes(10) - SECOND)
    issuer = TokenIssuer(keys, AUDIENCE, lifetime=minutes(60), clock=clock)
    verifier = TokenVerifier(keys, AUDIENCE, clock=clock)
    last = issuer.issue("user-1")

    clock.go_on(minutes(60))
    assert "user-1" == verifier.verify(last).user_id  # by the leeway even
    assert OLD.kid in kids(keys, clock.now)

    end = NOW + minutes(10 + 60 + 5)
    assert end == keys.keys[0].published_until
    assert OLD.kid in kids(keys, end - SECOND)
    assert [keys.keys[1].kid] == kids(keys, end)
    clock.now = end
    assert "unknown_key" == refusal(last, verifier)


def test_what_has_ended_is_removed_by_the_next_rotation() -> None:
    first = KeySet(OLD).rotate(now=NOW)

    early = first.rotate(now=NOW + minutes(30))
    late = first.rotate(now=NOW + timedelta(days=30))

    assert 3 == len(early.keys)
    assert first.keys[0].published_until == early.keys[0].published_until
    assert [first.keys[1].kid] == [key.kid for key in late.keys[:-1]]
    assert 2 == len(late.keys)


def test_one_rotation_at_a_time() -> None:
    keys = KeySet(OLD).rotate(now=NOW)

    with pytest.raises(ds.ConfigurationError, match=r"under way.*signs from 2030-01-02T03:14:05"):
        keys.rotate(now=NOW + minutes(9))


def test_a_rotation_may_change_the_algorithm_and_its_times() -> None:
    keys = KeySet(OLD).rotate("RS256", now=NOW, overlap=minutes(0), lifetime=minutes(10))

    assert ["ES256", "RS256"] == [key.algorithm.value for key in keys.keys]
    assert "RS256" == keys.signing(NOW).algorithm
    assert NOW + minutes(15) == keys.keys[0].published_until
    assert "RS256" == keys.rotate(now=NOW + minutes(1)).keys[-1].algorithm
    with pytest.raises(ds.ConfigurationError, match="not negative"):
        KeySet(OLD).rotate(now=NOW, overlap=-SECOND)
    with pytest.raises(ds.ConfigurationError, match="not negative"):
        KeySet(OLD).rotate(now=NOW, lifetime=-SECOND)


def test_of_keys_that_began_at_once_the_last_signs() -> None:
    both = replace(key_of("RS256"), signs_from=OLD.signs_from)

    assert "RS256" == KeySet(OLD, both).signing(NOW).algorithm
    assert "ES256" == KeySet(both, OLD).signing(NOW).algorithm


def test_where_no_key_is_left_the_new_one_signs_at_once() -> None:
    ended = KeySet(replace(OLD, published_until=NOW))

    assert NOW == ended.rotate(now=NOW).signing(NOW).signs_from
    with pytest.raises(ds.ConfigurationError, match="no key signs"):
        ended.signing(NOW)
    assert {"keys": []} == ended.public_jwks(NOW)


def test_keys_that_became_known_are_gone_at_once() -> None:
    clock = Clock()
    keys = KeySet(OLD)
    stolen = TokenIssuer(keys, AUDIENCE, clock=clock).issue("user-1")

    new = keys.revoke(now=NOW)

    assert 1 == len(new.keys)
    assert "ES256" == new.signing(NOW).algorithm
    assert "unknown_key" == refusal(stolen, new)


def test_a_set_comes_back_from_its_text() -> None:
    keys = KeySet(OLD, key_of("RS256")).rotate(now=NOW)

    back = KeySet.from_text(keys.to_text())

    assert keys == back
    assert keys.to_text() == back.to_text()
    one_line = json.dumps(json.loads(keys.to_text()))  # as an environment variable has it
    assert keys == KeySet.from_text(one_line)


def test_what_is_published_is_what_verifies() -> None:
    keys = KeySet(OLD, key_of("RS256"))

    public = read_jwks(json.dumps(keys.public_jwks(NOW)))

    assert [key.kid for key in keys.keys] == [key.kid for key in public]
    for private in ('"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"k"'):
        assert private not in json.dumps(keys.public_jwks(NOW))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JWK set"),
        ("{}", "no JWK set"),
        ('{"keys": {}}', "no JWK set"),
        ('{"keys": []}', "there is no key"),
        ('{"keys": ["x"]}', "key 1 is no JWK"),
        (json.dumps({"keys": [OLD.private_jwk(), OLD.public_jwk()]}), "key 2 .* no private key"),
        (json.dumps({"keys": [OLD.private_jwk()] * 2}), "two keys have one `kid`"),
    ],
    ids=map(str, range(99)),  # not by what is drawn anew in each process
)
def test_what_is_no_set_of_keys_is_told(text: str, reason: str) -> None:
    with pytest.raises(ds.ConfigurationError, match=reason) as caught:
        KeySet.from_text(text)

    assert OLD.private_jwk()["d"] not in str(caught.value)
