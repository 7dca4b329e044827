"""What those see who start the example's server: settings that are wrong, its log, its end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.asgi.hearing import hear
from tests.e2e.serving import PATIENCE, serving

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL is empty"),
        ({"KEYS_FILE": "none.json"}, "there is no file none.json: `dualschema keys new` makes one"),
        (
            {"TOKEN_SECONDS": "long"},
            "TOKEN_SECONDS: Input should be a valid number, unable to parse string as a number",
        ),
        ({"LOGIN": "yes"}, "LOGIN must be 'development'"),
    ],
)
def test_a_setting_that_is_wrong_is_told_in_a_line(
    settings: dict[str, str], wrong: dict[str, str], said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uvicorn", "examples.timers.server:app", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **settings, **wrong},
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert (1, f"examples.timers.server: {said}\n") == (done.returncode, done.stderr)


def test_without_a_login_nobody_gets_a_token(settings: dict[str, str], tmp_path: Path) -> None:
    closed = {name: value for name, value in settings.items() if name != "LOGIN"}
    with serving(closed, tmp_path / "log.txt") as [server]:
        assert 404 == httpx.get(f"{server.url}/api/auth/token", timeout=PATIENCE).status_code
        assert 401 == httpx.post(f"{server.url}/api/data", json={}, timeout=PATIENCE).status_code


def test_the_log_says_what_happened_and_tells_no_value(
    settings: dict[str, str], tmp_path: Path, user: str
) -> None:
    with serving(settings, tmp_path / "log.txt") as [server]:
        url, asked = server.url, {"X-User-Id": user}
        token = httpx.get(f"{url}/api/auth/token", headers=asked, timeout=PATIENCE).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        for completed in (1, "hunter2"):
            data = {"text": "tea", "completed": completed}
            entry = {"op": "PUT", "table": "todos", "id": f"{user} {completed}", "op_data": data}
            body = {"transactions": [{"crud": [entry]}]}
            httpx.post(f"{url}/api/data", json=body, headers=headers, timeout=PATIENCE)
        with hear(url, f"todos:{user}", headers) as events:
            events.message()
            server.stop()
            assert events.ends()
        lines = server.lines()
    assert "development_login() lets anybody be any user: it is for development alone\n" in lines
    assert "INFO:     upload: transactions applied: 1\n" in lines
    assert "WARNING:     upload: transactions applied: 0, refused: 1 (INVALID_DATA)\n" in lines
    assert "Application shutdown complete." in lines
    assert "Traceback" not in lines
    assert "ERROR" not in lines
    assert "hunter2" not in lines
    assert token not in lines
    assert '"GET /api/events HTTP/1.1" 200 OK' in lines
    assert user not in lines
