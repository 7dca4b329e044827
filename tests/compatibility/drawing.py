"""Definitions, drawn, and drawn changes of them: pairs that old clients are said to survive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Optional, cast

from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import TypeOptions
from dualschema.compatibility import Finding, compare, snapshot_of
from dualschema.errors import DefinitionError
from dualschema.schema import Schema
from dualschema.testing.strategies import make_table
from dualschema.types import ALL_TYPES
from tests.compatibility.definitions import Column, of, table
from tests.compatibility.test_values import FORM_CHANGED, NARROWED, SAME, WIDENED

__all__ = ["Definition", "pairs"]

_SHOWN = [*NARROWED.values(), *WIDENED.values(), *SAME.values(), *FORM_CHANGED.values()]
_OF_TYPE = {field.name for field in fields(TypeOptions)}
_PAIRS = [
    [Column(c.annotation, {k: v for k, v in c.options.items() if k in _OF_TYPE}) for c in pair]
    for pair in _SHOWN
]
_SAMPLES = [Column(*sample) for kind in ALL_TYPES for sample in kind.samples]


@dataclass(frozen=True)
class Drawn:
    """A column: what it takes, and what else is said of it."""

    takes: Column
    nullable: bool = False
    default: Any = ...
    more: dict[str, Any] = field(default_factory=dict)

    def column(self) -> Column:
        annotation = self.takes.annotation
        options = {**self.takes.options, **self.more}
        if self.default is not ...:
            options["default"] = self.default
        if self.default is not ... and self.default is not None:
            options.pop("unique", None)  # a client's value may be the default that others got
        return of(cast(Any, Optional)[annotation] if self.nullable else annotation, **options)


@dataclass(frozen=True)
class Definition:
    """A table ``notes`` with an owner, and perhaps one whose rows name its rows."""

    columns: dict[str, Drawn]
    name: str = "notes"
    line: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    on_delete: str | None = None

    def schema(self) -> Schema:
        key = of(str, primary_key=True)
        made = {name: drawn.column() for name, drawn in self.columns.items()}
        fields = {"id": key, "user_id": of(str, owner=True), **made}
        line = {**self.line, "uploads": ds.UploadRules(**self.rules)}
        tables = [table(self.name, fields, line)]
        if self.on_delete is not None:
            link = ds.ForeignKey(f"{self.name}.id", on_delete=cast(Any, self.on_delete))
            note = of(str | None, foreign_key=link, default=None)
            child = {"id": key, "user_id": of(str, owner=True), "note_id": note}
            tables.append(table("marks", child))
        return Schema(*tables)


@cache
def _values(number: int) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that a sample takes, by its number."""
    takes = _TAKES[number]
    made = make_table("sampled", {"value": takes})
    return made.__dualschema_binding__.model.by_name["value"].type.strategy()


_TAKES = [*(each for pair in _PAIRS for each in pair), *_SAMPLES]
_NUMBERS = st.integers(0, len(_TAKES) - 1)


@st.composite
def _columns(draw: st.DrawFn, number: int | None = None) -> Drawn:
    if number is None:
        number = draw(_NUMBERS)
    nullable = draw(st.booleans())
    default: Any = ...
    if draw(st.integers(0, 2)) == 0:
        default = draw(_values(number))
    elif nullable and draw(st.booleans()):
        default = None
    more: dict[str, Any] = {}
    if (writable := draw(st.sampled_from([None, None, None, "create", "server"]))) is not None:
        more["writable"] = writable
    if not draw(st.integers(0, 7)):
        more["unique"] = True
    return Drawn(_TAKES[number], nullable, default, more)


@st.composite
def _definitions(draw: st.DrawFn) -> Definition:
    columns = {f"c{n}": draw(_columns()) for n in range(draw(st.integers(1, 3)))}
    line: dict[str, Any] = {}
    if draw(st.booleans()):
        line["track_previous"] = True
    if not draw(st.integers(0, 5)):
        line["sync"] = "insert_only"
    on_delete = draw(st.sampled_from([None, None, "cascade", "no action"]))
    made = Definition(columns, line=line, on_delete=on_delete)
    return draw(_with_rules(made)) if draw(st.booleans()) else made


@st.composite
def _with_rules(draw: st.DrawFn, made: Definition) -> Definition:
    rules = dict(made.rules)
    rule = draw(
        st.sampled_from(["absent", "refused", "version", "compare_previous", "server_wins"])
    )
    match rule:
        case "absent":
            rules["absent"] = draw(st.sampled_from(["default", "null"]))
        case "refused":
            rules["refused"] = draw(st.sampled_from(["reject", "dead_letter", "drop"]))
        case "version":
            names = [name for name, drawn in made.columns.items() if drawn.takes.annotation is int]
            rules["version"] = draw(st.sampled_from([None, *names]))
        case "compare_previous":
            rules["compare_previous"] = draw(st.booleans())
        case _:
            rules["server_wins"] = draw(st.lists(st.sampled_from(sorted(made.columns)), max_size=1))
    return replace(made, rules=rules)


@st.composite
def _changed_columns(draw: st.DrawFn, made: Definition) -> Definition:
    """Change, rename, drop, remove or add a column."""
    columns = dict(made.columns)
    name = draw(st.sampled_from(sorted(columns)))
    old = columns[name]
    match draw(
        st.sampled_from(["takes", "takes", "null", "default", "more", "rename", "drop", "add"])
    ):
        case "takes":
            number = draw(_near(old.takes))
            default = old.default if old.default in (..., None) else draw(_values(number))
            columns[name] = replace(old, takes=_TAKES[number], default=default)
        case "null":
            columns[name] = replace(old, nullable=not old.nullable)
        case "default":
            near = _TAKES.index(old.takes)
            other = draw(_values(near) | st.sampled_from([..., None]))
            columns[name] = replace(old, default=other)
        case "more":
            columns[name] = replace(old, more=draw(_columns(_TAKES.index(old.takes))).more)
        case "rename":
            more = {**old.more, "was": name} if draw(st.integers(0, 3)) else old.more
            columns = {n if n != name else f"{n}x": c for n, c in columns.items()}
            columns[f"{name}x"] = replace(old, more=more)
        case "drop":
            del columns[name]
            if draw(st.integers(0, 3)):
                columns[name] = replace(old, more={**old.more, "dropped": True})
        case _:
            columns[f"n{len(columns)}"] = draw(_columns())
    return replace(made, columns=columns)


def _near(takes: Column) -> st.SearchStrategy[int]:
    """Return a strategy for samples, mostly of those that are shown beside one."""
    beside = [n ^ 1 for n, each in enumerate(_TAKES[: 2 * len(_PAIRS)]) if each == takes]
    return st.sampled_from(beside) | _NUMBERS if beside else _NUMBERS


_LINES: list[dict[str, Any]] = [
    {},
    {"track_previous": True},
    {"sync": "insert_only"},
    {"sync": False},
]


@st.composite
def _changed(draw: st.DrawFn, made: Definition) -> Definition:
    match draw(st.sampled_from(["column", "column", "column", "rules", "line", "name", "child"])):
        case "column":
            return draw(_changed_columns(made))
        case "rules":
            return draw(_with_rules(made))
        case "line":
            line: dict[str, Any] = draw(st.sampled_from(_LINES))
            return replace(made, line=line)
        case "name":
            was = {"was": made.name} if draw(st.integers(0, 3)) else {}
            return replace(made, name=f"{made.name}x", line={**made.line, **was})
        case _:
            kinds = [None, "cascade", "set null", "no action", "restrict"]
            return replace(made, on_delete=draw(st.sampled_from(kinds)))


Verdict = Callable[[tuple[Finding, ...]], bool]


@st.composite
def pairs(draw: st.DrawFn, passes: Verdict) -> tuple[Schema, Schema]:
    """Draw two definitions, of which the second is the first with changes that a verdict passes."""
    old = draw(_definitions().map(_tried).filter(lambda tried: tried is not None))
    definition, schema = cast("tuple[Definition, Schema]", old)
    before, now, new = snapshot_of(schema.model), definition, schema
    for _ in range(draw(st.integers(3, 8))):
        tried = _tried(draw(_changed(now)))
        if tried is not None and passes(compare(before, snapshot_of(tried[1].model))):
            now, new = tried
    return schema, new


def _tried(definition: Definition) -> tuple[Definition, Schema] | None:
    try:
        return definition, definition.schema()
    except DefinitionError:
        return None
