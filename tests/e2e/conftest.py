"""One server and one device, which the tests share: each test has users of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import dualschema as ds
from dualschema.tokens import KeySet, generate_key, save_keys
from tests.e2e.device import Device, device_in
from tests.e2e.serving import ServerProcess, serving
from tests.fixtures.chance import drawn_seed
from tests.targets.connector.write_api import WriteApi


@pytest.fixture(scope="session")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    save_keys(KeySet(generate_key()), path)
    return path


@pytest.fixture(scope="session")
def sync_service() -> Iterator[str]:
    """Give the URL of an idle sync service: the SDK uploads by itself only where it has one."""
    with WriteApi().running() as service:
        yield service.url


@pytest.fixture(scope="session")
def settings(session_postgres_url: str, keys_file: Path, sync_service: str) -> dict[str, str]:
    """Give the server's settings."""
    return {
        "DATABASE_URL": session_postgres_url,
        "KEYS_FILE": str(keys_file),
        "LOGIN": "development",
        "POWERSYNC_URL": sync_service,
    }


@pytest.fixture(scope="session")
def server(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    with serving(settings, tmp_path_factory.mktemp("server") / "log.txt") as [server]:
        yield server


@pytest.fixture(scope="session")
def db(session_postgres_url: str) -> Iterator[ds.Database]:
    """Give the server's database, to look into it."""
    with ds.connect(session_postgres_url, pool_size=2) as db:
        yield db


@pytest.fixture
def sql(settings: dict[str, str]) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Give a connection to the same that commits each statement."""
    with psycopg.connect(settings["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def shared_device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Device]:
    device = device_in(tmp_path_factory.mktemp("device"))
    yield device
    device.end()


@pytest.fixture
def device(shared_device: Device) -> Iterator[Device]:
    """Give a device, on which a test opens a database."""
    yield shared_device
    shared_device.close()


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """Give a user whom no other test has."""
    return f"{request.node.name}@example.com"


@pytest.fixture
def chance() -> random.Random:
    """Give what a test leaves to chance."""
    return random.Random(drawn_seed())
