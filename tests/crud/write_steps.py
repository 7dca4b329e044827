"""Steps that write: inserts, upserts, updates, deletes and transactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

import dualschema as ds
from tests.crud.changes import Change, Copy, Value
from tests.crud.conditions import Condition, parameters
from tests.crud.draws import (
    POOLS,
    change_lists,
    changes,
    conditions,
    conflicts,
    keys,
    mostly,
    new_rows,
    row_lists,
)
from tests.crud.machine import Machine, make_rows
from tests.crud.model import KEYS, Conflict, Model, Refusal, Row
from tests.crud.world import CLOCK, World

__all__ = ["WriteSteps"]

_TABLES = st.sampled_from(["things", "things", "owners"])
_SOME_ROWS = _TABLES.flatmap(
    lambda table: st.tuples(st.just(table), mostly(new_rows(table), row_lists(table)))
)
_REFUSED: dict[str, tuple[type[ds.DualschemaError], Callable[[Any, str], Any]]] = {
    "all rows, unasked": (
        ds.StatementError,
        lambda thing, key: ds.update(thing).set(count=1),
    ),
    "a column that is none": (
        ds.StatementError,
        lambda thing, key: ds.update(thing, key).set({"cuont": 1}),
    ),
    "another key": (
        ds.StatementError,
        lambda thing, key: ds.update(thing, key).set(code="other"),
    ),
    "a value beyond the bounds": (
        ds.EncodeError,
        lambda thing, key: ds.update(thing, key).set(count=1001),
    ),
    "NULL": (
        ds.EncodeError,
        lambda thing, key: ds.update_many(thing, [(key, {"count": 1}), (key, {"title": None})]),
    ),
    "a condition on no value of the column": (
        ds.StatementError,
        lambda thing, key: ds.delete(thing).where(thing.made > "yesterday"),
    ),
    "a parameter without a value": (
        ds.StatementError,
        lambda thing, key: ds.delete(thing).where(thing.count == ds.param("count")),
    ),
}

_Upsert = tuple[str, list[Row], Conflict]
_UPSERTS = _TABLES.flatmap(
    lambda table: st.tuples(st.just(table), row_lists(table), conflicts(table))
)
_SHAPES = st.sampled_from([list, tuple, iter])


def _touch(table: str, set_: Mapping[str, Any]) -> Row:
    """Return what `on_update` sets beside what is set."""
    return {"changed": CLOCK.now} if set_ and table == "things" and "changed" not in set_ else {}


class WriteSteps(Machine):
    """Writes."""

    @initialize(things=row_lists("things", least=4, most=9))
    def fill(self, things: list[Row]) -> None:
        """Begin with rows: of owners, half of those that things may name."""
        there = POOLS["owners"]["id"][::2]
        names = POOLS["owners"]["name"]
        owners = [{"id": key, "name": names[n], "rank": n} for n, key in enumerate(there)]
        chosen = (*there, None)
        owned = [{**row, "owner_id": chosen[n % 4]} for n, row in enumerate(things)]
        self._insert("owners", owners, list)
        self._insert("things", list({row["code"]: row for row in owned}.values()), list)

    @rule(drawn=_SOME_ROWS, shape=_SHAPES)
    def insert(self, drawn: tuple[str, list[Row]], shape: Any) -> None:
        self._insert(*drawn, shape)

    @rule(drawn=_SOME_ROWS)
    def insert_one(self, drawn: tuple[str, list[Row]]) -> None:
        table, rows = drawn
        self.agree(
            lambda world: world.db.run(ds.insert(make_rows(world, table, rows)[0])),
            lambda model: len(model.insert(table, rows[:1])),
            written=table,
        )

    @rule(drawn=_SOME_ROWS)
    def insert_returning(self, drawn: tuple[str, list[Row]]) -> None:
        table, rows = drawn
        self.agree(
            lambda world: world.db.all(ds.insert(make_rows(world, table, rows)).returning()),
            lambda model: model.insert(table, rows),
            ordered=True,
            written=table,
        )

    @rule(drawn=_UPSERTS, shape=_SHAPES, by_name=st.booleans())
    def upsert(self, drawn: _Upsert, shape: Any, by_name: bool) -> None:
        table, rows, conflict = drawn

        def act(world: World) -> int:
            made = shape(make_rows(world, table, rows))
            options = _conflict_options(world.table(table), conflict, by_name=by_name)
            return world.db.run(ds.upsert(made, **options))

        self.agree(act, lambda model: len(_upserted(model, drawn)), written=table)

    @rule(drawn=_UPSERTS, by_name=st.booleans())
    def upsert_returning(self, drawn: _Upsert, by_name: bool) -> None:
        table, rows, conflict = drawn

        def act(world: World) -> Any:
            options = _conflict_options(world.table(table), conflict, by_name=by_name)
            statement = ds.upsert(make_rows(world, table, rows), **options)
            return world.db.all(statement.returning())

        self.agree(act, lambda model: _upserted(model, drawn), ordered=True, written=table)

    @rule(
        drawn=_TABLES.flatmap(lambda t: st.tuples(st.just(t), keys(t), changes(t))),
        how=st.sampled_from(["keywords", "mapping", "patch"]),
    )
    def update_by_key(self, drawn: tuple[str, Any, dict[str, Change]], how: str) -> None:
        table, key, set_ = drawn
        self.agree(
            lambda world: world.db.run(_update(world, table, set_, how, key=key)),
            lambda model: len(_updated(model, table, set_, key=key)),
            written=table,
        )

    @rule(drawn=_TABLES.flatmap(lambda t: st.tuples(st.just(t), conditions(t), changes(t))))
    def update_where(self, drawn: tuple[str, Condition, dict[str, Change]]) -> None:
        table, condition, set_ = drawn
        self.agree(
            lambda world: world.db.run(
                _update(world, table, set_, "keywords").where(condition.sql(world.table(table))),
                **parameters(condition),
            ),
            lambda model: len(_updated(model, table, set_, condition)),
            written=table,
        )

    @rule(condition=conditions("things"), set_=changes("things"))
    def update_returning(self, condition: Condition, set_: dict[str, Change]) -> None:
        def act(world: World) -> Any:
            statement = _update(world, "things", set_, "keywords")
            thing = world.thing
            returning = statement.where(condition.sql(thing)).returning(
                thing.code, thing.extra, thing.flag, thing.changed, thing.position
            )
            return world.db.all(returning, **parameters(condition))

        columns = ("code", "extra", "flag", "changed", "position")
        self.agree(
            act,
            lambda model: [
                tuple(row[name] for name in columns)
                for row in _updated(model, "things", set_, condition)
            ],
            written="things",
        )

    @rule(set_=changes("things"), deletes=st.sampled_from([False, False, True]))
    def write_all_rows(self, set_: dict[str, Change], deletes: bool) -> None:
        def act(world: World) -> int:
            if deletes:
                return world.db.run(ds.delete(world.thing).all_rows())
            return world.db.run(_update(world, "things", set_, "mapping").all_rows())

        def work(model: Model) -> int:
            if deletes:
                return len(model.delete("things", model.rows("things")))
            return len(_updated(model, "things", set_))

        self.agree(act, work, written="things")

    @rule(
        drawn=_TABLES.flatmap(lambda table: st.tuples(st.just(table), change_lists(table))),
        shape=_SHAPES,
    )
    def update_many(self, drawn: tuple[str, list[tuple[Any, Any]]], shape: Any) -> None:
        table, pairs = drawn

        def act(world: World) -> int:
            changed = [(k, {n: c.sql(None) for n, c in set_.items()}) for k, set_ in pairs]
            return world.db.run(ds.update_many(world.table(table), shape(changed)))

        self.agree(
            act,
            lambda model: sum(len(_updated(model, table, s, key=k)) for k, s in pairs),
            written=table,
        )

    @rule(drawn=_TABLES.flatmap(lambda t: st.tuples(st.just(t), keys(t))))
    def delete_by_key(self, drawn: tuple[str, Any]) -> None:
        table, key = drawn
        self.agree(
            lambda world: world.db.run(ds.delete(world.table(table), key)),
            lambda model: len(model.delete(table, _of_key(model, table, key))),
            written=table,
        )

    @rule(
        drawn=_TABLES.flatmap(lambda t: st.tuples(st.just(t), conditions(t))),
        returns=st.booleans(),
    )
    def delete_where(self, drawn: tuple[str, Condition], returns: bool) -> None:
        table, condition = drawn

        def act(world: World) -> Any:
            statement = ds.delete(world.table(table)).where(condition.sql(world.table(table)))
            given = parameters(condition)
            if returns:
                return world.db.all(statement.returning(), **given)
            return world.db.run(statement, **given)

        def work(model: Model) -> Any:
            removed = model.delete(table, model.rows(table, condition))
            return removed if returns else len(removed)

        self.agree(act, work, written=table)

    @rule(key=keys("things"), what=st.sampled_from(sorted(_REFUSED)))
    def write_what_is_refused(self, key: str, what: str) -> None:
        error, statement = _REFUSED[what]

        def refuse(model: Model) -> None:
            raise Refusal(error)

        self.agree(
            lambda world: world.db.run(statement(world.thing, key)), refuse, written="things"
        )

    @precondition(lambda self: len(self.open) < 3)
    @rule(isolation=st.sampled_from([None, "serializable"]))
    def begin_transaction(self, isolation: Any) -> None:
        self.begin(**({} if self.open else {"isolation": isolation}))

    @precondition(lambda self: self.open)
    @rule(commits=st.booleans())
    def end_transaction(self, commits: bool) -> None:
        self.end(commits=commits)
        for table in KEYS:
            self.compare_contents(table)

    def _insert(self, table: str, rows: list[Row], shape: Any) -> None:
        self.agree(
            lambda world: world.db.run(ds.insert(shape(make_rows(world, table, rows)))),
            lambda model: len(model.insert(table, rows)),
            written=table,
        )


def _of_key(model: Model, table: str, key: Any) -> list[Row]:
    found = model.tables[table].get(key)
    return [] if found is None else [found]


def _upserted(model: Model, drawn: _Upsert) -> list[Row]:
    table, rows, conflict = drawn
    return model.upsert(table, rows, conflict, _touch(table, conflict.changes or {}))


def _updated(
    model: Model,
    table: str,
    set_: dict[str, Change],
    condition: Condition | None = None,
    *,
    key: Any = None,
) -> list[Row]:
    rows = model.rows(table, condition) if key is None else _of_key(model, table, key)
    return model.update(table, rows, set_, _touch(table, set_))


def _update(world: World, table: str, set_: dict[str, Change], how: str, *, key: Any = None) -> Any:
    made = world.table(table)
    values = {name: change.sql(made) for name, change in set_.items()}
    statement = ds.update(made, key)
    if how == "keywords":
        return statement.set(**values)
    if how == "mapping" or not all(isinstance(change, Value) for change in set_.values()):
        return statement.set(values)
    return statement.set(ds.patch_model(made)(**values))


def _conflict_options(table: Any, conflict: Conflict, *, by_name: bool) -> dict[str, Any]:
    """Return the arguments of ``upsert``."""
    options: dict[str, Any] = {}
    if conflict.target not in KEYS.values() or by_name:
        options["target"] = conflict.target if by_name else getattr(table, conflict.target)
    if conflict.where is not None:
        options["where"] = conflict.where.sql(table)
    if conflict.do_nothing:
        options["do_nothing"] = True
    if conflict.changes is None:
        return options
    if all(change == Copy(name, is_new=True) for name, change in conflict.changes.items()):
        options["set"] = [n if by_name else getattr(table, n) for n in conflict.changes]
    else:
        options["set"] = {name: change.sql(table) for name, change in conflict.changes.items()}
    return options
