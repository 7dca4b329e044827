"""The commands that the page on migrations shows: they are run, and say what it says they do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import psycopg
import pytest

from dualschema.cli import main
from tests.fixtures.projects import Project

PAGE = Path(__file__).parents[2] / "docs" / "migrations.md"
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)

NOTES = """\
import dualschema as ds


class Note(ds.Table, name="notes"):
    id: ds.Column[str] = ds.column(primary_key=True, default_factory=ds.new_id)
    text: ds.Column[str]
    user_id: ds.Column[str] = ds.column(owner=True, index=True)
{more}

schema = ds.Schema(Note)
"""

PINNED = "    is_pinned: ds.Column[bool] = ds.column(default=False)\n"

# What is typed at a question is no output, and nobody is there to be asked.
QUESTION = re.compile(r"^Do this\?.*\n", re.MULTILINE)


def blocks() -> list[list[tuple[list[str], str]]]:
    """Return the commands of each block, with what stands below each."""
    found = []
    for block in CONSOLE.findall(PAGE.read_text("utf-8")):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
        pairs = zip(parts[::2], parts[1::2], strict=True)
        found.append([(shlex.split(line), QUESTION.sub("", out)) for line, out in pairs])
    return found


@pytest.mark.slow
def test_the_commands_of_the_page_do_as_it_says(
    importing: Project,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pushed, migrated = blocks()
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.chdir(importing.root)
    importing.configure("", "before/page_notes.py:schema")
    importing.write("before/page_notes.py", NOTES.format(more=""))
    importing.write("after/pinned_notes.py", NOTES.format(more=PINNED))

    assert ["export", "dualschema"] == [words[0] for words, _ in pushed]
    words, shown = pushed[-1]
    assert 0 == main([*words[1:], "--yes"])
    assert shown == capsys.readouterr().out

    with psycopg.connect(postgres_url) as connection:  # the story begins anew
        connection.execute("DROP TABLE notes, dualschema_tables")
    assert (0, 0) == (main(["generate"]), main(["migrate"]))
    importing.configure("", "after/pinned_notes.py:schema")
    capsys.readouterr()
    for words, shown in migrated:
        assert "dualschema" == words[0]
        assert 0 == main(words[1:])
        assert shown == capsys.readouterr().out
