"""The documentation against the code: what is public is described, what is shown is what comes."""

import inspect
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from unittest import SkipTest
from xml.etree import ElementTree

import pytest
from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

import dev
import dualschema as ds
import dualschema.testing
from dualschema import errors
from dualschema.column_type import PostgresStyle
from dualschema.declare.table import TableMeta
from dualschema.types import ALL_TYPES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DOCUMENTS = [ROOT / "README.md", *sorted(DOCS.glob("**/*.md"))]

_OUTPUT = re.compile(r"\s*^```(?:sql|json|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def described(page: str) -> set[str]:
    """Return what a page has in code type, each up to its first bracket or equals sign."""
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text("utf-8"), flags=re.DOTALL | re.M)
    return {re.split(r"[(=\[]", span)[0] for span in re.findall(r"`([^`\n]+)`", text)}


def documented_objects() -> set[str]:
    """Return what the page of public names has an entry for."""
    text = (DOCS / "api.md").read_text("utf-8")
    return set(re.findall(r"^\.\. auto\w+:: (\S+)$", text, flags=re.MULTILINE))


@pytest.mark.parametrize("module", [ds, dualschema.testing, dualschema.embedded])
def test_every_public_name_has_an_entry(module: object) -> None:
    public = {f"{module.__name__}.{name}" for name in module.__all__}  # type: ignore[attr-defined]
    public -= {f"dualschema.embedded.{name}" for name in errors.__all__}  # they stand once
    assert set() == public - documented_objects()


def test_no_entry_is_for_what_does_not_exist() -> None:
    for path in documented_objects():
        module, _, name = path.rpartition(".")
        assert hasattr(sys.modules[module], name), path


def test_every_option_of_a_column_is_described() -> None:
    options = inspect.signature(ds.column).parameters
    assert set() == options.keys() - described("docs/definition.md")


def test_every_option_of_a_table_is_described() -> None:
    signature = inspect.signature(TableMeta.__new__)
    options = {p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY}
    assert "view_name" in options
    assert set() == options - described("docs/definition.md")


def test_every_task_is_named_for_contributors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert set() == {task for task in dev.TASKS if f"python3 dev.py {task}" not in text}


def test_the_readme_begins_with_the_two_commands() -> None:
    commands = re.findall(r"python3 dev\.py (\w+)", (ROOT / "README.md").read_text("utf-8"))
    assert ["demo", "test"] == commands[:2]


def test_links_between_documents_lead_somewhere() -> None:
    for document in [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:\s]+)[^):\s]*\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_what_stands_below_a_block_is_what_it_prints(path: Path) -> None:
    """A ``python`` block's output stands in the ``sql``, ``json`` or ``text`` block under it."""
    document = Sybil(
        parsers=[PythonCodeBlockParser(), SkipParser()], path=str(ROOT), patterns=["*.md"]
    ).parse(path)
    if not list(_outputs(document.text)):
        pytest.skip("no block of the document prints")
    for example in document.examples():
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                example.evaluate()
        except SkipTest:
            continue
        found = _OUTPUT.match(document.text, _end_of_fence(document.text, example.region.end))
        shown = found[1] if found else ""
        assert shown == _printed(printed.getvalue()), f"{path.name}:{example.line}"


def _outputs(text: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"^```python\n.*?^```$" + _OUTPUT.pattern, text, 24))


def _end_of_fence(text: str, position: int) -> int:
    return position if text.startswith("\n", position) else text.find("\n", position)


def _printed(text: str) -> str:
    """Return what was printed without the empty line that ends it, as a document shows it."""
    return text.rstrip("\n") + "\n" if text else text


@pytest.mark.slow
def test_the_table_of_values_equals_the_registry(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "-b", "xml", "-d", tmp_path / "d"]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(
        [*command, DOCS, tmp_path / "xml"],
        capture_output=True, text=True, check=False, env=environment,
    )
    assert (0, "") == (done.returncode, done.stderr)
    tree = ElementTree.parse(tmp_path / "xml" / "values.xml")
    table = next(t for t in tree.iter("table") if "value-table" in t.get("classes", ""))
    rows = [["".join(entry.itertext()) for entry in row] for row in table.iter("row")]
    header, *body = rows
    assert ["Type", "Python", "Postgres, portable", "Postgres, native", "SQLite"] == header
    assert len(body) == 2 * len(ALL_TYPES)
    for kind, (name, example, portable, native, sqlite), [notes] in zip(
        ALL_TYPES, body[::2], body[1::2], strict=True
    ):
        made = kind.claim_sample() if hasattr(kind, "claim_sample") else None
        assert made is None
        assert (kind.name, kind.example, kind.storage.value) == (name, example, sqlite)
        assert portable and native
        assert kind.notes.replace("`", "") == notes
        assert PostgresStyle
