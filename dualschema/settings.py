"""``Settings``: what a process is told by its environment, and by files of the form of ``.env``."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from typing import Any, Final, Literal

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from dualschema.crud import AsyncDatabase, Database, connect, connect_async
from dualschema.engine import find_pooler, normalised
from dualschema.errors import ConfigurationError, MissingExtraError

try:
    from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError
except ModuleNotFoundError:
    raise MissingExtraError("ds.Settings", "server") from None

__all__ = ["ENCODING", "FILES", "Settings", "unreadable"]

FILES: Final = (".env", ".env.local")
"""The files that are read; of two that set a variable, the later one counts."""

ENCODING: Final = "utf-8-sig"
"""Theirs: some editors begin them with a mark that is no part of the first name."""


class Settings(BaseSettings):
    """Settings from variables of the environment, else from ``.env.local``, else from ``.env``.

    The files are those of the folder that the process works in; ``Settings(_env_file=...)`` reads
    others, or with None none. Arguments by the names below count before all of them. A subclass
    adds settings of its own.

    No message, ``repr`` or log shows a secret: ``settings.database_url.get_secret_value()`` does.

    Attributes:
        database_url: ``DATABASE_URL``, which must be set: any URL that ``connect`` takes.
        direct_url: ``DIRECT_URL`` or ``DATABASE_URL_UNPOOLED``: where the server itself answers, if
            ``database_url`` leads to a pooler.
        environment: ``ENVIRONMENT``: what this process is run for.
        application_name: ``APPLICATION_NAME``, which Postgres shows of the connections.
        database_pool_size: ``DATABASE_POOL_SIZE``, and so on: the options of ``connect``.
        database_max_overflow: connections beyond those, at times.
        database_pool_timeout: how long to wait for one, in seconds.
        database_statement_timeout: how long Postgres lets a statement run, in seconds.
        database_pooler: whether a pooler answers that changes servers between transactions.
        database_patience: for how many seconds to try again to connect.

    Raises:
        ConfigurationError: a variable is missing or wrong; the message names it, and no value.
    """

    model_config = SettingsConfigDict(
        env_file=FILES,
        env_file_encoding=ENCODING,
        extra="ignore",  # the files are read by others, too
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    database_url: SecretStr = Field(default=...)  # to type checkers, no argument that must be
    direct_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("direct_url", "database_url_unpooled")
    )
    environment: Literal["development", "production", "test"] = "development"
    application_name: str | None = None
    database_pool_size: int = Field(default=5, ge=1)
    database_max_overflow: int = Field(default=10, ge=0)
    database_pool_timeout: float = Field(default=30, ge=0)
    database_statement_timeout: float | None = Field(default=None, gt=0)
    database_pooler: bool | None = None
    database_patience: float | None = Field(default=None, ge=0)

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            fault = "; ".join(self._sentence(each) for each in faults)
        except SettingsError as error:
            fault = str(error)  # which names the field; what it stands on has the text
        except (UnicodeDecodeError, OSError) as error:
            files = given.get("_env_file", self.model_config.get("env_file")) or ()
            fault = unreadable([files] if isinstance(files, str | PathLike) else files, error)
        else:
            return
        raise ConfigurationError(fault)  # outside of the block: nothing it holds is shown with it

    @field_validator(
        "direct_url",
        "application_name",
        "database_pool_size",
        "database_max_overflow",
        "database_pool_timeout",
        "database_statement_timeout",
        "database_pooler",
        "database_patience",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: Any, info: ValidationInfo) -> Any:
        return cls.model_fields[str(info.field_name)].default if value == "" else value

    @field_validator("database_url", "direct_url")
    @classmethod
    def _is_url(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            if not value.get_secret_value().strip():
                raise PydanticCustomError("empty", "is empty")
            normalised(value.get_secret_value())
        return value

    def connect(self, **options: Any) -> Database:
        """Return a database at ``database_url``.

        Args:
            options: those of ``ds.connect``, before what the settings say.

        Raises:
            StatementError: as of ``ds.connect``.
        """
        return connect(self.database_url.get_secret_value(), **self._options(options))

    def connect_async(self, **options: Any) -> AsyncDatabase:
        """Return an asynchronous database at ``database_url``.

        Args:
            options: those of ``ds.connect_async``, before what the settings say.

        Raises:
            StatementError: as of ``ds.connect``.
            MissingExtraError: greenlet is not installed, which SQLAlchemy needs for asyncio.
        """
        return connect_async(self.database_url.get_secret_value(), **self._options(options))

    def direct(self, what: str = "migrations") -> str:
        """Return the URL of the server itself, password and all: that of no pooler.

        Args:
            what: what it is wanted for, in the plural: a sentence's subject.

        Raises:
            ConfigurationError: there is none; the message names the server's host, where the
                pooler's tells it.
        """
        if self.direct_url is not None:
            url, pooler = self.direct_url.get_secret_value(), None
            name = "DIRECT_URL"
        else:
            url, pooler = self.database_url.get_secret_value(), self.database_pooler
            name = "DATABASE_URL"
        found = find_pooler(url, said=pooler)
        if found is not None:
            raise ConfigurationError(f"{name}: {found.refusal(what)}, as DIRECT_URL")
        return url

    def _options(self, others: dict[str, Any]) -> dict[str, Any]:
        return {
            "pool_size": self.database_pool_size,
            "max_overflow": self.database_max_overflow,
            "pool_timeout": self.database_pool_timeout,
            "application_name": self.application_name,
            "statement_timeout": self.database_statement_timeout,
            "pooler": self.database_pooler,
            "patience": self.database_patience,
            **others,
        }

    @classmethod
    def _sentence(cls, fault: ErrorDetails) -> str:
        """Say what is wrong with a variable; pydantic's own words hold no value."""
        first, *rest = map(str, fault["loc"])
        prefix = cls.model_config.get("env_prefix", "") if first in cls.model_fields else ""
        name = ".".join([f"{prefix}{first}".upper(), *rest])
        context = fault.get("ctx", {})
        match fault["type"]:
            case "missing":
                return f"{name} is not set: set it in the environment, or in .env or .env.local"
            case "empty":
                return f"{name} is empty"
            case "literal_error" | "enum":
                return f"{name} must be {context['expected']}"
            case "value_error":
                return f"{name}: {context['error']}"
            case _:
                return f"{name}: {fault['msg']}"


def unreadable(files: Iterable[str | PathLike[str]], error: UnicodeDecodeError | OSError) -> str:
    """Say in a sentence why files with variables cannot be read."""
    names = " or ".join(map(str, files))
    if isinstance(error, OSError):
        return f"{error.filename or names} cannot be read: {error.strerror}"
    return f"{names} is no text in UTF-8"
