"""A client in Node, told from Python what to do: a line of JSON a command, and one an answer."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["Client", "Process"]


class Process:
    """A program in Node that takes commands.

    Args:
        node: Node itself.
        folder: where the program stands, and what it imports.
        program: the file's name.
    """

    def __init__(self, node: str, folder: Path, program: str) -> None:
        self.folder = folder
        self.errors = (folder / "stderr.txt").open("w+")
        self.process = subprocess.Popen(
            [node, "--no-warnings", program],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            encoding="utf-8",
        )

    def call(self, command: str, **given: Any) -> Any:
        """Give a command, and return its result."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise AssertionError(f"Node ended: {self.errors.read()}")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["result"]

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()
        self.errors.close()


class Client(Process):
    """A PowerSync database with the generated connector."""

    def __init__(self, node: str, folder: Path) -> None:
        super().__init__(node, folder, "client.ts")
        self.databases = 0

    def open(self, **options: Any) -> str:
        """Open an empty database with a new connector, and return the client's id."""
        self.databases += 1
        file = str(self.folder / f"{self.databases}.sqlite")
        made: str = self.call("open", file=file, options=options)
        return made

    def reopen(self, **options: Any) -> str:
        """Have another database and connector in place of the open ones."""
        self.close()
        return self.open(**options)

    def write(self, *statements: tuple[str, list[Any]]) -> None:
        """Run statements in one transaction."""
        self.call("write", statements=statements)

    def add(self, *ids: str, table: str = "everything") -> None:
        """Insert rows, each in a transaction of its own."""
        self.call(
            "write_each",
            statements=[(f"INSERT INTO {table} (id) VALUES (?)", [id_]) for id_ in ids],
        )

    def upload(self) -> str | None:
        """Upload once, and return what was thrown."""
        thrown: str | None = self.call("upload")
        return thrown

    def queue(self) -> list[str]:
        """Return the ids of the rows in ``ps_crud``, in order."""
        ids: list[str] = self.call("queue")
        return ids

    def credentials(self) -> Any:
        """Return what ``fetchCredentials`` gives, or the text of what it throws."""
        return self.call("credentials")

    def set_clock(self, *, ahead: float) -> None:
        """Have it believe that it is later, by so many seconds."""
        self.call("set_clock", aheadMs=round(ahead * 1000))

    def decide(self, *answers: str | None) -> None:
        """Say what the application answers to its next rejections; or ``throw``."""
        self.call("decide", answers=answers)

    def rejections(self) -> list[dict[str, Any]]:
        """Return what the callback got since it was asked last."""
        got: list[dict[str, Any]] = self.call("rejections")
        return got

    def dropped(self) -> list[dict[str, Any]]:
        """Return what ``onDropped`` got since it was asked last."""
        got: list[dict[str, Any]] = self.call("dropped")
        return got

    def fail(self, times: int) -> None:
        """Have ``onDropped`` throw the next times."""
        self.call("fail", times=times)

    def forget(self) -> None:
        """Forget the token."""
        self.call("forget")

    def forget_while_fetching(self) -> None:
        """Forget the token while one is fetched."""
        self.call("forget_while_fetching")

    def connect(self, **options: Any) -> None:
        """Have PowerSync connect, and upload by itself."""
        self.call("connect", options=options)

    def upload_error(self) -> str | None:
        """Return what PowerSync says of the last upload."""
        said: str | None = self.call("upload_error")
        return said

    def close(self) -> None:
        """Close the database."""
        self.call("close")
