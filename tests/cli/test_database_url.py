"""Which database a command is for: by the line, the environment, or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pydantic_settings", reason="the extra cli is not installed")

from dualschema.cli.database_url import find_url, named_url
from dualschema.errors import ConfigurationError

NAMES = ("DATABASE_URL", "DIRECT_URL", "DATABASE_URL_UNPOOLED")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nobody_names_one(folder: Path) -> None:
    assert find_url(None) is None
    with pytest.raises(ConfigurationError, match="no database is named"):
        named_url("")


def test_the_line_is_before_the_environment_and_that_before_the_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("DATABASE_URL=postgresql://file/a\n")
    assert named_url(None) == "postgresql://file/a"
    (folder / ".env.local").write_text("DATABASE_URL=postgresql://local/a\n")
    assert named_url(None) == "postgresql://local/a"
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/a")
    assert named_url(None) == "postgresql://environment/a"
    assert named_url("postgresql://line/a") == "postgresql://line/a"


def test_migrations_go_to_the_server_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ep-a-pooler.eu.neon.tech/a")
    (folder / ".env").write_text("DIRECT_URL=postgresql://ep-a.eu.neon.tech/a\n")
    assert named_url(None, direct=True) == "postgresql://ep-a.eu.neon.tech/a"
    assert named_url(None) == "postgresql://ep-a-pooler.eu.neon.tech/a"


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / ".env").write_bytes(b"DATABASE_URL=\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env or \.env\.local is no text in UTF-8"):
        find_url(None)
