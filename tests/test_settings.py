"""Settings: where they come from, what is told of a wrong one, and that no secret is."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr

import dualschema as ds
from dualschema.cli.database_url import find_database
from dualschema.engine import pooler_of

URL = "postgresql://ada:hidden@db.example.com/app"
POOLED = "postgresql://ada:hidden@ep-a-b-pooler.us-east-2.aws.neon.tech/app"


class AppSettings(ds.Settings):
    app_keys: SecretStr = Field(default=...)
    hosts: list[str] = []


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with none of the variables."""
    for settings in (ds.Settings, AppSettings):
        for name in [*settings.model_fields, "database_url_unpooled"]:
            monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(settings: type[ds.Settings] = ds.Settings, **given: Any) -> str:
    with pytest.raises(ds.ConfigurationError) as caught:
        settings(**given)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def test_one_variable_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)

    settings = ds.Settings()

    assert URL == settings.database_url.get_secret_value()
    assert "development" == settings.environment
    assert settings.direct_url is None


def test_the_environment_counts_before_files_and_the_local_one_before_the_other(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty / ".env").write_text(
        f'# shared\nDATABASE_URL="{URL}/shared"\nENVIRONMENT=test\nAPPLICATION_NAME=shared\nX=1\n'
    )
    (empty / ".env.local").write_text(f"DATABASE_URL={URL}/mine\nENVIRONMENT=development\n")
    monkeypatch.setenv("ENVIRONMENT", "production")

    settings = ds.Settings()

    assert f"{URL}/mine" == settings.database_url.get_secret_value()
    assert ("production", "shared") == (settings.environment, settings.application_name)
    assert "own" == ds.Settings(application_name="own").application_name
    assert refusal(_env_file=None).startswith("DATABASE_URL is not set")


@pytest.mark.parametrize("name", ["DIRECT_URL", "DATABASE_URL_UNPOOLED"])
def test_the_servers_own_url(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", POOLED)
    monkeypatch.setenv(name, URL)

    assert URL == ds.Settings().direct()
    assert URL == ds.Settings(database_url=POOLED, direct_url=URL).direct()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "DATABASE_URL is not set: set it in the environment, or in .env or .env.local"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is empty"),
        ({"DATABASE_URL": "  "}, "DATABASE_URL is empty"),
        (
            {"DATABASE_URL": "hidden"},
            (
                "DATABASE_URL: the database's URL cannot be read: postgresql://user@host/name or "
                "sqlite:///file.db"
            ),
        ),
        (
            {"DATABASE_URL": "mysql://ada:hidden@h/d"},
            "DATABASE_URL: a URL of Postgres or SQLite is wanted, not of 'mysql'",
        ),
        (
            {"DATABASE_URL": URL, "ENVIRONMENT": "prod"},
            "ENVIRONMENT must be 'development', 'production' or 'test'",
        ),
        (
            {"DATABASE_URL": URL, "DATABASE_POOL_SIZE": "many"},
            (
                "DATABASE_POOL_SIZE: Input should be a valid integer, unable to parse string as an "
                "integer"
            ),
        ),
        (
            {"DATABASE_URL": URL, "ENVIRONMENT": ""},
            "ENVIRONMENT must be 'development', 'production' or 'test'",
        ),
        (
            {"ENVIRONMENT": "prod"},
            (
                "DATABASE_URL is not set: set it in the environment, or in .env or .env.local; "
                "ENVIRONMENT must be 'development', 'production' or 'test'"
            ),
        ),
    ],
)
def test_a_wrong_variable_is_named_in_a_sentence(
    variables: dict[str, str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert sentence == refusal()


def test_an_empty_variable_that_need_not_be_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    optional = [
        name for name in ds.Settings.model_fields if name not in {"database_url", "environment"}
    ]
    for name in optional:
        monkeypatch.setenv(name.upper(), "")

    settings = ds.Settings()

    assert ds.Settings(_env_file=None, database_url=URL) == settings
    assert {name: ds.Settings.model_fields[name].default for name in optional} == {
        name: getattr(settings, name) for name in optional
    }


def test_settings_of_the_applications_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    assert refusal(AppSettings).startswith("APP_KEYS is not set")
    monkeypatch.setenv("APP_KEYS", "hidden")
    monkeypatch.setenv("HOSTS", "hidden")
    assert 'error parsing value for field "hosts" from source "EnvSettingsSource"' == refusal(
        AppSettings
    )
    monkeypatch.setenv("HOSTS", '["a"]')
    assert ["a"] == AppSettings().hosts


def test_variables_with_a_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    class Prefixed(ds.Settings, env_prefix="app_"):
        pass

    assert refusal(Prefixed).startswith("APP_DATABASE_URL is not set")
    monkeypatch.setenv("APP_DATABASE_URL", URL)
    assert URL == Prefixed().direct()


def test_files_that_cannot_be_read(empty: Path) -> None:
    (empty / ".env").write_bytes(b"DATABASE_URL=postgresql://ada:\xff@h/d")

    assert ".env or .env.local is no text in UTF-8" == refusal()
    (empty / "other.env").write_bytes(b"\xff")
    assert "other.env is no text in UTF-8" == refusal(_env_file="other.env")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that fails when read")
def test_a_file_that_fails_when_it_is_read(empty: Path) -> None:
    (empty / ".env").symlink_to("/proc/self/mem")

    assert ".env or .env.local cannot be read: Input/output error" == refusal()
    with pytest.raises(ds.ConfigurationError, match="cannot be read: Input/output error"):
        find_database(None)


def test_a_file_of_windows(empty: Path) -> None:
    text = f"DATABASE_URL='{URL}'\r\nENVIRONMENT=test\r\n"
    (empty / ".env").write_bytes(b"\xef\xbb\xbf" + text.encode())

    settings = ds.Settings()

    assert (URL, "test") == (settings.database_url.get_secret_value(), settings.environment)


@pytest.mark.parametrize("password", ["p#w", "p$w", "p=w&x", "$(x)", "${", "p%w", "p\\w"])
def test_a_password_in_a_file_is_taken_as_it_is(empty: Path, password: str) -> None:
    url = f"postgresql://ada:{password}@h/d"
    (empty / ".env").write_text(f"DATABASE_URL={url}\n")
    with ds.Settings().connect() as db:
        assert password == db.engine.url.password


SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8)


@given(secret=SECRETS, environment=st.sampled_from(["test", "wrong"]), pool=st.integers(-1, 1))
def test_no_secret_is_shown(secret: str, environment: Any, pool: int) -> None:
    shown = []
    make: type[Any] = AppSettings  # texts are taken for secrets
    url = f"postgresql://ada:{secret}@127.0.0.1:1/d"
    try:
        settings = make(
            _env_file=None,
            database_url=url,
            direct_url=f"{url}?password={secret}",
            app_keys=secret,
            environment=environment,
            database_pool_size=pool,
        )
    except ds.ConfigurationError as error:
        shown += ["".join(traceback.format_exception(error, limit=0)), repr(error)]
    else:
        shown += [repr(settings), str(settings), str(settings.model_dump())]
        shown += [settings.model_dump_json(), f"{settings}", repr(copy.copy(settings))]
        try:
            with settings.connect() as db:
                shown += [repr(db.engine)]
        except ds.StatementError as error:
            shown += [str(error)]

    assert [] == [text for text in shown if secret in text]


def test_they_cannot_be_changed_but_copied_and_pickled() -> None:
    settings = ds.Settings(database_url=URL)

    with pytest.raises(ValueError, match="frozen") as caught:
        settings.database_url = SecretStr("other")
    assert "other" not in str(caught.value)
    assert settings == pickle.loads(pickle.dumps(settings)) == copy.deepcopy(settings)


def test_it_connects_as_the_settings_say() -> None:
    settings = ds.Settings(
        database_url=URL, database_pool_size=2, database_pooler=True, application_name="app"
    )

    with settings.connect(max_overflow=1) as db:
        pool: Any = db.engine.pool
        assert (2, 1) == (pool.size(), pool._max_overflow)
        assert pooler_of(db.engine) is not None
    assert pooler_of(settings.connect_async().engine) is not None


def test_statements_run(postgres_url: str) -> None:
    with ds.Settings(database_url=postgres_url, database_statement_timeout=5).connect() as db:
        assert "5s" == db.scalar(ds.select(_setting("statement_timeout")))


def _setting(name: str) -> Any:
    import sqlalchemy as sa

    return sa.func.current_setting(name)


REFUSED = "migrations do not work through a pooler that changes servers between transactions"
ADVICE = "give the URL of the server itself"
AT_NEON = (
    f"{REFUSED}, as ep-a-b-pooler.us-east-2.aws.neon.tech does: {ADVICE}, "
    "whose host is ep-a-b.us-east-2.aws.neon.tech, as DIRECT_URL"
)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"database_url": POOLED}, f"DATABASE_URL: {AT_NEON}"),
        ({"database_url": URL, "direct_url": POOLED}, f"DIRECT_URL: {AT_NEON}"),
        (
            {"database_url": URL, "database_pooler": True},
            f"DATABASE_URL: {REFUSED}, as db.example.com does: {ADVICE}, as DIRECT_URL",
        ),
    ],
)
def test_a_pooler_is_no_server_for_migrations(given: dict[str, Any], sentence: str) -> None:
    settings = ds.Settings(**given)

    with pytest.raises(ds.ConfigurationError) as caught:
        settings.direct()

    assert sentence == str(caught.value)


WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "pydantic_settings":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
import dualschema as ds
from dualschema import *
try:
    ds.Settings
except ds.MissingExtraError as error:
    print(error)
print(hasattr(ds, "Setting"))
"""


def test_without_the_extra_a_sentence_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )

    assert ('ds.Settings needs an extra: pip install "dualschema[server]"\nFalse\n', "") == (
        done.stdout,
        done.stderr,
    )
