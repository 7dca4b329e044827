"""``dualschema keys``: what is written, what is printed, and that it is never a private key."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dualschema.cli import main
from dualschema.tokens import KeySet, TokenIssuer, TokenVerifier, generate_key, load_keys, save_keys
from tests.cli.commands import Done
from tests.cli.test_bare import WITHOUT

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
COMMANDS = ("new", "rotate", "list", "public")


@dataclass(frozen=True, slots=True)
class Command:
    """Runs ``dualschema keys`` in a folder, in this process."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Done:
        """Run a command, and see that it says nothing that is private."""
        before = self.secrets()
        code = main(["keys", *arguments])
        said = self.capsys.readouterr()
        known = before + self.secrets()
        assert [] == [secret for secret in known if secret in said.out + said.err]
        assert '"d"' not in said.out
        return Done(code, said.out, said.err)

    @property
    def path(self) -> Path:
        return self.root / "keys.json"

    def secrets(self) -> list[str]:
        """Return what is private in the file."""
        text = self.path.read_text() if self.path.exists() else "{}"
        return [jwk["d"] for jwk in json.loads(text).get("keys", ())]


@pytest.fixture
def keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    return Command(tmp_path, capsys)


def test_a_new_file_has_one_key_that_signs(keys: Command) -> None:
    done = keys("new")

    made = load_keys(keys.path)
    kid = made.keys[0].kid
    assert Done(0, f"wrote keys.json\n{kid}  ES256  signs\n", "") == done
    assert sys.platform == "win32" or 0o600 == stat.S_IMODE(keys.path.stat().st_mode)
    token = TokenIssuer(made, "a").issue("user-1")
    assert "user-1" == TokenVerifier(made, "a").verify(token).user_id


def test_the_algorithm_and_the_file_may_be_others(keys: Command) -> None:
    (keys.root / "private").mkdir()

    done = keys("new", "--algorithm", "RS256", "--file", "private/rsa.json")

    assert 0 == done.code
    assert "RS256" == load_keys(keys.root / "private/rsa.json").keys[0].algorithm


def test_a_file_that_is_there_is_not_overwritten(keys: Command) -> None:
    keys.path.write_text('{"keys": []}')

    assert Done(
        2, "", "error: keys.json is there already: `dualschema keys rotate` adds a key to it\n"
    ) == keys("new")
    assert '{"keys": []}' == (keys.path).read_text()


def test_a_rotation_is_told_and_written(keys: Command) -> None:
    keys("new")

    done = keys("rotate")

    old, new = load_keys(keys.path).keys
    wanted = (
        rf"wrote keys\.json\n{old.kid}  ES256  signs, published until {TIME}\n"
        rf"{new.kid}  ES256  signs from {TIME}\n"
    )
    assert (0, "") == (done.code, done.err)
    assert re.fullmatch(wanted, done.out)
    assert new.created_at is not None
    assert timedelta(minutes=10) == new.signs_from - new.created_at

    again = keys("rotate")
    assert (2, "") == (again.code, again.out)
    assert again.err.startswith(f"error: a rotation is under way: {new.kid} signs from ")
    assert (old, new) == load_keys(keys.path).keys


def test_a_rotation_may_be_of_another_kind(keys: Command) -> None:
    keys("new")

    done = keys("rotate", "--algorithm", "RS256", "--overlap", "0")

    old, new = load_keys(keys.path).keys
    assert "RS256" == new.algorithm
    assert f"{old.kid}  ES256  signs no more, published until " in done.out
    assert f"{new.kid}  RS256  signs\n" in done.out
    assert 2 == keys("rotate", "--overlap", "-1").code


def test_keys_that_became_known_are_removed(keys: Command) -> None:
    keys("new")
    (old,) = load_keys(keys.path).keys

    done = keys("rotate", "--revoke")

    (new,) = load_keys(keys.path).keys
    assert old.kid != new.kid
    assert Done(0, f"wrote keys.json\n{new.kid}  ES256  signs\n", "") == done


def test_the_list_tells_programs_what_each_key_is_for(keys: Command) -> None:
    now = datetime.now(UTC)
    made = KeySet(generate_key(now=now - timedelta(days=90)))
    for days in (60, 30):
        made = made.rotate(now=now - timedelta(days=days))
    made = made.rotate("RS256", now=now - timedelta(minutes=20)).rotate(now=now)
    save_keys(made, keys.path)

    listed = json.loads(keys("list", "--json").out)

    assert ("keys.json", False) == (listed["file"], listed["written"])
    assert ["retiring", "signing", "waiting"] == [key["state"] for key in listed["keys"]]
    assert ["ES256", "RS256", "RS256"] == [key["algorithm"] for key in listed["keys"]]
    assert [key.kid for key in made.keys] == [key["kid"] for key in listed["keys"]]
    assert {"kid", "algorithm", "state", "created_at", "signs_from", "published_until"} == (
        listed["keys"][0].keys()
    )
    assert re.fullmatch(TIME, listed["keys"][0]["published_until"])
    assert None is listed["keys"][2]["published_until"]


def test_keys_of_elsewhere_without_times_are_listed(keys: Command) -> None:
    listed = [generate_key(), generate_key()]
    plain = [
        {name: value for name, value in key.private_jwk().items() if name not in {"iat", "nbf"}}
        for key in listed
    ]
    keys.path.write_text(json.dumps({"keys": plain}))

    first, second = (f"{key.kid}  ES256  signs" for key in listed)
    assert f"{first} no more\n{second}\n" == keys("list").out


def test_a_key_whose_time_is_over_is_listed_and_not_published(keys: Command) -> None:
    now = datetime.now(UTC)
    made = KeySet(generate_key(now=now - timedelta(days=1))).rotate(now=now - timedelta(hours=3))
    save_keys(made, keys.path)
    old, new = made.keys

    assert f"{old.kid}  ES256  expired\n{new.kid}  ES256  signs\n" == keys("list").out
    assert [new.kid] == [jwk["kid"] for jwk in json.loads(keys("public").out)["keys"]]


def test_what_is_published_goes_to_stdout(keys: Command) -> None:
    keys("new")

    done, line = keys("public"), keys("public", "--json")

    published = load_keys(keys.path).public_jwks()
    assert published == json.loads(done.out) == json.loads(line.out)
    assert (1, "") == (line.out.count("\n"), line.err)


@pytest.mark.parametrize("command", ["rotate", "list", "public"])
def test_a_mistake_is_told_in_one_line(keys: Command, command: str) -> None:
    message = "there is no file keys.json: `dualschema keys new` makes one"
    assert Done(2, "", f"error: {message}\n") == keys(command)

    done = keys(command, "--json")
    assert (2, {"error": message}) == (done.code, json.loads(done.out))
    assert "Traceback" in keys(command, "--debug").err

    keys.path.write_text('{"keys": [{"kty": "EC", "d": "very secret"}]}')
    done = keys(command)
    assert (2, "") == (done.code, done.out)
    assert "error: keys.json: key 1 cannot be used: its members make no key\n" == done.err


def test_an_algorithm_that_does_not_sign_is_refused(keys: Command) -> None:
    done = keys("new", "--algorithm", "none")

    assert Done(2, "", "error: keys are of ES256 or RS256, not of 'none'\n") == done
    assert not (keys.path).exists()


def test_help_names_the_commands_and_their_options(keys: Command) -> None:
    assert keys() == keys("--help")
    assert [] == [name for name in COMMANDS if f"\n  {name} " not in keys().out]
    for option in ("--algorithm", "--overlap", "--revoke", "--file", "--json", "--debug"):
        assert option in keys("rotate", "--help").out
    assert "`dualschema keys --help` shows what there is.\n" in keys("nwe").err
    assert "`dualschema keys rotate --help` shows" in keys("rotate", "--revok").err


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_without_the_extra_one_sentence_says_what_to_install(missing: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, missing, "keys", "new"],
        capture_output=True,
        text=True,
        check=False,
    )

    wanted = 'error: dualschema.tokens needs an extra: pip install "dualschema[server]"\n'
    assert (2, "", wanted) == (done.returncode, done.stdout, done.stderr)
