"""The command where its streams are not a terminal's: closed, full, a pipe that nobody reads."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dualschema.cli import main
from tests.cli.commands import command, environment
from tests.fixtures.projects import Project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="of POSIX systems")


def in_shell(project: Project, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line of bash's, in which ``dualschema`` is the command."""
    function = f'dualschema() {{ "{sys.executable}" -m dualschema "$@"; }}'
    return subprocess.run(
        ["bash", "-c", f"{function}\n{line}"],
        cwd=project.root,
        env=environment(project, **more),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("options", ["", pytest.param("--json", marks=pytest.mark.slow)])
def test_who_reads_may_go(project: Project, options: str) -> None:
    done = in_shell(project, f"dualschema codegen --list {options} | true; echo ${{PIPESTATUS[0]}}")

    assert ("141\n", "") == (done.stdout, done.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("line", ["codegen --list", pytest.param("--help", marks=pytest.mark.slow)])
def test_a_full_disk(project: Project, line: str) -> None:
    done = in_shell(project, f"dualschema {line} > /dev/full")

    assert (2, "error: No space left on device\n") == (done.returncode, done.stderr)


def test_nobody_can_be_asked_where_there_is_no_input(project: Project, postgres_url: str) -> None:
    project.configure("")

    done = in_shell(project, "dualschema push <&-", DATABASE_URL=postgres_url)

    assert 2 == done.returncode
    assert (
        "error: nobody can be asked here, and nothing was changed: --yes does it\n" == done.stderr
    )


@pytest.mark.slow
def test_without_output_it_works_all_the_same(project: Project) -> None:
    project.configure('lines = "x.txt"')

    done = in_shell(project, "dualschema codegen >&- 2>&-")

    assert 0 == done.returncode
    assert (project.root / "x.txt").is_file()


def test_a_folder_that_is_gone(project: Project) -> None:
    done = in_shell(project, "mkdir gone; cd gone; rmdir ../gone; dualschema init")

    assert (2, "error: the working directory is gone: change to one that is there\n") == (
        *(done.returncode, done.stderr),
    )


@pytest.mark.slow
def test_a_terminal_of_few_letters_and_columns(project: Project) -> None:
    more = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "10"}

    done = in_shell(project, "dualschema codegen --schema 'schéma.py:x' --out lines=x", **more)

    assert 2 == done.returncode
    assert done.stderr.startswith("error: there is no file sch")
    assert 1 == len(done.stderr.splitlines())


def test_ctrl_c_ends_it(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/d"
        child = subprocess.Popen(
            command("dead-letters", "list", "--database", url),
            cwd=project.root,
            env=environment(project),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        client, _ = silent.accept()
        with client:
            assert client.recv(1)  # its greeting, whose answer it waits for
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=20)

    assert (130, "") == (child.returncode, out)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("dead-letters re", ["replay"]),
        ("push --all", ["--allow-data-loss"]),
        ("codegen drizzle-s", ["drizzle-sqlite"]),
    ],
)
def test_the_shell_completes(
    words: str,
    wanted: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_DUALSCHEMA_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"dualschema {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split())))

    with pytest.raises(SystemExit):
        main([])

    assert wanted == capsys.readouterr().out.split()
