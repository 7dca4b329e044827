"""What the package exports, and what importing it must not import."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import dualschema as ds

MODULES = sorted(module.name for module in pkgutil.walk_packages(ds.__path__, f"{ds.__name__}."))


def test_public_names() -> None:
    assert [
        "JSON_NULL",
        "UNSET",
        "AsyncDatabase",
        "BigInt",
        "Check",
        "CheckViolation",
        "ClaimError",
        "Column",
        "ColumnExpression",
        "ConfigurationError",
        "ConnectionLostError",
        "ConstraintViolation",
        "ConversionError",
        "Database",
        "DatabaseError",
        "DecodeError",
        "DefinitionError",
        "DualschemaError",
        "EmbeddedPostgresError",
        "EncodeError",
        "EventError",
        "ForeignKey",
        "ForeignKeyViolation",
        "GenerationError",
        "Index",
        "InsertModel",
        "Int64",
        "JsonModel",
        "JsonNull",
        "JsonText",
        "KeysUnavailableError",
        "MigrationError",
        "MissingExtraError",
        "MultipleRowsError",
        "NotFoundError",
        "NotListeningError",
        "NotNullViolation",
        "PatchModel",
        "Problem",
        "RefusedError",
        "RequestError",
        "RowCountError",
        "Schema",
        "SerializationError",
        "StatementError",
        "SubscriberDroppedError",
        "Table",
        "TokenError",
        "UnboundTableError",
        "UniqueViolation",
        "UploadRules",
        "alias",
        "column",
        "connect",
        "connect_async",
        "count",
        "decode",
        "decode_many",
        "delete",
        "encode",
        "encode_many",
        "excluded",
        "exists",
        "insert",
        "insert_model",
        "new_id",
        "now",
        "optional",
        "param",
        "patch_model",
        "select",
        "update",
        "update_many",
        "upsert",
    ] == ds.__all__


def test_public_names_of_the_testing_module() -> None:
    import dualschema.testing

    assert [
        "assert_round_trip",
        "find_core",
        "open_powersync",
        "queued_writes",
        "rows",
        "tables",
    ] == dualschema.testing.__all__


def test_public_names_of_the_events_module() -> None:
    import dualschema.events

    assert [
        "Broadcaster",
        "ChannelAccess",
        "Event",
        "LocalBroadcaster",
        "LoggedEvent",
        "PostgresBroadcaster",
        "Retention",
        "Subscription",
        "event_schema",
    ] == dualschema.events.__all__


@pytest.mark.parametrize("module", ["dualschema", *MODULES])
def test_every_name_in_all_is_there_once(module: str) -> None:
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", [])

    assert len(names) == len(set(names))
    assert [] == [name for name in names if not hasattr(loaded, name)]


def test_importing_the_package_imports_no_extra_and_no_driver() -> None:
    names = (
        *(
            "alembic",
            "apsw",
            "cryptography",
            "hypothesis",
            "httpx",
            "jwt",
            "psycopg",
            "pydantic_settings",
            "pytest",
            "rich",
        ),
        *("sqlite3", "sse_starlette", "starlette", "typer", "uvicorn"),
    )
    code = f"import sys, dualschema; print([n for n in {names!r} if n in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )

    assert "[]" == done.stdout.strip()
    assert "" == done.stderr


def test_the_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert version("dualschema") == ds.__version__
