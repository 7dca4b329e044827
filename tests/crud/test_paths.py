"""Paths into documents: the same values on every kind of database."""

from __future__ import annotations

from typing import Any

import dualschema as ds
from tests.crud.books import Book, book

_DEEP = ("list", 1, "deep")
_NOTES: dict[str, Any] = {
    "yes": True,
    "no": False,
    "none": None,
    "one": 1,
    "half": 0.5,
    "text": "true",
    "list": [True, {"deep": False}],
}


def test_paths_into_documents(any_db: ds.Database) -> None:
    any_db.run(ds.insert(book(1, notes=_NOTES)))

    def at(*keys: Any) -> Any:
        path: Any = Book.notes
        for key in keys:
            path = path[key]
        return path

    def found(path: Any) -> Any:
        return any_db.scalar(ds.select(path))

    whole = {key: found(at(key)) for key in _NOTES}
    assert repr(_NOTES) == repr(whole)
    assert [True, False, None] == [found(at(*way)) for way in (("list", 0), _DEEP, ("list", 9))]
    assert found(Book.notes["list", 1, "deep"]) is False
    assert [True, False, None] == [found(at(key).as_boolean()) for key in ("yes", "no", "none")]
    assert found(at(*_DEEP).as_boolean()) is False
    assert [1, 0.5] == [found(at("one").as_integer()), found(at("half").as_float())]
    assert "true" == found(at("text").as_string())
    missing = [at("gone"), at("gone", "deeper"), at("list", 9)]
    assert [None, None, None] == [found(path) for path in missing]
    assert 1 == any_db.count(ds.select(Book).where(*(path.is_(None) for path in missing)))
    assert 1 == any_db.count(ds.select(Book).where(at("none").is_not(None), at("yes").as_boolean()))
    assert 0 == any_db.count(ds.select(Book).where(~at("yes").as_boolean()))


def test_paths_in_plain_sqlalchemy(db: ds.Database) -> None:
    db.run(ds.insert(book(1, notes=_NOTES)))
    query = ds.select(Book.notes["yes"], Book.notes["list"][1]["deep"], Book.notes["gone"])

    with db.engine.connect() as connection:
        assert (True, False, None) == tuple(connection.execute(query.statement).one())
