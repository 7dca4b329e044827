"""A stream of events, as a client reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.asgi.serving import PATIENCE

__all__ = ["Heard", "hear"]


class Heard:
    """A stream of events, as a client reads it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.last_id: str | None = None
        self._lines = response.iter_lines()

    def message(self) -> dict[str, Any]:
        """Return the next message's data."""
        data = ""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "data":
                data += value
            elif name == "id":
                self.last_id = value
            elif not line and data:
                return dict(json.loads(data))
        raise AssertionError("the stream has ended")

    def comment(self) -> str:
        """Return the next comment, before which no message may come."""
        for line in self._lines:
            assert not line.startswith("data"), line
            if line.startswith(":"):
                return line
        raise AssertionError("the stream has ended")

    def ends(self) -> bool:
        return not any(line.startswith("data") for line in self._lines)


@contextmanager
def hear(url: str, query: str, headers: dict[str, str]) -> Iterator[Heard]:
    address = f"{url}/api/events?channels={query}"
    with httpx.stream("GET", address, headers=headers, timeout=PATIENCE) as response:
        assert 200 == response.status_code, response.read()
        yield Heard(response)
