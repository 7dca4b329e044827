"""Tokens on the way: they expire, keys are replaced, and the queue goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.tokens import KeySet, generate_key, save_keys
from examples.timers.schema import Todo
from tests.e2e.device import Device, Uploaded
from tests.e2e.serving import ServerProcess, serving


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    save_keys(KeySet(generate_key()), path)
    return path


@pytest.fixture(scope="module")
def strict_server(
    settings: dict[str, str], keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """Give a server whose tokens live a second, by its own clock."""
    short = {"TOKEN_SECONDS": "1", "CLOCK_SECONDS": "0.1", "KEYS_FILE": str(keys)}
    with serving(settings | short, tmp_path_factory.mktemp("server") / "log.txt") as [server]:
        yield server


def add(device: Device, count: int = 1) -> None:
    device.write(*([("INSERT INTO todos (id, text) VALUES (uuid(), 'tea')", [])],) * count)


def count(db: ds.Database, user: str) -> int:
    return db.count(ds.select(Todo).where(Todo.user_id == user))


def refused(server: ServerProcess) -> int:
    return sum(" 401 " in line for line in server.lines().splitlines())


def test_a_token_that_expired_is_fetched_anew(
    device: Device, strict_server: ServerProcess, db: ds.Database, user: str
) -> None:
    """A device whose clock is an hour late takes its token for a good one."""
    device.open(strict_server.url, user, clock_offset=-3600, maxTransactions=1)
    add(device)
    assert Uploaded(None, 1) == device.upload()
    before = refused(strict_server)
    time.sleep(2.2)  # the token's second, its fraction that is not told, and the clocks' leeway
    add(device, 6)
    began = time.monotonic()
    assert Uploaded(None, 6) == device.upload()
    took = time.monotonic() - began
    assert 7 == count(db, user)
    # A token lives until the second is full, and the new one does no longer.
    expected = range(1, 3 + int(took))
    assert refused(strict_server) - before in expected, strict_server.lines()


def test_a_token_about_to_expire_is_not_sent(
    device: Device, strict_server: ServerProcess, db: ds.Database, user: str
) -> None:
    device.open(strict_server.url, user, maxTransactions=1)
    for _ in range(3):
        add(device)
        assert Uploaded(None, 1) == device.upload()
        time.sleep(0.5)
    assert 3 == count(db, user)


def test_keys_that_are_replaced_need_no_restart(
    device: Device, strict_server: ServerProcess, db: ds.Database, user: str, keys: Path
) -> None:
    device.open(strict_server.url, user, clock_offset=-3600, maxTransactions=1)
    add(device)
    assert Uploaded(None, 1) == device.upload()
    save_keys(KeySet(generate_key()), keys)
    add(device, 2)
    assert Uploaded(None, 2) == device.upload()
    assert 3 == count(db, user)
