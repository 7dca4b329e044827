"""Files that were generated once, and that nothing generates now."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dualschema.codegen.plan import PlannedFile
from dualschema.generator import NOTICE

__all__ = ["leftovers"]

_HEAD = 2_000
"""How many bytes of a file are looked at: the notice stands at its top."""


def leftovers(files: Iterable[PlannedFile]) -> tuple[Path, ...]:
    """Return the files that bear our notice and are not planned, in the folders of those that are.

    Formats without comments, JSON among them, bear no notice, so their files are not found.

    Args:
        files: everything that the project generates; a part of it would make leftovers of the rest.
    """
    planned = {file.path for file in files}
    folders = sorted({path.parent for path in planned})
    beside = (path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()))
    return tuple(path for path in beside if path not in planned and _is_ours(path))


def _is_ours(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return NOTICE[0].encode() in file.read(_HEAD)
    except OSError:
        return False
