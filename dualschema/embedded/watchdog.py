"""The process that owns a server: when its input closes, it ends the server and deletes its data.

The input is a pipe from the process that asked for the server, so it closes in whatever way that
one ends, also by SIGKILL. This file is run by its path, without the library and without
site-packages: it may import the standard library only.

Arguments: the folders to delete in the end. Input: one order a line, as JSON (`command`, `data`,
`log`, `identity`). Output: `ready` or `failed` for each.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Run a server as ordered until the input ends."""
    server = None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if server is not None:
                _stop(server)
            server = _start(order)
            answer = "ready" if _becomes_ready(server, Path(order["data"])) else "failed"
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()
    finally:
        if server is not None:
            _stop(server)
        for folder in sys.argv[1:]:
            _delete(Path(folder))


def _start(order: dict[str, Any]) -> subprocess.Popen[Any]:
    with Path(order["log"]).open("ab") as log:
        return subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=order["data"],
            **order["identity"],
        )


def _becomes_ready(server: subprocess.Popen[Any], data: Path) -> bool:
    status = data / "postmaster.pid"
    give_up = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < give_up:
        # The eighth line of this file tells how far the server is.
        lines = status.read_text().splitlines() if status.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready" and lines[0] == str(server.pid):
            return True
        time.sleep(0.005)
    return False


def _stop(server: subprocess.Popen[Any]) -> None:
    if sys.platform == "win32":
        server.terminate()
    else:
        server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data any more
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _delete(folder: Path) -> None:
    for _ in range(50):  # an initdb whose parent was killed may still be writing
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)


if __name__ == "__main__":
    main()
