"""The task runner, where it meets a world that does not answer."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import dev


@pytest.fixture
def npm_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the packages that npm is to install, and no others."""
    folder = tmp_path / "node"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(dev.NODE / name, folder)
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def silent_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have npm ask a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.getsockname()[1]}/")
        yield


def test_what_is_left_out_with_the_oldest_dependencies_exists() -> None:
    tests = Path(__file__).parent

    assert [] == [name for name in dev.OF_NO_DEPENDENCY if not (tests / f"{name}.py").is_file()]


def this_environment() -> dev.Environment:
    environment = dev.Environment(Path(sys.prefix))
    if not environment.python.exists():
        pytest.skip("this Python is in no virtual environment")
    return environment


@pytest.mark.slow
@pytest.mark.usefixtures("silent_registry")
def test_a_silent_npm_registry_is_answered_in_one_sentence(
    npm_folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(dev, "NPM_SECONDS", 2)
    began = time.perf_counter()

    dev.install_node_modules(this_environment(), npm_folder)

    assert time.perf_counter() - began < 30
    assert (
        "dev.py: Installing tests/node/package-lock.json\n"
        "npm was stopped after 2 seconds.\n"
        "dev.py: npm could not bring the PowerSync core (is the npm registry reachable?): "
        "what needs it will be skipped.\n"
    ) == capfd.readouterr().err
    assert not (npm_folder / "node_modules" / ".installed").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("silent_registry")
def test_under_ci_it_fails(npm_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(dev, "NPM_SECONDS", 1)

    with pytest.raises(dev.TaskError, match=r"is the npm registry reachable\?\)\.$"):
        dev.install_node_modules(this_environment(), npm_folder)


@pytest.mark.parametrize("name", ["chromium", "pgbouncer"])
def test_a_program_that_cannot_be_installed_is_answered_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    sentence = f"{name} is not installed (on Debian or Ubuntu: sudo apt-get install {name})"
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.delenv("CI", raising=False)

    dev.install_program(name)

    assert f"dev.py: {sentence}: what needs it will be skipped.\n" == capfd.readouterr().err
    monkeypatch.setenv("CI", "true")
    with pytest.raises(dev.TaskError) as caught:
        dev.install_program(name)
    assert f"{sentence}." == str(caught.value)
