"""Conditions of plain SQLAlchemy: each finds the same rows on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tests.metadata.world import FIRST, Kind, Lap, World, day

CONDITIONS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "text": (lambda t: t.name == "one", "1"),
    "text in": (lambda t: t.name.in_(["one", "n4"]), "14"),
    "text not in": (lambda t: t.name.not_in(["one", "n4"]), "235"),
    "in nothing": (lambda t: t.name.in_([]), ""),
    "like": (lambda t: t.name.like("n%"), "2345"),
    "not like": (lambda t: t.name.not_like("n%"), "1"),
    "a longer pattern than the column holds": (lambda t: t.name.like("%o%n%e%%%%%%%%%"), "1"),
    "ilike": (lambda t: t.name.ilike("N_"), "2345"),
    "starts with": (lambda t: t.name.startswith("n", autoescape=True), "2345"),
    "contains a percent sign": (lambda t: t.name.contains("%", autoescape=True), ""),
    "length": (lambda t: sa.func.length(t.name) == 3, "1"),
    "concatenation": (lambda t: t.name + "!" == "one!", "1"),
    "integer": (lambda t: t.count > 20, "345"),
    "integer between": (lambda t: t.count.between(20, 30), "23"),
    "integer not between": (lambda t: ~t.count.between(20, 30), "145"),
    "arithmetic": (lambda t: t.count * 2 + 1 == 41, "2"),
    "modulo": (lambda t: t.count % 20 == 10, "35"),
    "big": (lambda t: t.big == 2**40, "1"),
    "big of an integer": (lambda t: t.big > t.count, "1"),
    "huge": (lambda t: t.huge == 2**62, "1"),
    "real": (lambda t: t.ratio == 0.1, "1"),
    "real of an integer": (lambda t: t.ratio < 1, "1"),
    "decimal": (lambda t: t.price == Decimal("1.50"), "1"),
    "decimal in": (lambda t: t.price.in_([Decimal("1.50")]), "1"),
    "decimal of another scale": (lambda t: t.price == Decimal("1.5"), "1"),
    "decimal of an integer": (lambda t: t.price == 2, "2"),
    "true": (lambda t: t.flag == True, "124"),  # noqa: E712  (SQL's, not Python's)
    "false": (lambda t: t.flag == False, "35"),  # noqa: E712  (SQL's, not Python's)
    "not true": (lambda t: t.flag != True, "35"),  # noqa: E712  (SQL's, not Python's)
    "is true": (lambda t: t.maybe.is_(True), "4"),
    "is not true": (lambda t: t.maybe.is_not(True), "1235"),
    "sqlalchemy's true": (lambda t: t.flag == sa.true(), "124"),
    "boolean in": (lambda t: t.flag.in_([True]), "124"),
    "boolean by itself": (lambda t: t.flag, "124"),
    "boolean inverted": (lambda t: ~t.flag, "35"),
    "boolean negated": (lambda t: sa.not_(t.flag), "35"),
    "nullable boolean by itself": (lambda t: t.maybe, "4"),
    "nullable boolean inverted": (lambda t: ~t.maybe, "25"),
    "and": (lambda t: sa.and_(t.flag, t.count > 1), "24"),
    "or": (lambda t: t.flag | (t.count == 50), "1245"),
    "and not": (lambda t: t.flag & ~(t.count > 20), "12"),
    "and true": (lambda t: sa.and_(sa.true(), t.flag), "124"),
    "boolean of boolean": (lambda t: t.flag == t.maybe, "45"),
    "is distinct from": (lambda t: t.maybe.is_distinct_from(False), "134"),
    "is null": (lambda t: t.maybe.is_(None), "13"),
    "is not null": (lambda t: t.maybe.is_not(None), "245"),
    "equals None": (lambda t: t.extra == None, "45"),  # noqa: E711  (SQL's, not Python's)
    "timestamp": (lambda t: t.made == day(3), "3"),
    "timestamp in another zone": (
        lambda t: t.made == datetime(2024, 1, 3, 2, tzinfo=timezone(timedelta(hours=2))),
        "3",
    ),
    "timestamp after": (lambda t: t.made > day(3), "45"),
    "timestamp between": (lambda t: t.made.between(day(2), day(4)), "234"),
    "timestamp not between": (lambda t: ~t.made.between(day(2), day(4)), "15"),
    "timestamp in": (lambda t: t.made.in_([day(2), day(5)]), "25"),
    "timestamps": (lambda t: t.made <= t.changed, "12345"),
    "date": (lambda t: t.day <= date(2024, 1, 1), "1"),
    "date between": (lambda t: t.day.between(date(2023, 12, 31), date(2024, 1, 2)), "1"),
    "time": (lambda t: t.at == FIRST["at"], "1"),
    "duration": (lambda t: t.took > timedelta(seconds=4), "1"),
    "duration between": (
        lambda t: t.took.between(timedelta(seconds=5), timedelta(seconds=6)),
        "1",
    ),
    "uuid": (lambda t: t.token == UUID(int=5), "1"),
    "uuid as text": (lambda t: t.token == str(UUID(int=5)), "1"),
    "enum": (lambda t: t.kind == Kind.FANCY, "1"),
    "enum by value": (lambda t: t.kind == "plain", "2345"),
    "enum in": (lambda t: t.kind.in_([Kind.PLAIN, "it's fancy"]), "12345"),
    "integer choice": (lambda t: t.level == 2, "1"),
    "bytes": (lambda t: t.raw == b"\0\xff", "1"),
    "document": (lambda t: t.extra == FIRST["extra"], "1"),
    "document of models": (lambda t: t.laps == [Lap(number=1, lap_time=20)], "1"),
    "number in a document": (lambda t: t.extra["a"][0].as_integer() > 1, "23"),
    "text in a document": (lambda t: t.extra["a", 1, "b"].as_string() == "y2", "2"),
    "text in a document, starting": (lambda t: t.extra["a", 1, "b"].as_string().like("y%"), "23"),
    "boolean in a document": (lambda t: t.extra["on"].as_boolean() == True, "1"),  # noqa: E712  (SQL's, not Python's)
    "number in a document of models": (lambda t: t.laps[0]["lapTime"].as_integer() == 20, "1"),
    "case": (lambda t: sa.case((t.count > 20, "hi"), else_="lo") == "lo", "12"),
    "case of a boolean": (lambda t: sa.case((t.flag == True, 1), else_=0) == 1, "124"),  # noqa: E712  (SQL's, not Python's)
    "case of a boolean by itself": (lambda t: sa.case((t.flag, 1), else_=0) == 1, "124"),
    "case by value": (lambda t: sa.case({"plain": 1}, value=t.kind, else_=2) == 2, "1"),
    "coalesce": (lambda t: sa.func.coalesce(t.big, 0) == 0, "2345"),
    "coalesce of columns": (lambda t: sa.func.coalesce(t.user_id, t.id) == "2", "2"),
    "cast": (lambda t: sa.cast(t.count, sa.Text) == "30", "3"),
    "literal": (lambda t: t.flag == sa.literal(True, t.flag.type), "124"),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_condition(things: World, name: str) -> None:
    condition, expected = CONDITIONS[name]
    statement = sa.select(things.thing.id).where(condition(things.thing)).order_by(things.thing.id)

    assert list(expected) == [key for (key,) in things.rows(statement)]
