"""The project's schema: found by module or by file, and what goes wrong on the way."""

from __future__ import annotations

import pytest

from dualschema.codegen import load_schema, loaded_sources
from dualschema.errors import ConfigurationError, DefinitionError
from tests.fixtures.projects import NOTES, Project


def names_of(project: Project, reference: str) -> list[str]:
    return [table.name for table in load_schema(reference, project.root).model.tables]


def test_a_module_is_imported_from_the_root(importing: Project) -> None:
    importing.write("shop/db/tables.py", NOTES)

    assert ["notes"] == names_of(importing, "shop.db.tables:schema")


def test_a_file_is_imported_with_what_stands_beside_it(importing: Project) -> None:
    importing.write("code/beside_it.py", NOTES)
    importing.write("code/file_schema.py", "from beside_it import schema as mine\n")

    assert ["notes"] == names_of(importing, "code/file_schema.py:mine")


def test_a_file_of_a_package_may_import_its_like(importing: Project) -> None:
    importing.write("src/wares/__init__.py", "")
    importing.write("src/wares/tables.py", NOTES)
    importing.write("src/wares/schema.py", "from . import tables\n")

    assert ["notes"] == names_of(importing, "src/wares/schema.py:tables.schema")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (
            None,
            (
                'no schema is named: put schema = "package.module:attribute" or '
                '"folder/file.py:attribute" into [tool.dualschema] of pyproject.toml'
            ),
        ),
        (
            "notes_schema",
            (
                "'notes_schema' names no schema: write "
                'schema = "package.module:attribute" or "folder/file.py:attribute"'
            ),
        ),
        ("nowhere.schema:schema", "there is no module 'nowhere' in ROOT, nor is it installed"),
        ("nowhere.py:schema", "there is no file nowhere.py in ROOT"),
        ("notes_schema:shema", "notes_schema has no 'shema'; it has schema"),
        ("notes_schema:Note", "notes_schema:Note is no Schema but a TableMeta; it has schema"),
        ("empty_module:schema", "empty_module has no 'schema'; it has no Schema"),
        (
            "broken_syntax:schema",
            (
                "broken_syntax cannot be imported: SyntaxError: invalid syntax "
                "(ROOT/broken_syntax.py, line 2)"
            ),
        ),
        (
            "broken_name:schema",
            (
                "broken_name cannot be imported: NameError: name 'nothing' is not defined "
                "(ROOT/broken_name.py, line 2)"
            ),
        ),
        (
            "broken_import:schema",
            (
                "broken_import cannot be imported: ModuleNotFoundError: "
                "No module named 'not_there' (ROOT/broken_import.py, line 1)"
            ),
        ),
        ("ends:schema", "ends cannot be imported: SystemExit: 0 (ROOT/ends.py, line 2)"),
        (
            "json.py:schema",
            (
                "json.py cannot be imported: another module is called json; rename the file, "
                "or name it as package.module:attribute"
            ),
        ),
    ],
)
def test_a_fault_says_what_to_do(importing: Project, reference: str | None, reason: str) -> None:
    importing.write("empty_module.py", "")
    importing.write("broken_syntax.py", "import os\nx = = 1\n")
    importing.write("broken_name.py", "import os\nnothing\n")
    importing.write("broken_import.py", "import not_there\n")
    importing.write("ends.py", "import sys\nsys.exit(0)\n")
    importing.write("json.py", NOTES)

    with pytest.raises(ConfigurationError) as caught:
        load_schema(reference, importing.root)

    assert reason == str(caught.value).replace(str(importing.root), "ROOT")


def test_what_python_cannot_place_has_no_place(importing: Project) -> None:
    importing.write("broken_text.py", "x = '\0'\n")

    with pytest.raises(ConfigurationError, match=r"SyntaxError: .* null bytes") as caught:
        load_schema("broken_text:schema", importing.root)

    assert "None" not in str(caught.value)


def test_a_wrong_definition_is_told_as_it_is(importing: Project) -> None:
    importing.write("wrong_schema.py", NOTES.replace("primary_key=True, ", ""))

    with pytest.raises(DefinitionError, match="notes"):
        load_schema("wrong_schema:schema", importing.root)


def test_the_sources_are_the_projects_own_files(importing: Project) -> None:
    importing.write("lib/site-packages/bought.py", "")
    importing.write("pack/__init__.py", "")
    importing.write("pack/parts.py", "import sys; sys.path.append('lib/site-packages')\n" + NOTES)
    importing.write("pack/whole.py", "from pack.parts import schema\n")
    load_schema("pack.whole:schema", importing.root)

    found = loaded_sources("pack.whole:schema", importing.root)

    assert [
        "pack/__init__.py",
        "pack/parts.py",
        "pack/whole/__init__.py",
        "pack/whole.py",
        "pyproject.toml",
    ] == [path.relative_to(importing.root).as_posix() for path in found]


def test_a_file_that_could_not_be_read_is_a_source(importing: Project) -> None:
    importing.write("top_of_it.py", "import under_it\n")
    importing.write("under_it.py", "x = = 1\n")
    with pytest.raises(ConfigurationError) as caught:
        load_schema("top_of_it:schema", importing.root)

    found = loaded_sources("top_of_it:schema", importing.root, caught.value)

    assert {"top_of_it.py", "under_it.py"} <= {path.name for path in found}
