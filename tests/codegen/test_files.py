"""Files planned as a whole and written as a whole, on a real file system."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from dualschema.codegen import (
    Output,
    PlannedFile,
    State,
    leftovers,
    load_schema,
    plan_files,
    write_files,
)
from dualschema.errors import ConfigurationError, DualschemaError
from tests.fixtures.projects import Project

posix = pytest.mark.skipif(os.name == "nt", reason="file modes and links are POSIX's")


def planned(project: Project, *outputs: Output) -> tuple[PlannedFile, ...]:
    return plan_files(load_schema("notes_schema:schema", project.root), outputs, project.root)


def made(project: Project, *outputs: Output) -> list[str]:
    return [file.name for file in write_files(planned(project, *outputs))]


def lines(path: str | None = None, **options: str) -> Output:
    return Output("lines", path, options)


def test_files_and_folders_are_made(importing: Project) -> None:
    names = made(importing, Output("powersync-json", "a/b/schema.json"), lines())

    assert ["a/b/schema.json", "out/lines.txt"] == names
    text = (importing.root / "out/lines.txt").read_bytes()
    assert text.endswith(b"\ntable notes\n")


def test_what_is_current_is_left_alone(importing: Project) -> None:
    made(importing, lines("a.txt"), lines("b.txt"))
    os.utime(importing.root / "a.txt", (1, 1))
    (importing.root / "b.txt").write_text("else\n")
    inode = (importing.root / "a.txt").stat().st_ino

    assert [State.CURRENT, State.CHANGED] == [
        file.state for file in planned(importing, lines("a.txt"), lines("b.txt"))
    ]
    assert ["b.txt"] == made(importing, lines("a.txt"), lines("b.txt"))
    assert (1, inode) == (
        (importing.root / "a.txt").stat().st_mtime,
        (importing.root / "a.txt").stat().st_ino,
    )


def test_the_line_ends_of_a_checkout_are_no_change(importing: Project) -> None:
    (path,) = planned(importing, lines())
    importing.write("out/lines.txt", path.data.decode().replace("\n", "\r\n"))
    before = importing.contents()

    assert [] == made(importing, lines())
    assert before == importing.contents()


@pytest.mark.parametrize("found", ["\ufeffTEXT", "TEXT\n", "\r", ""])
def test_any_other_byte_is_a_change(importing: Project, found: str) -> None:
    (file,) = planned(importing, lines())
    importing.write("out/lines.txt", found.replace("TEXT", file.data.decode()))

    assert ["out/lines.txt"] == made(importing, lines())
    assert file.data == (importing.root / "out/lines.txt").read_bytes()


def test_texts_are_utf_8(importing: Project) -> None:
    made(importing, lines(text="größe 🐢"))

    assert "größe 🐢 notes\n".encode() in (importing.root / "out/lines.txt").read_bytes()


@pytest.mark.parametrize(
    ("outputs", "reason"),
    [
        ([lines(fails="refuses")], "lines: notes.text: cannot say it"),
        ([lines(fails="x")], "lines: the target failed: KeyError: 'x'"),
        (
            [lines(fails="makes nothing")],
            "lines: the target failed: it made what is no GeneratedFile",
        ),
        (
            [lines(colour="red")],
            "lines: there is no option 'colour'; its options are text, fails, beside",
        ),
        (
            [Output("lines", None, {"text": 3})],
            "lines: option text: Input should be a valid string",
        ),
        ([Output("linse", "x")], "linse: there is no such target; did you mean lines?"),
        ([lines("\0.txt")], "the path of lines cannot be one: embedded null byte"),
        (
            [lines(text="\ud800")],
            "lines: out/lines.txt would hold half of a surrogate pair, which is no text",
        ),
        (
            [lines("../x.txt")],
            (
                "../x.txt (lines) is outside of ROOT: if that is meant, "
                "give the target an absolute path"
            ),
        ),
        (
            [lines("in.txt", beside="../../x.txt")],
            (
                "../../x.txt (lines) is outside of ROOT: if that is meant, "
                "give the target an absolute path"
            ),
        ),
        (
            [lines("x.txt"), lines("a/../x.txt")],
            "x.txt (lines) and x.txt (lines) claim one path: give each its own",
        ),
        (
            [lines("x.txt"), lines("X.txt")],
            (
                "x.txt (lines) and X.txt (lines) claim one path, which many systems take for one: "
                "give each its own"
            ),
        ),
        (
            [lines("x/y.txt"), lines("x")],
            "x (lines) is a file, and x/y.txt (lines) wants a folder there",
        ),
        ([lines("folder")], "folder is a folder: name a file, or end the path with /"),
    ],
)
def test_if_one_output_is_refused_all_files_stay(
    importing: Project, outputs: list[Output], reason: str
) -> None:
    importing.write("first.txt", "old")
    importing.write("folder/inner.txt", "old")
    before = importing.contents()

    with pytest.raises(DualschemaError) as caught:
        made(importing, lines("first.txt"), *outputs)

    assert str(caught.value).replace(str(importing.root), "ROOT").startswith(reason)
    assert before == importing.contents()


def test_a_folder_for_a_target_of_one_file_gets_its_file(importing: Project) -> None:
    assert ["here/lines.txt"] == made(importing, lines("here/"))


def test_an_absolute_path_may_lead_out_of_the_project(importing: Project, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "lines.txt"

    assert [str(place)] == made(importing, lines(str(place)))
    assert place.is_file()


def test_a_target_may_not_leave_the_folder_of_an_absolute_path(
    importing: Project, tmp_path: Path
) -> None:
    outside = str(tmp_path / "outside.txt")
    with pytest.raises(ConfigurationError, match="is outside of"):
        made(importing, lines(str(tmp_path / "in" / "a.txt"), beside=outside))


@posix
def test_links_are_followed_and_may_not_lead_out(importing: Project, tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (importing.root / "away").symlink_to(tmp_path / "away")
    target = importing.write("real.txt", "old")
    (importing.root / "link.txt").symlink_to(target)

    assert ["link.txt"] == made(importing, lines("link.txt"))
    assert (importing.root / "link.txt").is_symlink()
    assert b"table notes" in target.read_bytes()
    with pytest.raises(ConfigurationError, match="is outside of"):
        made(importing, lines("away/x.txt"))


@posix
def test_the_mode_of_a_file_stays_and_a_new_one_has_the_usual(importing: Project) -> None:
    importing.write("old.txt", "old").chmod(0o640)
    made(importing, lines("old.txt"), lines("new.txt"))
    usual = importing.write("usual.txt", "").stat().st_mode

    assert 0o640 == (importing.root / "old.txt").stat().st_mode & 0o777
    assert usual == (importing.root / "new.txt").stat().st_mode


def test_if_a_folder_cannot_be_made_nothing_is_changed(importing: Project) -> None:
    importing.write("first.txt", "old")
    importing.write("taken", "a file")
    before = importing.contents()

    with pytest.raises(ConfigurationError, match="cannot be written: "):
        made(importing, lines("first.txt"), lines("new/a.txt"), lines("taken/b.txt"))

    assert before == importing.contents()
    assert not (importing.root / "new").exists()


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Be somebody else for a while, if we are root, who may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@posix
def test_if_a_folder_is_read_only_nothing_is_changed(importing: Project) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        project = replace(importing, root=folder)
        project.write("notes_schema.py", "")
        project.write("first.txt", "old")
        project.write("shut/second.txt", "old")
        schema = load_schema("notes_schema:schema", importing.root)
        files = plan_files(schema, [lines("first.txt"), lines("shut/second.txt")], folder)
        before = project.contents()
        (folder / "shut").chmod(0o555)

        with unprivileged(folder), pytest.raises(ConfigurationError) as caught:
            write_files(files)

        (folder / "shut").chmod(0o755)
        assert str(caught.value).endswith("/shut/second.txt cannot be written: Permission denied")
        assert before == project.contents()


def test_if_a_file_cannot_be_moved_into_place_the_others_are_put_back(importing: Project) -> None:
    importing.write("first.txt", "old")
    files = planned(importing, lines("first.txt"), lines("new/second.txt"), lines("third.txt"))
    (importing.root / "third.txt").mkdir()  # somebody makes it in the meantime
    before = importing.contents()

    with pytest.raises(ConfigurationError, match=r"third\.txt cannot be written: "):
        write_files(files)

    assert before == importing.contents()
    assert not (importing.root / "new").exists()


def test_files_that_nothing_makes_any_more_are_told(importing: Project) -> None:
    made(importing, lines("out/a.txt"), lines("out/b.txt"), lines("else/c.txt"))
    importing.write("out/mine.txt", "Generated by hand")
    (importing.root / "out/folder").mkdir()

    files = planned(importing, lines("out/b.txt"))

    assert (importing.root / "out/a.txt",) == leftovers(files)
    assert () == leftovers(planned(importing, lines("nowhere/x.txt")))


def test_the_modules_of_this_test_are_forgotten() -> None:
    assert "notes_schema" not in sys.modules
