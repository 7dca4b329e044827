"""Tokens verified: the signature by a key that says its algorithm itself, and every claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from dualschema.errors import ConfigurationError, KeysUnavailableError, TokenError
from dualschema.tokens.algorithm import Algorithm, signature_matches
from dualschema.tokens.claim import is_user_id, names_of
from dualschema.tokens.compact import read_object, split
from dualschema.tokens.jwks_url import JwksUrl
from dualschema.tokens.key_file import KeyFile
from dualschema.tokens.key_set import LONGEST_LIFETIME, KeySet
from dualschema.tokens.moment import Clock, current_time, is_numeric_date, time_of
from dualschema.tokens.verifying_key import SymmetricKey, VerifyingKey, verifying_key

__all__ = ["Claims", "TokenVerifier"]

Source = KeySet | KeyFile | JwksUrl | VerifyingKey | SymmetricKey
"""What has keys that verify."""

_REQUIRED: Final = ("sub", "aud", "iat", "exp")


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says that was verified.

    Attributes:
        user_id: the claim ``sub``.
        claims: all claims, ``sub`` among them; it cannot be changed.
        expires_at: the claim ``exp``, in UTC.
    """

    user_id: str
    claims: Mapping[str, Any]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Pinned:
    """A key as it verifies, with all that it fixes by itself."""

    algorithm: Algorithm
    key: Any
    is_own: bool = False


class TokenVerifier:
    """Verifies tokens of the application's own keys, or of another's.

    A key is found by the token's ``kid`` and has one algorithm; a token of another is refused, so
    no header chooses how it is verified. The headers ``jwk``, ``jku``, ``x5u`` and ``x5c`` are not
    read. ``none`` is never taken, and a symmetric algorithm only with a ``SymmetricKey``.

    Args:
        keys: a ``KeySet``, ``KeyFile``, ``JwksUrl``, ``VerifyingKey`` or ``SymmetricKey``, or
            several, each of which is believed about every user. Where two issuers have users of
            their own, make a verifier for each.
        audience: the ``aud`` to take, or several; a token must have one of them.
        algorithms: names of algorithms, to take fewer than the keys have; by default all of theirs.
        issuer: the ``iss`` to take, or several; by default ``iss`` is not looked at. Give it with
            a ``JwksUrl``.
        leeway: how much clocks may differ; a minute, as in PowerSync's service.
        max_lifetime: the longest time from ``iat`` to ``exp``; 24 hours, as in PowerSync's
            service. For keys of a ``KeySet`` or ``KeyFile`` it is at most 60 minutes, which
            ``TokenIssuer`` never exceeds.
        clock: what tells the time.

    Raises:
        ConfigurationError: there are no keys, an algorithm is unknown, or a name is empty.
    """

    def __init__(
        self,
        keys: Source | Sequence[Source],
        audience: str | Collection[str],
        *,
        algorithms: Collection[str] | None = None,
        issuer: str | Collection[str] | None = None,
        leeway: timedelta = timedelta(seconds=60),
        max_lifetime: timedelta = timedelta(hours=24),
        clock: Clock = current_time,
    ) -> None:
        sources = tuple(keys) if isinstance(keys, Sequence) else (keys,)
        if not sources or not all(isinstance(each, Source) for each in sources):
            raise ConfigurationError("a verifier wants keys: a KeySet, a JwksUrl, ...")
        if leeway < timedelta(0) or max_lifetime <= timedelta(0):
            raise ConfigurationError("a leeway is not negative, and a lifetime is positive")
        taken = Algorithm if algorithms is None else map(Algorithm.named, algorithms)
        self._algorithms = frozenset(taken)
        self._sets = [each for each in sources if isinstance(each, KeySet | KeyFile)]
        self._urls = [each for each in sources if isinstance(each, JwksUrl)]
        self._public = [each for each in sources if isinstance(each, VerifyingKey)]
        self._secrets = [each for each in sources if isinstance(each, SymmetricKey)]
        self._audiences = frozenset(names_of("an audience", audience))
        self._issuers = None if issuer is None else frozenset(names_of("an issuer", issuer))
        self._leeway = leeway.total_seconds()
        self._max_lifetime = max_lifetime.total_seconds()
        self._clock = clock

    def verify(self, token: str) -> Claims:
        """Return what a token says.

        It waits for the network where a ``JwksUrl`` must be fetched, so an asynchronous server
        calls it in a thread.

        Raises:
            TokenError: the token is refused; ``code`` says why.
            KeysUnavailableError: its key is not known, and the keys cannot be fetched now.
        """
        parts = split(token)
        now = self._clock()
        key = self._key(parts.header, now)
        if not signature_matches(parts.message, parts.signature, key.key, key.algorithm):
            raise TokenError("bad_signature")
        claims = read_object(parts.payload)
        self._check_names(claims)
        self._check_times(claims, now.timestamp(), is_own=key.is_own)
        return Claims(claims["sub"], MappingProxyType(claims), time_of(claims["exp"]))

    def _key(self, header: Mapping[str, Any], now: datetime) -> _Pinned:
        """Return the key that a header names; the algorithm is the key's."""
        named = header.get("alg")
        algorithm = next((each for each in self._algorithms if each == named), None)
        if algorithm is None:
            raise TokenError("wrong_algorithm")
        kid = header.get("kid")
        if kid is not None and (not isinstance(kid, str) or not kid):
            raise TokenError("missing_kid")
        found = self._known(kid, now) or self._unnamed(algorithm)
        if found is None and kid is None:
            raise TokenError("missing_kid")
        if found is None and not algorithm.is_symmetric:
            found = self._asked(kid)
        if found is None:
            raise TokenError("unknown_key")
        if found.algorithm is not algorithm:
            raise TokenError("wrong_algorithm")
        return found

    def _known(self, kid: str | None, now: datetime) -> _Pinned | None:
        """Return a key of this name that is at hand."""
        if kid is None:
            return None
        for each in self._sets:
            for signing in each.current().published(now):
                if signing.kid == kid:
                    return _pinned(verifying_key(signing), is_own=True)
        for public in self._public:
            if public.kid == kid:
                return _pinned(public)
        for secret in self._secrets:
            if secret.kid == kid:
                return _Pinned(Algorithm(secret.algorithm), secret.secret_bytes())
        peeked = (url.peek(kid) for url in self._urls)
        return next((_pinned(each) for each in peeked if each is not None), None)

    def _unnamed(self, algorithm: Algorithm) -> _Pinned | None:
        """Return the secret that was given without a name, for tokens of its algorithm."""
        for secret in self._secrets:
            if secret.kid is None and secret.algorithm == algorithm:
                return _Pinned(algorithm, secret.secret_bytes())
        return None

    def _asked(self, kid: Any) -> _Pinned | None:
        """Return a key of this name, fetching sets that may have it."""
        fault: KeysUnavailableError | None = None
        for url in self._urls:
            try:
                found = url.find(kid)
            except KeysUnavailableError as error:
                fault = error
                continue
            if found is not None:
                return _pinned(found)
        if fault is not None:
            raise fault
        return None

    def _check_names(self, claims: Mapping[str, Any]) -> None:
        if any(claims.get(name) is None for name in _REQUIRED):
            raise TokenError("missing_claim")
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if not is_user_id(claims["sub"]) or not all(isinstance(each, str) for each in audiences):
            raise TokenError("bad_claim")
        if self._audiences.isdisjoint(audiences):
            raise TokenError("wrong_audience")
        issuer = claims.get("iss")
        if self._issuers is not None and not (isinstance(issuer, str) and issuer in self._issuers):
            raise TokenError("wrong_issuer")

    def _check_times(self, claims: Mapping[str, Any], now: float, *, is_own: bool) -> None:
        began, ends, begins = claims["iat"], claims["exp"], claims.get("nbf", 0)
        if not all(is_numeric_date(each) for each in (began, ends, begins)):
            raise TokenError("bad_claim")
        if now >= ends + self._leeway:
            raise TokenError("expired")
        if max(began, begins) > now + self._leeway:
            raise TokenError("not_yet_valid")
        longest = self._max_lifetime
        if is_own:
            longest = min(longest, LONGEST_LIFETIME.total_seconds())
        if ends - began > longest:
            raise TokenError("lifetime_too_long")


def _pinned(key: VerifyingKey, *, is_own: bool = False) -> _Pinned:
    return _Pinned(key.algorithm, key.public_key, is_own)
