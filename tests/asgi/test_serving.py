"""The API at work and at its end: nobody waits for an upload, and no stream holds a server up."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dualschema.upload import Batch, Result
from tests.asgi.api import Api, todo
from tests.asgi.serving import PATIENCE, served


def test_nobody_waits_for_an_upload(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    apply, begun, go_on = api.uploader.apply, threading.Event(), threading.Event()

    def slowly(batch: Batch, user: str) -> list[Result]:
        begun.set()
        assert go_on.wait(PATIENCE)
        return apply(batch, user)

    monkeypatch.setattr(api.uploader, "apply", slowly)
    answers: list[httpx.Response] = []

    def upload(url: str) -> None:
        body = {"transactions": [{"crud": [todo()]}]}
        sent = httpx.post(f"{url}/api/data", json=body, headers=api.bearer(), timeout=PATIENCE)
        answers.append(sent)

    with served(api.app) as url:
        uploading = threading.Thread(target=upload, args=(url,))
        uploading.start()
        assert begun.wait(PATIENCE)
        assert 200 == httpx.get(f"{url}/api/auth/keys", timeout=PATIENCE).status_code
        assert not answers
        go_on.set()
        uploading.join(PATIENCE)
    assert [200] == [each.status_code for each in answers]


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give a server in a process of its own, and its URL."""
    command = [sys.executable, "-m", "uvicorn", "tests.asgi.shutdown_app:app", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"http://[\d.]+:\d+", line):
                yield process, found[0]
                break
        else:
            raise AssertionError("the server did not start")
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
def test_a_server_ends_though_streams_are_open(server: Any) -> None:
    process, url = server
    cookie = {"Cookie": "session=u1"}
    address = f"{url}/api/events?channels=todos:u1"
    with httpx.stream("GET", address, headers=cookie, timeout=PATIENCE) as response:
        assert "connected" in next(response.iter_lines())
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
