"""Transactions over few rows, so that operations meet: of two users, right and wrong ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from dualschema.upload import Operation, Transaction
from dualschema.upload.operation import Op
from tests.upload.shapes import KEYS, USERS

__all__ = ["queues", "seeds"]

_KEY = st.sampled_from(KEYS)
_CODE = st.sampled_from(["x", "y"])
_BOOLEAN = st.booleans()
_NUMBER = st.sampled_from([0, 1, 2, 3])

_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "roots": {
        "name": st.sampled_from(["", "n", "much too long"]),
        "code": st.none() | _CODE,
        "low": _NUMBER,
        "high": _NUMBER,
        "version": st.sampled_from([1, 2, 3]),
        "made": st.sampled_from([5, 6]),
        "score": st.sampled_from([0, 1]),
        "user_id": st.sampled_from(["ann", "ann", "bob"]),
    },
    "kids": {
        "low": _NUMBER,
        "high": st.none() | _NUMBER,
        "root_id": st.none() | _KEY,
        "kid_id": st.none() | _KEY,
        "user_id": st.sampled_from(["ann", "ann", "bob"]),
    },
    "leaves": {
        "text": st.none() | _CODE,
        "kid_id": st.none() | _KEY,
        "code": st.none() | _CODE,
        "user_id": st.sampled_from(["ann", "ann", "bob"]),
    },
}
_OPS: list[Op] = ["PUT", "PUT", "PATCH", "PATCH", "DELETE"]
_RARE = {"user_id", "score", "made", "version", "name"}
_BAD: list[Any] = [None, "no", [1], 2**40]


@st.composite
def _operations(draw: st.DrawFn) -> Operation:
    table = draw(st.sampled_from(["roots", "kids", "kids", "leaves"]))
    op = draw(st.sampled_from(_OPS))
    data: dict[str, Any] = {}
    previous = None
    if op != "DELETE":
        for name, values in _VALUES[table].items():
            if draw(st.integers(0, 9)) < (1 if name in _RARE else 4):
                data[name] = draw(values)
        if not draw(st.integers(0, 19)):
            data[draw(st.sampled_from(sorted(_VALUES[table])))] = draw(st.sampled_from(_BAD))
        if table == "kids" and op == "PUT" and "root_id" not in data:
            data["root_id"] = draw(_KEY)
        if table == "leaves" and op == "PUT" and "kid_id" not in data:
            data["kid_id"] = draw(_KEY)
    if table == "roots" and op != "PUT" and draw(st.booleans()):
        previous = {"version": draw(st.sampled_from([1, 1, 2]))}
    key = draw(_KEY) if draw(st.integers(0, 29)) else "no\0key"
    return Operation(op, table, key, data, previous)


@st.composite
def queues(draw: st.DrawFn) -> list[Transaction]:
    """Draw a client's transactions, numbered; some are sent twice."""
    transactions: list[Transaction] = []
    number = 1
    for place in range(draw(st.integers(1, 6))):
        if transactions and not draw(st.integers(0, 11)):
            transactions.append(draw(st.sampled_from(transactions)))
            continue
        operations = draw(st.lists(_operations(), min_size=1, max_size=5))
        for operation in operations:
            operation.op_id = number
            number += 1
        transactions.append(Transaction(operations, place))
    return transactions


def _some(draw: st.DrawFn, keys: Sequence[str]) -> list[str]:
    return [key for key in keys if draw(_BOOLEAN)]


@st.composite
def seeds(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Draw rows that are there before, which keep all rules but for their owners."""
    rows: list[tuple[str, dict[str, Any]]] = []
    roots = _some(draw, KEYS[:3])
    codes = draw(st.permutations(["x", "y", None, None]))
    for key, code in zip(roots, codes, strict=False):
        rows.append(("roots", {"id": key, "code": code, "user_id": draw(st.sampled_from(USERS))}))
    kids = _some(draw, KEYS[:3]) if roots else []
    for key in kids:
        values: dict[str, Any] = {
            "id": key,
            "root_id": draw(st.sampled_from(roots)),
            "kid_id": draw(st.none() | st.sampled_from(kids)),
            "user_id": draw(st.sampled_from(USERS)),
        }
        rows.append(("kids", values))
    texts = draw(st.permutations(["x", "y", None]))
    for key, text in zip(_some(draw, KEYS[:2]) if kids else [], texts, strict=False):
        leaf = {
            "id": key,
            "text": text,
            "kid_id": draw(st.sampled_from(kids)),
            "user_id": draw(st.sampled_from(USERS)),
        }
        rows.append(("leaves", leaf))
    return rows
