"""Another's public keys, by the URL of their JWK set: fetched, kept, and fetched again."""

from __future__ import annotations

import ipaddress
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from dualschema.errors import ConfigurationError, KeysUnavailableError
from dualschema.tokens.verifying_key import VerifyingKey, read_jwks

__all__ = ["Fetch", "JwksUrl", "fetch_jwks"]

Fetch = Callable[[str, float], str | bytes]
"""Gets a URL and a time in seconds; returns the document, or raises what it likes."""

_LARGEST: Final = 256 * 1024
"""The largest JWK set, in bytes; a key has about 400, and with a certificate 3,000."""


_HANDLERS: Final = (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.UnknownHandler,
)
"""What opens a URL: HTTP alone, and no redirect, which could lead anywhere."""


def fetch_jwks(url: str, timeout: float) -> bytes:
    """Fetch a document over HTTP, without following a redirect.

    Args:
        url: where.
        timeout: the seconds that it may take in all.

    Raises:
        OSError: it cannot be fetched: the network, the status, the time, or more than 256 KiB.
    """
    ends = time.monotonic() + timeout
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  (https)
    opener = urllib.request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    got = bytearray()
    try:
        opened = opener.open(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"status {error.code}") from None
    with opened as response:
        while part := response.read1(_LARGEST):
            got += part
            if len(got) > _LARGEST:
                raise OSError(f"the document has more than {_LARGEST} bytes")
            if time.monotonic() > ends:
                raise TimeoutError("timed out")
    return bytes(got)


class JwksUrl:
    """The public keys of another's tokens, of Supabase or Auth0, by the URL of their JWK set.

    The set is fetched when the first token comes. It is fetched again when it is older than
    ``cache``, and when a token's ``kid`` is not in it: so a new key is known at once. Between two
    tries are ``min_refresh`` at least, whatever tokens come. While a try fails, the set of before
    is used, up to the age of ``keep``. One thread fetches at a time; threads with a known ``kid``
    do not wait for it. An instance may be used from any thread.

    Args:
        url: an ``https`` URL; of this machine (``localhost``, 127.0.0.1, ``[::1]``) also ``http``.
        cache: how long a set is used before it is fetched again.
        keep: how long a set is used if none can be fetched. PowerSync's service keeps one an hour.
        min_refresh: the least time between two tries.
        timeout: how long one try may take.
        fetch: what fetches, instead of the standard library: ``(url, seconds) -> document``.
        clock: a monotonic clock, in seconds.

    Raises:
        ConfigurationError: the URL is none of these, or a time is not positive.
    """

    def __init__(
        self,
        url: str,
        *,
        cache: timedelta = timedelta(minutes=5),
        keep: timedelta = timedelta(hours=1),
        min_refresh: timedelta = timedelta(seconds=10),
        timeout: timedelta = timedelta(seconds=5),
        fetch: Fetch = fetch_jwks,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if min(cache, keep, min_refresh, timeout) <= timedelta(0):
            raise ConfigurationError("the times of a JwksUrl are positive")
        self.url = _checked(url)
        self._cache = cache.total_seconds()
        self._keep = max(keep, cache).total_seconds()
        self._min_refresh = min_refresh.total_seconds()
        self._timeout = timeout.total_seconds()
        self._fetch = fetch
        self._clock = clock
        self._fetching = threading.Lock()
        self._got: tuple[float, Mapping[str, VerifyingKey]] | None = None
        self._tried_at: float | None = None
        self._fault: BaseException | None = None

    def peek(self, kid: str) -> VerifyingKey | None:
        """Return a key that is known and fresh; never fetch."""
        return self._known(self._cache).get(kid)

    def find(self, kid: str) -> VerifyingKey | None:
        """Return a key, or None if the set has none of this ``kid``; fetch if that is needed.

        Raises:
            KeysUnavailableError: it is not known and cannot be asked for.
        """
        if (fresh := self.peek(kid)) is not None:
            return fresh
        if kid in self._known(self._keep):
            # Who comes while another fetches takes the old set.
            if self._fetching.acquire(blocking=False):
                try:
                    self._refresh()
                finally:
                    self._fetching.release()
            return self._known(self._keep).get(kid)
        with self._fetching:
            if kid not in self._known(self._keep):
                self._refresh()
        key = self._known(self._keep).get(kid)
        if key is None and self._fault is not None:
            reason = str(self._fault) or type(self._fault).__name__
            raise KeysUnavailableError(reason, url=self.url) from self._fault
        return key

    def _known(self, age: float) -> Mapping[str, VerifyingKey]:
        got = self._got
        return got[1] if got is not None and self._clock() - got[0] < age else {}

    def _refresh(self) -> None:
        """Fetch, unless it was tried a moment ago; only with the lock."""
        now = self._clock()
        if self._tried_at is not None and now - self._tried_at < self._min_refresh:
            return
        self._tried_at = now
        try:
            keys = read_jwks(self._fetch(self.url, self._timeout))
            if not keys:
                raise ConfigurationError("the JWK set has no key that can be used")  # noqa: TRY301  (as others)
        except Exception as error:  # noqa: BLE001  (a function that was given fails as it likes)
            self._fault = error
            return
        first: dict[str, VerifyingKey] = {}
        for key in keys:
            first.setdefault(key.kid, key)
        self._fault = None
        self._got = (now, first)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{url} is no URL") from None
    if not host or parts.scheme not in {"http", "https"}:
        raise ConfigurationError(f"{url} is no https URL")
    if parts.username or parts.password:
        raise ConfigurationError("a URL of keys has no user and password")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ConfigurationError(f"{url} is to begin with https: else others could change the keys")
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
