"""``dualschema keys``: makes, rotates and shows the keys that sign tokens; never a private one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from dualschema.cli.report import AsJson, Debug, instant, reporting, say, say_json

if TYPE_CHECKING:  # the extra `server`, which other commands do without
    from dualschema.tokens import KeySet, SigningKey

__all__ = ["KEYS"]

KEYS: Final = typer.Typer(
    rich_markup_mode=None,
)

_File = Annotated[
    Path, typer.Option("--file", metavar="PATH", help="The file of private keys: keep it secret.")
]
_Algorithm = Annotated[
    str | None, typer.Option(metavar="NAME", help="ES256 or RS256 of the new key.")
]

_DEFAULT_FILE: Final = Path("keys.json")

_State = Literal["expired", "waiting", "signing", "retiring"]


@KEYS.callback(invoke_without_command=True)
def keys(context: typer.Context) -> None:
    """Make, rotate and show the keys that sign tokens."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@KEYS.command()
def new(
    *,
    algorithm: _Algorithm = None,
    file: _File = _DEFAULT_FILE,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Write a file with one new key, which signs at once.

    By default it is of ES256. The file is for its owner alone (mode 0600), and is not to be there
    yet.
    Exit codes: 0 done; 2 a mistake, and nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        from dualschema.tokens import KeySet, generate_key, save_keys

        now = datetime.now(UTC)
        key = generate_key(algorithm, now=now) if algorithm else generate_key(now=now)
        made = KeySet(key)
        save_keys(made, file, overwrite=False)
        _say(made, file, now, as_json=as_json, wrote=True)


@KEYS.command()
def rotate(
    *,
    algorithm: _Algorithm = None,
    overlap: Annotated[
        int,
        typer.Option(min=0, metavar="MINUTES", help="How long it is published before it signs."),
    ] = 10,
    revoke: Annotated[
        bool,
        typer.Option("--revoke", help="The old keys became known: remove them, and sign at once."),
    ] = False,
    file: _File = _DEFAULT_FILE,
    as_json: AsJson = False,
    debug: Debug = False,
) -> None:
    """Add a new key, which takes over after the overlap.

    The others stay published until the last token that they signed has expired. Those whose time
    is over are removed. By default the new key is of the old one's algorithm.
    Exit codes: 0 done; 2 a mistake, and nothing was changed.
    """
    with reporting(debug=debug, as_json=as_json):
        from dualschema.tokens import load_keys, save_keys

        now = datetime.now(UTC)
        old = load_keys(file)
        if revoke:
            made = old.revoke(algorithm, now=now)
        else:
            made = old.rotate(algorithm, now=now, overlap=timedelta(minutes=overlap))
        save_keys(made, file)
        _say(made, file, now, as_json=as_json, wrote=True)


@KEYS.command("list")
def list_keys(
    *, file: _File = _DEFAULT_FILE, as_json: AsJson = False, debug: Debug = False
) -> None:
    """List the file's keys, and which one signs.

    Of them, it shows what is public.
    Exit codes: 0 done; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        from dualschema.tokens import load_keys

        _say(load_keys(file), file, datetime.now(UTC), as_json=as_json, wrote=False)


@KEYS.command()
def public(*, file: _File = _DEFAULT_FILE, as_json: AsJson = False, debug: Debug = False) -> None:
    """Print the JWK set to publish.

    It has the public halves of the keys whose time is not over.
    Exit codes: 0 done; 2 a mistake.
    """
    with reporting(debug=debug, as_json=as_json):
        from dualschema.tokens import load_keys

        document = load_keys(file).public_jwks()
        if as_json:
            say_json(document)
        else:
            typer.echo(json.dumps(document, indent=2))


def _say(keys: KeySet, file: Path, now: datetime, *, as_json: bool, wrote: bool) -> None:
    if as_json:
        listed = [_document(keys, key, now) for key in keys.keys]
        say_json({"file": str(file), "written": wrote, "keys": listed})
        return
    if wrote:
        say(f"wrote {file}", "green")
    for key in keys.keys:
        say(f"{key.kid}  {key.algorithm}  {_use(keys, key, now)}")


def _state(keys: KeySet, key: SigningKey, now: datetime) -> _State:
    if not key.is_published(now):
        return "expired"
    if key.signs_from > now:
        return "waiting"
    return "signing" if keys.signing(now) is key else "retiring"


def _use(keys: KeySet, key: SigningKey, now: datetime) -> str:
    said: dict[_State, str] = {
        "expired": "expired",
        "waiting": f"signs from {instant(key.signs_from)}",
        "signing": "signs",
        "retiring": "signs no more",
    }
    state, end = _state(keys, key, now), key.published_until
    if end is None or state == "expired":
        return said[state]
    return f"{said[state]}, published until {instant(end)}"


def _document(keys: KeySet, key: SigningKey, now: datetime) -> dict[str, Any]:
    times = {
        "created_at": key.created_at,
        "signs_from": key.signs_from,
        "published_until": key.published_until,
    }
    return {
        "kid": key.kid,
        "algorithm": key.algorithm.value,
        "state": _state(keys, key, now),
        **{name: time and instant(time) for name, time in times.items()},
    }
