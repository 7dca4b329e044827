"""Whole schemas drawn by Hypothesis: a few names over and over, so that two of them meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, Literal, Optional
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st

import dualschema as ds
from dualschema.column_type import ClientKind, ColumnType, TypeOptions
from dualschema.declare.resolve import resolve_type
from dualschema.types import ALL_TYPES
from tests.schema.define import define

__all__ = ["schemas"]

# One wants quotes, one has a sign of a text of a driver, one a letter beyond ASCII, one parentheses
# as in the text of a constraint, one has the greatest length that Postgres takes: the names of its
# constraints are cut, perhaps within a letter.
_LONG: Final = "lång_" * 10 + "nam"
_TABLES: Final = ("alpha", "order", "gru\u0308n", "t:x)(", _LONG)
_COLUMNS: Final = ("a", "b", "select", "d:e(\\f)", "é", _LONG)
_TEXTS: Final = st.sampled_from(
    [
        *(None, "plain", "it's 100% :x \\ \\:y {a}", "zwei\nZeilen"),
        *("%(a)s {0!r} [red]\x1b[31m", "\u202e\u05d0 \r\x85\u2028", "\"\"\" ''' \\N{x} \\ "),
    ]
)
_STYLES: Final[st.SearchStrategy[Any]] = st.sampled_from(["portable", "native"])
_OTHER_STYLES: Final[st.SearchStrategy[Any]] = st.sampled_from([None, None, "portable", "native"])
_KEYS: Final[tuple[Any, ...]] = (str, UUID, int, ds.BigInt, ds.Int64)
_CODE: Final = "code"
"""The name of a unique text that foreign keys may refer to in place of the key."""

_SAMPLES: Final = [
    *((annotation, options) for kind in ALL_TYPES for annotation, options in kind.samples),
    (str, {"max_length": 3}),
    (str, {"pattern": r"""^a:b%\d\(\{'"\\"""}),
    (Literal["x:y", "50%", "it's"], {}),
    (Literal["%(a)s {0}", "\\", '"\n', "\u202e\u05d0", "e\u0301", ""], {}),
    (Literal["x:y", "50%"], {}),
    (Decimal, {"precision": 5, "scale": 1}),
    (int, {"ge": 0}),
]

_SERVER_DEFAULTS: Final = {
    ClientKind.STRING: ["'it''s 100% :x'", '\'%(a)s {0} \\ """\'', "upper('x')"],
    ClientKind.INTEGER: ["7", "3 + 4"],
    ClientKind.TIMESTAMP: ["CURRENT_TIMESTAMP"],
    ClientKind.JSON: ["'{\"a\": 1}'"],
}
"""SQL that either style takes."""

# Each holds for every row, and for columns of any type.
_CHECKS: Final = (
    "{} IS NOT NULL OR 1 = 1",
    "{} IS NULL OR 'a:b%' <> ''",
    "{0} = {0} OR {0} IS NULL",
)


@st.composite
def schemas(draw: st.DrawFn) -> ds.Schema:
    """Draw a schema of up to three tables, with all that a migration may meet."""
    names = draw(st.lists(st.sampled_from(_TABLES), unique=True, max_size=3))
    keys = {name: draw(st.sampled_from(_KEYS)) for name in names}
    coded = [name for name in names if draw(st.booleans())]
    dropped = [name for name in names if draw(st.integers(0, 15)) == 0]
    targets = {name: key for name, key in keys.items() if name not in dropped}
    targets |= {f"{name}.{_CODE}": str for name in coded if name not in dropped}
    free = [name for name in _TABLES if name not in names]
    tables = []
    for name in names:
        was = draw(st.sampled_from([None, *free]))
        if was is not None:
            free.remove(was)
        more = {"was": was, "dropped": name in dropped}
        tables.append(_table(draw, name, keys[name], targets, **more))
    try:
        return ds.Schema(*tables, postgres=draw(_STYLES))
    except ds.DefinitionError:
        assume(condition=False)
        raise


def _table(
    draw: st.DrawFn, name: str, kind: Any, targets: dict[str, Any], **more: Any
) -> type[ds.Table]:
    key = draw(st.sampled_from(["id", "a"]))
    names = draw(st.lists(st.sampled_from([n for n in _COLUMNS if n != key]), unique=True))
    free = [each for each in _COLUMNS if each not in names and each != key]
    columns: dict[str, Any] = {}
    for number, column in enumerate(names):
        former = draw(st.sampled_from([None, None, *free]))
        if former is not None:
            free.remove(former)
        columns[f"c{number}"] = _column(draw, column, former, targets)
    if f"{name}.{_CODE}" in targets:
        unique = draw(st.sampled_from([True, f"{name[:9]}_unique"]))
        columns[_CODE] = (str, {"unique": unique, "doc": draw(_TEXTS)})
    options = {o["name"]: o for _, o in columns.values() if "name" in o}
    standing = [key, *(each for each in names if "dropped" not in options[each])]
    return define(
        name,
        columns,
        key={"key": (kind, _key(draw, key, kind))},
        indexes=[_index(draw, name, number, standing) for number in range(draw(st.integers(0, 2)))],
        checks=_checks(draw, name, standing),
        owner=draw(st.sampled_from([None, key])),
        postgres=draw(_OTHER_STYLES),
        # A client's id is text, so a table with another key is the server's own.
        sync=kind not in {int, ds.BigInt}
        and draw(st.sampled_from([True, True, False, "local_only", "insert_only"])),
        doc=draw(_TEXTS),
        **more,
    )


def _key(draw: st.DrawFn, name: str, annotation: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"name": name, "primary_key": True, "doc": draw(_TEXTS)}
    # Postgres counts whole numbers up, unless a row brings one.
    if annotation in {int, ds.BigInt, ds.Int64} and draw(st.booleans()):
        options["default_factory"] = lambda: 1
    return options


def _index(draw: st.DrawFn, table: str, number: int, columns: list[str]) -> ds.Index:
    over = draw(st.lists(st.sampled_from(columns), min_size=1, max_size=3, unique=True))
    signed = [draw(st.sampled_from(["", "-"])) + column for column in over]
    name = draw(st.sampled_from([None, f"{table[:9]}_i{number}"]))
    return ds.Index(*signed, name=name, unique=draw(st.booleans()))


def _checks(draw: st.DrawFn, table: str, columns: list[str]) -> list[ds.Check]:
    found = []
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        condition = draw(st.sampled_from(_CHECKS)).format(f'"{draw(st.sampled_from(columns))}"')
        name = draw(st.sampled_from([None, f"{table[:9]}_c{number}"]))
        found.append(ds.Check(condition, name=name))
    return found


def _column(draw: st.DrawFn, name: str, was: str | None, targets: dict[str, Any]) -> Any:
    options: dict[str, Any] = {"name": name, "was": was, "doc": draw(_TEXTS)}
    is_nullable = draw(st.booleans())
    if targets and draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(sorted(targets)))
        annotation = targets[target]
        options["foreign_key"] = _foreign_key(draw, target, is_nullable=is_nullable)
        if options["foreign_key"].on_delete == "set default":
            options["server_default"] = "NULL"
    else:
        annotation, more = draw(st.sampled_from(_SAMPLES))
        options |= more
        kind = resolve_type(annotation, TypeOptions(**more))
        options |= _default(draw, annotation, kind)
        options["unique"] = draw(st.integers(0, 4)) == 0
        options["index"] = draw(st.integers(0, 4)) == 0
        options["postgres"] = draw(_OTHER_STYLES)
    if draw(st.integers(0, 7)) == 0:
        options["check"] = draw(st.sampled_from(_CHECKS)).format(f'"{name}"')
    if is_nullable and draw(st.integers(0, 9)) == 0:
        options |= {"dropped": True, "default": None}
    return (Optional[annotation] if is_nullable else annotation), options  # noqa: UP045  (at run time)


def _foreign_key(draw: st.DrawFn, target: str, *, is_nullable: bool) -> ds.ForeignKey:
    actions = ["no action", "cascade", "restrict"]
    if is_nullable:
        actions += ["set null", "set default"]
    name = draw(st.sampled_from([None, None, "one_fkey", "other_fkey"]))
    action: Any = draw(st.sampled_from(actions))
    return ds.ForeignKey(
        target,
        on_delete=action,
        on_update=draw(st.sampled_from(["no action", "cascade"])),
        deferrable=draw(st.sampled_from([False, "immediate", "deferred"])),
        name=name,
    )


def _default(draw: st.DrawFn, annotation: Any, kind: ColumnType) -> dict[str, Any]:
    """Draw a default: none, a value of the column, a factory's, or the database's own."""
    ways: list[dict[str, Any]] = [{}]
    if annotation in {list, dict}:
        ways.append({"default_factory": annotation})
    # Documents of a shape of their own would not be read again.
    is_shaped = kind.client_kind is ClientKind.JSON and annotation is not Any
    if kind.client_kind in _SERVER_DEFAULTS and not is_shaped:
        ways.append({"server_default": draw(st.sampled_from(_SERVER_DEFAULTS[kind.client_kind]))})
    way = draw(st.sampled_from([*ways, None]))
    return {"default": draw(kind.strategy())} if way is None else way
