"""The file of private keys: its mode, its writing, and how a change is noticed."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

import dualschema as ds
from dualschema.tokens import KeyFile, KeySet, TokenIssuer, TokenVerifier, load_keys, save_keys
from tests.tokens.forging import AUDIENCE, NOW, Clock, key_of, minutes, refusal

KEYS = KeySet(key_of("ES256"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_keys_come_back_from_their_file(path: Path) -> None:
    save_keys(KEYS, path)

    assert KEYS == load_keys(path) == load_keys(str(path))
    assert ["keys.json"] == names(path.parent)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        save_keys(KEYS, path)
        first = stat.S_IMODE(path.stat().st_mode)
        path.chmod(0o644)
        save_keys(KEYS, path)
    finally:
        os.umask(before)

    assert [0o600, 0o600] == [first, stat.S_IMODE(path.stat().st_mode)]


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files")
def test_a_file_that_root_writes_stays_its_owners(path: Path) -> None:
    save_keys(KEYS, path)
    os.chown(path, 1234, 2345)

    save_keys(KEYS, path)

    found = path.stat()
    assert (1234, 2345, 0o600) == (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode))


def test_a_file_that_is_there_is_kept_where_it_is_to_be_new(path: Path) -> None:
    path.write_text("mine")

    with pytest.raises(ds.ConfigurationError, match="is there already"):
        save_keys(KEYS, path, overwrite=False)

    assert ("mine", ["keys.json"]) == (path.read_text(), names(path.parent))
    other = path.with_name("other.json")
    save_keys(KEYS, other, overwrite=False)
    assert KEYS == load_keys(other)


def test_a_link_stays_a_link(path: Path) -> None:
    real = path.with_name("real.json")
    save_keys(KEYS, real)
    path.symlink_to(real)

    save_keys(KEYS.rotate(now=NOW), path)

    assert path.is_symlink()
    assert 2 == len(load_keys(real).keys)


def test_what_cannot_be_written_leaves_nothing(path: Path) -> None:
    with pytest.raises(ds.ConfigurationError, match="cannot be written: No such file"):
        save_keys(KEYS, path.parent / "none" / "keys.json")
    path.mkdir()
    with pytest.raises(ds.ConfigurationError, match="cannot be written"):
        save_keys(KEYS, path)

    assert ["keys.json"] == names(path.parent)


def test_what_cannot_be_read_is_told_with_its_path(path: Path) -> None:
    with pytest.raises(ds.ConfigurationError, match=r"no file .*keys\.json: `dualschema keys new`"):
        load_keys(path)
    with pytest.raises(ds.ConfigurationError, match="no file"):
        KeyFile(path)
    path.write_text("{}")
    with pytest.raises(ds.ConfigurationError, match=r"keys\.json: the keys are no JWK set"):
        load_keys(path)
    path.write_bytes(b"\xff")
    with pytest.raises(ds.ConfigurationError, match=r"keys\.json cannot be read: it is no UTF-8"):
        load_keys(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ds.ConfigurationError, match=r"keys\.json cannot be read: Is a directory"):
        load_keys(path)


def test_a_rotation_reaches_a_server_that_runs(path: Path) -> None:
    save_keys(KEYS, path)
    clock, keys = Clock(), KeyFile(path)
    issuer = TokenIssuer(keys, AUDIENCE, clock=clock)
    verifier = TokenVerifier(keys, AUDIENCE, clock=clock)
    before = issuer.issue("user-1")
    assert keys.current() is keys.current()

    save_keys(load_keys(path).rotate(now=clock.now), path)  # another process
    clock.go_on(minutes(9))
    assert 2 == len(keys.current().public_jwks(clock.now)["keys"])
    assert "user-1" == verifier.verify(before).user_id

    clock.go_on(minutes(1))
    after = issuer.issue("user-2")
    assert "user-2" == verifier.verify(after).user_id
    assert "unknown_key" == refusal(after, KEYS)

    save_keys(load_keys(path).revoke(now=clock.now), path)
    assert "unknown_key" == refusal(after, verifier)


def test_a_file_that_went_is_an_error_not_the_old_keys(path: Path) -> None:
    save_keys(KEYS, path)
    keys = KeyFile(path)
    path.unlink()

    with pytest.raises(ds.ConfigurationError, match="there is no file"):
        keys.current()

    save_keys(KEYS, path)
    assert KEYS == keys.current()
