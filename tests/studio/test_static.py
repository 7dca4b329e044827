"""The page's files: all of them are here, and none asks another machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dualschema.studio

STATIC = Path(dualschema.studio.__file__).with_name("static")
OURS = sorted(path for path in STATIC.iterdir() if path.is_file())
TABULATOR = STATIC / "vendor" / "tabulator"
# Names of XML's name spaces, which nobody asks for.
SPACES = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_file_of_ours_is_too_long_or_asks_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")

    assert text.count("\n") <= 400
    assert [] == re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s'\"]*", text.replace(SPACES, ""))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_what_a_file_names_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    absolute = re.findall(r"(?:href|src)=\"/static/([^\"]+)\"", text)
    relative = re.findall(r"from '\./([^']+)'", text)

    assert [] == [name for name in (*absolute, *relative) if not (STATIC / name).is_file()]


def test_the_page_has_no_code_and_no_style_of_its_own() -> None:
    """The policy that the server sends would refuse it."""
    text = (STATIC / "index.html").read_text("utf-8")

    assert [] == re.findall(r"<style|\sstyle=|\son\w+=|<script>|javascript:", text)


def test_the_table_library_comes_with_its_licence() -> None:
    licence = (TABULATOR / "LICENSE").read_text("utf-8")

    assert "The MIT License (MIT)" in licence
    assert "Oli Folkerd" in licence
    assert {"LICENSE", "tabulator.min.css", "tabulator_esm.min.mjs"} == {
        path.name for path in TABULATOR.iterdir()
    }
