"""What the connector's tests share: Node with the connector, and a stub of the backend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dualschema.targets import generate
from tests.fixtures.node import link_packages, node_program
from tests.targets.connector.client import Client, Process
from tests.targets.connector.write_api import WriteApi
from tests.targets.golden_cases import schema_of

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Give a process of Node in a folder with the connector."""
    folder = tmp_path_factory.mktemp("connector")
    (folder / "package.json").write_text('{"type": "module"}')
    link_packages(folder)
    shutil.copy(HERE / "client.ts", folder)
    text = generate(schema_of("everything"), "connector", options={"module": "@powersync/node"})[
        0
    ].text
    (folder / "connector.ts").write_text(text, "utf-8")
    client = Client(str(node_program()), folder)
    yield client
    client.end()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Give a process that formats and runs what was generated."""
    folder = tmp_path_factory.mktemp("reader")
    link_packages(folder)
    shutil.copy(HERE / "reader.mjs", folder)
    reader = Process(str(node_program()), folder, "reader.mjs")
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
