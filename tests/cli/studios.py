"""A studio in a process of its own, and a client that has opened its address."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.commands import command, environment
from tests.fixtures.projects import Project

__all__ = ["ADDRESS", "PATIENCE", "asking", "started"]

PATIENCE = 60.0
"""How long anything may take here, in seconds: the machine may be busy."""

ADDRESS = re.compile(r"studio: (http://127\.0\.0\.1:(\d+)/\?token=[\w-]{43})\n")


@contextmanager
def started(project: Project, *arguments: str, **more: str) -> Iterator[tuple[str, str]]:
    """Start a studio; give its address, with the token, and the line that follows it.

    With ``--json`` there is none that follows.
    """
    is_json = "--json" in arguments
    child = subprocess.Popen(
        command("studio", "--no-open", *arguments),
        cwd=project.root,
        env=environment(project, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert child.stdout is not None
        first = child.stdout.readline()
        if is_json and first:
            first = f"studio: {json.loads(first)['address']}\n"
        found = ADDRESS.fullmatch(first)
        if found is None:
            child.kill()
            pytest.fail(first + child.communicate()[1])
        yield found[1], "" if is_json else child.stdout.readline()
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=PATIENCE)
        assert (0, "") == (child.returncode, said)
    finally:
        child.kill()
        child.wait()


@contextmanager
def asking(address: str) -> Iterator[httpx.Client]:
    """Give a client that has opened an address, as a browser does."""
    base = address.partition("?")[0]
    with httpx.Client(base_url=base, follow_redirects=True, timeout=PATIENCE) as client:
        client.headers["X-Dualschema-Studio"] = address.partition("token=")[2]
        until = time.monotonic() + PATIENCE
        while True:
            try:
                assert "<title>dualschema studio" in client.get(address).text
                break
            except httpx.ConnectError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield client
