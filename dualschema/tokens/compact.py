"""The compact form of a JWS (RFC 7515, section 7.1), read strictly before any key is looked for."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final

from dualschema.errors import TokenError

__all__ = ["LONGEST_TOKEN", "Parts", "read_object", "split"]

LONGEST_TOKEN: Final = 8192
"""The longest token, in bytes; many servers take no more of headers in all."""

_FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Parts:
    """A token's parts. Nothing of it is to be believed before its signature is verified.

    Attributes:
        header: the JOSE header.
        payload: the claims' bytes.
        message: what is signed.
        signature: the signature.
    """

    header: dict[str, Any]
    payload: bytes
    message: bytes
    signature: bytes


def split(token: str) -> Parts:
    """Return a token's parts.

    Raises:
        TokenError: ``too_long``, ``malformed`` or ``unsupported_header``.
    """
    if not isinstance(token, str):
        raise TokenError("malformed")
    if len(token) > LONGEST_TOKEN:
        raise TokenError("too_long")
    matched = _FORM.fullmatch(token)
    if matched is None:
        raise TokenError("malformed")
    header = read_object(_decoded(matched[1]))
    if "crit" in header:  # RFC 7515, section 4.1.11: what is not understood is refused
        raise TokenError("unsupported_header")
    message = token[: matched.end(2)].encode()
    return Parts(header, _decoded(matched[2]), message, _decoded(matched[3]))


def read_object(data: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        TokenError: ``malformed``.
    """
    try:
        document = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise TokenError("malformed") from None
    if not isinstance(document, dict):
        raise TokenError("malformed")
    return document


def _decoded(text: str) -> bytes:
    """Decode base64url, in its one form: unused bits of the last letter are zero."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise TokenError("malformed") from None
    if urlsafe_b64encode(data).rstrip(b"=") != text.encode():
        raise TokenError("malformed")
    return data


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
