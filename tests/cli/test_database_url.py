"""Which database a command is for: by the line, the environment, or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pydantic_settings", reason="the extra cli is not installed")

from dualschema.cli.database_url import find_database, named_database, named_url
from dualschema.errors import ConfigurationError

NAMES = ("DATABASE_POOLER", "DATABASE_URL", "DIRECT_URL", "DATABASE_URL_UNPOOLED")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nobody_names_one(folder: Path) -> None:
    assert find_database(None) is None
    with pytest.raises(ConfigurationError, match="no database is named"):
        named_url(None)


@pytest.mark.parametrize("given", ["", "  "])
def test_an_empty_one_on_the_line_is_no_reason_to_take_another(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of `--database "$STAGING"`, where that is not set."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment/a")
    with pytest.raises(ConfigurationError, match="--database is empty"):
        named_url(given)


def test_a_file_of_windows(folder: Path) -> None:
    (folder / ".env").write_bytes(b"\xef\xbb\xbfDATABASE_URL=postgresql://file/a\r\n")
    assert named_url(None) == "postgresql://file/a"


def test_blanks_are_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", " ")
    (folder / ".env").write_text("DATABASE_URL=postgresql://file/a\n")
    with pytest.raises(ConfigurationError, match="DATABASE_URL is empty"):
        named_url(None)


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
    assert named_database(None, direct=True).url == "postgresql://ep-a.eu.neon.tech/a"
    assert named_url(None) == "postgresql://ep-a-pooler.eu.neon.tech/a"


AT_NEON = "postgresql://u:hidden@ep-a-pooler.eu.neon.tech/a"
REFUSED = (
    "migrations do not work through a pooler that changes servers between transactions, as "
    "ep-a-pooler.eu.neon.tech does: give the URL of the server itself, whose host is "
    "ep-a.eu.neon.tech"
)


@pytest.mark.parametrize(
    ("name", "given", "refusal"),
    [
        (None, AT_NEON, f"--database: {REFUSED}"),
        ("DATABASE_URL", None, f"DATABASE_URL: {REFUSED}, as DIRECT_URL"),
        ("DATABASE_URL_UNPOOLED", None, f"DATABASE_URL_UNPOOLED: {REFUSED}, as DIRECT_URL"),
    ],
    ids=["line", "variable", "direct"],
)
def test_a_pooler_is_no_server_for_migrations(
    name: str | None, given: str | None, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name is not None:
        monkeypatch.setenv(name, AT_NEON)
    with pytest.raises(ConfigurationError) as caught:
        named_database(given, direct=True).direct_url("migrations")

    assert refusal == str(caught.value)


@pytest.mark.parametrize(("said", "pooler"), [("true", True), ("0", False), ("", None)])
def test_whether_a_pooler_answers_may_be_said(
    said: str, pooler: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_POOLER", said)
    monkeypatch.setenv("DATABASE_URL", "postgresql://h:6543/a")

    assert pooler == named_database(None).pooler
    assert named_database("postgresql://h/a").pooler is None
    if pooler is False:
        assert "postgresql://h:6543/a" == named_database(None, direct=True).direct_url("these")
    monkeypatch.setenv("DATABASE_POOLER", "maybe")
    with pytest.raises(ConfigurationError, match="DATABASE_POOLER must be true or false"):
        named_database(None)


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / ".env").write_bytes(b"DATABASE_URL=\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env or \.env\.local is no text in UTF-8"):
        find_database(None)
