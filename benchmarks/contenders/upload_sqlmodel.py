"""SQLModel, as its documentation has it: get the object, set what changes, flush."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
import sqlmodel
from sqlalchemy.dialects import postgresql

from benchmarks.lib.contender import Name
from benchmarks.lib.tables import sqlmodel_of
from benchmarks.lib.upload_contender import UploadContender
from benchmarks.lib.upload_tables import OPTIONAL, TABLES, Kind, received
from benchmarks.lib.upload_work import USER

__all__ = ["UploadSqlmodel"]

_TYPES: Final[dict[Kind, tuple[Any, sa.types.TypeEngine[Any]]]] = {
    Kind.TEXT: (str, sa.Text()),
    Kind.BOOLEAN: (bool, sa.Boolean()),
    Kind.INTEGER: (int, sa.Integer()),
    Kind.DOCUMENT: (Any, postgresql.JSONB(none_as_null=True)),
    Kind.INSTANT: (datetime, postgresql.TIMESTAMP(timezone=True, precision=3)),
}


class UploadSqlmodel(UploadContender):
    """A session for each request; SQLAlchemy's unit of work writes at each flush."""

    name = Name.SQLMODEL

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
        self.models = {table: _model(table) for table in TABLES}

    def close(self) -> None:
        self.engine.dispose()

    def apply(self, bodies: Any) -> Any:
        for body in bodies:
            with sqlmodel.Session(self.engine) as session:
                for transaction in json.loads(body)["transactions"]:
                    for entry in transaction["crud"]:
                        self._apply(session, entry)
                        session.flush()
                session.commit()

    def _apply(self, session: Any, entry: dict[str, Any]) -> None:
        table, key = entry["table"], entry["id"]
        model = self.models[table]
        found = session.get(model, key)
        if found is not None and found.user_id != USER:
            return
        if entry["op"] == "DELETE":
            if found is not None:
                session.delete(found)
            return
        values = received(table, entry["op_data"])
        if values.get("user_id", USER) != USER:
            raise PermissionError(key)
        if entry["op"] == "PUT":
            values = {name: values.get(name) for name in TABLES[table]} | {"id": key}
            if found is None:
                session.add(model(**values))
                return
        elif found is None:
            return
        for name, value in values.items():
            setattr(found, name, value)


def _model(table: str) -> Any:
    kinds = TABLES[table]
    annotations = {
        name: _TYPES[kind][0] | None if name in OPTIONAL else _TYPES[kind][0]
        for name, kind in kinds.items()
    }
    columns = {
        name: sa.Column(name, _TYPES[kind][1], primary_key=name == "id", nullable=name in OPTIONAL)
        for name, kind in kinds.items()
    }
    return sqlmodel_of(table, annotations, columns)
