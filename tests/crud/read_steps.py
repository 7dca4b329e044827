"""Steps that read: conditions, orders, pages, groups, joins and what belongs to a row."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from itertools import islice
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

import dualschema as ds
from tests.crud.conditions import Condition, parameters
from tests.crud.draws import conditions, keys, mostly, orders
from tests.crud.machine import Machine
from tests.crud.model import Model, Refusal, Row, Sorting
from tests.crud.world import World

__all__ = ["ReadSteps"]

_KEY = Sorting("code")
_CONDITIONS = mostly(conditions("things"), st.none())
_AGGREGATED = ("title", "position", "big", "ratio", "made", "day", "at", "took", "kind", "level")
_GROUPED = ("flag", "maybe", "kind", "level", "position", "made", "ratio", "title", "owner_id")


def _where(query: Any, table: Any, condition: Condition | None) -> Any:
    return query if condition is None else query.where(condition.sql(table))


class ReadSteps(Machine):
    """Reads."""

    @rule(
        condition=_CONDITIONS,
        order=orders("things"),
        limit=st.none() | st.integers(0, 5),
        offset=st.none() | st.integers(0, 3),
    )
    def select(
        self,
        condition: Condition | None,
        order: list[Sorting],
        limit: int | None,
        offset: int | None,
    ) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            query = _where(ds.select(thing), thing, condition)
            query = query.order_by(*(each.sql(thing) for each in (*order, _KEY)))
            query = query if limit is None else query.limit(limit)
            query = query if offset is None else query.offset(offset)
            given = parameters(condition)
            rows = world.db.all(query, **given)
            return rows, world.db.count(query, **given), world.db.exists(query, **given)

        def work(model: Model) -> Any:
            rows = model.sorted(model.rows("things", condition), (*order, _KEY))[offset or 0 :]
            rows = rows if limit is None else rows[:limit]
            return rows, len(rows), bool(rows)

        self.agree(act, work, ordered=True)

    @rule(condition=_CONDITIONS, column=st.sampled_from(_GROUPED))
    def distinct(self, condition: Condition | None, column: str) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            query = _where(ds.select(getattr(thing, column)), thing, condition).distinct()
            return world.db.scalars(query, **parameters(condition))

        self.agree(
            act, lambda model: list({row[column] for row in model.rows("things", condition)})
        )

    @rule(condition=_CONDITIONS, column=st.sampled_from(_GROUPED), least=st.integers(1, 2))
    def group(self, condition: Condition | None, column: str, least: int) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            by = getattr(thing, column)
            query = ds.select(by, ds.count(), ds.count(thing.position)).group_by(by)
            query = _where(query, thing, condition).having(ds.count() >= least)
            return world.db.all(query, **parameters(condition))

        def work(model: Model) -> Any:
            rows = model.rows("things", condition)
            groups = Counter(row[column] for row in rows)
            known = Counter(row[column] for row in rows if row["position"] is not None)
            return [(value, n, known[value]) for value, n in groups.items() if n >= least]

        self.agree(act, work)

    @rule(condition=_CONDITIONS, column=st.sampled_from(_AGGREGATED))
    def aggregate(self, condition: Condition | None, column: str) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            of = getattr(thing, column)
            query = ds.select(
                ds.count(of), sa.func.min(of), sa.func.max(of), sa.func.sum(thing.count)
            )
            return world.db.one(_where(query, thing, condition), **parameters(condition))

        def work(model: Model) -> Any:
            rows = model.rows("things", condition)
            known = [row[column] for row in rows if row[column] is not None]
            ends = (min(known), max(known)) if known else (None, None)
            return (len(known), *ends, sum(row["count"] for row in rows) if rows else None)

        self.agree(act, work)

    @rule(condition=_CONDITIONS, order=orders("things"), size=st.integers(1, 4))
    def pages(self, condition: Condition | None, order: list[Sorting], size: int) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            query = _where(ds.select(thing), thing, condition)
            query = query.order_by(*(each.sql(thing) for each in order))
            rows: list[Any] = []
            after = None
            while page := world.db.all(query.page(size=size, after=after), **parameters(condition)):
                assert len(page) <= size
                rows += page
                after = page[-1]
                if len(rows) % 2:  # a row, or its values
                    after = (*(getattr(after, each.column) for each in order), after.code)
                assert len(rows) < 1000
            return rows

        self.agree(
            act,
            lambda model: model.sorted(model.rows("things", condition), (*order, _KEY)),
            ordered=True,
        )

    @rule(condition=_CONDITIONS, how=st.sampled_from(["one", "first", "scalar"]))
    def one_row(self, condition: Condition | None, how: str) -> None:
        def act(world: World) -> Any:
            thing = world.thing
            given = parameters(condition)
            if how == "scalar":
                return world.db.scalar(_where(ds.select(thing.extra), thing, condition), **given)
            query = _where(ds.select(thing), thing, condition).order_by(thing.code)
            return getattr(world.db, how)(query, **given)

        def work(model: Model) -> Any:
            rows = model.sorted(model.rows("things", condition), [_KEY])
            if how == "first":
                return rows[0] if rows else None
            if len(rows) != 1:
                raise Refusal(ds.MultipleRowsError if rows else ds.NotFoundError)
            return rows[0] if how == "one" else rows[0]["extra"]

        self.agree(act, work)

    @rule(key=keys("things"), other=keys("owners"))
    def get(self, key: str, other: Any) -> None:
        self.agree(
            lambda world: world.db.get_or_none(world.owner, other),
            lambda model: model.tables["owners"].get(other),
        )

        def work(model: Model) -> Row:
            if key not in model.tables["things"]:
                raise Refusal(ds.NotFoundError)
            return model.tables["things"][key]

        self.agree(lambda world: world.db.get(world.thing, key), work)

    @rule(condition=_CONDITIONS, left=st.booleans())
    def join(self, condition: Condition | None, left: bool) -> None:
        def act(world: World) -> Any:
            thing, owner = world.thing, world.owner
            of = ds.optional(owner) if left else owner
            query = ds.select(thing, of, owner.name).join(owner, left=left)
            return world.db.all(_where(query, thing, condition), **parameters(condition))

        def work(model: Model) -> Any:
            owners = model.tables["owners"]
            pairs = [(row, owners.get(row["owner_id"])) for row in model.rows("things", condition)]
            return [(row, owner, owner and owner["name"]) for row, owner in pairs if owner or left]

        self.agree(act, work)

    @rule(condition=conditions("things"))
    def join_with_alias(self, condition: Condition) -> None:
        def act(world: World) -> Any:
            thing, other = world.thing, ds.alias(world.thing)
            query = ds.select(thing.code, other).join(other, other.position == thing.count)
            query = query.where(condition.sql(other))
            return world.db.all(query, **parameters(condition))

        def work(model: Model) -> Any:
            return [
                (row["code"], other)
                for row in model.rows("things")
                for other in model.rows("things", condition)
                if other["position"] == row["count"]
            ]

        self.agree(act, work)

    @rule(condition=mostly(st.none(), conditions("owners")), order=orders("things"))
    def with_related(self, condition: Condition | None, order: list[Sorting]) -> None:
        def act(world: World) -> Any:
            thing, owner = world.thing, world.owner
            by = order[0].sql(thing) if order else None
            query = ds.select(owner).with_related(thing, order_by=by).order_by(owner.name)
            return world.db.all(_where(query, owner, condition), **parameters(condition))

        def work(model: Model) -> Any:
            things = model.sorted(model.rows("things"), (*order[:1], _KEY))
            return [
                (owner, [row for row in things if row["owner_id"] == owner["id"]])
                for owner in model.sorted(model.rows("owners", condition), [Sorting("name")])
            ]

        self.agree(act, work, ordered=True)

    @rule(condition=conditions("things"), negated=st.booleans())
    def exists_of_another(self, condition: Condition, negated: bool) -> None:
        def act(world: World) -> Any:
            thing, owner = world.thing, world.owner
            named = ds.select(thing.code).where(thing.owner_id == owner.id, condition.sql(thing))
            there = ds.exists(named)
            query = ds.select(owner.id).where(~there if negated else there)
            return world.db.scalars(query, **parameters(condition))

        def work(model: Model) -> Any:
            named = {row["owner_id"] for row in model.rows("things", condition)}
            return [key for key in model.tables["owners"] if (key in named) is not negated]

        self.agree(act, work)

    @rule(condition=_CONDITIONS, size=st.integers(1, 4), taken=st.integers(0, 20))
    def stream(self, condition: Condition | None, size: int, taken: int) -> None:
        def act(world: World) -> Any:
            query = _where(ds.select(world.thing), world.thing, condition)
            query = query.order_by(world.thing.code)
            rows = world.db.stream(query, size=size, **parameters(condition))
            with closing(rows):  # given up half way
                return list(islice(rows, taken))

        self.agree(
            act,
            lambda model: model.sorted(model.rows("things", condition), [_KEY])[:taken],
            ordered=True,
        )
