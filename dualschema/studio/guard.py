"""Who may ask: the one browser that was given the token, on this machine, from the page itself.

Other pages in that browser can send requests to this machine, too. So a request must name this
address (else a page could have its own name lead here: DNS rebinding), carry the token as a cookie,
and come from the page itself; what changes something must have a header that no other page can add
without asking first (https://fetch.spec.whatwg.org/#http-cors-protocol), and is then told nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["MARK", "Guard"]

MARK: Final = "x-dualschema-studio"
"""The header of every request that changes something."""

_LOOPBACK: Final = ("127.0.0.1", "localhost")

_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets the requests of one page through to an application.

    Args:
        app: the application.
        token: the secret that the page's URL has: ``/?token=...``.
        port: where the server listens.
    """

    def __init__(self, app: ASGIApp, *, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._hosts = frozenset(_hosts(port))
        # Cookies know no ports: https://www.rfc-editor.org/rfc/rfc6265#section-8.5
        self._cookie = f"dualschema_studio_{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have the application answer it."""
        if scope["type"] != "http":
            return  # there are no web sockets, and nothing to start or to end

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._answer(scope) or self._app
        await answer(scope, receive, send_with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """Return the answer to a request that does not reach the application."""
        headers = Headers(scope=scope)
        if headers.get("host") not in self._hosts:
            return _refused("this address is not the studio's", 421)
        if (given := _token_of(scope)) is not None:
            return self._welcome() if self._is_token(given) else _refused(_CLOSED)
        if not self._is_token(_cookie_of(headers, self._cookie)):
            return _refused(_CLOSED)
        if headers.get("origin", origin := f"http://{headers['host']}") != origin:
            return _refused("another page asks")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return _refused("another page asks")
        if scope["method"] not in ("GET", "HEAD") and headers.get(MARK) is None:
            return _refused(f"the header {MARK} is missing")
        return None

    def _welcome(self) -> Response:
        """Have the browser keep the token, and the address bar forget it."""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._cookie, self._token, path="/", httponly=True, samesite="strict")
        return answer

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())


_CLOSED: Final = "Open the address that `dualschema studio` printed: it has a token."


def _hosts(port: int) -> Iterable[str]:
    for name in _LOOPBACK:
        yield f"{name}:{port}"
        if port == 80:
            yield name


def _token_of(scope: Scope) -> str | None:
    if scope["path"] != "/" or scope["method"] != "GET":
        return None
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return query["token"][0] if "token" in query else None


def _cookie_of(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _refused(text: str, status: int = 403) -> Response:
    return PlainTextResponse(f"{text}\n", status)
