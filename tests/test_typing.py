"""Static typing: what mypy and pyright say of ``tests/typing/``, and that what passes also runs."""

import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel

import dualschema as ds

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "tests" / "typing").glob("*.py"))
MARK = re.compile(r"# error: (?P<mypy>[^|]+) \| (?P<pyright>[^|]+)$")


@pytest.mark.slow
def test_mypy_refuses_the_marked_lines_and_no_others(pytestconfig: pytest.Config) -> None:
    cache = pytestconfig.rootpath / ".pytest_cache" / "mypy"
    command = [
        *("mypy", "--strict", "--warn-unreachable", "--config-file=", "--output=json"),
        *("--follow-imports=silent", f"--cache-dir={cache}"),
    ]

    said = [json.loads(line) for line in run(command, ROOT).splitlines()]

    found = {
        fault(entry["file"], entry["line"], entry["code"])
        for entry in said
        if entry["severity"] == "error"
    }
    assert marked("mypy") == found


@pytest.mark.slow
def test_pyright_refuses_the_marked_lines_and_no_others(tmp_path: Path) -> None:
    # A project of its own: the repository's leaves the refused files out, even named one by one.
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)]}))
    command = ["pyright", "--outputjson", f"--pythonpath={sys.executable}"]

    said = json.loads(run(command, tmp_path))["generalDiagnostics"]

    found = {
        fault(entry["file"], entry["range"]["start"]["line"] + 1, entry.get("rule", "syntax"))
        for entry in said
        if entry["severity"] == "error"
    }
    assert marked("pyright") == found


def run(command: list[str], folder: Path) -> str:
    """Run a checker in a folder, over all files at once, and return its output."""
    done = subprocess.run(
        [sys.executable, "-m", *command, *map(str, FILES)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr  # 1: it ran, and refuses something
    return done.stdout


def marked(checker: str) -> set[str]:
    """Return what the marks expect of a checker."""
    found: set[str] = set()
    for file in FILES:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            mark = MARK.search(line)
            assert mark or "# error" not in line, f"{file.name}:{number}: not the form of a mark"
            rules = mark[checker].split(", ") if mark else []
            found |= {fault(file, number, rule) for rule in rules if rule != "-"}
    return found


def fault(file: str | Path, line: int, rule: str) -> str:
    return f"{Path(file).name}:{line}: {rule}"


def accepted() -> list[tuple[str, str]]:
    """Return the functions without arguments of the files that pass, by module and name."""
    return [
        (file.stem, name)
        for file in FILES
        if not file.stem.startswith("refused")
        for name in re.findall(r"^def (\w+)\(\)", file.read_text("utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize(("module", "name"), accepted())
def test_what_passes_also_runs(module: str, name: str) -> None:
    function: Callable[[], object] = getattr(imported(module), name)

    function()


def imported(module: str) -> ModuleType:
    return importlib.import_module(f"tests.typing.{module}")


def test_every_public_name_of_a_pydantic_model_is_tried() -> None:
    names = imported("names")
    public = {name for name in dir(BaseModel) if not name.startswith(("_", "model_"))}

    assert set() == public - names.Taken.__pydantic_fields__.keys()


def test_an_unknown_keyword_in_a_class_line_is_a_type_error() -> None:
    """Only pyright sees it beforehand."""
    with pytest.raises(TypeError, match="keyword"):

        class Wrong(ds.Table, nam="x"):  # pyright: ignore[reportArgumentType]  # wrong on purpose
            id: ds.Column[str] = ds.column(primary_key=True)


def test_a_default_outside_column_is_refused() -> None:
    """Both checkers see it beforehand."""
    with pytest.raises(ds.DefinitionError, match=r"wrong\.count: .*column\(default=\.\.\.\)"):

        class Wrong(ds.Table, name="wrong"):
            id: ds.Column[str] = ds.column(primary_key=True)
            count: ds.Column[int] = 3  # type: ignore[assignment]  # wrong on purpose
