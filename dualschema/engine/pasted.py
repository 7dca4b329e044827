"""The text of a database's URL as people paste it, made one that SQLAlchemy reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, unquote, urlencode

__all__ = ["POSTGRES", "is_of_libpq", "places_as_options", "readable", "unwrapped"]

POSTGRES: Final = ("postgres", "postgresql")

_BEFORE: Final = re.compile(
    r"(?:(?:export\s+)?[A-Za-z_]\w*=|psql\s+(?:(?:-d|--dbname)[\s=]*)?)(?=\W?(?:jdbc:)?[a-z+\d]+://)",
    re.IGNORECASE,
)
"""The command of a console, or the variable, that a URL is copied along with."""

_QUOTES: Final = {"'": "'", '"': '"', "`": "`", "<": ">", "\u201c": "\u201d", "\u2018": "\u2019"}

_IN_AN_OPTION: Final = re.compile(r"\?(?:.*&)?[A-Za-z_]+=[^&]*\Z", re.DOTALL)
"""What stands before an ``@`` that belongs to an option's value."""

_OF_LIBPQ: Final = re.compile(r"\s*[a-z_]+\s*=")

_PLACE: Final = re.compile(r"(?:\[(?P<ipv6>[^\]]*)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?")


def is_of_libpq(text: str) -> bool:
    """Return whether a text is no URL, but of libpq's other form: ``host=h dbname=d``."""
    return "://" not in text and _OF_LIBPQ.match(text) is not None


def unwrapped(text: str) -> str:
    """Take away what is copied along: blanks, quotes, a variable, the command of Neon's console."""
    text = text.strip()
    text = text[_end(_BEFORE.match(text)) :]
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text.removeprefix("jdbc:")


def readable(text: str) -> str:
    """Return a URL of Postgres with its login quoted, and several hosts as libpq's options.

    User and password are often pasted as they are: ``p@ss/w?rd``. A host holds no ``@``, so the
    last one that is not in an option ends them. Were the password read as a part of the host,
    errors would show it.
    """
    scheme, found, rest = text.partition("://")
    scheme = scheme.lower()
    if not found or scheme.partition("+")[0] not in POSTGRES:
        return text
    at = rest.rfind("@")
    while at >= 0 and _IN_AN_OPTION.search(rest[:at]):
        at = rest.rfind("@", 0, at)
    user, has_password, password = rest[: max(at, 0)].partition(":")
    if at < 0 or "/" in user or "?" in user:
        return f"{scheme}://{_one_place(rest)}"
    login = _quoted(user) + (f":{_quoted(password)}" if has_password else "")
    return f"{scheme}://{login}@{_one_place(rest[at + 1 :])}"


def places_as_options(places: Sequence[str]) -> dict[str, str] | None:
    """Return hosts with their ports as libpq's options; None if they cannot be read."""
    read = [_PLACE.fullmatch(place) for place in places]
    found = [place for place in read if place is not None]
    if len(found) < len(read):
        return None
    hosts = [unquote(place["ipv6"] or place["name"] or "") for place in found]
    ports = [place["port"] or "" for place in found]
    return {"host": ",".join(hosts), **({"port": ",".join(ports)} if any(ports) else {})}


def _one_place(rest: str) -> str:
    """Return what stands behind the login, with several hosts as options."""
    end = _end(re.match(r"[^/?]*", rest))
    places, path, (_, _, query) = rest[:end], rest[end:].partition("?")[0], rest.partition("?")
    options = places_as_options(places.split(",")) if "," in places else None
    if options is None:
        return places.removesuffix(":") + rest[end:]
    given = "&".join(filter(None, (query, urlencode(options))))
    return f"{path or '/'}?{given}"


def _end(found: re.Match[str] | None) -> int:
    return 0 if found is None else found.end()


def _quoted(text: str) -> str:
    return quote(unquote(text), safe="")
