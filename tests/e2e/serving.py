"""The example's server as a process of its own, which may be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.fixtures.servers import held_port

__all__ = ["PATIENCE", "ServerProcess", "serving"]

PATIENCE = 60.0
"""How long a server may take to start or to end, in seconds: the machine may be busy."""

_ROOT = Path(__file__).parents[2]


class ServerProcess:
    """``uvicorn examples.timers.server:app``, on the same port each time that it is started.

    Args:
        settings: variables of its environment.
        log: the file that its lines go to.
        port: which is kept free for it.
    """

    def __init__(self, settings: Mapping[str, str], log: Path, port: int) -> None:
        self._settings = dict(settings)
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._port = port
        self.url = f"http://127.0.0.1:{port}"

    def start(self, *, wait: bool = True) -> None:
        """Start it, and wait until it answers."""
        assert self._process is None
        command = [sys.executable, "-m", "uvicorn", "examples.timers.server:app"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port), "--timeout-graceful-shutdown", "5"],
                cwd=_ROOT,
                env={**os.environ, **self._settings},
                stdout=log,
                stderr=log,
            )
        if wait:
            self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        assert self._process is not None
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self._process.poll() is None, f"the server ended:\n{self.lines()}"
            try:
                httpx.get(f"{self.url}/api/auth/keys", timeout=PATIENCE).raise_for_status()
            except httpx.TransportError:
                time.sleep(0.01)
            else:
                return
        raise AssertionError(f"the server does not answer:\n{self.lines()}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        return self._end(signal.SIGTERM)

    def lines(self) -> str:
        """Return what it wrote so far, in all its lives."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def _end(self, number: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(number)
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server does not end:\n{self.lines()}") from None


@contextmanager
def serving(settings: Mapping[str, str], *logs: Path) -> Iterator[list[ServerProcess]]:
    """Give servers that run, one for each file that their lines go to."""
    with ExitStack() as stack:
        servers = [ServerProcess(settings, log, stack.enter_context(held_port())) for log in logs]
        for server in servers:
            stack.callback(server.kill)
            server.start(wait=False)
        for server in servers:
            server.wait()
        yield servers
