"""``connector``: a TypeScript connector that gets PowerSync its tokens and uploads its queue.

The TypeScript stands beside: ``connector.ts``, and what it knows of the API in ``write_api.ts``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

from dualschema.column_type import ClientKind
from dualschema.errors import GenerationError
from dualschema.generator import GeneratedFile, Target, client_columns, client_tables
from dualschema.languages.typescript.spelling import fits, header, quoted, text_of
from dualschema.model import SchemaModel, Sync

__all__ = ["CONNECTOR", "ConnectorOptions"]

_NAME: Final = "connector"

# What ``connector.ts`` says where a schema, or an option, has its say.
_MODULE: Final = "'@powersync/common'"
_TABLES: Final = "const TABLES = new Map<string, readonly string[]>();"
_DATA_PATH: Final = "'/api/data'"
_TOKEN_PATH: Final = "'/api/auth/token'"  # noqa: S105  (where tokens are got, and none itself)

# https://www.rfc-editor.org/rfc/rfc3986#section-3.3, and a query behind it.
_PATH: Final = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*")

_IMPORT_OF_OURS: Final = re.compile(r"^import \{[^}]*\} from '\./write_api\.ts';\n", re.MULTILINE)
_EXPORT_OF_OURS: Final = re.compile(r"^export (?=const|function|type)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ConnectorOptions:
    """What the connector is told.

    Attributes:
        module: the SDK's package, of which the file imports types alone.
        data_path: where transactions are posted, below the backend's URL.
        token_path: where tokens are got, below the backend's URL.
    """

    module: Literal[
        "@powersync/web", "@powersync/node", "@powersync/react-native", "@powersync/common"
    ] = "@powersync/web"
    data_path: str = "/api/data"
    token_path: str = "/api/auth/token"  # noqa: S105  (as above)


def _generate(
    model: SchemaModel, path: str, options: ConnectorOptions
) -> tuple[GeneratedFile, ...]:
    text = _template()
    for name, template, given in (
        ("data_path", _DATA_PATH, options.data_path),
        ("token_path", _TOKEN_PATH, options.token_path),
    ):
        if not _PATH.fullmatch(given):
            raise GenerationError(_NAME, f"option {name}: this is no path of a URL, as /api is")
        text = _replaced(text, f"_PATH = {template};", f"_PATH ={_broken(quoted(given), name)};")
    text = _replaced(text, _MODULE, quoted(options.module))
    text = _replaced(text, _TABLES, "\n".join(_tables(model)))
    about = header("The connector of PowerSync to the backend of dualschema.")
    return (GeneratedFile(path, text_of([*about, text])),)


@cache
def _template() -> str:
    """Return the connector with what it imports of the write API below it, as one module."""
    folder = resources.files(__name__)
    connector = folder.joinpath("connector.ts").read_text("utf-8")
    api = folder.joinpath("write_api.ts").read_text("utf-8")
    connector = _IMPORT_OF_OURS.sub("", connector, count=1)
    _, _, api = api.partition("\n\n")  # what it imports, the connector imports as well
    return f"{connector}\n{_EXPORT_OF_OURS.sub('', api)}"


def _replaced(text: str, old: str, new: str) -> str:
    before, found, after = text.partition(old)
    assert found, old  # noqa: S101  (it is our own file)
    return before + new + after


def _broken(value: str, name: str) -> str:
    """Return what follows an equals sign, below it if the line would be too long."""
    line = f"const {name.upper()} = {value};"
    return f" {value}" if fits(line) else f"\n  {value}"


def _tables(model: SchemaModel) -> list[str]:
    """Return the tables that are uploaded, with their columns of floats.

    prettier breaks an array of more than one pair, and one of a single pair if it is too long.
    """
    entries = []
    for table in client_tables(model):
        if table.sync is not Sync.LOCAL_ONLY:
            floats = [
                quoted(column.name)
                for column in client_columns(table)
                if column.model.type.client_kind is ClientKind.REAL
            ]
            entries.append((quoted(table.name), floats))
    head = "const TABLES = new Map<string, readonly string[]>("
    if not entries:
        return [f"{head});"]
    if len(entries) == 1:
        name, floats = entries[0]
        line = f"{head}[[{name}, [{', '.join(floats)}]]]);"
        if fits(line):
            return [line]
    return [f"{head}[", *(line for entry in entries for line in _entry(*entry)), "]);"]


def _entry(name: str, floats: list[str]) -> list[str]:
    line = f"  [{name}, [{', '.join(floats)}]],"
    if fits(line):
        return [line]
    inner = f"    [{', '.join(floats)}],"
    if fits(inner):
        return ["  [", f"    {name},", inner, "  ],"]
    return [
        "  [",
        f"    {name},",
        "    [",
        *(f"      {each}," for each in floats),
        "    ],",
        "  ],",
    ]


CONNECTOR = Target(
    name=_NAME,
    title="a TypeScript connector: PowerSync's tokens, and uploads to the write API",
    path="connector.ts",
    generate=_generate,
    options=ConnectorOptions,
)
