"""What the demo shows: plain text where it is piped, colour and width as the terminal has them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from examples.timers.demo.forms import Form, python_text
from examples.timers.demo.journal import Journal, Step
from examples.timers.demo.operations import Operation
from examples.timers.demo.upload import Entry, changes_of
from examples.timers.schema import Timer, schema

__all__ = ["Display"]

_LOG_WIDTH = 110
"""Characters a line where the output goes to no terminal."""

_ROOM_FOR_ANSWERS = 24
"""Characters for what a statement answers."""

_ROOM_FOR_TYPES, _ROOM_FOR_VIEWS = 98, 110
"""From how many characters a line on the schemas show types in Python, and PowerSync's views."""

_NEXT = "Read next: examples/timers/schema.py (the definition), then examples/timers/README.md"


class Display:
    """Writes the demo's tables to the standard output."""

    def __init__(self) -> None:
        # A console that cannot write a sign must not end the demo.
        if reconfigure := getattr(sys.stdout, "reconfigure", None):
            reconfigure(errors="replace")
        fixed = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _LOG_WIDTH
        self._console = Console(width=fixed, highlight=False)
        self._width = self._console.width
        self._tick = "✓ " if self._console.encoding.startswith("utf") else ""

    def schemas(self, postgres: str, sqlite: str) -> None:
        """Show what the definition of ``timers`` becomes: each column in the engines' own DDL."""
        on_server, on_client = _columns(postgres, "timers"), _columns(sqlite, "timers")
        views = {each["name"]: each["type"] for each in schema.powersync()["tables"][0]["columns"]}
        table = _table("class Timer", "Postgres", "SQLite")
        if self._width >= _ROOM_FOR_VIEWS:
            table.add_column("PowerSync", style="dim")
        for column in schema.model.tables[0].columns:
            field = Timer.model_fields[column.attribute]
            wide = self._width >= _ROOM_FOR_TYPES
            kind = f": {_annotation(field.annotation)}" if wide else ""
            left, right = on_server[column.name], on_client[column.name]
            style = "" if left == right else "bold"
            name = Text.assemble(column.attribute, (kind, "cyan"))
            cells = [name, Text(left, style), Text(right, style), views.get(column.name, "id")]
            table.add_row(*cells[: len(table.columns)])
        self._show("One definition, both schemas: timers", table, _both_have(postgres))

    def forms(self, forms: Sequence[Form]) -> None:
        """Show values as they are on each side."""
        table = _table("column", "on")
        table.add_column("value", no_wrap=True, overflow="ellipsis", ratio=1)
        table.expand = True
        for form in forms:
            first = form.column
            for sides, value in form.grouped():
                table.add_row(Text(first, "cyan"), sides, Text(value))
                first = ""
        self._show("The same values, in four places", table)

    def operations(self, operations: Sequence[Operation]) -> None:
        """Show what was run on every database, and what each answered."""
        table = _table("statement")
        table.add_column("answer", min_width=_ROOM_FOR_ANSWERS)
        for each in operations:
            answers = dict.fromkeys(map(_answer, each.answers))
            table.add_row(Text(each.code, "cyan"), " | ".join(answers))
        self._show("The same statements, on Postgres, SQLite and PowerSync", table)

    def queue(self, entries: Sequence[Entry]) -> None:
        """Show the client's queue, and what an update decodes to."""
        table = _table("tx", "op", "table", "what the server gets, and what it decodes to")
        for before, entry in pairwise([None, *entries]):
            assert entry is not None
            again = before is not None and before["tx_id"] == entry["tx_id"]
            cells = ["" if again else str(entry["tx_id"]), entry["op"], entry["type"]]
            table.add_row(*cells, _payload(entry))
        self._show("The client was offline; its upload queue (ps_crud)", table)

    def summary(self, journal: Journal) -> None:
        """Show the journal, and where to read on."""
        table = _table("step")
        table.add_column("rows", justify="right")
        table.add_column("equal")
        table.add_column("time", justify="right")
        for step in journal.steps:
            rows = "" if step.rows is None else f"{step.rows:,}"
            table.add_row(step.name, rows, self._outcome(step), f"{step.seconds * 1000:,.0f} ms")
        names = ", ".join(table.name for table in schema.model.tables)
        end = Text(f"{names}: ")
        if journal.all_equal:
            end.append("every row is equal on every side", "green")
        else:
            end.append(f"{len(journal.differences)} rows differ", "bold red")
        end.append(f", in {journal.seconds:.2f} s.\n")
        end.append("\n".join([*journal.differences[:10], _NEXT]))
        self._show("What was done", table, end)

    def _outcome(self, step: Step) -> Text:
        if step.equal is None:
            return Text("")
        return Text(f"{self._tick}equal", "green") if step.equal else Text("differs", "bold red")

    def _show(self, title: str, table: Table, below: Text | None = None) -> None:
        self._console.print(Text(title, "bold"))
        self._console.print(table)
        if below is not None:
            self._console.print(below)
        self._console.print()


def _table(*columns: str) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="dim",
    )
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _columns(ddl: str, table: str) -> dict[str, str]:
    """Return what the DDL says of each column of a table."""
    body = ddl.partition(f"CREATE TABLE {table} (\n")[2].partition("\n)")[0]
    lines = (line.strip().removesuffix(",") for line in body.split("\n"))
    pairs = (line.split(" ", maxsplit=1) for line in lines if not line.startswith("CONSTRAINT"))
    return dict(pairs)


def _both_have(ddl: str) -> Text:
    """Say what both schemas hold beside the columns, and which other tables."""
    checks = len(re.findall(r"CONSTRAINT timers_\w+ CHECK", ddl))
    others = (f"{t.name} ({len(t.columns)} columns)" for t in schema.model.tables[1:])
    return Text(
        f"Both also have PRIMARY KEY (id), {checks} CHECKs and INDEX idx_timers_user_id; "
        f"PowerSync's view has the columns alone. Made likewise: {', '.join(others)}.",
        "dim",
    )


def _annotation(annotation: Any) -> str:
    """Write a type as one would in the class, its choices left out."""
    if get_origin(annotation) is Literal:
        return "Literal[...]"
    if get_origin(annotation) is list:
        return f"list[{_annotation(get_args(annotation)[0])}]"
    if arguments := get_args(annotation):
        return " | ".join(map(_annotation, arguments))
    return "None" if annotation is type(None) else str(annotation.__name__)


def _answer(answer: Any) -> str:
    """Write what a statement answered: how many rows, or the few values themselves."""
    if isinstance(answer, dict):
        return "\n".join(f"{name} {count}" for name, count in sorted(answer.items()))
    if not isinstance(answer, list):
        return _rows(answer)
    if answer and isinstance(answer[0], tuple) and isinstance(answer[0][-1], list):
        return f"{_rows(len(answer))}, {sum(len(related) for *_, related in answer)} log entries"
    return _rows(len(answer))


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _payload(entry: Entry) -> Text:
    if "data" not in entry:
        return Text(entry["id"], "dim")
    payload = Text(json.dumps(entry["data"], ensure_ascii=False))
    if entry["op"] == "PATCH":
        changes = (f"{name}={python_text(v)}" for name, v in changes_of(entry).items())
        payload.append(f"\n= {', '.join(changes)}", "cyan")
    return payload
