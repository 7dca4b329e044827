"""The documentation against the code: what is public is described, what is shown is what comes."""

import dataclasses
import inspect
import io
import operator
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import get_args
from unittest import SkipTest
from xml.etree import ElementTree as ET

import pytest
from sybil import Document, Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

import dev
import dualschema.asgi
import dualschema.codegen
import dualschema.compatibility
import dualschema.crud
import dualschema.doctor
import dualschema.embedded
import dualschema.errors
import dualschema.events
import dualschema.migrate
import dualschema.pull
import dualschema.studio
import dualschema.testing
import dualschema.tokens
import dualschema.upload
import dualschema.upload.wire
from dualschema.column_type import ColumnType, PostgresStyle, TypeOptions
from dualschema.declare.table import TableMeta
from dualschema.targets import ALL_TARGETS
from dualschema.types import ALL_TYPES
from dualschema.upload.faults import SQLITE_FAMILIES, SQLSTATE_CLASSES, Fault

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.glob("**/*.md"))]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"\s*^```(?:sql|json|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def described(page: str) -> set[str]:
    """Return what a page names as code, outside of its blocks."""
    return set(re.findall(r"`(\w+)`", BLOCK.sub("", text_of(page))))


def entries() -> dict[str, object]:
    """Return what the page of public names has an entry for."""
    found = re.findall(r"^\.\. (?:auto\w+|data):: ([\w.]+)", text_of("docs/api.md"), re.MULTILINE)
    paths = [path if "." in path else f"dualschema.{path}" for path in found]
    assert len(paths) == len(set(paths)), "an entry stands twice"
    return {
        path: operator.attrgetter(path.removeprefix("dualschema."))(dualschema) for path in paths
    }


@pytest.mark.parametrize(
    "module",
    [
        dualschema,
        dualschema.asgi,
        dualschema.codegen,
        dualschema.compatibility,
        dualschema.crud,
        dualschema.doctor,
        dualschema.embedded,
        dualschema.events,
        dualschema.migrate,
        dualschema.pull,
        dualschema.studio,
        dualschema.testing,
        dualschema.tokens,
        dualschema.upload,
        dualschema.upload.wire,
    ],
)
def test_every_public_name_has_an_entry(module: object) -> None:
    public = {f"{module.__name__}.{name}" for name in module.__all__}  # type: ignore[attr-defined]  # each has one
    elsewhere = {f"dualschema.embedded.{name}" for name in dualschema.errors.__all__}
    elsewhere |= {f"dualschema.crud.{name}" for name in dualschema.__all__}
    assert set() == public - elsewhere - entries().keys()


def test_every_option_of_a_column_is_described() -> None:
    options = inspect.signature(dualschema.column).parameters
    assert set() == options.keys() - described("docs/definition.md")


def test_every_option_of_a_table_is_described() -> None:
    parameters = inspect.signature(TableMeta.__new__).parameters.values()
    options = {each.name for each in parameters if each.kind is each.KEYWORD_ONLY}
    assert "view_name" in options
    assert set() == options - described("docs/definition.md")


def test_every_option_of_a_type_is_described() -> None:
    options = {option for kind in ALL_TYPES for option in kind.options}
    assert set() == options - described("docs/definition.md")


def test_every_task_is_named_for_contributors() -> None:
    text = text_of("CONTRIBUTING.md")
    assert [] == [task for task in dev.TASKS if f"`python3 dev.py {task}`" not in text]


def test_what_contributors_are_sent_to_exists() -> None:
    path = r"`((?:dualschema|tests|docs|examples)/[\w./]*)`"
    paths = re.findall(path, text_of("CONTRIBUTING.md"))
    assert len(paths) > 10
    assert [] == [path for path in paths if not (ROOT / path).exists()]


def test_the_picture_of_the_floors_is_that_of_the_linter() -> None:
    picture = BLOCK.search(text_of("docs/architecture.md"))
    assert picture is not None
    drawn = [line.split() for line in picture[2].splitlines()]
    settings = tomllib.loads(text_of("pyproject.toml"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    assert [layer.split(" | ") for layer in layers] == drawn
    modules = {module for floor in drawn for module in floor}
    assert set() == modules - described("docs/architecture.md")


def test_the_readme_begins_with_the_two_commands() -> None:
    assert ["demo", "test"] == re.findall(r"python3 dev\.py (\w+)", text_of("README.md"))[:2]


@pytest.mark.parametrize(
    "path",
    [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [] == [target for target in targets if not (path.parent / target).exists()]


def parsed(path: Path) -> Document:
    sybil = Sybil(parsers=[PythonCodeBlockParser(), SkipParser()], path=str(ROOT), pattern="*.md")
    return sybil.parse(path)


def outputs(document: Document) -> Iterator[tuple[int, str, str]]:
    """Run a document's blocks; give each one's line, what stands below it, and what it printed."""
    for example in document.examples():
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                example.evaluate()
        except SkipTest:
            continue
        below = OUTPUT.match(document.text, example.region.end)
        out = printed.getvalue()
        yield example.line, below[1] if below else "", out and out.rstrip("\n") + "\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if re.search(r"^ *print\(", path.read_text("utf-8"), re.MULTILINE)],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_what_stands_below_a_block_is_what_it_prints(path: Path) -> None:
    """It stands in a ``sql``, ``json`` or ``text`` block, without empty lines at the end."""
    for line, shown, printed in outputs(parsed(path)):
        assert shown == printed, f"{path.name}:{line}"


def as_documented(kind: type[ColumnType]) -> list[list[str]]:
    """Return a type's two rows in the table of values."""
    annotation, options = kind.samples[0]
    made = kind.claim(annotation, TypeOptions(**options))
    assert made is not None
    stored = []
    for style in PostgresStyle:
        name, arguments = made.postgres_type(style)
        brackets = f"({', '.join(map(str, arguments))})" if arguments else ""
        stored.append(name.value + brackets)
    return [[kind.name, kind.example, *stored, kind.storage.value], [kind.notes.replace("`", "")]]


@pytest.mark.slow
def test_the_tables_of_values_and_targets_equal_the_registries(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    as_it_is = ["-b", "xml", "-D", "xml_pretty=0", "-D", "smartquotes=0"]
    options = ["-W", "-n", "-q", "-d", str(tmp_path / "cache"), *as_it_is]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(tmp_path / "xml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    expected = [row for kind in ALL_TYPES for row in as_documented(kind)]
    assert expected == rows_of(tmp_path / "xml" / "values.xml", "value-table")
    targets = [[target.name, target.title, target.path] for target in ALL_TARGETS]
    assert targets == rows_of(tmp_path / "xml" / "codegen.xml", "target-table")


def rows_of(page: Path, kind: str) -> list[list[str]]:
    """Return the cells of a page's table, without its head."""
    tables = ET.parse(page).iter("table")
    table = next(each for each in tables if kind in each.get("classes", ""))
    return [["".join(entry.itertext()) for entry in row] for row in table.iter("row")][1:]


def test_every_option_of_codegen_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.codegen import codegen

    page = text_of("docs/codegen.md")
    names = {"as_json": "json", "listing": "list", "watching": "watch"}
    options = {names.get(each, each) for each in inspect.signature(codegen).parameters}
    options -= {"sources", "targets"}
    assert [] == [option for option in sorted(options) if f"`--{option}" not in page]


def test_every_option_of_pull_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.pull import pull

    page = text_of("docs/pull.md")
    names = (each.removeprefix("as_") for each in inspect.signature(pull).parameters)
    options = [name.replace("_", "-") for name in names]
    assert [] == [option for option in options if f"`--{option}`" not in page]


def test_every_option_of_the_commands_for_keys_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.keys import KEYS

    page = text_of("docs/tokens.md")
    callbacks = [command.callback for command in KEYS.registered_commands if command.callback]
    options = {name for each in callbacks for name in inspect.signature(each).parameters}
    shown = {name.removeprefix("as_") for name in options}
    assert {"file", "algorithm", "overlap", "revoke", "json", "debug"} == shown
    assert [] == [name for name in sorted(shown) if f"`--{name}" not in page]
    names = [
        each.name or getattr(each.callback, "__name__", "") for each in KEYS.registered_commands
    ]
    assert [] == [name for name in names if f"`dualschema keys {name}`" not in page]


def test_every_option_of_the_studio_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.studio import studio

    page = text_of("docs/studio.md")
    names = (name.removeprefix("as_") for name in inspect.signature(studio).parameters)
    options = {name.replace("_", "-") for name in names}
    assert {"database", "schema", "port", "write", "no-open", "json", "debug"} == options
    assert [] == [name for name in sorted(options) if f"`--{name}" not in page]


def test_every_option_of_the_doctor_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.doctor import doctor

    page = text_of("docs/doctor.md")
    names = {name.removeprefix("as_") for name in inspect.signature(doctor).parameters}
    options = {name.replace("_", "-") for name in names}
    assert {"database", "client", "sync-config", "schema", "json", "debug"} == options
    assert [] == [name for name in sorted(options) if f"\n| `--{name}" not in page]


def test_every_option_of_the_commands_for_postgres_is_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.migrations import generate, migrate, rollback, status
    from dualschema.cli.push import push

    page = text_of("docs/migrations.md")
    commands = (push, generate, migrate, status, rollback)
    options = {name for each in commands for name in inspect.signature(each).parameters}
    shown = {name.removeprefix("as_").replace("_", "-") for name in options}
    shown = shown - {"name"} | {"message"}
    assert {"yes", "dry-run"} <= shown
    assert [] == [name for name in sorted(shown) if f"`--{name}" not in page]


def test_every_command_for_dead_letters_and_its_options_are_described() -> None:
    pytest.importorskip("typer")
    from dualschema.cli.dead_letters import DEAD_LETTERS

    page = text_of("docs/uploads.md")
    commands = [each.callback for each in DEAD_LETTERS.registered_commands]
    signatures = [inspect.signature(each) for each in commands if each]
    options = {name for each in signatures for name in each.parameters}
    names = {"as_json": "json", "everything": "all", "with_blocked": "with-blocked"}
    shown = {names.get(each, each) for each in options} - {"given", "letter"}
    assert {"all", "database", "debug", "json", "state", "user", "with-blocked"} == shown
    assert [] == [name for name in sorted(shown) if f"\n| `--{name}" not in page]
    for name in ("list", "show", "replay", "discard"):
        assert f"\n| `dualschema dead-letters {name}` | " in page
    assert 4 == len(commands)


def test_every_rule_of_a_table_and_every_limit_is_described() -> None:
    page = text_of("docs/uploads.md")
    rules = [each.name for each in dataclasses.fields(dualschema.UploadRules)]
    assert [] == [rule for rule in rules if f"\n`{rule}`\n: " not in page]
    limits = dataclasses.asdict(dualschema.upload.Limits())
    written = {16 * 1024 * 1024: "16 MiB", 20_000: "20,000"}
    for name, limit in limits.items():
        assert f"\n| `{name}` | {written.get(limit, limit)}" in page


def test_the_table_of_codes_is_that_of_the_code() -> None:
    page = text_of("docs/uploads.md")
    shown = dict(re.findall(r"^\| `(\d\d)` \| .* \| (\w+) \|$", page, re.MULTILINE))
    words = {Fault.RETRY: "retry", Fault.FATAL: "refuse"}
    assert {code: words[fault] for code, fault in SQLSTATE_CLASSES.items()} == shown
    families = [name.removeprefix("SQLITE_") for name in SQLITE_FAMILIES]
    assert [] == [name for name in families if f"`{name}`" not in page]


def test_every_reason_to_refuse_a_token_is_described() -> None:
    page = text_of("docs/tokens.md")
    reasons = get_args(dualschema.errors.server.TokenFault)
    assert len(reasons) > 10
    assert [] == [reason for reason in reasons if f"\n| `{reason}` | " not in page]
