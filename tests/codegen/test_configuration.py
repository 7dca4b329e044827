"""What pyproject.toml says, and what stands above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dualschema.codegen import Configuration, Output, override, read_configuration
from dualschema.errors import ConfigurationError


def configured(folder: Path, text: str) -> Configuration:
    (folder / "pyproject.toml").write_bytes(text.encode())
    return read_configuration(folder)


def test_each_form_of_an_output_is_read_in_order(tmp_path: Path) -> None:
    text = """
        [tool.dualschema]
        schema = "app.schema:schema"

        [tool.dualschema.targets]
        sql = "sql/"
        typescript = { path = "client/schema.ts", module = "@powersync/node" }
        json-schema = {}
        dart = ["one.dart", { path = "two.dart" }]

        [[tool.dualschema.targets.rust]]
        path = "a.rs"
        [[tool.dualschema.targets.rust]]
        path = "b.rs"
        derive = ["Debug"]
    """

    assert Configuration(
        tmp_path,
        "app.schema:schema",
        (
            Output("sql", "sql/"),
            Output("typescript", "client/schema.ts", {"module": "@powersync/node"}),
            Output("json-schema"),
            Output("dart", "one.dart"),
            Output("dart", "two.dart"),
            Output("rust", "a.rs"),
            Output("rust", "b.rs", {"derive": ["Debug"]}),
        ),
    ) == configured(tmp_path, text)


def test_an_uploader_is_named_beside_the_schema(tmp_path: Path) -> None:
    text = '[tool.dualschema]\nschema = "a:b"\nuploader = "app.server:uploader"\n'

    found = configured(tmp_path, text)

    assert ("a:b", "app.server:uploader") == (found.schema, found.uploader)
    assert "app.server:uploader" == override(found, schema="c:d").uploader


def test_line_ends_and_byte_order_marks_of_windows_do_not_matter(tmp_path: Path) -> None:
    text = '\ufeff[tool.dualschema]\r\nschema = "a:b"\r\n'

    assert "a:b" == configured(tmp_path, text).schema


def test_the_nearest_file_that_speaks_of_us_counts(tmp_path: Path) -> None:
    inner = tmp_path / "server" / "app"
    inner.mkdir(parents=True)
    configured(tmp_path, '[tool.dualschema]\nschema = "a:b"\n')
    (tmp_path / "server" / "pyproject.toml").write_text("[project]\n")

    assert Configuration(tmp_path, "a:b") == read_configuration(inner)


def test_without_our_section_the_nearest_file_marks_the_project(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert Configuration(inner) == read_configuration(inner)

    (tmp_path / "a" / "pyproject.toml").write_text("[project]\n")
    assert Configuration(tmp_path / "a") == read_configuration(inner)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("dualschema = 3", "[tool.dualschema] is to be a table"),
        (
            "[tool.dualschema]\nshema = ''",
            "[tool.dualschema] has no key 'shema'; did you mean schema?",
        ),
        (
            "[tool.dualschema]\nzzz = ''",
            (
                "[tool.dualschema] has no key 'zzz'; it may have schema, uploader, targets, "
                "publication, migrations, released"
            ),
        ),
        (
            "[tool.dualschema]\nschema = 1",
            '[tool.dualschema] schema is to be a text: "package.module:attribute"',
        ),
        (
            "[tool.dualschema]\nuploader = {}",
            '[tool.dualschema] uploader is to be a text: "app.server:uploader"',
        ),
        (
            "[tool.dualschema]\npublication = 'yes'",
            "[tool.dualschema] publication is to be true or false",
        ),
        (
            "[tool.dualschema]\nmigrations = ''",
            '[tool.dualschema] migrations is to be a folder: "migrations"',
        ),
        (
            '[tool.dualschema]\nmigrations = "a\\u0000b"',
            '[tool.dualschema] migrations is to be a folder: "migrations"',
        ),
        (
            '[tool.dualschema]\nschema = "a\\u0000b.py:schema"',
            '[tool.dualschema] schema is to be a text: "package.module:attribute"',
        ),
        (
            "[tool.dualschema]\nreleased = ['a']",
            '[tool.dualschema] released is to be a file: "schema.released.json"',
        ),
        (
            "[tool.dualschema]\ntargets = ['sql']",
            '[tool.dualschema.targets] is to be a table: typescript = "client/src/schema.ts"',
        ),
        (
            "[tool.dualschema.targets]\nsql = 1",
            (
                '[tool.dualschema.targets] sql is to be a path, a table ({path = "..."}), '
                "or an array of them"
            ),
        ),
        (
            "[tool.dualschema.targets]\nsql = {path = 1}",
            "[tool.dualschema.targets] the path of sql is to be a text that is not empty",
        ),
        (
            "[tool.dualschema.targets]\nsql = ' '",
            "[tool.dualschema.targets] the path of sql is to be a text that is not empty",
        ),
    ],
)
def test_a_fault_says_what_may_stand_there(tmp_path: Path, text: str, reason: str) -> None:
    whole = f"[tool]\n{text}" if text.startswith("dualschema") else text
    with pytest.raises(ConfigurationError) as caught:
        configured(tmp_path, whole)

    assert f"pyproject.toml: {reason}" == str(caught.value)


@pytest.mark.parametrize("data", [b"[tool", b"a = '\xff'"])
def test_what_is_no_toml_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "pyproject.toml").write_bytes(data)

    with pytest.raises(ConfigurationError, match=r"pyproject\.toml is no TOML: "):
        read_configuration(tmp_path)


BASE = Configuration(
    Path("/p"),
    "a:b",
    (Output("sql", "s/", {"x": 1}), Output("rust", "a.rs"), Output("rust", "b.rs")),
)


def test_targets_are_picked_in_the_configurations_order() -> None:
    found = override(BASE, targets=["rust", "sql", "dart", "dart"])

    assert (*BASE.outputs, Output("dart")) == found.outputs
    assert BASE.outputs[1:] == override(BASE, targets=["rust"]).outputs


def test_a_place_replaces_the_configured_one_and_keeps_the_options() -> None:
    found = override(BASE, places=[("sql", "t/"), ("dart", "x"), ("sql", "u/")])

    assert (
        Output("sql", "t/", {"x": 1}),
        Output("sql", "u/", {"x": 1}),
        *BASE.outputs[1:],
        Output("dart", "x"),
    ) == found.outputs


def test_a_place_for_one_of_several_outputs_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="rust is configured more than once"):
        override(BASE, places=[("rust", "c.rs")])


def test_the_schema_is_replaced() -> None:
    assert "c:d" == override(BASE, schema="c:d").schema
    assert BASE == override(BASE)
