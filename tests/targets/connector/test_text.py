"""The connector's text: typed, formatted, and what it takes from schema and options."""

from __future__ import annotations

import json
import subprocess
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.errors import GenerationError
from dualschema.naming import column_name_fault, table_name_fault
from dualschema.targets import generate
from tests.fixtures.node import PACKAGES, link_packages, node_program
from tests.targets.connector.client import Process
from tests.targets.golden_cases import schema_of

MODULE_NAMES = ("@powersync/web", "@powersync/node", "@powersync/react-native", "@powersync/common")


def connector(schema: ds.Schema, **options: Any) -> str:
    """Return the text of a connector."""
    (file,) = generate(schema, "connector", options=options)
    return file.text


STRICT = (
    *("strict", "noEmit", "skipLibCheck", "isolatedModules", "verbatimModuleSyntax"),
    *("exactOptionalPropertyTypes", "noUncheckedIndexedAccess", "noUnusedLocals"),
    *("noPropertyAccessFromIndexSignature", "noUnusedParameters", "noImplicitReturns"),
    *("erasableSyntaxOnly", "noFallthroughCasesInSwitch", "noImplicitOverride"),
)


def configuration(folder: Path, **options: Any) -> None:
    """Write a strict configuration of TypeScript."""
    strict = dict.fromkeys(STRICT, True)
    target = {"target": "es2018", "lib": ["es2018", "dom"], "types": []}
    module = {"module": "nodenext", "moduleResolution": "nodenext"}
    settings = {"compilerOptions": strict | target | module | options, "include": ["*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))


USE = """
import { PowerSyncDatabase } from '@powersync/node';
import { Connector as A, type Decision, type Dropped, type Rejection } from './node.ts';
import { Connector as B } from './common.ts';

declare const database: PowerSyncDatabase;
const onRejected = async (rejection: Rejection): Promise<Decision> =>
  rejection.needsDecision && rejection.operations.length > 3 ? 'drop' : 'retry';
await database.connect(new A({ baseUrl: '', onRejected }));
await database.connect(new B({ baseUrl: '', onRejected: () => {} }));
const onDropped = ({ operations, leftOut, deadLetter }: Dropped): string[] => [
  ...leftOut.map((each) => `${operations[each.operationIndex]?.id} ${each.outcome}`),
  ...leftOut.map(({ errorCode, message }) => `${errorCode ?? ""}: ${message ?? ""}`),
  deadLetter ?? 'none was put aside',
];
new A({ baseUrl: '', onRejected, onDropped: (dropped) => void onDropped(dropped) });
new A({ baseUrl: '', onRejected, onDropped: async () => {} });
// @ts-expect-error: what was dropped stays so
new A({ baseUrl: '', onRejected, onDropped: () => 'retry' as const });
// @ts-expect-error: the application must say what becomes of a refused transaction
new A({ baseUrl: '' });
// @ts-expect-error: no such decision
new A({ baseUrl: '', onRejected: () => 'ignore' });
"""


def test_it_is_strictly_typed_against_the_sdk(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"type": "module"}')
    link_packages(tmp_path)
    schema = schema_of("everything")
    for name in ("node", "common"):
        text = connector(schema, module=f"@powersync/{name}")
        (tmp_path / f"{name}.ts").write_text(text, "utf-8")
    (tmp_path / "use.ts").write_text(USE)
    configuration(tmp_path, allowImportingTsExtensions=True, target="es2022")

    command = [str(node_program()), str(PACKAGES / "typescript" / "bin" / "tsc"), "-p", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("module", MODULE_NAMES)
def test_the_sdk_is_an_option_and_nothing_else_is_imported(module: str) -> None:
    lines = connector(schema_of("timers"), module=module).split("\n")
    assert [f"}} from '{module}';"] == [line for line in lines if " from '" in line]
    assert ["import type {"] == [line for line in lines if line.startswith("import ")]


def test_tables_that_stay_on_the_client_are_not_sent() -> None:
    text = connector(schema_of("everything"))
    begin = text.index("const TABLES")
    assert (
        "const TABLES = new Map<string, readonly string[]>([\n"
        "  ['everything', ['ratio']],\n"
        "  ['native_things', []],\n"
        "  ['owners', []],\n"
        "  ['dates', []],\n"
        "]);\n"
    ) == text[begin : text.index("\n\n", begin) + 1]


def test_the_endpoints_are_options() -> None:
    text = connector(schema_of("timers"), data_path="/it's/data", token_path="/" + "t" * 80)
    assert 'const DATA_PATH = "/it\'s/data";\n' in text
    assert f"const TOKEN_PATH =\n  '/{'t' * 80}';\n" in text


@pytest.mark.parametrize("path", ["", "api", "https://example.com", "/a b", "/é", "/\n", "/a#b"])
def test_an_endpoint_is_the_path_of_a_url(path: str) -> None:
    with pytest.raises(GenerationError, match="option token_path: this is no path of a URL"):
        connector(schema_of("timers"), token_path=path)


letters = st.sampled_from("ab_$-/\\`{}()*;:<>&|é名😀'\u2028\u00a0\u0301Z9")
names = st.text(letters, min_size=1, max_size=15) | st.text("wi名_", min_size=1, max_size=21)
paths = st.from_regex(r"/[a-z0-9._~!$&'()*+,;=:@%/?-]{0,80}", fullmatch=True)


def fill(body: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Return what puts a body into a class."""
    return lambda space: space.update(body)


@st.composite
def schemas(draw: st.DrawFn) -> ds.Schema:
    """Draw tables with columns of floats, with any names."""
    tables = []
    is_table = names.filter(lambda name: table_name_fault(name) is None)
    is_column = names.filter(lambda name: column_name_fault(name) is None and name != "id")
    for number, name in enumerate(draw(st.lists(is_table, max_size=4, unique_by=str.casefold))):
        body: dict[str, Any] = {
            "__module__": __name__,
            "__annotations__": {"key_": ds.Column[str]},
            "key_": ds.column(primary_key=True, name="id"),
        }
        columns = st.lists(is_column, max_size=6, unique_by=str.casefold)
        for place, column in enumerate(draw(columns)):
            body["__annotations__"][f"c{place}"] = ds.Column[float]
            body[f"c{place}"] = ds.column(name=column, json_name=f"c{place}")
        tables.append(types.new_class(f"Table{number}", (ds.Table,), {"name": name}, fill(body)))
    return ds.Schema(*tables)


@given(schema=schemas(), data_path=paths, token_path=paths)
def test_any_names_and_paths_keep_their_meaning_and_the_format(
    reader: Process, schema: ds.Schema, data_path: str, token_path: str
) -> None:
    text = connector(schema, data_path=data_path, token_path=token_path)

    tables = [
        [table.name, [column.name for column in table.columns if column.name != "id"]]
        for table in schema.model.tables
    ]
    assert [tables, data_path, token_path] == reader.call("constants", text=text)
    assert text == reader.call("format", text=text)
