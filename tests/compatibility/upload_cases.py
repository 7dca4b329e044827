"""What old clients do not survive of a table's ``uploads=``, and what is fine."""

from __future__ import annotations

import dualschema as ds
from dualschema.compatibility import FindingKind
from dualschema.schema import Schema
from tests.compatibility.definitions import of, schema

__all__ = ["UPLOAD_CASES"]

_TEXT = of(str)
_NUMBER = of(int, default=0)
_SERVERS = of(int, default=0, writable="server")
_COMPARED = {"track_previous": True, "uploads": ds.UploadRules(compare_previous=True)}
_TEXT_WINS = {"uploads": ds.UploadRules(compare_previous=True, server_wins=("text",))}

UPLOAD_CASES: dict[str, tuple[Schema, Schema, list[tuple[FindingKind, str]]]] = {
    "a version that old clients do not send": (
        schema(number=_NUMBER),
        schema(number=_NUMBER, more={"uploads": ds.UploadRules(version="number")}),
        [(FindingKind.VERSION_ASKED, "notes")],
    ),
    "a version that was renamed": (
        schema(number=_NUMBER, more={"uploads": ds.UploadRules(version="number")}),
        schema(
            count=of(int, default=0, was="number"),
            more={"uploads": ds.UploadRules(version="count")},
        ),
        [],
    ),
    "a version no more": (
        schema(number=_NUMBER, more={"uploads": ds.UploadRules(version="number")}),
        schema(number=_NUMBER),
        [],
    ),
    "a version no more, of the server's": (
        schema(number=_SERVERS, more={"uploads": ds.UploadRules(version="number")}),
        schema(number=_SERVERS),
        [(FindingKind.SERVER_ONLY, "notes.number")],
    ),
    "previous values that are compared": (
        schema(text=_TEXT, more={"track_previous": True}),
        schema(text=_TEXT, more=_COMPARED),
        [(FindingKind.COMPARED, "notes")],
    ),
    "previous values that old clients do not send": (
        schema(text=_TEXT),
        schema(text=_TEXT, more=_COMPARED),
        [],
    ),
    "a column that was not compared": (
        schema(text=_TEXT, more={**_COMPARED, **_TEXT_WINS}),
        schema(text=_TEXT, more=_COMPARED),
        [(FindingKind.COMPARED, "notes.text")],
    ),
    "a column of which the server's value stays": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"uploads": ds.UploadRules(server_wins=("text",))}),
        [(FindingKind.SERVER_WINS, "notes.text")],
    ),
    "a new column of which the server's value stays": (
        schema(),
        schema(
            number=_NUMBER,
            more={"uploads": ds.UploadRules(server_wins=("number",))},
        ),
        [],
    ),
    "another end of refused writes": (
        schema(text=_TEXT),
        schema(text=_TEXT, more={"uploads": ds.UploadRules(refused="drop")}),
        [(FindingKind.REFUSALS_CHANGED, "notes")],
    ),
    "rules of a table whose clients only insert, perhaps twice by one key": (
        schema(number=_NUMBER, more={"sync": "insert_only"}),
        schema(
            number=_NUMBER,
            more={"sync": "insert_only", "uploads": ds.UploadRules(version="number")},
        ),
        [(FindingKind.VERSION_ASKED, "notes")],
    ),
}
