"""Generated Kotlin: parsed, compiled against stubs of the libraries' signatures, and run."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dualschema as ds
from dualschema.convert import decode, encode
from dualschema.errors import GenerationError
from dualschema.languages.kotlin.spelling import HARD, pattern_everywhere
from dualschema.pattern import compile_pattern
from dualschema.powersync import powersync_schema
from dualschema.schema import Schema
from dualschema.targets import generate
from dualschema.types.json import Json
from tests.fixtures.missing import fail_or_skip
from tests.targets.drawn import drawn_rows
from tests.targets.golden_cases import CASES, every_case, schema_of
from tests.targets.hostile import hostile_schemas, with_columns
from tests.targets.syntax import faults, names_of
from tests.test_pattern import TEXTS, drawn_portable

STUBS = Path(__file__).parent / "kotlin_stubs"
COMPILER = Path(__file__).parents[1] / "node-kotlin" / "node_modules" / "kotlin-compiler" / "lib"

every_option = pytest.mark.parametrize("multiplatform", [False, True])


def kotlin(schema: Schema, **options: Any) -> str:
    return generate(schema, "kotlin", options=options)[0].text


@every_case
@every_option
def test_it_parses(case: str, multiplatform: bool) -> None:
    assert [] == faults("kotlin", kotlin(schema_of(case), multiplatform=multiplatform))


@given(hostile_schemas(), st.booleans())
def test_what_is_hostile_parses(schema: Schema, multiplatform: bool) -> None:
    assert [] == faults("kotlin", kotlin(schema, multiplatform=multiplatform))


@given(hostile_schemas())
def test_no_reserved_word_is_a_name(schema: Schema) -> None:
    assert not names_of("kotlin", kotlin(schema)) & HARD


def test_every_reserved_word_is_escaped() -> None:
    columns: dict[str, Any] = {
        f"c{n}": ds.column(name=word, json_name=word) for n, word in enumerate(sorted(HARD))
    }
    text = kotlin(with_columns(columns))
    assert [] == faults("kotlin", text)
    assert not names_of("kotlin", text) & HARD
    assert "`object`: String" in text
    assert "class_: String" in text, "its getter would be Java's getClass"


# https://kotlinlang.org/docs/keyword-reference.html: soft keywords, modifiers, special identifiers.
SOFT = """
    by catch constructor delegate dynamic field file finally get import init param property receiver
    set setparam value where abstract actual annotation companion const crossinline data enum expect
    external final infix inline inner internal lateinit noinline open operator out override private
    protected public reified sealed suspend tailrec vararg it
""".split()  # noqa: SIM905  (words)


def test_other_words_are_names() -> None:
    text = kotlin(with_columns({word: ds.column() for word in SOFT}))
    assert [] == faults("kotlin", text)
    assert "val value: String" in text


@pytest.mark.parametrize("package", ["", "a b", "a.", "1a", "a;b"])
def test_a_package_has_a_name(package: str) -> None:
    with pytest.raises(GenerationError, match="option package"):
        kotlin(schema_of("timers"), package=package)


def test_a_package_may_hold_a_keyword() -> None:
    assert "\npackage com.`in`.app\n" in kotlin(schema_of("timers"), package="com.in.app")


def test_a_class_that_the_jvm_cannot_load_is_refused() -> None:
    wide = with_columns({f"c{n}": ds.column() for n in range(250)})
    with pytest.raises(GenerationError, match="words: a class of the JVM"):
        kotlin(wide)


@dataclass(frozen=True)
class Variant:
    """A golden case, as one set of options has it."""

    case: str
    multiplatform: bool

    @property
    def package(self) -> str:
        return self.case + ("_everywhere" if self.multiplatform else "_jvm")

    @property
    def tables(self) -> dict[str, type[ds.Table]]:
        """The tables that the client has."""
        known = {table["name"] for table in powersync_schema(schema_of(self.case).model)["tables"]}
        return {
            table.__name__: table
            for table in schema_of(self.case).tables
            if schema_of(self.case).model.by_name[name_of(table)].name in known
        }


def name_of(table: type[ds.Table]) -> str:
    from dualschema.declare.table import binding_of

    return binding_of(table).model.name


VARIANTS = [Variant(case, multiplatform) for case in CASES for multiplatform in (False, True)]

WORDS: dict[str, Any] = {
    word: ds.column(name=word, json_name=word) for word in ("table", "from", "row", *SOFT)
}
"""Columns called as what generated code calls its own."""


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile what the target makes of every golden case, with a main program."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no java, with which the compiler would run")
    if not COMPILER.is_dir():
        fail_or_skip("the Kotlin compiler is not installed: python3 dev.py test --exhaustive")
    folder = tmp_path_factory.mktemp("kotlin")
    sources = [folder / f"{variant.package}.kt" for variant in VARIANTS]
    for variant, source in zip(VARIANTS, sources, strict=True):
        options = {"package": variant.package, "multiplatform": variant.multiplatform}
        source.write_text(kotlin(schema_of(variant.case), **options), "utf-8")
    words = {
        **WORDS,
        **{f"c{n}": ds.column(name=w, json_name=w) for n, w in enumerate(sorted(HARD))},
    }
    (folder / "words.kt").write_text(kotlin(with_columns(words), package="words"), "utf-8")
    (folder / "Dispatch.kt").write_text(dispatch(), "utf-8")
    sources += [folder / "words.kt", folder / "Dispatch.kt", *sorted(STUBS.glob("*.kt"))]
    jar = folder / "out.jar"
    command = [java, "-cp", str(COMPILER / "kotlin-preloader.jar")]
    command += ["org.jetbrains.kotlin.preloading.Preloader"]
    command += ["-cp", str(COMPILER / "kotlin-compiler.jar")]
    command += ["org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-reflect", "-d", str(jar)]
    done = subprocess.run(
        [*command, *map(str, sources)], capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert "warning" not in done.stderr, done.stderr
    return jar


def dispatch() -> str:
    """Return the functions that know the generated classes."""
    schemas = "\n".join(f'"{v.package}" to {v.package}.appSchema,' for v in VARIANTS)
    cases = "\n".join(
        f'"{v.package}.{name}" -> {v.package}.{name}.from(cursor).let '
        '{ mapOf("row" to it.toMap(), "parameters" to it.toParameters(), '
        f'"insert" to {v.package}.{name}.insertSql, '
        f'"equal" to (it == {v.package}.{name}.from(cursor)), '
        '"problems" to it.check().map { found -> "${found.column} ${found.reason}" }) }'
        for v in VARIANTS
        for name in v.tables
    )
    new = 'Everything(text = "t", wholeOrNot = null, madeHere = "m").toMap()'
    news = ", ".join(f'"{v.package}" to {v.package}.{new}' for v in VARIANTS if v.case != "timers")
    return (
        "import com.powersync.db.SqlCursor\n"
        "import com.powersync.db.schema.Schema\n"
        f"fun schemas(): Map<String, Schema> = mapOf({schemas})\n"
        f"fun news(): Map<String, Any?> = mapOf({news})\n"
        "fun again(of: String, cursor: SqlCursor): Map<String, Any?> = when (of) {\n"
        f'{cases}\nelse -> error("no table $of") }}\n'
    )


def run(program: Path, given: list[dict[str, Any]]) -> list[Any]:
    """Run the program; return what it writes: schemas, new rows, then the rows it was given."""
    java = shutil.which("java")
    assert java is not None
    path = f"{program}:{COMPILER / 'kotlin-stdlib.jar'}"
    lines = "".join(json.dumps(each) + "\n" for each in given)
    done = subprocess.run(
        [java, "-cp", path, "MainKt"],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def stored(row: ds.Table) -> dict[str, Any]:
    """Return a row as a client's database has it: its key is called id."""
    from dualschema.declare.table import binding_of

    key = binding_of(type(row)).model.key
    cells = encode(row, "sqlite")
    return {"id": cells.pop(key), **cells}


def drawn(table: type[ds.Table], count: int) -> list[ds.Table]:
    # Bounds within a document are not the strategy's to know.
    fixed = {"row": st.lists(st.integers(0, 9), max_size=3)} if table.__name__ == "Date" else {}
    return drawn_rows(table, count, **fixed)


@pytest.mark.slow
def test_rows_come_back_as_python_wrote_them(program: Path, examples: int) -> None:
    batch = [
        (variant, name, row)
        for variant in VARIANTS
        for name, table in variant.tables.items()
        for row in drawn(table, min(examples, 100))
    ]
    given = [{"of": f"{v.package}.{name}", "row": stored(row)} for v, name, row in batch]
    schemas, _, *made = run(program, given)

    assert {v.package: powersync_schema(schema_of(v.case).model) for v in VARIANTS} == schemas
    for (variant, name, row), found in zip(batch, made, strict=True):
        assert "error" not in found, (name, found, row)
        assert [] == found["problems"], row
        assert found["equal"], row
        assert_same(row, found["row"], type(row))
        assert list(found["row"].values()) == found["parameters"]
        columns = ", ".join(f'"{column}"' for column in found["row"])
        marks = ", ".join("?" for _ in found["row"])
        view = next(
            t for t in schemas[variant.package]["tables"] if t["name"] == name_of(type(row))
        )
        assert f'INSERT INTO "{view["view_name"]}" ({columns}) VALUES ({marks})' == found["insert"]


def assert_same(row: ds.Table, found: dict[str, Any], table: type[ds.Table]) -> None:
    from dualschema.declare.table import binding_of

    model = binding_of(table).model
    wanted = stored(row)
    assert list(wanted) == list(found)
    for column in model.columns:
        name = "id" if column.name == model.key else column.name
        if not isinstance(column.type, Json):
            assert wanted[name] == found[name], column.name
    cells = {**found, model.key: found["id"]}
    if model.key != "id":
        cells.pop("id")
    assert row == decode(table, cells, "sqlite")


SOME_TIME = datetime(2024, 5, 6, 7, 8, 9, 10_000, tzinfo=UTC)


def everything(**cells: Any) -> dict[str, Any]:
    """Return a stored row of the case with every type."""
    from tests.targets.golden.everything.schema import Everything

    return (
        stored(
            Everything(
                id="1",
                made_at=SOME_TIME,
                text="t",
                made_here="m",
                whole_or_not=None,
                by_server=None,
            )
        )
        | cells
    )


READ: list[tuple[dict[str, Any], Any]] = [
    ({"made_at": "2025-09-22 14:29:30Z"}, {"made_at": "2025-09-22T14:29:30.000Z"}),
    ({"made_at": "2025-09-22T14:29:30.123456Z"}, {"made_at": "2025-09-22T14:29:30.123Z"}),
    ({"made_at": "2025-09-22T14:29:30+02"}, {"made_at": "2025-09-22T12:29:30.000Z"}),
    ({"fine_at": "2025-09-22 14:29:30.5Z"}, {"fine_at": "2025-09-22T14:29:30.500000Z"}),
    ({"clock": "05:06:07.5"}, {"clock": "05:06:07.500"}),
    (
        {"token": "ABCDEFAB-0000-0000-0000-000000000001"},
        {"token": "abcdefab-0000-0000-0000-000000000001"},
    ),
    ({"price": "-0.5"}, {"price": "-0.50"}),
]
"""Spellings that the service or another client may send, and what is written of them."""

REFUSED: list[tuple[dict[str, Any], Any]] = [
    ({"text": None}, "everything.text: is NULL"),
    ({"flag": 2}, "everything.flag: is neither 0 nor 1"),
    ({"whole": 2**31}, "everything.whole: is not a whole number of 32 bits"),
    ({"huge": "12.5"}, "everything.huge: is not the text of a whole number"),
    ({"huge": str(2**63)}, "everything.huge: is not a whole number of 64 bits"),
    ({"price": "1e5"}, "everything.price: is not the text of a decimal number"),
    (
        {"made_at": "yesterday"},
        "everything.made_at: is not an instant of the form YYYY-MM-DDTHH:MM:SS.mmmZ",
    ),
    ({"made_at": "2023-02-29T00:00:00Z"}, "everything.made_at: is no instant of the calendar"),
    ({"clock": "24:00:00"}, "everything.clock: is not a time of the form HH:MM:SS.mmm"),
    (
        {"token": "1"},
        "everything.token: is not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
    ),
    ({"choice": "b"}, "everything.choice: is none of the column's choices"),
    ({"level": 2**32 - 1}, "everything.level: is none of the column's choices"),
    ({"raw": "AP8"}, "everything.raw: is not base64"),
    ({"tree": "{"}, "everything.tree: is not the text of a JSON document"),
    ({"tree": "[]"}, "everything.tree: is not a JSON object"),
    ({"nodes": "{}"}, "everything.nodes: is not a JSON array"),
]

PROBLEMS: list[tuple[dict[str, Any], Any]] = [
    ({"short": ""}, ["short has fewer than 1 characters"]),
    ({"short": "😀" * 20}, []),
    ({"short": "😀" * 21}, ["short has more than 20 characters"]),
    ({"coded": "ab-1\n"}, ["coded does not match the pattern ^[a-z]{2}-[0-9]+(?![\\s\\S])"]),
    ({"text": "\0"}, ["text holds a NUL character"]),
    ({"whole": 1001}, ["whole is not between -5 and 1000"]),
    ({"big": 2**53}, ["big is not between -9007199254740991 and 9007199254740991"]),
    ({"ratio": -1.0}, ["ratio is not greater than -1.0"]),
]


@pytest.mark.slow
@pytest.mark.parametrize("package", ["everything_jvm", "everything_everywhere"])
def test_what_is_read_refused_and_found_wrong(program: Path, package: str) -> None:
    cases: list[tuple[dict[str, Any], Any]] = [*READ, *REFUSED, *PROBLEMS]
    given = [{"of": f"{package}.Everything", "row": everything(**cells)} for cells, _ in cases]
    lacking = everything()
    del lacking["maybe"]
    _, news, *made = run(program, [*given, {"of": f"{package}.Everything", "row": lacking}])

    for (cells, wanted), found in zip(cases, made, strict=False):
        if isinstance(wanted, str):
            assert {"error": wanted} == found, cells
        elif isinstance(wanted, dict):
            assert everything(**(cells | wanted)) == found["row"]
        else:
            assert wanted == found["problems"], cells
    assert {"error": "everything.maybe: is not in the result"} == made[-1]
    assert_new(news[package])


def assert_new(found: dict[str, Any]) -> None:
    """Assert that a new row has the defaults that Python gives it."""
    from tests.targets.golden.everything.schema import Everything

    wanted = everything(id=found["id"], made_at=found["made_at"], text="t", made_here="m")
    assert wanted == found
    assert found["made_at"] == encode(decode(Everything, found, "sqlite"), "sqlite")["made_at"]
    assert 36 == len(found["id"])


@pytest.mark.slow
def test_patterns_mean_in_java_what_they_mean_in_python(program: Path, examples: int) -> None:
    patterns = drawn_portable(min(examples, 300))
    batch = [{"pattern": pattern_everywhere(each), "texts": TEXTS} for each in patterns]
    _, _, *found = run(program, batch)

    for pattern, matches in zip(patterns, found, strict=True):
        python = compile_pattern(pattern)
        assert [bool(python.search(text)) for text in TEXTS] == matches, pattern


def test_stubs_are_marked() -> None:
    assert all("Stubs:" in text for text in stub_texts())


def stub_texts() -> Iterator[str]:
    return (path.read_text("utf-8") for path in STUBS.glob("*.kt") if path.name != "Main.kt")
