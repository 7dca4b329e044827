"""Checks of the package where nothing but its wheel is installed, and no checkout is seen.

It is run by dev.py with the Python of an environment; its argument names the check.
"""

import subprocess
import sys
from pathlib import Path

# What `import dualschema` must not load: a web server should not pay for a migration tool.
KEPT_OUT = (
    *("alembic", "hypothesis", "jwt", "psycopg", "pydantic_settings", "rich", "starlette"),
    *("sqlalchemy.orm", "typer", "uvicorn"),
)

FILES = ("py.typed", "studio/static/index.html", "studio/static/vendor/tabulator/LICENSE")


def check_package() -> None:
    """The files that are no modules are there, and what belongs to extras is not loaded."""
    import dualschema as ds

    for name in FILES:
        file = Path(ds.__file__).parent / name
        assert file.is_file(), f"{name} is not in the wheel"
    loaded = sorted(set(sys.modules) & set(KEPT_OUT))
    assert not loaded, f"`import dualschema` loads {', '.join(loaded)}"


def check_bare_command() -> None:
    """Without its extra, the command says what to install."""
    done = _run("--help")
    wanted = 'error: the command line needs an extra: pip install "dualschema[cli]"\n'
    assert (done.returncode, done.stderr) == (2, wanted), done


def check_command() -> None:
    """With its extra, the command works."""
    done = _run("codegen", "--list")
    assert done.returncode == 0, done
    assert "powersync-json" in done.stdout, done


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("dualschema")
    return subprocess.run([command, *arguments], capture_output=True, text=True, check=False)


if __name__ == "__main__":
    {"package": check_package, "bare": check_bare_command, "command": check_command}[sys.argv[1]]()
