"""Who may ask the studio: the one browser that was given the token, from the page itself.

Other pages in that browser can send requests to this machine, too. So a request must name this
address (else a page could have its own name lead here: DNS rebinding) and come from the page
itself. All that is of the database needs the token in a header, which no other page can add without
asking first (https://fetch.spec.whatwg.org/#http-cors-protocol), and is then told nothing. It is no
cookie: cookies know no ports, so the browser would give it to whatever else it visits on this
machine (https://www.rfc-editor.org/rfc/rfc6265#section-8.5).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["MARK", "Guard"]

MARK: Final = "x-dualschema-studio"
"""The header that has the token, of every request but those for the page's own files."""

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
        if (given := _token_of(scope)) is not None and not self._is_token(given):
            return _refused(_CLOSED)  # the page would keep it in place of the right one
        if headers.get("origin", origin := f"http://{headers['host']}") != origin:
            return _refused("another page asks")
        is_page = scope["path"] == "/" and scope["method"] in ("GET", "HEAD")
        # The page itself may be opened by a link that somebody else shows, as of a terminal in the
        # browser; but not within a frame.
        is_followed = is_page and headers.get("sec-fetch-dest") == "document"
        site = headers.get("sec-fetch-site", "same-origin")
        if site not in ("same-origin", "none") and not is_followed:
            return _refused("another page asks")
        is_open = is_page or scope["path"].startswith("/static/")
        if not is_open and not self._is_token(headers.get(MARK, "")):
            return _refused(_CLOSED)
        return None

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


def _refused(text: str, status: int = 403) -> Response:
    return PlainTextResponse(f"{text}\n", status)
