"""The file that holds private keys: read, read again when it changed, and written."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from dualschema.errors import ConfigurationError
from dualschema.tokens.key_set import KeySet

__all__ = ["KeyFile", "load_keys", "save_keys"]


def load_keys(path: str | os.PathLike[str]) -> KeySet:
    """Read a file of private keys.

    Raises:
        ConfigurationError: there is no such file, or it holds no such keys.
    """
    try:
        text = Path(path).read_text("utf-8")
    except FileNotFoundError:
        hint = "`dualschema keys new` makes one"
        raise ConfigurationError(f"there is no file {os.fspath(path)}: {hint}") from None
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(f"{os.fspath(path)} cannot be read: {reason}") from None
    try:
        return KeySet.from_text(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{os.fspath(path)}: {error}") from None


def save_keys(keys: KeySet, path: str | os.PathLike[str], *, overwrite: bool = True) -> None:
    """Write private keys into a file that only its owner may read (mode 0600).

    It is written beside its place and then moved there, so that no reader meets half a file.

    Args:
        keys: the keys.
        path: where; its folder must be there.
        overwrite: whether a file that stands there is replaced.

    Raises:
        ConfigurationError: it cannot be written, or, without ``overwrite``, stands there already;
            nothing was changed.
    """
    place = Path(os.path.realpath(path))  # a link stays one
    beside = place.with_name(f".{place.name[:40]}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(keys.to_text())
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(place, beside)
        if overwrite:
            beside.replace(place)
        else:
            os.link(beside, place)  # which, unlike a move, fails where there is a file
    except FileExistsError:
        hint = "`dualschema keys rotate` adds a key to it"
        raise ConfigurationError(f"{os.fspath(path)} is there already: {hint}") from None
    except OSError as error:
        reason = f"{os.fspath(path)} cannot be written: {error.strerror}"
        raise ConfigurationError(reason) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _keep_owner(place: Path, beside: Path) -> None:
    """Let the user read a new file who owned the old one: root may rotate a server's keys."""
    if not place.exists():
        return
    old, new = place.stat(), beside.stat()
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        os.chown(beside, old.st_uid, old.st_gid)


class KeyFile:
    """A file of private keys that is read again when it changed, so a rotation needs no restart.

    Its time, size and number are looked at whenever the keys are wanted, which takes microseconds.

    Raises:
        ConfigurationError: it cannot be read, now or when the keys are wanted.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._known = self._read()

    def current(self) -> KeySet:
        """Return the keys as the file has them now."""
        if self._known[0] != self._stamp():
            self._known = self._read()
        return self._known[1]

    def _read(self) -> tuple[tuple[int, int, int] | None, KeySet]:
        stamp = self._stamp()  # before: if it changes meanwhile, it is read once more
        return stamp, load_keys(self.path)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None  # which reading it then tells
        return found.st_mtime_ns, found.st_size, found.st_ino
