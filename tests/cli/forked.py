"""The command in a process that is forked from one which has imported it, and so starts at once."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = ["run_forked"]

_SECONDS = 120.0

_IMPORTED = ("dualschema.cli", "dualschema.migrate", "dualschema.pull", "dualschema.doctor")


def run_forked(
    arguments: Sequence[str], cwd: Path, environment: Mapping[str, str], folder: Path
) -> tuple[int, str, str]:
    """Run the command as ``python -m dualschema`` does; return its exit code and what it said.

    Args:
        arguments: the command's.
        cwd: where it runs.
        environment: its variables, all of them.
        folder: where what it says is kept meanwhile.
    """
    out, err = folder / "stdout", folder / "stderr"
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__, *_IMPORTED])
    process = processes.Process(
        target=_become, args=(list(arguments), str(cwd), dict(environment), str(out), str(err))
    )
    process.start()
    process.join(_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    said = tuple(each.read_bytes().decode() for each in (out, err))
    assert code >= 0, f"it did not end by itself: {code}, {said}"
    return code, *said  # type: ignore[return-value]  # `said` is of two files


def _become(
    arguments: list[str], cwd: str, environment: dict[str, str], out: str, err: str
) -> None:
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [cwd, *environment.get("PYTHONPATH", "").split(os.pathsep)]
    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  (open to the end)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1)  # noqa: SIM115  (the same)
    sys.argv = ["dualschema", *arguments]
    from dualschema.cli import main

    sys.exit(main(arguments))
