"""Programs of generated Rust: compiled against small stand-ins for the crates, and run."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

__all__ = ["compile_program", "compile_rust", "line_of", "structs_of", "tool", "values_of"]

STUBS = Path(__file__).parent / "rust_stubs"
CRATES = ("regex", "rusqlite", "powersync")


def tool(name: str) -> str:
    """Return the path of a program of Rust's, or skip the test: it is tested where there is one."""
    found = _found(name)
    if found is None:
        pytest.skip(f"there is no {name} on the PATH, or none that runs")
    return found


@cache
def _found(name: str) -> str | None:
    """Return the path of a program that runs: rustup's own may have nothing to start."""
    found = shutil.which(name)
    if found is None:
        return None
    done = subprocess.run([found, "--version"], capture_output=True, check=False)
    return found if done.returncode == 0 else None


def structs_of(text: str) -> dict[str, str]:
    """Return the structs of the tables, by the tables' names."""
    found = re.findall(r"^impl (\w+) \{$|stored::Cells::of\(\"(.*?)\", row\)", text, re.MULTILINE)
    structs, latest = {}, ""
    for struct_name, table in found:
        latest = struct_name or latest
        if table:
            structs[table] = latest
    return structs


def compile_rust(arguments: Sequence[str], folder: Path, compiler: str = "rustc") -> None:
    """Run the compiler, or another program that takes its arguments, in a folder."""
    command = [tool(compiler), "--edition", "2021", "--deny", "warnings", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def compile_crates(folder: Path) -> list[str]:
    """Compile the stand-ins into a folder, and return how a program names them."""
    for crate in CRATES:
        source = str(STUBS / f"{crate}.rs")
        compile_rust(["--crate-type", "rlib", "--allow", "dead_code", source], folder)
    return [f"--extern={crate}=lib{crate}.rlib" for crate in CRATES]


def compile_program(
    folder: Path, generated: str, main: str, *flags: str, compiler: str = "rustc"
) -> Path:
    """Compile generated code with a main program, and return the program."""
    crates = compile_crates(folder)
    (folder / "generated.rs").write_text(generated, encoding="utf-8")
    shutil.copy(STUBS / "cells.rs", folder / "cells.rs")
    (folder / "main.rs").write_text(f"mod cells;\nmod generated;\n{main}", encoding="utf-8")
    compile_rust([*crates, *flags, "main.rs"], folder, compiler)
    return folder / "main"


def line_of(table: str, cells: dict[str, Any]) -> str:
    """Return a row as `cells.rs` reads it."""
    return "\t".join([table, *(f"{name}={_cell(value)}" for name, value in cells.items())])


def _cell(value: Any) -> str:
    match value:
        case None:
            return "n"
        case int():
            return f"i{value}"
        case float():
            return f"r{struct.pack('>d', value).hex()}"
        case _:
            return f"t{value.encode().hex()}"


def values_of(line: str) -> list[Any]:
    """Return the values that `cells.rs` wrote."""
    return [_value(text[0], text[1:]) for text in line.split("\t")]


def _value(kind: str, text: str) -> Any:
    match kind:
        case "n":
            return None
        case "i":
            return int(text)
        case "r":
            return struct.unpack(">d", bytes.fromhex(text))[0]
        case _:
            return bytes.fromhex(text).decode()
