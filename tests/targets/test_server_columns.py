"""Columns that the server alone sets: NULL in a client's row until it comes back from there."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

import dualschema as ds
from dualschema.targets import ALL_TARGETS, generate
from tests.fixtures.node import Node
from tests.targets import syntax
from tests.targets.parsing import faults
from tests.targets.rust_programs import compile_program


class Entry(ds.Table, name="entries"):
    """Three columns of the server's, none of which has NULL there."""

    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    title: ds.Column[str]
    place: ds.Column[int] = ds.column(writable="server")
    is_seen: ds.Column[bool] = ds.column(default=False, writable="server")
    extra: ds.Column[Any] = ds.column(writable="server")
    author: ds.Column[str] = ds.column(default="", writable="create")


SCHEMA = ds.Schema(Entry)

SAID = {
    "typescript": [
        "  place: number | null;\n",
        "  isSeen: boolean | null;\n",
        "  extra: Exclude<JsonValue, null> | typeof JSON_NULL | null;\n",
        "export interface NewEntry {\n  id?: string;\n  title: string;\n  author?: string;\n}\n",
        "  Omit<Entry, 'id' | 'place' | 'isSeen' | 'extra' | 'author'>\n>;\n",
        "    place: orNull(row.place, 'entries.place', wholeNumber),\n",
        "    place: null,\n    isSeen: null,\n    extra: null,\n",
    ],
    "dart": [
        "  final int? place;\n",
        "  final bool? isSeen;\n",
        "    String? id,\n    required String title,\n    String author = '',\n  }) {\n",
        "      place: null,\n      isSeen: null,\n      extra: null,\n",
        "stored.wholeOrNull('place', ",
    ],
    "kotlin": [
        "    val place: Int? = null,\n",
        "    val isSeen: Boolean? = null,\n",
        "    val extra: JsonElement? = null,\n",
        'row.wholeOrNull("place") ',
    ],
    "swift": [
        "  var place: Int?\n",
        "  var isSeen: Bool?\n",
        '.lowercased(), title: String, author: String = "") {\n',
        "    self.place = nil\n    self.isSeen = nil\n    self.extra = nil\n",
        'self.place = try cells.optional("place", ',
    ],
    "csharp": [
        "    public int? Place { get; init; }\n",
        "    public bool? IsSeen { get; init; }\n",
        "    public JsonElement? Extra { get; init; }\n",
    ],
    "rust": [
        "    pub place: Option<i32>,\n",
        "    pub is_seen: Option<bool>,\n",
        "    pub fn new(title: String) -> Self {\n",
        "            place: None,\n            is_seen: None,\n            extra: None,\n",
        'place: cells.optional("place", ',
    ],
}
"""What each language says of them."""

CLASSES = ("dart", "kotlin", "swift", "csharp", "rust")
"""The languages whose code says in words what becomes of a column."""


def text_of(target: str, **options: Any) -> str:
    (file,) = generate(SCHEMA, target, options=options)
    return file.text


@pytest.mark.parametrize("target", SAID)
def test_it_may_be_null_and_no_new_row_names_it(target: str) -> None:
    text = text_of(target)
    assert [] == [said for said in SAID[target] if said not in text]


@pytest.mark.parametrize("target", CLASSES)
def test_the_code_says_so(target: str) -> None:
    text = text_of(target)
    assert 3 == text.count("The server alone sets it.")
    assert 1 == text.count("The server takes it with a new row only.")


def test_every_target_of_rows_is_asked() -> None:
    orms = {"kysely", "zod", "drizzle-sqlite"}
    assert {*SAID, *orms} <= {target.name for target in ALL_TARGETS}


def test_drizzle_fills_in_nothing_of_the_servers() -> None:
    assert "isSeen: integer('is_seen', { mode: 'boolean' }),\n" in text_of("drizzle-sqlite")


@pytest.mark.parametrize("language", ["swift", "csharp", "rust"])
def test_it_parses(language: str) -> None:
    assert [] == faults(language, text_of(language))


@pytest.mark.parametrize("language", ["dart", "kotlin"])
def test_it_parses_in_the_other_grammars(language: str) -> None:
    assert [] == syntax.faults(language, text_of(language))


ROW = {"id": "a", "title": "t", "place": None, "is_seen": None, "extra": None, "author": ""}

SCRIPT = """
import { decodeEntry, encodeEntry, encodeEntryPatch, checkEntry, newEntry } from './entries.ts';
const made = newEntry({ id: 'a', title: 't' });
const stored = encodeEntry(made);
const same = encodeEntry(decodeEntry(stored));
const patch = encodeEntryPatch({ ...made, title: 'u', place: 5 });
console.log(JSON.stringify([stored, same, patch, checkEntry(made)]));
"""


def test_typescript_runs(node: Node) -> None:
    text = text_of("typescript", module="@powersync/common")
    node.write({"entries.ts": text, "entries.mjs": SCRIPT})
    node.tsc()
    node.prettier("entries.ts")
    assert [ROW, ROW, {"title": "u"}, []] == json.loads(node.run("entries.mjs"))


PROGRAM = """
fn main() {
    let row = generated::Entry::new("t".into());
    assert!(row.place.is_none() && row.is_seen.is_none() && row.extra.is_none());
    println!("{}", row.to_params().unwrap().len());
}
"""


def test_rust_runs(tmp_path: Path) -> None:
    program = compile_program(tmp_path, text_of("rust"), PROGRAM)
    done = subprocess.run([program], capture_output=True, text=True, check=True)
    assert "6\n" == done.stdout
